//! How pools are rolled: what a user may choose, and what a step of a plan says (k8s-truth §9).
//!
//! The parameters of a provider's way are the provider's own, under its own names, and their
//! defaults are what its documents say. Where documents disagree (§12), the parameter is the
//! switch, and the comment on its default says which side was taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{IntOrPercent, SimDuration};

/// How the user wants pools rolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", remote = "Self")]
pub enum PoolChoice {
    /// As the provider does by default.
    Provider,
    /// Add so many nodes, then move pods to them.
    Surge(u32),
    /// Take so many nodes away at a time.
    Unavailable(u32),
    /// As GKE's surge upgrades do.
    GkeSurge(GkeSurge),
    /// As GKE's blue-green upgrades do.
    GkeBlueGreen(GkeBlueGreen),
    /// As managed node groups of EKS do.
    EksManaged(EksManaged),
    /// As AKS does: surge nodes first, then every node is reimaged in place.
    AksSurge(AksSurge),
    /// As AKS' blue-green upgrades do.
    AksBlueGreen(AksBlueGreen),
    /// As a `MachineDeployment` of Cluster API does.
    ClusterApi(ClusterApi),
    /// As kured does: nodes are drained and rebooted under a lock.
    Kured(Kured),
    /// By hand, node after node, with `kubectl drain`.
    Kubeadm(Kubeadm),
    /// As `kops rolling-update` does.
    Kops(Kops),
}

/// GKE, surge: nodes of one zone at a time, zone after zone (§9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GkeSurge {
    /// Nodes added at a time.
    pub max_surge: u32,
    /// Nodes taken away at a time.
    pub max_unavailable: u32,
}

/// GKE, blue-green: a second pool beside the first (§9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GkeBlueGreen {
    /// Blue nodes drained at a time; a share rounds down to one at least, and zero drains none.
    pub batch: IntOrPercent,
    /// How long is waited after each batch.
    pub batch_soak: SimDuration,
    /// How long the drained blue pool is kept before it is deleted.
    pub pool_soak: SimDuration,
}

/// AKS, blue-green: a second pool beside the first (§9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AksBlueGreen {
    /// Blue nodes drained at a time; a share rounds up, and zero drains none.
    pub batch: IntOrPercent,
    /// How long is waited after each batch.
    pub batch_soak: SimDuration,
    /// How long the drained blue pool is kept before it is deleted.
    pub pool_soak: SimDuration,
}

/// EKS: nodes are added for every zone, then all old ones are cordoned and replaced (§9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct EksManaged {
    /// Nodes drained at a time, at most 100. The documents do not say how a share rounds; it is
    /// taken to round down to one at least, which disturbs least.
    pub max_unavailable: IntOrPercent,
    /// Whether pods that are left after 15 minutes are deleted rather than fail the update.
    pub force: bool,
}

/// AKS: surge nodes first, then every node is drained and reimaged in place (§9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AksSurge {
    /// Nodes added first, which is also how many are drained at a time; a share rounds up. One
    /// page of the documents gives 1 as the default and two give 10 %; one disturbs less.
    pub max_surge: IntOrPercent,
    /// Nodes drained at a time beyond those added.
    pub max_unavailable: IntOrPercent,
    /// What becomes of a node whose drain is out of time.
    pub undrainable: Undrainable,
    /// Nodes that may be quarantined before the upgrade fails; as many as surge unless it is set.
    pub max_blocked_nodes: Option<IntOrPercent>,
    /// How long is waited after each node, at most 30 minutes.
    pub node_soak: SimDuration,
}

/// AKS, `undrainableNodeBehavior`. The documents call `Schedule` the default and say elsewhere that
/// the operation stops; stopping is the default here, as it costs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undrainable {
    /// The upgrade stops as failed and the node stays cordoned.
    Fail,
    /// The node is quarantined at its old version, and the upgrade goes on.
    Cordon,
    /// The node is deleted with what is left on it, and a new one takes its place.
    Schedule,
}

/// Cluster API: a `MachineDeployment` (§9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterApi {
    /// Machines added at a time; a share rounds up.
    pub max_surge: IntOrPercent,
    /// Machines missing at a time; a share rounds down.
    pub max_unavailable: IntOrPercent,
    /// How long a drain may take before the machine is deleted all the same; zero is for ever.
    pub node_drain_timeout: SimDuration,
    /// How long a drained machine waits for its volumes; zero is for ever.
    pub node_volume_detach_timeout: SimDuration,
}

/// kured: a lock for whoever may drain and reboot (§9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Kured {
    /// Nodes that hold the lock at a time.
    pub concurrency: u32,
    /// How long a drain may take before its node is uncordoned and lets the lock go; zero is for
    /// ever.
    pub drain_timeout: SimDuration,
    /// How often a node asks for the lock.
    pub period: SimDuration,
}

/// kubeadm: one node after the other is drained by hand, with these flags of `kubectl drain`
/// (§3.2), and upgraded in place. A pod that needs a flag that is not given ends the upgrade there.
/// Whoever drains by hand reads what kubectl asks for, so every flag is given by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Kubeadm {
    /// `--ignore-daemonsets`.
    pub ignore_daemonsets: bool,
    /// `--delete-emptydir-data`.
    pub delete_emptydir_data: bool,
    /// `--force`.
    pub force: bool,
}

/// kOps: `rolling-update` (§9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Kops {
    /// Machines added at a time; a share rounds up.
    pub max_surge: IntOrPercent,
    /// Machines missing at a time; a share rounds down.
    pub max_unavailable: IntOrPercent,
}

/// Karpenter: a drifted node's replacement comes first, then the node is drained, by default for
/// ever, and deleted (§9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Karpenter {
    /// Nodes that a pool's disruption budget lets go at a time; a share rounds up.
    pub budget: IntOrPercent,
}

const NONE: IntOrPercent = IntOrPercent::Int(0);
const ONE: IntOrPercent = IntOrPercent::Int(1);

impl GkeSurge {
    pub(super) const DEFAULT: Self = Self {
        max_surge: 1,
        max_unavailable: 0,
    };
}

impl Default for GkeSurge {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Default for GkeBlueGreen {
    fn default() -> Self {
        Self {
            batch: ONE,
            batch_soak: SimDuration::ZERO,
            pool_soak: SimDuration::from_hours(1),
        }
    }
}

impl Default for AksBlueGreen {
    fn default() -> Self {
        Self {
            batch: IntOrPercent::Percent(10),
            batch_soak: SimDuration::from_mins(15),
            pool_soak: SimDuration::from_mins(60),
        }
    }
}

impl EksManaged {
    pub(super) const DEFAULT: Self = Self {
        max_unavailable: ONE,
        force: false,
    };
}

impl Default for EksManaged {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl AksSurge {
    pub(super) const DEFAULT: Self = Self {
        max_surge: ONE,
        max_unavailable: NONE,
        undrainable: Undrainable::Fail,
        max_blocked_nodes: None,
        node_soak: SimDuration::ZERO,
    };
}

impl Default for AksSurge {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Karpenter {
    pub(super) const DEFAULT: Self = Self {
        budget: IntOrPercent::Percent(10),
    };
}

impl Default for Karpenter {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl ClusterApi {
    pub(super) const DEFAULT: Self = Self {
        max_surge: ONE,
        max_unavailable: NONE,
        node_drain_timeout: SimDuration::ZERO,
        node_volume_detach_timeout: SimDuration::ZERO,
    };
}

impl Default for ClusterApi {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Default for Kured {
    fn default() -> Self {
        Self {
            concurrency: 1,
            drain_timeout: SimDuration::ZERO,
            period: SimDuration::from_hours(1),
        }
    }
}

impl Kubeadm {
    pub(super) const DEFAULT: Self = Self {
        ignore_daemonsets: true,
        delete_emptydir_data: true,
        force: true,
    };
}

impl Default for Kubeadm {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Kops {
    pub(super) const DEFAULT: Self = Self {
        max_surge: ONE,
        max_unavailable: NONE,
    };
}

impl Default for Kops {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How a pool's nodes are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolStrategy {
    /// `max_surge` nodes are added first, and each takes the place of a drained one.
    Surge {
        /// Nodes added at a time, at least 1.
        max_surge: u32,
        /// How long a new node may take to become Ready before the step fails.
        node_timeout: Option<SimDuration>,
    },
    /// `max_unavailable` nodes are drained and rebuilt in place at a time.
    Unavailable {
        /// Nodes away at a time, at least 1.
        max_unavailable: u32,
        /// How long a node may take to become Ready again before the step fails.
        node_timeout: Option<SimDuration>,
    },
    /// Zone after zone, nodes added and nodes rebuilt side by side.
    Gke(GkeSurge),
    /// Nodes for all zones first; then old ones are drained, deleted and replaced.
    Eks(EksManaged),
    /// Surge nodes first; then nodes are drained and reimaged in place.
    Aks(AksSurge),
    /// A whole second pool; the first is drained in batches, kept for a while and deleted.
    BlueGreen(BlueGreen),
    /// Machines added and machines missing side by side; volumes are waited for.
    ClusterApi(ClusterApi),
    /// Nodes are rebooted in place under a lock.
    Kured(Kured),
    /// Node after node is drained by hand and upgraded in place.
    Kubeadm(Kubeadm),
    /// Machines added and machines missing side by side.
    Kops(Kops),
    /// Replacements first, as the pool's own disruption budget lets nodes go.
    Karpenter(Karpenter),
}

/// A second pool beside the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlueGreen {
    /// Whose rule says how many nodes a batch has.
    pub batches: Batches,
    /// Blue nodes drained at a time.
    pub batch: IntOrPercent,
    /// How long is waited after each batch.
    pub batch_soak: SimDuration,
    /// How long the drained blue pool is kept before it is deleted.
    pub pool_soak: SimDuration,
}

/// Whose rule says how many nodes a batch has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batches {
    /// A share rounds down to one at least.
    Gke,
    /// A share rounds up.
    Aks,
}

/// How long EKS and kOps wait for a new node: `NodeCreationFailure` and the validation.
const NODE_TIMEOUT: SimDuration = SimDuration::from_mins(15);

impl PoolStrategy {
    /// How long a node may take to become Ready before the step fails; none means for ever.
    pub const fn node_timeout(&self) -> Option<SimDuration> {
        match *self {
            Self::Surge { node_timeout, .. } | Self::Unavailable { node_timeout, .. } => {
                node_timeout
            }
            Self::Eks(_) | Self::Kops(_) => Some(NODE_TIMEOUT),
            Self::Gke(_)
            | Self::Aks(_)
            | Self::BlueGreen(_)
            | Self::ClusterApi(_)
            | Self::Kured(_)
            | Self::Kubeadm(_)
            // It takes what was not launched in 5 minutes, or not registered in 15, away and
            // tries again.
            | Self::Karpenter(_) => None,
        }
    }
}
