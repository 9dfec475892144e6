//! What a budget answers for a pod that has to ask it (`checkAndDecrement`, k8s-truth §1, step 9).

use super::{Answer, BudgetStatus};
use crate::units::SimDuration;

/// More entries in `disruptedPods` than this are refused for good.
pub const MAX_DISRUPTED_PODS: u32 = 2_000;
/// What the API asks callers to wait while the controller has not seen the budget's last edit.
pub const STALE_RETRY_AFTER: SimDuration = SimDuration::from_secs(10);

/// Whether the budget is spent, and if not why.
pub(super) fn check_and_decrement(budget: &BudgetStatus) -> Answer {
    if budget.stale {
        return Answer::Refused {
            retry_after: Some(STALE_RETRY_AFTER),
        };
    }
    if budget.disruptions_allowed < 0 || budget.disrupted_pods > MAX_DISRUPTED_PODS {
        return Answer::Forbidden;
    }
    if budget.disruptions_allowed == 0 {
        return Answer::Refused { retry_after: None };
    }
    Answer::Spent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::eviction::tests::{RUNNING, UNREADY, budget, check};

    #[test]
    fn a_stale_status_asks_for_ten_seconds_but_only_of_ready_pods() {
        let stale = BudgetStatus {
            stale: true,
            ..budget(1, 3, 2)
        };
        let retry_after = Some(STALE_RETRY_AFTER);
        check(RUNNING, &[stale], Answer::Refused { retry_after });
        check(UNREADY, &[stale], Answer::Unhealthy);
    }

    #[test]
    fn two_thousand_disrupted_pods_pass_and_one_more_does_not() {
        let crowded = |disrupted_pods| BudgetStatus {
            disrupted_pods,
            ..budget(1, 3, 2)
        };
        check(RUNNING, &[crowded(2_000)], Answer::Spent);
        check(RUNNING, &[crowded(2_001)], Answer::Forbidden);
    }
}
