//! Leases: who leads, for how long, and whether kubelets can renew theirs (k8s-truth §6, §8).

use super::{Action, Ctx, World};
use crate::ids::{EventId, NodeIdx};
use crate::math;
use crate::rng::{Distribution, Purpose, Stream};
use crate::sim::node_lifecycle::monitor_grace_period;
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, EventKind};
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
    /// The last renewal that candidates saw, once it is lost.
    seen: SimTime,
    pub(super) event: Option<EventId>,
    /// How often it was lost; names the luck of the next time.
    pub(super) losses: u32,
}

impl Default for Lease {
    fn default() -> Self {
        Self {
            held: true,
            since: SimTime::ZERO,
            seen: SimTime::ZERO,
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
        takeover: &Distribution,
        cause: Option<EventId>,
    ) {
        if !self.control.lease(component).held {
            return;
        }
        let event = self.emit(EventKind::LeaseLost { component }, cause);
        let now = self.now();
        let lease = self.control.lease_mut(component);
        lease.held = false;
        lease.seen = now;
        lease.event = Some(event);
        lease.losses += 1;
        self.schedule_gain(component, takeover);
    }

    /// Schedules when a candidate takes a free lease over, if one ever does.
    pub(super) fn schedule_gain(&mut self, component: ApiComponent, takeover: &Distribution) {
        let chance = self.control.effects.renewal_chance;
        if chance < HOPELESS || !self.control.has_candidate(component) {
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
            let cause = self.control.renewal_trouble();
            let renewed = self.now().as_millis() - timing::RENEW_DEADLINE.as_millis();
            self.lose_lease(component, &timing::LEASE_TAKEOVER, cause);
            self.control.lease_mut(component).seen = SimTime::from_millis(renewed);
        }
    }

    /// Schedules when a candidate takes over a lease that was free before: once it has seen no
    /// renewal for 15 s, with its next try.
    fn reclaim(&mut self, component: ApiComponent) {
        let seen = self.control.lease(component).seen;
        let rest = timing::LEASE_DURATION - self.now().since(seen);
        let takeover = match self.control.members {
            1 => timing::LEASE_FIRST_SEEN,
            _ => Distribution::Uniform {
                min: rest + SimDuration::from_secs(2),
                max: rest + SimDuration::from_secs(4),
            },
        };
        self.schedule_gain(component, &takeover);
    }

    /// A candidate takes a lease over and the component works again.
    pub(super) fn lease_gain(&mut self, ctx: &Ctx<'_>, component: ApiComponent, epoch: u32) {
        let stale = epoch != self.control.epoch || self.control.lease(component).held;
        if stale || !self.control.has_candidate(component) {
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
                self.restart_monitor(ctx);
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
    pub(super) fn reconsider_leases(&mut self, event: EventId) {
        for component in COMPONENTS {
            if self.control.lease(component).held {
                self.schedule_loss(component);
            } else {
                self.reclaim(component);
            }
        }
        self.reconsider_node_leases(event);
    }

    /// Kubelets can renew their leases, or none can.
    fn reconsider_node_leases(&mut self, event: EventId) {
        let grace = monitor_grace_period(self.control.rules());
        if self.control.effects.node_leases_lapse(grace) {
            let now = self.now();
            self.control.lapsing_since.get_or_insert(now);
        } else if self.control.lapsing_since.take().is_some() {
            for node in (0..self.nodes.len()).map(NodeIdx::new) {
                if self.nodes[node.index()].lease_lapsed && !self.is_silent(node) {
                    self.await_report(node, event);
                }
            }
        }
        self.plan_check();
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
