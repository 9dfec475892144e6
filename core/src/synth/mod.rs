//! Seeded synthetic fleets: snapshots that look like somebody's clusters, flaws included.
//!
//! A fleet is made in three passes. Shapes say what each cluster is and how large; drafts say
//! which workloads it runs and how well they are guarded; building turns both into the objects
//! that `kubectl get` would print. Flaws are dealt out between the last two, over the whole
//! fleet, so that a promised share is met exactly.

mod addons;
mod apps;
mod board;
mod build;
mod flaws;
mod names;
mod nodes;
mod objects;
mod provider;
mod shape;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rng::Streams;
use crate::snapshot::Snapshot;

/// What a synthetic fleet is like. Shares are in thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FleetOptions {
    /// The seed; the same options and seed make the same fleet.
    pub seed: u64,
    /// The fleet's name.
    pub name: String,
    /// Clusters, at most 1,000.
    pub clusters: u32,
    /// Worker nodes, over all clusters: at least one each, at most 50,000.
    pub nodes: u32,
    /// Pods, over all clusters, to within a few percent where the nodes have room for them.
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
///
/// Work and memory are proportional to the objects made; sizes beyond the limits named at
/// [`FleetOptions`] are cut to them, so no options can exhaust the machine.
pub fn generate(options: &FleetOptions) -> Snapshot {
    let streams = Streams::new(options.seed, 0);
    let shapes = shape::shapes(options, streams);
    let mut drafts: Vec<_> = shapes
        .iter()
        .map(|shape| apps::drafts(shape, streams))
        .collect();
    flaws::deal(options, &shapes, &mut drafts, streams);
    let clusters = shapes
        .iter()
        .zip(&drafts)
        .map(|(shape, drafts)| build::cluster(shape, drafts, streams))
        .collect();
    Snapshot {
        name: Some(options.name.clone()),
        clusters,
    }
}
