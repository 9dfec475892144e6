//! The shape of a plan, and the knobs it is made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ClusterIdx, PoolIdx};
use crate::inventory::Tier;
use crate::plan::{PoolChoice, PoolStrategy};
use crate::units::{IntOrPercent, KubeVersion, SimDuration};

/// The knobs of a plan; every one has a default that a careful team would choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PlanSettings {
    /// The version to reach; none means one minor beyond the newest API server of the fleet.
    pub target: Option<KubeVersion>,
    /// When the first wave may start, as an RFC 3339 date and time.
    pub start: String,
    /// Whether the first cluster of the lowest tier goes alone, before its wave.
    pub canary: bool,
    /// How many clusters of a wave are upgraded at once.
    pub max_concurrency: u32,
    /// How pools are rolled.
    pub pool_strategy: PoolChoice,
    /// How long a drain may take, and what then.
    pub drain: DrainChoice,
    /// How long a cluster is watched after its last step.
    pub cluster_soak: SimDuration,
    /// How long a wave is watched before the next.
    pub wave_soak: SimDuration,
    /// What a cluster must meet to pass.
    pub gates: Gates,
    /// What happens when a cluster fails: a check is not met or a step is given up. A drain that
    /// waits for ever stalls its wave instead, and this decides nothing.
    pub on_failure: FailureRule,
    /// Whether clusters wait for their maintenance windows.
    pub respect_windows: bool,
    /// What becomes of a kube-controller-manager's lease when it stops cleanly. Versions that were
    /// read keep it and newer ones may not; keeping it is the default, as it costs more.
    pub controller_manager_lease: LeaseOnStop,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            target: None,
            start: "2026-11-23T08:00:00Z".to_owned(),
            canary: true,
            max_concurrency: 2,
            pool_strategy: PoolChoice::Provider,
            drain: DrainChoice::Provider,
            cluster_soak: SimDuration::from_mins(15),
            wave_soak: SimDuration::from_hours(1),
            gates: Gates::default(),
            on_failure: FailureRule::Hold,
            respect_windows: true,
            controller_manager_lease: LeaseOnStop::Kept,
        }
    }
}

/// What becomes of a component's lease when it stops cleanly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LeaseOnStop {
    /// It counts until it is over, 15 s after its last renewal.
    Kept,
    /// It is given back, so that another may lead with its next try.
    Released,
}

/// How the user wants drains limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DrainChoice {
    /// As the provider does.
    Provider,
    /// Wait for ever.
    Wait,
    /// Fail the pool after this long.
    Fail(SimDuration),
    /// Delete what is left after this long.
    Force(SimDuration),
}

/// What a cluster must meet at the end of its steps. Shares are in thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Gates {
    /// Ready nodes, of all nodes.
    pub min_ready_nodes_per_mille: u32,
    /// Pods that are pending beyond those that were before.
    pub max_new_pending_pods: u32,
    /// API availability since the cluster's start, in thousandths; the planned restart of a lone
    /// API server does not count against it.
    pub min_api_availability_per_mille: u32,
    /// Workloads without one ready pod that had some before.
    pub max_workloads_down: u32,
    /// etcd commit latency, 99th percentile, at the end of the soak.
    pub max_etcd_commit_p99: SimDuration,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            min_ready_nodes_per_mille: 1_000,
            max_new_pending_pods: 0,
            min_api_availability_per_mille: 990,
            max_workloads_down: 0,
            max_etcd_commit_p99: SimDuration::from_millis(200),
        }
    }
}

/// What the plan does when a cluster fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FailureRule {
    /// Nothing further starts; what runs may finish.
    Hold,
    /// The cluster's pools go back to their version, then the wave holds.
    RollBack,
    /// The cluster is left as it is and the wave goes on.
    GoOn,
}

/// The whole plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The version every cluster shall reach.
    pub target: KubeVersion,
    /// Milliseconds since the Unix epoch at which simulated time is zero.
    pub start_unix_ms: i64,
    /// The waves, in order.
    pub waves: Vec<Wave>,
    /// How many clusters of a wave are upgraded at once.
    pub max_concurrency: u32,
    /// How long a wave is watched before the next.
    pub wave_soak: SimDuration,
    /// What a cluster must meet to pass.
    pub gates: Gates,
    /// What happens when one does not.
    pub on_failure: FailureRule,
    /// Whether clusters wait for their windows.
    pub respect_windows: bool,
    /// What becomes of a kube-controller-manager's lease when it stops cleanly.
    pub controller_manager_lease: LeaseOnStop,
}

impl Plan {
    /// A plan that upgrades nothing, for what is rehearsed outside one.
    pub fn empty() -> Self {
        Self {
            target: KubeVersion::minor(1, 0),
            start_unix_ms: 0,
            waves: Vec::new(),
            max_concurrency: 1,
            wave_soak: SimDuration::ZERO,
            gates: Gates::default(),
            on_failure: FailureRule::Hold,
            respect_windows: false,
            controller_manager_lease: LeaseOnStop::Kept,
        }
    }
}

/// Clusters upgraded under one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    /// Such as `canary` or `low tier`.
    pub name: String,
    /// The tier of its clusters.
    pub tier: Tier,
    /// Why these clusters are together: a sentence.
    pub reason: String,
    /// Its clusters, in starting order.
    pub clusters: Vec<ClusterPlan>,
}

/// The steps of one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterPlan {
    /// The cluster.
    pub cluster: ClusterIdx,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// One step of a cluster's upgrade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The control plane goes up one minor, member by member.
    ControlPlane {
        /// Its version before.
        from: KubeVersion,
        /// Its version after.
        to: KubeVersion,
    },
    /// The CNI's daemon set is rolled, node by node, to what fits the control plane.
    Cni,
    /// A pool's nodes are drained and replaced.
    Pool {
        /// The pool.
        pool: PoolIdx,
        /// The kubelets' version after.
        to: KubeVersion,
        /// How nodes are replaced.
        strategy: PoolStrategy,
        /// How drains are limited.
        drain: DrainPolicy,
    },
    /// The cluster is watched.
    Observe {
        /// For how long.
        soak: SimDuration,
    },
}

/// How a drain is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainPolicy {
    /// How long it may take; none means for ever.
    pub timeout: Option<SimDuration>,
    /// What happens then.
    pub on_timeout: OnDrainTimeout,
}

/// What happens when a drain's time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDrainTimeout {
    /// The step fails and the node stays cordoned.
    Fail,
    /// What is left is deleted, budgets or not.
    Force,
    /// The upgrade goes on; what is left stays on its node and dies with it.
    GoOn,
    /// The node stays cordoned at its old version and the upgrade goes on; with more such nodes
    /// than this the step fails.
    Quarantine {
        /// Nodes that may be left so; a share is one of the nodes to upgrade and rounds up.
        max_blocked: IntOrPercent,
    },
    /// The node is deleted with what is left on it, and a new one takes its place.
    Replace,
    /// The node is uncordoned as it is and lets others go first.
    Release {
        /// How long until it is drained again.
        retry_after: SimDuration,
    },
}

/// What the planner decided, and what it held back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "an unread report is not actionable"]
pub struct PlanningReport {
    /// Clusters that are in no wave.
    pub held_back: Vec<(ClusterIdx, HeldBack)>,
    /// Assumptions the plan rests on: sentences.
    pub assumptions: Vec<String>,
}

/// Why a cluster is in no wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBack {
    /// It is at the target already.
    AtTarget,
    /// It is beyond the target.
    AheadOfTarget(KubeVersion),
    /// Its version is not known.
    VersionUnknown,
    /// It has no nodes to upgrade.
    NoNodes,
    /// A kubelet is newer than the API server or further behind than the skew policy allows, so
    /// there is no legal first step.
    SkewAlreadyBroken {
        /// The oldest kubelet that is outside the policy.
        kubelet: KubeVersion,
        /// The API server.
        api_server: KubeVersion,
    },
    /// It names maintenance windows of which none can be read, and the plan keeps to windows.
    WindowsUnreadable,
}
