//! Parts of the control plane that are lost and come back: etcd members, API servers, and the
//! processes of the controller-manager (k8s-truth §8).
//!
//! How many are lost is computed anew whenever a fault begins or ends; what follows (quorum, the
//! API, leases) follows from the numbers.

use super::{Action, Ctx, World};
use crate::ids::EventId;
use crate::rng::{self, Purpose};
use crate::sim::etcd;
use crate::sim::fault::FaultKind;
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, EventKind};

/// How many of a control plane's members are without something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    /// Members without etcd.
    pub(super) etcd: u32,
    /// Members without an API server.
    pub(super) servers: u32,
    /// Members without a controller-manager.
    pub(super) managers: u32,
}

/// How a share of members is made a whole number.
#[derive(Clone, Copy, Debug)]
enum Rounding {
    Up,
    Down,
}

impl World {
    /// What is lost may have changed because of `event`.
    pub(super) fn refresh_members(&mut self, ctx: &Ctx<'_>, event: EventId) {
        let before = self.control.lost;
        let after = self.count_lost(ctx);
        if before == after {
            return;
        }
        self.control.lost = after;
        let mut cause = event;
        if before.servers != after.servers {
            cause = self.tell_servers(before.servers, after.servers, event);
        }
        if before.etcd != after.etcd {
            cause = self.tell_etcd(before.etcd, after.etcd, event);
        }
        if (before.servers, before.etcd) != (after.servers, after.etcd) {
            self.change_control(ctx, cause);
        }
        if self.leader_is_cut_off(ctx) {
            self.pass_on_leadership(ctx, event);
        }
        if after.managers < before.managers && !self.control.controller_manager.held {
            self.schedule_gain(ApiComponent::ControllerManager, &timing::LEASE_FIRST_SEEN);
        }
    }

    fn count_lost(&self, ctx: &Ctx<'_>) -> Lost {
        let members = self.control.members;
        let cut_off = self.members_cut_off(ctx).filter(|cut_off| *cut_off).count() as u32;
        let lost = |kind, rounding| (self.share_lost(ctx, kind, rounding) + cut_off).min(members);
        Lost {
            etcd: lost(FaultKind::EtcdMemberLoss, Rounding::Up),
            servers: lost(FaultKind::ControlPlaneOutage, Rounding::Up),
            managers: lost(FaultKind::ControllerManagerCrash, Rounding::Down),
        }
    }

    /// The members that the worst fault of a kind takes away.
    fn share_lost(&self, ctx: &Ctx<'_>, kind: FaultKind, rounding: Rounding) -> u32 {
        let active = ctx.faults.iter().zip(&self.faults);
        let active = active.filter(|(spec, state)| spec.kind == kind && state.active.is_some());
        let share = active.map(|(spec, _)| {
            let thousandths = self.control.members * spec.severity_per_mille;
            match rounding {
                Rounding::Up => thousandths.div_ceil(1_000).max(1),
                Rounding::Down => thousandths / 1_000,
            }
        });
        share.max().unwrap_or(0)
    }

    /// Of each member that runs on a node of its own, whether a fault cuts that node off. A managed
    /// control plane runs elsewhere.
    fn members_cut_off(&self, ctx: &Ctx<'_>) -> impl Iterator<Item = bool> {
        let managed = ctx.cluster.control_plane.managed;
        let pools = ctx.cluster.pools.iter();
        let own = pools.filter(move |pool| pool.control_plane && !managed);
        let nodes = own.flat_map(|pool| pool.nodes.iter().copied());
        nodes.map(|node| self.nodes[node.index()].contact.is_cut_off())
    }

    fn leader_is_cut_off(&self, ctx: &Ctx<'_>) -> bool {
        let leader = self.control.leader as usize - 1;
        self.members_cut_off(ctx).nth(leader).unwrap_or(false)
    }

    /// The member that leads is cut off: candidates on others wait until its leases are over.
    fn pass_on_leadership(&mut self, ctx: &Ctx<'_>, event: EventId) {
        let live = self.members_cut_off(ctx).position(|cut_off| !cut_off);
        let Some(live) = live else { return };
        self.control.leader = live as u32 + 1;
        for component in [ApiComponent::ControllerManager, ApiComponent::Scheduler] {
            self.lose_lease(component, &timing::LEASE_TAKEOVER, Some(event));
        }
    }

    fn tell_servers(&mut self, before: u32, away: u32, cause: EventId) -> EventId {
        let of = self.control.members;
        let kind = if away > before {
            EventKind::ApiServersAway { away, of }
        } else {
            EventKind::ApiServersBack { away, of }
        };
        self.emit(kind, Some(cause))
    }

    /// Tells of etcd's members, and begins an election where they are without a leader.
    fn tell_etcd(&mut self, before: u32, lost: u32, cause: EventId) -> EventId {
        let of = self.control.members;
        let needed = etcd::quorum(of);
        let had_quorum = of - before >= needed;
        let left = of - lost;
        if lost < before {
            let event = self.emit(EventKind::EtcdMembersBack { lost, of }, Some(cause));
            let regained = !had_quorum && left >= needed;
            return if regained { self.elect(event) } else { event };
        }
        let event = self.emit(EventKind::EtcdMembersLost { lost, of }, Some(cause));
        if left < needed {
            self.control.elected_at = None;
            return self.emit(EventKind::EtcdQuorumLost { left, needed }, Some(event));
        }
        // Any member may have led, and the one that did may be among those that are gone.
        let key = rng::child_key(self.key, u64::from(self.control.epoch) + 1_000);
        let mut luck = self.streams.open(key, Purpose::Election);
        let led = luck.below(u64::from(of - before)) < u64::from(lost - before);
        if led { self.elect(event) } else { event }
    }

    /// etcd is without a leader for one election.
    fn elect(&mut self, cause: EventId) -> EventId {
        let event = self.emit(EventKind::EtcdLeaderLost {}, Some(cause));
        let key = rng::child_key(self.key, u64::from(self.control.epoch) + 2_000);
        let mut luck = self.streams.open(key, Purpose::Election);
        let at = self.now() + luck.duration(&timing::LEADER_ELECTION);
        self.control.elected_at = Some((at, event));
        self.schedule_at(at, Action::EtcdLeaderElected);
        event
    }

    /// A member restarts without which too few are left.
    pub(super) fn stop_needed_member(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        let needed = etcd::quorum(self.control.members);
        let left = needed - 1;
        let event = self.emit(EventKind::EtcdQuorumLost { left, needed }, Some(cause));
        self.control.needed_away = true;
        self.control.elected_at = None;
        self.change_control(ctx, event);
    }

    /// That member runs again, and those that are there elect a leader.
    pub(super) fn needed_member_back(&mut self, ctx: &Ctx<'_>) {
        self.control.needed_away = false;
        let cause = self.control.api_trouble().or(self.course.member_event);
        if let Some(cause) = cause {
            let event = self.elect(cause);
            self.change_control(ctx, event);
        }
    }

    /// An election is over.
    pub(super) fn etcd_leader_elected(&mut self, ctx: &Ctx<'_>) {
        let now = self.now();
        if let Some((_, lost)) = self.control.elected_at.filter(|(at, _)| *at == now) {
            self.control.elected_at = None;
            let event = self.emit(EventKind::EtcdLeaderElected {}, Some(lost));
            self.refresh_api(ctx, event);
        }
    }

    /// The controller-manager that leads dies with its lease held.
    pub(super) fn crash_manager(&mut self, ctx: &Ctx<'_>, event: EventId) {
        let takeover = match self.control.members {
            1 => timing::LEASE_FIRST_SEEN,
            _ => timing::LEASE_TAKEOVER,
        };
        self.refresh_members(ctx, event);
        self.lose_lease(ApiComponent::ControllerManager, &takeover, Some(event));
    }
}
