//! `NodeUnschedulable`: a cordoned node takes only pods that tolerate its taint (k8s-truth §5.2).

use super::view::{NodeView, PodView};
use crate::sim::trace::Reason;

/// Why the node does not take the pod.
#[inline]
pub(crate) fn reject(node: &NodeView, pod: &PodView<'_>) -> Option<Reason> {
    let rejects = node.cordoned && !pod.placement.tolerated.unschedulable;
    rejects.then_some(Reason::Unschedulable)
}
