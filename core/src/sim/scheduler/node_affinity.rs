//! `NodeAffinity`: node selector and required node affinity, which bind a daemon's pod to its node
//! (k8s-truth §5.1).

use super::view::{NodeView, PodView};
use crate::sim::trace::Reason;

/// Why the node does not take the pod.
#[inline]
pub(crate) fn reject(node: &NodeView, pod: &PodView<'_>) -> Option<Reason> {
    if let Some(own) = pod.daemon_of {
        return (own != node.idx).then_some(Reason::OtherNode);
    }
    (!selects(pod, node)).then_some(Reason::NodeAffinity)
}

/// Whether the node meets selector and affinity of the pod.
#[inline]
pub(crate) fn selects(pod: &PodView<'_>, node: &NodeView) -> bool {
    match &pod.placement.named {
        Some(named) if node.idx.0 < pod.n_known => named.binary_search(&node.idx).is_ok(),
        Some(_) | None => pod.placement.verdict(node.look).selected,
    }
}
