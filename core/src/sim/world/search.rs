//! The search for the best node of a pod (k8s-truth §5.1): the nodes that take it, up to as many as
//! the scheduler looks for, and of these the one of the best score.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::scheduler::pod_view;
use super::state::{Pod, WorkloadState};
use super::{Ctx, World};
use crate::ids::{NodeIdx, PodIdx, WorkloadIdx};
use crate::rng;
use crate::sim::scheduler::fit;
use crate::sim::scheduler::node_order::NodeOrder;
use crate::sim::scheduler::scores::{Scores, Whereabouts};
use crate::sim::scheduler::view::PodView;
use crate::sim::trace::PodLevel;

/// What a search needs besides nodes and pods; its lists are kept to spare their allocation.
#[derive(Debug, Default)]
pub(super) struct Search {
    pub(super) order: NodeOrder,
    /// The nodes that take the pod.
    candidates: Vec<NodeIdx>,
    scores: Scores,
}

/// The pods of the cluster, as scores ask for them.
struct Pods<'a> {
    pods: &'a [Pod],
    workloads: &'a [WorkloadState],
}

impl Pods<'_> {
    fn of(&self, workload: WorkloadIdx) -> impl Iterator<Item = &Pod> {
        let pods = self.workloads[workload.index()].pods.iter();
        pods.map(|pod| &self.pods[pod.index()])
    }
}

impl Whereabouts for Pods<'_> {
    fn bound(&self, workload: WorkloadIdx) -> impl Iterator<Item = NodeIdx> {
        let there = self.of(workload).filter(|pod| !pod.stopped);
        there.filter_map(|pod| pod.node.get())
    }

    fn active(&self, workload: WorkloadIdx) -> impl Iterator<Item = NodeIdx> {
        let pods = self.of(workload);
        let active = pods.filter(|pod| pod.level != PodLevel::Terminating);
        active.filter_map(|pod| pod.node.get())
    }
}

impl World {
    /// The best node for a pod; ties fall by names, so by chance but for ever the same way. The
    /// node that is kept for it comes first.
    pub(super) fn find_node(&mut self, ctx: &Ctx<'_>, pod: PodIdx) -> Option<NodeIdx> {
        let view = pod_view(ctx, &self.pods[pod.index()]);
        if let Some(node) = view.daemon_of.or(self.nomination(pod)) {
            let taken = self.takes(ctx, pod, node);
            if taken || view.daemon_of.is_some() {
                return taken.then_some(node);
            }
        }
        self.count_neighbors(&view);
        self.find_candidates(ctx, pod, &view);
        self.best_candidate(pod, &view)
    }

    /// Gathers nodes that take a pod. Most are out by what costs least to ask: they are not open,
    /// or they are full.
    fn find_candidates(&mut self, ctx: &Ctx<'_>, pod: PodIdx, view: &PodView<'_>) {
        let search = &mut self.scheduling.search;
        search.order.refresh(&self.rooms);
        search.candidates.clear();
        let wanted = search.order.wanted();
        let n_nodes = search.order.len();
        let lenient = view.is_lenient();
        let mut n_looked_at = 0;
        while n_looked_at < n_nodes && self.scheduling.search.candidates.len() < wanted {
            let node = self.scheduling.search.order.at(n_looked_at);
            n_looked_at += 1;
            let room = &self.rooms[node.index()];
            let asked = room.open || lenient;
            if asked
                && fit::fits(room.free, view.requests)
                && self.rejection(ctx, pod, view, node.index()).is_none()
            {
                self.scheduling.search.candidates.push(node);
            }
        }
        self.scheduling.search.order.advance(n_looked_at);
    }

    fn best_candidate(&mut self, pod: PodIdx, view: &PodView<'_>) -> Option<NodeIdx> {
        let Search {
            candidates, scores, ..
        } = &mut self.scheduling.search;
        if let [] | [_] = candidates[..] {
            return candidates.first().copied();
        }
        let pods = Pods {
            pods: &self.pods,
            workloads: &self.workloads,
        };
        let domains = &self.scheduling.domains;
        let scores = scores.of(view, candidates, &self.rooms, domains, &pods);
        let key = self.pods[pod.index()].key;
        let mut best: Option<(i64, u64, Reverse<NodeIdx>)> = None;
        for (score, node) in scores.iter().zip(candidates) {
            if best.is_some_and(|(top, ..)| *score < top) {
                continue;
            }
            let luck = rng::child_key(key, self.nodes[node.index()].key);
            best = best.max(Some((*score, luck, Reverse(*node))));
        }
        best.map(|(.., Reverse(node))| node)
    }
}
