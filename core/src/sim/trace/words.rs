//! The small vocabularies that events are told in, and how each is written in the digest.

use crate::ids::{
    BudgetIdx, FaultIdx, FinalizerIdx, NodeIdx, PodIdx, PoolIdx, RefusalIdx, VolumeIdx, WaveIdx,
    WorkloadIdx, ZoneIdx,
};
use crate::sim::fault::StepKind;
use crate::sim::node_lifecycle::zone::ZoneState;
use crate::units::KubeVersion;

/// How much an event matters to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The small change of a rehearsal: pods starting and stopping.
    Detail,
    /// A milestone.
    Info,
    /// Something waits or is degraded.
    Warning,
    /// Something failed or is blocked.
    Bad,
}

/// A part of the control plane that works only while it holds its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiComponent {
    /// `kube-controller-manager`: replacements and budget status.
    ControllerManager,
    /// `kube-scheduler`: binding pods to nodes.
    Scheduler,
}

/// A check of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Ready nodes of all, in thousandths.
    ReadyNodes,
    /// Pending pods beyond those that were pending before.
    NewPendingPods,
    /// API availability since the cluster's start, in thousandths.
    ApiAvailability,
    /// Workloads without one ready pod that had some before.
    WorkloadsDown,
    /// etcd's commit latency, 99th percentile, in microseconds.
    EtcdCommitP99,
}

/// What must hold at every instant of a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// No voluntary eviction leaves fewer healthy pods than a budget asks for.
    BudgetKept,
    /// Two budgets on one pod let it not go.
    TwoBudgetsHold,
    /// No node takes more than it offers.
    NodeCapacity,
    /// One volume is mounted on one node.
    VolumeOnOneNode,
    /// Nothing is written without etcd's quorum and an API server.
    WritesNeedQuorum,
    /// The version skew policy holds.
    VersionSkew,
    /// Every owner has its pods again, or the trace says why not.
    OwnersMadeWhole,
    /// Time never runs backwards.
    TimeGoesOn,
}

/// Why a node is not Ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeTrouble {
    /// Its lease is not renewed: the API or etcd does not answer in time.
    LeaseExpired,
    /// Its network does not work.
    NetworkNotReady,
}

/// Why a pod is not ready, though nobody deleted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodTrouble {
    /// Its node is not Ready.
    NodeNotReady,
    /// Its containers stopped when its node rebooted.
    NodeRebooted,
    /// Its containers stopped when its node was deleted.
    NodeGone,
}

/// Why no node takes a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unschedulable {
    /// Nodes that it may run on lack room.
    NoRoom,
    /// Its placement leaves it no node: pool, zone, volume, or pods it must keep away from.
    NoPlace,
}

/// Why a step or a roll-back fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepFailure {
    /// A drain took longer than its provider allows.
    DrainTimeout,
    /// A node took longer to become Ready than its provider allows.
    NodeTimeout,
    /// An eviction can never be allowed.
    EvictionImpossible,
    /// Of a roll-back: the snapshot does not tell what some nodes ran.
    VersionUnknown,
    /// The control plane may not go on: a kubelet was left too far behind, or kubeadm refuses.
    UpgradeRefused,
    /// `kubectl drain` refuses a node: pods on it need a flag that is not given.
    DrainRefused,
}

/// Where a cluster is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before its first step: it waits for its maintenance window.
    Window,
    /// In this step of its plan; `step` is its position.
    Step {
        /// The position.
        step: u16,
        /// The kind.
        of: StepKind,
    },
    /// On its way back, with this pool, or with what is left after the last.
    RollBack {
        /// The pool.
        pool: Option<PoolIdx>,
    },
}

/// How a rehearsal ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunOutcome {
    /// There was nothing to do.
    #[default]
    NothingToDo,
    /// Everything planned is done and every cluster passed.
    Finished,
    /// Everything ran, but not every cluster passed.
    FinishedWithFailures,
    /// A cluster failed and the plan holds.
    Held,
    /// A cluster failed, went back, and the plan holds.
    RolledBack,
    /// Something waits and nothing will ever end the wait.
    Stalled,
    /// A cluster is not finished when the rehearsal stops following it.
    Unfinished,
    /// The rehearsal broke a rule that always holds: an error of ours.
    Broken,
}

/// A value of an event as the digest writes it.
pub(super) trait Word {
    /// The value as one number.
    fn word(self) -> u64;
}

/// Implements [`Word`] for types that convert to `u64` in one way.
macro_rules! words {
    ($($type:ty: |$value:ident| $word:expr),+ $(,)?) => {$(
        impl Word for $type {
            fn word(self) -> u64 {
                let $value = self;
                $word
            }
        }
    )+};
}

words! {
    u16: |n| u64::from(n),
    u32: |n| u64::from(n),
    u64: |n| n,
    BudgetIdx: |idx| u64::from(idx.0),
    FaultIdx: |idx| u64::from(idx.0),
    FinalizerIdx: |idx| u64::from(idx.0),
    NodeIdx: |idx| u64::from(idx.0),
    PodIdx: |idx| u64::from(idx.0),
    PoolIdx: |idx| u64::from(idx.0),
    RefusalIdx: |idx| u64::from(idx.0),
    VolumeIdx: |idx| u64::from(idx.0),
    WaveIdx: |idx| u64::from(idx.0),
    WorkloadIdx: |idx| u64::from(idx.0),
    ZoneIdx: |idx| u64::from(idx.0),
    KubeVersion: |v| u64::from(v.major) << 48
        | u64::from(v.minor) << 32
        | v.patch.map_or(u64::from(u32::MAX), u64::from),
    StepKind: |kind| kind as u64,
    ZoneState: |state| state as u64,
    ApiComponent: |component| component as u64,
    Gate: |gate| gate as u64,
    NodeTrouble: |why| why as u64,
    PodTrouble: |why| why as u64,
    Unschedulable: |why| why as u64,
    StepFailure: |why| why as u64,
    Invariant: |invariant| invariant as u64,
    RunOutcome: |outcome| outcome as u64,
}

impl Word for Place {
    fn word(self) -> u64 {
        match self {
            Self::Window => 0,
            Self::Step { step, of } => 1 << 56 | u64::from(step) << 8 | of.word(),
            // A pool's position is a `u32`, so one more than it fits, and none is 0.
            Self::RollBack { pool } => 2 << 56 | pool.map_or(0, |pool| pool.word() + 1),
        }
    }
}

impl<T: Word> Word for Option<T> {
    fn word(self) -> u64 {
        self.map_or(u64::MAX, Word::word)
    }
}
