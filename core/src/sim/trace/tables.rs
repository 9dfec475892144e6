//! What a trace tells of each cluster and wave besides events: who is who, how it began, how it
//! ended.

use super::EventKind;
use super::refusal::Refusal;
use crate::ids::{EventId, NodeIdx, PodIdx, PoolIdx, WorkloadIdx, ZoneIdx};
use crate::inventory::{Cluster, Pod};
use crate::units::SimTime;

/// One cluster of the fleet, in the order of the inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterTrace {
    /// Nodes: those of the inventory first, then those the rehearsal made.
    pub nodes: Vec<NodeRow>,
    /// Pods: those of the inventory first, then those the rehearsal made. Empty for a cluster in
    /// which nothing happened; then the inventory says all there is to say.
    pub pods: Vec<PodRow>,
    /// What the scheduler said of pods without a node, indexed by [`crate::ids::RefusalIdx`].
    pub refusals: Vec<Refusal>,
    /// Budgets that faults added; they count on from those of the inventory.
    pub added_budgets: Vec<AddedBudget>,
    /// etcd's commit latency at the start, 99th percentile, in microseconds; none for a cluster in
    /// which nothing happened, since no snapshot tells it.
    pub initial_commit_p99_micros: Option<u64>,
    /// Nodes in quarantine at the end, left at their version.
    pub n_quarantined: u32,
    /// How the upgrade ended.
    pub outcome: ClusterOutcome,
    /// The event that decided the outcome.
    pub decided_by: Option<EventId>,
    /// When its upgrade started.
    pub started: Option<SimTime>,
    /// When its upgrade ended, well or badly; a stalled or unfinished one did not.
    pub ended: Option<SimTime>,
}

/// A node of a trace. Its levels follow from the events:
///
/// * there from [`super::EventKind::NodeJoined`] (or the start) to `NodeRemoved`;
/// * Ready from `NodeReady` to `NodeNotReady`, `NodeRebuilding` or `NodeRemoved`;
/// * cordoned from `NodeCordoned` to `NodeUncordoned`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// Its name.
    pub name: String,
    /// Its pool.
    pub pool: PoolIdx,
    /// Its zone.
    pub zone: Option<ZoneIdx>,
    /// What pods may use of its CPU, in millicores; zero where the inventory does not know it.
    pub cpu_millis: u64,
    /// How it was at the start.
    pub initial: InitialNode,
}

/// How a node was at the start of the rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialNode {
    /// Not there: the rehearsal makes it.
    Absent,
    /// There.
    Present {
        /// Whether it was Ready.
        ready: bool,
        /// Whether it was cordoned.
        cordoned: bool,
    },
}

/// A pod of a trace. Its level follows from the events, see [`PodLevel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodRow {
    /// Its workload.
    pub workload: WorkloadIdx,
    /// The pod it replaces; none for pods of the inventory.
    pub replaces: Option<PodIdx>,
    /// The node it was on at the start, or was bound to last.
    pub node: Option<NodeIdx>,
    /// How it was at the start.
    pub initial: PodLevel,
}

/// How a pod is. Events move it:
///
/// * `PodCreated` → [`Self::Pending`]; `PodScheduled` → [`Self::Starting`];
/// * `PodReady` → [`Self::Ready`]; `PodUnready` → [`Self::Starting`];
/// * `PodEvicted`, `PodDeleted`, `PodTaintEvicted`, `PodPreempted` → [`Self::Terminating`];
/// * `PodGone`, `PodLost`, `PodCollected` → [`Self::Absent`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodLevel {
    /// Not there.
    #[default]
    Absent,
    /// Without a node.
    Pending,
    /// On a node and not ready.
    Starting,
    /// On a node and ready.
    Ready,
    /// Stopping; not ready.
    Terminating,
    /// Succeeded or failed; it is not meant to be ready.
    Finished,
}

/// A budget that a fault added for a workload without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedBudget {
    /// The workload whose pods it selects; it lends the budget its name.
    pub workload: WorkloadIdx,
}

/// How a cluster's upgrade ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClusterOutcome {
    /// It is in no wave.
    #[default]
    NotPlanned,
    /// Its upgrade never started.
    NotStarted,
    /// Its upgrade was under way when the rehearsal ended.
    Running,
    /// It reached its version and passed its checks.
    Upgraded,
    /// A step or a check failed.
    Failed,
    /// It waits and nothing will ever end the wait.
    Stalled,
    /// It was not finished when the rehearsal stopped following it.
    Unfinished,
    /// It failed and its pools went back.
    RolledBack,
    /// It broke a rule that always holds: an error of ours.
    Broken,
}

/// One wave of the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaveTrace {
    /// When it started.
    pub started: Option<SimTime>,
    /// When its soak ended.
    pub ended: Option<SimTime>,
    /// How it ended.
    pub outcome: WaveOutcome,
    /// The event that decided the outcome.
    pub decided_by: Option<EventId>,
}

/// How a wave ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaveOutcome {
    /// It never started.
    #[default]
    NotStarted,
    /// Every cluster of it passed.
    Passed,
    /// Clusters of it failed and the plan went on.
    WentOn,
    /// A cluster failed and the wave holds.
    Held,
    /// A cluster failed and went back, and the wave holds.
    RolledBack,
    /// A cluster of it will never end.
    Stalled,
    /// A cluster of it was not finished when the rehearsal stopped following it.
    Unfinished,
}

/// What the simulation did, for the reader who wants to know its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Entries taken from the future event lists.
    pub handled: u64,
    /// Evictions that were granted.
    pub evictions: u64,
    /// Evictions that were refused; one for each time a pod began to wait.
    pub refusals: u64,
    /// Evictions the drains asked for in vain while they waited, at one every 5 s.
    pub retries: u64,
    /// Pods deleted without asking their budget.
    pub forced_deletions: u64,
    /// Pods that were bound to a node.
    pub bindings: u64,
    /// Nodes that were replaced or rebuilt.
    pub nodes_replaced: u64,
    /// Volumes that moved from one node to another.
    pub volume_moves: u64,
}

impl Counters {
    /// Adds the counts of another part of the rehearsal.
    pub fn add(&mut self, other: &Self) {
        self.handled += other.handled;
        self.evictions += other.evictions;
        self.refusals += other.refusals;
        self.retries += other.retries;
        self.forced_deletions += other.forced_deletions;
        self.bindings += other.bindings;
        self.nodes_replaced += other.nodes_replaced;
        self.volume_moves += other.volume_moves;
    }
}

impl ClusterTrace {
    /// The workload and the level of every pod at the start.
    ///
    /// A cluster in which nothing happened has no rows of its own; its inventory says the same.
    pub fn pods_at_start(&self, cluster: &Cluster) -> Vec<(WorkloadIdx, PodLevel)> {
        if self.pods.is_empty() {
            let level = |pod: &Pod| match (pod.ready, pod.node) {
                (true, _) => PodLevel::Ready,
                (false, None) => PodLevel::Pending,
                (false, Some(_)) => PodLevel::Starting,
            };
            let pods = cluster.pods.iter();
            return pods.map(|pod| (pod.workload, level(pod))).collect();
        }
        let pods = self.pods.iter();
        pods.map(|row| (row.workload, row.initial)).collect()
    }
}

impl EventKind {
    /// The pod that an event moves to another level, as [`PodLevel`] says.
    pub fn moves_pod(&self) -> Option<(PodIdx, PodLevel)> {
        match *self {
            Self::PodCreated { pod } => Some((pod, PodLevel::Pending)),
            Self::PodScheduled { pod, .. } | Self::PodUnready { pod, .. } => {
                Some((pod, PodLevel::Starting))
            }
            Self::PodReady { pod } => Some((pod, PodLevel::Ready)),
            Self::PodEvicted { pod, .. }
            | Self::PodDeleted { pod, .. }
            | Self::PodPreempted { pod, .. }
            | Self::PodTaintEvicted { pod, .. } => Some((pod, PodLevel::Terminating)),
            Self::PodGone { pod } | Self::PodLost { pod, .. } | Self::PodCollected { pod, .. } => {
                Some((pod, PodLevel::Absent))
            }
            _ => None,
        }
    }
}
