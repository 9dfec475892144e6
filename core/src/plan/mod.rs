//! What will be done, in which order: waves of clusters, steps of each cluster.
//!
//! A plan leaves the simulation no choice to make: every step names its object, its versions and
//! its limits.

mod model;
pub mod window;

pub use model::{
    ClusterPlan, DrainChoice, DrainPolicy, FailureRule, Gates, HeldBack, OnDrainTimeout, Plan,
    PlanSettings, PlanningReport, PoolChoice, PoolStrategy, Step, Wave,
};

/// Why no plan can be made at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The start is no date and time.
    #[error("plan.start `{text}` is not a date and time; write it as `2026-11-23T08:00:00Z`")]
    Start {
        /// What was given.
        text: String,
    },
}

/// Proposes a plan for the whole fleet.
pub fn propose(
    _inventory: &crate::inventory::Inventory,
    _settings: &PlanSettings,
) -> Result<(Plan, PlanningReport), PlanError> {
    Err(PlanError::Start {
        text: String::new(),
    })
}
