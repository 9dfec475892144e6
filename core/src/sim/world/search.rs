//! The search for the best node of a pod (k8s-truth §5).
//!
//! Scores stand for `LeastAllocated` and the two default spread constraints: the emptier the node,
//! and the fewer pods of the workload on it and in its zone, the better. The search begins with
//! the emptiest nodes and ends where no better one can follow.

use std::cmp::Reverse;

use super::scheduler::pod_view;
use super::{Ctx, World};
use crate::ids::{NodeIdx, PodIdx};
use crate::rng;
use crate::sim::scheduler::fit;
use crate::sim::scheduler::view::{NodeView, PodView};

/// What a pod of the same workload on a node costs that node's score.
const SAME_NODE_PENALTY: i64 = 30;
/// What a pod of the same workload in a zone costs the score of that zone's nodes.
const SAME_ZONE_PENALTY: i64 = 10;

/// A node that takes a pod: its score, the pod's luck there, and the first of equals.
type Found = (i64, u64, Reverse<NodeIdx>);

/// Where the pods of one workload are; kept between searches to spare its allocation.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    per_node: Vec<u32>,
    /// By zone; the first place is for nodes without one.
    per_zone: Vec<u32>,
    /// The places of `per_zone` before this one stand for no node.
    first_zone: usize,
    /// The nodes that have any.
    nodes: Vec<NodeIdx>,
}

impl Siblings {
    /// None so far.
    pub(super) fn new(ctx: &Ctx<'_>) -> Self {
        let zoned = ctx.cluster.nodes.iter().all(|node| node.zone.is_some());
        Self {
            per_zone: vec![0; ctx.cluster.zones.len() + 1],
            first_zone: usize::from(zoned),
            ..Self::default()
        }
    }

    fn count(&mut self, room: &NodeView) {
        self.per_node[room.idx.index()] += 1;
        self.per_zone[zone_place(room)] += 1;
        self.nodes.push(room.idx);
    }

    fn clear(&mut self) {
        for node in self.nodes.drain(..) {
            self.per_node[node.index()] = 0;
        }
        self.per_zone.fill(0);
    }

    /// What they cost every node at least.
    fn least_penalty(&self) -> i64 {
        let counts = self.per_zone.iter().skip(self.first_zone);
        SAME_ZONE_PENALTY * i64::from(counts.min().copied().unwrap_or(0))
    }

    #[inline]
    fn score(&self, room: &NodeView) -> i64 {
        let same_node = i64::from(self.per_node[room.idx.index()]);
        let same_zone = i64::from(self.per_zone[zone_place(room)]);
        i64::from(room.score) - SAME_NODE_PENALTY * same_node - SAME_ZONE_PENALTY * same_zone
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
        self.count_siblings(pod);
        let best = self.best_node(ctx, pod, &view);
        self.scheduling.siblings.clear();
        best
    }

    /// The best node for a pod once its siblings are counted, emptiest nodes first.
    fn best_node(&mut self, ctx: &Ctx<'_>, pod: PodIdx, view: &PodView<'_>) -> Option<NodeIdx> {
        let mut best: Option<Found> = None;
        let least_penalty = self.scheduling.siblings.least_penalty();
        let mut next = self.scheduling.ranking.best_score();
        while let Some(score) = next {
            let most = i64::from(score) - least_penalty;
            if best.is_some_and(|(top, ..)| most < top) {
                break;
            }
            for position in 0..self.scheduling.ranking.of_score(score).len() {
                let node = self.scheduling.ranking.of_score(score)[position];
                best = self.better(ctx, pod, view, node, best);
            }
            let lower = score.checked_sub(1);
            next = lower.and_then(|most| self.scheduling.ranking.next_score(most));
        }
        if view.is_lenient() {
            for position in 0..self.scheduling.ranking.closed().len() {
                let node = self.scheduling.ranking.closed()[position];
                best = self.better(ctx, pod, view, node, best);
            }
        }
        best.map(|(.., Reverse(node))| node)
    }

    /// The better of what was found and a node. Most nodes are out by what costs least to ask:
    /// they are full, or others are better.
    #[inline]
    fn better(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        node: NodeIdx,
        best: Option<Found>,
    ) -> Option<Found> {
        let room = &self.rooms[node.index()];
        if !fit::fits(room.free, view.requests) {
            return best;
        }
        let score = self.scheduling.siblings.score(room);
        if best.is_some_and(|(top, ..)| score < top) {
            return best;
        }
        let luck = rng::child_key(self.pods[pod.index()].key, self.nodes[node.index()].key);
        let found = Some((score, luck, Reverse(node)));
        if found > best && self.rejection(ctx, pod, view, node.index()).is_none() {
            return found;
        }
        best
    }

    /// Counts the pods of a pod's workload by node and zone.
    fn count_siblings(&mut self, pod: PodIdx) {
        let workload = self.pods[pod.index()].workload;
        let siblings = &mut self.scheduling.siblings;
        siblings.per_node.resize(self.rooms.len(), 0);
        for pod in &self.workloads[workload.index()].pods {
            if let Some(node) = self.pods[pod.index()].node.get() {
                siblings.count(&self.rooms[node.index()]);
            }
        }
    }
}

/// Where a node's zone is counted.
#[inline]
fn zone_place(room: &NodeView) -> usize {
    room.zone.map_or(0, |zone| zone.index() + 1)
}
