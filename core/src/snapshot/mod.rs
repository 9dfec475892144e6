//! What people already have, read into one shape: [`Snapshot`].
//!
//! A snapshot keeps only what the rehearsal needs. Environment values, annotations, `ConfigMap`s
//! and `Secret`s are dropped while parsing, so no secret reaches memory that is kept.

mod assemble;
mod bytes;
mod content;
mod detect;
mod export;
mod fault;
mod file;
mod fleet_file;
mod fleet_read;
mod group;
mod issues;
mod job;
mod json;
mod kinds;
mod loader;
mod merge;
mod model;
mod object;
mod own;
mod paths;
mod positions;
mod raw;
mod requests;
mod scheduling;
mod selector;
mod server_version;
#[cfg(test)]
mod tests;
mod text;
mod yaml;

pub use export::to_json;
pub use fleet_file::{FleetFile, FleetFileCluster, SCHEMA_VERSION};
pub use job::{JobRules, OnDisruption};
pub use loader::{LoadProgress, Loader};
pub use merge::NODE_IN_TWO_FILES;
pub use model::{
    BudgetObject, BudgetStatus, ClaimObject, ClusterFacts, ClusterSnapshot, ContainerResources,
    CsiNodeObject, HostPort, Labels, NodeObject, OwnerReference, PodObject, PodPhase, PodTemplate,
    Snapshot, Taint, TaintEffect, Toleration, UnhealthyPodEvictionPolicy, VolumeObject, WindowSpec,
    WorkloadKind, WorkloadObject,
};
pub use requests::{ContainerPlace, ExtendedSum, RequestSum};
pub use scheduling::{
    NodeInclusion, NodePressure, PodAffinityTerm, PreemptionPolicy, PreferredNodeTerm,
    TopologySpread, WeightedPodTerm,
};
pub use selector::{LabelSelector, SelectorOperator, SelectorRequirement};
