//! Draining a node: cordon, evict everything at once, wait, and give up or use force in the end
//! (k8s-truth §3, §9).

use super::pace::Pace;
use super::state::Drain;
use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx, PodIdx};
use crate::plan::PoolStrategy;
use crate::sim::eviction::{self, Answer, BudgetStatus, EvictedPod, unready_pod};
use crate::sim::trace::{EventKind, PodLevel, StepFailure};
use crate::snapshot::PodPhase;

impl World {
    /// Gives a node's drain its time, and starts it once the API answers.
    pub(super) fn begin_drain(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let Some(policy) = self.roll.as_ref().map(super::rolls::Roll::drain_policy) else {
            return;
        };
        self.n_drains += 1;
        let number = self.n_drains;
        let mut drain = Drain {
            number,
            policy,
            started: cause,
            began: self.now(),
            remaining: 0,
            impossible: 0,
            impossible_event: None,
        };
        if let Some(timeout) = policy.timeout {
            self.schedule(timeout, Action::DrainDeadline(node, number));
        }
        let answers = self.control.answers();
        if !answers {
            let cause = self.control.api_trouble().or(Some(cause));
            drain.started = self.emit(EventKind::DrainWaitsForApi { node }, cause);
            drain.began = self.now();
            self.control.waiting.push(Action::DrainBegin(node, number));
        }
        self.nodes[node.index()].drain = Some(drain);
        if answers {
            self.start_drain(ctx, node, number);
        }
    }

    /// Cordons a node and sends its evictions, unless its drain was given up meanwhile.
    pub(super) fn start_drain(&mut self, ctx: &Ctx<'_>, node: NodeIdx, number: u32) {
        let state = &mut self.nodes[node.index()];
        let Some(drain) = state.drain.filter(|drain| drain.number == number) else {
            return;
        };
        let mut cause = drain.started;
        if !std::mem::replace(&mut state.cordoned, true) {
            self.refresh_room(node);
            cause = self.emit_node(node, EventKind::NodeCordoned { node }, Some(cause));
        }
        if self.refuse_without_flags(ctx, node, cause) {
            return;
        }
        let n_evicted = self.drained_pods(ctx, node).count() + self.finished_to_evict(ctx, node);
        let pods = n_evicted as u32;
        let started = self.emit_node(node, EventKind::DrainStarted { node, pods }, Some(cause));
        let now = self.now();
        if let Some(drain) = &mut self.nodes[node.index()].drain {
            (drain.started, drain.began) = (started, now);
        }
        self.evict_all(ctx, node, started);
    }

    /// The pods of a node that a drain evicts: managed providers take bare pods and `emptyDir`
    /// too, and leave daemon sets' and static pods.
    pub(super) fn drained_pods(
        &self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
    ) -> impl Iterator<Item = PodIdx> {
        let pods = self.nodes[node.index()].pods.iter().copied();
        pods.filter(|pod| !self.is_daemon(ctx, *pod))
    }

    /// Sends every eviction of a node.
    fn evict_all(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        if self.nodes[node.index()].drain.is_none() {
            return;
        }
        let mut pods: Vec<_> = self.drained_pods(ctx, node).collect();
        pods.sort_unstable();
        if let Some(drain) = &mut self.nodes[node.index()].drain {
            drain.remaining = pods.len() as u32;
        }
        for pod in &pods {
            self.pods[pod.index()].in_drain = true;
        }
        for pod in pods {
            // An eviction may take others of the node with it.
            if self.pods[pod.index()].level != PodLevel::Terminating {
                self.evict(ctx, pod, Some(cause));
            }
        }
        self.evict_finished(ctx, node, cause);
        self.check_drained(ctx, node, cause);
        self.skip_deleted(ctx, node);
    }

    /// Asks the API to evict a pod, and does what it answers.
    pub(super) fn evict(&mut self, ctx: &Ctx<'_>, pod: PodIdx, cause: Option<EventId>) {
        let node = self.pods[pod.index()]
            .node
            .get()
            .expect("a pod on a drained node is bound");
        let workload = self.pods[pod.index()].workload;
        let mut statuses = [None; 2];
        let budgets = self.budgets_of(ctx, pod);
        for (status, budget) in statuses.iter_mut().zip(budgets) {
            *status = Some(self.budget_status(budget.index()));
        }
        let budget = budgets.first().copied();
        let answer = match statuses {
            [Some(first), Some(second)] => {
                eviction::evaluate(Some(self.evicted_pod(pod)), &[first, second])
            }
            [Some(only), _] => eviction::evaluate(Some(self.evicted_pod(pod)), &[only]),
            [None, _] => eviction::evaluate(Some(self.evicted_pod(pod)), &[]),
        };
        match answer {
            Answer::Spent => self.evict_by_budget(ctx, pod, node, cause),
            Answer::Ignored | Answer::NoBudget | Answer::Unhealthy => {
                let kind = EventKind::PodEvicted {
                    pod,
                    node,
                    budget: None,
                };
                self.evict_with(ctx, pod, kind, cause);
            }
            Answer::Refused { retry_after } => {
                let budget = budget.expect("a refusal comes from a budget");
                let (kind, pace) = match retry_after {
                    None => (
                        EventKind::EvictionRefused { pod, node, budget },
                        self.refusal_pace(),
                    ),
                    Some(_) => (
                        EventKind::EvictionPostponed { pod, node, budget },
                        Pace::Postponed,
                    ),
                };
                if self.pods[pod.index()].waits_for.get().is_none() {
                    let why = self.why_closed(ctx, budget).or(cause);
                    let refused = self.emit_pod(pod, kind, why);
                    self.counters.refusals += 1;
                    self.wait_for_budget(pod, budget, pace, refused);
                } else {
                    self.refuse_again(ctx, pod, node, budget, pace);
                }
            }
            Answer::MoreThanOneBudget | Answer::Forbidden | Answer::NotFound => {
                let why = self.workloads[workload.index()].overlap.or(cause);
                let event = self.emit_pod(pod, EventKind::EvictionFailed { pod, node }, why);
                if let Some(drain) = &mut self.nodes[node.index()].drain {
                    drain.impossible += 1;
                    drain.impossible_event.get_or_insert(event);
                }
            }
        }
    }

    /// How often whoever drains asks again.
    fn refusal_pace(&self) -> Pace {
        match self.roll.as_ref().map(|roll| roll.strategy) {
            Some(PoolStrategy::ClusterApi(_)) => Pace::Reconciled,
            Some(
                PoolStrategy::Surge { .. }
                | PoolStrategy::Unavailable { .. }
                | PoolStrategy::Gke(_)
                | PoolStrategy::Eks(_)
                | PoolStrategy::Aks(_)
                | PoolStrategy::BlueGreen(_)
                | PoolStrategy::Kured(_)
                | PoolStrategy::Kubeadm(_)
                | PoolStrategy::Kops(_),
            )
            | None => Pace::Refused,
            Some(PoolStrategy::Karpenter(_)) => Pace::BacksOff,
        }
    }

    fn evict_by_budget(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        node: NodeIdx,
        cause: Option<EventId>,
    ) {
        let budget = self.budgets_of(ctx, pod)[0];
        let state = &mut self.budgets[budget.index()];
        state.allowed -= 1;
        let was_ready = self.pods[pod.index()].level == PodLevel::Ready;
        let kind = EventKind::PodEvicted {
            pod,
            node,
            budget: Some(budget),
        };
        let event = self.evict_with(ctx, pod, kind, cause);
        self.budgets[budget.index()].closed_by = Some(event);
        if !was_ready {
            // The controller sees a pod go that was never healthy, and gives back what it spent.
            self.sync_budget(ctx, budget, event);
        }
    }

    fn evict_with(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        kind: EventKind,
        cause: Option<EventId>,
    ) -> EventId {
        self.counters.evictions += 1;
        self.accept_by_hand(pod);
        let event = self.emit_pod(pod, kind, cause);
        self.terminate(ctx, pod, event);
        event
    }

    /// The pod as the eviction handler sees it.
    pub(super) fn evicted_pod(&self, pod: PodIdx) -> EvictedPod {
        let state = &self.pods[pod.index()];
        let phase = match state.level {
            PodLevel::Absent | PodLevel::Pending => PodPhase::Pending,
            PodLevel::Starting if state.running_at > self.now() => PodPhase::Pending,
            PodLevel::Starting | PodLevel::Ready | PodLevel::Terminating => PodPhase::Running,
            PodLevel::Finished => PodPhase::Succeeded,
        };
        EvictedPod {
            phase,
            ready: state.level == PodLevel::Ready,
            terminating: state.level == PodLevel::Terminating,
        }
    }

    /// A budget's status as the eviction handler sees it.
    pub(super) fn budget_status(&self, budget: usize) -> BudgetStatus {
        let state = &self.budgets[budget];
        BudgetStatus {
            unhealthy_policy: unready_pod::policy_at(state.policy, self.control.version),
            disruptions_allowed: state.allowed,
            current_healthy: i64::from(state.current_healthy),
            desired_healthy: state.desired_healthy,
            stale: state.edited_unseen,
            // A deletion follows its eviction at once here, so the controller never has to
            // remember one that has not happened.
            disrupted_pods: 0,
        }
    }

    /// A pod that a drain waits for is gone.
    pub(super) fn drained_pod_gone(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        node: NodeIdx,
        event: EventId,
    ) {
        if let Some(drain) = &mut self.nodes[node.index()].drain {
            drain.remaining -= 1;
            self.see_by_hand(pod);
            self.check_drained(ctx, node, event);
        }
    }

    /// Ends a drain when nothing is left to wait for.
    pub(super) fn check_drained(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        if self.by_hand.is_some() {
            self.check_by_hand(node);
            return;
        }
        let Some(drain) = self.nodes[node.index()].drain else {
            return;
        };
        if drain.remaining == 0 {
            self.nodes[node.index()].drain = None;
            let event = self.emit_node(node, EventKind::DrainFinished { node }, Some(cause));
            self.node_drained(ctx, node, event);
            return;
        }
        if drain.remaining == drain.impossible {
            let cause = drain
                .impossible_event
                .expect("an impossible eviction was told");
            self.drain_is_impossible(ctx, node, drain, cause);
        }
    }

    /// Nothing is left to evict but what can never be evicted. `kubectl drain` fails at once, and
    /// so does what calls it; Cluster API and Karpenter ask again for ever, and who has a limit
    /// waits for it.
    fn drain_is_impossible(&mut self, ctx: &Ctx<'_>, node: NodeIdx, drain: Drain, cause: EventId) {
        match self.roll.as_ref().map(|roll| roll.strategy) {
            Some(PoolStrategy::Kured(kured)) => {
                let left: Vec<_> = self.drained_pods(ctx, node).collect();
                self.release_lock(ctx, node, &left, (kured.period, cause));
            }
            Some(PoolStrategy::ClusterApi(_) | PoolStrategy::Karpenter(_)) => {}
            Some(_) | None if drain.policy.timeout.is_some() => {}
            Some(_) | None => self.fail_roll(ctx, StepFailure::EvictionImpossible, cause),
        }
    }

    /// Deletes a pod without asking its budget.
    pub(super) fn delete_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx, cause: EventId) {
        let node = self.pods[pod.index()]
            .node
            .get()
            .expect("a pod on a drained node is bound");
        let event = self.emit_pod(pod, EventKind::PodDeleted { pod, node }, Some(cause));
        self.counters.forced_deletions += 1;
        self.accept_by_hand(pod);
        self.pods[pod.index()].in_drain = true;
        self.pods[pod.index()].deleted = true;
        self.terminate(ctx, pod, event);
    }

    /// The event that says why a drain is not done: the best reason any of its pods has.
    pub(super) fn why_drain_waits(&self, left: &[PodIdx]) -> Option<EventId> {
        let lasts = left
            .iter()
            .filter_map(|pod| self.pods[pod.index()].last.get());
        let refusals = lasts
            .clone()
            .find(|last| self.log.get(*last).is_some_and(|event| refuses(event.kind)));
        refusals.or_else(|| lasts.clone().next())
    }
}

/// Whether an event refuses an eviction.
fn refuses(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::EvictionRefused { .. }
            | EventKind::EvictionPostponed { .. }
            | EventKind::EvictionFailed { .. }
    )
}
