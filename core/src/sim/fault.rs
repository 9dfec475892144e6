//! Injected failures: what breaks, where, when, for how long, how badly.
//!
//! A fault changes the state of a component and nothing else. What follows from that is computed
//! by the rules of the simulation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::SimDuration;

/// One injected failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// What breaks.
    pub kind: FaultKind,
    /// When it begins.
    pub trigger: Trigger,
    /// Where.
    pub scope: Scope,
    /// How long it lasts; none means until the end of the rehearsal.
    #[serde(default)]
    pub duration: Option<SimDuration>,
    /// How badly, in thousandths; each kind says what of.
    pub severity_per_mille: u32,
}

/// What breaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// Budgets are tightened to allow no disruption (`maxUnavailable: 0`). Severity: the share of
    /// the budgets in scope; where there is none, each workload in scope gets one.
    BlockingBudget,
    /// The CNI's new version does not come up. Severity: the share of nodes on which it breaks,
    /// from the moment its pod there is restarted or the node is new.
    CniBreak,
    /// The disks under etcd become slow. Severity 1,000 means a commit p99 of ten seconds, and
    /// the latency falls linearly with it.
    EtcdLatency,
    /// A zone is cut off: its kubelets reach no API server, and machines ordered there meanwhile do
    /// not register. Severity: the share of the zone's nodes, at least one. Without a zone in the
    /// scope it is one zone of each cluster, by its luck. A self-managed control plane's node takes
    /// its member with it.
    ZoneOutage,
    /// Nodes are cut off as a zone's are. Severity: the share of the nodes in scope, at least one.
    NodeLoss,
    /// etcd members stop. Severity: the share of the members, at least one.
    EtcdMemberLoss,
    /// The controller-manager that leads dies with its lease held. It is started again at once, but
    /// not where it stays down. Severity: the share of the members where it does as long as the
    /// fault lasts, rounded down.
    ControllerManagerCrash,
    /// API servers are away. Severity: the share of them, at least one; as long as one is left, the
    /// API answers.
    ControlPlaneOutage,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::BlockingBudget,
        Self::CniBreak,
        Self::EtcdLatency,
        Self::ZoneOutage,
        Self::NodeLoss,
        Self::EtcdMemberLoss,
        Self::ControllerManagerCrash,
        Self::ControlPlaneOutage,
    ];
}

/// When a fault begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Trigger {
    /// This long after the start of the rehearsal.
    At(SimDuration),
    /// When a wave starts; waves count from 1.
    Wave(u32),
    /// When each cluster in scope starts its upgrade.
    ClusterStart,
    /// When each cluster in scope has finished a step of this kind for the first time.
    AfterStep(StepKind),
    /// When each cluster in scope begins a step of this kind for the first time.
    BeforeStep(StepKind),
}

/// A kind of step, for triggers and charts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    /// The control plane.
    ControlPlane,
    /// The CNI.
    Cni,
    /// A node pool.
    Pool,
    /// The soak.
    Observe,
}

/// Where a fault strikes; every given field narrows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Scope {
    /// Clusters of this wave, counted from 1.
    pub wave: Option<u32>,
    /// This cluster.
    pub cluster: Option<String>,
    /// This zone.
    pub zone: Option<String>,
    /// This node pool.
    pub pool: Option<String>,
    /// This node.
    pub node: Option<String>,
    /// This workload, as `namespace/name`.
    pub workload: Option<String>,
}
