//! The sentences of what providers do in their own way when they roll a pool.

use crate::ids::NodeIdx;
use crate::report::words::count;
use crate::sim::EventKind;

/// What an upgrade leaves out, as the rest of a sentence that says it is done.
pub(super) fn but_for(n_quarantined: u32) -> String {
    match n_quarantined {
        0 => String::new(),
        nodes => format!(", but for {} in quarantine", count(nodes, "node")),
    }
}

/// What a provider does with a pool, as a clause after the cluster's name.
pub(super) fn tell_rolling(kind: &EventKind) -> Option<String> {
    Some(match *kind {
        EventKind::ScaleDownStarted { nodes } => format!(
            "takes {} away again that came for the upgrade",
            count(nodes, "node")
        ),
        EventKind::BatchSoaking { batch, of } => {
            format!("has drained batch {batch} of {of} of its blue nodes and waits")
        }
        EventKind::PoolSoaking { nodes } => format!(
            "keeps its blue pool of {} for a while, drained as far as budgets let it",
            count(nodes, "node")
        ),
        _ => return None,
    })
}

/// What becomes of a node's kubelet and of what it starts, as a clause after the node's name.
pub(super) fn tell_kubelet(kind: &EventKind) -> Option<(NodeIdx, String)> {
    Some(match *kind {
        EventKind::KubeletRestarting { node, kubelet } => {
            (node, format!("restarts its kubelet as {kubelet}"))
        }
        EventKind::NodeRebooting { node, kubelet } => {
            (node, format!("reboots, to run kubelet {kubelet}"))
        }
        EventKind::KubeletBack { node, kubelet } => {
            (node, format!("reports with kubelet {kubelet}"))
        }
        EventKind::DaemonsAwaited { node } => (
            node,
            "gets no daemons: no controller-manager leads".to_owned(),
        ),
        _ => return None,
    })
}

/// What a provider does with a node that it cannot drain, as a clause after the node's name.
pub(super) fn tell_undrained(kind: &EventKind) -> Option<(NodeIdx, String)> {
    let left = |pods: u32| count(pods, "pod");
    Some(match *kind {
        EventKind::NodeEmptied { node, pods } => (
            node,
            format!(
                "is deleted with its pool: {} deleted, budgets or not",
                left(pods)
            ),
        ),
        EventKind::VolumesAwaited { node, volumes } => (
            node,
            format!("waits for {} to be detached", count(volumes, "volume")),
        ),
        EventKind::DrainLeft { node, pods } => (
            node,
            format!("runs out of drain time: {} left to die with it", left(pods)),
        ),
        EventKind::NodeQuarantined { node, pods } => (
            node,
            format!(
                "is quarantined at its old version \
                 (kubernetes.azure.com/upgrade-status=Quarantined): {} left",
                left(pods)
            ),
        ),
        EventKind::LockReleased { node, pods } => (
            node,
            format!(
                "runs out of drain time and lets the lock go: {} left",
                left(pods)
            ),
        ),
        _ => return None,
    })
}
