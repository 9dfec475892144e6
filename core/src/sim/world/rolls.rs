//! Rolling a pool: surge or unavailable, so many nodes at a time (k8s-truth §9).

use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::plan::{DrainPolicy, FailureRule, PoolStrategy};
use crate::sim::trace::StepFailure;
use crate::units::{KubeVersion, SimDuration};

/// A pool being rolled.
#[derive(Debug)]
pub(super) struct Roll {
    pub(super) purpose: RollPurpose,
    pub(super) to: KubeVersion,
    pub(super) strategy: PoolStrategy,
    pub(super) drain: DrainPolicy,
    /// Nodes to replace, in order.
    queue: Vec<NodeIdx>,
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

/// A node on its way out, with the one that takes its place under surge.
#[derive(Clone, Copy, Debug)]
struct Slot {
    old: NodeIdx,
    new: Option<NodeIdx>,
    /// Whether the old node's drain has begun; it does so once.
    draining: bool,
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
        self.slots
            .iter()
            .any(|slot| slot.new.unwrap_or(slot.old) == node)
    }

    /// The nodes under way, old ones first.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeIdx> {
        let olds = self.slots.iter().map(|slot| slot.old);
        olds.chain(self.slots.iter().filter_map(|slot| slot.new))
    }
}

impl World {
    /// Starts to roll the nodes of a pool that `choose` picks.
    pub(super) fn begin_roll(
        &mut self,
        ctx: &Ctx<'_>,
        roll: RollSpec,
        queue: Vec<NodeIdx>,
        event: EventId,
    ) {
        self.roll = Some(Roll {
            purpose: roll.purpose,
            to: roll.to,
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
            let old = roll.queue[roll.begun];
            roll.begun += 1;
            let to = roll.to;
            let surges = matches!(roll.strategy, PoolStrategy::Surge { .. });
            roll.slots.push(Slot {
                old,
                new: None,
                draining: !surges,
            });
            if surges {
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
        if let Some(slot) = roll.slots.iter_mut().find(|slot| slot.new == Some(node)) {
            let old = slot.old;
            if !std::mem::replace(&mut slot.draining, true) {
                self.begin_drain(ctx, old, event);
            }
            return;
        }
        let to = roll.to;
        let rebuilt = self.nodes[node.index()].kubelet == Some(to);
        let position = roll
            .slots
            .iter()
            .position(|slot| slot.old == node && slot.new.is_none());
        let Some(position) = position.filter(|_| rebuilt) else {
            return;
        };
        roll.slots.remove(position);
        self.counters.nodes_replaced += 1;
        self.uncordon(ctx, node, event);
        self.fill_slots(ctx);
    }

    /// A node of the roll is drained.
    pub(super) fn node_drained(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let Some(roll) = &self.roll else {
            return;
        };
        match roll.strategy {
            PoolStrategy::Surge { .. } => self.retire_node(ctx, node),
            PoolStrategy::Unavailable { .. } => self.rebuild_node(ctx, node, roll.to, event),
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
            self.nodes[slot.old.index()].drain = None;
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
    pub(super) to: KubeVersion,
    pub(super) strategy: PoolStrategy,
    pub(super) drain: DrainPolicy,
}
