//! Budget arithmetic against a second account of it, written from the rules alone: every small
//! number of replicas with every percentage and every small integer.

use super::budget::{self, BudgetSpec, SelectedController};
use crate::inventory::WorkloadType;
use crate::units::IntOrPercent;

const REPLICAS_MAX: u32 = 50;

/// The least whole number that is at least `percent` of `total`, found by counting up.
fn percent_rounded_up(percent: u32, total: u32) -> i64 {
    let wanted = percent * total;
    let mut whole = 0;
    while whole * 100 < wanted {
        whole += 1;
    }
    i64::from(whole)
}

/// The greatest whole number that is at most `percent` of `total`.
fn percent_rounded_down(percent: u32, total: u32) -> i64 {
    let wanted = percent * total;
    let mut whole = 0;
    while (whole + 1) * 100 <= wanted {
        whole += 1;
    }
    i64::from(whole)
}

/// Every limit that is tried.
fn limits() -> impl Iterator<Item = IntOrPercent> {
    let percentages = (0..=100).map(IntOrPercent::Percent);
    percentages.chain((0..=50).map(IntOrPercent::Int))
}

/// A limit of `total`, percentages rounded up.
fn limit_of(limit: IntOrPercent, total: u32) -> i64 {
    match limit {
        IntOrPercent::Int(count) => i64::from(count),
        IntOrPercent::Percent(percent) => percent_rounded_up(percent, total),
    }
}

/// Compares what the budget of a deployment of `replicas`, of which `pods` exist, allows.
#[track_caller]
fn check(spec: BudgetSpec, replicas: u32, pods: u32, expected_pods: u32, desired_healthy: i64) {
    let controller = SelectedController {
        kind: WorkloadType::Deployment,
        scale: replicas,
        pods,
    };
    let expectation = budget::expectation(spec, [controller].into_iter());
    let told = (expectation.expected_pods, expectation.desired_healthy);
    assert_eq!(
        told,
        (expected_pods, desired_healthy),
        "{spec:?} of {replicas}"
    );
    for healthy in 0..=REPLICAS_MAX {
        let surplus = i64::from(healthy) - desired_healthy;
        let allowed = if expected_pods == 0 || surplus < 0 {
            0
        } else {
            surplus
        };
        let told = expectation.allowed(healthy);
        assert_eq!(told, allowed, "{spec:?} of {replicas}, {healthy} healthy");
    }
}

#[test]
fn max_unavailable_leaves_what_is_wanted_less_what_may_be_missing() {
    for replicas in 0..=REPLICAS_MAX {
        for limit in limits() {
            let spec = BudgetSpec {
                min_available: None,
                max_unavailable: Some(limit),
            };
            let left = i64::from(replicas) - limit_of(limit, replicas);
            check(spec, replicas, replicas.max(1), replicas, left.max(0));
        }
    }
}

// An integer counts the pods that are there; a percentage asks for the scale.
#[test]
fn min_available_counts_pods_where_it_is_an_integer() {
    for replicas in 0..=REPLICAS_MAX {
        for limit in limits() {
            let spec = BudgetSpec {
                min_available: Some(limit),
                max_unavailable: None,
            };
            let pods = replicas / 2 + 1;
            let expected_pods = match limit {
                IntOrPercent::Int(_) => pods,
                IntOrPercent::Percent(_) => replicas,
            };
            let desired = limit_of(limit, replicas);
            check(spec, replicas, pods, expected_pods, desired);
        }
    }
}

#[test]
fn percentages_round_up_or_down_as_they_are_asked_to() {
    for total in 0..=REPLICAS_MAX {
        for percent in 0..=100 {
            let limit = IntOrPercent::Percent(percent);
            assert_eq!(limit.scaled_up(total), percent_rounded_up(percent, total));
            let down = percent_rounded_down(percent, total);
            assert_eq!(limit.scaled_down(total), down);
        }
        for count in 0..=50 {
            let limit = IntOrPercent::Int(count);
            assert_eq!(limit.scaled_up(total), i64::from(count));
            assert_eq!(limit.scaled_down(total), i64::from(count));
        }
    }
}
