//! The way back: pools return to their old kubelets by the same drains; the control plane stays,
//! since managed ones cannot go back (k8s-truth §7).

use super::rolls::{RollPurpose, RollSpec};
use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx, PoolIdx};
use crate::plan::Step;
use crate::sim::trace::{ClusterOutcome, EventKind, StepFailure};
use crate::units::KubeVersion;

impl World {
    /// Starts the way back: nodes left cordoned are used again, then the pools go back, last
    /// upgraded first.
    pub(super) fn begin_roll_back(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        let event = self.emit(EventKind::RollBackStarted {}, Some(cause));
        for index in 0..self.nodes.len() {
            let cordoned_before = ctx
                .cluster
                .nodes
                .get(index)
                .is_some_and(|n| n.unschedulable);
            let node = &self.nodes[index];
            if node.present && !node.retiring && !cordoned_before {
                self.uncordon(ctx, NodeIdx::new(index), event);
            }
        }
        self.course.way_back = ctx
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Pool { pool, .. } => Some(*pool),
                Step::ControlPlane { .. } | Step::Cni | Step::Observe { .. } => None,
            })
            .filter(|pool| !self.upgraded_nodes(ctx, *pool).is_empty())
            .collect();
        self.course.way_back.dedup();
        self.next_pool_back(ctx, event);
    }

    /// Nodes of a pool whose kubelet is not what it was, with what it was.
    fn upgraded_nodes(&self, ctx: &Ctx<'_>, pool: PoolIdx) -> Vec<(NodeIdx, KubeVersion)> {
        let nodes = self.nodes.iter().enumerate();
        nodes
            .filter(|(_, node)| node.present && node.pool == pool)
            .filter_map(|(index, node)| {
                let node_idx = NodeIdx::new(index);
                let model = &ctx.cluster.nodes[self.model_of(node_idx).index()];
                let before = *model.kubelet.value()?;
                (node.kubelet != Some(before)).then_some((node_idx, before))
            })
            .collect()
    }

    fn next_pool_back(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        let Some(pool) = self.course.way_back.pop() else {
            let event = self.emit(EventKind::ClusterRolledBack {}, Some(cause));
            self.end_upgrade(ClusterOutcome::RolledBack, event);
            return;
        };
        let nodes = self.upgraded_nodes(ctx, pool);
        let step = ctx.steps.iter().find_map(|step| match step {
            Step::Pool {
                pool: of,
                strategy,
                drain,
                ..
            } if *of == pool => Some((*strategy, *drain)),
            _ => None,
        });
        let (Some((strategy, drain)), Some((_, to))) = (step, nodes.first().copied()) else {
            self.next_pool_back(ctx, cause);
            return;
        };
        let event = self.emit(EventKind::PoolRollBackStarted { pool, to }, Some(cause));
        self.course.step_event = Some(event);
        self.course.going_back = Some(pool);
        let spec = RollSpec {
            purpose: RollPurpose::RollBack,
            to,
            strategy,
            drain,
        };
        let queue = nodes.into_iter().map(|(node, _)| node).collect();
        self.begin_roll(ctx, spec, queue, event);
    }

    /// A pool is back at its old version.
    pub(super) fn pool_is_back(&mut self, ctx: &Ctx<'_>) {
        let pool = self
            .course
            .going_back
            .take()
            .expect("a pool was on its way back");
        let began = self.course.step_event;
        let event = self.emit(EventKind::PoolRollBackFinished { pool }, began);
        self.next_pool_back(ctx, event);
    }

    /// The way back fails as an upgrade can.
    pub(super) fn fail_roll_back(&mut self, why: StepFailure, cause: EventId) {
        let event = self.emit(EventKind::RollBackFailed { why }, Some(cause));
        self.end_upgrade(ClusterOutcome::Failed, event);
    }
}
