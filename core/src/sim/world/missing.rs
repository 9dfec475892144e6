//! Replicas that a deployment wants and the snapshot does not show: its controller creates them, so
//! they are pending at the start, and the scheduler tries them at once.
//!
//! Only a deployment of which the snapshot shows a pod counts. Where it shows none at all, nobody
//! knows whether there is none or the dump left them out; and what a stateful set's missing pods
//! would mount is not known.

use super::state::Pod;
use super::{Ctx, World};
use crate::ids::{EventId, Maybe, PodIdx, WorkloadIdx};
use crate::inventory::WorkloadType;
use crate::rng;
use crate::sim::trace::PodLevel;
use crate::units::SimTime;

/// The most that are created for one deployment: a slip in `spec.replicas` must not make a
/// rehearsal endless.
const MOST: u32 = 1_000;

impl World {
    /// Adds the missing pods as they would be before the scheduler sees them.
    pub(super) fn place_missing(&mut self, ctx: &Ctx<'_>) -> Vec<PodIdx> {
        let mut missing = Vec::new();
        for (index, spec) in ctx.cluster.workloads.iter().enumerate() {
            let state = &self.workloads[index];
            let Some(sibling) = state.pods.first().copied() else {
                continue;
            };
            if spec.kind != WorkloadType::Deployment {
                continue;
            }
            let n_missing = spec.replicas.saturating_sub(state.active).min(MOST);
            for nth in 0..n_missing {
                missing.push(self.place_like(WorkloadIdx::new(index), sibling, nth));
            }
        }
        missing
    }

    /// Adds a pending pod like its sibling. It becomes ready unless none of them does.
    fn place_like(&mut self, workload: WorkloadIdx, sibling: PodIdx, nth: u32) -> PodIdx {
        let pod = PodIdx::new(self.pods.len());
        let siblings = &self.workloads[workload.index()].pods;
        let sick = siblings.iter().all(|pod| self.pods[pod.index()].sick);
        let gated = siblings.iter().all(|pod| self.pods[pod.index()].gated);
        let like = &self.pods[sibling.index()];
        let state = Pod {
            node: Maybe::NONE,
            selection: Maybe::NONE,
            stopped: false,
            gated,
            replaces: Maybe::NONE,
            level: PodLevel::Pending,
            running_at: SimTime::MAX,
            key: rng::child_key(rng::child_key(like.key, 3), u64::from(nth)),
            last: Maybe::NONE,
            sick,
            ..like.clone()
        };
        self.audit
            .add_pod((workload, None), state.mounts, None, PodLevel::Pending);
        self.pods.push(state);
        let state = &mut self.workloads[workload.index()];
        state.pods.push(pod);
        state.active += 1;
        pod
    }

    /// Lets the scheduler try them.
    pub(super) fn schedule_missing(&mut self, ctx: &Ctx<'_>, missing: &[PodIdx], taken: EventId) {
        for pod in missing {
            self.pods[pod.index()].last = Maybe::some(taken);
            self.schedule_pod(ctx, *pod);
        }
    }
}
