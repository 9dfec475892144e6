//! What `kubectl drain` would print and do, what blocks it for ever, and who is without pods
//! meanwhile.

mod assumed;
mod build;
mod holds;
mod kubectl;
mod outage;

pub(super) use assumed::names;
pub use build::{DrainInputs, drain, pods_without_node};
pub use outage::outages as outages_of;

use serde::{Deserialize, Serialize};

/// One drain by hand, rehearsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DrainReport {
    /// The cluster.
    pub cluster: String,
    /// The command as kubectl takes it.
    pub command: String,
    /// How it ends.
    pub outcome: DrainOutcome,
    /// How it ends: a sentence.
    pub headline: String,
    /// What kubectl prints, in order.
    pub lines: Vec<DrainLine>,
    /// The nodes, in the order they are drained.
    pub nodes: Vec<DrainRow>,
    /// What holds pods for ever, or held them for longer than the command waits.
    pub holds: Vec<HoldRow>,
    /// The fewest changes found with which every node is drained, each with what it is for;
    /// rehearsed together.
    pub remedies: Vec<Remedy>,
    /// What the remedies come to: a sentence; empty where nothing is held.
    pub remedied: String,
    /// Workloads without one ready pod meanwhile, the longest first.
    pub outages: Vec<Outage>,
    /// Pods that wait for a node when the command is over and a while has passed.
    pub waiting: Vec<WaitingPod>,
    /// What was taken for what the input does not say: sentences.
    pub assumptions: Vec<String>,
    /// The seed of chance.
    pub seed: u64,
    /// The hash of everything that happened.
    pub digest: String,
}

/// How a drain by hand ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DrainOutcome {
    /// Every node is drained.
    Drained,
    /// It ends with an error.
    Fails,
    /// It never ends.
    NeverEnds,
}

/// Which stream kubectl writes a line to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutputStream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A line of kubectl's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DrainLine {
    /// When, in milliseconds after the command.
    pub at_ms: u64,
    /// Where to.
    pub stream: OutputStream,
    /// The line.
    pub text: String,
    /// How it is printed again and again, when it is.
    pub again: Option<Again>,
}

/// The repetition of an eviction that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Again {
    /// How far apart the repetitions are.
    pub every_ms: u64,
    /// How many times more; none is for ever.
    pub times: Option<u64>,
}

/// A node of the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DrainRow {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub state: DrainState,
    /// When its turn came, in milliseconds after the command.
    pub began_ms: Option<u64>,
    /// When it was over; none when it never is.
    pub ended_ms: Option<u64>,
    /// Pods the drain takes.
    pub pods: u32,
    /// Pods of them that did not go.
    pub left: u32,
    /// Pods the drain leaves where they are: of daemon sets, and static ones.
    pub skipped: u32,
}

/// What became of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DrainState {
    /// It is drained.
    Drained,
    /// A flag is missing, so nothing of it was touched.
    Refused,
    /// An eviction can never succeed.
    Failed,
    /// `--timeout` was over first.
    TimedOut,
    /// It waits for ever.
    Never,
    /// Its turn never came.
    NotReached,
}

impl DrainState {
    /// In a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Drained => "drained",
            Self::Refused => "flag missing",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Never => "waits for ever",
            Self::NotReached => "not reached",
        }
    }
}

/// What holds a pod, and the proof that nothing will let it go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HoldRow {
    /// The node.
    pub node: String,
    /// The pods, as `namespace/name`; like cases are told once.
    pub pods: Vec<String>,
    /// What holds them: a sentence.
    pub held_by: String,
    /// Why that does not change: sentences, each a step further.
    pub because: Vec<String>,
    /// Whether nothing ever changes it; otherwise only the command's time was too short.
    pub for_ever: bool,
}

/// A change that lets the drain go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remedy {
    /// What to do: a sentence.
    pub text: String,
    /// The command that does it, where one does.
    pub command: Option<String>,
    /// What it costs: a sentence; empty where it costs nothing that is known.
    pub cost: String,
}

/// A stretch in which a workload has no ready pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// The workload, as `namespace/name`.
    pub workload: String,
    /// From when, in milliseconds after the command.
    pub from_ms: u64,
    /// Until when; none when it is still so at the end.
    pub until_ms: Option<u64>,
}

/// A pod that waits for a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingPod {
    /// The pod, as `namespace/name`.
    pub pod: String,
    /// Why: what its last event says.
    pub why: String,
}
