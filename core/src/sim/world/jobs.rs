//! What a job does when it loses a pod: it counts a failure, waits longer each time, and gives up
//! after so many (k8s-truth §4.2).
//!
//! A lost pod counts when it is asked to go, or only when it is gone where the job replaces nothing
//! but what has failed.

use super::{Action, Ctx, World};
use crate::ids::{EventId, PodIdx, WorkloadIdx};
use crate::sim::timing;
use crate::sim::trace::{EventKind, PodLevel};
use crate::snapshot::OnDisruption;
use crate::units::{KubeVersion, SimDuration};

/// From here on a job heeds `podReplacementPolicy`.
const REPLACEMENT_POLICY_SINCE: KubeVersion = KubeVersion::minor(1, 29);
/// From here on a job heeds `podFailurePolicy`, and who is disrupted says so in a condition.
const FAILURE_POLICY_SINCE: KubeVersion = KubeVersion::minor(1, 26);

impl World {
    /// A job's pod is asked to go.
    pub(super) fn job_sees_termination(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        if !self.replaces_failed_only(ctx, pod) {
            self.count_failure(ctx, pod);
        }
    }

    /// A job's pod is gone.
    pub(super) fn job_sees_end(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        if self.replaces_failed_only(ctx, pod) {
            self.count_failure(ctx, pod);
        }
        if let Some(event) = self.pods[pod.index()].last.get() {
            self.recount_budgets(ctx, pod, event);
        }
    }

    /// A job's wait is over: it has another pod made, unless it has failed meanwhile.
    pub(super) fn retry_job(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let workload = self.pods[pod.index()].workload;
        if self.workloads[workload.index()].job_failed.is_none() {
            self.replace(ctx, pod);
            if let Some(event) = self.pods[pod.index()].last.get() {
                self.recount_budgets(ctx, pod, event);
            }
        }
    }

    /// The budgets of a job's pod are counted anew: they fail safe while the job has a pod, and
    /// only then.
    fn recount_budgets(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        for index in 0..self.budgets_of(ctx, pod).len() {
            let budget = self.budgets_of(ctx, pod)[index];
            self.end_fail_safe(ctx, budget, event);
            self.sync_budget(ctx, budget, event);
            let fails_safe = self.expectation(ctx, budget).fail_safe;
            if fails_safe && self.budgets[budget.index()].never_allows.is_none() {
                self.tell_never_allows(ctx, budget, Some(event));
            }
        }
    }

    /// Whether the API server is of this version or later, or of an unknown one.
    fn is_since(&self, version: KubeVersion) -> bool {
        self.control.version.is_none_or(|known| known >= version)
    }

    /// Whether the job replaces a pod only once it has failed; a failure policy forces that.
    fn replaces_failed_only(&self, ctx: &Ctx<'_>, pod: PodIdx) -> bool {
        let job = &ctx.workload(self, pod).job;
        let by_policy = job.replaces_failed_only && self.is_since(REPLACEMENT_POLICY_SINCE);
        by_policy || (job.has_failure_policy && self.is_since(FAILURE_POLICY_SINCE))
    }

    /// What the job's failure policy says of the pod's end. A plain deletion is no disruption that
    /// a condition tells of.
    fn on_disruption(&self, ctx: &Ctx<'_>, pod: PodIdx) -> OnDisruption {
        if self.pods[pod.index()].deleted || !self.is_since(FAILURE_POLICY_SINCE) {
            return OnDisruption::Count;
        }
        ctx.workload(self, pod).job.on_disruption
    }

    /// Counts a failure of the pod's job, which then waits, or fails for good.
    fn count_failure(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let workload = self.pods[pod.index()].workload;
        if self.workloads[workload.index()].job_failed.is_some() {
            return;
        }
        let decision = self.on_disruption(ctx, pod);
        let state = &mut self.workloads[workload.index()];
        let counted = u32::from(decision != OnDisruption::Ignore);
        state.failures = state.failures.saturating_add(counted);
        let limit = ctx.cluster.workloads[workload.index()].job.backoff_limit;
        let is_over = state.failures > limit.unwrap_or(timing::BACKOFF_LIMIT);
        if is_over || decision == OnDisruption::FailJob {
            self.fail_job(ctx, workload, pod);
            return;
        }
        let wait = backoff(state.failures);
        self.schedule(wait, Action::JobRetry(pod));
    }

    /// A job fails for good: the pods that it still has are deleted.
    fn fail_job(&mut self, ctx: &Ctx<'_>, workload: WorkloadIdx, pod: PodIdx) {
        let failures = self.workloads[workload.index()].failures;
        let cause = self.pods[pod.index()].last.get();
        let failed = self.emit(EventKind::JobFailed { workload, failures }, cause);
        self.workloads[workload.index()].job_failed = Some(failed);
        for other in self.workloads[workload.index()].pods.clone() {
            let state = &self.pods[other.index()];
            if matches!(state.level, PodLevel::Terminating | PodLevel::Absent) {
                continue;
            }
            let by = match state.node.get() {
                Some(node) => {
                    let kind = EventKind::PodDeleted { pod: other, node };
                    self.pods[other.index()].deleted = true;
                    self.emit_pod(other, kind, Some(failed))
                }
                None => failed,
            };
            self.terminate(ctx, other, by);
        }
    }
}

/// How long a job waits after so many failures.
fn backoff(failures: u32) -> SimDuration {
    let doublings = failures.saturating_sub(1).min(timing::BACKOFF_LIMIT);
    (timing::JOB_RETRY * (1 << doublings)).min(timing::JOB_RETRY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_waits_twice_as_long_after_each_failure_up_to_ten_minutes() {
        let waits = [1, 2, 3, 6, 7, 90].map(|failures| backoff(failures).as_millis() / 1_000);
        assert_eq!(waits, [10, 20, 40, 320, 600, 600]);
    }
}
