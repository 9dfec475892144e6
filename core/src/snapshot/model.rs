//! The shape of a snapshot: Kubernetes objects reduced to what an upgrade can depend on.
//!
//! Field names are those of the Kubernetes API. `None` means the input does not say, which is
//! never the same as zero or false.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scheduling::{
    NodePressure, PodAffinityTerm, PreemptionPolicy, PreferredNodeTerm, TopologySpread,
    WeightedPodTerm,
};
use crate::checked::Place;
use crate::snapshot::{JobRules, LabelSelector, SelectorRequirement};
use crate::units::IntOrPercent;

/// Labels of an object.
pub type Labels = BTreeMap<String, String>;

/// Everything that was loaded: one entry per cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Snapshot {
    /// The fleet's name, from a fleet file.
    pub name: Option<String>,
    /// The clusters, in the order of the fleet file, then of the dumps.
    pub clusters: Vec<ClusterSnapshot>,
}

/// One cluster: what its owners say of it and what its dump holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterSnapshot {
    /// The name in the fleet file, or one made from the dump's file name.
    pub name: String,
    /// What the fleet file says; empty for a dump alone.
    pub facts: ClusterFacts,
    /// Where a fleet file tells these facts; not part of an exported snapshot.
    #[serde(skip)]
    pub declared_at: Option<Place>,
    /// The files this cluster was read from.
    pub sources: Vec<String>,
    /// The API server's version, when a dump tells it.
    pub server_version: Option<String>,
    /// Nodes.
    pub nodes: Vec<NodeObject>,
    /// Pods.
    pub pods: Vec<PodObject>,
    /// Deployments, replica sets, stateful sets, daemon sets, jobs.
    pub workloads: Vec<WorkloadObject>,
    /// Pod disruption budgets.
    pub budgets: Vec<BudgetObject>,
    /// Persistent volume claims.
    pub claims: Vec<ClaimObject>,
    /// Persistent volumes.
    pub volumes: Vec<VolumeObject>,
    /// What storage drivers say of nodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub csi_nodes: Vec<CsiNodeObject>,
    /// Kinds that were seen but are not needed, with their counts.
    pub unused_kinds: BTreeMap<String, u32>,
}

/// What a fleet file says of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterFacts {
    /// `gke`, `eks`, `aks`, `clusterApi`, `kubeadm`, `kops`, or another word.
    pub provider: Option<String>,
    /// The provider's region.
    pub region: Option<String>,
    /// Such as `production` or `staging`.
    pub environment: Option<String>,
    /// The criticality tier: `low`, `medium` or `high`.
    pub tier: Option<String>,
    /// The team or person that owns the cluster.
    pub owner: Option<String>,
    /// Who approves a change of it.
    pub approver: Option<String>,
    /// The control plane's version, where no dump tells it.
    pub version: Option<String>,
    /// How many control-plane members it has, where no dump tells it.
    pub control_plane_members: Option<u32>,
    /// When it may be changed; empty means at any time.
    pub windows: Vec<WindowSpec>,
}

/// A weekly maintenance window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct WindowSpec {
    /// Days it opens on (`mon` … `sun`); empty means every day.
    pub days: Vec<String>,
    /// When it opens, as `22:00`.
    pub start: String,
    /// How long it stays open, as `4h`.
    pub duration: String,
    /// An IANA time zone; empty means UTC.
    pub time_zone: String,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeObject {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.labels`: pool, zone, region and role are read from them.
    pub labels: Labels,
    /// `spec.taints`.
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`.
    pub unschedulable: bool,
    /// `spec.providerID`.
    pub provider_id: Option<String>,
    /// `status.nodeInfo.kubeletVersion`.
    pub kubelet_version: Option<String>,
    /// `status.nodeInfo.containerRuntimeVersion`.
    pub container_runtime: Option<String>,
    /// `status.nodeInfo.osImage`.
    pub os_image: Option<String>,
    /// `status.nodeInfo.architecture`.
    pub architecture: Option<String>,
    /// `status.allocatable.cpu` in millicores.
    pub allocatable_cpu_millis: Option<u64>,
    /// `status.allocatable.memory` in bytes.
    pub allocatable_memory_bytes: Option<u64>,
    /// `status.allocatable.pods`.
    pub allocatable_pods: Option<u32>,
    /// The rest of `status.allocatable`, where it is more than nothing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub allocatable_extended: BTreeMap<String, u64>,
    /// Whether the `Ready` condition is `True`.
    pub ready: Option<bool>,
    /// Whether it is `Unknown`: nothing was heard of the kubelet for too long.
    pub silent: bool,
    /// Passing conditions that keep pods off it, by the condition or by its taint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pressures: Vec<NodePressure>,
}

/// `node.spec.taints[]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taint {
    /// The key.
    pub key: String,
    /// The value; often empty.
    #[serde(default)]
    pub value: String,
    /// What it does to pods that do not tolerate it.
    pub effect: TaintEffect,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaintEffect {
    /// New pods stay away.
    NoSchedule,
    /// New pods stay away if they can.
    PreferNoSchedule,
    /// Running pods leave as well.
    NoExecute,
}

/// `pod.spec.tolerations[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Toleration {
    /// The key; none with `Exists` tolerates everything.
    pub key: Option<String>,
    /// `Exists` or `Equal`; none means `Equal`.
    pub operator: Option<String>,
    /// The value for `Equal`.
    pub value: Option<String>,
    /// The effect; none means any.
    pub effect: Option<TaintEffect>,
    /// How long a `NoExecute` taint is tolerated; none means for ever.
    pub toleration_seconds: Option<i64>,
}

/// `metadata.ownerReferences[]` with `controller: true`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// The owner's API version.
    pub api_version: String,
    /// The owner's kind.
    pub kind: String,
    /// The owner's name.
    pub name: String,
}

/// `pod.status.phase`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PodPhase {
    /// Accepted, not yet running.
    Pending,
    /// Bound to a node, with at least one container started.
    Running,
    /// All containers ended well.
    Succeeded,
    /// All containers ended, one badly.
    Failed,
    /// The input does not say.
    #[default]
    Unknown,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodObject {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `spec.nodeName`.
    pub node_name: Option<String>,
    /// `status.phase`.
    pub phase: PodPhase,
    /// Whether the `Ready` condition is `True`.
    pub ready: Option<bool>,
    /// Whether `metadata.deletionTimestamp` is set.
    pub terminating: bool,
    /// Its controller.
    pub owner: Option<OwnerReference>,
    /// Whether it mirrors a static pod (annotation `kubernetes.io/config.mirror`).
    pub mirror: bool,
    /// `metadata.labels`.
    pub labels: Labels,
    /// `metadata.finalizers`, but for those that Kubernetes' own controllers remove.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finalizers: Vec<String>,
    /// Whether `spec.schedulingGates` has any.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gated: bool,
    /// What its specification asks for.
    pub template: PodTemplate,
}

/// The part of a pod's specification that decides where and how it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTemplate {
    /// Requests of the main containers and sidecars, summed, or of the pod itself; with the
    /// overhead of its runtime class.
    pub requests: ContainerResources,
    /// The most that is reserved while init containers run: each with the sidecars before it, and
    /// with the overhead.
    pub init_requests: ContainerResources,
    /// What the scheduler scores it by where that is more than it requests: a container that
    /// requests no CPU or no memory counts with 100 millicores or 200 MiB (k8s-truth §5.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scored_requests: Option<ContainerResources>,
    /// What it requests of resources besides CPU and memory, such as `nvidia.com/gpu`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extended_requests: BTreeMap<String, u64>,
    /// `spec.priority`.
    pub priority: Option<i32>,
    /// `spec.priorityClassName`.
    pub priority_class_name: Option<String>,
    /// `spec.preemptionPolicy`; none means `PreemptLowerPriority`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption_policy: Option<PreemptionPolicy>,
    /// `spec.terminationGracePeriodSeconds`; none means 30.
    pub termination_grace_period_seconds: Option<u64>,
    /// `spec.tolerations`.
    pub tolerations: Vec<Toleration>,
    /// `spec.nodeSelector`.
    pub node_selector: Labels,
    /// Terms of required node affinity; a node must meet one of them in full.
    pub required_node_affinity: Vec<Vec<SelectorRequirement>>,
    /// Required pod affinity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required_affinity: Vec<PodAffinityTerm>,
    /// Required pod anti-affinity.
    pub required_anti_affinity: Vec<PodAffinityTerm>,
    /// Spread constraints that must be met: `DoNotSchedule`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topology_spread: Vec<TopologySpread>,
    /// Preferred node affinity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub preferred_node_affinity: Vec<PreferredNodeTerm>,
    /// Preferred pod affinity and anti-affinity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub preferred_pod_affinity: Vec<WeightedPodTerm>,
    /// Spread constraints that are only preferred: `ScheduleAnyway`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub preferred_spread: Vec<TopologySpread>,
    /// Ports of its node that its containers hold, sidecars included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_ports: Vec<HostPort>,
    /// Whether it mounts an `emptyDir`.
    pub has_empty_dir: bool,
    /// Whether it mounts a `hostPath`.
    pub has_host_path: bool,
    /// Claims it mounts.
    pub claims: Vec<String>,
    /// Images, without their registry credentials.
    pub images: Vec<String>,
    /// Whether any container has a readiness probe.
    pub has_readiness_probe: bool,
    /// `initialDelaySeconds` of the slowest readiness probe.
    pub readiness_initial_delay_seconds: u32,
    /// `periodSeconds` of that probe; 10 by default.
    pub readiness_period_seconds: u32,
    /// `successThreshold` of that probe; 1 by default.
    #[serde(skip_serializing_if = "is_zero")]
    pub readiness_success_threshold: u32,
    /// `readinessGates`: how many conditions somebody else has to set.
    #[serde(skip_serializing_if = "is_zero")]
    pub readiness_gates: u32,
    /// Whether any container has a `preStop` hook.
    pub has_pre_stop: bool,
    /// How many seconds the longest of those hooks sleeps, where none does anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_stop_seconds: Option<u32>,
    /// Init containers that keep running beside the others.
    #[serde(skip_serializing_if = "is_zero")]
    pub sidecars: u32,
}

/// Whether a count says nothing.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A port of its node that a container holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostPort {
    /// `hostPort`.
    pub port: u16,
    /// `protocol`; `TCP` by default.
    pub protocol: String,
    /// `hostIP`; `0.0.0.0`, which stands for all, by default.
    pub address: String,
}

/// CPU and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerResources {
    /// Millicores.
    pub cpu_millis: u64,
    /// Bytes.
    pub memory_bytes: u64,
}

/// Kinds of controller a pod can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WorkloadKind {
    /// Owns replica sets.
    Deployment,
    /// Owns pods; may be owned by a deployment.
    ReplicaSet,
    /// Pods with a name and a place of their own.
    StatefulSet,
    /// A pod on every node.
    DaemonSet,
    /// Runs to its end.
    Job,
    /// The elder of the replica set.
    ReplicationController,
}

/// A controller of pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadObject {
    /// Its kind.
    pub kind: WorkloadKind,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `spec.replicas`; none means 1.
    pub replicas: Option<u32>,
    /// The controller above it.
    pub owner: Option<OwnerReference>,
    /// Labels of the pods it makes.
    pub pod_labels: Labels,
    /// What those pods ask for.
    pub template: PodTemplate,
    /// `spec.podManagementPolicy` is `Parallel`.
    pub parallel: bool,
    /// `spec.minReadySeconds`.
    pub min_ready_seconds: u32,
    /// What a job does about pods that fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobRules>,
}

/// `spec.unhealthyPodEvictionPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnhealthyPodEvictionPolicy {
    /// Unready pods go only while the budget is met.
    #[default]
    IfHealthyBudget,
    /// Unready pods always go.
    AlwaysAllow,
}

/// A pod disruption budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetObject {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `policy/v1` or `policy/v1beta1`: the empty selector means different things in the two.
    pub api_version: String,
    /// `spec.selector`.
    pub selector: Option<LabelSelector>,
    /// `spec.minAvailable`.
    pub min_available: Option<IntOrPercent>,
    /// `spec.maxUnavailable`.
    pub max_unavailable: Option<IntOrPercent>,
    /// `spec.unhealthyPodEvictionPolicy`.
    pub unhealthy_pod_eviction_policy: UnhealthyPodEvictionPolicy,
    /// `metadata.generation`; 0 when the dump does not say.
    pub generation: i64,
    /// The status, when the dump has one.
    pub status: Option<BudgetStatus>,
}

/// `status` of a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetStatus {
    /// Evictions allowed at the time of the dump.
    pub disruptions_allowed: i32,
    /// Healthy pods.
    pub current_healthy: i32,
    /// Healthy pods it wants.
    pub desired_healthy: i32,
    /// Pods it expects.
    pub expected_pods: i32,
    /// The generation that the controller wrote them for; 0 before it ever could.
    pub observed_generation: i64,
}

/// A persistent volume claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimObject {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `spec.volumeName`.
    pub volume_name: Option<String>,
    /// `spec.storageClassName`.
    pub storage_class_name: Option<String>,
    /// `spec.accessModes`.
    pub access_modes: Vec<String>,
}

/// A persistent volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeObject {
    /// `metadata.name`.
    pub name: String,
    /// The CSI driver or in-tree plug-in.
    pub driver: Option<String>,
    /// Zones it can be used in; empty means any.
    pub zones: Vec<String>,
    /// The node it lives on, for a local volume.
    pub node_name: Option<String>,
}

/// `CSINode`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CsiNodeObject {
    /// `metadata.name`, which is its node's.
    pub name: String,
    /// How many volumes of each driver its node can have; of any other driver any number.
    pub volume_limits: BTreeMap<String, u32>,
}
