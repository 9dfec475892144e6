//! Typed indices: which cluster, node or pod is meant, without carrying its name.
//!
//! Names are looked up only when something is shown. Every index counts within its owner: node 3
//! is the fourth node *of its cluster*.

use serde::{Deserialize, Serialize};

/// Declares index types that share one shape.
macro_rules! index_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The index of the `index`-th entry.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("no table holds four billion entries"))
            }

            /// The position in the table this index counts in.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

index_types! {
    /// A cluster of the inventory.
    ClusterIdx,
    /// A node pool of a cluster.
    PoolIdx,
    /// A node of a cluster; surge nodes of a rehearsal follow those of the inventory.
    NodeIdx,
    /// A zone of a cluster.
    ZoneIdx,
    /// A workload of a cluster.
    WorkloadIdx,
    /// A pod of a cluster; replacements made by a rehearsal follow those of the inventory.
    PodIdx,
    /// A `PodDisruptionBudget` of a cluster.
    BudgetIdx,
    /// A set of budgets of a cluster that select a pod.
    SelectionIdx,
    /// A bound volume of a cluster.
    VolumeIdx,
    /// A resource of a cluster besides CPU, memory and pod slots.
    ResourceIdx,
    /// A look of nodes: what selectors and taints can tell of them.
    LookIdx,
    /// A taint of a cluster's nodes.
    TaintIdx,
    /// A topology key of a cluster.
    TopologyIdx,
    /// What the scheduler said of a pod without a node.
    RefusalIdx,
    /// A service of the fleet.
    ServiceIdx,
    /// A wave of a plan.
    WaveIdx,
    /// A fault of a scenario.
    FaultIdx,
    /// An event of a trace.
    EventId,
}
