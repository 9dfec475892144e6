//! One cluster of a rehearsal: its state, its own future event list, and what happens next.
//!
//! Clusters meet only at the gates of waves, so each world runs to its own end alone; its few
//! pending entries and its arrays stay in the cache.
//!
//! Architecture invariant: what happens in a world depends on its cluster, the faults in its
//! scope, the seed and the instants at which the fleet speaks to it, never on another world.

mod api;
mod budgets;
mod by_hand;
mod cni;
mod contact;
mod control_plane;
#[cfg(test)]
mod differential;
mod drain;
mod faults;
mod footprint;
mod gates;
mod jobs;
mod kept;
mod leases;
mod missing;
mod monitor;
mod newcomers;
mod nodes;
mod outages;
mod own_nodes;
mod owners;
mod pace;
mod pods;
mod preemption;
mod restarts;
mod result;
mod rollback;
mod rolls;
mod scheduler;
mod search;
mod setup;
mod stall;
mod state;
mod steps;
mod unschedulable;

use std::collections::{BTreeMap, BTreeSet};

use crate::durations::{DurationEntry, Durations};
use crate::ids::{ClusterIdx, EventId, FaultIdx, Maybe, NodeIdx, PodIdx, VolumeIdx, WorkloadIdx};
use crate::inventory::{Cluster, Workload};
use crate::plan::{Plan, Step};
use crate::rng::Streams;
use crate::sim::audit::Audit;
use crate::sim::fault::Fault;
use crate::sim::log::{Keeps, Log};
use crate::sim::queue::EventQueue;
use crate::sim::timing;
use crate::sim::trace::{
    AddedBudget, ApiComponent, ClusterOutcome, Counters, Event, EventKind, Invariant,
};
use crate::units::{SimDuration, SimTime};

use crate::sim::scheduler::view::NodeView;
use api::Control;
use faults::FaultState;
pub(crate) use faults::in_scope;
pub(crate) use footprint::array;
use monitor::Monitor;
pub(crate) use result::untouched;
use rolls::Roll;
use scheduler::Scheduling;
use state::{BudgetState, Node, Pod, VolumeState, WorkloadState};
use steps::Course;
pub(crate) use steps::End;

/// What stays the same while a world runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ctx<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) idx: ClusterIdx,
    pub(crate) plan: &'a Plan,
    /// The cluster's steps; none when it is in no wave.
    pub(crate) steps: &'a [Step],
    /// Its wave, counted from 1.
    pub(crate) wave: Option<u32>,
    pub(crate) faults: &'a [Fault],
    /// What is said of durations beside the defaults.
    pub(crate) durations: &'a [DurationEntry],
    /// What is kept of the events.
    pub(crate) keeps: Keeps,
}

impl<'a> Ctx<'a> {
    fn workload(&self, world: &World, pod: PodIdx) -> &'a Workload {
        &self.cluster.workloads[world.pods[pod.index()].workload.index()]
    }
}

/// An event outside a world that something in it follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// One of the fleet's own events.
    Fleet(EventId),
    /// An event of another cluster.
    Cluster(ClusterIdx, EventId),
}

/// What can fall due in a world.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// The wave gives the cluster its turn.
    Turn,
    WindowOpens,
    FaultStart(FaultIdx),
    FaultEnd(FaultIdx),
    MemberUpdated(u16),
    ApiServerBack,
    /// The control plane's own nodes report its version, because of an event.
    OwnNodesFollow(EventId),
    /// A member without which etcd has no majority runs again.
    MemberRestarted,
    LeaseLoss(ApiComponent, u32),
    LeaseGain(ApiComponent, u32),
    EtcdLeaderElected,
    /// A kubelet reports again, because of an event.
    NodeHeard(NodeIdx, EventId),
    /// The controller looks at the health of nodes.
    NodeCheck,
    /// The next node of a zone, by its position, is tainted.
    TaintNode(u32),
    TaintEviction,
    CollectPods(NodeIdx),
    ForceDetach(VolumeIdx),
    /// A pod that was bound to a silent node starts.
    StartPod(PodIdx),
    CniRestarted(NodeIdx),
    CniRepaired(NodeIdx),
    NodeBooted(NodeIdx, u32),
    NodeNetworkUp(NodeIdx, u32),
    NodeDeadline(NodeIdx, u32),
    /// A kubelet runs again that was stopped as planned.
    KubeletBack(NodeIdx, u32),
    NodeDelete(NodeIdx),
    DrainBegin(NodeIdx, u32),
    Uncordon(NodeIdx, EventId),
    DrainDeadline(NodeIdx, u32),
    /// A roll goes on after a soak, with a lock, or with the API.
    RollGoesOn(u32),
    CommandSees(NodeIdx, u32),
    CommandGivesUp(NodeIdx, u32),
    Retry(PodIdx),
    PodGone(PodIdx),
    PodReady(PodIdx, u32),
    /// A pod of a stateful set has been ready for as long as its set asks.
    OrdinalsDue(WorkloadIdx),
    JobRetry(PodIdx),
    SoakOver,
    /// Nothing has happened for so long that nothing will.
    LosePatience,
}

impl Action {
    /// Whether it moves something. Leases that come and go for ever under slow disks do not: once
    /// they are all there is, whatever waits will wait for ever. A controller's timers start again
    /// with every lease, so they count only while one lease lasts.
    fn is_work(self) -> bool {
        !matches!(
            self,
            Self::LeaseLoss(..)
                | Self::LeaseGain(..)
                | Self::NodeCheck
                | Self::TaintNode(_)
                | Self::TaintEviction
                | Self::CollectPods(_)
                | Self::ForceDetach(_)
                | Self::LosePatience
        )
    }
}

/// One cluster of a rehearsal.
#[derive(Debug)]
pub(crate) struct World {
    idx: ClusterIdx,
    key: u64,
    streams: Streams,
    durations: Durations,
    queue: EventQueue<Action>,
    /// Entries in the queue that are work, and when the last such was handled.
    n_pending_work: u32,
    last_work: SimTime,
    pub(crate) log: Log,
    /// Events that follow from something outside, with what that is.
    pub(crate) foreign: Vec<(EventId, Origin)>,
    nodes: Vec<Node>,
    node_names: Vec<String>,
    /// What the scheduler looks at, one entry for each node.
    rooms: Vec<NodeView>,
    pods: Vec<Pod>,
    workloads: Vec<WorkloadState>,
    /// The pods of daemon sets and the static pods of each node of the inventory.
    daemons: Vec<Vec<PodIdx>>,
    /// The finished pods of each node; a drain deletes them.
    finished: BTreeMap<NodeIdx, Vec<PodIdx>>,
    budgets: Vec<BudgetState>,
    added_budgets: Vec<AddedBudget>,
    volumes: Vec<VolumeState>,
    monitor: Monitor,
    control: Control,
    faults: Vec<FaultState>,
    course: Course,
    roll: Option<Roll>,
    n_rolls: u32,
    /// Nodes in quarantine, left at their version.
    quarantined: BTreeSet<NodeIdx>,
    by_hand: Option<Box<by_hand::ByHand>>,
    cni: Option<cni::CniRoll>,
    /// Pods that were there or missing at the start; others were created.
    n_at_start: usize,
    /// Pods without a node: higher priority first, then in the order they began to wait.
    parked: Vec<PodIdx>,
    /// Pods that their owner could not replace yet.
    owed: Vec<PodIdx>,
    /// Nodes whose daemons' pods no controller-manager has created yet.
    without_daemons: Vec<NodeIdx>,
    /// Nodes whose daemons' pods no scheduler has looked at yet.
    with_parked_daemons: Vec<NodeIdx>,
    n_drains: u32,
    scheduling: Scheduling,
    counters: Counters,
    audit: Audit,
    /// The event at which a rule was broken that always holds.
    broken: Option<EventId>,
}

impl World {
    /// Handles entries until the upgrade ends or `n_left` are spent; whether it has ended.
    pub(crate) fn run_to_end(&mut self, ctx: &Ctx<'_>, n_left: &mut u32) -> bool {
        while !self.course.is_over() {
            if *n_left == 0 {
                return false;
            }
            *n_left -= 1;
            self.step(ctx);
        }
        true
    }

    /// Handles one entry; when nothing will ever come of those that are left the upgrade stalls,
    /// and at the horizon it is left as it is.
    fn step(&mut self, ctx: &Ctx<'_>) {
        let Some(at) = self.queue.next_at() else {
            self.schedule(timing::STALL_PATIENCE, Action::LosePatience);
            return;
        };
        let idle = self.n_pending_work == 0
            && self.control.all_work()
            && at >= self.last_work + timing::STALL_PATIENCE
            && !self.awaits_timers();
        let horizon = self.course.horizon();
        if at > horizon && !idle {
            self.queue.wait_until(horizon);
            self.leave_unfinished(ctx);
            return;
        }
        let lonely = self.queue.len() == 1;
        let action = self.take();
        let forsaken = lonely && matches!(action, Action::LosePatience);
        if forsaken || idle {
            self.stall(ctx);
            return;
        }
        self.handle(ctx, action);
    }

    /// Takes the next entry.
    fn take(&mut self) -> Action {
        let action = self.queue.pop().expect("an entry was seen");
        self.counters.handled += 1;
        if action.is_work() {
            self.n_pending_work -= 1;
            self.last_work = self.now();
        }
        action
    }

    /// Handles everything that falls due up to `until`; whether nothing is left before it.
    pub(crate) fn run_until(&mut self, ctx: &Ctx<'_>, until: SimTime, n_left: &mut u32) -> bool {
        while self.broken.is_none() && self.queue.next_at().is_some_and(|at| at <= until) {
            if *n_left == 0 {
                return false;
            }
            *n_left -= 1;
            let action = self.take();
            self.handle(ctx, action);
        }
        true
    }

    fn handle(&mut self, ctx: &Ctx<'_>, action: Action) {
        if let Some(node) = self.silent_doer(action) {
            self.hold_back(ctx, node, action);
            return;
        }
        if self.needs_api(action) {
            self.control.waiting.push(action);
            return;
        }
        match action {
            Action::Turn => self.take_turn(ctx),
            Action::WindowOpens => self.window_opens(ctx),
            Action::FaultStart(fault) => self.start_fault(ctx, fault),
            Action::FaultEnd(fault) => self.end_fault(ctx, fault),
            Action::MemberUpdated(member) => self.member_updated(ctx, member),
            Action::ApiServerBack => self.api_server_back(ctx),
            Action::OwnNodesFollow(cause) => self.own_nodes_follow(ctx, cause),
            Action::MemberRestarted => self.needed_member_back(ctx),
            Action::LeaseLoss(component, epoch) => self.lease_loss(component, epoch),
            Action::LeaseGain(component, epoch) => self.lease_gain(ctx, component, epoch),
            Action::EtcdLeaderElected => self.etcd_leader_elected(ctx),
            Action::NodeHeard(node, cause) => self.node_heard(ctx, node, cause),
            Action::NodeCheck => self.check_nodes(ctx),
            Action::TaintNode(zone) => self.taint_node(ctx, zone),
            Action::TaintEviction => self.evict_tainted(ctx),
            Action::CollectPods(node) => self.collect_pods(ctx, node),
            Action::ForceDetach(volume) => self.force_detach(ctx, volume),
            Action::StartPod(pod) => self.start_held_pod(ctx, pod),
            Action::CniRestarted(node) => self.cni_restarted(ctx, node),
            Action::CniRepaired(node) => self.cni_repaired(ctx, node),
            Action::NodeBooted(node, boot) => self.node_booted(ctx, node, boot),
            Action::NodeNetworkUp(node, boot) => self.node_network_up(ctx, node, boot),
            Action::NodeDeadline(node, boot) => self.node_deadline(ctx, node, boot),
            Action::KubeletBack(node, boot) => self.kubelet_back(ctx, node, boot),
            Action::NodeDelete(node) => self.delete_node(ctx, node),
            Action::DrainBegin(node, number) => self.start_drain(ctx, node, number),
            Action::Uncordon(node, cause) => self.uncordon_late(ctx, node, cause),
            Action::DrainDeadline(node, number) => self.drain_deadline(ctx, node, number),
            Action::RollGoesOn(number) => self.roll_goes_on(ctx, number),
            Action::CommandSees(node, number) => self.command_sees(ctx, node, number),
            Action::CommandGivesUp(node, number) => self.command_gives_up(ctx, node, number),
            Action::Retry(pod) => self.retry_eviction(ctx, pod),
            Action::PodGone(pod) => self.pod_gone(ctx, pod),
            Action::PodReady(pod, epoch) => self.pod_ready(ctx, pod, epoch),
            Action::OrdinalsDue(workload) => self.recreate_ordinals(ctx, workload),
            Action::JobRetry(pod) => self.retry_job(ctx, pod),
            Action::SoakOver => self.soak_over(ctx),
            Action::LosePatience => {}
        }
    }

    /// Whether `action` is a request to the API, and the API does not answer.
    ///
    /// A member at its new version counts as back when it answers; a lone one is away itself.
    fn needs_api(&self, action: Action) -> bool {
        let is_member = matches!(action, Action::MemberUpdated(_)) && self.control.members > 1;
        let is_request = matches!(
            action,
            Action::LeaseGain(..)
                | Action::NodeHeard(..)
                | Action::NodeBooted(..)
                | Action::NodeNetworkUp(..)
                | Action::KubeletBack(..)
                | Action::NodeDelete(_)
                | Action::DrainBegin(..)
                | Action::RollGoesOn(_)
                | Action::Uncordon(..)
                | Action::CniRestarted(_)
                | Action::CniRepaired(_)
                | Action::Retry(_)
                | Action::PodGone(_)
                | Action::PodReady(..)
        );
        (is_member || is_request) && !self.control.answers()
    }

    fn now(&self) -> SimTime {
        self.queue.now()
    }

    fn schedule(&mut self, delay: SimDuration, action: Action) {
        self.schedule_at(self.now() + delay, action);
    }

    fn schedule_at(&mut self, at: SimTime, action: Action) {
        self.n_pending_work += u32::from(action.is_work());
        self.queue.schedule_at(at, action);
    }

    /// Records an event.
    fn emit(&mut self, kind: EventKind, cause: Option<EventId>) -> EventId {
        let event = Event {
            at: self.now(),
            cluster: Some(self.idx),
            kind,
            cause,
        };
        let id = self.log.push(event);
        if let Some(invariant) = self.audit.watch(&event) {
            self.breach(invariant, event, id);
        }
        id
    }

    /// An event broke what must always be so: that ends everything here.
    fn breach(&mut self, invariant: Invariant, event: Event, id: EventId) {
        if self.broken.is_none() {
            let broken = self.log.push(Event {
                kind: EventKind::InvariantBroken { invariant },
                cause: Some(id),
                ..event
            });
            self.broken = Some(broken);
            self.end_upgrade(ClusterOutcome::Broken, broken);
        }
    }

    /// The event that tells of a rule broken, if one was.
    pub(crate) fn broken(&self) -> Option<EventId> {
        self.broken
    }

    /// Records an event that changes what a node is.
    fn emit_node(&mut self, node: NodeIdx, kind: EventKind, cause: Option<EventId>) -> EventId {
        let id = self.emit(kind, cause);
        self.nodes[node.index()].last = Some(id);
        id
    }

    /// Records an event that changes what a pod is.
    fn emit_pod(&mut self, pod: PodIdx, kind: EventKind, cause: Option<EventId>) -> EventId {
        let id = self.emit(kind, cause);
        self.pods[pod.index()].last = Maybe::some(id);
        id
    }

    /// Gives the cluster its turn at `at`, because of `origin`.
    pub(crate) fn give_turn(&mut self, at: SimTime, origin: Origin) {
        self.course.origin = Some(origin);
        self.schedule_at(at, Action::Turn);
    }

    /// Arms a fault to begin at `at`.
    pub(crate) fn arm_fault(&mut self, at: SimTime, fault: FaultIdx) {
        self.schedule_at(at, Action::FaultStart(fault));
    }

    /// The instant reached.
    pub(crate) fn clock(&self) -> SimTime {
        self.queue.now()
    }
}
