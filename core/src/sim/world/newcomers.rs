//! What a node needs besides its machine before it is Ready: its daemons' pods, which the
//! controller-manager creates and the scheduler binds, and among them the CNI's (k8s-truth §4.2,
//! §8).
//!
//! Which daemon set is the CNI's is not told, so a node's network starts once all its daemons were
//! created and the scheduler had a look at them. Where the snapshot knows no daemon set, the CNI is
//! something else and waits for nobody.

use super::{Ctx, World};
use crate::ids::{EventId, Maybe, NodeIdx, PodIdx};
use crate::rng;
use crate::sim::trace::{ApiComponent, EventKind};

impl World {
    /// A kubelet starts its static pods; no controller and no scheduler is asked.
    pub(super) fn start_static_pods(&mut self, ctx: &Ctx<'_>, node: NodeIdx, joined: EventId) {
        for old in self.own_pods(node) {
            if self.pods[old.index()].daemon_of.get().is_none() {
                let pod = self.create_own_pod(ctx, old, node, joined);
                self.bind(ctx, pod, node);
            }
        }
    }

    /// A node gets its daemons' pods, or waits for a controller-manager to create them.
    pub(super) fn add_daemons(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        let own = self.own_pods(node).into_iter();
        let daemons: Vec<_> = own
            .filter(|pod| self.pods[pod.index()].daemon_of.get().is_some())
            .collect();
        if !daemons.is_empty() && !self.control.works(ApiComponent::ControllerManager) {
            let cause = self.control.trouble(ApiComponent::ControllerManager);
            self.emit_node(node, EventKind::DaemonsAwaited { node }, cause);
            self.without_daemons.push(node);
            return;
        }
        if let Some(cause) = self.nodes[node.index()].last {
            for old in daemons {
                let pod = self.create_own_pod(ctx, old, node, cause);
                self.pods[pod.index()].daemon_of = Maybe::some(node);
                self.schedule_pod(ctx, pod);
            }
        }
        self.await_daemons(ctx, node);
    }

    /// A node's network starts, unless its daemons wait for a scheduler.
    fn await_daemons(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        let of_node = |pod: &PodIdx| self.pods[pod.index()].daemon_of.get() == Some(node);
        let waits = self.parked.iter().any(of_node);
        if waits && !self.control.works(ApiComponent::Scheduler) {
            self.with_parked_daemons.push(node);
        } else {
            self.start_network(ctx, node);
        }
    }

    /// The pods of daemon sets and the static pods of the node that this one goes back to.
    fn own_pods(&self, node: NodeIdx) -> Vec<PodIdx> {
        self.daemons[self.model_of(node).index()].clone()
    }

    fn create_own_pod(
        &mut self,
        ctx: &Ctx<'_>,
        old: PodIdx,
        node: NodeIdx,
        cause: EventId,
    ) -> PodIdx {
        let pod = self.create_pod(ctx, old, Some(cause));
        self.pods[pod.index()].key =
            rng::child_key(self.pods[old.index()].key, self.nodes[node.index()].key);
        pod
    }

    /// A controller-manager works again: nodes get the daemons that they wait for.
    pub(super) fn resume_daemons(&mut self, ctx: &Ctx<'_>) {
        for node in std::mem::take(&mut self.without_daemons) {
            self.add_daemons(ctx, node);
        }
    }

    /// The scheduler has looked at every pod that waits: networks start.
    pub(super) fn resume_networks(&mut self, ctx: &Ctx<'_>) {
        for node in std::mem::take(&mut self.with_parked_daemons) {
            self.await_daemons(ctx, node);
        }
    }

    /// A node is taken away: it waits for nothing.
    pub(super) fn forget_newcomer(&mut self, node: NodeIdx) {
        self.without_daemons.retain(|other| *other != node);
        self.with_parked_daemons.retain(|other| *other != node);
    }
}
