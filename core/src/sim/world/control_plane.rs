//! The control plane's step: member by member, with the API down only where there is one member
//! (k8s-truth §7, §8, §10).

use super::{Action, Ctx, World};
use crate::durations::Quantity;
use crate::ids::EventId;
use crate::inventory::Provider;
use crate::plan::kubeadm::{self, Unstable, Upgrade};
use crate::plan::{LeaseOnStop, Step, kubelet_allowed};
use crate::rng::{self, Purpose};
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, EventKind, StepFailure};
use crate::units::{KubeVersion, SimDuration};

impl World {
    /// Starts to take the control plane up one minor, unless that is refused.
    pub(super) fn begin_control_plane(&mut self, ctx: &Ctx<'_>, event: EventId) {
        if let Some(cause) = self.why_refused(ctx, event) {
            self.fail_step(ctx, StepFailure::UpgradeRefused, cause);
            return;
        }
        let key = self.control_plane_key(ctx);
        let mut luck = self.streams.open(key, Purpose::ControlPlane);
        let whole = luck.duration(self.durations.of_cluster(Quantity::ControlPlane));
        let millis = whole.as_millis() / u64::from(self.control.members);
        self.course.member_time = SimDuration::from_millis(millis);
        self.update_member(ctx, 1, event);
    }

    /// Whether the step is refused: a node that was left behind would be too old for the new
    /// version (§7). kubeadm has a policy of its own, and nobody forces it here. Gives what last
    /// happened to such a node, or `step` when nothing did.
    ///
    /// kubeadm is taken to be of the new version, as its documents ask for, and what the snapshot
    /// has outside the policy already is the plan's business.
    fn why_refused(&self, ctx: &Ctx<'_>, step: EventId) -> Option<EventId> {
        let Some(Step::ControlPlane { from, to }) = self.course.step_of(ctx.steps) else {
            return None;
        };
        let by_kubeadm = ctx.cluster.provider.value() == Some(&Provider::Kubeadm);
        let refused = |kubelet: KubeVersion| {
            let stays = kubelet_allowed(kubelet, *to);
            let known_before = kubelet_allowed(kubelet, *from);
            let accepted = stays && (!by_kubeadm || is_accepted(*from, kubelet, *to));
            known_before && !accepted
        };
        let present = self.nodes.iter().filter(|node| node.present);
        let mut behind = present.filter(|node| node.kubelet.is_some_and(refused));
        behind.next().map(|node| node.last.unwrap_or(step))
    }

    /// What the luck of this step hangs on: the cluster and the version it goes to.
    fn control_plane_key(&self, ctx: &Ctx<'_>) -> u64 {
        let minor = match self.course.step_of(ctx.steps) {
            Some(Step::ControlPlane { to, .. }) => to.minor,
            _ => 0,
        };
        rng::child_key(self.key, u64::from(minor))
    }

    /// A member stops, to come back at the new version.
    fn update_member(&mut self, ctx: &Ctx<'_>, member: u16, cause: EventId) {
        let of = self.control.members as u16;
        let event = self.emit(EventKind::MemberUpdating { member, of }, Some(cause));
        self.course.member_event = Some(event);
        let span = self.course.member_time;
        self.schedule(span, Action::MemberUpdated(member));
        if of == 1 {
            let key = rng::child_key(self.control_plane_key(ctx), 1);
            let mut luck = self.streams.open(key, Purpose::ControlPlane);
            let away = luck
                .duration(self.durations.of_cluster(Quantity::ApiRestart))
                .min(span);
            self.control.server_leaves(self.now());
            self.refresh_api(ctx, event);
            self.schedule(away, Action::ApiServerBack);
        } else if self.control.needs_member(u32::from(member)) {
            let key = rng::child_key(self.control_plane_key(ctx), 2);
            let mut luck = self.streams.open(key, Purpose::ControlPlane);
            let takes = self.durations.of_cluster(Quantity::MemberRestart);
            let away = luck.duration(takes).min(span);
            self.stop_needed_member(ctx, event);
            self.schedule(away, Action::MemberRestarted);
        }
        if self.control.leader == u32::from(member) {
            self.move_leader(ctx.plan.controller_manager_lease, event);
        }
    }

    /// The member that leads stops: the scheduler releases its lease, the controller-manager by
    /// what the plan takes for granted (§8).
    fn move_leader(&mut self, of_manager: LeaseOnStop, event: EventId) {
        let released = timing::LEASE_RELEASED;
        let takeover = match of_manager {
            LeaseOnStop::Kept => timing::LEASE_TAKEOVER,
            LeaseOnStop::Released => timing::LEASE_RELEASED,
        };
        self.lose_lease(ApiComponent::ControllerManager, &takeover, Some(event));
        self.lose_lease(ApiComponent::Scheduler, &released, Some(event));
        // Any other member may take over; the next in line stands for the chance that it is one
        // still to be updated.
        self.control.leader = self.control.leader % self.control.members + 1;
    }

    /// The only API server runs again.
    pub(super) fn api_server_back(&mut self, ctx: &Ctx<'_>) {
        self.control.server_returns(self.now());
        if let Some(event) = self.course.member_event {
            self.refresh_api(ctx, event);
            // Nobody could give its lease back to a server that was away, so whoever starts now
            // has to wait until it is over (§8).
            self.control.epoch += 1;
            self.reconsider_leases(event);
        }
    }

    /// A member is back at the new version.
    pub(super) fn member_updated(&mut self, ctx: &Ctx<'_>, member: u16) {
        let of = self.control.members as u16;
        let cause = self.course.member_event;
        let event = self.emit(EventKind::MemberUpdated { member, of }, cause);
        if member < of {
            self.update_member(ctx, member + 1, event);
            return;
        }
        let Some(Step::ControlPlane { to, .. }) = self.course.step_of(ctx.steps) else {
            return;
        };
        let to = *to;
        self.control.version = Some(to);
        let event = self.emit(EventKind::ControlPlaneUpgraded { to }, Some(event));
        self.upgrade_own_nodes(ctx, to, event);
    }
}

/// Whether kubeadm takes a cluster with this kubelet from one version to another.
fn is_accepted(from: KubeVersion, kubelet: KubeVersion, to: KubeVersion) -> bool {
    let release = |version: KubeVersion| {
        let patch = version.patch.map_or(0, u64::from);
        semver::Version::new(u64::from(version.major), u64::from(version.minor), patch)
    };
    let new = release(to);
    let upgrade = Upgrade {
        cluster: release(from),
        kubelets: vec![release(kubelet)],
        kubeadm: new.clone(),
        new,
        unstable: Unstable::Refused,
    };
    kubeadm::refusals(&upgrade).is_empty()
}
