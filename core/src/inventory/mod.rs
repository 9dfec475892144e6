//! The fleet resolved: indexed, immutable, and honest about what it does not know.

mod model;
mod scheduling;

mod budgets;
mod evidence;
mod extended;
mod host_ports;
mod issues;
mod label_query;
mod looks;
mod neighbors;
mod nodes;
mod odd_pods;
mod placement;
mod pods;
mod pools;
mod provider;
mod resolve;
#[cfg(test)]
pub(crate) mod sample;
mod selectors;
#[cfg(test)]
mod tests;
mod tolerations;
mod volumes;
mod windows;
mod workloads;

pub use evidence::MOST_MEMBERS;
pub use issues::{RULE_CLAIM_MISSING, RULE_VOLUME_MISSING, RULE_WORKLOAD_MISSING};
pub use label_query::{LabelQuery, LabelQueryError};
pub use model::{
    Budget, Cluster, ControlPlane, Evidence, Inventory, Mounts, Node, NodePool, Pod, Provider,
    Resources, Sharing, Tier, Volume, Window, Workload, WorkloadType,
};
pub use resolve::resolve;
pub use scheduling::{
    Domains, LookVerdict, NearRule, Neighbors, Placement, PodTerm, Pressures, SpreadRule,
    TaintName, Tolerated, Topology,
};
pub use tolerations::tolerates;
