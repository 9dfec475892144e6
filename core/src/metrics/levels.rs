//! The levels of one cluster, moved by its events.

use super::{INDICATORS, Indicator};
use crate::inventory::{Cluster, WorkloadType};
use crate::sim::EventKind;
use crate::sim::trace::{ClusterTrace, InitialNode, NodeRow, PodLevel};

/// Why an indicator has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unmeasured {
    /// The cluster has no nodes, as far as the input tells.
    NoNodes,
    /// The cluster has no pods, as far as the input tells.
    NoPods,
    /// Whether a node is Ready is not known.
    ReadyUnknown,
    /// The CPU of a node is not known.
    CpuUnknown,
    /// No node was Ready and schedulable at the start, so there is nothing to take a share of.
    NoReadyCpu,
    /// Nothing was rehearsed in the cluster, and no snapshot tells it.
    NotRehearsed,
    /// No cluster of the fleet could be measured, for different reasons.
    Nowhere,
}

/// Parts per million that make a whole.
pub(super) const WHOLE_PPM: i64 = 1_000_000;

/// What is true of a cluster at one moment.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    nodes: Vec<NodeLevel>,
    pods: Vec<PodLevel>,
    /// The workload of each pod, and how many ready pods each workload wants and has.
    workload_of: Vec<usize>,
    wanted: Vec<i64>,
    ready: Vec<i64>,
    initial_cpu: i64,
    /// Which indicators cannot be measured, and why.
    pub(super) unmeasured: [Option<Unmeasured>; 6],
    /// Nodes that are there.
    pub(super) n_nodes: i64,
    /// Those of them that are Ready.
    pub(super) n_ready_nodes: i64,
    /// CPU of nodes that are Ready and not cordoned, in millicores.
    pub(super) ready_cpu: i64,
    /// Pods that should be ready and are not.
    pub(super) n_disrupted: i64,
    /// Pods without a node.
    pub(super) n_pending: i64,
    /// Share of requests that the API answers, in parts per million.
    pub(super) api_ppm: i64,
    /// etcd's commit latency, 99th percentile, in microseconds.
    pub(super) commit_p99_micros: i64,
}

/// What is true of a node.
#[derive(Clone, Copy, Debug, Default)]
struct NodeLevel {
    present: bool,
    ready: bool,
    cordoned: bool,
    cpu_millis: i64,
}

impl Levels {
    /// The levels at the start.
    pub(super) fn at_start(cluster: &Cluster, trace: &ClusterTrace) -> Self {
        let nodes = trace.nodes.iter().map(initial_node).collect();
        let pods_at_start = trace.pods_at_start(cluster);
        let workloads = pods_at_start.iter().map(|(workload, _)| workload.index());
        let workload_of = workloads.collect();
        let pods = pods_at_start.into_iter().map(|(_, level)| level).collect();
        let wanted = cluster
            .workloads
            .iter()
            .map(|workload| wants(workload.kind, workload.replicas));
        let mut levels = Self {
            nodes,
            pods,
            workload_of,
            wanted: wanted.collect(),
            ready: vec![0; cluster.workloads.len()],
            initial_cpu: 0,
            unmeasured: [None; 6],
            n_nodes: 0,
            n_ready_nodes: 0,
            ready_cpu: 0,
            n_disrupted: 0,
            n_pending: 0,
            api_ppm: WHOLE_PPM,
            commit_p99_micros: trace.initial_commit_p99_micros.unwrap_or_default() as i64,
        };
        levels.count();
        levels.unmeasured = levels.find_unmeasured(cluster, trace);
        levels
    }

    /// Counts everything once; later changes are made by difference.
    fn count(&mut self) {
        for node in self.nodes.clone() {
            self.account_node(node, 1);
        }
        self.initial_cpu = self.ready_cpu;
        for (pod, level) in self.pods.iter().enumerate() {
            match level {
                PodLevel::Ready => self.ready[self.workload_of[pod]] += 1,
                PodLevel::Pending => self.n_pending += 1,
                _ => {}
            }
        }
        let missing = self
            .wanted
            .iter()
            .zip(&self.ready)
            .map(|(wanted, ready)| wanted - ready);
        self.n_disrupted = missing.map(|missing| missing.max(0)).sum();
    }

    /// What keeps each indicator from being measured. A number is claimed only where the snapshot
    /// or the rehearsal gives one: nothing out of nothing is neither all nor zero.
    fn find_unmeasured(&self, cluster: &Cluster, trace: &ClusterTrace) -> [Option<Unmeasured>; 6] {
        let when = |applies: bool, why: Unmeasured| applies.then_some(why);
        let asleep = trace.initial_commit_p99_micros.is_none();
        let asleep = when(asleep, Unmeasured::NotRehearsed);
        let no_nodes = when(self.n_nodes == 0, Unmeasured::NoNodes);
        let no_pods = when(cluster.pods.is_empty(), Unmeasured::NoPods);
        let ready = cluster.nodes.iter().map(|node| node.ready.value());
        let no_ready = when(
            ready.into_iter().any(|r| r.is_none()),
            Unmeasured::ReadyUnknown,
        );
        let untold = cluster
            .nodes
            .iter()
            .any(|node| node.allocatable.value().is_none());
        let no_capacity = no_nodes
            .or(no_ready)
            .or(when(untold, Unmeasured::CpuUnknown))
            .or(when(self.initial_cpu == 0, Unmeasured::NoReadyCpu));
        INDICATORS.map(|indicator| match indicator {
            Indicator::ApiAvailability | Indicator::EtcdCommitP99 => no_nodes.or(asleep),
            Indicator::NodeReadiness => no_nodes.or(no_ready),
            Indicator::DisruptedPods | Indicator::PendingPods => no_pods,
            Indicator::ReadyCapacity => no_capacity,
        })
    }

    /// Whether an indicator can be measured here.
    pub(super) fn measures(&self, indicator: Indicator) -> bool {
        self.unmeasured[indicator as usize].is_none()
    }

    /// Share of nodes that are Ready, in parts per million.
    pub(super) fn node_readiness_ppm(&self) -> i64 {
        share_ppm(self.n_ready_nodes, self.n_nodes)
    }

    /// Share of the initial ready CPU that is there, in parts per million.
    pub(super) fn ready_capacity_ppm(&self) -> i64 {
        share_ppm(self.ready_cpu, self.initial_cpu)
    }

    /// CPU that was ready at the start, in millicores.
    pub(super) fn initial_cpu(&self) -> i64 {
        self.initial_cpu
    }

    /// Pods that should be ready.
    pub(super) fn n_wanted(&self) -> i64 {
        self.wanted.iter().sum()
    }

    /// Moves the levels by one event; says whether any of them changed.
    pub(super) fn apply(&mut self, kind: &EventKind) -> bool {
        match *kind {
            EventKind::NodeJoined { node, .. } => self.node(node.index(), |n| {
                (n.present, n.ready, n.cordoned) = (true, false, false);
            }),
            EventKind::NodeReady { node } => self.node(node.index(), |n| n.ready = true),
            EventKind::NodeNotReady { node, .. } | EventKind::NodeRebuilding { node, .. } => {
                self.node(node.index(), |n| n.ready = false)
            }
            EventKind::NodeRemoved { node } => self.node(node.index(), |n| n.present = false),
            EventKind::NodeCordoned { node } => self.node(node.index(), |n| n.cordoned = true),
            EventKind::NodeUncordoned { node } => self.node(node.index(), |n| n.cordoned = false),
            EventKind::PodCreated { pod } => self.pod(pod.index(), PodLevel::Pending),
            EventKind::PodScheduled { pod, .. } | EventKind::PodUnready { pod, .. } => {
                self.pod(pod.index(), PodLevel::Starting)
            }
            EventKind::PodReady { pod } => self.pod(pod.index(), PodLevel::Ready),
            EventKind::PodEvicted { pod, .. }
            | EventKind::PodDeleted { pod, .. }
            | EventKind::PodPreempted { pod, .. }
            | EventKind::PodTaintEvicted { pod, .. } => {
                self.pod(pod.index(), PodLevel::Terminating)
            }
            EventKind::PodGone { pod }
            | EventKind::PodLost { pod, .. }
            | EventKind::PodCollected { pod, .. } => self.pod(pod.index(), PodLevel::Absent),
            EventKind::ApiUnavailable {} => replace(&mut self.api_ppm, 0),
            EventKind::ApiDegraded { available_ppm } => {
                replace(&mut self.api_ppm, i64::from(available_ppm))
            }
            EventKind::ApiAvailable {} => replace(&mut self.api_ppm, WHOLE_PPM),
            EventKind::EtcdSlow { commit_p99_micros }
            | EventKind::EtcdNormal { commit_p99_micros } => {
                replace(&mut self.commit_p99_micros, commit_p99_micros as i64)
            }
            _ => false,
        }
    }

    /// Changes a node and the sums it is part of.
    fn node(&mut self, index: usize, change: impl FnOnce(&mut NodeLevel)) -> bool {
        let before = self.nodes[index];
        let mut after = before;
        change(&mut after);
        self.account_node(before, -1);
        self.account_node(after, 1);
        self.nodes[index] = after;
        true
    }

    /// Adds a node to the sums, or takes it away with `sign` -1.
    fn account_node(&mut self, node: NodeLevel, sign: i64) {
        if !node.present {
            return;
        }
        self.n_nodes += sign;
        if node.ready {
            self.n_ready_nodes += sign;
            if !node.cordoned {
                self.ready_cpu += sign * node.cpu_millis;
            }
        }
    }

    /// Moves a pod to another level.
    fn pod(&mut self, index: usize, to: PodLevel) -> bool {
        let from = std::mem::replace(&mut self.pods[index], to);
        if from == to {
            return false;
        }
        self.n_pending += i64::from(to == PodLevel::Pending) - i64::from(from == PodLevel::Pending);
        let difference = i64::from(to == PodLevel::Ready) - i64::from(from == PodLevel::Ready);
        if difference != 0 {
            let workload = self.workload_of[index];
            let missing = |ready: i64| (self.wanted[workload] - ready).max(0);
            let ready = self.ready[workload];
            self.n_disrupted += missing(ready + difference) - missing(ready);
            self.ready[workload] = ready + difference;
        }
        true
    }
}

/// A node as it was at the start.
fn initial_node(row: &NodeRow) -> NodeLevel {
    let cpu_millis = row.cpu_millis as i64;
    match row.initial {
        InitialNode::Absent => NodeLevel {
            cpu_millis,
            ..NodeLevel::default()
        },
        InitialNode::Present { ready, cordoned } => NodeLevel {
            present: true,
            ready,
            cordoned,
            cpu_millis,
        },
    }
}

/// How many ready pods a workload wants.
///
/// Pods of daemon sets and static pods belong to their nodes, whose readiness is a level of its
/// own; jobs end by design.
fn wants(kind: WorkloadType, replicas: u32) -> i64 {
    match kind {
        WorkloadType::DaemonSet | WorkloadType::Static | WorkloadType::Job => 0,
        _ => i64::from(replicas),
    }
}

/// Replaces a value and says whether it changed.
fn replace(value: &mut i64, with: i64) -> bool {
    std::mem::replace(value, with) != with
}

/// `part / whole` in parts per million; nothing is left of a whole that is gone.
pub(super) fn share_ppm(part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    (i128::from(part) * i128::from(WHOLE_PPM) / i128::from(whole)) as i64
}
