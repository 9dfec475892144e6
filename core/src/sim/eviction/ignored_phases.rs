//! Pods that ask no budget: finished, pending and going already (`canIgnorePDB`, k8s-truth §1,
//! step 4).

use super::EvictedPod;
use crate::snapshot::PodPhase;

/// Whether the pod is deleted without a look at its budgets, not even at how many there are.
pub(super) fn ask_no_budget(pod: EvictedPod) -> bool {
    let phase_ignores = matches!(
        pod.phase,
        PodPhase::Pending | PodPhase::Succeeded | PodPhase::Failed
    );
    phase_ignores || pod.terminating
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::eviction::Answer;
    use crate::sim::eviction::tests::{RUNNING, budget, check};

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
}
