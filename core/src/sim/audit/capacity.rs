//! No node takes a pod beyond what it offers (k8s-truth §5.2).

use super::{Audit, WorkloadAccount};
use crate::ids::{Maybe, NodeIdx, ResourceIdx};
use crate::inventory::{Cluster, Resources, WorkloadType};
use crate::sim::trace::{EventKind, Invariant, PodLevel};

/// What is used of each node, and what it offers.
#[derive(Debug, Default)]
pub(super) struct Capacity {
    nodes: Vec<(Resources, Resources)>,
    /// Of resources besides CPU and memory, by node: which, what is used and what there is. Empty
    /// where nothing requests any.
    extended: Vec<Option<Vec<(ResourceIdx, u64, u64)>>>,
}

impl Capacity {
    /// Bytes reserved for nodes.
    pub(super) fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<(Resources, Resources)>()
    }

    /// The account of a cluster's nodes; their sizes are added one by one.
    pub(super) fn new(cluster: &Cluster) -> Self {
        let wanted = !cluster.extended.is_empty();
        let nodes = cluster.nodes.iter().filter(|_| wanted);
        let offered = nodes.map(|node| {
            node.allocatable.value()?;
            let offered = node.extended.iter();
            Some(
                offered
                    .map(|(resource, size)| (*resource, 0, *size))
                    .collect(),
            )
        });
        Self {
            nodes: Vec::new(),
            extended: offered.collect(),
        }
    }

    pub(super) fn add_node(&mut self, size: Resources) {
        self.nodes.push((Resources::default(), size));
    }

    /// Notes that the latest node offers what `model` does of resources besides.
    pub(super) fn add_like(&mut self, model: NodeIdx) {
        if let Some(like) = self.extended.get(model.index()) {
            let mut offered = like.clone();
            for (_, used, _) in offered.iter_mut().flatten() {
                *used = 0;
            }
            self.extended.push(offered);
        }
    }

    /// Notes a pod that was there from the start, whether it fits or not.
    pub(super) fn note(&mut self, node: NodeIdx, of: &WorkloadAccount) {
        if let Some((used, _)) = self.nodes.get_mut(node.index()) {
            used.take(of.requests);
        }
        self.change_extended(node, of, u64::saturating_add);
    }

    fn release(&mut self, node: NodeIdx, of: &WorkloadAccount) {
        self.nodes[node.index()].0.release(of.requests);
        self.change_extended(node, of, u64::saturating_sub);
    }

    fn change_extended(
        &mut self,
        node: NodeIdx,
        of: &WorkloadAccount,
        change: impl Fn(u64, u64) -> u64,
    ) {
        let offered = self.extended.get_mut(node.index()).and_then(Option::as_mut);
        for (resource, used, _) in offered.into_iter().flatten() {
            for (_, amount) in of.extended.iter().filter(|(wanted, _)| wanted == resource) {
                *used = change(*used, *amount);
            }
        }
    }

    /// Whether what is used of a node of these resources is within what it offers, asked for what
    /// a pod wants some of.
    fn holds(&self, node: NodeIdx, of: &WorkloadAccount) -> bool {
        let requests = of.requests;
        let (used, size) = self.nodes[node.index()];
        let offered = self.extended.get(node.index()).and_then(Option::as_ref);
        let has = |wanted: ResourceIdx, offered: &[(ResourceIdx, u64, u64)]| {
            let mut offered = offered.iter();
            offered.any(|(resource, used, size)| *resource == wanted && used <= size)
        };
        let mut wanted = of.extended.iter();
        let within =
            offered.is_none_or(|offered| wanted.all(|(resource, _)| has(*resource, offered)));
        let fits = |wanted: u64, used: u64, size: u64| wanted == 0 || used <= size;
        fits(requests.cpu_millis, used.cpu_millis, size.cpu_millis)
            && fits(requests.memory_bytes, used.memory_bytes, size.memory_bytes)
            && used.pods <= size.pods
            && within
    }
}

impl Audit {
    /// A pod was bound to a node that has no room for it. Static pods come with their node,
    /// whatever it offers.
    pub(super) fn within_capacity(&mut self, kind: &EventKind) -> Option<Invariant> {
        if let EventKind::PodScheduled { pod, node } = *kind {
            let state = &mut self.pods[pod.index()];
            state.node = Maybe::some(node);
            let of = &self.workloads[state.workload.index()];
            self.capacity.note(node, of);
            let broken = of.kind != WorkloadType::Static && !self.capacity.holds(node, of);
            return broken.then_some(Invariant::NodeCapacity);
        }
        let ended = match *kind {
            // It has stopped, and holds nothing of its node any more.
            EventKind::FinalizerHolds { pod, .. } => Some((pod, PodLevel::Absent)),
            _ => kind.moves_pod(),
        };
        if let Some((pod, PodLevel::Absent)) = ended {
            let state = &mut self.pods[pod.index()];
            let of = &self.workloads[state.workload.index()];
            self.holders.forget(state.mounts, pod);
            if let Some(node) = state.node.take() {
                self.capacity.release(node, of);
            }
        }
        None
    }
}
