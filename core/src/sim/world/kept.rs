//! What the scheduler keeps of nodes rather than counts anew: resources that few pods request, and
//! volumes of drivers with limits.

use super::{Ctx, World};
use crate::ids::{NodeIdx, PodIdx};
use crate::sim::scheduler::filters::{Change, Counts};
use crate::sim::scheduler::{extended::Extended, volume_limits::Limits};

/// Counts of a cluster with no pod.
pub(super) fn counts(ctx: &Ctx<'_>) -> Counts {
    Counts {
        extended: Extended::new(ctx.cluster),
        limits: Limits::new(ctx.cluster),
        ..Counts::default()
    }
}

impl World {
    /// Counts a pod on a node in or out.
    pub(super) fn keep(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx, change: Change) {
        let requests = &ctx.workload(self, pod).extended;
        let mounted = self.pods[pod.index()].mounts.of(&ctx.cluster.mounted);
        let counts = &mut self.scheduling.counts;
        counts.extended.change(node, requests, change);
        counts
            .limits
            .change(node, (mounted, &ctx.cluster.volumes), change);
    }

    /// Adds a node like another one.
    pub(super) fn keep_node(&mut self, model: NodeIdx) {
        let counts = &mut self.scheduling.counts;
        counts.extended.add_node(model);
        counts.limits.add_node(model);
    }
}
