//! How many pods a rolling update may add and take away (k8s-truth §4.3).

use crate::units::IntOrPercent;

/// What admission fills in where a rolling deployment leaves a limit out.
pub const DEFAULT: IntOrPercent = IntOrPercent::Percent(25);

/// Pods a rolling deployment may have more and fewer than it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fenceposts {
    /// `maxSurge`, resolved.
    pub surge: i64,
    /// `maxUnavailable`, resolved.
    pub unavailable: i64,
}

/// Resolves a deployment's limits for `desired` pods: surge rounds up, unavailable down, and they
/// are never both zero. A limit that is absent after admission stands for zero.
pub fn resolve(
    max_surge: Option<IntOrPercent>,
    max_unavailable: Option<IntOrPercent>,
    desired: u32,
) -> Fenceposts {
    let surge = max_surge.map_or(0, |limit| limit.scaled_up(desired));
    let unavailable = max_unavailable.map_or(0, |limit| limit.scaled_down(desired));
    if surge == 0 && unavailable == 0 {
        return Fenceposts {
            surge,
            unavailable: 1,
        };
    }
    Fenceposts { surge, unavailable }
}

/// How many nodes a daemon set's rolling update takes at a time: a share rounded up, at least one.
pub fn daemon_set_unavailable(share: IntOrPercent, n_nodes: u32) -> u32 {
    u32::try_from(share.scaled_up(n_nodes)).map_or(1, |count| count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(surge: &str, unavailable: &str, desired: u32, expected: (i64, i64)) {
        let limit = |text: &str| Some(text.parse().expect("a percentage"));
        let got = resolve(limit(surge), limit(unavailable), desired);
        assert_eq!((got.surge, got.unavailable), expected);
    }

    #[test]
    fn surge_rounds_up_and_unavailable_down() {
        check("39%", "39%", 10, (4, 3));
        check("25%", "25%", 1, (1, 0));
    }

    #[test]
    fn both_zero_leaves_one_unavailable() {
        check("0%", "0%", 0, (0, 1));
    }

    #[test]
    fn absent_limits_are_zero_once_admission_had_its_say() {
        let got = resolve(None, None, 10);
        assert_eq!((got.surge, got.unavailable), (0, 1));
        let admitted = resolve(Some(DEFAULT), Some(DEFAULT), 4);
        assert_eq!((admitted.surge, admitted.unavailable), (1, 1));
    }

    #[test]
    fn a_daemon_set_takes_at_least_one_node() {
        let tenth = IntOrPercent::Percent(10);
        assert_eq!(daemon_set_unavailable(tenth, 0), 1);
        assert_eq!(daemon_set_unavailable(tenth, 11), 2);
    }
}
