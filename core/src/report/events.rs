//! The event log and the chain of causes, in sentences.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much an event matters to a reader.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum EventLevel {
    /// The small change of a rehearsal: pods starting and stopping.
    #[default]
    Detail,
    /// A milestone.
    Info,
    /// Something waits or is degraded.
    Warning,
    /// Something failed or is blocked.
    Bad,
}

/// Which events are wanted; every given field narrows the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventFilter {
    /// At least this level.
    pub min_level: EventLevel,
    /// Events of this cluster, by its position in the fleet report.
    pub cluster: Option<u32>,
    /// Events whose text holds this, whatever the case.
    pub text: String,
    /// Not before this, in milliseconds.
    pub from_ms: Option<u64>,
    /// Not after this, in milliseconds.
    pub to_ms: Option<u64>,
}

/// A stretch of the filtered log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// How many events pass the filter.
    pub total: u32,
    /// The position of the first row among them.
    pub offset: u32,
    /// The rows, in order of time.
    pub rows: Vec<EventRow>,
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    /// Its number in the trace.
    pub id: u32,
    /// When, in milliseconds since the start.
    pub at_ms: u64,
    /// How much it matters.
    pub level: EventLevel,
    /// The cluster's position in the fleet report; none for the fleet itself.
    pub cluster: Option<u32>,
    /// The cluster's name; empty for the fleet itself.
    pub cluster_name: String,
    /// A stable CamelCase reason such as `EvictionRefused`.
    pub reason: String,
    /// What it is about, as `kind namespace/name`.
    pub subject: String,
    /// What happened: a sentence without its full stop.
    pub sentence: String,
    /// The event that caused it.
    pub cause: Option<u32>,
}

/// One link of a chain of causes, root first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CauseLink {
    /// The event.
    pub event: EventRow,
    /// The rule by which it followed from the link before: a sentence.
    pub rule: String,
    /// Where that rule is written, for a reader to look it up.
    pub source: String,
    /// How long after the link before it came, in milliseconds.
    pub after_ms: u64,
    /// Whether it is the root cause. Only failures have one: the rehearsal went wrong, and the
    /// event asked about is a warning or worse.
    pub is_root: bool,
}
