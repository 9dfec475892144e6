//! The plan's checks at the end of the soak, read from the cluster as it is.

use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx, PodIdx};
use crate::inventory::WorkloadType;
use crate::sim::trace::{ApiComponent, EventKind, Gate, PodLevel};

/// A check that was taken.
struct Reading {
    gate: Gate,
    /// None where there is nothing to read it from.
    value: Option<u64>,
    limit: u64,
    /// The event that made the value what it is.
    cause: Option<EventId>,
}

impl Reading {
    /// What cannot be read is not met.
    fn met(&self) -> bool {
        self.value.is_some_and(|value| match self.gate {
            Gate::ReadyNodes | Gate::ApiAvailability => value >= self.limit,
            Gate::NewPendingPods | Gate::WorkloadsDown | Gate::EtcdCommitP99 => value <= self.limit,
        })
    }

    /// The event that tells that the check is not met.
    fn failure(&self) -> EventKind {
        let (gate, limit) = (self.gate, self.limit);
        match self.value {
            Some(value) => EventKind::GateFailed { gate, value, limit },
            None => EventKind::GateUnreadable { gate },
        }
    }
}

impl World {
    /// The soak is over: the checks are taken, and the cluster passes or fails.
    pub(super) fn soak_over(&mut self, ctx: &Ctx<'_>) {
        let step = self.course.step_event;
        let mut failed = None;
        if self.readings(ctx).iter().any(|reading| !reading.met()) {
            self.retell_unschedulable(ctx);
        }
        for reading in self.readings(ctx) {
            if reading.met() {
                continue;
            }
            let event = self.emit(reading.failure(), reading.cause.or(step));
            failed.get_or_insert(event);
        }
        if let Some(event) = failed {
            self.fail_upgrade(ctx, event);
            return;
        }
        self.emit(EventKind::GatesPassed {}, step);
        self.finish_step(ctx);
    }

    fn readings(&mut self, ctx: &Ctx<'_>) -> [Reading; 5] {
        let gates = &ctx.plan.gates;
        let (ready_per_mille, unready_node) = self.ready_nodes();
        let (new_pending, pending_pod) = self.new_pending();
        let (down, down_pod) = self.workloads_down(ctx);
        let now = self.now();
        [
            Reading {
                gate: Gate::ReadyNodes,
                value: ready_per_mille,
                limit: u64::from(gates.min_ready_nodes_per_mille),
                cause: unready_node.and_then(|node| self.nodes[node.index()].last),
            },
            Reading {
                gate: Gate::NewPendingPods,
                value: Some(new_pending),
                limit: u64::from(gates.max_new_pending_pods),
                cause: self.why_pending(pending_pod),
            },
            Reading {
                gate: Gate::ApiAvailability,
                value: Some(self.control.availability_per_mille(now)),
                limit: u64::from(gates.min_api_availability_per_mille),
                cause: self.control.worst_api_event(),
            },
            Reading {
                gate: Gate::WorkloadsDown,
                value: Some(down),
                limit: u64::from(gates.max_workloads_down),
                cause: down_pod.and_then(|pod| self.pods[pod.index()].last.get()),
            },
            Reading {
                gate: Gate::EtcdCommitP99,
                value: Some(self.control.commit_p99_micros),
                limit: gates.max_etcd_commit_p99.as_millis().saturating_mul(1_000),
                cause: self.control.etcd_event,
            },
        ]
    }

    /// Ready nodes of all, in thousandths, unless there are none, and one that is not.
    fn ready_nodes(&self) -> (Option<u64>, Option<NodeIdx>) {
        let present = self.nodes.iter().filter(|node| node.present).count() as u64;
        let ready = self
            .nodes
            .iter()
            .filter(|node| node.present && node.ready)
            .count() as u64;
        let unready = self
            .nodes
            .iter()
            .position(|node| node.present && !node.ready);
        let per_mille = (ready * 1_000).checked_div(present);
        (per_mille, unready.map(NodeIdx::new))
    }

    /// Pods without a node.
    pub(super) fn pending_pods(&self) -> impl Iterator<Item = PodIdx> {
        let pending = |index: &usize| self.pods[*index].level == PodLevel::Pending;
        (0..self.pods.len()).filter(pending).map(PodIdx::new)
    }

    /// Pods that are pending beyond those that were before, and the latest of them.
    fn new_pending(&self) -> (u64, Option<PodIdx>) {
        let (mut count, mut latest) = (0, None);
        for pod in self.pending_pods() {
            count += 1;
            latest = Some(pod);
        }
        (
            u64::saturating_sub(count, u64::from(self.course.pending_before)),
            latest,
        )
    }

    pub(super) fn why_pending(&self, pod: Option<PodIdx>) -> Option<EventId> {
        if !self.control.works(ApiComponent::Scheduler) {
            return self.control.trouble(ApiComponent::Scheduler);
        }
        pod.and_then(|pod| self.pods[pod.index()].last.get())
    }

    /// Workloads without one ready pod that had some before, and a pod of one. Bare pods and jobs
    /// are left out: nobody promised that they run on.
    fn workloads_down(&self, ctx: &Ctx<'_>) -> (u64, Option<PodIdx>) {
        let (mut down, mut pod) = (0, None);
        for (state, spec) in self.workloads.iter().zip(&ctx.cluster.workloads) {
            let promised = !matches!(spec.kind, WorkloadType::Bare | WorkloadType::Job);
            if promised && state.initial_ready > 0 && state.ready == 0 {
                down += 1;
                let missing = state.missing.last().copied();
                pod = pod.or(state.pods.last().copied()).or(missing);
            }
        }
        (down, pod)
    }
}
