//! How likely a request is to wait for a replica: Erlang's C formula.
//!
//! Requests arrive by chance, take a time of chance, and the first of `c` replicas that is free
//! takes the next: the queue M/M/c (A. K. Erlang, "Solution of some Problems in the Theory of
//! Probabilities of Significance in Automatic Telephone Exchanges", 1917; L. Kleinrock, Queueing
//! Systems, volume 1, 1975, section 3.5). Powers and factorials of the textbook form overflow from
//! 170 replicas on, so the loss formula is built up replica by replica instead; every number in
//! that recursion lies between 0 and 1.

/// The share of requests that have to wait where `offered` replicas' worth of work meets `servers`
/// ready ones; 1 where they are saturated.
pub fn erlang_c(servers: u32, offered: f64) -> f64 {
    let n_servers = f64::from(servers);
    if offered >= n_servers {
        return 1.0;
    }
    // Erlang's B formula: the share that would find all of them busy if nobody waited.
    let mut busy = 1.0;
    for server in 1..=servers {
        let carried = offered * busy;
        busy = carried / (f64::from(server) + carried);
    }
    let utilization = offered / n_servers;
    busy / (1.0 - utilization * (1.0 - busy))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook form: sums of powers over factorials.
    fn by_sums(servers: u32, offered: f64) -> f64 {
        let mut term = 1.0;
        let mut sum = 0.0;
        for server in 0..servers {
            sum += term;
            term *= offered / f64::from(server + 1);
        }
        let waiting = term / (1.0 - offered / f64::from(servers));
        waiting / (sum + waiting)
    }

    #[track_caller]
    fn check(servers: u32, offered: f64, expected: f64) {
        let share = erlang_c(servers, offered);
        assert!((share - expected).abs() < 1e-6, "{share}");
        assert!((share - by_sums(servers, offered)).abs() < 1e-9, "{share}");
    }

    #[test]
    fn textbook_values_are_met() {
        check(2, 1.5, 0.642_857);
        check(1, 0.3, 0.3);
        check(10, 8.0, 0.409_180);
        check(5, 4.0, 0.554_113);
        check(3, 0.0, 0.0);
    }

    #[test]
    fn it_agrees_with_the_sums_wherever_those_can_be_formed() {
        for servers in 1..=120_u32 {
            for share in 1..20_u32 {
                let offered = f64::from(servers) * f64::from(share) / 20.0;
                let (here, there) = (erlang_c(servers, offered), by_sums(servers, offered));
                assert!((here - there).abs() < 1e-9, "{servers} {offered}: {here}");
            }
        }
    }

    #[test]
    fn thousands_of_replicas_give_a_share_still() {
        let share = erlang_c(20_000, 19_900.0);
        assert!((0.0..=1.0).contains(&share), "{share}");
        assert!((erlang_c(0, 1.0) - 1.0).abs() < 1e-12);
        assert!((erlang_c(4, 4.0) - 1.0).abs() < 1e-12);
    }
}
