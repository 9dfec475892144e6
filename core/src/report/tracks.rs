//! What every node does over time.

use super::build::RunInputs;
use super::{NodeChange, NodeState, NodeTrack};
use crate::ids::{EventId, NodeIdx, PodIdx};
use crate::inventory::Cluster;
use crate::sim::EventKind;
use crate::sim::trace::{ClusterTrace, InitialNode};
use crate::units::{KubeVersion, SimTime};

/// Builds the track of every cluster.
pub(super) fn tracks(inputs: &RunInputs<'_>) -> Vec<NodeTrack> {
    let clusters = inputs.inventory.clusters.iter().zip(&inputs.trace.clusters);
    let mut drawing: Vec<_> = clusters
        .map(|(cluster, trace)| TrackDrawing::new(cluster, trace, inputs.plan.target))
        .collect();
    for (index, event) in inputs.trace.events.iter().enumerate() {
        let Some(cluster) = event.cluster else {
            continue;
        };
        drawing[cluster.index()].take(EventId::new(index), event.at, &event.kind);
    }
    drawing.into_iter().map(|drawing| drawing.track).collect()
}

/// A node as far as its state depends on it.
#[derive(Clone, Copy, Debug)]
struct NodeFacts {
    present: bool,
    ready: bool,
    cordoned: bool,
    draining: bool,
    booting: bool,
    refused: u32,
    kubelet: Option<KubeVersion>,
}

/// A track being drawn.
struct TrackDrawing {
    target: KubeVersion,
    nodes: Vec<NodeFacts>,
    shown: Vec<NodeState>,
    /// The node on which each pod's eviction is refused.
    refused: Vec<Option<NodeIdx>>,
    track: NodeTrack,
}

impl TrackDrawing {
    fn new(cluster: &Cluster, trace: &ClusterTrace, target: KubeVersion) -> Self {
        let nodes: Vec<_> = trace
            .nodes
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let (present, ready, cordoned) = match row.initial {
                    InitialNode::Absent => (false, false, false),
                    InitialNode::Present { ready, cordoned } => (true, ready, cordoned),
                };
                let known = cluster.nodes.get(index);
                let kubelet = known.and_then(|node| node.kubelet.value().copied());
                let (draining, booting, refused) = (false, false, 0);
                NodeFacts {
                    present,
                    ready,
                    cordoned,
                    draining,
                    booting,
                    refused,
                    kubelet,
                }
            })
            .collect();
        let mut drawing = Self {
            target,
            shown: vec![NodeState::Absent; nodes.len()],
            nodes,
            refused: vec![None; trace.pods.len()],
            track: NodeTrack {
                names: trace.nodes.iter().map(|row| row.name.clone()).collect(),
                pools: trace.nodes.iter().map(|row| row.pool.0).collect(),
                changes: Vec::new(),
            },
        };
        for index in 0..drawing.nodes.len() {
            drawing.show(EventId(0), SimTime::ZERO, NodeIdx::new(index));
        }
        drawing
    }

    /// Draws what an event changes.
    fn take(&mut self, id: EventId, at: SimTime, kind: &EventKind) {
        let changed = match *kind {
            EventKind::NodeRequested { node } => self.change(node, |n| n.booting = true),
            EventKind::NodeJoined { node, kubelet } => self.change(node, |n| {
                (n.present, n.booting, n.kubelet) = (true, true, Some(kubelet));
            }),
            EventKind::NodeRebuilding { node, kubelet } => self.change(node, |n| {
                (n.booting, n.ready, n.draining, n.kubelet) = (true, false, false, Some(kubelet));
            }),
            EventKind::NodeRebooting { node, .. } => {
                self.change(node, |n| (n.booting, n.draining) = (true, false))
            }
            EventKind::KubeletBack { node, kubelet } => {
                self.change(node, |n| n.kubelet = Some(kubelet))
            }
            EventKind::NodeReady { node } => {
                self.change(node, |n| (n.ready, n.booting) = (true, false))
            }
            EventKind::NodeNotReady { node, .. } | EventKind::NodeTimedOut { node } => {
                self.change(node, |n| (n.ready, n.booting) = (false, false))
            }
            EventKind::NodeCordoned { node } => self.change(node, |n| n.cordoned = true),
            EventKind::NodeUncordoned { node } => {
                self.give_up_drain(node);
                self.change(node, |n| n.cordoned = false)
            }
            EventKind::DrainTimedOut { node, .. }
            | EventKind::DrainGivenUp { node, .. }
            | EventKind::DrainLeft { node, .. }
            | EventKind::NodeQuarantined { node, .. }
            | EventKind::LockReleased { node, .. } => self.give_up_drain(node),
            EventKind::DrainStarted { node, .. } => self.change(node, |n| n.draining = true),
            EventKind::DrainFinished { node } => {
                self.change(node, |n| (n.draining, n.refused) = (false, 0))
            }
            EventKind::NodeRemoved { node } => {
                self.change(node, |n| (n.present, n.booting) = (false, false))
            }
            EventKind::EvictionRefused { pod, node, .. }
            | EventKind::EvictionPostponed { pod, node, .. }
            | EventKind::EvictionFailed { pod, node } => self.refuse(pod, node),
            EventKind::PodEvicted { pod, .. }
            | EventKind::PodDeleted { pod, .. }
            | EventKind::PodTaintEvicted { pod, .. }
            | EventKind::PodPreempted { pod, .. }
            | EventKind::PodGone { pod }
            | EventKind::PodCollected { pod, .. }
            | EventKind::PodLost { pod, .. } => self.free(pod),
            _ => None,
        };
        if let Some(node) = changed {
            self.show(id, at, node);
        }
    }

    fn change(&mut self, node: NodeIdx, change: impl FnOnce(&mut NodeFacts)) -> Option<NodeIdx> {
        change(self.nodes.get_mut(node.index())?);
        Some(node)
    }

    fn refuse(&mut self, pod: PodIdx, node: NodeIdx) -> Option<NodeIdx> {
        let slot = self.refused.get_mut(pod.index())?;
        if slot.replace(node).is_some() {
            return None;
        }
        self.change(node, |n| n.refused += 1)
    }

    /// Nobody drains the node any more, so it holds no pods back.
    fn give_up_drain(&mut self, node: NodeIdx) -> Option<NodeIdx> {
        if 0 < self.nodes.get(node.index())?.refused {
            for held in self.refused.iter_mut().filter(|held| **held == Some(node)) {
                *held = None;
            }
        }
        self.change(node, |n| (n.draining, n.refused) = (false, 0))
    }

    fn free(&mut self, pod: PodIdx) -> Option<NodeIdx> {
        let node = self.refused.get_mut(pod.index())?.take()?;
        self.change(node, |n| n.refused = n.refused.saturating_sub(1))
    }

    /// Notes the node's state when it is another than before.
    fn show(&mut self, event: EventId, at: SimTime, node: NodeIdx) {
        let state = state_of(&self.nodes[node.index()], self.target);
        let shown = &mut self.shown[node.index()];
        if *shown == state {
            return;
        }
        *shown = state;
        let at_ms = at.as_millis();
        self.track.changes.push(NodeChange {
            at_ms,
            node: node.0,
            state,
            event: event.0,
        });
    }
}

/// The one state that matters most.
fn state_of(node: &NodeFacts, target: KubeVersion) -> NodeState {
    match node {
        node if node.booting => NodeState::Booting,
        node if !node.present => NodeState::Absent,
        node if !node.ready => NodeState::NotReady,
        node if node.draining && 0 < node.refused => NodeState::Blocked,
        node if node.draining => NodeState::Draining,
        node if node.cordoned => NodeState::Cordoned,
        node if node.kubelet.is_some_and(|v| 0 <= v.minors_ahead_of(target)) => NodeState::Upgraded,
        _ => NodeState::Old,
    }
}
