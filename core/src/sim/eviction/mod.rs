//! How the API answers an eviction: the checks of `EvictionREST.Create`, in their order
//! (k8s-truth §1).
//!
//! A step that asks more than how many budgets there are is a module: pods of phases that ask no
//! budget, a pod that is not ready, `checkAndDecrement`.
//!
//! Pure: the caller says what the pod and its budgets look like and carries out the answer.

mod check_and_decrement;
mod ignored_phases;
pub mod subresource;
pub(in crate::sim) mod unready_pod;

use crate::snapshot::{PodPhase, UnhealthyPodEvictionPolicy};
use crate::units::SimDuration;

pub use check_and_decrement::{MAX_DISRUPTED_PODS, STALE_RETRY_AFTER};
pub use unready_pod::POLICY_SINCE;

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
    if ignored_phases::ask_no_budget(pod) {
        return Answer::Ignored;
    }
    let budget = match budgets {
        [] => return Answer::NoBudget,
        [budget] => budget,
        _ => return Answer::MoreThanOneBudget,
    };
    if unready_pod::passes(pod, budget) {
        return Answer::Unhealthy;
    }
    check_and_decrement::check_and_decrement(budget)
}

#[cfg(test)]
mod tests {
    //! What the tests of every step share is here, too.

    use super::*;

    pub(super) const RUNNING: EvictedPod = EvictedPod {
        phase: PodPhase::Running,
        ready: true,
        terminating: false,
    };
    pub(super) const UNREADY: EvictedPod = EvictedPod {
        ready: false,
        ..RUNNING
    };

    pub(super) fn budget(allowed: i64, healthy: i64, desired: i64) -> BudgetStatus {
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
    pub(super) fn check(pod: EvictedPod, budgets: &[BudgetStatus], expected: Answer) {
        assert_eq!(evaluate(Some(pod), budgets), expected);
    }

    pub(super) const REFUSED: Answer = Answer::Refused { retry_after: None };

    #[test]
    fn a_ready_pod_spends_its_budget_or_is_refused() {
        check(RUNNING, &[], Answer::NoBudget);
        check(RUNNING, &[budget(1, 3, 2)], Answer::Spent);
        check(RUNNING, &[budget(0, 2, 2)], REFUSED);
        check(RUNNING, &[budget(-1, 2, 2)], Answer::Forbidden);
    }

    #[test]
    fn two_budgets_make_eviction_impossible() {
        let open = budget(1, 3, 2);
        check(RUNNING, &[open, open], Answer::MoreThanOneBudget);
        check(UNREADY, &[open, open], Answer::MoreThanOneBudget);
    }
}
