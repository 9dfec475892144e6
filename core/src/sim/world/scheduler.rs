//! Which node takes a pod: the scheduler's queue, its search and its binding (k8s-truth §5).
//!
//! Pods are scheduled one at a time ; filters and scores are in [`crate::sim::scheduler`].

use std::collections::{BTreeMap, BTreeSet};

use super::preemption::MOST_ATTEMPTS;
use super::search::Search;
use super::state::{Node, Pod};
use super::{Ctx, World, kept};
use crate::ids::{Maybe, NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::Neighbors;
use crate::sim::scheduler::domains::DomainTable;
use crate::sim::scheduler::filters::{self, Change, Counts};
use crate::sim::scheduler::fit;
use crate::sim::scheduler::view::{Health, NodeView, PodView};
use crate::sim::trace::{ApiComponent, EventKind, PodLevel, Reason, Refusal};

/// What the scheduler knows besides nodes and pods.
#[derive(Debug, Default)]
pub(super) struct Scheduling {
    pub(super) domains: DomainTable,
    /// Pods whose victims are on their way out.
    pub(super) nominations: Vec<Nomination>,
    /// The lowest priority there is: a pod of it has nobody to displace.
    pub(super) lowest_priority: i32,
    /// What was said of pods without a node.
    pub(super) refusals: Vec<Refusal>,
    /// Counts that one scan needs, kept to spare their allocation.
    pub(super) counts: Counts,
    pub(super) search: Search,
    /// Counts the changes that may let in a pod that was refused: of rooms, of pods that begin to
    /// terminate and of nominations.
    pub(super) n_changes: u64,
    /// After how many changes every node was last found to refuse the pods of a workload, or one
    /// pod that is unlike its siblings.
    refused_at: BTreeMap<(WorkloadIdx, Option<PodIdx>), u64>,
}

/// A node kept for a pod that displaces others from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nomination {
    pub(super) pod: PodIdx,
    pub(super) node: NodeIdx,
    pub(super) priority: i32,
}

impl Scheduling {
    /// Before anything was scheduled.
    pub(super) fn new(ctx: &Ctx<'_>) -> Self {
        let priorities = ctx
            .cluster
            .workloads
            .iter()
            .map(|workload| workload.priority);
        Self {
            domains: DomainTable::new(&ctx.cluster.topologies),
            counts: kept::counts(ctx),
            lowest_priority: priorities.min().unwrap_or(0),
            ..Self::default()
        }
    }
}

impl World {
    /// Looks for a node for a pending pod, and parks the pod when there is none.
    pub(super) fn schedule_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        if self.pods[pod.index()].gated {
            // Who put the gates there is not in the snapshot, so nobody removes them.
            let cause = self.pods[pod.index()].last.get();
            self.emit_pod(pod, EventKind::PodGated { pod }, cause);
            return;
        }
        if !self.control.works(ApiComponent::Scheduler) {
            self.park(ctx, pod);
            return;
        }
        if let Some(node) = self.find_node(ctx, pod) {
            self.bind(ctx, pod, node);
            return;
        }
        self.tell_unschedulable(ctx, pod);
        self.park(ctx, pod);
        self.preempt(ctx, pod, None);
    }

    /// Puts a pod into the queue: higher priority first, then first come first.
    pub(super) fn park(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let priority = |pod: PodIdx| ctx.workload(self, pod).priority;
        let own = priority(pod);
        let position = self.parked.partition_point(|other| priority(*other) >= own);
        self.parked.insert(position, pod);
    }

    /// Takes a pod out of the queue, if it is there.
    pub(super) fn unpark(&mut self, pod: PodIdx) {
        self.parked.retain(|other| *other != pod);
        self.end_nomination(pod);
    }

    /// No node is kept for a pod any more.
    pub(super) fn end_nomination(&mut self, pod: PodIdx) {
        let nominations = &mut self.scheduling.nominations;
        let n_before = nominations.len();
        nominations.retain(|known| known.pod != pod);
        self.scheduling.n_changes += u64::from(nominations.len() < n_before);
    }

    /// The scheduler works again: it tries every pod that waits.
    pub(super) fn resume_scheduling(&mut self, ctx: &Ctx<'_>) {
        for pod in std::mem::take(&mut self.parked) {
            if self.pods[pod.index()].level == PodLevel::Pending {
                self.schedule_pod(ctx, pod);
            }
        }
        self.resume_networks(ctx);
    }

    /// A node has room it did not have: pods that wait try it in the order of the queue.
    pub(super) fn wake_parked(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        let open = self.rooms[node.index()].open;
        self.retry_parked(ctx, Some(node), |world, pod| {
            open || world.looks_further(ctx, pod)
        });
    }

    /// Pods lie elsewhere than before: pods that wait for that try every node.
    pub(super) fn wake_neighbors(&mut self, ctx: &Ctx<'_>) {
        self.retry_parked(ctx, None, |world, pod| {
            let neighbors = &ctx.workload(world, pod).placement.neighbors;
            neighbors.near.is_some() || !neighbors.spread.is_empty()
        });
    }

    /// Tries pods that wait and that `concerns` names: on `node`, or on every node.
    fn retry_parked(
        &mut self,
        ctx: &Ctx<'_>,
        node: Option<NodeIdx>,
        concerns: impl Fn(&Self, PodIdx) -> bool,
    ) {
        if self.parked.is_empty() || !self.control.works(ApiComponent::Scheduler) {
            return;
        }
        let queue = self.parked.iter().copied();
        let tried: Vec<PodIdx> = queue.filter(|pod| concerns(self, *pod)).collect();
        let mut refused = BTreeSet::new();
        for pod in tried {
            // One that was tried before it may have taken it along.
            let state = &self.pods[pod.index()];
            let alike = state.mounts.is_empty() && state.daemon_of.get().is_none();
            let workload = state.workload;
            let known = alike && self.nomination(pod).is_none() && refused.contains(&workload);
            if state.level != PodLevel::Pending || known {
                continue;
            }
            let may_displace = state.displacements < MOST_ATTEMPTS;
            let only = node.filter(|_| !self.looks_further(ctx, pod));
            let asked = (workload, (!alike).then_some(pod));
            if only.is_some() || !self.is_refused_still(pod, asked) {
                self.retry(ctx, pod, only);
            }
            let waits = self.pods[pod.index()].level == PodLevel::Pending;
            if !waits || self.nomination(pod).is_some() {
                continue;
            }
            if alike {
                // What is asked of a node is the same for every pod of the workload.
                refused.insert(workload);
            }
            if only.is_none() && may_displace {
                let n_changes = self.scheduling.n_changes;
                self.scheduling.refused_at.insert(asked, n_changes);
            }
        }
    }

    /// Whether every node refused such a pod, and nothing has changed since that could matter. One
    /// pod that is bound wakes others before it returns, so without this a queue of many would be
    /// tried anew for each of them.
    fn is_refused_still(&self, pod: PodIdx, asked: (WorkloadIdx, Option<PodIdx>)) -> bool {
        let Scheduling {
            refused_at,
            n_changes,
            ..
        } = &self.scheduling;
        refused_at.get(&asked) == Some(n_changes) && self.nomination(pod).is_none()
    }

    /// Tries a pod again, on one node or on all.
    pub(super) fn retry(&mut self, ctx: &Ctx<'_>, pod: PodIdx, only: Option<NodeIdx>) {
        let found = match only {
            Some(node) => self.takes(ctx, pod, node).then_some(node),
            None => self.find_node(ctx, pod),
        };
        match found {
            Some(node) => {
                self.unpark(pod);
                self.bind(ctx, pod, node);
            }
            None => self.preempt(ctx, pod, only),
        }
    }

    /// Whether a change on one node may open another to the pod, or a node that is not open.
    fn looks_further(&self, ctx: &Ctx<'_>, pod: PodIdx) -> bool {
        let view = pod_view(ctx, &self.pods[pod.index()]);
        let nominated = || self.nomination(pod).is_some();
        view.daemon_of.is_some()
            || view.is_lenient()
            || self.reaches_beyond_host(&view.placement.neighbors)
            || nominated()
    }

    /// Whether pods on one node may keep a pod off another.
    fn reaches_beyond_host(&self, neighbors: &Neighbors) -> bool {
        let mut terms = neighbors.apart.iter().chain(&neighbors.avoided_by);
        neighbors.near.is_some()
            || !neighbors.spread.is_empty()
            || terms.any(|term| !self.scheduling.domains.is_host(term.topology))
    }

    /// The node kept for a pod.
    pub(super) fn nomination(&self, pod: PodIdx) -> Option<NodeIdx> {
        let mut known = self.scheduling.nominations.iter();
        known.find(|known| known.pod == pod).map(|known| known.node)
    }

    /// Whether every filter lets the pod onto the node.
    pub(super) fn takes(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) -> bool {
        let view = pod_view(ctx, &self.pods[pod.index()]);
        let room = self.rooms[node.index()];
        if !fit::fits(room.free, view.requests) {
            return false;
        }
        self.count_neighbors(&view);
        room.is_present() && self.rejection_by(ctx, pod, &view, &room).is_none()
    }

    /// Why a node as it is does not take a pod.
    #[inline]
    pub(super) fn rejection(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        index: usize,
    ) -> Option<Reason> {
        let scheduling = &self.scheduling;
        let room = &self.rooms[index];
        let alone = filters::reject(room, view, &scheduling.counts, &scheduling.domains);
        if alone.is_some() || scheduling.nominations.is_empty() {
            return alone;
        }
        let room = *room;
        self.rejection_beside_nominated(ctx, pod, view, &room)
    }

    /// Why a node does not take a pod: by itself, or with the pods it is kept for beside it.
    pub(super) fn rejection_by(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        room: &NodeView,
    ) -> Option<Reason> {
        let scheduling = &self.scheduling;
        let alone = filters::reject(room, view, &scheduling.counts, &scheduling.domains);
        if alone.is_some() || scheduling.nominations.is_empty() {
            return alone;
        }
        self.rejection_beside_nominated(ctx, pod, view, room)
    }

    /// Pods of equal or higher priority for which the node is kept count as if they were there.
    fn rejection_beside_nominated(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        room: &NodeView,
    ) -> Option<Reason> {
        let nominated: Vec<PodIdx> = self
            .scheduling
            .nominations
            .iter()
            .filter(|known| known.node == room.idx && known.pod != pod)
            .filter(|known| known.priority >= view.priority)
            .map(|known| known.pod)
            .collect();
        if nominated.is_empty() {
            return None;
        }
        let mut crowded = *room;
        for other in &nominated {
            let requests = ctx.workload(self, *other).requests;
            crowded.free = fit::free(crowded.free, requests);
            self.change_counts(ctx, view, Change::Add, (*other, room.idx));
        }
        let scheduling = &self.scheduling;
        let beside = filters::reject(&crowded, view, &scheduling.counts, &scheduling.domains);
        for other in nominated {
            self.change_counts(ctx, view, Change::Remove, (other, room.idx));
        }
        beside
    }

    /// Counts a pod in or out of what the filters see of its neighbors and of what it requests
    /// besides CPU and memory; spread constraints do not count it while it terminates.
    pub(super) fn change_counts(
        &mut self,
        ctx: &Ctx<'_>,
        view: &PodView<'_>,
        change: Change,
        (other, node): (PodIdx, NodeIdx),
    ) {
        if !view.extended.is_empty() || view.volumes().next().is_some() {
            self.keep(ctx, other, node, change);
        }
        let rules = &view.placement.neighbors;
        if rules.is_empty() {
            return;
        }
        let state = &self.pods[other.index()];
        let place = (state.workload, node);
        let Scheduling {
            counts, domains, ..
        } = &mut self.scheduling;
        let rivals = rules.port_rivals.as_ref();
        counts.ports.change(rivals, domains, change, place);
        counts.affinity.change(rules, domains, change, place);
        if state.level != PodLevel::Terminating {
            counts.spread.change(&rules.spread, domains, change, place);
        }
    }

    /// Counts the pods that the pod asks for or that ask for it, where there is such a term.
    pub(super) fn count_neighbors(&mut self, view: &PodView<'_>) {
        let rules = &view.placement.neighbors;
        if rules.is_empty() {
            return;
        }
        let Self {
            scheduling,
            pods,
            workloads,
            rooms,
            ..
        } = self;
        let (pods, workloads) = (&*pods, &*workloads);
        let of = |workload: WorkloadIdx| workloads[workload.index()].pods.iter();
        // Of a stopped pod a finalizer keeps the object alone.
        let bound = |workload| {
            let there = of(workload).map(|pod| &pods[pod.index()]);
            let there = there.filter(|pod| !pod.stopped);
            there.filter_map(|pod| pod.node.get())
        };
        let active = |workload| {
            let active = of(workload).map(|pod| &pods[pod.index()]);
            let active = active.filter(|pod| pod.level != PodLevel::Terminating);
            active.filter_map(|pod| pod.node.get())
        };
        let Scheduling {
            counts, domains, ..
        } = scheduling;
        let rivals = rules.port_rivals.as_ref();
        counts.ports.recount(rivals, domains, bound);
        counts.affinity.recount(rules, domains, bound);
        if !rules.spread.is_empty() {
            counts.spread.recount(view, domains, rooms, active);
        }
    }

    /// Puts a pod's requests on a node.
    pub(super) fn occupy(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) {
        let workload = ctx.workload(self, pod);
        self.keep(ctx, pod, node, Change::Add);
        self.pods[pod.index()].node = Maybe::some(node);
        let state = &mut self.nodes[node.index()];
        state.pods.push(pod);
        state.take(workload);
        self.refresh_room(node);
    }

    /// Takes a pod off a node, which keeps the node's name for the record.
    pub(super) fn vacate(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) {
        let pods = &mut self.nodes[node.index()].pods;
        let position = pods.iter().position(|other| *other == pod);
        pods.swap_remove(position.expect("a bound pod is listed on its node"));
        if !self.pods[pod.index()].stopped {
            self.release_requests(ctx, pod, node);
        }
    }

    /// Takes a pod's requests off its node.
    pub(super) fn release_requests(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) {
        let workload = ctx.workload(self, pod);
        self.keep(ctx, pod, node, Change::Remove);
        self.nodes[node.index()].release(workload);
        self.refresh_room(node);
    }

    /// Brings the scheduler's view of a node up to date.
    pub(super) fn refresh_room(&mut self, node: NodeIdx) {
        let room = room(node, &self.nodes[node.index()]);
        let before = std::mem::replace(&mut self.rooms[node.index()], room);
        if before.is_present() != room.is_present() {
            self.scheduling.search.order.forget();
        }
        self.scheduling.n_changes += 1;
    }

    /// Adds the scheduler's view of the node that was made last.
    pub(super) fn add_room(&mut self, node: NodeIdx) {
        self.rooms.push(room(node, &self.nodes[node.index()]));
        self.scheduling.search.order.forget();
        self.scheduling.n_changes += 1;
    }
}

/// What the scheduler sees of a node.
pub(super) fn room(idx: NodeIdx, node: &Node) -> NodeView {
    let health = match (node.present, node.ready) {
        (false, _) => Health::Absent,
        (true, true) if node.contact.taint.is_some() => Health::Unreachable,
        (true, true) => Health::Ready,
        (true, false) if node.lease_lapsed => Health::Unreachable,
        (true, false) => Health::NotReady,
    };
    NodeView {
        idx,
        free: fit::free(node.allocatable, node.used),
        look: node.look,
        zone: node.zone,
        health,
        cordoned: node.cordoned,
        pressures: node.pressures,
        open: health == Health::Ready && !node.cordoned && node.pressures.is_empty(),
        allocatable: node.allocatable,
        scored: node.scored,
    }
}

/// What the scheduler sees of a pod.
pub(super) fn pod_view<'a>(ctx: &Ctx<'a>, pod: &Pod) -> PodView<'a> {
    let workload = &ctx.cluster.workloads[pod.workload.index()];
    PodView {
        requests: workload.requests,
        extended: &workload.extended,
        priority: workload.priority,
        placement: &workload.placement,
        volumes: (pod.mounts.of(&ctx.cluster.mounted), &ctx.cluster.volumes),
        daemon_of: pod.daemon_of.get(),
        n_known: ctx.cluster.nodes.len() as u32,
    }
}
