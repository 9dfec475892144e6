//! One rehearsal: verdict, waves, lanes, node states and service levels over time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blast::BlastRadius;
use super::events::EventLevel;

/// One rehearsal, ready to be drawn. Times are milliseconds since the start of the rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// The seed.
    pub seed: u64,
    /// The hash of the whole trace.
    pub digest: String,
    /// The version the plan aims at.
    pub target: String,
    /// Milliseconds since the Unix epoch at which the rehearsal starts.
    pub start_unix_ms: i64,
    /// When its last event falls.
    pub end_ms: u64,
    /// The answer first.
    pub verdict: Verdict,
    /// Clusters that reached the target.
    pub upgraded_clusters: u32,
    /// Clusters that the plan covers.
    pub planned_clusters: u32,
    /// The waves.
    pub waves: Vec<WaveRow>,
    /// One lane for each cluster of the fleet, in the order of the fleet report.
    pub lanes: Vec<Lane>,
    /// Node states of each cluster, in the same order.
    pub tracks: Vec<NodeTrack>,
    /// Service levels; all series share `bucket_ms`.
    pub slis: Vec<SliSeries>,
    /// The length of one bucket of every series.
    pub bucket_ms: u64,
    /// What the users of services notice.
    pub blast_radius: BlastRadius,
    /// Clusters in no wave, with the reason.
    pub held_back: Vec<HeldBackRow>,
    /// What was injected.
    pub faults: Vec<FaultRow>,
    /// Assumptions the run rests on: sentences.
    pub assumptions: Vec<String>,
    /// How many events the trace holds.
    pub n_events: u32,
    /// How many of them are of each level, `Detail` first.
    pub n_events_by_level: [u32; 4],
    /// Bad events in order of time, as (event, milliseconds, cluster); at most two thousand.
    pub bad_events: Vec<(u32, u64, Option<u32>)>,
    /// What the simulation did, for the reader who wants to know its size.
    pub steps: Vec<StepStat>,
}

/// How a rehearsal or a cluster ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Everything planned is done.
    #[default]
    Finished,
    /// A gate failed and the plan holds.
    Held,
    /// Something waits and nothing will ever end the wait.
    Stalled,
    /// A cluster is not finished when the rehearsal stops following it.
    Unfinished,
    /// Pools went back to their old version.
    RolledBack,
    /// Everything ran, but not every cluster passed.
    FinishedWithFailures,
    /// There was nothing to do.
    NothingToDo,
    /// The rehearsal broke a rule that always holds, so it is not to be believed: an error of
    /// Wavetank's own. The seed and the scenario make it again.
    Broken,
}

/// The answer, in one sentence and one detail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// How it ends.
    pub outcome: Outcome,
    /// Holds number, time and cause: a sentence.
    pub headline: String,
    /// What led there: a sentence, or nothing.
    pub detail: String,
    /// The event to ask about first.
    pub event: Option<u32>,
    /// The rule at the root of that event, such as `fault.cniBreak` or `budget.zero`.
    pub root_cause: Option<String>,
    /// The event at the root.
    pub root_event: Option<u32>,
    /// What is at the root, as a clause with its cluster; empty when nothing went wrong.
    pub root_words: String,
}

/// A wave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaveRow {
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier: String,
    /// Why these clusters are together.
    pub reason: String,
    /// When it started, if it did.
    pub start_ms: Option<u64>,
    /// When its soak ended, if it did.
    pub end_ms: Option<u64>,
    /// What became of it.
    pub state: LaneState,
    /// Positions of its clusters in the fleet report.
    pub clusters: Vec<u32>,
}

/// What became of a cluster or a wave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LaneState {
    /// It never started.
    #[default]
    Pending,
    /// It was under way when the rehearsal ended.
    Running,
    /// It passed.
    Done,
    /// Clusters of the wave failed and the plan went on.
    WentOn,
    /// It failed its checks.
    Failed,
    /// It waits, and nothing will ever end the wait.
    Stalled,
    /// It went back.
    RolledBack,
    /// It is in no wave.
    Excluded,
}

/// A cluster's lane in the Gantt chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lane {
    /// The wave's position, if it is in one.
    pub wave: Option<u32>,
    /// What became of it.
    pub state: LaneState,
    /// What it was before, in order of time; the first is of time 0, the last is [`Lane::state`].
    pub states: Vec<LaneChange>,
    /// The versions that its control plane comes to, in order of time; before the first it runs the
    /// snapshot's.
    pub versions: Vec<VersionChange>,
    /// One sentence: what happened to this cluster.
    pub sentence: String,
    /// The event behind that sentence.
    pub event: Option<u32>,
    /// Its bars, in order of time; waits lie over the step they delay.
    pub bars: Vec<Bar>,
}

/// A cluster takes on a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LaneChange {
    /// When.
    pub at_ms: u64,
    /// Which state.
    pub state: LaneState,
}

/// A cluster's control plane comes to a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionChange {
    /// When.
    pub at_ms: u64,
    /// Which version, such as `1.34`.
    pub version: String,
}

/// A bar of a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    /// What it shows.
    pub kind: BarKind,
    /// A short label, such as `pool web → 1.33`.
    pub label: String,
    /// When it begins.
    pub start_ms: u64,
    /// When it ends.
    pub end_ms: u64,
    /// How it ended.
    pub state: BarState,
    /// For a wait: what for; for a failure: why. Empty otherwise.
    pub reason: String,
    /// The event at its beginning.
    pub event: u32,
}

/// What a bar shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BarKind {
    /// A control-plane step.
    #[default]
    ControlPlane,
    /// The CNI's roll-out.
    Cni,
    /// A pool's roll-out.
    Pool,
    /// The soak.
    Observe,
    /// A roll-back.
    RollBack,
    /// Waiting for a maintenance window.
    WaitWindow,
    /// Waiting for a budget.
    WaitBudget,
    /// Waiting for a node to become Ready.
    WaitNode,
    /// Waiting for the API server.
    WaitApi,
    /// An injected fault's time.
    Fault,
}

/// How a bar ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BarState {
    /// Well.
    #[default]
    Done,
    /// Badly.
    Failed,
    /// Not at all: it was under way when the rehearsal ended.
    Open,
}

/// What a node is doing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum NodeState {
    /// Not there: not yet created, or removed.
    #[default]
    Absent,
    /// Ready at its old version.
    Old,
    /// Ready at the target version.
    Upgraded,
    /// Cordoned.
    Cordoned,
    /// Cordoned, its pods being evicted.
    Draining,
    /// Draining, and an eviction is refused.
    Blocked,
    /// Being created, restarted or replaced.
    Booting,
    /// Not Ready.
    NotReady,
}

/// Node states of one cluster over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeTrack {
    /// Names of all nodes, those of the inventory first, then those the rehearsal made.
    pub names: Vec<String>,
    /// The pool of each, by its position in the cluster's card.
    pub pools: Vec<u32>,
    /// State changes in order of time. At time 0 every node of the inventory has one.
    pub changes: Vec<NodeChange>,
}

/// A node takes on a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeChange {
    /// When.
    pub at_ms: u64,
    /// Which node, by its position in [`NodeTrack::names`].
    pub node: u32,
    /// Which state.
    pub state: NodeState,
    /// The event that made it so.
    pub event: u32,
}

/// A service-level indicator.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Sli {
    /// Share of API requests that would be answered, in parts per million.
    #[default]
    ApiAvailability,
    /// Share of nodes that are Ready, in parts per million.
    NodeReadiness,
    /// Pods that should be ready and are not.
    DisruptedPods,
    /// Pods without a node.
    PendingPods,
    /// Share of the initial CPU that Ready, schedulable nodes offer, in parts per million.
    ReadyCapacity,
    /// 99th percentile of etcd's commit latency, in microseconds.
    EtcdCommitP99,
}

/// What an indicator should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Objective {
    /// At least this.
    AtLeast(i64),
    /// At most this.
    AtMost(i64),
}

/// An indicator over time; `values[i]` is its worst in bucket `i`, except API availability, which
/// is its mean there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SliSeries {
    /// The cluster's position in the fleet report; none for the whole fleet.
    pub cluster: Option<u32>,
    /// Which indicator.
    pub sli: Sli,
    /// What it should be.
    pub objective: Option<Objective>,
    /// One value for each bucket, in the indicator's unit; none where it was not measured.
    pub values: Vec<i64>,
    /// The whole run in four numbers, unless it was not measured.
    pub summary: Option<SliSummary>,
    /// Why it was not measured; empty when it was. Not measured is neither met nor missed.
    pub unmeasured: String,
    /// For the whole fleet: clusters that could not be measured and are left out.
    pub clusters_left_out: u32,
}

/// An indicator over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SliSummary {
    /// The worst value.
    pub worst: i64,
    /// When it was first reached.
    pub worst_at_ms: u64,
    /// The mean over time.
    pub mean: i64,
    /// How long the objective was missed.
    pub breach_ms: u64,
}

/// A cluster in no wave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldBackRow {
    /// Its position in the fleet report.
    pub cluster: u32,
    /// Why: a sentence.
    pub reason: String,
    /// What would change that: a sentence.
    pub fix: String,
}

/// An injected fault and what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FaultRow {
    /// What breaks, in words.
    pub label: String,
    /// Where and when it was asked for, in words.
    pub detail: String,
    /// When it first struck; none when it never did.
    pub struck_at_ms: Option<u64>,
    /// Positions of the clusters it struck.
    pub clusters: Vec<u32>,
    /// The event at which it first struck.
    pub event: Option<u32>,
    /// The gravest level among the events it led to.
    pub worst: EventLevel,
}

/// A count worth telling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepStat {
    /// What was counted, such as `evictions`.
    pub name: String,
    /// How many.
    pub count: u64,
}
