//! Rolling a pool: surge or unavailable, so many nodes at a time (k8s-truth §9).

use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::plan::{DrainPolicy, FailureRule, PoolStrategy};
use crate::sim::trace::{EventKind, StepFailure};
use crate::units::{KubeVersion, SimDuration};

/// A pool being rolled.
#[derive(Debug)]
pub(super) struct Roll {
    pub(super) purpose: RollPurpose,
    pub(super) strategy: PoolStrategy,
    pub(super) drain: DrainPolicy,
    /// What is to be done, in order.
    queue: Vec<Task>,
    /// How many of them were begun.
    begun: usize,
    /// What is under way.
    slots: Vec<Slot>,
    /// The event that began it.
    event: EventId,
}

/// What a pool is rolled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RollPurpose {
    /// A step of the plan.
    Upgrade,
    /// The way back.
    RollBack,
}

/// What is to become of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// It, or the one that takes its place, runs this kubelet.
    Run(KubeVersion),
    /// It is drained and deleted, because the node it was added beside stays.
    Leave,
}

/// A node of a roll, and what is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) node: NodeIdx,
    pub(super) goal: Goal,
}

/// A node on its way out, with the one that takes its place under surge.
#[derive(Clone, Copy, Debug)]
struct Slot {
    old: NodeIdx,
    goal: Goal,
    new: Option<NodeIdx>,
    stage: Stage,
}

/// How far a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The new node is not Ready yet.
    AwaitsNew,
    /// The old node is being drained.
    Draining,
    /// The old node is being rebuilt in place.
    Rebuilding,
    /// The old node is drained and its machine about to be deleted.
    Leaving,
}

impl Roll {
    /// How long a node may take to become Ready.
    pub(super) fn node_timeout(&self) -> Option<SimDuration> {
        match self.strategy {
            PoolStrategy::Surge { node_timeout, .. }
            | PoolStrategy::Unavailable { node_timeout, .. } => node_timeout,
        }
    }

    fn parallel(&self) -> usize {
        let parallel = match self.strategy {
            PoolStrategy::Surge { max_surge, .. } => max_surge,
            PoolStrategy::Unavailable {
                max_unavailable, ..
            } => max_unavailable,
        };
        parallel.max(1) as usize
    }

    /// Whether a node that is not Ready holds the roll up.
    pub(super) fn waits_for_node(&self, node: NodeIdx) -> bool {
        self.slots.iter().any(|slot| match slot.stage {
            Stage::AwaitsNew => slot.new == Some(node),
            Stage::Rebuilding => slot.old == node,
            Stage::Draining | Stage::Leaving => false,
        })
    }

    /// Whether a node goes because it is one too many.
    pub(super) fn is_surplus(&self, node: NodeIdx) -> bool {
        self.slots
            .iter()
            .any(|slot| slot.old == node && slot.goal == Goal::Leave)
    }

    /// The nodes under way, old ones first.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeIdx> {
        let olds = self.slots.iter().map(|slot| slot.old);
        olds.chain(self.slots.iter().filter_map(|slot| slot.new))
    }
}

impl World {
    /// Starts to roll the nodes of a pool.
    pub(super) fn begin_roll(
        &mut self,
        ctx: &Ctx<'_>,
        roll: RollSpec,
        queue: Vec<Task>,
        event: EventId,
    ) {
        self.roll = Some(Roll {
            purpose: roll.purpose,
            strategy: roll.strategy,
            drain: roll.drain,
            queue,
            begun: 0,
            slots: Vec::new(),
            event,
        });
        self.fill_slots(ctx);
    }

    /// Begins as many nodes as the strategy allows; without any left the roll is done.
    ///
    /// Every node goes back to the step rather than to the node before it, or chains of causes
    /// would grow with the pool.
    fn fill_slots(&mut self, ctx: &Ctx<'_>) {
        while let Some(roll) = &mut self.roll {
            let cause = roll.event;
            if roll.begun == roll.queue.len() {
                if roll.slots.is_empty() {
                    let purpose = roll.purpose;
                    self.roll = None;
                    self.roll_done(ctx, purpose);
                }
                return;
            }
            if roll.slots.len() >= roll.parallel() {
                return;
            }
            let Task { node: old, goal } = roll.queue[roll.begun];
            roll.begun += 1;
            let surge_to = match (roll.strategy, goal) {
                (PoolStrategy::Surge { .. }, Goal::Run(to)) => Some(to),
                (PoolStrategy::Surge { .. }, Goal::Leave)
                | (PoolStrategy::Unavailable { .. }, Goal::Run(_) | Goal::Leave) => None,
            };
            let stage = match surge_to {
                Some(_) => Stage::AwaitsNew,
                None => Stage::Draining,
            };
            roll.slots.push(Slot {
                old,
                goal,
                new: None,
                stage,
            });
            if let Some(to) = surge_to {
                let new = self.order_node(ctx, old, to, cause);
                let roll = self.roll.as_mut().expect("a roll is under way");
                let slot = roll.slots.last_mut().expect("a slot was just filled");
                slot.new = Some(new);
            } else {
                self.begin_drain(ctx, old, cause);
            }
        }
    }

    /// A node of the roll is Ready: under surge the old one can go, otherwise it is in use again.
    pub(super) fn roll_node_ready(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let Some(roll) = &mut self.roll else {
            return;
        };
        let awaited = |slot: &&mut Slot| slot.stage == Stage::AwaitsNew && slot.new == Some(node);
        if let Some(slot) = roll.slots.iter_mut().find(awaited) {
            slot.stage = Stage::Draining;
            let old = slot.old;
            self.begin_drain(ctx, old, event);
            return;
        }
        let rebuilt = |slot: &Slot| slot.stage == Stage::Rebuilding && slot.old == node;
        let Some(position) = roll.slots.iter().position(rebuilt) else {
            return;
        };
        roll.slots.remove(position);
        self.counters.nodes_replaced += 1;
        self.uncordon(ctx, node, event);
        self.fill_slots(ctx);
    }

    /// A node of the roll is drained.
    pub(super) fn node_drained(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let Some(roll) = &mut self.roll else {
            return;
        };
        let strategy = roll.strategy;
        let Some(slot) = roll.slots.iter_mut().find(|slot| slot.old == node) else {
            return;
        };
        match (strategy, slot.goal) {
            (PoolStrategy::Unavailable { .. }, Goal::Run(to)) => {
                slot.stage = Stage::Rebuilding;
                self.rebuild_node(ctx, node, to, event);
            }
            (PoolStrategy::Surge { .. }, Goal::Run(_) | Goal::Leave)
            | (PoolStrategy::Unavailable { .. }, Goal::Leave) => {
                slot.stage = Stage::Leaving;
                self.retire_node(node);
            }
        }
    }

    /// A node of the roll is deleted.
    pub(super) fn roll_node_removed(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        let Some(roll) = &mut self.roll else {
            return;
        };
        roll.slots.retain(|slot| slot.old != node);
        self.fill_slots(ctx);
    }

    /// The provider gives up: what waits is let go, nodes stay as they are.
    pub(super) fn fail_roll(&mut self, ctx: &Ctx<'_>, why: StepFailure, cause: EventId) {
        let Some(roll) = self.roll.take() else {
            return;
        };
        for slot in &roll.slots {
            self.give_up_drain(ctx, slot.old, cause);
            for pod in self.nodes[slot.old.index()].pods.clone() {
                self.stop_waiting(pod);
                self.pods[pod.index()].in_drain = false;
            }
        }
        if ctx.plan.on_failure == FailureRule::RollBack {
            let ordered = roll.slots.iter().filter_map(|slot| slot.new);
            for node in ordered {
                if !self.nodes[node.index()].present {
                    self.cancel_order(node, cause);
                }
            }
        }
        match roll.purpose {
            RollPurpose::Upgrade => self.fail_step(ctx, why, cause),
            RollPurpose::RollBack => self.fail_roll_back(why, cause),
        }
    }

    /// Nobody drains a node any more because of `cause`.
    fn give_up_drain(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        if self.nodes[node.index()].drain.take().is_some() {
            let pods = self.drained_pods(ctx, node).count() as u32;
            self.emit_node(node, EventKind::DrainGivenUp { node, pods }, Some(cause));
        }
    }

    fn roll_done(&mut self, ctx: &Ctx<'_>, purpose: RollPurpose) {
        match purpose {
            RollPurpose::Upgrade => self.finish_step(ctx),
            RollPurpose::RollBack => self.pool_is_back(ctx),
        }
    }
}

/// What a roll is to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct RollSpec {
    pub(super) purpose: RollPurpose,
    pub(super) strategy: PoolStrategy,
    pub(super) drain: DrainPolicy,
}
