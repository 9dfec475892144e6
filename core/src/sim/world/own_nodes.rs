//! The nodes of a control plane that its owners run themselves: their kubelets follow once every
//! API server is at the new version (k8s-truth §7).
//!
//! By kubeadm each is cordoned, drained by hand, has its kubelet restarted and is used again, one
//! after the other. Whoever else runs such machines makes them anew with their member; what that
//! moves is not rehearsed, and the plan says so.

use super::rolls::{Goal, RollPurpose, RollSpec, Task};
use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::inventory::Provider;
use crate::plan::{DrainPolicy, Kubeadm, PoolStrategy, Step, provider_defaults};
use crate::sim::trace::EventKind;
use crate::units::KubeVersion;

impl World {
    /// Brings the kubelets of the control plane's own nodes to its version, then ends the step.
    pub(super) fn upgrade_own_nodes(&mut self, ctx: &Ctx<'_>, to: KubeVersion, event: EventId) {
        let tasks = self.own_nodes_behind(ctx, to);
        if tasks.is_empty() {
            self.finish_step(ctx);
            return;
        }
        match ctx.cluster.provider.value() {
            Some(Provider::Kubeadm) | None => {
                let (strategy, drain) = by_hand(ctx);
                let spec = RollSpec {
                    purpose: RollPurpose::ControlPlane,
                    strategy,
                    drain,
                };
                self.begin_roll(ctx, spec, tasks, event);
            }
            Some(
                Provider::Gke
                | Provider::Eks
                | Provider::Aks
                | Provider::ClusterApi
                | Provider::Kops,
            ) => self.own_nodes_follow(ctx, event),
        }
    }

    /// The control plane's own nodes report the version of their members, once the API answers.
    pub(super) fn own_nodes_follow(&mut self, ctx: &Ctx<'_>, event: EventId) {
        if !self.control.answers() {
            self.control.waiting.push(Action::OwnNodesFollow(event));
            return;
        }
        let Some(Step::ControlPlane { to, .. }) = self.course.step_of(ctx.steps) else {
            return;
        };
        let kubelet = *to;
        for task in self.own_nodes_behind(ctx, kubelet) {
            let node = task.node;
            self.nodes[node.index()].kubelet = Some(kubelet);
            self.emit_node(node, EventKind::KubeletBack { node, kubelet }, Some(event));
        }
        self.finish_step(ctx);
    }

    /// The control plane's own nodes whose kubelets are not at `to`, in their order.
    fn own_nodes_behind(&self, ctx: &Ctx<'_>, to: KubeVersion) -> Vec<Task> {
        let nodes = self.nodes.iter().enumerate();
        let behind = nodes.filter(|(_, node)| {
            let at_target = |kubelet: KubeVersion| kubelet.without_patch() == to.without_patch();
            let own = ctx.cluster.pools[node.pool.index()].control_plane;
            own && node.present && !node.kubelet.is_some_and(at_target)
        });
        behind
            .map(|(index, _)| Task::new(NodeIdx::new(index), Goal::Run(to)))
            .collect()
    }
}

/// How nodes are drained by hand here: as those of the pools are, where they are by hand too.
fn by_hand(ctx: &Ctx<'_>) -> (PoolStrategy, DrainPolicy) {
    let of_pools = ctx.steps.iter().find_map(|step| match step {
        Step::Pool {
            strategy: PoolStrategy::Kubeadm(kubeadm),
            drain,
            ..
        } => Some((PoolStrategy::Kubeadm(*kubeadm), *drain)),
        Step::Pool { .. } | Step::ControlPlane { .. } | Step::Cni | Step::Observe { .. } => None,
    });
    of_pools.unwrap_or_else(|| {
        let drain = provider_defaults(Some(Provider::Kubeadm)).drain;
        (PoolStrategy::Kubeadm(Kubeadm::default()), drain)
    })
}
