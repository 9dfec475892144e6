//! The fleet as it was loaded: what there is, and what is not known of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checked::Issue;

/// The fleet, cluster by cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetReport {
    /// The fleet's name.
    pub name: String,
    /// Where it comes from: `generated` or the files' names.
    pub source: String,
    /// Sums over all clusters.
    pub totals: Totals,
    /// The clusters, in the order of the inventory.
    pub clusters: Vec<ClusterCard>,
    /// The targets that would upgrade something, oldest first.
    pub targets: Vec<TargetRow>,
    /// Everything that was wrong with the input.
    pub issues: Vec<Issue>,
}

/// A version the fleet can be brought to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetRow {
    /// The version, such as `1.34`.
    pub version: String,
    /// Clusters it would upgrade; the others are held back.
    pub clusters: u32,
    /// Whether it is taken when no target is set.
    pub is_default: bool,
}

/// Counts of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Clusters.
    pub clusters: u32,
    /// Nodes.
    pub nodes: u32,
    /// Pods.
    pub pods: u32,
    /// Workloads.
    pub workloads: u32,
    /// Pod disruption budgets.
    pub budgets: u32,
    /// Facts that the input states, of [`Totals::facts`].
    pub facts_known: u32,
    /// Facts that a rehearsal uses.
    pub facts: u32,
}

/// How well a fact is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FactState {
    /// The input says so.
    Known,
    /// Taken for it.
    Assumed,
    /// Not known.
    #[default]
    Unknown,
}

/// A fact as text, with how well it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// The text; empty when unknown.
    pub text: String,
    /// How well it is known.
    pub state: FactState,
    /// For an assumption, why this; for an unknown, how it could be known (a command or a field).
    pub note: String,
}

/// One cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterCard {
    /// Its name.
    pub name: String,
    /// Its provider.
    pub provider: Fact,
    /// Its region.
    pub region: Fact,
    /// Its environment.
    pub environment: Fact,
    /// Its criticality tier.
    pub tier: Fact,
    /// Its owner.
    pub owner: Fact,
    /// Its approver.
    pub approver: Fact,
    /// Its API server's version.
    pub version: Fact,
    /// Its control-plane members.
    pub control_plane_members: Fact,
    /// Its maintenance windows, as text.
    pub windows: Fact,
    /// Kubelet versions with their node counts, oldest first.
    pub kubelets: Vec<(String, u32)>,
    /// Its counts; `clusters` is 1.
    pub totals: Totals,
    /// Its pools.
    pub pools: Vec<PoolCard>,
    /// Its nodes, in the order of the inventory.
    pub nodes: Vec<NodeCard>,
    /// Workloads a fault can name, as `namespace/name`, largest first, at most fifty.
    pub workloads: Vec<String>,
    /// What is missing from its evidence, each with the command that would supply it.
    pub gaps: Vec<String>,
}

/// A node pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolCard {
    /// Its name.
    pub name: String,
    /// Whether it runs the control plane.
    pub control_plane: bool,
    /// How many nodes it has.
    pub nodes: u32,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeCard {
    /// Its name.
    pub name: String,
    /// The position of its pool in [`ClusterCard::pools`].
    pub pool: u32,
    /// Its zone; empty when unknown.
    pub zone: String,
    /// Its kubelet's version; empty when unknown.
    pub kubelet: String,
    /// Whether it was Ready.
    pub ready: Option<bool>,
    /// Whether it was cordoned.
    pub unschedulable: bool,
    /// Pods on it.
    pub pods: u32,
}
