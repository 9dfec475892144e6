//! When an eviction that was refused is asked for again (k8s-truth §1, §3.3).

use crate::sim::eviction::STALE_RETRY_AFTER;
use crate::sim::kubectl::retry::CLIENT_RETRIES;
use crate::sim::timing;
use crate::units::{SimDuration, SimTime};

/// How often Cluster API comes back to a drain.
const RECONCILIATION: SimDuration = SimDuration::from_secs(20);

/// What Karpenter waits before its second try, and at most.
const FIRST_BACKOFF: SimDuration = SimDuration::from_millis(100);
const LONGEST_BACKOFF: SimDuration = SimDuration::from_secs(10);

/// Tries whose wait is a power of two of the first, and not the longest yet.
const DOUBLINGS: u64 = 7;

/// When the try of this number falls, counted from 1, after the first refusal.
fn backed_off(tries: u64) -> SimDuration {
    let growing = tries.min(DOUBLINGS);
    FIRST_BACKOFF * ((1 << growing) - 1) + LONGEST_BACKOFF * (tries - growing)
}

/// Who asks again, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// The drain, every 5 s.
    Refused,
    /// Cluster API, every 20 s (§9.4).
    Reconciled,
    /// Karpenter, after 100 ms and then after twice as long each time, every 10 s in the end
    /// (§9.4).
    BacksOff,
    /// The client, ten times every 10 s as the server asks it to; then the drain pauses and it all
    /// begins again.
    Postponed,
}

/// How long a client's own tries take, and the drain's pause after them.
fn round() -> SimDuration {
    STALE_RETRY_AFTER * CLIENT_RETRIES + timing::EVICTION_RETRY
}

impl Pace {
    /// The first try after `now` of an eviction that was refused at `since`.
    pub(super) fn next_try(self, since: SimTime, now: SimTime) -> SimTime {
        let tries = self.tries_between(since, now) + 1;
        match self {
            Self::Refused => since + timing::EVICTION_RETRY * tries,
            Self::Reconciled => since + RECONCILIATION * tries,
            Self::BacksOff => since + backed_off(tries),
            Self::Postponed => {
                let (rounds, rest) = (tries / (CLIENT_RETRIES + 1), tries % (CLIENT_RETRIES + 1));
                since + round() * rounds + STALE_RETRY_AFTER * rest
            }
        }
    }

    /// The end of the first of the drain's own pauses that is over at `at` or later, after an
    /// eviction that was refused at `since`: only then the drain looks at its time limit (§3.3).
    pub(super) fn pause_over(self, since: SimTime, at: SimTime) -> SimTime {
        let pause = match self {
            Self::Refused => timing::EVICTION_RETRY,
            Self::Reconciled => RECONCILIATION,
            Self::BacksOff => {
                let just_before = SimTime::from_millis(at.as_millis().saturating_sub(1));
                return self.next_try(since, just_before.max(since));
            }
            Self::Postponed => round(),
        };
        since + pause * at.since(since).as_millis().div_ceil(pause.as_millis())
    }

    /// How many tries fall after `since` and up to `now`.
    pub(super) fn tries_between(self, since: SimTime, now: SimTime) -> u64 {
        let waited = now.since(since).as_millis();
        match self {
            Self::Refused => waited / timing::EVICTION_RETRY.as_millis(),
            Self::Reconciled => waited / RECONCILIATION.as_millis(),
            Self::BacksOff => {
                let is_past = |tries: &u64| backed_off(*tries).as_millis() <= waited;
                let growing = (1..=DOUBLINGS).filter(is_past).count() as u64;
                let grown = backed_off(DOUBLINGS).as_millis();
                growing + waited.saturating_sub(grown) / LONGEST_BACKOFF.as_millis()
            }
            Self::Postponed => {
                let rounds = waited / round().as_millis();
                let rest = waited % round().as_millis() / STALE_RETRY_AFTER.as_millis();
                rounds * (CLIENT_RETRIES + 1) + rest.min(CLIENT_RETRIES)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drains_tries_keep_their_phase() {
        let at = SimTime::from_millis;
        let next = |since, now| Pace::Refused.next_try(at(since), at(now));
        assert_eq!(next(1_000, 1_000), at(6_000));
        assert_eq!(next(1_000, 5_999), at(6_000));
        assert_eq!(next(1_000, 6_000), at(11_000));
    }

    #[test]
    fn karpenter_asks_half_as_often_each_time_down_to_every_10_s() {
        let at = |millis| SimTime::ZERO + SimDuration::from_millis(millis);
        let mut now = SimTime::ZERO;
        let mut tries = Vec::new();
        for number in 1..=9 {
            now = Pace::BacksOff.next_try(SimTime::ZERO, now);
            assert_eq!(Pace::BacksOff.tries_between(SimTime::ZERO, now), number);
            tries.push(now);
        }
        let expected = [100, 300, 700, 1_500, 3_100, 6_300, 12_700, 22_700, 32_700];
        assert_eq!(tries, expected.map(at));
    }

    #[test]
    fn a_client_asks_ten_times_before_the_drain_pauses() {
        let at = |secs| SimTime::ZERO + SimDuration::from_secs(secs);
        let mut now = SimTime::ZERO;
        let mut tries = Vec::new();
        for number in 1..=13 {
            now = Pace::Postponed.next_try(SimTime::ZERO, now);
            assert_eq!(Pace::Postponed.tries_between(SimTime::ZERO, now), number);
            tries.push(now);
        }
        let tens = (1..=10).map(|n| at(n * 10));
        let expected: Vec<_> = tens.chain([at(105), at(115), at(125)]).collect();
        assert_eq!(tries, expected);
    }
}
