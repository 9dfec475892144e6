//! The shape of an inventory: what the plan and the simulation read.
//!
//! Everything that was a name is an index here, and selectors are resolved to the objects they
//! select, so nothing downstream compares strings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scheduling::{Placement, Pressures, TaintName, Topology};
use crate::ids::{
    BudgetIdx, DriverIdx, FinalizerIdx, LookIdx, NodeIdx, PoolIdx, ResourceIdx, SelectionIdx,
    VolumeIdx, WorkloadIdx, ZoneIdx,
};
use crate::snapshot::{JobRules, PodPhase, PreemptionPolicy, UnhealthyPodEvictionPolicy};
use crate::units::{IntOrPercent, KubeVersion, SimDuration};

/// How well a value is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence<T> {
    /// The input says so.
    Known(T),
    /// The input does not say; this is taken for it.
    Assumed {
        /// The value taken.
        value: T,
        /// Why this one: a clause such as `kubelets are at most at 1.29`.
        reason: String,
    },
    /// The input does not say, and nothing can be taken for it.
    Unknown,
}

impl<T> Evidence<T> {
    /// The value, known or assumed.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value) | Self::Assumed { value, .. } => Some(value),
            Self::Unknown => None,
        }
    }
}

impl<T> From<Option<T>> for Evidence<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}

/// The whole fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The fleet's name.
    pub name: String,
    /// The clusters, indexed by [`crate::ids::ClusterIdx`].
    pub clusters: Vec<Cluster>,
}

/// Who runs the cluster; decides how pools are upgraded and how long a drain may take.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// Google Kubernetes Engine.
    Gke,
    /// Amazon EKS managed node groups.
    Eks,
    /// Azure Kubernetes Service.
    Aks,
    /// Cluster API.
    ClusterApi,
    /// kubeadm and `kubectl drain` by hand.
    Kubeadm,
    /// kOps.
    Kops,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 6] = [
        Self::Gke,
        Self::Eks,
        Self::Aks,
        Self::ClusterApi,
        Self::Kubeadm,
        Self::Kops,
    ];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gke => "gke",
            Self::Eks => "eks",
            Self::Aks => "aks",
            Self::ClusterApi => "clusterApi",
            Self::Kubeadm => "kubeadm",
            Self::Kops => "kops",
        }
    }
}

/// How much depends on a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tier {
    /// An outage is a nuisance.
    Low,
    /// An outage hurts.
    Medium,
    /// An outage is news.
    High,
}

/// One cluster, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name, unique in the fleet.
    pub name: String,
    /// Who runs it.
    pub provider: Evidence<Provider>,
    /// Its region.
    pub region: Evidence<String>,
    /// Its environment.
    pub environment: Evidence<String>,
    /// How much depends on it.
    pub tier: Evidence<Tier>,
    /// Who owns it.
    pub owner: Evidence<String>,
    /// Who approves changes.
    pub approver: Evidence<String>,
    /// When it may be changed; an empty list means at any time, and unknown that windows are named
    /// of which none can be read.
    pub windows: Evidence<Vec<Window>>,
    /// The API server's version.
    pub version: Evidence<KubeVersion>,
    /// Its control plane.
    pub control_plane: ControlPlane,
    /// Zone names, indexed by [`ZoneIdx`].
    pub zones: Vec<String>,
    /// Node pools, indexed by [`PoolIdx`]. Control-plane nodes form a pool of their own.
    pub pools: Vec<NodePool>,
    /// Nodes, indexed by [`NodeIdx`].
    pub nodes: Vec<Node>,
    /// Workloads, indexed by [`WorkloadIdx`].
    pub workloads: Vec<Workload>,
    /// Pods, indexed by [`crate::ids::PodIdx`].
    pub pods: Vec<Pod>,
    /// Budgets, indexed by [`BudgetIdx`].
    pub budgets: Vec<Budget>,
    /// Sets of budgets that select a pod, indexed by [`SelectionIdx`].
    pub selections: Vec<Vec<BudgetIdx>>,
    /// Bound volumes that tie pods down, indexed by [`VolumeIdx`].
    pub volumes: Vec<Volume>,
    /// What pods mount of them, pod by pod.
    pub mounted: Vec<VolumeIdx>,
    /// Taints that keep pods off its nodes, indexed by [`crate::ids::TaintIdx`].
    pub taints: Vec<TaintName>,
    /// Resources besides CPU and memory that its workloads request, indexed by [`ResourceIdx`].
    pub extended: Vec<String>,
    /// Finalizers that its pods have, indexed by [`FinalizerIdx`].
    pub finalizers: Vec<String>,
    /// Topology keys that its workloads name, indexed by [`crate::ids::TopologyIdx`].
    pub topologies: Vec<Topology>,
}

/// A weekly window, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Whether it opens on each day, Monday first.
    pub days: [bool; 7],
    /// Minutes after midnight at which it opens.
    pub start_minute: u16,
    /// How long it stays open.
    pub duration: SimDuration,
    /// An IANA time zone.
    pub time_zone: String,
}

/// The control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPlane {
    /// How many API servers and etcd members it has.
    pub members: Evidence<u32>,
    /// Whether the provider runs it out of sight.
    pub managed: bool,
}

/// Nodes that are upgraded together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodePool {
    /// The provider's name for it, or one made from what its nodes share.
    pub name: String,
    /// Whether its nodes run the control plane.
    pub control_plane: bool,
    /// Whether Karpenter makes its nodes, and so replaces them.
    pub by_karpenter: bool,
    /// Its nodes.
    pub nodes: Vec<NodeIdx>,
}

/// CPU, memory and pod slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// Millicores.
    pub cpu_millis: u64,
    /// Bytes.
    pub memory_bytes: u64,
    /// Pod slots.
    pub pods: u32,
}

impl Resources {
    /// Adds what one pod asks for. Sums stop at the greatest number, since nothing keeps a dump
    /// from placing any number of pods on one node.
    pub fn take(&mut self, requests: Self) {
        self.cpu_millis = self.cpu_millis.saturating_add(requests.cpu_millis);
        self.memory_bytes = self.memory_bytes.saturating_add(requests.memory_bytes);
        self.pods = self.pods.saturating_add(1);
    }

    /// Takes away what one pod asked for.
    pub fn release(&mut self, requests: Self) {
        self.cpu_millis = self.cpu_millis.saturating_sub(requests.cpu_millis);
        self.memory_bytes = self.memory_bytes.saturating_sub(requests.memory_bytes);
        self.pods = self.pods.saturating_sub(1);
    }
}

/// A node, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its pool.
    pub pool: PoolIdx,
    /// Its zone.
    pub zone: Option<ZoneIdx>,
    /// What selectors and taints can tell of it; the nodes that replace it look the same.
    pub look: LookIdx,
    /// The kubelet's version.
    pub kubelet: Evidence<KubeVersion>,
    /// What pods may use of it.
    pub allocatable: Evidence<Resources>,
    /// What pods may use of resources that some workload of the cluster requests besides, in the
    /// order of their indices; of one that is not listed it has none.
    pub extended: Vec<(ResourceIdx, u64)>,
    /// How many volumes of a driver it can have; any number where it says nothing.
    pub volume_limits: Vec<(DriverIdx, u32)>,
    /// Whether it was Ready.
    pub ready: Evidence<bool>,
    /// Whether nothing was heard of its kubelet: its Ready condition was Unknown.
    pub silent: bool,
    /// Whether it was cordoned.
    pub unschedulable: bool,
    /// Passing conditions that kept pods off it.
    pub pressures: Pressures,
    /// Whether its label takes it out of what counts as a zone's disruption.
    pub excluded_from_disruption: bool,
}

/// How a workload's pods come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorkloadType {
    /// Deployment, or a replica set or replication controller of its own.
    Deployment,
    /// Stateful set.
    StatefulSet,
    /// Daemon set.
    DaemonSet,
    /// Job.
    Job,
    /// A pod without a controller.
    Bare,
    /// Static pods of the kubelet, seen as mirror pods.
    Static,
    /// Any other controller; its pods are taken to come back as a replica set's do.
    Other,
}

/// A set of like pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How its pods come back.
    pub kind: WorkloadType,
    /// Whether the input holds objects of its controller's kind, but not its controller.
    pub is_orphaned: bool,
    /// How many pods it wants; for a daemon set, how many it had.
    pub replicas: u32,
    /// `Parallel` pod management of a stateful set.
    pub parallel: bool,
    /// What one pod asks for.
    pub requests: Resources,
    /// What one pod asks for besides, in the order of the indices; never nothing.
    pub extended: Vec<(ResourceIdx, u64)>,
    /// Scheduling priority.
    pub priority: i32,
    /// Whether its pods may displace others of lower priority.
    pub preemption: PreemptionPolicy,
    /// How long a pod may take to stop.
    pub grace: SimDuration,
    /// What its containers do before they are told to stop.
    pub pre_stop: PreStop,
    /// Containers that stop one after the other once the main ones have.
    pub sidecars: u32,
    /// Its slowest readiness probe; none means ready when started.
    pub readiness: Option<Readiness>,
    /// Whether somebody else has to set conditions before a pod is ready; who does and when is not
    /// known.
    pub has_readiness_gates: bool,
    /// How long a pod must be ready to count as available.
    pub min_ready: SimDuration,
    /// What a job does about pods that fail.
    pub job: JobRules,
    /// Whether pods keep data in an `emptyDir`.
    pub has_empty_dir: bool,
    /// For each toleration that an unreachable node's `NoExecute` taint meets, how many seconds it
    /// lasts; none is for ever. Empty when there is no such toleration.
    pub unreachable_limits: Vec<Option<i64>>,
    /// Where its pods may run.
    pub placement: Placement,
    /// The budgets that select each of its pods.
    pub budgets: Vec<BudgetIdx>,
    /// The budgets that select some of its pods and others not.
    pub partial_budgets: Vec<BudgetIdx>,
}

/// When a pod that has started is found ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// What is waited before the first probe.
    pub initial_delay: SimDuration,
    /// How far probes are apart.
    pub period: SimDuration,
    /// How many of them have to pass in a row.
    pub successes: u32,
}

/// What containers do before they are told to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreStop {
    /// None has a hook.
    #[default]
    None,
    /// They sleep, the longest so long.
    Sleeps(SimDuration),
    /// A hook does something else, which takes nobody knows how long.
    Unknown,
}

/// A pod, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its workload; a bare pod is a workload of its own.
    pub workload: WorkloadIdx,
    /// Its node.
    pub node: Option<NodeIdx>,
    /// Its phase.
    pub phase: PodPhase,
    /// Whether it was Ready; where the dump does not say, a running pod is taken for ready.
    pub ready: bool,
    /// Whether it was being deleted.
    pub terminating: bool,
    /// Whether it has scheduling gates, so that nothing looks for a node for it.
    pub gated: bool,
    /// A finalizer that keeps its object once it has stopped.
    pub finalizer: Option<FinalizerIdx>,
    /// The node for which its daemon set made it, bound to it or not.
    pub daemon_of: Option<NodeIdx>,
    /// The volumes it mounts, as far as they tie it down.
    pub mounts: Mounts,
    /// The budgets that select it, where they are not those of its workload.
    pub selection: Option<SelectionIdx>,
}

impl Pod {
    /// Whether it has neither ended nor been asked to, so that its owner counts it.
    pub fn is_active(&self) -> bool {
        let ended = matches!(self.phase, PodPhase::Succeeded | PodPhase::Failed);
        !ended && !self.terminating
    }

    /// Whether it is on a node where it should be ready, and is not.
    pub fn is_unready(&self) -> bool {
        let should_be = match self.phase {
            PodPhase::Pending | PodPhase::Running | PodPhase::Unknown => self.node.is_some(),
            PodPhase::Succeeded | PodPhase::Failed => false,
        };
        let starts = self.phase == PodPhase::Pending;
        should_be && !self.terminating && (starts || !self.ready)
    }
}

/// A pod disruption budget, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// `spec.minAvailable`.
    pub min_available: Option<IntOrPercent>,
    /// `spec.maxUnavailable`.
    pub max_unavailable: Option<IntOrPercent>,
    /// What it says of unready pods.
    pub unhealthy_policy: UnhealthyPodEvictionPolicy,
    /// What the controller wrote of it last.
    pub written: WrittenStatus,
    /// The workloads that it selects pods of.
    pub workloads: Vec<WorkloadIdx>,
}

/// What the snapshot's budget status says. It counts only where the controller cannot write it
/// anew: everywhere else the rehearsal counts for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrittenStatus {
    /// `status.currentHealthy`; 0 where there is no status.
    pub current_healthy: u32,
    /// `status.desiredHealthy`; 0 where there is no status.
    pub desired_healthy: u32,
    /// Whether `status.observedGeneration` is behind `metadata.generation`.
    pub stale: bool,
}

/// Whether several nodes may mount a volume at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One node at a time.
    OneNode,
    /// Any number of nodes.
    ManyNodes,
}

/// A volume that ties the pods which mount it to a place or to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The claim's name.
    pub name: String,
    /// Who may mount it.
    pub sharing: Sharing,
    /// Its driver, where some node limits how many of its volumes it can have.
    pub driver: Option<DriverIdx>,
    /// The zones it can be used in; none means everywhere.
    pub zones: Vec<ZoneIdx>,
    /// The node it lives on, for a local volume.
    pub node: Option<NodeIdx>,
}

/// The volumes of one pod: a stretch of its cluster's table, [`Cluster::mounted`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mounts {
    start: u32,
    end: u32,
}

impl Mounts {
    /// Adds a pod's volumes to the table.
    pub fn add(table: &mut Vec<VolumeIdx>, volumes: impl IntoIterator<Item = VolumeIdx>) -> Self {
        let start = VolumeIdx::new(table.len()).0;
        table.extend(volumes);
        let end = VolumeIdx::new(table.len()).0;
        Self { start, end }
    }

    /// Whether the pod mounts none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The volumes, out of the table.
    #[inline]
    pub fn of(self, table: &[VolumeIdx]) -> &[VolumeIdx] {
        &table[self.start as usize..self.end as usize]
    }
}
