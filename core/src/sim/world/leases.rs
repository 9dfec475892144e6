//! Leases: who leads, for how long, and which nodes still count as alive (k8s-truth §6, §8).

use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::math;
use crate::rng::{Distribution, Purpose, Stream};
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, EventKind, NodeTrouble, PodLevel, PodTrouble};
use crate::units::{SimDuration, SimTime};

/// Both components.
const COMPONENTS: [ApiComponent; 2] = [ApiComponent::ControllerManager, ApiComponent::Scheduler];
/// A lease that is lost less often than once in this many tries is taken to hold.
const NEGLIGIBLE: f64 = 1e-7;
/// A candidate that succeeds less often than this never gets a lease.
const HOPELESS: f64 = 1e-3;

/// A component's lease.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    pub(super) held: bool,
    pub(super) since: SimTime,
    pub(super) event: Option<EventId>,
    /// How often it was lost; names the luck of the next time.
    pub(super) losses: u32,
}

impl Default for Lease {
    fn default() -> Self {
        Self {
            held: true,
            since: SimTime::ZERO,
            event: None,
            losses: 0,
        }
    }
}

impl World {
    /// The luck of a component's next loss or gain.
    fn lease_luck(&self, component: ApiComponent) -> Stream {
        let lease = self.control.lease(component);
        let number = u64::from(lease.losses) * 2 + u64::from(lease.held);
        let key = crate::rng::child_key(self.key, number * 2 + component as u64);
        self.streams.open(key, Purpose::Election)
    }

    /// A component stops leading; `takeover` is how long a candidate waits before it tries.
    pub(super) fn lose_lease(
        &mut self,
        component: ApiComponent,
        takeover: Distribution,
        cause: Option<EventId>,
    ) {
        if !self.control.lease(component).held {
            return;
        }
        let event = self.emit(EventKind::LeaseLost { component }, cause);
        let lease = self.control.lease_mut(component);
        lease.held = false;
        lease.event = Some(event);
        lease.losses += 1;
        self.schedule_gain(component, takeover);
    }

    /// Schedules when a candidate takes a free lease over, if one ever does.
    fn schedule_gain(&mut self, component: ApiComponent, takeover: Distribution) {
        let chance = self.control.effects.renewal_chance;
        if chance < HOPELESS {
            return;
        }
        let mut luck = self.lease_luck(component);
        let wait = luck.duration(takeover);
        let tries = geometric(&mut luck, chance) - 1;
        let delay = wait + SimDuration::from_secs(3) * tries;
        self.schedule(delay, Action::LeaseGain(component, self.control.epoch));
    }

    /// A component cannot renew its lease in time.
    pub(super) fn lease_loss(&mut self, component: ApiComponent, epoch: u32) {
        if epoch == self.control.epoch {
            self.lose_lease(component, timing::LEASE_TAKEOVER, self.control.etcd_event);
        }
    }

    /// A candidate takes a lease over and the component works again.
    pub(super) fn lease_gain(&mut self, ctx: &Ctx<'_>, component: ApiComponent, epoch: u32) {
        if epoch != self.control.epoch || self.control.lease(component).held {
            return;
        }
        let cause = self.control.lease(component).event;
        let event = self.emit(EventKind::LeaseAcquired { component }, cause);
        let now = self.now();
        let lease = self.control.lease_mut(component);
        lease.held = true;
        lease.since = now;
        lease.event = Some(event);
        self.schedule_loss(component);
        match component {
            ApiComponent::ControllerManager => {
                self.resume_budgets(ctx, event);
                self.resume_owners(ctx);
                self.roll_cni(ctx);
                self.watch_node_leases(ctx);
            }
            ApiComponent::Scheduler => self.resume_scheduling(ctx),
        }
    }

    /// Schedules when a held lease is lost under etcd's state as it is, if it ever is.
    fn schedule_loss(&mut self, component: ApiComponent) {
        let chance = self.control.effects.lease_loss_chance();
        if chance < NEGLIGIBLE {
            return;
        }
        let deadlines = geometric(&mut self.lease_luck(component), chance);
        let delay = SimDuration::from_secs(10) * deadlines;
        self.schedule(delay, Action::LeaseLoss(component, self.control.epoch));
    }

    /// etcd's state changed: every lease has new chances.
    pub(super) fn reconsider_leases(&mut self, ctx: &Ctx<'_>, event: EventId) {
        for component in COMPONENTS {
            if self.control.lease(component).held {
                self.schedule_loss(component);
            } else {
                self.schedule_gain(component, timing::LEASE_TAKEOVER);
            }
        }
        if self.control.effects.node_leases_lapse() {
            self.watch_node_leases(ctx);
        } else {
            self.renew_node_leases(ctx, event);
        }
    }

    /// A working controller-manager starts to count the silence of nodes, if they are silent.
    pub(super) fn watch_node_leases(&mut self, ctx: &Ctx<'_>) {
        if self.control.effects.node_leases_lapse() {
            let grace = timing::node_grace(ctx.cluster.version.value().copied());
            self.schedule(grace, Action::NodeLeasesLapse(self.control.epoch));
        }
    }

    /// A grace period is over: a controller-manager that worked all the time calls every node
    /// Unknown that was silent as long. All zones are disrupted then, so nothing is evicted by
    /// taint.
    pub(super) fn node_leases_lapse(&mut self, ctx: &Ctx<'_>, epoch: u32) {
        let lease = self.control.controller_manager;
        let grace = timing::node_grace(ctx.cluster.version.value().copied());
        let watched = self.now().since(lease.since) >= grace;
        if epoch != self.control.epoch || !lease.held || !watched || !self.control.answers() {
            return;
        }
        let cause = self.control.etcd_event;
        for index in 0..self.nodes.len() {
            let node = NodeIdx::new(index);
            let state = &self.nodes[index];
            let silent = self.now().since(state.ready_since) >= grace;
            if state.present && state.ready && silent {
                self.nodes[index].lease_lapsed = true;
                self.lose_node(ctx, node, NodeTrouble::LeaseExpired, cause);
            }
        }
    }

    /// A node is no longer Ready, and its pods count as unready at once.
    fn lose_node(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        why: NodeTrouble,
        cause: Option<EventId>,
    ) {
        let event = self.emit_node(node, EventKind::NodeNotReady { node, why }, cause);
        self.nodes[node.index()].ready = false;
        self.refresh_room(node);
        for pod in self.nodes[node.index()].pods.clone() {
            if self.pods[pod.index()].level == PodLevel::Ready {
                let why = PodTrouble::NodeNotReady;
                let event = self.emit_pod(pod, EventKind::PodUnready { pod, why }, Some(event));
                self.leave_ready(ctx, pod, event);
                self.pods[pod.index()].level = PodLevel::Starting;
            }
        }
    }

    /// Kubelets renew their leases again: their nodes are Ready, and so are the pods on them.
    fn renew_node_leases(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        for index in 0..self.nodes.len() {
            if std::mem::take(&mut self.nodes[index].lease_lapsed) {
                self.make_node_ready(ctx, NodeIdx::new(index), Some(cause));
            }
        }
    }
}

/// The number of tries up to the first success of this chance, at least 1.
fn geometric(luck: &mut Stream, chance: f64) -> u64 {
    if chance >= 1.0 {
        return 1;
    }
    let unit = ((luck.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    let tries = math::ln(unit) / math::ln(1.0 - chance);
    (tries as u64).saturating_add(1).min(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ClusterIdx;
    use crate::inventory::Evidence;
    use crate::rng::Streams;
    use crate::sim::etcd;
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
        };
        let mut world = World::new(&ctx, Streams::new(1, 0));
        world.control.effects = etcd::effects(10_000_000, 3);
        let at = |secs| SimTime::ZERO + SimDuration::from_secs(secs);
        for (secs, node) in [(0, NodeIdx(0)), (20, NodeIdx(1))] {
            world.queue.wait_until(at(secs));
            world.make_node_ready(&ctx, node, None);
        }
        assert!(world.run_until(&ctx, at(600), &mut 100));
        let lapses = world.events.iter().filter_map(|event| match event.kind {
            EventKind::NodeNotReady { node, .. } => Some((event.at, node)),
            _ => None,
        });
        let lapses: Vec<_> = lapses.collect();
        assert_eq!(lapses, [(at(45), NodeIdx(0)), (at(65), NodeIdx(1))]);
    }
}
