//! Blue-green: the first pool is drained in batches, kept for a while, and deleted (k8s-truth §9.1,
//! §9.3).
//!
//! What a budget holds is left on its blue node and dies when the pool is deleted: that is no
//! eviction, so no budget is asked, and nobody gets more than an hour.

use super::{RollStage, Slot, Stage, Way};
use crate::ids::{EventId, NodeIdx};
use crate::plan::{DrainPolicy, OnDrainTimeout, PoolStrategy};
use crate::sim::trace::{EventKind, PodLevel};
use crate::sim::world::state::Drain;
use crate::sim::world::{Action, Ctx, World};
use crate::units::SimDuration;

/// The longest grace period that a deleted blue node's pods get.
const GRACE_MAX: SimDuration = SimDuration::from_mins(60);

/// How the deletion of a blue node is limited: by its pods' grace periods alone.
const DELETION: DrainPolicy = DrainPolicy {
    timeout: Some(GRACE_MAX),
    on_timeout: OnDrainTimeout::Force,
};

impl World {
    /// A batch of blue nodes is done; the next begins after its soak.
    pub(super) fn soak_batch(&mut self) {
        let now = self.now();
        let roll = self.roll.as_mut().expect("a roll is under way");
        let PoolStrategy::BlueGreen(settings) = roll.strategy else {
            return;
        };
        roll.n_batches += 1;
        roll.batch_soaked = true;
        if settings.batch_soak == SimDuration::ZERO {
            return;
        }
        let until = now + settings.batch_soak;
        roll.stage = RollStage::Soaking(until);
        let size = roll.lanes.batch().max(1);
        let (batch, of) = (roll.n_batches, (roll.queue.len() as u32).div_ceil(size));
        let cause = roll.event;
        self.emit(EventKind::BatchSoaking { batch, of }, Some(cause));
        self.wake_roll_at(until);
    }

    /// A batch was watched.
    pub(super) fn next_batch(&mut self, ctx: &Ctx<'_>) {
        if let Some(roll) = &mut self.roll {
            roll.stage = RollStage::Rolling;
        }
        self.fill_slots(ctx);
    }

    /// The blue pool is drained as far as budgets let it; it is kept for a while.
    pub(super) fn soak_pool(&mut self) {
        let now = self.now();
        let roll = self.roll.as_mut().expect("a roll is under way");
        let PoolStrategy::BlueGreen(settings) = roll.strategy else {
            return;
        };
        let until = now + settings.pool_soak;
        roll.stage = RollStage::PoolSoaking(until);
        let (cause, nodes) = (roll.event, roll.queue.len() as u32);
        self.emit(EventKind::PoolSoaking { nodes }, Some(cause));
        self.wake_roll_at(until);
    }

    /// The blue pool was kept for long enough: its nodes are deleted, all at once.
    pub(super) fn delete_blue(&mut self, ctx: &Ctx<'_>) {
        let roll = self.roll.as_mut().expect("a roll is under way");
        let event = roll.event;
        roll.stage = RollStage::Closing;
        roll.begun = roll.queue.len();
        let blue = roll.queue.iter().map(|task| Slot {
            old: task.node,
            goal: task.goal,
            way: Way::Leave,
            new: None,
            stage: Stage::Draining,
        });
        roll.slots = blue.collect();
        let nodes: Vec<_> = roll.slots.iter().map(|slot| slot.old).collect();
        for node in nodes {
            self.empty_node(ctx, node, event);
        }
    }

    /// Deletes what is left on a node, budgets or not, and waits until it has stopped.
    fn empty_node(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let mut left: Vec<_> = self.drained_pods(ctx, node).collect();
        left.sort_unstable();
        let pods = left.len() as u32;
        let mut event = cause;
        if pods > 0 {
            let why = self.why_drain_waits(&left).unwrap_or(cause);
            event = self.emit_node(node, EventKind::NodeEmptied { node, pods }, Some(why));
        }
        if pods == 0 || self.is_silent(node) {
            // Nobody tells that pods of a silent node have stopped; its machine is deleted all the
            // same.
            self.node_drained(ctx, node, event);
            return;
        }
        self.n_drains += 1;
        self.nodes[node.index()].drain = Some(Drain {
            number: self.n_drains,
            policy: DELETION,
            started: event,
            began: self.now(),
            remaining: pods,
            impossible: 0,
            impossible_event: None,
        });
        self.schedule(GRACE_MAX, Action::DrainDeadline(node, self.n_drains));
        for pod in left {
            if self.pods[pod.index()].level == PodLevel::Terminating {
                self.pods[pod.index()].in_drain = true;
            } else {
                self.delete_pod(ctx, pod, event);
            }
        }
        self.check_drained(ctx, node, event);
    }

    /// The grace period of a pod on a node that is deleted with its pool: no more than an hour; and
    /// of one that GKE drains for an hour: no more than is left of it (§9.1).
    pub(in crate::sim::world) fn grace_in_roll(
        &self,
        node: Option<NodeIdx>,
        grace: SimDuration,
    ) -> SimDuration {
        let is_closing = self.roll.as_ref().is_some_and(|roll| {
            let is_blue = matches!(roll.strategy, PoolStrategy::BlueGreen(_));
            is_blue && roll.stage == RollStage::Closing
        });
        let drain = node.and_then(|node| self.nodes[node.index()].drain);
        let is_deleted = is_closing && drain.is_some_and(|drain| drain.policy == DELETION);
        if is_deleted {
            return grace.min(GRACE_MAX);
        }
        let is_gke = self
            .roll
            .as_ref()
            .is_some_and(|roll| matches!(roll.strategy, PoolStrategy::Gke(_)));
        let bounds = |drain: Drain| {
            let limit = drain.policy.timeout?;
            let forces = drain.policy.on_timeout == OnDrainTimeout::Force;
            let began = drain.began;
            forces.then_some((began + limit).since(self.now().min(began + limit)))
        };
        match drain.filter(|_| is_gke).and_then(bounds) {
            Some(left) => grace.min(left),
            None => grace,
        }
    }
}
