//! What the node lifecycle controller does about nodes that are not heard of (k8s-truth §6): they
//! are Unknown after the grace period, tainted at the pace of their zone, and untainted when they
//! are back.
//!
//! What it remembers dies with its lease: the next leader counts every silence from its own start.
//! A node that was not Ready in the snapshot counts in its zone; since when it was not is not told,
//! so what taint eviction had to do there is taken to be done.

use super::contact::{Silence, Taint};
use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx, PodIdx, ZoneIdx};
use crate::sim::node_lifecycle::taint_eviction::{Delay, min_toleration_time};
use crate::sim::node_lifecycle::zone::{self, DEFAULTS, Others, ZoneState};
use crate::sim::node_lifecycle::{MONITOR_PERIOD, monitor_grace_period};
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, EventKind, NodeTrouble, PodLevel, PodTrouble};
use crate::units::{SimDuration, SimTime};

/// The memory of the controller that leads.
#[derive(Debug)]
pub(super) struct Monitor {
    /// Nodes without a zone form the first.
    zones: Vec<Zone>,
    all_disrupted: bool,
    /// Silences count from here at the soonest.
    since: SimTime,
    /// Whether there is anything to look after.
    is_busy: bool,
    next_check: Option<SimTime>,
    next_eviction: Option<SimTime>,
}

/// A zone, and the bucket of one token that paces its taints.
#[derive(Clone, Debug)]
struct Zone {
    state: ZoneState,
    /// How long a token takes to come; none means never.
    interval: Option<SimDuration>,
    next_token: SimTime,
    /// Unknown nodes to be tainted, in the order in which they became so.
    queue: Vec<NodeIdx>,
    /// When the next is tainted.
    armed: Option<SimTime>,
}

impl Monitor {
    /// The memory of a controller that has just begun, in a cluster of so many zones.
    pub(super) fn new(n_zones: usize) -> Self {
        let zone = Zone {
            state: ZoneState::Normal,
            interval: interval(DEFAULTS.rate),
            next_token: SimTime::ZERO,
            queue: Vec::new(),
            armed: None,
        };
        Self {
            zones: vec![zone; n_zones + 1],
            all_disrupted: false,
            since: SimTime::ZERO,
            is_busy: false,
            next_check: None,
            next_eviction: None,
        }
    }
}

/// The time between two taints at so many a second; none at no rate.
fn interval(per_sec: f64) -> Option<SimDuration> {
    (per_sec > 0.0).then(|| SimDuration::from_millis((1_000.0 / per_sec + 0.5) as u64))
}

/// The position of a zone among those of the controller.
pub(super) fn position(zone: Option<ZoneIdx>) -> usize {
    zone.map_or(0, |zone| zone.index() + 1)
}

impl World {
    /// Whether a controller-manager leads and reaches the API.
    pub(super) fn controller_works(&self) -> bool {
        self.control.works(ApiComponent::ControllerManager)
    }

    /// Whether any node is lost, or was a moment ago.
    pub(super) fn is_busy(&self) -> bool {
        self.monitor.is_busy
    }

    /// Whether a timer runs that only this controller's end could stop: it was there when something
    /// last happened.
    pub(super) fn awaits_timers(&self) -> bool {
        let monitor = &self.monitor;
        let runs = monitor.next_check.is_some()
            || monitor.next_eviction.is_some()
            || monitor.zones.iter().any(|zone| zone.armed.is_some())
            || self.volumes.iter().any(|volume| volume.forced_at.is_some())
            || self
                .nodes
                .iter()
                .any(|node| node.contact.collected_at.is_some());
        runs && self.control.controller_manager.since <= self.last_work
    }

    /// A controller-manager has begun to lead, with no memory.
    pub(super) fn restart_monitor(&mut self, ctx: &Ctx<'_>) {
        let now = self.now();
        let is_busy = self.monitor.is_busy;
        self.monitor = Monitor::new(ctx.cluster.zones.len());
        self.monitor.since = now;
        self.monitor.is_busy = is_busy;
        for node in &mut self.nodes {
            if let Some(taint) = &mut node.contact.taint {
                taint.since = now;
            }
        }
        self.restart_detaches();
        self.restart_collection();
        self.resume_monitor(ctx);
    }

    /// The controller reaches the API again and does what it could not.
    pub(super) fn resume_monitor(&mut self, ctx: &Ctx<'_>) {
        self.monitor.next_check = None;
        self.monitor.next_eviction = None;
        for zone in &mut self.monitor.zones {
            zone.armed = None;
        }
        if self.monitor.is_busy {
            self.check_nodes_at(self.now());
        }
        self.plan_check();
        self.plan_evictions(ctx);
        self.arm_zones();
        self.resume_overdue();
    }

    /// Since when a node is silent, and why.
    fn silence(&self, node: NodeIdx) -> Option<Silence> {
        let state = &self.nodes[node.index()];
        state.contact.silence.or_else(|| {
            Some(Silence {
                since: self.control.lapsing_since?.max(state.ready_since),
                cause: self.control.renewal_trouble(),
            })
        })
    }

    /// The check at which a node will be called Unknown if it stays silent.
    fn unknown_at(&self, node: NodeIdx) -> Option<SimTime> {
        let state = &self.nodes[node.index()];
        if !state.present || !state.ready {
            return None;
        }
        let grace = monitor_grace_period(self.control.rules());
        let seen = self.silence(node)?.since.max(self.monitor.since);
        Some((seen + grace).tick_after(self.control.controller_manager.since, MONITOR_PERIOD))
    }

    /// Schedules the check at which the next silent node is called Unknown.
    pub(super) fn plan_check(&mut self) {
        let nodes = (0..self.nodes.len()).map(NodeIdx::new);
        if let Some(at) = nodes.filter_map(|node| self.unknown_at(node)).min() {
            self.check_nodes_at(at);
        }
    }

    /// A node's readiness changed; the next check sees it, if there is anything to look after.
    pub(super) fn check_at_next_tick(&mut self) {
        if self.monitor.is_busy {
            let start = self.control.controller_manager.since;
            self.check_nodes_at(self.now().tick_after(start, MONITOR_PERIOD));
        }
    }

    fn check_nodes_at(&mut self, at: SimTime) {
        if self.monitor.next_check.is_none_or(|next| at < next) {
            self.monitor.next_check = Some(at);
            self.schedule_at(at, Action::NodeCheck);
        }
    }

    /// The controller looks at every node.
    pub(super) fn check_nodes(&mut self, ctx: &Ctx<'_>) {
        if self.monitor.next_check != Some(self.now()) || !self.controller_works() {
            return;
        }
        self.monitor.next_check = None;
        for node in (0..self.nodes.len()).map(NodeIdx::new) {
            if self.unknown_at(node).is_some_and(|at| at <= self.now()) {
                let cause = self.silence(node).and_then(|silence| silence.cause);
                self.lose_node(ctx, node, cause);
            }
        }
        self.untaint_nodes_back(ctx);
        self.judge_zones(ctx);
        self.queue_unknown_nodes();
        self.arm_zones();
        self.monitor.is_busy = self.monitor.all_disrupted
            || self.nodes.iter().any(|node| node.lease_lapsed)
            || self
                .monitor
                .zones
                .iter()
                .any(|zone| zone.state != ZoneState::Normal);
        self.plan_check();
    }

    /// A node is Unknown, and its pods count as unready at once.
    fn lose_node(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: Option<EventId>) {
        let why = NodeTrouble::LeaseExpired;
        let event = self.emit_node(node, EventKind::NodeNotReady { node, why }, cause);
        self.nodes[node.index()].ready = false;
        self.nodes[node.index()].lease_lapsed = true;
        self.refresh_room(node);
        for pod in self.nodes[node.index()].pods.clone() {
            if self.pods[pod.index()].level == PodLevel::Ready {
                let why = PodTrouble::NodeNotReady;
                let event = self.emit_pod(pod, EventKind::PodUnready { pod, why }, Some(event));
                self.leave_ready(ctx, pod, event);
                self.pods[pod.index()].level = PodLevel::Starting;
            }
        }
        self.skip_deleted(ctx, node);
    }

    /// Nodes that are Ready lose their taint.
    fn untaint_nodes_back(&mut self, ctx: &Ctx<'_>) {
        for node in (0..self.nodes.len()).map(NodeIdx::new) {
            let state = &self.nodes[node.index()];
            if state.ready && state.contact.taint.is_some() {
                self.untaint(ctx, node, state.last);
            }
        }
    }

    fn untaint(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: Option<EventId>) {
        if self.nodes[node.index()].contact.taint.take().is_some() {
            self.emit_node(node, EventKind::NodeUntainted { node }, cause);
            self.refresh_room(node);
            self.wake_parked(ctx, node);
        }
    }

    /// Nodes of each zone that are Ready and that are not.
    fn count_zones(&self, ctx: &Ctx<'_>) -> Vec<(u32, u32)> {
        let mut counts = vec![(0, 0); self.monitor.zones.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            let model = self.model_of(NodeIdx::new(index));
            if !node.present || ctx.cluster.nodes[model.index()].excluded_from_disruption {
                continue;
            }
            let (ready, not_ready) = &mut counts[position(node.zone)];
            *ready += u32::from(node.ready);
            *not_ready += u32::from(!node.ready);
        }
        counts
    }

    /// Brings the state of every zone up to date (`handleDisruption`).
    fn judge_zones(&mut self, ctx: &Ctx<'_>) {
        let counts = self.count_zones(ctx);
        let state = |(ready, not_ready): (u32, u32)| {
            (ready + not_ready > 0).then(|| zone::state(ready, not_ready, DEFAULTS))
        };
        let states: Vec<_> = counts.iter().map(|count| state(*count)).collect();
        let mut known = states.iter().flatten().peekable();
        let all_disrupted =
            known.peek().is_some() && known.all(|state| *state == ZoneState::FullDisruption);
        let were_all = std::mem::replace(&mut self.monitor.all_disrupted, all_disrupted);
        let cause = self.nodes.iter().filter_map(|node| node.last).max();
        if all_disrupted && !were_all {
            self.stop_tainting(ctx, cause);
        }
        if all_disrupted {
            return;
        }
        let mut cause = cause;
        if were_all {
            cause = Some(self.emit(EventKind::AllZonesRecovered {}, cause));
            self.monitor.since = self.now();
        }
        for (index, (state, (ready, not_ready))) in states.into_iter().zip(counts).enumerate() {
            let before = self.monitor.zones[index].state;
            if let Some(state) = state.filter(|state| were_all || *state != before) {
                self.set_zone_state(index, state, ready + not_ready, cause);
            }
        }
    }

    /// A zone is tainted at another pace. The first token of a new bucket is there at once unless
    /// the old bucket was empty.
    fn set_zone_state(
        &mut self,
        index: usize,
        state: ZoneState,
        n_nodes: u32,
        cause: Option<EventId>,
    ) {
        let now = self.now();
        let rate = zone::taint_rate(state, n_nodes, Others::SomeLive, DEFAULTS);
        let zone = &mut self.monitor.zones[index];
        let before = std::mem::replace(&mut zone.state, state);
        let old = std::mem::replace(&mut zone.interval, interval(rate));
        if let Some(interval) = zone.interval.filter(|_| old != zone.interval) {
            let was_empty = old.is_none() || now < zone.next_token;
            zone.next_token = if was_empty { now + interval } else { now };
        }
        zone.armed = None;
        if state != before {
            let per_hour = (rate * 3_600.0 + 0.5) as u32;
            let zone = index.checked_sub(1).map(ZoneIdx::new);
            let kind = match state {
                ZoneState::Normal => EventKind::ZoneRecovered { zone },
                ZoneState::FullDisruption | ZoneState::PartialDisruption => {
                    EventKind::ZoneDisrupted {
                        zone,
                        state,
                        per_hour,
                    }
                }
            };
            self.emit(kind, cause);
        }
    }

    /// No zone has a Ready node: taints go, and none come.
    fn stop_tainting(&mut self, ctx: &Ctx<'_>, cause: Option<EventId>) {
        let event = self.emit(EventKind::AllZonesDisrupted {}, cause);
        for zone in &mut self.monitor.zones {
            zone.state = ZoneState::FullDisruption;
            zone.interval = None;
            zone.armed = None;
            zone.queue.clear();
        }
        for node in (0..self.nodes.len()).map(NodeIdx::new) {
            self.untaint(ctx, node, Some(event));
        }
    }

    /// Lists Unknown nodes that are not tainted.
    fn queue_unknown_nodes(&mut self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let waits = node.present && node.lease_lapsed && node.contact.taint.is_none();
            let (index, queue) = (
                NodeIdx::new(index),
                &mut self.monitor.zones[position(node.zone)].queue,
            );
            match queue.iter().position(|queued| *queued == index) {
                None if waits => queue.push(index),
                Some(at) if !waits => {
                    queue.remove(at);
                }
                None | Some(_) => {}
            }
        }
    }

    /// Schedules the next taint of every zone that has one to give.
    fn arm_zones(&mut self) {
        let soonest = self.now() + timing::TAINT_PERIOD;
        for index in 0..self.monitor.zones.len() {
            let zone = &mut self.monitor.zones[index];
            let idle = zone.interval.is_none() || zone.queue.is_empty();
            if idle || zone.armed.is_some() {
                continue;
            }
            let at = zone.next_token.max(soonest);
            zone.armed = Some(at);
            self.schedule_at(at, Action::TaintNode(index as u32));
        }
    }

    /// The first node that waits in a zone is tainted.
    pub(super) fn taint_node(&mut self, ctx: &Ctx<'_>, index: u32) {
        let now = self.now();
        let works = self.controller_works();
        let zone = &mut self.monitor.zones[index as usize];
        let Some(interval) = zone.interval.filter(|_| zone.armed == Some(now) && works) else {
            return;
        };
        zone.armed = None;
        let nodes = &self.nodes;
        zone.queue.retain(|node| nodes[node.index()].lease_lapsed);
        if zone.queue.is_empty() {
            return;
        }
        let node = zone.queue.remove(0);
        zone.next_token = now + interval;
        let cause = self.nodes[node.index()].last;
        let event = self.emit_node(node, EventKind::NodeTainted { node }, cause);
        let since = now;
        self.nodes[node.index()].contact.taint = Some(Taint { since, event });
        self.plan_evictions(ctx);
        self.arm_zones();
    }

    /// When a pod is deleted from a tainted node, if it ever is.
    fn evicted_at(&self, ctx: &Ctx<'_>, taint: Taint, pod: PodIdx) -> Option<SimTime> {
        let runs = matches!(
            self.pods[pod.index()].level,
            PodLevel::Starting | PodLevel::Ready
        );
        let limits = &ctx.workload(self, pod).unreachable_limits;
        match min_toleration_time(limits.iter().copied()) {
            Delay::After(delay) if runs => Some(taint.since + delay),
            Delay::After(_) | Delay::Never => None,
        }
    }

    /// The pods of tainted nodes that will be deleted: when, which, where, and the taint.
    fn tainted_pods(&self, ctx: &Ctx<'_>) -> Vec<(SimTime, PodIdx, NodeIdx, EventId)> {
        let mut found = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(taint) = node.contact.taint.filter(|_| node.present) else {
                continue;
            };
            for pod in &node.pods {
                let at = self.evicted_at(ctx, taint, *pod);
                found.extend(at.map(|at| (at, *pod, NodeIdx::new(index), taint.event)));
            }
        }
        found.sort_unstable();
        found
    }

    /// Schedules the next deletion by taint.
    fn plan_evictions(&mut self, ctx: &Ctx<'_>) {
        let Some((at, ..)) = self.tainted_pods(ctx).first().copied() else {
            return;
        };
        let at = at.max(self.now());
        if self.monitor.next_eviction.is_none_or(|next| at < next) {
            self.monitor.next_eviction = Some(at);
            self.schedule_at(at, Action::TaintEviction);
        }
    }

    /// Deletes the pods whose tolerations are over. No budget is asked.
    pub(super) fn evict_tainted(&mut self, ctx: &Ctx<'_>) {
        if self.monitor.next_eviction != Some(self.now()) || !self.controller_works() {
            return;
        }
        self.monitor.next_eviction = None;
        for (at, pod, node, taint) in self.tainted_pods(ctx) {
            if at <= self.now() {
                let kind = EventKind::PodTaintEvicted { pod, node };
                let event = self.emit_pod(pod, kind, Some(taint));
                self.counters.forced_deletions += 1;
                self.last_work = self.now();
                self.terminate(ctx, pod, event);
            }
        }
        self.plan_evictions(ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ClusterIdx;
    use crate::inventory::Evidence;
    use crate::rng::Streams;
    use crate::sim::log::Keeps;
    use crate::sim::testing::{OLD, cluster, plan};

    // etcd is so slow that no kubelet renews its lease, and a controller-manager works all the
    // time. Both nodes become Ready under it, one 20 s after the other.
    #[test]
    fn a_node_that_joins_while_leases_lapse_lapses_after_a_grace_period_of_its_own() {
        let mut cluster = cluster("eu-1", 2);
        cluster.version = Evidence::Known(OLD);
        let ctx = Ctx {
            cluster: &cluster,
            idx: ClusterIdx(0),
            plan: &plan(&[], &[]),
            steps: &[],
            wave: None,
            faults: &[],
            durations: &[],
            keeps: Keeps::Trace,
        };
        let mut world = World::new(&ctx, Streams::new(1, 0));
        world.control.lapsing_since = Some(SimTime::ZERO);
        let at = |secs| SimTime::ZERO + SimDuration::from_secs(secs);
        for (secs, node) in [(0, NodeIdx(0)), (20, NodeIdx(1))] {
            world.queue.wait_until(at(secs));
            world.make_node_ready(&ctx, node, None);
        }
        assert!(world.run_until(&ctx, at(600), &mut 100));
        let lapses = world
            .log
            .events()
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::NodeNotReady { node, .. } => Some((event.at, node)),
                _ => None,
            });
        let lapses: Vec<_> = lapses.collect();
        assert_eq!(lapses, [(at(45), NodeIdx(0)), (at(65), NodeIdx(1))]);
    }
}
