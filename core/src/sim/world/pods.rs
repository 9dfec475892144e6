//! A pod's life: created, bound, started, ready, stopping, gone (k8s-truth §4).

use super::state::{Network, Pod, VolumeState};
use super::{Action, Ctx, World};
use crate::durations::Quantity;
use crate::ids::{EventId, FinalizerIdx, Maybe, NodeIdx, PodIdx, VolumeIdx};
use crate::inventory::{Cluster, Mounts, PreStop, Sharing, WorkloadType};
use crate::rng::{self, Distribution, Purpose, Stream};
use crate::sim::array;
use crate::sim::scheduler::filters::Change;
use crate::sim::timing;
use crate::sim::trace::{EventKind, PodLevel};
use crate::units::{SimDuration, SimTime};

impl World {
    /// Creates a pod in place of `old`, of the same workload, with the same volumes and, for all
    /// that is known, the same labels.
    pub(super) fn create_pod(
        &mut self,
        ctx: &Ctx<'_>,
        old: PodIdx,
        cause: Option<EventId>,
    ) -> PodIdx {
        let pod = PodIdx::new(self.pods.len());
        let replaced = &self.pods[old.index()];
        let workload = replaced.workload;
        let created = Pod {
            workload,
            node: Maybe::NONE,
            mounts: replaced.mounts,
            selection: replaced.selection,
            finalizer: replaced.finalizer,
            stopped: false,
            gated: replaced.gated,
            deleted: false,
            daemon_of: replaced.daemon_of,
            replaces: Maybe::some(old),
            level: PodLevel::Pending,
            running_at: SimTime::MAX,
            available_at: SimTime::MAX,
            displacements: 0,
            epoch: 0,
            key: rng::child_key(replaced.key, 1),
            last: Maybe::NONE,
            waits_for: Maybe::NONE,
            in_drain: false,
            sick: replaced.sick,
            ordinal: replaced.ordinal,
        };
        array::push(&mut self.pods, created);
        let mounts = self.pods[pod.index()].mounts;
        let selection = self.pods[pod.index()].selection.get();
        self.audit
            .add_pod((workload, selection), mounts, None, PodLevel::Absent);
        let state = &mut self.workloads[workload.index()];
        state.pods.push(pod);
        state.active += 1;
        self.count_part(ctx, pod, Change::Add);
        self.emit_pod(pod, EventKind::PodCreated { pod }, cause);
        pod
    }

    /// Binds a pod and starts it.
    pub(super) fn bind(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) {
        let cause = self.pods[pod.index()].last.get();
        self.emit_pod(pod, EventKind::PodScheduled { pod, node }, cause);
        self.counters.bindings += 1;
        self.end_nomination(pod);
        self.occupy(ctx, pod, node);
        self.pods[pod.index()].level = PodLevel::Starting;
        self.start_pod(ctx, pod);
        self.wake_neighbors(ctx);
    }

    /// Starts a bound pod: sandbox, volume, image, containers, probe.
    pub(super) fn start_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let state = &self.pods[pod.index()];
        let node = state.node.get().expect("a pod that starts is bound");
        let cause = state.last.get();
        self.pods[pod.index()].running_at = SimTime::MAX;
        if self.is_deleted(node) {
            return;
        }
        if self.is_silent(node) {
            self.hold_back(ctx, node, Action::StartPod(pod));
            return;
        }
        match self.nodes[node.index()].network {
            Network::Working => {}
            // It starts with the node's network.
            Network::Starting => return,
            Network::Broken => {
                let cause = self.nodes[node.index()].last.or(cause);
                self.emit_pod(pod, EventKind::SandboxFailed { pod, node }, cause);
                return;
            }
        }
        if let Some(delay) = self.claim_volumes(ctx, pod, node) {
            self.run_pod(ctx, pod, delay);
        }
    }

    /// Runs a pod once `delay` has passed, and schedules its readiness.
    fn run_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx, delay: SimDuration) {
        let workload = ctx.workload(self, pod);
        let mut luck = self
            .streams
            .open(self.pods[pod.index()].key, Purpose::Startup);
        let takes = self.pod_duration(Quantity::PodStart, pod);
        let start = delay + self.control.write_latency() * 3 + luck.duration(takes);
        let probe = workload.readiness.map_or(SimDuration::ZERO, |probe| {
            let phase = luck.duration(&timing::probe_phase(probe.period));
            probe.initial_delay + phase + probe.period * u64::from(probe.successes - 1)
        });
        let running_at = self.now() + start;
        let state = &mut self.pods[pod.index()];
        state.running_at = running_at;
        state.epoch += 1;
        let epoch = state.epoch;
        if !state.sick {
            self.schedule(start + probe, Action::PodReady(pod, epoch));
        }
    }

    /// Takes the pod's volumes over, each as soon as no other node needs it; how long that takes,
    /// or nothing when it must wait for one.
    fn claim_volumes(&mut self, ctx: &Ctx<'_>, pod: PodIdx, node: NodeIdx) -> Option<SimDuration> {
        let mounts = self.pods[pod.index()].mounts;
        if mounts.is_empty() {
            return Some(SimDuration::ZERO);
        }
        let key = self.pods[pod.index()].key;
        let mut luck = self.streams.open(key, Purpose::Volume);
        let now = self.now();
        let mut all_there = Some(now);
        for volume in exclusive(ctx.cluster, mounts) {
            let there = self.claim_volume(pod, (volume, node), &mut luck);
            all_there = all_there.zip(there).map(|(one, other)| one.max(other));
        }
        all_there.map(|at| at.since(now))
    }

    /// Takes one volume over; when it is there, or nothing when the pod must wait for it.
    fn claim_volume(
        &mut self,
        pod: PodIdx,
        (volume, node): (VolumeIdx, NodeIdx),
        luck: &mut Stream,
    ) -> Option<SimTime> {
        let state = &mut self.volumes[volume.index()];
        if state.node == Some(node) {
            state.hold(pod);
            return Some(state.attached_at);
        }
        if !state.wanted_by.contains(&pod) {
            state.wanted_by.push(pod);
            let cause = self.pods[pod.index()].last.get();
            self.emit_pod(pod, EventKind::VolumeMoving { pod, volume }, cause);
        }
        let takes = luck.duration(self.pod_duration(Quantity::VolumeMove, pod));
        let attached_at = self.now() + takes;
        let state = &mut self.volumes[volume.index()];
        if !state.holders.is_empty() || state.forced_at.is_some() {
            return None;
        }
        state.hold(pod);
        state.node = Some(node);
        state.attached_at = attached_at;
        self.counters.volume_moves += 1;
        Some(attached_at)
    }

    /// A pod's probe passes.
    pub(super) fn pod_ready(&mut self, ctx: &Ctx<'_>, pod: PodIdx, epoch: u32) {
        let state = &self.pods[pod.index()];
        if state.epoch != epoch || state.level != PodLevel::Starting {
            return;
        }
        let node = state.node.get().expect("a pod that starts is bound");
        if self.nodes[node.index()].ready || self.is_daemon(ctx, pod) {
            self.make_ready(ctx, pod, self.pods[pod.index()].last.get());
        }
    }

    /// A pod becomes ready, and everything that waited for that follows.
    pub(super) fn make_ready(&mut self, ctx: &Ctx<'_>, pod: PodIdx, cause: Option<EventId>) {
        let event = self.emit_pod(pod, EventKind::PodReady { pod }, cause);
        let workload = self.pods[pod.index()].workload;
        let min_ready = ctx.cluster.workloads[workload.index()].min_ready;
        let available_at = self.now() + min_ready;
        let state = &mut self.pods[pod.index()];
        state.level = PodLevel::Ready;
        state.available_at = available_at;
        self.workloads[workload.index()].ready += 1;
        self.pod_became_healthy(ctx, pod, event);
        if ctx.cluster.workloads[workload.index()].kind == WorkloadType::StatefulSet {
            self.recreate_ordinals(ctx, workload);
            if min_ready > SimDuration::ZERO {
                self.schedule(min_ready, Action::OrdinalsDue(workload));
            }
        }
    }

    /// A ready pod is no longer ready: the bookkeeping, whatever the reason was.
    pub(super) fn leave_ready(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        if self.pods[pod.index()].level != PodLevel::Ready {
            return;
        }
        let workload = self.pods[pod.index()].workload;
        self.workloads[workload.index()].ready -= 1;
        self.pod_became_unhealthy(ctx, pod, event);
    }

    /// A pod is deleted by `event`: it stops within its grace period, and its owner reacts.
    pub(super) fn terminate(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        self.leave_ready(ctx, pod, event);
        let state = &mut self.pods[pod.index()];
        let was = std::mem::replace(&mut state.level, PodLevel::Terminating);
        self.scheduling.n_changes += 1;
        state.epoch += 1;
        state.last = Maybe::some(event);
        let runs = state.running_at <= self.queue.now();
        let (key, in_drain) = (state.key, state.in_drain);
        if !matches!(was, PodLevel::Terminating | PodLevel::Finished) {
            self.workloads[self.pods[pod.index()].workload.index()].active -= 1;
        }
        self.stop_waiting(pod);
        if was != PodLevel::Terminating {
            let stop = match was {
                PodLevel::Pending | PodLevel::Finished => SimDuration::ZERO,
                _ if !runs => SimDuration::from_secs(1),
                _ => {
                    let mut luck = self.streams.open(key, Purpose::Termination);
                    let own = ctx.workload(self, pod).grace;
                    let asked = self.by_hand.as_ref().and_then(|by_hand| by_hand.grace());
                    let grace = asked.filter(|_| in_drain).unwrap_or(own);
                    let grace = self.grace_in_roll(self.pods[pod.index()].node.get(), grace);
                    self.stop_time(ctx, pod, grace, &mut luck)
                }
            };
            self.schedule(stop + self.control.write_latency(), Action::PodGone(pod));
        }
        self.owner_sees_termination(ctx, pod, was);
    }

    /// How long something takes with a pod, where it is.
    fn pod_duration(&self, quantity: Quantity, pod: PodIdx) -> &Distribution {
        let state = &self.pods[pod.index()];
        let pool = state.node.get().map(|node| self.nodes[node.index()].pool);
        self.durations.of_pod(quantity, state.workload, pool)
    }

    /// How long a running pod takes to stop within a grace period.
    pub(super) fn stop_time(
        &self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        grace: SimDuration,
        luck: &mut Stream,
    ) -> SimDuration {
        let workload = ctx.workload(self, pod);
        let sleeps;
        let hook = match workload.pre_stop {
            PreStop::None => None,
            PreStop::Sleeps(length) => {
                sleeps = Distribution::Constant(length);
                Some(&sleeps)
            }
            PreStop::Unknown => Some(self.pod_duration(Quantity::PreStop, pod)),
        };
        let shutdown = self.pod_duration(Quantity::Shutdown, pod);
        timing::termination(hook, shutdown, (workload.sidecars, grace), luck)
    }

    /// A stopped pod's object is removed.
    pub(super) fn pod_gone(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        // Of a machine that is deleted nobody tells that its pods have stopped.
        let orphaned = self.pods[pod.index()]
            .node
            .get()
            .is_some_and(|node| self.is_deleted(node));
        if self.pods[pod.index()].level != PodLevel::Terminating || orphaned {
            return;
        }
        if let Some(finalizer) = self.pods[pod.index()].finalizer.get() {
            self.keep_object(ctx, pod, finalizer);
            return;
        }
        let cause = self.pods[pod.index()].last.get();
        let event = self.emit_pod(pod, EventKind::PodGone { pod }, cause);
        self.remove_pod(ctx, pod, event);
        if ctx.workload(self, pod).kind == WorkloadType::DaemonSet {
            self.replace(ctx, pod);
        }
    }

    /// A stopped pod's object stays: whoever put its finalizer there is not in the snapshot, so
    /// nobody removes it. What the pod had of its node and its volumes is free all the same.
    fn keep_object(&mut self, ctx: &Ctx<'_>, pod: PodIdx, finalizer: FinalizerIdx) {
        if std::mem::replace(&mut self.pods[pod.index()].stopped, true) {
            return;
        }
        let cause = self.pods[pod.index()].last.get();
        self.emit_pod(pod, EventKind::FinalizerHolds { pod, finalizer }, cause);
        if let Some(node) = self.pods[pod.index()].node.get() {
            self.release_requests(ctx, pod, node);
            self.wake_parked(ctx, node);
            self.wake_neighbors(ctx);
        }
        self.release_volumes(ctx, pod);
    }

    /// A pod dies with its machine.
    pub(super) fn lose_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx, cause: EventId) {
        let node = self.pods[pod.index()]
            .node
            .get()
            .expect("a pod on a machine is bound");
        let event = self.emit_pod(pod, EventKind::PodLost { pod, node }, Some(cause));
        self.lose_pod_by(ctx, pod, event);
    }

    /// A pod's object is removed by `event`, however it was.
    pub(super) fn lose_pod_by(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        self.leave_ready(ctx, pod, event);
        let level = self.pods[pod.index()].level;
        if !matches!(level, PodLevel::Terminating | PodLevel::Finished) {
            self.workloads[self.pods[pod.index()].workload.index()].active -= 1;
        }
        self.stop_waiting(pod);
        self.remove_pod(ctx, pod, event);
        if !matches!(level, PodLevel::Terminating | PodLevel::Finished) {
            self.owner_sees_termination(ctx, pod, level);
        }
    }

    /// Takes a pod out of every table and lets others have what it held.
    pub(super) fn remove_pod(&mut self, ctx: &Ctx<'_>, pod: PodIdx, event: EventId) {
        let state = &mut self.pods[pod.index()];
        state.level = PodLevel::Absent;
        state.epoch += 1;
        let workload = state.workload;
        let in_drain = std::mem::take(&mut state.in_drain);
        let node = state.node.get();
        let siblings = &mut self.workloads[workload.index()].pods;
        if let Some(position) = siblings.iter().position(|other| *other == pod) {
            siblings.remove(position);
            self.count_part(ctx, pod, Change::Remove);
        }
        self.unpark(pod);
        if let Some(node) = node {
            self.vacate(ctx, pod, node);
        }
        self.release_volumes(ctx, pod);
        self.owner_sees_end(ctx, pod);
        if let Some(node) = node {
            self.wake_parked(ctx, node);
            if in_drain {
                self.drained_pod_gone(ctx, pod, node, event);
            }
        }
    }

    /// Lets go of a pod's volumes; once no pod has one mounted, those that wait for it go on.
    fn release_volumes(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        for volume in exclusive(ctx.cluster, self.pods[pod.index()].mounts) {
            let state = &mut self.volumes[volume.index()];
            state.wanted_by.retain(|other| *other != pod);
            let held = state.holders.contains(&pod);
            state.holders.retain(|other| *other != pod);
            if !state.holders.is_empty() {
                continue;
            }
            let node = state.node.filter(|_| held);
            // Nobody tells that it is unmounted there.
            if node.is_some_and(|node| self.is_silent(node) || self.is_deleted(node)) {
                self.request_detach(volume);
            } else {
                self.hand_over_volume(ctx, volume);
            }
        }
    }

    /// Those that wait for a volume which nobody has mounted go on.
    pub(super) fn hand_over_volume(&mut self, ctx: &Ctx<'_>, volume: VolumeIdx) {
        let state = &self.volumes[volume.index()];
        // Each tries in turn: the first that can start takes the volume to its node, and others
        // of that node share it.
        for waiting in state.wanted_by.clone() {
            if self.pods[waiting.index()].level == PodLevel::Starting {
                self.start_pod(ctx, waiting);
            }
        }
        self.volume_let_go(ctx);
    }

    /// Whether the pod belongs to a node rather than to a place in the cluster.
    pub(super) fn is_daemon(&self, ctx: &Ctx<'_>, pod: PodIdx) -> bool {
        matches!(
            ctx.workload(self, pod).kind,
            WorkloadType::DaemonSet | WorkloadType::Static
        )
    }
}

/// Those of a pod's volumes that one node may mount at a time.
pub(super) fn exclusive(cluster: &Cluster, mounts: Mounts) -> impl Iterator<Item = VolumeIdx> {
    let mounted = mounts.of(&cluster.mounted).iter().copied();
    mounted.filter(|volume| cluster.volumes[volume.index()].sharing == Sharing::OneNode)
}

impl VolumeState {
    /// A pod has the volume mounted.
    fn hold(&mut self, pod: PodIdx) {
        self.wanted_by.retain(|other| *other != pod);
        if !self.holders.contains(&pod) {
            self.holders.push(pod);
        }
    }
}
