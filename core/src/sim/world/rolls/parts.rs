//! What a roll is made of: tasks that wait, the ways in which nodes are replaced, and slots, the
//! nodes under way.

use crate::ids::NodeIdx;
use crate::plan::{DrainPolicy, PoolStrategy};
use crate::units::{KubeVersion, SimTime};

/// What a pool is rolled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim::world) enum RollPurpose {
    /// A step of the plan.
    Upgrade,
    /// The control plane's own nodes, as part of its step.
    ControlPlane,
    /// The way back.
    RollBack,
}

/// How far a roll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RollStage {
    /// Nodes that come first are not all Ready yet.
    Preparing,
    /// Node by node.
    Rolling,
    /// Nothing happens until then; the batch of blue nodes is drained.
    Soaking(SimTime),
    /// Nothing happens until then; the blue pool is drained.
    PoolSoaking(SimTime),
    /// What is not needed any more leaves.
    Closing,
}

/// What is to become of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim::world) enum Goal {
    /// It, or the one that takes its place, runs this kubelet.
    Run(KubeVersion),
    /// It is drained and deleted, because the node it was added beside stays.
    Leave,
    /// It is gone, and one that runs this kubelet takes its place.
    Restore(KubeVersion),
}

/// A node of a roll, and what is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim::world) struct Task {
    pub(in crate::sim::world) node: NodeIdx,
    pub(in crate::sim::world) goal: Goal,
    /// When it may be begun; under kured, when its node asks for the lock next.
    pub(super) not_before: SimTime,
}

impl Task {
    /// What is to become of a node, at once.
    pub(in crate::sim::world) fn new(node: NodeIdx, goal: Goal) -> Self {
        Self {
            node,
            goal,
            not_before: SimTime::ZERO,
        }
    }
}

/// How a node of a roll is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A new one is Ready before it is drained and deleted.
    Surge,
    /// It is drained and rebuilt.
    InPlace,
    /// It is drained and its kubelet restarted.
    Restart,
    /// It is drained and rebooted.
    Reboot,
    /// It is drained and deleted, then a new one is ordered.
    Exchange,
    /// It is drained and deleted.
    Leave,
    /// It is drained and stays, a blue node.
    Blue,
}

/// A node on its way out, with the one that takes its place under surge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) old: NodeIdx,
    pub(super) goal: Goal,
    pub(super) way: Way,
    pub(super) new: Option<NodeIdx>,
    pub(super) stage: Stage,
}

/// How far a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The new node is not Ready yet.
    AwaitsNew,
    /// The old node is being drained.
    Draining,
    /// The old node, or its kubelet, is away and comes back.
    Rebuilding,
    /// The drained node's volumes are waited for; until then, if there is a limit.
    AwaitsVolumes(Option<SimTime>),
    /// The node is done and watched until then.
    Soaking(SimTime),
    /// The old node is drained and its machine about to be deleted.
    Leaving,
}

/// What a roll is to do.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim::world) struct RollSpec {
    pub(in crate::sim::world) purpose: RollPurpose,
    pub(in crate::sim::world) strategy: PoolStrategy,
    pub(in crate::sim::world) drain: DrainPolicy,
}
