//! A scenario: everything one rehearsal is made from, in one file.
//!
//! What the page exports is what the command line reads, so both run the same thing.

mod detect;
mod durations;
mod history;
mod missing;
mod parse;
mod services;
mod suggest;

pub use detect::{HEAD_BYTES, fleet_dumps, is_scenario};
pub use durations::{missing_duration_names, missing_history_names};
pub use history::{FEWEST_OBSERVATIONS, History, HistoryFile, read_history};
pub use missing::{MissingName, missing_name_issues, missing_names};
pub use parse::{ScenarioError, parse};
pub use services::{CallKind, CallSpec, ServiceSpec};
pub(crate) use suggest::hint_among;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::durations::DurationEntry;
use crate::plan::PlanSettings;
use crate::sim::fault::Fault;
use crate::snapshot::Snapshot;
use crate::synth::FleetOptions;

pub use crate::snapshot::{FleetFile, FleetFileCluster, SCHEMA_VERSION};

/// Everything one rehearsal is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// `wavetank/v1`.
    pub schema_version: String,
    /// A short name.
    #[serde(default)]
    pub name: String,
    /// What is to be seen: one or two sentences.
    #[serde(default)]
    pub description: String,
    /// Where the fleet comes from.
    pub fleet: FleetSource,
    /// The plan's knobs.
    #[serde(default)]
    pub plan: PlanSettings,
    /// What breaks.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// What is asked of workloads, and which of them call which.
    #[serde(default)]
    pub services: Vec<ServiceSpec>,
    /// How long things take, where the defaults do not fit; `wavetank durations` lists those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub durations: Vec<DurationEntry>,
    /// Tables of past runs (CSV), relative to the scenario's file. What `durations` says of the
    /// same scope wins over them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// The seed of chance.
    #[serde(default)]
    pub seed: u64,
    /// What must come of it; `wavetank simulate` exits with 2 when it does not.
    #[serde(default)]
    pub expect: Expectations,
}

/// Where the fleet comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FleetSource {
    /// A synthetic fleet.
    Generate(FleetOptions),
    /// Fleet files, dumps and folders, relative to the scenario's file.
    Paths(Vec<String>),
    /// A snapshot held in the scenario itself.
    Snapshot(#[schemars(with = "serde_json::Value")] Box<Snapshot>),
}

/// What must come of a rehearsal; an absent field is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Expectations {
    /// How the whole run ends: `finished`, `held`, `stalled`, `unfinished`, `rolledBack`,
    /// `finishedWithFailures` or `nothingToDo`.
    pub outcome: Option<String>,
    /// Clusters that must reach the target.
    pub upgraded_clusters: Option<u32>,
    /// The rule at the root of the first bad event, such as `fault.cniBreak`.
    pub root_cause: Option<String>,
}
