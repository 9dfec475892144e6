//! What will be done, in which order: waves of clusters, steps of each cluster.
//!
//! A plan leaves the simulation no choice to make: every step names its object, its versions and
//! its limits.

pub mod batch;
mod choice_text;
pub mod kubeadm;
mod model;
pub mod skew;
pub mod window;

mod error;
mod hops;
mod propose;
mod provider;
mod strategy;
mod targets;
#[cfg(test)]
mod tests;
mod waves;

pub use error::PlanError;
pub use model::{
    ClusterPlan, DrainChoice, DrainPolicy, FailureRule, Gates, HeldBack, LeaseOnStop,
    OnDrainTimeout, Plan, PlanSettings, PlanningReport, Step, Wave,
};
pub use propose::propose;
pub use provider::{ProviderDefaults, provider_defaults};
pub use skew::kubelet_allowed;
pub use strategy::{
    AksBlueGreen, AksSurge, Batches, BlueGreen, ClusterApi, EksManaged, GkeBlueGreen, GkeSurge,
    Karpenter, Kops, Kubeadm, Kured, PoolChoice, PoolStrategy, Undrainable,
};
pub use targets::{TargetChoice, default_target, targets};
