//! The end of a roll: what is not needed any more leaves; or it is given up, what waits is let go,
//! and nodes stay as they are (k8s-truth §9).

use super::{Goal, RollPurpose, RollStage, Task};
use crate::ids::{EventId, NodeIdx};
use crate::plan::{FailureRule, PoolStrategy};
use crate::sim::trace::{EventKind, StepFailure};
use crate::sim::world::{Ctx, World};

impl World {
    /// The queue is done: what is not needed any more leaves, then the roll is over.
    pub(super) fn close_roll(&mut self, ctx: &Ctx<'_>) {
        let roll = self.roll.as_mut().expect("a roll is under way");
        let (stage, is_blue) = (
            roll.stage,
            matches!(roll.strategy, PoolStrategy::BlueGreen(_)),
        );
        if stage == RollStage::Rolling && is_blue && !roll.queue.is_empty() {
            self.soak_pool();
            return;
        }
        let extras = std::mem::take(&mut roll.extras);
        if !extras.is_empty() {
            let event = roll.event;
            roll.stage = RollStage::Closing;
            roll.begun = 0;
            roll.queue = extras
                .iter()
                .map(|node| Task::new(*node, Goal::Leave))
                .collect();
            let nodes = extras.len() as u32;
            let event = self.emit(EventKind::ScaleDownStarted { nodes }, Some(event));
            let roll = self.roll.as_mut().expect("a roll is under way");
            roll.event = event;
            return;
        }
        let purpose = roll.purpose;
        self.roll = None;
        match purpose {
            RollPurpose::Upgrade | RollPurpose::ControlPlane => self.finish_step(ctx),
            RollPurpose::RollBack => self.pool_is_back(ctx),
        }
    }

    /// The provider gives up: what waits is let go, nodes stay as they are.
    pub(in crate::sim::world) fn fail_roll(
        &mut self,
        ctx: &Ctx<'_>,
        why: StepFailure,
        cause: EventId,
    ) {
        let Some(roll) = self.roll.take() else {
            return;
        };
        for slot in &roll.slots {
            self.give_up_drain(ctx, slot.old, cause);
            self.forget_drain(slot.old);
        }
        if ctx.plan.on_failure == FailureRule::RollBack {
            let of_slots = roll.slots.iter().filter_map(|slot| slot.new);
            for node in of_slots.chain(roll.awaited.iter().copied()) {
                if !self.nodes[node.index()].present {
                    self.cancel_order(node, cause);
                }
            }
        }
        match roll.purpose {
            RollPurpose::Upgrade | RollPurpose::ControlPlane => self.fail_step(ctx, why, cause),
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

    /// Nobody waits for the pods of a node any more, and nobody asks for their eviction.
    pub(in crate::sim::world) fn forget_drain(&mut self, node: NodeIdx) {
        self.nodes[node.index()].drain = None;
        for pod in self.nodes[node.index()].pods.clone() {
            self.stop_waiting(pod);
            self.pods[pod.index()].in_drain = false;
        }
    }
}
