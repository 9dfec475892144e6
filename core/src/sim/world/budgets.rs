//! Budgets as the disruption controller keeps them, and the evictions that wait for them
//! (k8s-truth §2, §3.3).
//!
//! A refused eviction is asked for again every 5 s. Asking is pointless until the budget opens, so
//! the wait jumps to the first try that may succeed.

use std::collections::BTreeMap;

use super::pace::Pace;
use super::state::{BudgetState, WaitingEviction};
use super::{Action, Ctx, World};
use crate::ids::{BudgetIdx, EventId, Maybe, NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::WorkloadType;
use crate::sim::budget::{self, SelectedController};
use crate::sim::eviction::unready_pod;
use crate::sim::scheduler::filters::Change;
use crate::sim::trace::{ApiComponent, EventKind, PodLevel};
use crate::units::IntOrPercent;

impl World {
    /// The budgets that select a pod.
    pub(super) fn budgets_of<'a>(&'a self, ctx: &Ctx<'a>, pod: PodIdx) -> &'a [BudgetIdx] {
        let state = &self.pods[pod.index()];
        match state.selection.get() {
            Some(selection) => &ctx.cluster.selections[selection.index()],
            None => &self.workloads[state.workload.index()].budgets,
        }
    }

    /// The pods that a budget selects and that have not finished.
    pub(super) fn selected_pods<'a>(
        &'a self,
        ctx: &'a Ctx<'a>,
        budget: BudgetIdx,
    ) -> impl Iterator<Item = PodIdx> + 'a {
        let workloads = self.budgets[budget.index()].workloads.iter();
        workloads.flat_map(move |workload| {
            let state = &self.workloads[workload.index()];
            let all = state.part(budget).is_none();
            let pods = state.pods.iter().copied();
            pods.filter(move |pod| all || self.budgets_of(ctx, *pod).contains(&budget))
        })
    }

    /// How many pods of a workload a budget selects: finished and terminating ones too (§2.3).
    fn n_selected(&self, budget: BudgetIdx, workload: WorkloadIdx) -> u32 {
        let state = &self.workloads[workload.index()];
        let all = (state.pods.len() as u32).saturating_add(state.finished);
        state.part(budget).map_or(all, |part| part.pods)
    }

    /// Counts a pod's object in or out of the budgets that do not select all of its siblings.
    pub(super) fn count_part(&mut self, ctx: &Ctx<'_>, pod: PodIdx, change: Change) {
        let state = &self.pods[pod.index()];
        let Some(selection) = state.selection.get() else {
            return;
        };
        let selected_by = &ctx.cluster.selections[selection.index()];
        for part in &mut self.workloads[state.workload.index()].parts {
            if selected_by.contains(&part.budget) {
                match change {
                    Change::Add => part.pods += 1,
                    Change::Remove => part.pods -= 1,
                }
            }
        }
    }

    /// A pod became healthy: its budgets may allow more.
    pub(super) fn pod_became_healthy(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        for index in 0..self.budgets_of(ctx, pod).len() {
            let budget = self.budgets_of(ctx, pod)[index];
            self.budgets[budget.index()].healthy += 1;
            self.sync_budget(ctx, budget, event);
        }
    }

    /// A pod is no longer healthy: its budgets may allow less.
    pub(super) fn pod_became_unhealthy(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        for index in 0..self.budgets_of(ctx, pod).len() {
            let budget = self.budgets_of(ctx, pod)[index];
            self.budgets[budget.index()].healthy -= 1;
            self.sync_budget(ctx, budget, event);
        }
    }

    /// The disruption controller looks at a budget again because of `event`.
    ///
    /// Watch latencies are left out: they are well below the 5 s between two tries.
    pub(super) fn sync_budget(&mut self, ctx: &Ctx<'_>, budget: BudgetIdx, event: EventId) {
        if !self.control.works(ApiComponent::ControllerManager) {
            self.budgets[budget.index()].unsynced = true;
            return;
        }
        let expectation = self.expectation(ctx, budget);
        let state = &mut self.budgets[budget.index()];
        let before = state.allowed;
        state.sync(expectation);
        if state.allowed < before {
            state.closed_by = Some(event);
        }
        if state.allowed > before {
            state.opened_by = Some(event);
        }
        if !state.waiting.is_empty() {
            self.wake_waiting(budget);
        }
    }

    /// What a budget expects of the pods it selects as they are.
    pub(super) fn expectation(&self, ctx: &Ctx<'_>, budget: BudgetIdx) -> budget::Expectation {
        let state = &self.budgets[budget.index()];
        let controllers = state.workloads.iter().map(|workload| {
            let spec = &ctx.cluster.workloads[workload.index()];
            SelectedController {
                kind: spec.kind,
                scale: spec.replicas,
                pods: self.n_selected(budget, *workload),
            }
        });
        budget::expectation(state.effective_spec(), controllers)
    }

    /// The pods of a budget whose owners have no scale, finished or not.
    pub(super) fn without_scale(&self, ctx: &Ctx<'_>, budget: BudgetIdx) -> Vec<PodIdx> {
        let finished = self.finished.values().flatten().copied();
        let finished = finished.filter(|pod| self.budgets_of(ctx, *pod).contains(&budget));
        let selected = self.selected_pods(ctx, budget).chain(finished);
        let has_none = |pod: &PodIdx| !budget::has_scale(ctx.workload(self, *pod).kind);
        let mut pods: Vec<_> = selected.filter(has_none).collect();
        pods.sort_unstable();
        pods
    }

    /// A drain evicts the finished pods of its node: their evictions ask no budget (§1, step 4),
    /// and no drain waits for them. Mirror pods stay (§3.2, filter 3).
    pub(super) fn evict_finished(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let finished = self.finished.get(&node).into_iter().flatten().copied();
        let evicted: Vec<_> = finished
            .filter(|pod| ctx.workload(self, *pod).kind != WorkloadType::Static)
            .collect();
        self.evict_finished_pods(ctx, node, &evicted, cause);
    }

    /// Evicts these finished pods of a node.
    pub(super) fn evict_finished_pods(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        evicted: &[PodIdx],
        cause: EventId,
    ) {
        if let Some(finished) = self.finished.get_mut(&node) {
            finished.retain(|pod| !evicted.contains(pod));
        }
        let mut gone = Vec::with_capacity(evicted.len());
        for pod in evicted.iter().copied() {
            let budget = None;
            self.counters.evictions += 1;
            let evicted = self.emit_pod(
                pod,
                EventKind::PodEvicted { pod, node, budget },
                Some(cause),
            );
            // Nothing of it runs, so its object is removed at once.
            gone.push((
                pod,
                self.emit_pod(pod, EventKind::PodGone { pod }, Some(evicted)),
            ));
        }
        self.forget_finished(ctx, &gone);
    }

    /// What has finished on a machine is gone with it.
    pub(super) fn lose_finished(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let finished = self.finished.remove(&node).unwrap_or_default();
        let mut gone = Vec::with_capacity(finished.len());
        for pod in finished {
            gone.push((
                pod,
                self.emit_pod(pod, EventKind::PodLost { pod, node }, Some(cause)),
            ));
        }
        self.forget_finished(ctx, &gone);
    }

    /// How many pods of a node a drain evicts without waiting for them.
    pub(super) fn finished_to_evict(&self, ctx: &Ctx<'_>, node: NodeIdx) -> usize {
        let finished = self.finished.get(&node).into_iter().flatten();
        finished
            .filter(|pod| ctx.workload(self, **pod).kind != WorkloadType::Static)
            .count()
    }

    /// Takes finished pods out of what budgets count. What only they kept closed may open.
    pub(super) fn forget_finished(&mut self, ctx: &Ctx<'_>, gone: &[(PodIdx, EventId)]) {
        let mut touched = BTreeMap::new();
        for (pod, event) in gone {
            self.pods[pod.index()].level = PodLevel::Absent;
            let workload = self.pods[pod.index()].workload;
            self.workloads[workload.index()].finished -= 1;
            self.count_part(ctx, *pod, Change::Remove);
            for budget in self.budgets_of(ctx, *pod) {
                if self.n_selected(*budget, workload) == 0 {
                    touched.insert(*budget, *event);
                }
            }
        }
        for (budget, event) in touched {
            self.end_fail_safe(ctx, budget, event);
            self.sync_budget(ctx, budget, event);
        }
    }

    /// A budget that failed safe goes by its numbers once everything it selects has a scale.
    pub(super) fn end_fail_safe(&mut self, ctx: &Ctx<'_>, budget: BudgetIdx, event: EventId) {
        let Some(told) = self.budgets[budget.index()].never_allows else {
            return;
        };
        let told = *self
            .log
            .get(told)
            .expect("what is told of a budget is kept");
        let failed_safe = matches!(told.kind, EventKind::BudgetFailsSafe { .. });
        if !failed_safe || self.expectation(ctx, budget).fail_safe {
            return;
        }
        let state = &mut self.budgets[budget.index()];
        state.never_allows = None;
        state.closed_by = Some(event);
        // Its numbers are the snapshot's too, so both go back to the same cause.
        if self.tell_never_allows(ctx, budget, told.cause) {
            self.ask_again(budget);
        }
    }

    /// Tells when a budget can never allow anything, by the snapshot's own numbers; whether that is
    /// so.
    pub(super) fn tell_never_allows(
        &mut self,
        ctx: &Ctx<'_>,
        budget: BudgetIdx,
        cause: Option<EventId>,
    ) -> bool {
        let n_pods = self.selected_pods(ctx, budget).count();
        let most_healthy = self.most_healthy(ctx, budget);
        let expectation = self.expectation(ctx, budget);
        let without_scale = self.without_scale(ctx, budget);
        let kind = match *without_scale {
            _ if n_pods == 0 => return false,
            [pod, ..] if expectation.fail_safe => EventKind::BudgetFailsSafe {
                budget,
                pod,
                pods: without_scale.len() as u32,
            },
            [..] if expectation.never_allows(most_healthy) => EventKind::BudgetNeverAllows {
                budget,
                healthy: most_healthy,
                desired: u32::try_from(expectation.desired_healthy).unwrap_or(u32::MAX),
            },
            [..] => return false,
        };
        let event = self.emit(kind, cause);
        self.budgets[budget.index()].never_allows = Some(event);
        true
    }

    /// The most pods of a budget that can ever be healthy at once: what their owners want, or what
    /// is there. An owner brings back as many pods of a part as the part has.
    pub(super) fn most_healthy(&self, ctx: &Ctx<'_>, budget: BudgetIdx) -> u32 {
        let workloads = &self.budgets[budget.index()].workloads;
        let scales = workloads.iter().map(|workload| {
            let state = &self.workloads[workload.index()];
            let replicas = ctx.cluster.workloads[workload.index()].replicas;
            state.part(budget).map_or(replicas, |part| part.pods)
        });
        let is_active = |pod: &PodIdx| {
            let level = self.pods[pod.index()].level;
            !matches!(level, PodLevel::Terminating | PodLevel::Finished)
        };
        let n_active = self.selected_pods(ctx, budget).filter(is_active).count() as u32;
        budget::total(scales).max(n_active)
    }

    /// The controller works again: it looks at every budget it missed.
    pub(super) fn resume_budgets(&mut self, ctx: &Ctx<'_>, event: EventId) {
        for budget in (0..self.budgets.len()).map(BudgetIdx::new) {
            if self.budgets[budget.index()].unsynced {
                self.sync_budget(ctx, budget, event);
                if self.budgets[budget.index()].allowed == 0 {
                    self.ask_again(budget);
                }
            }
        }
    }

    /// Notes that an eviction was refused.
    pub(super) fn wait_for_budget(
        &mut self,
        pod: PodIdx,
        budget: BudgetIdx,
        pace: Pace,
        refused: EventId,
    ) {
        let since = self.now();
        self.pods[pod.index()].waits_for = Maybe::some(budget);
        self.budgets[budget.index()].waiting.push(WaitingEviction {
            pod,
            since,
            pace,
            refused,
            scheduled: false,
        });
    }

    /// An eviction no longer waits, whatever came of it.
    pub(super) fn stop_waiting(&mut self, pod: PodIdx) -> Option<WaitingEviction> {
        let budget = self.pods[pod.index()].waits_for.take()?;
        let waiting = &mut self.budgets[budget.index()].waiting;
        let position = waiting.iter().position(|entry| entry.pod == pod)?;
        let entry = waiting.remove(position);
        self.counters.retries += entry.pace.tries_between(entry.since, self.queue.now());
        Some(entry)
    }

    /// Schedules the next try of as many waiting evictions as may succeed, soonest first.
    pub(super) fn wake_waiting(&mut self, budget: BudgetIdx) {
        let now = self.now();
        let state = &self.budgets[budget.index()];
        let scheduled = state.waiting.iter().filter(|entry| entry.scheduled).count();
        let mut room = usize::try_from(state.allowed)
            .unwrap_or(0)
            .saturating_sub(scheduled);
        let mut order: Vec<_> = (0..state.waiting.len())
            .filter(|index| !state.waiting[*index].scheduled)
            .map(|index| (state.waiting[index].next_try(now), index))
            .collect();
        order.sort_unstable();
        for (at, index) in order {
            let pod = self.budgets[budget.index()].waiting[index].pod;
            if room == 0 && !self.passes_unready(budget, pod) {
                continue;
            }
            room = room.saturating_sub(1);
            self.budgets[budget.index()].waiting[index].scheduled = true;
            self.schedule_at(at, Action::Retry(pod));
        }
    }

    /// Whether a pod's eviction may pass a closed budget because the pod is not ready.
    fn passes_unready(&self, budget: BudgetIdx, pod: PodIdx) -> bool {
        unready_pod::passes(self.evicted_pod(pod), &self.budget_status(budget.index()))
    }

    /// A refused eviction is tried again.
    pub(super) fn retry_eviction(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let Some(budget) = self.pods[pod.index()].waits_for.get() else {
            return;
        };
        let state = &mut self.budgets[budget.index()];
        if let Some(entry) = state.waiting.iter_mut().find(|entry| entry.pod == pod) {
            entry.scheduled = false;
        }
        let cause = state.opened_by;
        self.evict(ctx, pod, cause);
        if self.budgets[budget.index()].allowed > 0 {
            self.wake_waiting(budget);
        }
    }

    /// Why a budget refuses: the event that closed it, or the one that keeps it from opening.
    pub(super) fn why_closed(&self, ctx: &Ctx<'_>, budget: BudgetIdx) -> Option<EventId> {
        let state = &self.budgets[budget.index()];
        if state.unsynced {
            return self.control.trouble(ApiComponent::ControllerManager);
        }
        match state.never_allows {
            Some(told) if state.tightened == 0 => Some(told),
            None if state.tightened == 0 => self.why_lost(ctx, budget).or(state.closed_by),
            Some(_) | None => state.closed_by,
        }
    }

    /// The latest event of a pod of a budget that is lost with its node: it will not be healthy
    /// soon, whatever closed the budget last.
    fn why_lost(&self, ctx: &Ctx<'_>, budget: BudgetIdx) -> Option<EventId> {
        if !self.is_busy() {
            return None;
        }
        let pods = self.selected_pods(ctx, budget);
        let lost = pods.map(|pod| &self.pods[pod.index()]).filter(|pod| {
            let node = pod.node.get().map(|node| &self.nodes[node.index()]);
            pod.level != PodLevel::Ready && node.is_some_and(|node| node.lease_lapsed)
        });
        lost.filter_map(|pod| pod.last.get()).max()
    }

    /// Schedules the next try of every waiting eviction, to be refused for another reason.
    fn ask_again(&mut self, budget: BudgetIdx) {
        let now = self.now();
        for index in 0..self.budgets[budget.index()].waiting.len() {
            let entry = &mut self.budgets[budget.index()].waiting[index];
            if !std::mem::replace(&mut entry.scheduled, true) {
                let (pod, at) = (entry.pod, entry.next_try(now));
                self.schedule_at(at, Action::Retry(pod));
            }
        }
    }

    /// A waiting eviction is refused again: that is told where its budget will never open, or where
    /// it was refused before for want of a controller, unless it was told for the same reason.
    pub(super) fn refuse_again(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        node: NodeIdx,
        budget: BudgetIdx,
        pace: Pace,
    ) {
        self.change_pace(pod, budget, pace);
        let why = self.why_closed(ctx, budget);
        let state = &self.budgets[budget.index()];
        let entry = state.waiting.iter().position(|entry| entry.pod == pod);
        let Some(entry) = entry.filter(|_| why.is_some()) else {
            return;
        };
        let before = self.log.get(state.waiting[entry].refused);
        let cause = before.expect("a refusal is kept").cause;
        let reason = cause
            .and_then(|cause| self.log.get(cause))
            .map(|event| event.kind);
        let for_want = matches!(
            reason,
            Some(EventKind::LeaseLost { .. } | EventKind::ApiUnavailable {})
        );
        if cause != why && (for_want || why == state.never_allows) {
            let refused = self.emit_pod(pod, EventKind::EvictionRefused { pod, node, budget }, why);
            self.budgets[budget.index()].waiting[entry].refused = refused;
        }
    }

    /// From this refusal on an eviction is asked for at another pace.
    fn change_pace(&mut self, pod: PodIdx, budget: BudgetIdx, pace: Pace) {
        let now = self.now();
        let waiting = &mut self.budgets[budget.index()].waiting;
        let changes = |entry: &&mut WaitingEviction| entry.pod == pod && entry.pace != pace;
        if let Some(entry) = waiting.iter_mut().find(changes) {
            self.counters.retries += entry.pace.tries_between(entry.since, now);
            (entry.since, entry.pace) = (now, pace);
        }
    }

    /// Changes what a budget asks for, because of `event`.
    pub(super) fn edit_budget(&mut self, ctx: &Ctx<'_>, budget: BudgetIdx, event: EventId) {
        self.budgets[budget.index()].edited_unseen = true;
        self.sync_budget(ctx, budget, event);
        let state = &mut self.budgets[budget.index()];
        if state.tightened > 0 {
            state.closed_by = Some(event);
        }
    }
}

impl BudgetState {
    /// The controller writes the status. Where it fails safe it writes that nothing is allowed and
    /// leaves the rest, the generation it observed too: what it did not write before stays 0, and a
    /// status that was behind its specification stays behind (§2.3).
    pub(super) fn sync(&mut self, expectation: budget::Expectation) {
        self.unsynced = false;
        self.allowed = expectation.allowed(self.healthy);
        if expectation.fail_safe {
            return;
        }
        self.edited_unseen = false;
        self.current_healthy = self.healthy;
        self.desired_healthy = expectation.desired_healthy;
    }

    /// The spec, as faults leave it.
    fn effective_spec(&self) -> budget::BudgetSpec {
        if self.tightened == 0 {
            return self.spec;
        }
        budget::BudgetSpec {
            min_available: None,
            max_unavailable: Some(IntOrPercent::Int(0)),
        }
    }
}
