//! Kubelets that are stopped as planned, alone or with their machine: the node's object stays, and
//! so do the objects of its pods (k8s-truth §6).
//!
//! While a kubelet is away nothing is heard of its node, and the node lifecycle controller takes
//! that as it takes any silence: a restart shorter than the grace period is invisible, a reboot
//! mostly is not. Containers run on while a kubelet restarts, and stop with the machine.

use super::contact::{Absence, Silence};
use super::state::Network;
use super::{Action, Ctx, World};
use crate::durations::Quantity;
use crate::ids::{EventId, NodeIdx};
use crate::inventory::Pressures;
use crate::sim::trace::{EventKind, NodeTrouble, PodLevel, PodTrouble};
use crate::units::{KubeVersion, SimTime};

impl World {
    /// Stops the kubelet of a drained node, to start `kubelet` in its place.
    pub(super) fn restart_kubelet(&mut self, node: NodeIdx, kubelet: KubeVersion, cause: EventId) {
        let kind = EventKind::KubeletRestarting { node, kubelet };
        let event = self.emit_node(node, kind, Some(cause));
        self.leave_unheard(node, kubelet, (Absence::Restart, event));
    }

    /// Reboots a drained node, which comes back with `kubelet`.
    pub(super) fn reboot_node(&mut self, node: NodeIdx, kubelet: KubeVersion, cause: EventId) {
        let kind = EventKind::NodeRebooting { node, kubelet };
        let event = self.emit_node(node, kind, Some(cause));
        self.leave_unheard(node, kubelet, (Absence::Reboot, event));
    }

    /// Nothing is heard of a node until its kubelet is back. Its last renewal lies anywhere in the
    /// ten seconds before.
    fn leave_unheard(
        &mut self,
        node: NodeIdx,
        kubelet: KubeVersion,
        (absence, event): (Absence, EventId),
    ) {
        let quantity = match absence {
            Absence::Restart => Quantity::KubeletRestart,
            Absence::Reboot => Quantity::NodeReboot,
        };
        let phase = self.kubelet_phase(node, 8);
        let last = SimTime::from_millis(self.now().as_millis().saturating_sub(phase));
        let (away, boot) = self.next_boot(node, quantity);
        let state = &mut self.nodes[node.index()];
        state.kubelet = Some(kubelet);
        let since = last.max(state.ready_since);
        let cause = Some(event);
        state.contact.leave(absence, Silence { since, cause });
        self.schedule(away, Action::KubeletBack(node, boot));
        self.plan_check();
    }

    /// A kubelet runs again and reports, unless a fault cuts it off.
    pub(super) fn kubelet_back(&mut self, ctx: &Ctx<'_>, node: NodeIdx, boot: u32) {
        let state = &mut self.nodes[node.index()];
        if state.boots != boot || state.deleted {
            return;
        }
        let Some(absence) = state.contact.come_back() else {
            return;
        };
        let kubelet = state
            .kubelet
            .expect("a kubelet that restarts was given a version");
        let cause = state.last;
        let event = self.emit_node(node, EventKind::KubeletBack { node, kubelet }, cause);
        match absence {
            Absence::Restart => {
                self.return_to_ready(ctx, node, event);
                self.tell_held(ctx, node);
                self.unmount_volumes(ctx, node);
                self.check_at_next_tick();
                self.roll_cni(ctx);
                // Whoever works by hand goes on when the kubelet runs.
                self.roll_node_back(ctx, node, event);
            }
            Absence::Reboot => {
                self.stop_containers(ctx, node, event);
                self.tell_held(ctx, node);
                self.unmount_volumes(ctx, node);
                self.start_network(ctx, node);
            }
        }
    }

    /// The containers of a node have stopped with its machine. Its pods' objects are still there;
    /// they start again with its network, of which nothing is left either.
    fn stop_containers(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let state = &mut self.nodes[node.index()];
        state.network = Network::Starting;
        state.pressures = Pressures::default();
        state.lease_lapsed = false;
        let mut cause = event;
        if std::mem::take(&mut state.ready) {
            let why = NodeTrouble::NetworkNotReady;
            let kind = EventKind::NodeNotReady { node, why };
            cause = self.emit_node(node, kind, Some(event));
        }
        self.refresh_room(node);
        self.check_at_next_tick();
        for pod in self.nodes[node.index()].pods.clone() {
            if self.pods[pod.index()].level == PodLevel::Ready {
                let why = PodTrouble::NodeRebooted;
                let event = self.emit_pod(pod, EventKind::PodUnready { pod, why }, Some(cause));
                self.leave_ready(ctx, pod, event);
                self.pods[pod.index()].level = PodLevel::Starting;
            }
            let pod = &mut self.pods[pod.index()];
            if pod.level == PodLevel::Starting {
                pod.running_at = SimTime::MAX;
                pod.epoch += 1;
            }
        }
    }
}
