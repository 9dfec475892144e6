//! `kubectl drain` as it is typed, and how it ends for each of its nodes (k8s-truth §3.1).

use std::collections::BTreeSet;

use super::filter::{Flags, Verdict};
use super::retry::EvictionChoice;
use crate::ids::{BudgetIdx, EventId, FinalizerIdx, NodeIdx, PodIdx};
use crate::units::{SimDuration, SimTime};

/// The command with its flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrainCommand {
    /// The nodes, in the order they are drained.
    pub nodes: Vec<NodeIdx>,
    /// The flags that decide about pods.
    pub flags: Flags,
    /// `--grace-period`; none leaves each pod its own, zero is at once.
    pub grace: Option<SimDuration>,
    /// `--timeout`; none waits for ever.
    pub timeout: Option<SimDuration>,
    /// `--disable-eviction`.
    pub eviction: EvictionChoice,
    /// What `--pod-selector` selects; none means every pod.
    pub selected: Option<BTreeSet<PodIdx>>,
}

impl DrainCommand {
    /// The command without flags.
    pub fn new(nodes: Vec<NodeIdx>) -> Self {
        Self {
            nodes,
            flags: Flags::default(),
            grace: None,
            timeout: None,
            eviction: EvictionChoice::Enabled,
            selected: None,
        }
    }

    /// Whether `--pod-selector` leaves this pod in.
    pub fn selects(&self, pod: PodIdx) -> bool {
        self.selected
            .as_ref()
            .is_none_or(|selected| selected.contains(&pod))
    }
}

/// What became of one node of the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDrain {
    /// The node.
    pub node: NodeIdx,
    /// When its turn came; none when it never did.
    pub began: Option<SimTime>,
    /// What the filters say of each of its pods, by namespace and name.
    pub verdicts: Vec<(PodIdx, Verdict)>,
    /// How it ended; none when its turn never came.
    pub end: Option<NodeEnd>,
    /// When kubectl knew.
    pub ended: Option<SimTime>,
    /// The event that says so.
    pub event: Option<EventId>,
    /// The pods that did not go, and why.
    pub left: Vec<LeftPod>,
}

/// How a node's drain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEnd {
    /// Every pod it takes is gone.
    Drained,
    /// The filters refuse, so nothing of it was touched.
    Refused,
    /// An eviction was answered with an error that no retry ends.
    Failed,
    /// `--timeout` was over first.
    TimedOut,
    /// It waits, and nothing that happens ends the wait.
    Never,
}

/// A pod that a drain waits for, or waited for in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftPod {
    /// The pod.
    pub pod: PodIdx,
    /// What holds it.
    pub hold: Hold,
}

/// What keeps a pod on its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Its budget allows no disruption.
    Budget {
        /// The budget.
        budget: BudgetIdx,
        /// Its status.
        numbers: BudgetNumbers,
        /// Why that does not change.
        wait: BudgetWait,
    },
    /// Two budgets select it, so its eviction is answered with 500.
    Overlap {
        /// One.
        first: BudgetIdx,
        /// The other.
        second: BudgetIdx,
    },
    /// It was asked to go and is not gone.
    Stopping {
        /// How long it may take, from the moment that it was asked.
        grace: SimDuration,
    },
    /// It has stopped, and this finalizer keeps its object.
    Finalizer(FinalizerIdx),
}

/// The status of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetNumbers {
    /// `status.expectedPods`.
    pub expected: u32,
    /// `status.desiredHealthy`.
    pub desired: i64,
    /// `status.currentHealthy`.
    pub healthy: u32,
    /// `status.disruptionsAllowed`.
    pub allowed: i64,
    /// The healthy pods that there are, whatever the status says.
    pub counted: u32,
}

/// Why a closed budget does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BudgetWait {
    /// Were every pod healthy, so many of them, it would allow none.
    ByNumbers {
        /// The most pods that can be healthy.
        most_healthy: u32,
    },
    /// Its `DisruptionAllowed` condition says `SyncFailed`: it selects these pods, whose owners
    /// have no scale to count by.
    SyncFailed(Vec<PodIdx>),
    /// It would open if these pods were healthy.
    Unready(Vec<PodIdx>),
}
