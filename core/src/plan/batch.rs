//! How many nodes providers replace at a time, and how many they add for it (k8s-truth §9).

use crate::units::IntOrPercent;

/// Nodes that GKE replaces at a time at most.
const GKE_PARALLEL_MAX: u32 = 20;

/// GKE, surge: nodes of one zone under way at a time, the sum of both limits.
pub fn gke_parallel(max_surge: u32, max_unavailable: u32, nodes_in_zone: u32) -> u32 {
    let asked = max_surge.saturating_add(max_unavailable);
    asked.min(GKE_PARALLEL_MAX).min(nodes_in_zone)
}

/// GKE, blue-green: blue nodes drained at a time. A share rounds down to one at least; zero skips
/// the batches.
pub fn gke_blue_green_batch(batch: IntOrPercent, blue_nodes: u32) -> u32 {
    match batch {
        IntOrPercent::Int(count) => clamp(i64::from(count), blue_nodes),
        IntOrPercent::Percent(0) => 0,
        IntOrPercent::Percent(_) => clamp(batch.scaled_down(blue_nodes).max(1), blue_nodes),
    }
}

/// EKS managed node groups: nodes added before the first one is drained, two for each zone or as
/// many as may be unavailable, whichever is more.
pub fn eks_extra_nodes(max_unavailable: u32, availability_zones: u32) -> u32 {
    max_unavailable.max(availability_zones.saturating_mul(2))
}

/// AKS: surge nodes of a pool; a share rounds up, and no more than there are nodes to upgrade.
pub fn aks_surge(max_surge: IntOrPercent, nodes: u32) -> u32 {
    clamp(max_surge.scaled_up(nodes), nodes)
}

/// AKS, blue-green: nodes of a batch; a share rounds up.
pub fn aks_blue_green_batch(batch: IntOrPercent, nodes: u32) -> u32 {
    clamp(batch.scaled_up(nodes), nodes)
}

/// kOps: machines added; a share rounds up.
pub fn kops_surge(max_surge: IntOrPercent, nodes: u32) -> u32 {
    clamp(max_surge.scaled_up(nodes), nodes)
}

/// kOps: machines taken away at a time; a share rounds down.
pub fn kops_unavailable(max_unavailable: IntOrPercent, nodes: u32) -> u32 {
    clamp(max_unavailable.scaled_down(nodes), nodes)
}

fn clamp(count: i64, most: u32) -> u32 {
    count.clamp(0, i64::from(most)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const THIRD: IntOrPercent = IntOrPercent::Percent(33);

    #[test]
    fn aks_rounds_up_and_kops_up_and_down() {
        assert_eq!(aks_surge(THIRD, 10), 4);
        assert_eq!(aks_surge(IntOrPercent::Int(5), 3), 3);
        assert_eq!(aks_blue_green_batch(THIRD, 10), 4);
        assert_eq!(kops_surge(THIRD, 10), 4);
        assert_eq!(kops_unavailable(THIRD, 10), 3);
    }

    #[test]
    fn gke_stops_at_twenty_and_at_the_zone() {
        assert_eq!(gke_parallel(15, 10, 100), 20);
        assert_eq!(gke_parallel(1, 0, 100), 1);
        assert_eq!(gke_parallel(10, 5, 6), 6);
    }

    #[test]
    fn a_share_of_blue_nodes_rounds_down_to_one_at_least() {
        assert_eq!(gke_blue_green_batch(THIRD, 10), 3);
        assert_eq!(gke_blue_green_batch(THIRD, 2), 1);
        assert_eq!(gke_blue_green_batch(IntOrPercent::Percent(0), 10), 0);
        assert_eq!(gke_blue_green_batch(IntOrPercent::Int(0), 10), 0);
    }

    #[test]
    fn eks_adds_two_nodes_for_every_zone() {
        assert_eq!(eks_extra_nodes(1, 3), 6);
        assert_eq!(eks_extra_nodes(10, 3), 10);
    }
}
