//! How long requests wait for a replica, and how many are given up meanwhile.
//!
//! Requests arrive by chance, take a time of chance, the first of `c` replicas that is free takes
//! the next, and who has waited for its patience leaves: the queue M/M/c+D (F. Baccelli and
//! G. Hebuterne, "On Queues with Impatient Customers", 1981). Without end of patience it is
//! Erlang's M/M/c, without any his loss system, and in between it needs no second formula at
//! saturation. Powers and factorials of the textbook form overflow from 170 replicas on, so
//! Erlang's loss formula is built up replica by replica; every number in that recursion lies
//! between 0 and 1.

use crate::math;

/// What becomes of requests in a queue that they leave when their patience ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// The share of requests that leave without an answer.
    pub given_up: f64,
    /// How long a request waits on average, answered or not, in times that a replica is busy with
    /// one.
    pub wait: f64,
}

/// What becomes of requests where `offered` replicas' worth of work meets `servers` ready ones,
/// and nobody waits longer than `patience`, in times that a replica is busy with a request.
pub fn impatient(servers: u32, offered: f64, patience: f64) -> Waiting {
    if offered <= 0.0 && servers > 0 {
        let (given_up, wait) = (0.0, 0.0);
        return Waiting { given_up, wait };
    }
    let n_servers = f64::from(servers);
    // Erlang's B formula: the share that would find all of them busy if nobody waited.
    let mut busy = 1.0;
    for server in 1..=servers {
        let carried = offered * busy;
        busy = carried / (f64::from(server) + carried);
    }
    let spare = n_servers - offered;
    let exponent = spare * patience;
    // The chance to wait for longer falls with exp(-spare · time). Of the forms of the same
    // fraction the one is taken whose exponential cannot overflow.
    let (left, at_once) = if exponent >= 0.0 {
        (math::exp(-exponent), 1.0)
    } else {
        (1.0, math::exp(exponent))
    };
    // The integrals of that exponential, and of what is beyond its end, over the patience.
    let (once, twice) = if exponent.abs() < 1e-4 {
        let once = patience * (1.0 - exponent / 2.0);
        let twice = patience * patience * (0.5 - exponent / 3.0);
        (once * at_once, twice * at_once)
    } else {
        let once = (at_once - left) / spare;
        (once, (once - patience * left) / spare)
    };
    let whole = at_once * (1.0 / busy - 1.0) + n_servers * once + left;
    Waiting {
        given_up: left / whole,
        wait: (n_servers * twice + patience * left) / whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Erlang's C formula in the textbook form, by sums of powers over factorials: the share that
    /// waits where nobody leaves.
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
    fn check(servers: u32, offered: f64, share_that_waits: f64) {
        let waiting = impatient(servers, offered, 1e6);
        let expected = share_that_waits / (f64::from(servers) - offered);
        assert!((waiting.wait - expected).abs() < 1e-5, "{waiting:?}");
        assert!(waiting.given_up < 1e-9, "{waiting:?}");
    }

    #[test]
    fn with_endless_patience_textbook_values_of_erlangs_c_are_met() {
        check(2, 1.5, 0.642_857);
        check(1, 0.3, 0.3);
        check(10, 8.0, 0.409_180);
        check(5, 4.0, 0.554_113);
        check(3, 0.0, 0.0);
        for servers in 1..=120_u32 {
            for share in 1..20_u32 {
                let offered = f64::from(servers) * f64::from(share) / 20.0;
                check(servers, offered, by_sums(servers, offered));
            }
        }
    }

    // Erlang's B formula: 1/(1 + 1) of one busy server, 0.4 of two that meet twice their work.
    #[test]
    fn without_patience_whoever_finds_all_busy_leaves() {
        for (servers, offered, lost) in [(1, 1.0, 0.5), (2, 2.0, 0.4), (1, 0.25, 0.2)] {
            let waiting = impatient(servers, offered, 0.0);
            assert!((waiting.given_up - lost).abs() < 1e-12, "{waiting:?}");
            assert!(waiting.wait.abs() < 1e-12, "{waiting:?}");
        }
    }

    // What goes in comes out or leaves: one server that is always busy answers one request a
    // time, and with patience for one, 1/(1 + 1 + 1) of what comes leaves.
    #[test]
    fn at_saturation_the_same_formula_holds() {
        let at = |offered| impatient(1, offered, 1.0);
        assert!((at(1.0).given_up - 1.0 / 3.0).abs() < 1e-12);
        let (below, above) = (at(1.0 - 2e-4), at(1.0 + 2e-4));
        assert!(
            (below.given_up - above.given_up).abs() < 1e-3,
            "{below:?} {above:?}"
        );
        assert!(
            (below.wait - above.wait).abs() < 1e-3,
            "{below:?} {above:?}"
        );
    }

    #[test]
    fn beyond_saturation_what_exceeds_the_servers_is_lost() {
        let waiting = impatient(2, 3.0, 1e6);
        assert!((waiting.given_up - 1.0 / 3.0).abs() < 1e-9, "{waiting:?}");
        assert!((waiting.wait - 1e6).abs() < 10.0, "{waiting:?}");
        let none = impatient(0, 1.0, 5.0);
        assert!((none.given_up - 1.0).abs() < 1e-12, "{none:?}");
        assert!((none.wait - 5.0).abs() < 1e-12, "{none:?}");
    }

    #[test]
    fn thousands_of_replicas_give_a_share_still() {
        for offered in [1.0, 19_900.0, 20_000.0, 30_000.0] {
            let waiting = impatient(20_000, offered, 99.0);
            assert!((0.0..=1.0).contains(&waiting.given_up), "{waiting:?}");
            assert!((0.0..=99.0).contains(&waiting.wait), "{waiting:?}");
        }
    }
}
