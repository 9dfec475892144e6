//! `NodeResourcesBalancedAllocation`: CPU and memory in use in like shares (k8s-truth §5.2).

use super::BEST;
use crate::inventory::Resources;
use crate::sim::scheduler::view::NodeView;

/// 100 times one less the standard deviation of the two shares, which is half their distance.
#[inline]
pub(super) fn score(node: &NodeView, requests: Resources) -> i64 {
    let cpu = share(
        node.allocatable.cpu_millis,
        node.free.cpu_millis,
        requests.cpu_millis,
    );
    let memory = share(
        node.allocatable.memory_bytes,
        node.free.memory_bytes,
        requests.memory_bytes,
    );
    let deviation = match cpu.zip(memory) {
        Some((cpu, memory)) => (cpu - memory).abs() / 2.0,
        None => 0.0,
    };
    ((1.0 - deviation) * BEST as f64) as i64
}

/// The share of a resource that is requested with the pod, all of it at most; none where the node
/// has none.
#[inline]
fn share(allocatable: u64, free: u64, requested: u64) -> Option<f64> {
    let used = allocatable.saturating_sub(free).saturating_add(requested);
    (allocatable > 0).then(|| (used as f64 / allocatable as f64).min(1.0))
}
