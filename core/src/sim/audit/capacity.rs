//! No node takes a pod beyond what it offers (k8s-truth §5.2).

use super::Audit;
use crate::ids::NodeIdx;
use crate::inventory::{Resources, WorkloadType};
use crate::sim::trace::{EventKind, Invariant, PodLevel};

/// What is used of each node, and what it offers.
#[derive(Debug, Default)]
pub(super) struct Capacity {
    nodes: Vec<(Resources, Resources)>,
}

impl Capacity {
    /// Bytes reserved for nodes.
    pub(super) fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<(Resources, Resources)>()
    }

    pub(super) fn add_node(&mut self, size: Resources) {
        self.nodes.push((Resources::default(), size));
    }

    /// Notes a pod that was there from the start, whether it fits or not.
    pub(super) fn note(&mut self, node: NodeIdx, requests: Resources) {
        if let Some((used, _)) = self.nodes.get_mut(node.index()) {
            used.take(requests);
        }
    }

    /// Whether what is used of a node of these resources is within what it offers, asked for what
    /// a pod wants some of.
    fn holds(&self, node: NodeIdx, requests: Resources) -> bool {
        let (used, size) = self.nodes[node.index()];
        let fits = |wanted: u64, used: u64, size: u64| wanted == 0 || used <= size;
        fits(requests.cpu_millis, used.cpu_millis, size.cpu_millis)
            && fits(requests.memory_bytes, used.memory_bytes, size.memory_bytes)
            && used.pods <= size.pods
    }
}

impl Audit {
    /// A pod was bound to a node that has no room for it. Static pods come with their node,
    /// whatever it offers.
    pub(super) fn within_capacity(&mut self, kind: &EventKind) -> Option<Invariant> {
        if let EventKind::PodScheduled { pod, node } = *kind {
            let state = &mut self.pods[pod.index()];
            state.node = Some(node);
            let of = &self.workloads[state.workload.index()];
            self.capacity.note(node, of.requests);
            let broken = of.kind != WorkloadType::Static && !self.capacity.holds(node, of.requests);
            return broken.then_some(Invariant::NodeCapacity);
        }
        if let Some((pod, PodLevel::Absent)) = kind.moves_pod() {
            let state = &mut self.pods[pod.index()];
            let of = &self.workloads[state.workload.index()];
            if let Some(volume) = state.volume {
                self.mounts.forget(volume, pod);
            }
            if let Some(node) = state.node.take() {
                self.capacity.nodes[node.index()].0.release(of.requests);
            }
        }
        None
    }
}
