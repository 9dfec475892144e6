//! What the users of services notice: which services are hit, how badly, how long, through whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fleet::FactState;

/// The services that a rehearsal hits. Times are milliseconds since the start of the rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlastRadius {
    /// How far it reaches: a sentence.
    pub headline: String,
    /// Services that could be hit: they answered something at the start.
    pub services: u32,
    /// Services that were hit; each has a row.
    pub hit: u32,
    /// Those of them that answered nothing for a time.
    pub down: u32,
    /// Services that answered nothing at the start, so that nothing can be said of them.
    pub down_before: u32,
    /// The longest that a service was worse without a break.
    pub longest_ms: u64,
    /// Calls between services that are known; where none is, nothing is carried on.
    pub calls: u32,
    /// What the scenario says of services and cannot be used as it is: sentences.
    pub unusable: Vec<String>,
    /// The services that were hit: the most critical tier first, in it the worst.
    pub rows: Vec<BlastRow>,
}

/// A service that was hit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlastRow {
    /// The position of its cluster in the fleet report.
    pub cluster: u32,
    /// The name of its cluster.
    pub cluster_name: String,
    /// The service, as `namespace/name`.
    pub service: String,
    /// The tier of its cluster.
    pub tier: String,
    /// How well the tier is known.
    pub tier_state: FactState,
    /// How well it is known what is asked of it and of all that it calls.
    pub load: FactState,
    /// The most requests that failed, in parts per million.
    pub errors_ppm: u32,
    /// The most requests that were answered without a part that a soft call gives.
    pub lacking_ppm: u32,
    /// The longest answer while there was any, in thousandths of what it took at the start.
    pub latency_per_mille: u64,
    /// The longest answer, in microseconds; none where no service time, timeout or load is stated.
    pub latency_micros: Option<u64>,
    /// How long it was worse than at the start.
    pub affected_ms: u64,
    /// How long it answered nothing.
    pub down_ms: u64,
    /// The longest that it was worse without a break.
    pub longest_ms: u64,
    /// What it lost, as the time of a full outage that loses as much.
    pub lost_ms: u64,
    /// How many requests it lost; none where its demand is not stated.
    pub lost_requests: Option<u64>,
    /// The share of its error budget of 28 days that this spends, in thousandths; none where no
    /// budget is stated.
    pub budget_spent_per_mille: Option<u64>,
    /// The services on the way to the one that was hit, the next first; empty when that is itself.
    pub through: Vec<String>,
    /// When it was first at its worst.
    pub worst_at_ms: u64,
    /// The event that took the last replica before that.
    pub event: Option<u32>,
    /// That event: a clause.
    pub because: String,
    /// The event at the root of that event.
    pub root_event: Option<u32>,
    /// The rule at that root, such as `fault.nodeLoss`; `plan` for what the upgrade itself does.
    pub root_cause: String,
    /// When it was worse than at the start; of many times only the first twenty.
    pub spells: Vec<BlastSpell>,
    /// How many such times there were.
    pub n_spells: u32,
    /// Whether it was so still when the rehearsal ended.
    pub lasts: bool,
}

/// A time in which a service was worse than at the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlastSpell {
    /// When it began.
    pub from_ms: u64,
    /// When it ended.
    pub to_ms: u64,
    /// How long of it nothing was answered.
    pub down_ms: u64,
    /// The most requests that failed, in parts per million.
    pub errors_ppm: u32,
}
