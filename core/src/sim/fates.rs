//! What becomes of the nodes of a rehearsal, read from its events, and whether a roll-back gave
//! back what was there.

#![cfg(not(target_arch = "wasm32"))]

use super::trace::{Event, EventKind, Trace};
use crate::ids::PoolIdx;
use crate::inventory::Cluster;
use crate::units::KubeVersion;

/// What became of a node.
#[derive(Clone, Copy, Debug, Default)]
struct NodeFate {
    present: bool,
    /// Ordered or taken away to be rebuilt.
    away: bool,
    cordoned: bool,
    kubelet: Option<KubeVersion>,
}

/// What became of every node by the end of these events.
fn fates(cluster: &Cluster, trace: &Trace, events: &[Event]) -> Vec<NodeFate> {
    let mut fates = vec![NodeFate::default(); trace.clusters[0].nodes.len()];
    for (fate, node) in fates.iter_mut().zip(&cluster.nodes) {
        fate.present = true;
        fate.cordoned = node.unschedulable;
        fate.kubelet = node.kubelet.value().copied();
    }
    for event in events {
        match event.kind {
            EventKind::NodeRequested { node } | EventKind::NodeRebuilding { node, .. } => {
                fates[node.index()].away = true;
            }
            EventKind::NodeJoined { node, kubelet } => {
                let fate = &mut fates[node.index()];
                (fate.present, fate.away, fate.kubelet) = (true, false, Some(kubelet));
            }
            EventKind::NodeRemoved { node } => {
                let fate = &mut fates[node.index()];
                (fate.present, fate.away) = (false, false);
            }
            EventKind::NodeCordoned { node } => fates[node.index()].cordoned = true,
            EventKind::NodeUncordoned { node } => fates[node.index()].cordoned = false,
            _ => {}
        }
    }
    fates
}

/// Nodes by pool and kubelet.
fn versions(trace: &Trace, fates: &[NodeFate]) -> Vec<(PoolIdx, Option<KubeVersion>)> {
    let rows = fates.iter().zip(&trace.clusters[0].nodes);
    let present = rows.filter(|(fate, _)| fate.present);
    let mut versions: Vec<_> = present
        .map(|(fate, row)| (row.pool, fate.kubelet))
        .collect();
    versions.sort_unstable();
    versions
}

/// What is rolled back is as it was, when it says so and for good.
pub(super) fn check_roll_back(cluster: &Cluster, trace: &Trace) {
    let before = fates(cluster, trace, &[]);
    let is_back = |event: &Event| event.kind == EventKind::ClusterRolledBack {};
    let Some(back) = trace.events.iter().position(is_back) else {
        return;
    };
    for n_events in [back, trace.events.len()] {
        let after = fates(cluster, trace, &trace.events[..n_events]);
        assert_eq!(versions(trace, &before), versions(trace, &after));
        for (node, fate) in after.iter().enumerate() {
            assert!(!fate.away, "node {node} is still to come");
            let was_cordoned = before[node].cordoned;
            let is_cordoned = fate.present && fate.cordoned;
            assert!(was_cordoned || !is_cordoned, "node {node} is left cordoned");
        }
    }
}
