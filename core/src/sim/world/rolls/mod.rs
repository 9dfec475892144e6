//! Rolling a pool: which nodes are under way, and what each waits for (k8s-truth §9).
//!
//! What strategies share is here: tasks wait in a queue, a slot is a node under way, and lanes say
//! how many slots there may be. What a strategy has of its own is in a file of its own.

mod blue_green;
mod cluster_api;
mod kubeadm;
mod kured;
mod lanes;
mod outcome;
mod parts;
mod undrainable;
mod up_front;

use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::plan::{DrainPolicy, OnDrainTimeout, PoolStrategy};
use crate::units::{KubeVersion, SimDuration, SimTime};
use lanes::{Lanes, Next};
pub(super) use parts::{Goal, RollPurpose, RollSpec, Task};
use parts::{RollStage, Slot, Stage, Way};

/// A pool being rolled.
#[derive(Debug)]
pub(super) struct Roll {
    /// Tells this roll's entries from those of others.
    number: u32,
    pub(super) purpose: RollPurpose,
    pub(super) strategy: PoolStrategy,
    pub(super) drain: DrainPolicy,
    /// What is to be done, in order.
    queue: Vec<Task>,
    /// How many of them were begun.
    begun: usize,
    /// What is under way.
    slots: Vec<Slot>,
    stage: RollStage,
    lanes: Lanes,
    /// A node of the zone that the lanes are of, where zones take turns.
    in_zone: Option<NodeIdx>,
    /// Nodes of the pool to upgrade, at the start.
    n_tasks: u32,
    /// Nodes that were ordered and that no slot waits for.
    awaited: Vec<NodeIdx>,
    /// Nodes beyond the pool's own, which leave at the end.
    extras: Vec<NodeIdx>,
    /// Nodes left behind in quarantine.
    n_quarantined: u32,
    /// Batches of blue nodes that are drained, and whether the last was watched.
    n_batches: u32,
    batch_soaked: bool,
    /// The event that began it.
    event: EventId,
}

impl Roll {
    /// How long a node may take to become Ready.
    pub(super) fn node_timeout(&self) -> Option<SimDuration> {
        self.strategy.node_timeout()
    }

    /// How a drain that begins now is limited. EKS takes its extra nodes away by a smaller desired
    /// size, which asks budgets for a quarter of an hour and then no more (§9.2).
    pub(super) fn drain_policy(&self) -> DrainPolicy {
        match (self.strategy, self.stage) {
            (PoolStrategy::Eks(_), RollStage::Closing) => DrainPolicy {
                timeout: Some(SimDuration::from_mins(15)),
                on_timeout: OnDrainTimeout::Force,
            },
            _ => self.drain,
        }
    }

    /// Whether a node that is not Ready holds the roll up.
    pub(super) fn waits_for_node(&self, node: NodeIdx) -> bool {
        let by_slot = self.slots.iter().any(|slot| match slot.stage {
            Stage::AwaitsNew => slot.new == Some(node),
            Stage::Rebuilding => slot.old == node,
            Stage::Draining | Stage::AwaitsVolumes(_) | Stage::Soaking(_) | Stage::Leaving => false,
        });
        by_slot || self.awaited.contains(&node)
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
            .chain(self.awaited.iter().copied())
    }

    /// The nodes that are not begun, or wait to be begun again.
    pub(super) fn waiting(&self) -> impl Iterator<Item = NodeIdx> {
        self.queue[self.begun..].iter().map(|task| task.node)
    }

    fn slot_of(&mut self, old: NodeIdx) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.old == old)
    }
}

impl World {
    /// Starts to roll the nodes of a pool.
    pub(super) fn begin_roll(
        &mut self,
        ctx: &Ctx<'_>,
        roll: RollSpec,
        mut queue: Vec<Task>,
        event: EventId,
    ) {
        self.n_rolls += 1;
        let gone: Vec<_> = queue
            .extract_if(.., |task| matches!(task.goal, Goal::Restore(_)))
            .collect();
        let to_upgrade = |task: &&Task| matches!(task.goal, Goal::Run(_));
        let n_tasks = queue.iter().filter(to_upgrade).count() as u32;
        self.sort_tasks(ctx, roll.strategy, &mut queue);
        self.set_phases(roll.strategy, &mut queue);
        let size = queue.first().map_or(0, |task| self.pool_size(task.node));
        self.roll = Some(Roll {
            number: self.n_rolls,
            purpose: roll.purpose,
            strategy: roll.strategy,
            drain: roll.drain,
            queue,
            begun: 0,
            slots: Vec::new(),
            stage: RollStage::Preparing,
            lanes: Lanes::new(roll.strategy, n_tasks, size),
            in_zone: None,
            n_tasks,
            awaited: Vec::new(),
            extras: Vec::new(),
            n_quarantined: 0,
            n_batches: 0,
            batch_soaked: false,
            event,
        });
        for task in gone {
            if let Goal::Restore(to) = task.goal {
                self.await_node(ctx, task.node, to, event);
            }
        }
        self.order_up_front(ctx);
        self.check_prepared(ctx);
    }

    /// Nodes of a node's pool that are there to stay.
    fn pool_size(&self, of: NodeIdx) -> u32 {
        let pool = self.nodes[of.index()].pool;
        let there = |node: &&super::Node| node.pool == pool && node.present && !node.retiring;
        self.nodes.iter().filter(there).count() as u32
    }

    /// Orders a node like `old` that no slot waits for.
    fn await_node(
        &mut self,
        ctx: &Ctx<'_>,
        old: NodeIdx,
        to: KubeVersion,
        cause: EventId,
    ) -> NodeIdx {
        let new = self.order_node(ctx, old, to, cause);
        if let Some(roll) = &mut self.roll {
            roll.awaited.push(new);
        }
        new
    }

    /// Goes on once every node that comes first is Ready.
    fn check_prepared(&mut self, ctx: &Ctx<'_>) {
        let Some(roll) = &self.roll else {
            return;
        };
        if roll.stage == RollStage::Preparing && roll.awaited.is_empty() {
            self.cordon_old_nodes(ctx);
        }
    }

    /// Begins as many nodes as the strategy allows; without any left the roll is done.
    ///
    /// Every node goes back to the step rather than to the node before it, or chains of causes
    /// would grow with the pool.
    fn fill_slots(&mut self, ctx: &Ctx<'_>) {
        loop {
            match self.next_of_roll() {
                Next::Begin(way) => self.begin_slot(ctx, way),
                Next::Wait => return,
                Next::WaitUntil(at) => {
                    self.wake_roll_at(at);
                    return;
                }
                Next::Batch => self.soak_batch(),
                Next::Close => self.close_roll(ctx),
            }
        }
    }

    /// Begins the next task of the queue.
    fn begin_slot(&mut self, ctx: &Ctx<'_>, way: Way) {
        let roll = self.roll.as_mut().expect("a roll is under way");
        let cause = roll.event;
        let Task {
            node: old, goal, ..
        } = roll.queue[roll.begun];
        roll.begun += 1;
        roll.batch_soaked = false;
        let stage = match way {
            Way::Surge => Stage::AwaitsNew,
            Way::InPlace | Way::Restart | Way::Reboot | Way::Exchange | Way::Leave | Way::Blue => {
                Stage::Draining
            }
        };
        roll.slots.push(Slot {
            old,
            goal,
            way,
            new: None,
            stage,
        });
        match (way, goal) {
            (Way::Surge, Goal::Run(to)) => {
                let new = self.order_node(ctx, old, to, cause);
                let roll = self.roll.as_mut().expect("a roll is under way");
                let slot = roll.slots.last_mut().expect("a slot was just filled");
                slot.new = Some(new);
            }
            _ => self.begin_drain(ctx, old, cause),
        }
    }

    /// Lets the roll go on at an instant.
    fn wake_roll_at(&mut self, at: SimTime) {
        if let Some(roll) = &self.roll {
            let number = roll.number;
            self.schedule_at(at, Action::RollGoesOn(number));
        }
    }

    /// What a roll waited for is there: the end of a soak, a lock, or the API.
    pub(super) fn roll_goes_on(&mut self, ctx: &Ctx<'_>, number: u32) {
        let now = self.now();
        let Some(roll) = self.roll.as_mut().filter(|roll| roll.number == number) else {
            return;
        };
        let is_over = |slot: &Slot| matches!(slot.stage, Stage::Soaking(until) if until <= now);
        roll.slots.retain(|slot| !is_over(slot));
        match roll.stage {
            RollStage::Preparing => self.check_prepared(ctx),
            RollStage::Soaking(until) if until <= now => self.next_batch(ctx),
            RollStage::PoolSoaking(until) if until <= now => self.delete_blue(ctx),
            RollStage::Soaking(_) | RollStage::PoolSoaking(_) => {}
            RollStage::Rolling | RollStage::Closing => {
                self.give_up_volumes(ctx, now);
                self.fill_slots(ctx);
            }
        }
    }

    /// A node of the roll is Ready: under surge the old one can go, otherwise it is in use again.
    pub(super) fn roll_node_ready(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let Some(roll) = &mut self.roll else {
            return;
        };
        let awaited = |slot: &Slot| slot.stage == Stage::AwaitsNew && slot.new == Some(node);
        if let Some(position) = roll.slots.iter().position(awaited) {
            let slot = &mut roll.slots[position];
            if slot.way == Way::Surge {
                slot.stage = Stage::Draining;
                let old = slot.old;
                self.begin_drain(ctx, old, event);
            } else {
                roll.slots.remove(position);
                self.fill_slots(ctx);
            }
            return;
        }
        let n_awaited = roll.awaited.len();
        roll.awaited.retain(|other| *other != node);
        if roll.awaited.len() < n_awaited {
            if roll.stage == RollStage::Preparing {
                self.check_prepared(ctx);
            } else {
                self.fill_slots(ctx);
            }
            return;
        }
        self.roll_node_back(ctx, node, event);
    }

    /// A node that was upgraded where it is is back, and used again.
    pub(super) fn roll_node_back(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let Some(roll) = &mut self.roll else {
            return;
        };
        let rebuilt = |slot: &Slot| slot.stage == Stage::Rebuilding && slot.old == node;
        let Some(position) = roll.slots.iter().position(rebuilt) else {
            return;
        };
        let until = self.queue.now() + node_soak(roll.strategy);
        if until > self.queue.now() {
            roll.slots[position].stage = Stage::Soaking(until);
            self.wake_roll_at(until);
        } else {
            roll.slots.remove(position);
        }
        self.counters.nodes_replaced += 1;
        self.uncordon(ctx, node, event);
        self.fill_slots(ctx);
    }

    /// A node of the roll is drained.
    pub(super) fn node_drained(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let now = self.now();
        let Some(slot) = self.roll.as_mut().and_then(|roll| roll.slot_of(node)) else {
            return;
        };
        match (slot.way, slot.goal) {
            (Way::InPlace, Goal::Run(to)) => {
                slot.stage = Stage::Rebuilding;
                self.rebuild_node(ctx, node, to, event);
            }
            (Way::Restart, Goal::Run(to)) => {
                slot.stage = Stage::Rebuilding;
                self.restart_kubelet(node, to, event);
            }
            (Way::Reboot, Goal::Run(to)) => {
                slot.stage = Stage::Rebuilding;
                self.reboot_node(node, to, event);
            }
            (Way::Blue, _) => {
                // It goes on by an entry of its own, or a batch of empty nodes would be a chain
                // of calls.
                slot.stage = Stage::Soaking(now);
                self.wake_roll_at(now);
            }
            (
                Way::InPlace | Way::Restart | Way::Reboot | Way::Surge | Way::Exchange | Way::Leave,
                _,
            ) => {
                self.let_node_leave(ctx, node, event);
            }
        }
    }

    /// A drained node's machine is deleted, as soon as nothing holds it.
    fn let_node_leave(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        if self.wait_for_volumes(ctx, node, event) {
            return;
        }
        if let Some(slot) = self.roll.as_mut().and_then(|roll| roll.slot_of(node)) {
            slot.stage = Stage::Leaving;
        }
        self.retire_node(ctx, node);
    }

    /// A node of the roll is deleted.
    pub(super) fn roll_node_removed(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let Some(roll) = &mut self.roll else {
            return;
        };
        let of_node = |slot: &Slot| slot.old == node;
        let Some(position) = roll.slots.iter().position(of_node) else {
            return;
        };
        let slot = roll.slots[position];
        match (slot.way, slot.goal) {
            // The group of machines replaces what it lost, and the update does not wait for it.
            (Way::Exchange, Goal::Run(to)) if matches!(roll.strategy, PoolStrategy::Eks(_)) => {
                roll.slots.remove(position);
                self.await_node(ctx, node, to, event);
            }
            (Way::Exchange, Goal::Run(to)) => {
                let new = self.order_node(ctx, node, to, event);
                let roll = self.roll.as_mut().expect("a roll is under way");
                let slot = &mut roll.slots[position];
                (slot.stage, slot.new) = (Stage::AwaitsNew, Some(new));
            }
            _ => {
                roll.slots.remove(position);
            }
        }
        self.fill_slots(ctx);
    }
}

/// How long a node that was rebuilt in place is watched.
fn node_soak(strategy: PoolStrategy) -> SimDuration {
    match strategy {
        PoolStrategy::Aks(aks) => aks.node_soak,
        PoolStrategy::Surge { .. }
        | PoolStrategy::Unavailable { .. }
        | PoolStrategy::Gke(_)
        | PoolStrategy::Eks(_)
        | PoolStrategy::BlueGreen(_)
        | PoolStrategy::ClusterApi(_)
        | PoolStrategy::Kured(_)
        | PoolStrategy::Kubeadm(_)
        | PoolStrategy::Kops(_)
        | PoolStrategy::Karpenter(_) => SimDuration::ZERO,
    }
}
