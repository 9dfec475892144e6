//! What people already have, read into one shape: [`Snapshot`].
//!
//! A snapshot keeps only what the rehearsal needs. Environment values, annotations, `ConfigMap`s
//! and `Secret`s are dropped while parsing, so no secret reaches memory that is kept.

mod loader;
mod model;

pub use loader::{LoadProgress, Loader};
pub use model::{
    BudgetObject, BudgetStatus, ClaimObject, ClusterFacts, ClusterSnapshot, ContainerResources,
    LabelSelector, Labels, NodeObject, OwnerReference, PodAntiAffinity, PodObject, PodPhase,
    PodTemplate, SelectorOperator, SelectorRequirement, Snapshot, Taint, TaintEffect, Toleration,
    UnhealthyPodEvictionPolicy, VolumeObject, WindowSpec, WorkloadKind, WorkloadObject,
};
