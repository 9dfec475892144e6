//! Sets the stage: a world as its cluster's snapshot shows it, and what is wrong there already.

use std::collections::{BTreeMap, BTreeSet};

use super::api::Control;
use super::contact::Contact;
use super::faults::FaultState;
use super::monitor::Monitor;
use super::pods::exclusive;
use super::scheduler::{self, Scheduling};
use super::state::{BudgetState, Network, Node, Part, Pod, VolumeState, WorkloadState};
use super::steps::Course;
use super::{Action, Ctx, World};
use crate::durations::Durations;
use crate::ids::{BudgetIdx, EventId, Maybe, NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::{self, MOST_MEMBERS, Resources, WorkloadType};
use crate::rng::{self, Distribution, Purpose, Streams};
use crate::sim::array;
use crate::sim::audit::Audit;
use crate::sim::budget::BudgetSpec;
use crate::sim::log::Log;
use crate::sim::queue::EventQueue;
use crate::sim::scheduler::filters::Change;
use crate::sim::trace::{Counters, EventKind, PodLevel};
use crate::snapshot::PodPhase;
use crate::units::{SimDuration, SimTime};

/// What a node of unknown size is taken to offer: no limit but the kubelet's own on pods.
const UNKNOWN_SIZE: Resources = Resources {
    cpu_millis: u64::MAX / 4,
    memory_bytes: u64::MAX / 4,
    pods: 110,
};
/// Members of a control plane that nobody counted: the one whose restart takes the API away.
const UNKNOWN_MEMBERS: u32 = 1;
/// Commit latency of healthy disks, 99th percentile: below etcd's alarm at 25 ms.
const HEALTHY_COMMIT_P99: Distribution = Distribution::Uniform {
    min: SimDuration::from_millis(6),
    max: SimDuration::from_millis(14),
};

/// How a pod of the inventory is at the start.
pub(super) fn initial_level(pod: &inventory::Pod) -> PodLevel {
    match (pod.phase, pod.node) {
        (PodPhase::Succeeded | PodPhase::Failed, _) => PodLevel::Finished,
        (_, None) => PodLevel::Pending,
        _ if pod.terminating => PodLevel::Terminating,
        _ if pod.is_unready() => PodLevel::Starting,
        _ => PodLevel::Ready,
    }
}

impl World {
    /// The cluster as it was, nothing started.
    pub(crate) fn new(ctx: &Ctx<'_>, streams: Streams) -> Self {
        let cluster = ctx.cluster;
        let key = rng::entity_key(&[&cluster.name]);
        let mut luck = streams.open(key, Purpose::Election);
        let members = cluster.control_plane.members.value().copied();
        let members = members.unwrap_or(UNKNOWN_MEMBERS).clamp(1, MOST_MEMBERS);
        let leader = luck.below(u64::from(members)) as u32 + 1;
        let commit_p99_micros = luck.duration(&HEALTHY_COMMIT_P99).as_millis() * 1_000;
        let mut world = Self {
            idx: ctx.idx,
            key,
            streams,
            durations: Durations::of(cluster, ctx.durations),
            queue: EventQueue::default(),
            n_pending_work: 0,
            last_work: SimTime::ZERO,
            log: Log::new(ctx.keeps, cluster.pods.len()),
            foreign: Vec::new(),
            nodes: cluster
                .nodes
                .iter()
                .map(|node| initial_node(key, node))
                .collect(),
            node_names: cluster.nodes.iter().map(|node| node.name.clone()).collect(),
            rooms: Vec::new(),
            pods: array::reserved(cluster.pods.len()),
            workloads: cluster.workloads.iter().map(initial_workload).collect(),
            daemons: vec![Vec::new(); cluster.nodes.len()],
            finished: BTreeMap::new(),
            budgets: cluster.budgets.iter().map(initial_budget).collect(),
            added_budgets: Vec::new(),
            volumes: vec![VolumeState::default(); cluster.volumes.len()],
            monitor: Monitor::new(cluster.zones.len()),
            control: Control::new(
                cluster.version.value().copied(),
                members,
                leader,
                commit_p99_micros,
            ),
            faults: vec![FaultState::default(); ctx.faults.len()],
            course: Course::default(),
            roll: None,
            n_rolls: 0,
            quarantined: BTreeSet::new(),
            by_hand: None,
            cni: None,
            n_at_start: 0,
            parked: Vec::new(),
            owed: Vec::new(),
            without_daemons: Vec::new(),
            with_parked_daemons: Vec::new(),
            n_drains: 0,
            scheduling: Scheduling::new(ctx),
            counters: Counters::default(),
            audit: Audit::new(cluster, ctx.steps),
            broken: None,
        };
        for node in &world.nodes {
            world.audit.add_node(node.allocatable);
        }
        world.place_pods(ctx);
        let missing = world.place_missing(ctx);
        world.n_at_start = world.pods.len();
        let taken = world.tell_snapshot(ctx);
        world.replace_failed_ordinals(ctx, taken);
        world.schedule_missing(ctx, &missing, taken);
        world
    }

    /// Makes room in the lists of nodes and workloads for the pods they hold at first, and for
    /// one in four more where old and new ones will be there together.
    fn reserve_lists(&mut self, ctx: &Ctx<'_>) {
        let mut on_nodes = vec![0_usize; self.nodes.len()];
        let mut of_workloads = vec![0_usize; self.workloads.len()];
        for pod in &ctx.cluster.pods {
            of_workloads[pod.workload.index()] += 1;
            if let Some(node) = pod.node {
                on_nodes[node.index()] += 1;
            }
        }
        for (node, n_pods) in self.nodes.iter_mut().zip(on_nodes) {
            node.pods.reserve_exact(n_pods);
        }
        for (workload, n_pods) in self.workloads.iter_mut().zip(of_workloads) {
            workload.pods.reserve_exact(n_pods + n_pods.div_ceil(4));
        }
    }

    fn place_pods(&mut self, ctx: &Ctx<'_>) {
        self.reserve_lists(ctx);
        let prefixes: Vec<u64> = ctx
            .cluster
            .workloads
            .iter()
            .map(|workload| rng::entity_key(&[&ctx.cluster.name, &workload.namespace]))
            .collect();
        for (index, spec) in ctx.cluster.pods.iter().enumerate() {
            let pod = PodIdx::new(index);
            let name = rng::entity_key(&[&spec.name]);
            let key = rng::child_key(prefixes[spec.workload.index()], name);
            self.pods.push(initial_pod(index as u32, spec, key));
            let level = self.pods[index].level;
            self.audit.add_pod(
                (spec.workload, spec.selection),
                spec.mounts,
                spec.node,
                level,
            );
            if level == PodLevel::Finished {
                // A finished pod holds nothing, but budgets that select it count it.
                self.workloads[spec.workload.index()].finished += 1;
                if let Some(node) = spec.node {
                    self.finished.entry(node).or_default().push(pod);
                    self.count_part(ctx, pod, Change::Add);
                }
                continue;
            }
            let state = &mut self.workloads[spec.workload.index()];
            state.pods.push(pod);
            state.active += u32::from(level != PodLevel::Terminating);
            state.ready += u32::from(level == PodLevel::Ready);
            state.initial_ready = state.ready;
            self.count_part(ctx, pod, Change::Add);
            for volume in exclusive(ctx.cluster, spec.mounts) {
                self.volumes[volume.index()].take(pod, spec.node);
            }
            let Some(node) = spec.node else {
                if let Some(node) = spec.daemon_of {
                    self.daemons[node.index()].push(pod);
                }
                if !spec.gated {
                    self.park(ctx, pod);
                }
                continue;
            };
            let workload = &ctx.cluster.workloads[spec.workload.index()];
            let state = &mut self.nodes[node.index()];
            state.pods.push(pod);
            state.take(workload);
            self.keep(ctx, pod, node, Change::Add);
            if matches!(
                workload.kind,
                WorkloadType::DaemonSet | WorkloadType::Static
            ) {
                self.daemons[node.index()].push(pod);
            }
            if level == PodLevel::Terminating {
                let mut luck = self.streams.open(key, Purpose::Termination);
                let rest = self.stop_time(ctx, pod, workload.grace, &mut luck);
                self.schedule(rest, Action::PodGone(pod));
            }
        }
        let rooms = self.nodes.iter().enumerate();
        let rooms = rooms.map(|(index, node)| scheduler::room(NodeIdx::new(index), node));
        self.rooms = rooms.collect();
        self.scheduling.search.order.forget();
    }

    /// Tells what the snapshot shows and what is wrong with it, so that causes can lead there.
    fn tell_snapshot(&mut self, ctx: &Ctx<'_>) -> EventId {
        let taken = self.emit(EventKind::SnapshotTaken {}, None);
        for index in 0..self.nodes.len() {
            if !self.nodes[index].ready {
                let node = NodeIdx::new(index);
                let kind = EventKind::NodeNotReadyInSnapshot { node };
                let told = self.emit_node(node, kind, Some(taken));
                if ctx.cluster.nodes[index].silent {
                    self.nodes[index].contact.stay_silent(told);
                }
            }
        }
        for index in 0..ctx.cluster.pods.len() {
            if matches!(
                self.pods[index].level,
                PodLevel::Pending | PodLevel::Starting
            ) {
                let pod = PodIdx::new(index);
                let node = self.pods[index].node.get();
                let kind = EventKind::PodUnreadyInSnapshot { pod, node };
                let told = self.emit_pod(pod, kind, Some(taken));
                if self.pods[index].gated {
                    self.emit_pod(pod, EventKind::PodGated { pod }, Some(told));
                }
            }
        }
        for index in 0..self.workloads.len() {
            let state = &self.workloads[index];
            let of_pods = state.pods.iter().map(|pod| self.budgets_of(ctx, *pod));
            let mut sets = std::iter::once(&state.budgets[..]).chain(of_pods);
            let two = sets.find_map(|set| match *set {
                [first, second, ..] => Some((first, second)),
                [_] | [] => None,
            });
            if let Some((first, second)) = two {
                let workload = WorkloadIdx::new(index);
                let kind = EventKind::BudgetsOverlap {
                    workload,
                    first,
                    second,
                };
                self.workloads[index].overlap = Some(self.emit(kind, Some(taken)));
            }
        }
        for index in 0..self.budgets.len() {
            self.tell_budget(ctx, BudgetIdx::new(index), taken);
        }
        taken
    }

    /// Reads a budget for the first time, and tells when it can never allow anything.
    fn tell_budget(&mut self, ctx: &Ctx<'_>, budget: BudgetIdx, taken: EventId) {
        let pods = self.selected_pods(ctx, budget);
        let is_ready = |pod: &PodIdx| self.pods[pod.index()].level == PodLevel::Ready;
        let ready = pods.filter(is_ready).count() as u32;
        let expectation = self.expectation(ctx, budget);
        let state = &mut self.budgets[budget.index()];
        state.healthy = ready;
        state.sync(expectation);
        if self.tell_never_allows(ctx, budget, Some(taken)) {
            return;
        }
        if self.budgets[budget.index()].allowed == 0 {
            let unready = self
                .selected_pods(ctx, budget)
                .find_map(|pod| self.pods[pod.index()].last.get());
            self.budgets[budget.index()].closed_by = unready.or(Some(taken));
        }
    }
}

impl VolumeState {
    /// Lists a pod of the snapshot: it has the volume mounted if it is on the volume's node, and
    /// waits for it on any other.
    fn take(&mut self, pod: PodIdx, node: Option<NodeIdx>) {
        let Some(node) = node else {
            return;
        };
        if *self.node.get_or_insert(node) == node {
            self.holders.push(pod);
        } else {
            self.wanted_by.push(pod);
        }
    }
}

fn initial_node(cluster: u64, node: &inventory::Node) -> Node {
    Node {
        pool: node.pool,
        zone: node.zone,
        look: node.look,
        allocatable: node.allocatable.value().copied().unwrap_or(UNKNOWN_SIZE),
        used: Resources::default(),
        scored: Resources::default(),
        present: true,
        ready: node.ready.value().copied().unwrap_or(true),
        ready_since: SimTime::ZERO,
        cordoned: node.unschedulable,
        pressures: node.pressures,
        network: Network::Working,
        lease_lapsed: false,
        contact: Contact::default(),
        kubelet: node.kubelet.value().copied(),
        boots: 0,
        key: rng::child_key(cluster, rng::entity_key(&[&node.name])),
        last: None,
        drain: None,
        retiring: false,
        deleted: false,
        pods: Vec::new(),
        made_from: None,
        n_made: 0,
    }
}

fn initial_workload(workload: &inventory::Workload) -> WorkloadState {
    let parts = workload.partial_budgets.iter();
    let parts = parts.map(|budget| Part {
        budget: *budget,
        pods: 0,
    });
    WorkloadState {
        budgets: workload.budgets.clone(),
        parts: parts.collect(),
        failures: workload.job.failed,
        ..WorkloadState::default()
    }
}

fn initial_budget(budget: &inventory::Budget) -> BudgetState {
    BudgetState {
        spec: BudgetSpec {
            min_available: budget.min_available,
            max_unavailable: budget.max_unavailable,
        },
        policy: budget.unhealthy_policy,
        workloads: budget.workloads.clone(),
        healthy: 0,
        allowed: 0,
        current_healthy: budget.written.current_healthy,
        desired_healthy: i64::from(budget.written.desired_healthy),
        unsynced: false,
        edited_unseen: budget.written.stale,
        never_allows: None,
        tightened: 0,
        closed_by: None,
        opened_by: None,
        waiting: Vec::new(),
    }
}

fn initial_pod(index: u32, pod: &inventory::Pod, key: u64) -> Pod {
    let level = initial_level(pod);
    let runs = pod.phase != PodPhase::Pending;
    let ordinal = pod
        .name
        .rsplit_once('-')
        .and_then(|(_, number)| number.parse().ok());
    Pod {
        workload: pod.workload,
        node: pod.node.into(),
        mounts: pod.mounts,
        selection: pod.selection.into(),
        finalizer: pod.finalizer.into(),
        stopped: false,
        gated: pod.gated,
        deleted: false,
        daemon_of: pod.daemon_of.into(),
        replaces: Maybe::NONE,
        level,
        running_at: if runs { SimTime::ZERO } else { SimTime::MAX },
        // What was ready in the snapshot has been so for as long as anybody asks.
        available_at: SimTime::ZERO,
        displacements: 0,
        epoch: 0,
        key,
        last: Maybe::NONE,
        waits_for: Maybe::NONE,
        in_drain: false,
        sick: level == PodLevel::Starting,
        ordinal: ordinal.unwrap_or(index),
    }
}
