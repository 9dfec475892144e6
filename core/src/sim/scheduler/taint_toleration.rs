//! `TaintToleration`: taints `NoSchedule` and `NoExecute` must be tolerated (k8s-truth §5.2).
//!
//! A node that is not Ready carries a taint that says so, from the moment its condition changes,
//! and one that is short of memory, disk or process numbers or has no network one for each;
//! its own taints are part of its look. That of a cordoned node is told by the filter before.

use super::view::{Health, NodeView, PodView};
use crate::sim::trace::Reason;

/// Why the node does not take the pod.
#[inline]
pub(crate) fn reject(node: &NodeView, pod: &PodView<'_>) -> Option<Reason> {
    let tolerated = &pod.placement.tolerated;
    match node.health {
        Health::NotReady if !tolerated.not_ready => return Some(Reason::NotReady),
        Health::Unreachable if !tolerated.unreachable => return Some(Reason::Unreachable),
        Health::Absent | Health::Ready | Health::NotReady | Health::Unreachable => {}
    }
    if let Some(pressure) = node.pressures.first_besides(tolerated.pressures) {
        return Some(Reason::Pressure(pressure));
    }
    if pod.daemon_of.is_some() {
        // Its controller has asked already, and would not have made it otherwise.
        return None;
    }
    let taint = pod.placement.verdict(node.look).taint;
    taint.map(Reason::Tainted)
}
