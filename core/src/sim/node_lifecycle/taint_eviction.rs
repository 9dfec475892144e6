//! When a pod is deleted from a node with a `NoExecute` taint (k8s-truth §6).
//!
//! This is a plain deletion: no budget is asked.

use crate::units::SimDuration;

/// What admission lets every pod tolerate of an unreachable or unready node.
pub const DEFAULT_TOLERATION: SimDuration = SimDuration::from_secs(300);

/// When a pod goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// After so long; zero is at once.
    After(SimDuration),
    /// It stays.
    Never,
}

/// How long a pod stays that tolerates every taint by these tolerations, each with its limit or
/// none (`getMinTolerationTime`): the shortest limit counts, and a limit below zero is none at
/// all but zero. Of no toleration the answer is zero.
pub fn min_toleration_time(limits_secs: impl Iterator<Item = Option<i64>>) -> Delay {
    let mut delay = None;
    for limit in limits_secs {
        let limit = limit.map(|secs| SimDuration::from_secs(u64::try_from(secs).unwrap_or(0)));
        delay = match (delay, limit) {
            (Some(Delay::After(least)), Some(limit)) => Some(Delay::After(least.min(limit))),
            (None | Some(Delay::Never), Some(limit)) => Some(Delay::After(limit)),
            (Some(least), None) => Some(least),
            (None, None) => Some(Delay::Never),
        };
    }
    delay.unwrap_or(Delay::After(SimDuration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limits: &[Option<i64>], expected: Delay) {
        assert_eq!(min_toleration_time(limits.iter().copied()), expected);
    }

    #[test]
    fn the_shortest_limit_counts_and_only_unlimited_tolerations_keep_a_pod() {
        let after = |secs| Delay::After(SimDuration::from_secs(secs));
        check(&[], after(0));
        check(&[None], Delay::Never);
        check(&[None, Some(1)], after(1));
        check(&[Some(300), Some(20), None], after(20));
        check(&[Some(-5)], after(0));
    }
}
