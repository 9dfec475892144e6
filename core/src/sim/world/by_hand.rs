//! `kubectl drain` by hand: cordon every node, then drain one after the other (k8s-truth §3).
//!
//! Evictions, budgets, terminations and replacements are those of every other drain. What is here
//! is the command's own: its filters, its clock, and what it takes for the end.

use std::collections::BTreeMap;

use super::state::Drain;
use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx, PodIdx};
use crate::inventory::WorkloadType;
use crate::plan::{DrainPolicy, OnDrainTimeout};
use crate::sim::kubectl::command::{BudgetNumbers, BudgetWait, DrainCommand, Hold, LeftPod};
use crate::sim::kubectl::command::{NodeDrain, NodeEnd};
use crate::sim::kubectl::filter::{self, Controller, DrainedPod, Verdict};
use crate::sim::kubectl::retry::{self, EvictionSupport, POLL_PERIOD, Verb};
use crate::sim::trace::{ClusterOutcome, EventKind, PodLevel};
use crate::snapshot::PodPhase;
use crate::units::{SimDuration, SimTime};

/// The limit of a drain by hand is the command's own business.
const PATIENT: DrainPolicy = DrainPolicy {
    timeout: None,
    on_timeout: OnDrainTimeout::Fail,
};

/// A command under way.
#[derive(Debug)]
pub(super) struct ByHand {
    command: DrainCommand,
    /// The event at which it was typed.
    typed: EventId,
    /// The position of the node whose turn it is.
    position: usize,
    /// When the eviction of each pod was accepted; from then on the command looks every second.
    accepted: BTreeMap<PodIdx, SimTime>,
    /// When the command has seen the last pod of the node gone.
    seen: SimTime,
    /// Whether `--timeout` is over for the node, so no eviction is sent any more.
    out_of_time: bool,
    nodes: Vec<NodeDrain>,
}

impl ByHand {
    /// The node whose turn it is.
    pub(super) fn node(&self) -> Option<NodeIdx> {
        self.command.nodes.get(self.position).copied()
    }

    /// The grace period that the command gives instead of the pod's own.
    pub(super) fn grace(&self) -> Option<SimDuration> {
        self.command.grace
    }
}

impl World {
    /// Somebody types the command.
    pub(crate) fn begin_command(&mut self, ctx: &Ctx<'_>, command: &DrainCommand) {
        let nodes = command.nodes.len() as u32;
        let typed = self.emit(EventKind::DrainTyped { nodes }, None);
        for node in command.nodes.iter().copied() {
            if !std::mem::replace(&mut self.nodes[node.index()].cordoned, true) {
                self.refresh_room(node);
                self.emit_node(node, EventKind::NodeCordoned { node }, Some(typed));
            }
        }
        let untouched = |node: &NodeIdx| NodeDrain {
            node: *node,
            began: None,
            verdicts: Vec::new(),
            end: None,
            ended: None,
            event: None,
            left: Vec::new(),
        };
        self.by_hand = Some(Box::new(ByHand {
            command: command.clone(),
            typed,
            position: 0,
            accepted: BTreeMap::new(),
            seen: SimTime::ZERO,
            out_of_time: false,
            nodes: command.nodes.iter().map(untouched).collect(),
        }));
        self.next_by_hand(ctx);
    }

    /// What became of the command's nodes.
    pub(crate) fn command_ends(&self) -> Vec<NodeDrain> {
        let by_hand = self.by_hand.as_ref();
        by_hand.map_or_else(Vec::new, |by_hand| by_hand.nodes.clone())
    }

    /// Gives the next node its turn; refused ones are over at once.
    fn next_by_hand(&mut self, ctx: &Ctx<'_>) {
        let now = self.now();
        while let Some(by_hand) = &mut self.by_hand {
            let Some(node) = by_hand.node() else {
                let typed = by_hand.typed;
                self.end_upgrade(ClusterOutcome::NotPlanned, typed);
                return;
            };
            by_hand.seen = now;
            by_hand.out_of_time = false;
            let typed = by_hand.typed;
            let verdicts = self.filter_pods(ctx, node);
            let n_refused = verdicts
                .iter()
                .filter(|(_, verdict)| matches!(verdict, Verdict::Refuse(_)))
                .count() as u32;
            let taken: Vec<PodIdx> = verdicts
                .iter()
                .filter(|(_, verdict)| matches!(verdict, Verdict::Evict | Verdict::Warn(_)))
                .map(|(pod, _)| *pod)
                .collect();
            let row = self.row_by_hand();
            row.began = Some(now);
            row.verdicts = verdicts;
            if n_refused == 0 {
                self.drain_by_hand(ctx, node, &taken, typed);
                return;
            }
            let kind = EventKind::DrainRefused {
                node,
                pods: n_refused,
            };
            let event = self.emit_node(node, kind, Some(typed));
            self.end_by_hand(NodeEnd::Refused, event);
        }
    }

    /// The row of the node whose turn it is.
    fn row_by_hand(&mut self) -> &mut NodeDrain {
        let by_hand = self.by_hand.as_mut().expect("a command is under way");
        &mut by_hand.nodes[by_hand.position]
    }

    /// What the filters say of a node's pods, by namespace and name.
    fn filter_pods(&self, ctx: &Ctx<'_>, node: NodeIdx) -> Vec<(PodIdx, Verdict)> {
        let by_hand = self.by_hand.as_ref().expect("a command is under way");
        let command = &by_hand.command;
        let finished = self.finished.get(&node).into_iter().flatten();
        let listed = self.nodes[node.index()].pods.iter().chain(finished);
        let mut pods: Vec<_> = listed
            .copied()
            .filter(|pod| command.selects(self.first_of(*pod)))
            .collect();
        // A replacement that came meanwhile stands where the pod stood that it goes back to.
        pods.sort_unstable_by_key(|pod| {
            let first = self.first_of(*pod);
            let name = ctx.cluster.pods.get(first.index()).map(|spec| &spec.name);
            (&ctx.workload(self, *pod).namespace, name, *pod)
        });
        let verdict = |pod: PodIdx| filter::verdict(self.filtered_pod(ctx, pod), command.flags);
        pods.into_iter().map(|pod| (pod, verdict(pod))).collect()
    }

    /// The pod of the inventory that a pod goes back to, with its labels.
    fn first_of(&self, pod: PodIdx) -> PodIdx {
        let mut first = pod;
        while let Some(replaced) = self.pods[first.index()].replaces.get() {
            first = replaced;
        }
        first
    }

    /// A pod as the filters see it.
    pub(super) fn filtered_pod(&self, ctx: &Ctx<'_>, pod: PodIdx) -> DrainedPod {
        let workload = ctx.workload(self, pod);
        let controller = match workload.kind {
            WorkloadType::Bare => Controller::None,
            WorkloadType::DaemonSet if workload.is_orphaned => Controller::LostDaemonSet,
            WorkloadType::DaemonSet => Controller::DaemonSet,
            WorkloadType::Deployment
            | WorkloadType::StatefulSet
            | WorkloadType::Job
            | WorkloadType::Static
            | WorkloadType::Other => Controller::Other,
        };
        let phase = match self.pods[pod.index()].level {
            PodLevel::Finished => PodPhase::Succeeded,
            PodLevel::Absent
            | PodLevel::Pending
            | PodLevel::Starting
            | PodLevel::Ready
            | PodLevel::Terminating => PodPhase::Running,
        };
        DrainedPod {
            controller,
            phase,
            has_empty_dir: workload.has_empty_dir,
            is_mirror: workload.kind == WorkloadType::Static,
            deleted_for: None,
        }
    }

    /// Sends a node's evictions, all at once, or its deletions.
    fn drain_by_hand(&mut self, ctx: &Ctx<'_>, node: NodeIdx, taken: &[PodIdx], typed: EventId) {
        let pods = taken.len() as u32;
        let kind = EventKind::DrainStarted { node, pods };
        let started = self.emit_node(node, kind, Some(typed));
        let by_hand = self.by_hand.as_ref().expect("a command is under way");
        let (timeout, choice) = (by_hand.command.timeout, by_hand.command.eviction);
        let (finished, running): (Vec<_>, Vec<_>) = taken
            .iter()
            .copied()
            .partition(|pod| self.pods[pod.index()].level == PodLevel::Finished);
        self.n_drains += 1;
        let number = self.n_drains;
        self.nodes[node.index()].drain = Some(Drain {
            number,
            policy: PATIENT,
            started,
            began: self.now(),
            remaining: running.len() as u32,
            impossible: 0,
            impossible_event: None,
        });
        if let Some(timeout) = timeout {
            self.schedule(timeout, Action::DrainDeadline(node, number));
        }
        for pod in &running {
            self.pods[pod.index()].in_drain = true;
        }
        for pod in running {
            match (
                self.pods[pod.index()].level,
                retry::verb(EvictionSupport::Supported, choice),
            ) {
                (PodLevel::Terminating, _) => self.accept_by_hand(pod),
                (_, Verb::Evict) => self.evict(ctx, pod, Some(started)),
                (_, Verb::Delete) => self.delete_pod(ctx, pod, started),
            }
        }
        self.evict_finished_pods(ctx, node, &finished, started);
        self.check_by_hand(node);
    }

    /// A pod's eviction or deletion was accepted: from here on the command looks every second.
    pub(super) fn accept_by_hand(&mut self, pod: PodIdx) {
        let now = self.now();
        if let Some(by_hand) = &mut self.by_hand {
            by_hand.accepted.entry(pod).or_insert(now);
        }
    }

    /// A pod of the node is gone: the command sees it at its next look.
    pub(super) fn see_by_hand(&mut self, pod: PodIdx) {
        let now = self.now();
        let Some(by_hand) = &mut self.by_hand else {
            return;
        };
        let since = by_hand.accepted.get(&pod).copied().unwrap_or(now);
        by_hand.seen = by_hand.seen.max(seen_gone(since, now));
    }

    /// Ends the node's drain once nothing is left to wait for.
    pub(super) fn check_by_hand(&mut self, node: NodeIdx) {
        let (Some(drain), Some(by_hand)) = (self.nodes[node.index()].drain, &self.by_hand) else {
            return;
        };
        if drain.remaining == drain.impossible && !by_hand.out_of_time {
            let at = by_hand.seen.max(self.now());
            self.schedule_at(at, Action::CommandSees(node, drain.number));
        }
    }

    /// The command has seen every pod of the node gone, or given up on.
    pub(super) fn command_sees(&mut self, ctx: &Ctx<'_>, node: NodeIdx, number: u32) {
        let Some(drain) = self.drain_numbered(node, number) else {
            return;
        };
        let by_hand = self.by_hand.as_ref().expect("a command is under way");
        if drain.remaining != drain.impossible || by_hand.out_of_time {
            return;
        }
        let pods = drain.impossible;
        let (end, kind) = if drain.impossible_event.is_none() {
            (NodeEnd::Drained, EventKind::DrainFinished { node })
        } else {
            (NodeEnd::Failed, EventKind::DrainFailed { node, pods })
        };
        let cause = drain.impossible_event.unwrap_or(drain.started);
        let left = self.left_by_hand(ctx, node);
        self.row_by_hand().left = left;
        let event = self.emit_node(node, kind, Some(cause));
        self.leave_node(node);
        self.end_by_hand(end, event);
        self.next_by_hand(ctx);
    }

    /// `--timeout` is over: no eviction is sent any more, and each refused one hears of it when its
    /// pause of 5 s ends (§3.3).
    pub(super) fn command_times_out(&mut self, ctx: &Ctx<'_>, node: NodeIdx, number: u32) {
        let Some(drain) = self.drain_numbered(node, number) else {
            return;
        };
        let now = self.now();
        let by_hand = self.by_hand.as_mut().expect("a command is under way");
        if drain.remaining == drain.impossible && by_hand.seen <= now {
            // The command sees the last pod gone in this same instant.
            return;
        }
        by_hand.out_of_time = true;
        let left = self.left_by_hand(ctx, node);
        let mut over = now;
        for LeftPod { pod, .. } in &left {
            if let Some(waited) = self.stop_waiting(*pod) {
                over = over.max(waited.pace.pause_over(waited.since, now));
            }
        }
        self.row_by_hand().left = left;
        self.schedule_at(over, Action::CommandGivesUp(node, number));
    }

    /// The last eviction of the node has heard that the time is over.
    pub(super) fn command_gives_up(&mut self, ctx: &Ctx<'_>, node: NodeIdx, number: u32) {
        let Some(drain) = self.drain_numbered(node, number) else {
            return;
        };
        let left = &self.row_by_hand().left;
        let (pods, waiting) = (left.len() as u32, left.first().map(|left| left.pod));
        let cause = waiting
            .and_then(|pod| self.pods[pod.index()].last.get())
            .unwrap_or(drain.started);
        let kind = EventKind::DrainTimedOut { node, pods };
        let event = self.emit_node(node, kind, Some(cause));
        self.leave_node(node);
        self.end_by_hand(NodeEnd::TimedOut, event);
        self.next_by_hand(ctx);
    }

    /// The node's drain waits, and nothing that happens ends the wait.
    pub(super) fn command_never_ends(&mut self, ctx: &Ctx<'_>, cause: Option<EventId>) {
        let by_hand = self.by_hand.as_ref().expect("a command is under way");
        let node = by_hand.node().expect("a node has its turn");
        let left = self.left_by_hand(ctx, node);
        let pods = left.len() as u32;
        self.row_by_hand().left = left;
        let event = self.emit_node(node, EventKind::DrainStalled { node, pods }, cause);
        self.end_by_hand(NodeEnd::Never, event);
        self.end_upgrade(ClusterOutcome::Stalled, event);
    }

    /// The drain of this number, if it is under way.
    fn drain_numbered(&self, node: NodeIdx, number: u32) -> Option<Drain> {
        self.nodes[node.index()]
            .drain
            .filter(|drain| drain.number == number)
    }

    /// Nobody waits for the node's pods any more.
    fn leave_node(&mut self, node: NodeIdx) {
        self.nodes[node.index()].drain = None;
        for pod in self.nodes[node.index()].pods.clone() {
            self.pods[pod.index()].in_drain = false;
        }
    }

    fn end_by_hand(&mut self, end: NodeEnd, event: EventId) {
        let now = self.now();
        let row = self.row_by_hand();
        row.end = Some(end);
        row.ended = Some(now);
        row.event = Some(event);
        if let Some(by_hand) = &mut self.by_hand {
            by_hand.position += 1;
        }
    }

    /// The pods that the node's drain still waits for, or has given up on, and what holds each.
    fn left_by_hand(&self, ctx: &Ctx<'_>, node: NodeIdx) -> Vec<LeftPod> {
        let mut pods = self.nodes[node.index()].pods.clone();
        pods.retain(|pod| self.pods[pod.index()].in_drain);
        pods.sort_unstable();
        let left = pods.into_iter().map(|pod| LeftPod {
            pod,
            hold: self.hold(ctx, pod),
        });
        left.collect()
    }

    /// What keeps a pod on its node.
    fn hold(&self, ctx: &Ctx<'_>, pod: PodIdx) -> Hold {
        let state = &self.pods[pod.index()];
        let by_hand = self.by_hand.as_ref().and_then(|by_hand| by_hand.grace());
        let grace = by_hand.unwrap_or(ctx.workload(self, pod).grace);
        if state.level == PodLevel::Terminating {
            let finalizer = state.finalizer.get().filter(|_| state.stopped);
            return finalizer.map_or(Hold::Stopping { grace }, Hold::Finalizer);
        }
        match *self.budgets_of(ctx, pod) {
            [first, second, ..] => Hold::Overlap { first, second },
            [budget] => {
                let expectation = self.expectation(ctx, budget);
                let status = self.budget_status(budget.index());
                Hold::Budget {
                    budget,
                    numbers: BudgetNumbers {
                        expected: expectation.expected_pods,
                        desired: status.desired_healthy,
                        healthy: u32::try_from(status.current_healthy).unwrap_or(0),
                        allowed: status.disruptions_allowed,
                        counted: self.budgets[budget.index()].healthy,
                    },
                    wait: self.budget_wait(ctx, budget),
                }
            }
            [] => Hold::Stopping { grace },
        }
    }

    /// Why a closed budget does not open.
    fn budget_wait(&self, ctx: &Ctx<'_>, budget: crate::ids::BudgetIdx) -> BudgetWait {
        let expectation = self.expectation(ctx, budget);
        if expectation.fail_safe {
            return BudgetWait::SyncFailed(self.without_scale(ctx, budget));
        }
        let most_healthy = self.most_healthy(ctx, budget);
        if expectation.never_allows(most_healthy) {
            return BudgetWait::ByNumbers { most_healthy };
        }
        let unready = |pod: &PodIdx| {
            matches!(
                self.pods[pod.index()].level,
                PodLevel::Pending | PodLevel::Starting
            )
        };
        let pods = self.selected_pods(ctx, budget);
        BudgetWait::Unready(pods.filter(unready).collect())
    }
}

/// When a command that looks every second since `since` sees what was gone at `gone`.
fn seen_gone(since: SimTime, gone: SimTime) -> SimTime {
    let waited = gone.since(since).as_millis();
    since + POLL_PERIOD * waited.div_ceil(POLL_PERIOD.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_looks_at_once_and_then_every_second() {
        let at = SimTime::from_millis;
        assert_eq!(seen_gone(at(500), at(500)), at(500));
        assert_eq!(seen_gone(at(500), at(501)), at(1_500));
        assert_eq!(seen_gone(at(500), at(1_500)), at(1_500));
        assert_eq!(seen_gone(at(500), at(31_600)), at(32_500));
    }
}
