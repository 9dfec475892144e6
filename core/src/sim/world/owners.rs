//! How owners replace what they miss (k8s-truth §4.2). Nothing is replaced while the
//! controller-manager does not work.

use super::{Ctx, World};
use crate::ids::{EventId, PodIdx, WorkloadIdx};
use crate::inventory::{Workload, WorkloadType};
use crate::sim::trace::{ApiComponent, EventKind, PodLevel};

impl World {
    /// An owner sees a deletion timestamp.
    pub(super) fn owner_sees_termination(&mut self, ctx: &Ctx<'_>, pod: PodIdx, was: PodLevel) {
        if matches!(was, PodLevel::Terminating | PodLevel::Finished) {
            return;
        }
        match ctx.workload(self, pod).kind {
            WorkloadType::Deployment | WorkloadType::Other => self.replace(ctx, pod),
            WorkloadType::Job => self.job_sees_termination(ctx, pod),
            WorkloadType::Bare => {
                let cause = self.pods[pod.index()].last.get();
                self.emit(EventKind::PodNotReplaced { pod }, cause);
            }
            WorkloadType::StatefulSet | WorkloadType::DaemonSet | WorkloadType::Static => {}
        }
    }

    /// An owner sees that a pod is gone.
    pub(super) fn owner_sees_end(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let workload = self.pods[pod.index()].workload;
        match ctx.cluster.workloads[workload.index()].kind {
            WorkloadType::StatefulSet => {}
            WorkloadType::Job => {
                self.job_sees_end(ctx, pod);
                return;
            }
            WorkloadType::Deployment
            | WorkloadType::DaemonSet
            | WorkloadType::Bare
            | WorkloadType::Static
            | WorkloadType::Other => return,
        }
        self.workloads[workload.index()].missing.push(pod);
        self.recreate_ordinals(ctx, workload);
    }

    /// Stateful sets delete their pods that have failed or succeeded, and create them again (§4.2).
    pub(super) fn replace_failed_ordinals(&mut self, ctx: &Ctx<'_>, taken: EventId) {
        let finished = self.finished.values().flatten().copied();
        let of_sets = finished
            .filter(|pod| ctx.workload(self, *pod).kind == WorkloadType::StatefulSet)
            .collect::<Vec<_>>();
        for pods in self.finished.values_mut() {
            pods.retain(|pod| !of_sets.contains(pod));
        }
        for pod in of_sets {
            let gone = self.emit_pod(pod, EventKind::PodGone { pod }, Some(taken));
            self.forget_finished(ctx, &[(pod, gone)]);
            self.owner_sees_end(ctx, pod);
        }
    }

    /// Replaces a pod at once, as a replica set does while it has too few active ones.
    pub(super) fn replace(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        if !self.control.works(ApiComponent::ControllerManager) {
            let cause = self.control.trouble(ApiComponent::ControllerManager);
            self.emit(EventKind::ReplacementWaits { pod }, cause);
            self.owed.push(pod);
            return;
        }
        let workload = self.pods[pod.index()].workload;
        if ctx.cluster.workloads[workload.index()].kind == WorkloadType::DaemonSet {
            self.replace_daemon(ctx, pod);
            return;
        }
        let wanted = ctx.cluster.workloads[workload.index()].replicas;
        if self.workloads[workload.index()].active >= wanted {
            return;
        }
        let cause = self.pods[pod.index()].last.get();
        let created = self.create_pod(ctx, pod, cause);
        self.schedule_pod(ctx, created);
    }

    /// Creates a daemon's pod again on its node, cordoned or not, once the old one is gone.
    fn replace_daemon(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let Some(node) = self.pods[pod.index()].daemon_of.get() else {
            return;
        };
        let workload = self.pods[pod.index()].workload;
        let mut others = self.workloads[workload.index()].pods.iter();
        let has_one = others.any(|other| self.pods[other.index()].daemon_of.get() == Some(node));
        if has_one || !self.nodes[node.index()].present {
            return;
        }
        let cause = self.pods[pod.index()].last.get();
        let created = self.create_pod(ctx, pod, cause);
        self.schedule_pod(ctx, created);
    }

    /// Creates the missing pods of a stateful set, lowest ordinal first; in order, each waits until
    /// every lower one is available.
    pub(super) fn recreate_ordinals(&mut self, ctx: &Ctx<'_>, workload: WorkloadIdx) {
        if self.workloads[workload.index()].missing.is_empty() {
            return;
        }
        if !self.control.works(ApiComponent::ControllerManager) {
            self.tell_missing(workload);
            return;
        }
        self.workloads[workload.index()].told_missing.clear();
        let Workload {
            parallel, replicas, ..
        } = ctx.cluster.workloads[workload.index()];
        while let Some(next) = self.next_ordinal(workload) {
            // More ordinals than replicas are those of a set that is being made smaller.
            if self.workloads[workload.index()].active >= replicas {
                return;
            }
            if !parallel && self.lower_ordinal_blocks(workload, next) {
                return;
            }
            let state = &mut self.workloads[workload.index()];
            state.missing.retain(|pod| *pod != next);
            let cause = self.pods[next.index()].last.get();
            let created = self.create_pod(ctx, next, cause);
            self.schedule_pod(ctx, created);
        }
    }

    /// Tells once of every missing pod that nobody creates again for want of a controller.
    fn tell_missing(&mut self, workload: WorkloadIdx) {
        let cause = self.control.trouble(ApiComponent::ControllerManager);
        for pod in self.workloads[workload.index()].missing.clone() {
            if !self.workloads[workload.index()].told_missing.contains(&pod) {
                self.workloads[workload.index()].told_missing.push(pod);
                self.emit(EventKind::ReplacementWaits { pod }, cause);
            }
        }
    }

    fn next_ordinal(&self, workload: WorkloadIdx) -> Option<PodIdx> {
        let missing = self.workloads[workload.index()].missing.iter().copied();
        missing.min_by_key(|pod| self.pods[pod.index()].ordinal)
    }

    /// Whether a lower ordinal exists and is not available: ready for `minReadySeconds`. One that
    /// is sick since the snapshot blocks too: the controller does not know better.
    fn lower_ordinal_blocks(&self, workload: WorkloadIdx, pod: PodIdx) -> bool {
        let ordinal = self.pods[pod.index()].ordinal;
        let now = self.queue.now();
        self.workloads[workload.index()].pods.iter().any(|other| {
            let other = &self.pods[other.index()];
            let available = other.level == PodLevel::Ready && other.available_at <= now;
            other.ordinal < ordinal && !available
        })
    }

    /// The controller-manager works again: it replaces what was missed meanwhile.
    pub(super) fn resume_owners(&mut self, ctx: &Ctx<'_>) {
        for pod in std::mem::take(&mut self.owed) {
            self.replace(ctx, pod);
        }
        self.resume_daemons(ctx);
        for workload in 0..self.workloads.len() {
            self.recreate_ordinals(ctx, WorkloadIdx::new(workload));
        }
    }
}
