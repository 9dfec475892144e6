//! Why no plan can be made at all.

use crate::units::{KubeVersion, SimDuration};

/// Why no plan can be made at all; a cluster that is left out is no error but a line of the
/// planning report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The start is no date and time.
    #[error("plan.start `{text}` is not a date and time; write it as `2026-11-23T08:00:00Z`")]
    Start {
        /// What was given.
        text: String,
    },
    /// No target is set, and no cluster has a version to go on from.
    #[error("no cluster's version is known; give `--target 1.34`, or `plan.target` in a scenario")]
    TargetMissing,
    /// Every cluster is beyond the target.
    #[error("target {target} is older than every cluster; the oldest is at {oldest}")]
    TargetTooOld {
        /// The target.
        target: KubeVersion,
        /// The oldest API server of the fleet.
        oldest: KubeVersion,
    },
    /// The target is further away than any release line reaches.
    #[error(
        "target {target} is out of reach for cluster `{cluster}`, which is at {version}; \
         check both versions"
    )]
    TargetTooFar {
        /// The target.
        target: KubeVersion,
        /// The first cluster that is too far behind.
        cluster: String,
        /// Its API server's version.
        version: KubeVersion,
    },
    /// No cluster could ever start.
    #[error("plan.maxConcurrency is 0; write how many clusters may be upgraded at once, from 1")]
    NoConcurrency,
    /// No node could ever be replaced.
    #[error("plan.poolStrategy takes no node at any time, since {zero}; write at least 1")]
    NoNodesAtATime {
        /// The limits that are zero: a clause.
        zero: &'static str,
    },
    /// A parameter of a strategy is out of its range.
    #[error("plan.poolStrategy.{field} is {value}; write {accepted}")]
    StrategyLimit {
        /// The parameter.
        field: &'static str,
        /// What was given.
        value: String,
        /// What is accepted.
        accepted: &'static str,
    },
    /// A wait is longer than any rehearsal.
    #[error("plan.{field} is {value}; write at most {longest}")]
    TooLong {
        /// The setting.
        field: &'static str,
        /// What was given.
        value: SimDuration,
        /// What is accepted.
        longest: SimDuration,
    },
    /// A gate asks for more than all.
    #[error("plan.gates.{field} is {value}; it is a share in thousandths, at most 1000")]
    GateShare {
        /// The gate.
        field: &'static str,
        /// What was given.
        value: u32,
    },
}

impl PlanError {
    /// The field of a scenario that is wrong.
    pub fn field(&self) -> String {
        match self {
            Self::Start { .. } => "plan.start".to_owned(),
            Self::TargetMissing | Self::TargetTooOld { .. } | Self::TargetTooFar { .. } => {
                "plan.target".to_owned()
            }
            Self::NoConcurrency => "plan.maxConcurrency".to_owned(),
            Self::NoNodesAtATime { .. } | Self::StrategyLimit { .. } => {
                "plan.poolStrategy".to_owned()
            }
            Self::TooLong { field, .. } => format!("plan.{field}"),
            Self::GateShare { field, .. } => format!("plan.gates.{field}"),
        }
    }
}
