//! Whether a pod that is not ready leaves without spending its budget (k8s-truth §1, step 8).
//!
//! `spec.unhealthyPodEvictionPolicy` decides, by the status alone: neither the generation nor the
//! disruptions that are allowed are looked at.

use super::{BudgetStatus, EvictedPod};
use crate::snapshot::UnhealthyPodEvictionPolicy;
use crate::units::KubeVersion;

/// The first version whose API server heeds the policy; in 1.26 it is behind a gate that is off.
pub const POLICY_SINCE: KubeVersion = KubeVersion::minor(1, 27);

/// The policy that an API server of this version goes by, where a budget has another in its spec.
pub(in crate::sim) fn policy_at(
    policy: UnhealthyPodEvictionPolicy,
    version: Option<KubeVersion>,
) -> UnhealthyPodEvictionPolicy {
    match version {
        Some(version) if version < POLICY_SINCE => UnhealthyPodEvictionPolicy::IfHealthyBudget,
        Some(_) | None => policy,
    }
}

/// Whether the pod is not ready and its budget lets it pass. With `IfHealthyBudget` a budget that
/// wants no healthy pod does not; then the pod is judged like a ready one and may spend.
pub(in crate::sim) fn passes(pod: EvictedPod, budget: &BudgetStatus) -> bool {
    let policy_passes = match budget.unhealthy_policy {
        UnhealthyPodEvictionPolicy::AlwaysAllow => true,
        UnhealthyPodEvictionPolicy::IfHealthyBudget => {
            budget.desired_healthy > 0 && budget.current_healthy >= budget.desired_healthy
        }
    };
    !pod.ready && policy_passes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::eviction::Answer;
    use crate::sim::eviction::tests::{REFUSED, UNREADY, budget, check};

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
}
