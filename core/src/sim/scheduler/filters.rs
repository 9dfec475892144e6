//! The filters, in the scheduler's order (k8s-truth §5.1).
//!
//! Scheduling gates are no filter: a pod that has any is never tried. Limits on the number of
//! volumes are deliberately absent: the snapshot keeps none of what they ask for.

use super::domains::DomainTable;
use super::extended::Extended;
use super::view::{NodeView, PodView};
use super::{
    fit, inter_pod_affinity, node_affinity, node_ports, node_unschedulable, taint_toleration,
    topology_spread, volume_binding,
};
use crate::sim::trace::Reason;

/// How the pods of the cluster lie, as far as one pod that wants a node asks: what the scheduler
/// computes before it filters.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) spread: topology_spread::Counts,
    pub(crate) affinity: inter_pod_affinity::Counts,
    pub(crate) ports: node_ports::Counts,
    /// What is left of resources that few pods request; kept rather than counted anew.
    pub(crate) extended: Extended,
}

/// Whether a pod is added to the counts or taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Remove,
}

/// Why the node does not take the pod: the first filter that rejects it.
#[inline]
pub(crate) fn reject(
    node: &NodeView,
    pod: &PodView<'_>,
    counts: &Counts,
    table: &DomainTable,
) -> Option<Reason> {
    node_unschedulable::reject(node, pod)
        .or_else(|| taint_toleration::reject(node, pod))
        .or_else(|| node_affinity::reject(node, pod))
        .or_else(|| {
            let rivals = pod.placement.neighbors.port_rivals.as_ref();
            counts.ports.reject(rivals, table, node.idx)
        })
        .or_else(|| fit::reject(node, pod))
        .or_else(|| counts.extended.reject(node.idx, pod.extended))
        .or_else(|| volume_binding::reject(node, pod))
        .or_else(|| {
            let rules = &pod.placement.neighbors;
            if rules.is_empty() {
                return None;
            }
            let spread = counts.spread.reject(&rules.spread, table, node.idx);
            spread.or_else(|| counts.affinity.reject(rules, table, node.idx))
        })
}
