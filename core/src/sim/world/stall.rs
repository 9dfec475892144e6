//! A wait that nothing will ever end, or that outlasts the rehearsal, and why.

use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, ClusterOutcome, EventKind, PodLevel};

impl World {
    /// Ends the upgrade as stalled.
    pub(super) fn stall(&mut self, ctx: &Ctx<'_>) {
        self.retell_unschedulable(ctx);
        let cause = self.why_stalled(ctx).or(self.course.step_event);
        if self.by_hand.is_some() {
            self.command_never_ends(ctx, cause);
            return;
        }
        let place = self.course.place(ctx.steps);
        let event = self.emit(EventKind::ClusterStalled { place }, cause);
        self.end_upgrade(ClusterOutcome::Stalled, event);
    }

    /// Leaves an upgrade alone that takes longer than a rehearsal follows it.
    pub(super) fn leave_unfinished(&mut self, ctx: &Ctx<'_>) {
        self.retell_unschedulable(ctx);
        let cause = self.why_stalled(ctx).or(self.course.step_event);
        let place = self.course.place(ctx.steps);
        let days = timing::HORIZON_DAYS;
        let event = self.emit(EventKind::ClusterUnfinished { place, days }, cause);
        self.end_upgrade(ClusterOutcome::Unfinished, event);
    }

    /// The event that keeps the cluster waiting, the most fundamental first.
    fn why_stalled(&self, ctx: &Ctx<'_>) -> Option<EventId> {
        if !self.control.answers() {
            return self.control.api_trouble();
        }
        for component in [ApiComponent::ControllerManager, ApiComponent::Scheduler] {
            if !self.control.works(component) {
                return self.control.trouble(component);
            }
        }
        if let Some(roll) = &self.cni {
            return roll
                .away()
                .iter()
                .find_map(|node| self.nodes[node.index()].last);
        }
        let by_hand = self.by_hand.as_ref().and_then(|by_hand| by_hand.node());
        let rolled = self.roll.iter().flat_map(super::rolls::Roll::nodes);
        let nodes: Vec<NodeIdx> = rolled.chain(by_hand).collect();
        let drains = nodes
            .iter()
            .filter(|node| self.nodes[node.index()].drain.is_some());
        drains
            .clone()
            .find_map(|node| self.why_drain_stalls(ctx, *node))
            .or_else(|| {
                let unready = |node: &&NodeIdx| !self.nodes[node.index()].ready;
                nodes
                    .iter()
                    .find(unready)
                    .and_then(|node| self.nodes[node.index()].last)
            })
            .or_else(|| {
                // A node that let the lock go waits in the queue for its next try.
                let waiting = self.roll.iter().flat_map(super::rolls::Roll::waiting);
                waiting
                    .filter_map(|node| self.nodes[node.index()].last)
                    .max()
            })
    }

    /// Why a drain waits for ever: its budget is closed for good, or waits for a pod that cannot
    /// become ready, or a pod cannot be evicted at all.
    fn why_drain_stalls(&self, ctx: &Ctx<'_>, node: NodeIdx) -> Option<EventId> {
        let mut left = self.nodes[node.index()].pods.clone();
        left.retain(|pod| !self.is_daemon(ctx, *pod));
        left.sort_unstable();
        let waiting = left.iter().find_map(|pod| {
            let budget = self.pods[pod.index()].waits_for.get()?;
            let state = &self.budgets[budget.index()];
            let refused = state
                .waiting
                .iter()
                .find(|entry| entry.pod == *pod)?
                .refused;
            if state.tightened > 0 || state.never_allows.is_some() {
                return Some(refused);
            }
            Some(self.why_unhealthy(budget.index()).unwrap_or(refused))
        });
        waiting.or_else(|| self.why_drain_waits(&left))
    }

    /// The latest event of a pod that keeps a budget closed by not being ready.
    fn why_unhealthy(&self, budget: usize) -> Option<EventId> {
        let workloads = self.budgets[budget].workloads.iter();
        workloads
            .flat_map(|workload| &self.workloads[workload.index()].pods)
            .map(|pod| &self.pods[pod.index()])
            .filter(|pod| matches!(pod.level, PodLevel::Pending | PodLevel::Starting))
            .find_map(|pod| pod.last.get())
    }
}
