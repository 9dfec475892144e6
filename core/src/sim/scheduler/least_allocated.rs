//! `LeastAllocated`, the score of `NodeResourcesFit`: the emptier, the better (k8s-truth §5.2).

use crate::inventory::Resources;

/// How much CPU and memory count against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// CPU's part.
    pub cpu: u64,
    /// Memory's part.
    pub memory: u64,
}

/// What the scheduler uses when it is not configured.
pub const ALIKE: Weights = Weights { cpu: 1, memory: 1 };

/// 0 to 100: the weighted mean of what stays free, by integer division at every step as upstream
/// does it. A resource of which more is requested than there is, or of which there is none,
/// scores 0.
#[inline]
pub fn score(allocatable: Resources, requested: Resources, weights: Weights) -> u64 {
    let cpu = share(allocatable.cpu_millis, requested.cpu_millis);
    let memory = share(allocatable.memory_bytes, requested.memory_bytes);
    let sum = cpu * weights.cpu + memory * weights.memory;
    sum.checked_div(weights.cpu + weights.memory).unwrap_or(0)
}

#[inline]
fn share(capacity: u64, request: u64) -> u64 {
    if capacity == 0 || request > capacity {
        return 0;
    }
    let free = capacity - request;
    match free.checked_mul(100) {
        Some(free) => free / capacity,
        None => ((u128::from(free) * 100) / u128::from(capacity)) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allocatable: (u64, u64), requested: (u64, u64), weights: (u64, u64), expected: u64) {
        let resources = |(cpu_millis, memory_bytes)| Resources {
            cpu_millis,
            memory_bytes,
            pods: 0,
        };
        let weights = Weights {
            cpu: weights.0,
            memory: weights.1,
        };
        assert_eq!(
            score(resources(allocatable), resources(requested), weights),
            expected
        );
    }

    #[test]
    fn shares_are_rounded_down_before_they_are_weighed() {
        check((10_000, 20_000), (6_000, 5_000), (1, 1), 57);
        check((4_000, 10_000), (3_000, 5_000), (1, 2), 41);
        check((3, 3), (1, 1), (1, 1), 66);
    }

    #[test]
    fn more_than_there_is_scores_nothing() {
        check((0, 0), (3_000, 5_000), (1, 1), 0);
        check((10, 10), (11, 0), (1, 1), 50);
    }

    #[test]
    fn absurd_capacities_do_not_overflow() {
        check((u64::MAX, u64::MAX), (0, 0), (1, 1), 100);
    }
}
