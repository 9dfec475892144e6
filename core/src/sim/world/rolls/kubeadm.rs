//! kubeadm: a node is drained by hand, and `kubectl drain` touches none of its pods while one of
//! them needs a flag that is not given (k8s-truth §3.2, §9).

use crate::ids::{EventId, NodeIdx};
use crate::plan::PoolStrategy;
use crate::sim::kubectl::filter::{self, Flags, Verdict};
use crate::sim::trace::{EventKind, StepFailure};
use crate::sim::world::{Ctx, World};
use crate::units::SimDuration;

impl World {
    /// Ends the roll when the command refuses the node; whether it did.
    pub(in crate::sim::world) fn refuse_without_flags(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        cause: EventId,
    ) -> bool {
        let strategy = self.roll.as_ref().map(|roll| roll.strategy);
        let Some(PoolStrategy::Kubeadm(kubeadm)) = strategy else {
            return false;
        };
        let flags = Flags {
            ignore_daemonsets: kubeadm.ignore_daemonsets,
            delete_emptydir_data: kubeadm.delete_emptydir_data,
            force: kubeadm.force,
            skip_wait_for_delete: SimDuration::ZERO,
        };
        let finished = self.finished.get(&node).into_iter().flatten();
        let listed = self.nodes[node.index()].pods.iter().chain(finished);
        let refused = listed.filter(|pod| {
            let verdict = filter::verdict(self.filtered_pod(ctx, **pod), flags);
            matches!(verdict, Verdict::Refuse(_))
        });
        let pods = refused.count() as u32;
        if pods == 0 {
            return false;
        }
        let event = self.emit_node(node, EventKind::DrainRefused { node, pods }, Some(cause));
        self.nodes[node.index()].drain = None;
        self.fail_roll(ctx, StepFailure::DrainRefused, event);
        true
    }
}
