//! A drain that is out of time, and what each provider does then (k8s-truth §9).

use super::{Goal, RollPurpose, Task, Way};
use crate::ids::{EventId, NodeIdx, PodIdx};
use crate::plan::{OnDrainTimeout, PoolStrategy, batch};
use crate::sim::trace::{EventKind, PodLevel, StepFailure};
use crate::sim::world::{Action, Ctx, World};
use crate::units::{IntOrPercent, SimDuration};

/// Whether a node is upgraded where it is.
fn is_in_place(way: Way) -> bool {
    match way {
        Way::InPlace | Way::Restart | Way::Reboot => true,
        Way::Surge | Way::Exchange | Way::Leave | Way::Blue => false,
    }
}

impl World {
    /// A drain's time is up.
    pub(in crate::sim::world) fn drain_deadline(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        number: u32,
    ) {
        if self.by_hand.is_some() {
            self.command_times_out(ctx, node, number);
            return;
        }
        if self.roll.is_none() {
            return;
        }
        let Some(drain) = self.nodes[node.index()]
            .drain
            .filter(|d| d.number == number)
        else {
            return;
        };
        let on_timeout = drain.policy.on_timeout;
        // Giving up asks for nothing; everything else is a request.
        if on_timeout != OnDrainTimeout::Fail && !self.control.answers() {
            self.control
                .waiting
                .push(Action::DrainDeadline(node, number));
            return;
        }
        let mut left: Vec<_> = self.drained_pods(ctx, node).collect();
        left.sort_unstable();
        let unanswered = self.control.api_trouble();
        let cause = unanswered
            .filter(|_| !self.control.answers())
            .or_else(|| self.why_drain_waits(&left))
            .unwrap_or(drain.started);
        match on_timeout {
            OnDrainTimeout::Fail => self.fail_drain(ctx, node, &left, cause),
            OnDrainTimeout::Force => self.force_drain(ctx, node, &left, cause),
            OnDrainTimeout::GoOn => self.leave_pods(ctx, node, &left, cause),
            OnDrainTimeout::Quarantine { max_blocked } => {
                self.quarantine(ctx, node, &left, (max_blocked, cause));
            }
            OnDrainTimeout::Replace => self.replace_undrained(ctx, node, &left, cause),
            OnDrainTimeout::Release { retry_after } => {
                self.release_lock(ctx, node, &left, (retry_after, cause));
            }
        }
    }

    /// The step fails and the node stays cordoned.
    fn fail_drain(&mut self, ctx: &Ctx<'_>, node: NodeIdx, left: &[PodIdx], cause: EventId) {
        let pods = left.len() as u32;
        let event = self.emit_node(node, EventKind::DrainTimedOut { node, pods }, Some(cause));
        self.nodes[node.index()].drain = None;
        self.fail_roll(ctx, StepFailure::DrainTimeout, event);
    }

    /// What is left is deleted, budgets or not.
    fn force_drain(&mut self, ctx: &Ctx<'_>, node: NodeIdx, left: &[PodIdx], cause: EventId) {
        let pods = left.len() as u32;
        let event = self.emit_node(node, EventKind::DrainForced { node, pods }, Some(cause));
        for pod in left {
            if self.pods[pod.index()].level != PodLevel::Terminating {
                self.delete_pod(ctx, *pod, event);
            }
        }
        if self.is_silent(node) {
            // Nobody tells that the pods of a node that is cut off have stopped, so a provider
            // that goes on by force goes on without that.
            self.forget_drain(node);
            self.node_drained(ctx, node, event);
        }
    }

    /// Cluster API and blue-green upgrades go on with what is left where it is.
    fn leave_pods(&mut self, ctx: &Ctx<'_>, node: NodeIdx, left: &[PodIdx], cause: EventId) {
        let pods = left.len() as u32;
        let event = self.emit_node(node, EventKind::DrainLeft { node, pods }, Some(cause));
        self.forget_drain(node);
        self.node_drained(ctx, node, event);
    }

    /// AKS, `Cordon`: the node is left at its version, unless too many are already. The way back
    /// has no use for such a node, and neither has the end of a surge.
    fn quarantine(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        left: &[PodIdx],
        (max_blocked, cause): (IntOrPercent, EventId),
    ) {
        let roll = self.roll.as_mut().expect("a roll is under way");
        let most = batch::aks_surge(max_blocked, roll.n_tasks);
        let is_upgrade = roll.purpose == RollPurpose::Upgrade;
        let goal = roll.slot_of(node).map(|slot| slot.goal);
        let may_stay = is_upgrade && matches!(goal, Some(Goal::Run(_)));
        if !may_stay || roll.n_quarantined >= most {
            self.fail_drain(ctx, node, left, cause);
            return;
        }
        roll.n_quarantined += 1;
        roll.slots.retain(|slot| slot.old != node);
        let pods = left.len() as u32;
        self.emit_node(node, EventKind::NodeQuarantined { node, pods }, Some(cause));
        self.quarantined.insert(node);
        self.forget_drain(node);
        self.fill_slots(ctx);
    }

    /// AKS, `Schedule`: the node is deleted with what is left on it, and a new one comes.
    fn replace_undrained(&mut self, ctx: &Ctx<'_>, node: NodeIdx, left: &[PodIdx], cause: EventId) {
        let pods = left.len() as u32;
        let event = self.emit_node(node, EventKind::DrainLeft { node, pods }, Some(cause));
        self.forget_drain(node);
        let slot = self.roll.as_mut().and_then(|roll| roll.slot_of(node));
        if let Some(slot) = slot.filter(|slot| is_in_place(slot.way)) {
            slot.way = Way::Exchange;
        }
        self.node_drained(ctx, node, event);
    }

    /// kured: the node is used again as it is, and others may go first.
    pub(in crate::sim::world) fn release_lock(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        left: &[PodIdx],
        (retry_after, cause): (SimDuration, EventId),
    ) {
        let not_before = match self.roll.as_ref().map(|roll| roll.strategy) {
            // Its clock goes on while it drains, and a try that falls into a drain is left out.
            Some(PoolStrategy::Kured(_)) => {
                let later = self.now() + SimDuration::from_millis(1);
                self.asks_at(node, retry_after, later)
            }
            Some(_) | None => self.now() + retry_after,
        };
        let pods = left.len() as u32;
        let event = self.emit_node(node, EventKind::LockReleased { node, pods }, Some(cause));
        self.forget_drain(node);
        let roll = self.roll.as_mut().expect("a roll is under way");
        if let Some(position) = roll.slots.iter().position(|slot| slot.old == node) {
            let slot = roll.slots.remove(position);
            roll.queue.push(Task {
                node,
                goal: slot.goal,
                not_before,
            });
        }
        self.uncordon(ctx, node, event);
        self.fill_slots(ctx);
    }
}
