//! The API's availability: what it is made of, who waits for it, and how much there was.

use super::leases::Lease;
use super::outages::Lost;
use super::{Action, Ctx, World};
use crate::ids::EventId;
use crate::sim::etcd::{self, Effects};
use crate::sim::trace::{ApiComponent, EventKind};
use crate::units::{KubeVersion, SimDuration, SimTime};

/// All requests, in parts per million.
const ALL_PPM: u32 = 1_000_000;

/// Stands for a version that is not known: the first with all the rules that differ by it.
const NEWEST_RULES: KubeVersion = KubeVersion::minor(1, 32);

/// The control plane's state.
#[derive(Debug)]
pub(super) struct Control {
    /// The version that every API server has reached, where it is known.
    pub(super) version: Option<KubeVersion>,
    /// API servers and etcd members.
    pub(super) members: u32,
    /// The member that holds the leases, counted from 1.
    pub(super) leader: u32,
    /// Whether the only API server is away.
    server_away: bool,
    /// etcd's commit latency, 99th percentile, without and with faults.
    pub(super) base_commit_p99_micros: u64,
    pub(super) commit_p99_micros: u64,
    /// What faults take away of its members.
    pub(super) lost: Lost,
    /// Whether a member restarts without which etcd has no majority.
    pub(super) needed_away: bool,
    /// When etcd's election under way ends, and the event that tells why there is one.
    pub(super) elected_at: Option<(SimTime, EventId)>,
    pub(super) effects: Effects,
    /// Since when no kubelet can renew its lease.
    pub(super) lapsing_since: Option<SimTime>,
    /// Counts changes of etcd's state; entries of an earlier one are stale.
    pub(super) epoch: u32,
    pub(super) etcd_event: Option<EventId>,
    pub(super) available_ppm: u32,
    pub(super) api_event: Option<EventId>,
    /// The event behind the worst availability since the account was opened.
    worst: Option<(u32, EventId)>,
    pub(super) controller_manager: Lease,
    pub(super) scheduler: Lease,
    /// Requests that wait for the API.
    pub(super) waiting: Vec<Action>,
    account: Account,
}

/// How much the API answered since the account was opened.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    opened: SimTime,
    until: SimTime,
    /// Milliseconds times parts per million that were not answered.
    missed: u128,
}

impl Control {
    /// The version whose rules hold.
    pub(super) fn rules(&self) -> KubeVersion {
        self.version.unwrap_or(NEWEST_RULES)
    }

    pub(super) fn new(
        version: Option<KubeVersion>,
        members: u32,
        leader: u32,
        base_commit_p99_micros: u64,
    ) -> Self {
        Self {
            version,
            members,
            leader,
            server_away: false,
            base_commit_p99_micros,
            commit_p99_micros: base_commit_p99_micros,
            lost: Lost::default(),
            needed_away: false,
            elected_at: None,
            lapsing_since: None,
            effects: etcd::effects(base_commit_p99_micros, members),
            epoch: 0,
            etcd_event: None,
            available_ppm: ALL_PPM,
            api_event: None,
            worst: None,
            controller_manager: Lease::default(),
            scheduler: Lease::default(),
            waiting: Vec::new(),
            account: Account::default(),
        }
    }

    /// Whether the API answers at all.
    pub(super) fn answers(&self) -> bool {
        self.available_ppm > 0
    }

    /// Whether a component leads and reaches the API.
    pub(super) fn works(&self, component: ApiComponent) -> bool {
        self.lease(component).held && self.answers()
    }

    /// Whether any process is there that could lead.
    pub(super) fn has_candidate(&self, component: ApiComponent) -> bool {
        match component {
            ApiComponent::ControllerManager => self.lost.managers < self.members,
            ApiComponent::Scheduler => true,
        }
    }

    /// Whether every component works.
    pub(super) fn all_work(&self) -> bool {
        self.works(ApiComponent::ControllerManager) && self.works(ApiComponent::Scheduler)
    }

    /// The event that says why a component does not work.
    pub(super) fn trouble(&self, component: ApiComponent) -> Option<EventId> {
        let lease = self.lease(component);
        if lease.held {
            self.api_event
        } else {
            lease.event
        }
    }

    /// The event that says why the API does not answer.
    pub(super) fn api_trouble(&self) -> Option<EventId> {
        self.api_event
    }

    /// The event that says why leases are not renewed.
    pub(super) fn renewal_trouble(&self) -> Option<EventId> {
        if self.answers() {
            self.etcd_event
        } else {
            self.api_event
        }
    }

    /// Whether etcd loses its majority while this member restarts, counted from 1. Those that are
    /// lost are taken to be the last.
    pub(super) fn needs_member(&self, member: u32) -> bool {
        let left = self.members - self.lost.etcd;
        left == etcd::quorum(self.members) && member <= left
    }

    /// What can be expected of the API with what is lost.
    fn judge(&mut self) {
        let lost = self.lost;
        let away = lost.etcd + u32::from(self.needed_away);
        let effects = etcd::effects_without(self.commit_p99_micros, self.members, away);
        self.effects = if lost.servers < self.members {
            effects
        } else {
            effects.unanswered()
        };
    }

    pub(super) fn lease(&self, component: ApiComponent) -> &Lease {
        match component {
            ApiComponent::ControllerManager => &self.controller_manager,
            ApiComponent::Scheduler => &self.scheduler,
        }
    }

    pub(super) fn lease_mut(&mut self, component: ApiComponent) -> &mut Lease {
        match component {
            ApiComponent::ControllerManager => &mut self.controller_manager,
            ApiComponent::Scheduler => &mut self.scheduler,
        }
    }

    /// What one write takes: a commit, and again for every try that is not answered.
    pub(super) fn write_latency(&self) -> SimDuration {
        let millis = self.effects.write_latency.as_millis() * u64::from(ALL_PPM);
        SimDuration::from_millis(millis / u64::from(self.available_ppm.max(1_000)))
    }

    /// Opens the account that the plan's check of availability reads.
    pub(super) fn open_account(&mut self, now: SimTime) {
        self.account = Account {
            opened: now,
            until: now,
            missed: 0,
        };
        self.worst = self.api_event.map(|event| (self.available_ppm, event));
    }

    /// The event behind the worst availability since the account was opened.
    pub(super) fn worst_api_event(&self) -> Option<EventId> {
        self.worst.map(|(_, event)| event)
    }

    /// The only API server stops, as planned.
    pub(super) fn server_leaves(&mut self, now: SimTime) {
        self.bring_account_to(now);
        self.server_away = true;
    }

    /// The only API server runs again.
    pub(super) fn server_returns(&mut self, now: SimTime) {
        self.bring_account_to(now);
        self.server_away = false;
    }

    /// The planned restart of a lone API server is the plan's own doing, so the plan's check does
    /// not hold it against the cluster.
    fn bring_account_to(&mut self, now: SimTime) {
        let span = u128::from(now.since(self.account.until).as_millis());
        if !self.server_away {
            self.account.missed += span * u128::from(ALL_PPM - self.available_ppm);
        }
        self.account.until = now;
    }

    /// The share of requests answered since the account was opened, in thousandths, rounded down.
    pub(super) fn availability_per_mille(&mut self, now: SimTime) -> u64 {
        self.bring_account_to(now);
        let span = u128::from(now.since(self.account.opened).as_millis());
        if span == 0 {
            return 1_000;
        }
        let all = span * u128::from(ALL_PPM);
        ((all - self.account.missed) * 1_000 / all) as u64
    }
}

impl World {
    /// The availability may have changed because of `cause`.
    pub(super) fn refresh_api(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        let now = self.now();
        let available_ppm = if self.control.server_away || self.control.elected_at.is_some() {
            0
        } else {
            let ppm = self.control.effects.available_ppm;
            // Less than one request in ten thousand goes unanswered in any healthy cluster.
            if ppm >= 999_900 { ALL_PPM } else { ppm }
        };
        if available_ppm == self.control.available_ppm {
            return;
        }
        let answered_before = self.control.answers();
        self.control.bring_account_to(now);
        self.control.available_ppm = available_ppm;
        let kind = match available_ppm {
            0 => EventKind::ApiUnavailable {},
            ALL_PPM => EventKind::ApiAvailable {},
            _ => EventKind::ApiDegraded { available_ppm },
        };
        let event = self.emit(kind, Some(cause));
        self.control.api_event = Some(event);
        let counts = !self.control.server_away;
        if counts
            && self
                .control
                .worst
                .is_none_or(|(worst, _)| available_ppm < worst)
        {
            self.control.worst = Some((available_ppm, event));
        }
        if !answered_before && self.control.answers() {
            self.answer_waiting(ctx, event);
        }
    }

    /// The API answers again: what waited for it happens.
    fn answer_waiting(&mut self, ctx: &Ctx<'_>, event: EventId) {
        let latency = self.control.write_latency();
        for action in std::mem::take(&mut self.control.waiting) {
            self.schedule(latency, action);
        }
        if self.control.works(ApiComponent::ControllerManager) {
            self.resume_budgets(ctx, event);
            self.resume_owners(ctx);
            self.roll_cni(ctx);
            self.resume_monitor(ctx);
        }
        if self.control.works(ApiComponent::Scheduler) {
            self.resume_scheduling(ctx);
        }
    }

    /// etcd's disks have this latency because of `cause`, and everything above them follows.
    pub(super) fn set_commit_latency(&mut self, ctx: &Ctx<'_>, p99_micros: u64, cause: EventId) {
        let commit_p99_micros = p99_micros.max(self.control.base_commit_p99_micros);
        if commit_p99_micros == self.control.commit_p99_micros {
            return;
        }
        self.control.commit_p99_micros = commit_p99_micros;
        self.control.judge();
        let kind = if commit_p99_micros > self.control.base_commit_p99_micros {
            EventKind::EtcdSlow { commit_p99_micros }
        } else {
            EventKind::EtcdNormal { commit_p99_micros }
        };
        let mut event = self.emit(kind, Some(cause));
        self.control.etcd_event = Some(event);
        let elections_per_hour = self.control.effects.elections_per_hour;
        if elections_per_hour > 0 {
            event = self.emit(EventKind::EtcdElecting { elections_per_hour }, Some(event));
        }
        self.change_control(ctx, event);
    }

    /// The control plane is another than before because of `cause`: what the API answers and who
    /// leads follow from that.
    pub(super) fn change_control(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        self.control.judge();
        self.control.epoch += 1;
        self.refresh_api(ctx, cause);
        self.reconsider_leases(cause);
    }
}
