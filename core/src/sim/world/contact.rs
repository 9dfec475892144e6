//! Nodes that are cut off from the control plane, and what their kubelets do meanwhile: nothing
//! that anybody hears of (k8s-truth §4.1, §6).
//!
//! Containers on a node that is cut off run on. What its kubelet has to tell (a pod is ready, a pod
//! has stopped, the machine has booted) is held back until it reports again, so a deleted pod stays
//! Terminating as long.

use super::{Action, Ctx, World, monitor};
use crate::ids::{EventId, FaultIdx, NodeIdx, PodIdx, VolumeIdx};
use crate::rng::{self, Purpose};
use crate::sim::fault::FaultKind;
use crate::sim::timing;
use crate::sim::trace::{EventKind, PodLevel};
use crate::units::{SimDuration, SimTime};

/// How a node's kubelet and the control plane stand with each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Contact {
    /// Faults that cut the node off.
    cuts: u32,
    /// Whether it was silent in the snapshot; only a new machine ends that.
    stays_silent: bool,
    /// Since when nothing is heard of it, while it is cut off.
    pub(super) silence: Option<Silence>,
    /// What its kubelet will tell when it is heard again.
    held: Vec<Action>,
    /// Its taint `unreachable:NoExecute`, if it has it.
    pub(super) taint: Option<Taint>,
    /// When the pods of its deleted object are collected.
    pub(super) collected_at: Option<SimTime>,
    /// Why its kubelet is away as planned, if it is.
    absence: Option<Absence>,
    /// Whether it would be back but for a fault that cuts it off.
    is_overdue: bool,
}

/// Why a kubelet is away as planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// It restarts; containers run on.
    Restart,
    /// Its machine reboots.
    Reboot,
}

/// A kubelet that is not heard of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    /// Its last renewal.
    pub(super) since: SimTime,
    /// Why it is silent.
    pub(super) cause: Option<EventId>,
}

/// A taint, as the controller that leads knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taint {
    /// When that controller saw it first; tolerations count from there.
    pub(super) since: SimTime,
    /// The event that tells of it.
    pub(super) event: EventId,
}

impl Contact {
    /// The snapshot shows a kubelet that is not heard of, and nothing tells that it ever will be.
    pub(super) fn stay_silent(&mut self, told: EventId) {
        self.stays_silent = true;
        self.silence = Some(Silence {
            since: SimTime::ZERO,
            cause: Some(told),
        });
    }

    /// A machine is built anew: what the old one's kubelet had to tell is gone with it.
    pub(super) fn begin_anew(&mut self) {
        let was_silent = std::mem::take(&mut self.stays_silent) || self.absence.take().is_some();
        self.is_overdue = false;
        if was_silent && self.cuts == 0 {
            self.silence = None;
            self.held.clear();
        }
    }

    /// Its kubelet is away as planned; nothing is heard of it meanwhile.
    pub(super) fn leave(&mut self, absence: Absence, silence: Silence) {
        self.absence = Some(absence);
        self.is_overdue = false;
        self.silence.get_or_insert(silence);
    }

    /// Its kubelet is heard again after an absence, and why it was away; none while it is cut off.
    pub(super) fn come_back(&mut self) -> Option<Absence> {
        if self.is_cut_off() {
            self.is_overdue = self.absence.is_some();
            return None;
        }
        let absence = self.absence.take()?;
        self.is_overdue = false;
        self.stays_silent = false;
        self.silence = None;
        Some(absence)
    }

    /// Whether a fault cuts the node off, rather than that it has not reported since.
    pub(super) fn is_cut_off(&self) -> bool {
        self.cuts > 0
    }
}

impl World {
    /// Whether nothing is heard of a node because it is cut off, or was.
    pub(super) fn is_silent(&self, node: NodeIdx) -> bool {
        self.nodes[node.index()].contact.silence.is_some()
    }

    /// Whether a node's machine is deleted.
    pub(super) fn is_deleted(&self, node: NodeIdx) -> bool {
        self.nodes[node.index()].deleted
    }

    /// The node whose kubelet would do `action` and is not heard of.
    pub(super) fn silent_doer(&self, action: Action) -> Option<NodeIdx> {
        let node = match action {
            Action::NodeBooted(node, _)
            | Action::NodeNetworkUp(node, _)
            | Action::CniRestarted(node)
            | Action::CniRepaired(node) => Some(node),
            Action::PodGone(pod) | Action::PodReady(pod, _) => self.pods[pod.index()].node.get(),
            _ => None,
        };
        node.filter(|node| self.is_silent(*node))
    }

    /// Holds back what a silent kubelet would do.
    pub(super) fn hold_back(&mut self, ctx: &Ctx<'_>, node: NodeIdx, action: Action) {
        self.nodes[node.index()].contact.held.push(action);
        if let Action::PodGone(pod) = action
            && self.pods[pod.index()].level == PodLevel::Terminating
        {
            let cause = self.nodes[node.index()].contact.silence;
            let cause = cause.and_then(|silence| silence.cause);
            self.emit_pod(pod, EventKind::TerminationWaits { pod, node }, cause);
            if self.takes_for_gone(node) {
                self.skip_wait_for(ctx, pod, node);
            }
        }
    }

    /// A fault cuts nodes off.
    pub(super) fn cut_off(&mut self, ctx: &Ctx<'_>, fault: FaultIdx, event: EventId) {
        for node in self.nodes_struck(ctx, fault) {
            self.cut_off_node(fault, node, event);
        }
        self.plan_check();
        self.refresh_members(ctx, event);
    }

    /// Cuts one node off, unless another fault does already. Its last renewal lies anywhere in the
    /// ten seconds before.
    fn cut_off_node(&mut self, fault: FaultIdx, node: NodeIdx, cause: EventId) {
        self.faults[fault.index()].cut_off.push(node);
        let contact = &mut self.nodes[node.index()].contact;
        contact.cuts += 1;
        if contact.cuts == 1 {
            self.tell_cut_off(fault, node, cause);
        }
    }

    /// A node is silent because of a fault, whatever made it so before.
    fn tell_cut_off(&mut self, fault: FaultIdx, node: NodeIdx, cause: EventId) {
        let event = self.emit_node(node, EventKind::NodeCutOff { node, fault }, Some(cause));
        let phase = self.kubelet_phase(node, 6);
        let last = SimTime::from_millis(self.now().as_millis().saturating_sub(phase));
        let state = &mut self.nodes[node.index()];
        let since = last.max(state.ready_since);
        let cause = Some(event);
        let silence = Silence { since, cause };
        state.contact.silence.get_or_insert(silence).cause = cause;
    }

    /// Where in its ten seconds a kubelet is, in milliseconds; `number` tells one use from others.
    pub(super) fn kubelet_phase(&self, node: NodeIdx, number: u64) -> u64 {
        let key = rng::child_key(self.nodes[node.index()].key, number);
        let mut luck = self.streams.open(key, Purpose::Fault);
        luck.duration(&timing::KUBELET_PHASE).as_millis()
    }

    /// A machine that is ordered in a zone which is cut off is cut off too, by its own luck.
    pub(super) fn cut_off_newcomer(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        for index in 0..ctx.faults.len() {
            let fault = FaultIdx::new(index);
            let state = &self.faults[index];
            let Some(event) = state.active else { continue };
            let struck = ctx.faults[index].kind == FaultKind::ZoneOutage
                && state.zone == Some(monitor::position(self.nodes[node.index()].zone))
                && self.hits_node(ctx, fault, node);
            if struck {
                self.cut_off_node(fault, node, event);
            }
        }
    }

    /// A fault that cut nodes off is over: each is heard of with its next report.
    pub(super) fn let_back(&mut self, ctx: &Ctx<'_>, fault: FaultIdx, event: EventId) {
        for node in std::mem::take(&mut self.faults[fault.index()].cut_off) {
            let contact = &mut self.nodes[node.index()].contact;
            contact.cuts -= 1;
            if contact.cuts == 0 {
                self.await_report(node, event);
                continue;
            }
            let others = self.faults.iter().zip((0..).map(FaultIdx::new));
            let mut others = others.filter(|(state, _)| state.cut_off.contains(&node));
            let other = others.find_map(|(state, fault)| Some((fault, state.active?)));
            if let Some((fault, began)) = other {
                self.tell_cut_off(fault, node, began);
            }
        }
        self.refresh_members(ctx, event);
    }

    /// A node's kubelet reports within ten seconds.
    pub(super) fn await_report(&mut self, node: NodeIdx, cause: EventId) {
        let phase = SimDuration::from_millis(self.kubelet_phase(node, 7));
        self.schedule(phase, Action::NodeHeard(node, cause));
    }

    /// A kubelet reports again: its node is Ready if it was, and what was held back is told.
    pub(super) fn node_heard(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let state = &mut self.nodes[node.index()];
        if state.contact.cuts > 0 || state.deleted {
            return;
        }
        if state.contact.absence.is_some() {
            let boot = state.boots;
            if state.contact.is_overdue {
                self.kubelet_back(ctx, node, boot);
            }
            return;
        }
        let was_cut_off = state.contact.silence.take().is_some();
        let mut cause = cause;
        if was_cut_off {
            cause = self.emit_node(node, EventKind::NodeReconnected { node }, Some(cause));
        }
        self.return_to_ready(ctx, node, cause);
        self.tell_held(ctx, node);
        if was_cut_off {
            self.unmount_volumes(ctx, node);
        }
        self.check_at_next_tick();
        self.roll_cni(ctx);
    }

    /// A kubelet tells what it could not tell while it was not heard of.
    pub(super) fn tell_held(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        for action in std::mem::take(&mut self.nodes[node.index()].contact.held) {
            let delay = self.delay_of_held(ctx, action);
            self.schedule(delay, action);
        }
    }

    /// A node that counted as Unknown is Ready again, unless no lease is renewed at all.
    pub(super) fn return_to_ready(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let lapsing = self.control.lapsing_since.is_some();
        let state = &mut self.nodes[node.index()];
        if !lapsing && std::mem::take(&mut state.lease_lapsed) && state.present {
            self.make_node_ready(ctx, node, Some(cause));
        }
    }

    /// How long what was held back takes. A pod that stops is given its grace period again (§4.1).
    fn delay_of_held(&self, ctx: &Ctx<'_>, action: Action) -> SimDuration {
        match action {
            Action::PodGone(pod) => {
                let key = rng::child_key(self.pods[pod.index()].key, 2);
                let mut luck = self.streams.open(key, Purpose::Termination);
                let grace = ctx.workload(self, pod).grace;
                self.stop_time(ctx, pod, grace, &mut luck)
            }
            _ => self.control.write_latency(),
        }
    }

    /// A pod that was bound to a silent node starts.
    pub(super) fn start_held_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let state = &self.pods[pod.index()];
        if state.level == PodLevel::Starting && state.running_at == SimTime::MAX {
            self.start_pod(ctx, pod);
        }
    }

    /// A kubelet is back and unmounts what no pod of its node needs.
    pub(super) fn unmount_volumes(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        for index in 0..self.volumes.len() {
            let volume = &mut self.volumes[index];
            if volume.node == Some(node) && volume.forced_at.take().is_some() {
                self.hand_over_volume(ctx, VolumeIdx::new(index));
            }
        }
    }

    /// Nobody needs a volume on a node that cannot tell that it is unmounted: it is detached by
    /// force in the end.
    pub(super) fn request_detach(&mut self, volume: VolumeIdx) {
        let at = self.now() + timing::FORCE_DETACH;
        self.volumes[volume.index()].forced_at = Some(at);
        self.schedule_at(at, Action::ForceDetach(volume));
    }

    /// A volume's unmounting was waited for long enough. A node that is Ready is waited for longer;
    /// it is heard of, so it will tell.
    pub(super) fn force_detach(&mut self, ctx: &Ctx<'_>, volume: VolumeIdx) {
        let now = self.now();
        let state = &self.volumes[volume.index()];
        let Some(node) = state.node.filter(|_| state.forced_at == Some(now)) else {
            return;
        };
        if !self.controller_works() || self.nodes[node.index()].ready {
            return;
        }
        self.volumes[volume.index()].forced_at = None;
        let silence = self.nodes[node.index()].contact.silence;
        let cause = silence.and_then(|silence| silence.cause);
        let cause = cause.or(self.nodes[node.index()].last);
        self.emit(EventKind::VolumeForceDetached { volume, node }, cause);
        self.hand_over_volume(ctx, volume);
    }

    /// A new leader of the controller-manager counts every wait for an unmount from its own start.
    pub(super) fn restart_detaches(&mut self) {
        for index in 0..self.volumes.len() {
            if self.volumes[index].forced_at.is_some() {
                self.request_detach(VolumeIdx::new(index));
            }
        }
    }

    /// The controller reaches the API again: what fell due meanwhile is done.
    pub(super) fn resume_overdue(&mut self) {
        let now = self.now();
        for index in 0..self.volumes.len() {
            if self.volumes[index].forced_at.is_some_and(|at| at <= now) {
                self.volumes[index].forced_at = Some(now);
                self.schedule_at(now, Action::ForceDetach(VolumeIdx::new(index)));
            }
        }
        for index in 0..self.nodes.len() {
            let collected_at = &mut self.nodes[index].contact.collected_at;
            if collected_at.is_some_and(|at| at <= now) {
                *collected_at = Some(now);
                self.schedule_at(now, Action::CollectPods(NodeIdx::new(index)));
            }
        }
    }

    /// A deleted node's kubelet will never tell that its pods have stopped: they are collected.
    pub(super) fn orphan_pods(&mut self, node: NodeIdx) {
        let start = self.control.controller_manager.since;
        let seen = self.now().tick_after(start, timing::ORPHAN_PERIOD);
        let at = seen + timing::ORPHAN_QUARANTINE;
        self.nodes[node.index()].contact.collected_at = Some(at);
        self.schedule_at(at, Action::CollectPods(node));
    }

    /// Removes the pods of a node whose object is gone.
    pub(super) fn collect_pods(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        let now = self.now();
        let contact = &mut self.nodes[node.index()].contact;
        if contact.collected_at != Some(now) || !self.controller_works() {
            return;
        }
        self.nodes[node.index()].contact.collected_at = None;
        let removed = self.nodes[node.index()].last;
        for pod in self.nodes[node.index()].pods.clone() {
            let event = self.emit_pod(pod, EventKind::PodCollected { pod, node }, removed);
            self.lose_pod_by(ctx, pod, event);
        }
        if let Some(removed) = removed {
            self.lose_finished(ctx, node, removed);
        }
    }

    /// A new leader of the controller-manager misses deleted nodes from its own start.
    pub(super) fn restart_collection(&mut self) {
        for index in 0..self.nodes.len() {
            if self.nodes[index].contact.collected_at.is_some() {
                self.orphan_pods(NodeIdx::new(index));
            }
        }
    }
}
