//! How the API answers an eviction: the checks of `EvictionREST.Create`, in their order
//! (k8s-truth §1).
//!
//! Pure: the caller says what the pod and its budgets look like and carries out the answer.

pub mod subresource;

use crate::snapshot::{PodPhase, UnhealthyPodEvictionPolicy};
use crate::units::SimDuration;

/// More entries in `disruptedPods` than this are refused for good.
pub const MAX_DISRUPTED_PODS: u32 = 2_000;
/// What the API asks callers to wait while the controller has not seen the budget's last edit.
pub const STALE_RETRY_AFTER: SimDuration = SimDuration::from_secs(10);

/// The pod whose eviction is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvictedPod {
    /// `status.phase`.
    pub phase: PodPhase,
    /// Its Ready condition.
    pub ready: bool,
    /// Whether it has a deletion timestamp.
    pub terminating: bool,
}

/// The status of a budget as the API server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetStatus {
    /// `spec.unhealthyPodEvictionPolicy`.
    pub unhealthy_policy: UnhealthyPodEvictionPolicy,
    /// `status.disruptionsAllowed`.
    pub disruptions_allowed: i64,
    /// `status.currentHealthy`.
    pub current_healthy: i64,
    /// `status.desiredHealthy`.
    pub desired_healthy: i64,
    /// Whether `status.observedGeneration` is behind `metadata.generation`.
    pub stale: bool,
    /// Entries of `status.disruptedPods`.
    pub disrupted_pods: u32,
}

/// What the API answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 201: the pod is deleted and no budget is asked: it is finished, pending or going already.
    Ignored,
    /// 201: the pod is deleted; no budget selects it.
    NoBudget,
    /// 201: the pod is deleted; it was not ready, which its budget lets pass unspent.
    Unhealthy,
    /// 201: the pod is deleted and its budget allows one disruption less.
    Spent,
    /// 429: the budget allows none; ask again.
    Refused {
        /// What the `Retry-After` header says; none without one.
        retry_after: Option<SimDuration>,
    },
    /// 403: the budget's status is out of all bounds.
    Forbidden,
    /// 404: there is no such pod.
    NotFound,
    /// 500: more than one budget selects the pod, for good.
    MoreThanOneBudget,
}

impl Answer {
    /// The HTTP status; 201 stands for every success.
    pub fn status(self) -> u16 {
        match self {
            Self::Ignored | Self::NoBudget | Self::Unhealthy | Self::Spent => 201,
            Self::Refused { .. } => 429,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MoreThanOneBudget => 500,
        }
    }

    /// Whether the pod is deleted.
    pub fn deletes(self) -> bool {
        self.status() == 201
    }
}

/// Answers the eviction of `pod`, which `budgets` select.
pub fn evaluate(pod: Option<EvictedPod>, budgets: &[BudgetStatus]) -> Answer {
    let Some(pod) = pod else {
        return Answer::NotFound;
    };
    if ignores_budgets(pod) {
        return Answer::Ignored;
    }
    let budget = match budgets {
        [] => return Answer::NoBudget,
        [budget] => budget,
        _ => return Answer::MoreThanOneBudget,
    };
    if !pod.ready && passes_unready(budget) {
        return Answer::Unhealthy;
    }
    check_and_decrement(budget)
}

/// `canIgnorePDB` (step 4).
fn ignores_budgets(pod: EvictedPod) -> bool {
    let phase_ignores = matches!(
        pod.phase,
        PodPhase::Pending | PodPhase::Succeeded | PodPhase::Failed
    );
    phase_ignores || pod.terminating
}

/// Whether an unready pod goes without spending (step 8). With `IfHealthyBudget` a budget that
/// wants no healthy pod does not let it pass.
pub(super) fn passes_unready(budget: &BudgetStatus) -> bool {
    match budget.unhealthy_policy {
        UnhealthyPodEvictionPolicy::AlwaysAllow => true,
        UnhealthyPodEvictionPolicy::IfHealthyBudget => {
            budget.desired_healthy > 0 && budget.current_healthy >= budget.desired_healthy
        }
    }
}

/// `checkAndDecrement` (step 9).
fn check_and_decrement(budget: &BudgetStatus) -> Answer {
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

    const RUNNING: EvictedPod = EvictedPod {
        phase: PodPhase::Running,
        ready: true,
        terminating: false,
    };
    const UNREADY: EvictedPod = EvictedPod {
        ready: false,
        ..RUNNING
    };

    fn budget(allowed: i64, healthy: i64, desired: i64) -> BudgetStatus {
        BudgetStatus {
            unhealthy_policy: UnhealthyPodEvictionPolicy::IfHealthyBudget,
            disruptions_allowed: allowed,
            current_healthy: healthy,
            desired_healthy: desired,
            stale: false,
            disrupted_pods: 0,
        }
    }

    #[track_caller]
    fn check(pod: EvictedPod, budgets: &[BudgetStatus], expected: Answer) {
        assert_eq!(evaluate(Some(pod), budgets), expected);
    }

    const REFUSED: Answer = Answer::Refused { retry_after: None };

    #[test]
    fn a_ready_pod_spends_its_budget_or_is_refused() {
        check(RUNNING, &[], Answer::NoBudget);
        check(RUNNING, &[budget(1, 3, 2)], Answer::Spent);
        check(RUNNING, &[budget(0, 2, 2)], REFUSED);
        check(RUNNING, &[budget(-1, 2, 2)], Answer::Forbidden);
    }

    #[test]
    fn a_pod_that_serves_nothing_asks_no_budget_not_even_two() {
        let closed = budget(0, 2, 2);
        for phase in [PodPhase::Pending, PodPhase::Succeeded, PodPhase::Failed] {
            let pod = EvictedPod { phase, ..RUNNING };
            check(pod, &[closed, closed], Answer::Ignored);
        }
        let terminating = EvictedPod {
            terminating: true,
            ..RUNNING
        };
        check(terminating, &[closed], Answer::Ignored);
    }

    #[test]
    fn two_budgets_make_eviction_impossible() {
        let open = budget(1, 3, 2);
        check(RUNNING, &[open, open], Answer::MoreThanOneBudget);
        check(UNREADY, &[open, open], Answer::MoreThanOneBudget);
    }

    #[test]
    fn an_unready_pod_passes_only_a_budget_that_is_met() {
        check(UNREADY, &[budget(0, 2, 2)], Answer::Unhealthy);
        check(UNREADY, &[budget(0, 1, 2)], REFUSED);
        check(UNREADY, &[budget(0, 0, 0)], REFUSED);
        check(UNREADY, &[budget(1, 1, 0)], Answer::Spent);
        let always = BudgetStatus {
            unhealthy_policy: UnhealthyPodEvictionPolicy::AlwaysAllow,
            ..budget(0, 0, 2)
        };
        check(UNREADY, &[always], Answer::Unhealthy);
    }

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
