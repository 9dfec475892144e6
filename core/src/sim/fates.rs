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
            EventKind::NodeRequested { node }
            | EventKind::NodeRebuilding { node, .. }
            | EventKind::KubeletRestarting { node, .. }
            | EventKind::NodeRebooting { node, .. } => {
                fates[node.index()].away = true;
            }
            EventKind::NodeJoined { node, kubelet } | EventKind::KubeletBack { node, kubelet } => {
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

/// An upgraded cluster has as many nodes in each pool as before, all of them in use and at their
/// version; a node in quarantine is neither.
pub(super) fn check_upgraded(cluster: &Cluster, trace: &Trace, to: KubeVersion) {
    let done = |event: &Event| event.kind == EventKind::ClusterUpgraded {};
    let Some(end) = trace.events.iter().position(done) else {
        return;
    };
    let events = &trace.events[..end];
    let quarantined = events.iter().filter_map(|event| match event.kind {
        EventKind::NodeQuarantined { node, .. } => Some(node.index()),
        _ => None,
    });
    let quarantined: Vec<_> = quarantined.collect();
    let count = |fates: &[NodeFate]| fates.iter().filter(|fate| fate.present).count();
    let after = fates(cluster, trace, events);
    assert_eq!(
        count(&fates(cluster, trace, &[])),
        count(&after),
        "nodes of the cluster"
    );
    for (node, fate) in after.iter().enumerate() {
        assert!(!fate.away, "node {node} is still to come");
        if fate.present && !quarantined.contains(&node) {
            assert_eq!(fate.kubelet, Some(to), "node {node} is left behind");
            let was_cordoned = cluster.nodes.get(node).is_some_and(|n| n.unschedulable);
            assert!(
                was_cordoned || !fate.cordoned,
                "node {node} is left cordoned"
            );
        }
    }
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
