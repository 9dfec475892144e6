//! Which node takes a pod: the scheduler's filters and scores (k8s-truth §5).
//!
//! Pods are scheduled one at a time by a scan over the cluster's nodes. Scores stand for
//! `LeastAllocated` and the two default spread constraints: the emptier the node, and the fewer
//! pods of the workload on it and in its zone, the better. Preemption is deliberately absent.

use super::state::{Node, Pod};
use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx, PodIdx, WorkloadIdx, ZoneIdx};
use crate::inventory::{Placement, Resources, Spread};
use crate::rng;
use crate::sim::scheduler::fit::{self, fits};
use crate::sim::scheduler::least_allocated;
use crate::sim::trace::{ApiComponent, EventKind, PodLevel, Unschedulable};

/// What a pod of the same workload on a node costs that node's score.
const SAME_NODE_PENALTY: i64 = 30;
/// What a pod of the same workload in a zone costs the score of that zone's nodes.
const SAME_ZONE_PENALTY: i64 = 10;

/// A node as the scheduler sees it: what is free, and whether it takes pods at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    free: Resources,
    /// `LeastAllocated` of what is bound already; the pod in question shifts all alike.
    score: u16,
    pool: u16,
    /// One more than the zone's position; 0 is no zone.
    zone: u16,
    /// Present, Ready, not cordoned and without a taint.
    open: bool,
}

/// Counts that one scan needs, kept to spare their allocation.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    per_node: Vec<u32>,
    per_zone: Vec<u32>,
    pool_ok: Vec<bool>,
}

/// What is asked of a node for one pod.
struct Demand<'a> {
    requests: Resources,
    placement: &'a Placement,
    volume_zone: Option<ZoneIdx>,
    volume_node: Option<NodeIdx>,
    key: u64,
}

impl World {
    /// Looks for a node for a pending pod, and parks the pod when there is none.
    pub(super) fn schedule_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        if !self.control.works(ApiComponent::Scheduler) {
            self.parked.push(pod);
            return;
        }
        if let Some(node) = self.find_node(ctx, pod) {
            self.bind(ctx, pod, node);
            return;
        }
        let (why, cause) = self.why_unschedulable(ctx, pod);
        self.emit_pod(pod, EventKind::PodUnschedulable { pod, why }, cause);
        self.parked.push(pod);
    }

    /// The scheduler works again: it tries every pod that waits.
    pub(super) fn resume_scheduling(&mut self, ctx: &Ctx<'_>) {
        for pod in std::mem::take(&mut self.parked) {
            if self.pods[pod.index()].level == PodLevel::Pending {
                self.schedule_pod(ctx, pod);
            }
        }
    }

    /// A node has room it did not have: pods that wait and fit are bound to it, longest first.
    pub(super) fn wake_parked(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if self.parked.is_empty()
            || !self.rooms[node.index()].open
            || !self.control.works(ApiComponent::Scheduler)
        {
            return;
        }
        for pod in self.parked.clone() {
            let workload = self.pods[pod.index()].workload;
            let demand = demand(ctx, &self.pods[pod.index()]);
            self.count_workload(ctx, workload, demand.placement);
            let taken = self.admits(node, &demand);
            self.clear_counts(workload);
            if taken && self.pods[pod.index()].level == PodLevel::Pending {
                self.parked.retain(|other| *other != pod);
                self.bind(ctx, pod, node);
            }
        }
    }

    /// The best node for a pod; ties fall by names, so by chance but for ever the same way.
    fn find_node(&mut self, ctx: &Ctx<'_>, pod: PodIdx) -> Option<NodeIdx> {
        let workload = self.pods[pod.index()].workload;
        let demand = demand(ctx, &self.pods[pod.index()]);
        self.count_workload(ctx, workload, demand.placement);
        let mut best: Option<(i64, u64, NodeIdx)> = None;
        for index in 0..self.rooms.len() {
            let node = NodeIdx(index as u32);
            if !self.admits(node, &demand) {
                continue;
            }
            let score = self.score(node);
            if best.is_some_and(|(top, ..)| score < top) {
                continue;
            }
            let luck = self.luck(&demand, node);
            if best.is_none_or(|(top, luckiest, _)| (score, luck) > (top, luckiest)) {
                best = Some((score, luck, node));
            }
        }
        self.clear_counts(workload);
        best.map(|(.., node)| node)
    }

    fn luck(&self, demand: &Demand<'_>, node: NodeIdx) -> u64 {
        rng::child_key(demand.key, self.nodes[node.index()].key)
    }

    #[inline]
    fn score(&self, node: NodeIdx) -> i64 {
        let room = &self.rooms[node.index()];
        let same_node = i64::from(self.scratch.per_node[node.index()]);
        let same_zone = i64::from(self.scratch.per_zone[usize::from(room.zone)]);
        i64::from(room.score) - SAME_NODE_PENALTY * same_node - SAME_ZONE_PENALTY * same_zone
    }

    /// Every filter.
    #[inline]
    fn admits(&self, node: NodeIdx, demand: &Demand<'_>) -> bool {
        let room = &self.rooms[node.index()];
        room.open && fits(room.free, demand.requests) && self.placed(node, demand)
    }

    /// The filters that look at the place alone: pool, host, volume, pods to keep away from.
    #[inline]
    fn placed(&self, node: NodeIdx, demand: &Demand<'_>) -> bool {
        let room = &self.rooms[node.index()];
        let keeps_apart = match demand.placement.spread {
            Spread::None => true,
            Spread::PerNode => self.scratch.per_node[node.index()] == 0,
            Spread::PerZone => room.zone == 0 || self.scratch.per_zone[usize::from(room.zone)] == 0,
        };
        keeps_apart
            && self.scratch.pool_ok[usize::from(room.pool)]
            && demand.placement.node.is_none_or(|pinned| pinned == node)
            && demand.volume_node.is_none_or(|local| local == node)
            && demand
                .volume_zone
                .is_none_or(|zone| room.zone == zone.0 as u16 + 1)
    }

    /// Counts the workload's pods by node and zone, and notes the pools it accepts.
    fn count_workload(&mut self, ctx: &Ctx<'_>, workload: WorkloadIdx, placement: &Placement) {
        let scratch = &mut self.scratch;
        scratch.per_node.resize(self.rooms.len(), 0);
        scratch.per_zone.resize(ctx.cluster.zones.len() + 1, 0);
        scratch.pool_ok.clear();
        scratch
            .pool_ok
            .resize(ctx.cluster.pools.len(), placement.pools.is_none());
        for pool in placement.pools.iter().flatten() {
            scratch.pool_ok[pool.index()] = true;
        }
        for pod in &self.workloads[workload.index()].pods {
            if let Some(node) = self.pods[pod.index()].node {
                scratch.per_node[node.index()] += 1;
                scratch.per_zone[usize::from(self.rooms[node.index()].zone)] += 1;
            }
        }
    }

    fn clear_counts(&mut self, workload: WorkloadIdx) {
        for pod in &self.workloads[workload.index()].pods {
            if let Some(node) = self.pods[pod.index()].node {
                self.scratch.per_node[node.index()] = 0;
                self.scratch.per_zone[usize::from(self.rooms[node.index()].zone)] = 0;
            }
        }
    }

    /// Why no node takes the pod, and the event behind it: a node that would take it and is not
    /// Ready, where there is one.
    fn why_unschedulable(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
    ) -> (Unschedulable, Option<EventId>) {
        let workload = self.pods[pod.index()].workload;
        let demand = demand(ctx, &self.pods[pod.index()]);
        self.count_workload(ctx, workload, demand.placement);
        let mut why = Unschedulable::NoPlace;
        let mut cause = self.pods[pod.index()].last;
        for index in 0..self.rooms.len() {
            let (node, state) = (NodeIdx(index as u32), &self.nodes[index]);
            if !state.present || !self.placed(node, &demand) {
                continue;
            }
            let pinned = demand.placement.node.or(demand.volume_node).is_some();
            if self.rooms[index].open || !pinned {
                why = Unschedulable::NoRoom;
            }
            if !state.ready && fits(self.rooms[index].free, demand.requests) {
                cause = state.last.or(cause);
                break;
            }
        }
        self.clear_counts(workload);
        (why, cause)
    }

    /// Puts a pod's requests on a node.
    pub(super) fn occupy(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) {
        let requests = ctx.workload(self, pod).requests;
        self.pods[pod.index()].node = Some(node);
        let state = &mut self.nodes[node.index()];
        state.pods.push(pod);
        state.used.take(requests);
        self.refresh_room(node);
    }

    /// Takes a pod's requests off a node. The pod keeps its node's name for the record.
    pub(super) fn vacate(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) {
        let requests = ctx.workload(self, pod).requests;
        let state = &mut self.nodes[node.index()];
        let position = state.pods.iter().position(|other| *other == pod);
        state
            .pods
            .swap_remove(position.expect("a bound pod is listed on its node"));
        state.used.release(requests);
        self.refresh_room(node);
    }

    /// Brings the scheduler's view of a node up to date.
    pub(super) fn refresh_room(&mut self, node: NodeIdx) {
        self.rooms[node.index()] = room(&self.nodes[node.index()]);
    }
}

/// What the scheduler sees of a node.
pub(super) fn room(node: &Node) -> Room {
    let free = fit::free(node.allocatable, node.used);
    Room {
        free,
        score: least_allocated::score(node.allocatable, node.used, least_allocated::ALIKE) as u16,
        pool: node.pool.0 as u16,
        zone: node.zone.map_or(0, |zone| zone.0 as u16 + 1),
        open: node.present && node.ready && !node.cordoned && node.contact.taint.is_none(),
    }
}

fn demand<'a>(ctx: &Ctx<'a>, pod: &Pod) -> Demand<'a> {
    let workload = &ctx.cluster.workloads[pod.workload.index()];
    let volume = pod
        .volume
        .map(|volume| &ctx.cluster.volumes[volume.index()]);
    Demand {
        requests: workload.requests,
        placement: &workload.placement,
        volume_zone: volume.and_then(|volume| volume.zone),
        volume_node: volume.and_then(|volume| volume.node),
        key: pod.key,
    }
}
