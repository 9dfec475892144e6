//! Injected failures: when they begin, where they strike, what they change, how they end.
//!
//! A fault changes the state of a component and nothing else; the rest follows by the rules.

use super::state::{BudgetState, WorkloadState};
use super::{Action, Ctx, World, monitor};
use crate::ids::{BudgetIdx, EventId, FaultIdx, NodeIdx, WorkloadIdx};
use crate::inventory::WorkloadType;
use crate::rng::{self, Purpose, Stream};
use crate::sim::budget::BudgetSpec;
use crate::sim::etcd;
use crate::sim::fault::{Fault, FaultKind, Trigger};
use crate::sim::trace::{AddedBudget, EventKind};
use crate::snapshot::UnhealthyPodEvictionPolicy;

/// What a fault is doing in this cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct FaultState {
    /// Whether it has begun; it does so once.
    pub(super) begun: bool,
    /// The event at which it began, while it lasts.
    pub(super) active: Option<EventId>,
    /// The event at which it ended.
    pub(super) ended: Option<EventId>,
    /// Budgets it tightens.
    budgets: Vec<BudgetIdx>,
    /// Nodes it cuts off.
    pub(super) cut_off: Vec<NodeIdx>,
    /// The zone it strikes, by its position among those the controller knows.
    pub(super) zone: Option<usize>,
}

/// Whether a fault strikes in this cluster at all.
pub(crate) fn in_scope(ctx: &Ctx<'_>, fault: &Fault) -> bool {
    let scope = &fault.scope;
    scope.wave.is_none_or(|wave| ctx.wave == Some(wave))
        && scope
            .cluster
            .as_ref()
            .is_none_or(|name| *name == ctx.cluster.name)
        && scope
            .zone
            .as_ref()
            .is_none_or(|name| ctx.cluster.zones.contains(name))
}

impl World {
    /// Begins every fault in scope that waits for `moment`.
    pub(super) fn trigger_faults(&mut self, ctx: &Ctx<'_>, moment: &Trigger) {
        for (index, fault) in ctx.faults.iter().enumerate() {
            if fault.trigger == *moment && in_scope(ctx, fault) {
                self.start_fault(ctx, FaultIdx::new(index));
            }
        }
    }

    /// A fault begins, the first time it is asked to.
    pub(super) fn start_fault(&mut self, ctx: &Ctx<'_>, fault: FaultIdx) {
        if std::mem::replace(&mut self.faults[fault.index()].begun, true) {
            return;
        }
        let event = self.emit(EventKind::FaultStarted { fault }, None);
        self.faults[fault.index()].active = Some(event);
        let spec = &ctx.faults[fault.index()];
        match spec.kind {
            FaultKind::BlockingBudget => self.tighten_budgets(ctx, fault, event),
            // It strikes as CNI pods restart and new nodes come.
            FaultKind::CniBreak => {}
            FaultKind::EtcdLatency => self.refresh_etcd(ctx, event),
            FaultKind::ZoneOutage | FaultKind::NodeLoss => self.cut_off(ctx, fault, event),
            FaultKind::EtcdMemberLoss | FaultKind::ControlPlaneOutage => {
                self.refresh_members(ctx, event);
            }
            FaultKind::ControllerManagerCrash => self.crash_manager(ctx, event),
        }
        if let Some(duration) = spec.duration {
            self.schedule(duration, Action::FaultEnd(fault));
        }
    }

    /// A fault ends; what it broke recovers by the rules.
    pub(super) fn end_fault(&mut self, ctx: &Ctx<'_>, fault: FaultIdx) {
        let Some(started) = self.faults[fault.index()].active.take() else {
            return;
        };
        let event = self.emit(EventKind::FaultEnded { fault }, Some(started));
        self.faults[fault.index()].ended = Some(event);
        match ctx.faults[fault.index()].kind {
            FaultKind::BlockingBudget => self.restore_budgets(ctx, fault, event),
            FaultKind::CniBreak => self.repair_cni(),
            FaultKind::EtcdLatency => self.refresh_etcd(ctx, event),
            FaultKind::ZoneOutage | FaultKind::NodeLoss => self.let_back(ctx, fault, event),
            FaultKind::EtcdMemberLoss
            | FaultKind::ControlPlaneOutage
            | FaultKind::ControllerManagerCrash => self.refresh_members(ctx, event),
        }
    }

    /// The latest event at which a fault ended.
    pub(super) fn last_fault_end(&self) -> Option<EventId> {
        self.faults.iter().filter_map(|fault| fault.ended).max()
    }

    /// etcd is as slow as the worst fault on it.
    fn refresh_etcd(&mut self, ctx: &Ctx<'_>, event: EventId) {
        let worst = ctx
            .faults
            .iter()
            .zip(&self.faults)
            .filter(|(spec, state)| spec.kind == FaultKind::EtcdLatency && state.active.is_some())
            .map(|(spec, _)| etcd::commit_p99_micros(spec.severity_per_mille))
            .max();
        self.set_commit_latency(ctx, worst.unwrap_or(0), event);
    }

    /// Whether a fault hits a node: in its scope, and by the luck of that node.
    pub(super) fn hits_node(&self, ctx: &Ctx<'_>, fault: FaultIdx, node: NodeIdx) -> bool {
        let severity = ctx.faults[fault.index()].severity_per_mille;
        let mut luck = self.luck_of_node(ctx, fault, node);
        self.node_in_scope(ctx, fault, node) && luck.happens(severity)
    }

    fn luck_of_node(&self, ctx: &Ctx<'_>, fault: FaultIdx, node: NodeIdx) -> Stream {
        let key = luck_key(&ctx.faults[fault.index()]);
        let key = rng::child_key(self.nodes[node.index()].key, key);
        self.streams.open(key, Purpose::Fault)
    }

    /// Whether a node is where a fault strikes.
    fn node_in_scope(&self, ctx: &Ctx<'_>, fault: FaultIdx, node: NodeIdx) -> bool {
        let scope = &ctx.faults[fault.index()].scope;
        let state = &self.nodes[node.index()];
        let pool = &ctx.cluster.pools[state.pool.index()].name;
        let model = self.model_of(node);
        let named = |name: &String| {
            *name == self.node_names[node.index()] || *name == self.node_names[model.index()]
        };
        let zone = state.zone.map(|zone| &ctx.cluster.zones[zone.index()]);
        scope.pool.as_ref().is_none_or(|name| name == pool)
            && scope.node.as_ref().is_none_or(named)
            && scope.zone.as_ref().is_none_or(|name| zone == Some(name))
    }

    /// The nodes that a fault cuts off: the share in scope that its severity says, those of the
    /// worst luck, at least one.
    pub(super) fn nodes_struck(&mut self, ctx: &Ctx<'_>, fault: FaultIdx) -> Vec<NodeIdx> {
        let spec = &ctx.faults[fault.index()];
        let nodes = (0..self.nodes.len()).map(NodeIdx::new);
        let mut nodes: Vec<_> = nodes
            .filter(|node| !self.nodes[node.index()].deleted)
            .filter(|node| self.node_in_scope(ctx, fault, *node))
            .map(|node| (self.luck_of_node(ctx, fault, node).bits(), node))
            .collect();
        nodes.sort_unstable();
        // What took a node's place is struck for it only once it is gone.
        let is_named =
            |node: NodeIdx| Some(&self.node_names[node.index()]) == spec.scope.node.as_ref();
        if nodes.iter().any(|(_, node)| is_named(*node)) {
            nodes.retain(|(_, node)| is_named(*node));
        }
        if spec.kind == FaultKind::ZoneOutage {
            let zone_of = |node: NodeIdx| monitor::position(self.nodes[node.index()].zone);
            // The zone of the unluckiest node is one of the zones by chance.
            let zone = nodes.first().map(|(_, node)| zone_of(*node));
            nodes.retain(|(_, node)| Some(zone_of(*node)) == zone);
            self.faults[fault.index()].zone = zone;
        }
        let wanted = (nodes.len() as u64 * u64::from(spec.severity_per_mille)).div_ceil(1_000);
        nodes.truncate(wanted.max(1) as usize);
        let mut nodes: Vec<_> = nodes.into_iter().map(|(_, node)| node).collect();
        nodes.sort_unstable();
        nodes
    }

    /// Sets the budgets in scope to allow no disruption.
    fn tighten_budgets(&mut self, ctx: &Ctx<'_>, fault: FaultIdx, event: EventId) {
        let mut targets = self.targeted_budgets(ctx, fault);
        let severity = ctx.faults[fault.index()].severity_per_mille;
        targets.sort_unstable();
        let wanted = (targets.len() as u64 * u64::from(severity)).div_ceil(1_000) as usize;
        targets.truncate(wanted);
        targets.sort_unstable_by_key(|(_, target)| *target);
        for (_, target) in targets {
            let budget = match target {
                Target::Budget(budget) => budget,
                Target::Workload(workload) => self.add_budget(workload),
            };
            self.budgets[budget.index()].tightened += 1;
            let kind = EventKind::BudgetTightened { budget, fault };
            let tightened = self.emit(kind, Some(event));
            self.edit_budget(ctx, budget, tightened);
            self.faults[fault.index()].budgets.push(budget);
        }
    }

    /// The budgets in scope, each with its luck: the lowest are hit. Where there is no budget,
    /// the workloads in scope get one each.
    fn targeted_budgets(&self, ctx: &Ctx<'_>, fault: FaultIdx) -> Vec<(u64, Target)> {
        let workloads: Vec<_> = (0..self.workloads.len())
            .map(WorkloadIdx::new)
            .filter(|workload| self.workload_in_scope(ctx, fault, *workload))
            .collect();
        let mut budgets: Vec<_> = workloads
            .iter()
            .map(|workload| &self.workloads[workload.index()])
            .flat_map(WorkloadState::selecting)
            .collect();
        budgets.sort_unstable();
        budgets.dedup();
        let luck = |parts: &[&str]| {
            let key = rng::child_key(rng::entity_key(parts), luck_key(&ctx.faults[fault.index()]));
            self.streams
                .open(rng::child_key(self.key, key), Purpose::Fault)
                .bits()
        };
        if budgets.is_empty() {
            let of_workload = |workload: &WorkloadIdx| {
                let spec = &ctx.cluster.workloads[workload.index()];
                (
                    luck(&[&spec.namespace, &spec.name]),
                    Target::Workload(*workload),
                )
            };
            return workloads.iter().map(of_workload).collect();
        }
        let of_budget = |budget: &BudgetIdx| {
            let name = ctx.cluster.budgets.get(budget.index());
            let parts = name.map_or(["", ""], |spec| [&spec.namespace, &spec.name]);
            (luck(&parts), Target::Budget(*budget))
        };
        budgets.iter().map(of_budget).collect()
    }

    /// Whether a workload can be drained and is in the fault's scope.
    fn workload_in_scope(&self, ctx: &Ctx<'_>, fault: FaultIdx, workload: WorkloadIdx) -> bool {
        let scope = &ctx.faults[fault.index()].scope;
        let spec = &ctx.cluster.workloads[workload.index()];
        let state = &self.workloads[workload.index()];
        let named = scope.workload.as_ref().is_none_or(|name| {
            name.split_once('/') == Some((spec.namespace.as_str(), spec.name.as_str()))
        });
        let on_node = |node: NodeIdx| self.node_in_scope(ctx, fault, node);
        let placed = (scope.node.is_none() && scope.pool.is_none() && scope.zone.is_none())
            || state
                .pods
                .iter()
                .any(|pod| self.pods[pod.index()].node.get().is_some_and(on_node));
        let drained = !matches!(
            spec.kind,
            WorkloadType::DaemonSet | WorkloadType::Static | WorkloadType::Job
        );
        named && placed && drained && !state.pods.is_empty()
    }

    /// Adds a budget for a workload that has none.
    fn add_budget(&mut self, workload: WorkloadIdx) -> BudgetIdx {
        let budget = BudgetIdx::new(self.budgets.len());
        let ready = self.workloads[workload.index()].ready;
        self.budgets.push(BudgetState {
            spec: BudgetSpec {
                max_unavailable: Some(crate::units::IntOrPercent::Percent(100)),
                ..BudgetSpec::default()
            },
            policy: UnhealthyPodEvictionPolicy::default(),
            workloads: vec![workload],
            healthy: ready,
            allowed: i64::from(ready),
            current_healthy: ready,
            desired_healthy: 0,
            unsynced: false,
            edited_unseen: false,
            never_allows: None,
            tightened: 0,
            closed_by: None,
            opened_by: None,
            waiting: Vec::new(),
        });
        self.added_budgets.push(AddedBudget { workload });
        self.workloads[workload.index()].budgets.push(budget);
        budget
    }

    fn restore_budgets(&mut self, ctx: &Ctx<'_>, fault: FaultIdx, event: EventId) {
        for budget in std::mem::take(&mut self.faults[fault.index()].budgets) {
            self.budgets[budget.index()].tightened -= 1;
            let kind = EventKind::BudgetRestored { budget, fault };
            let restored = self.emit(kind, Some(event));
            self.edit_budget(ctx, budget, restored);
        }
    }
}

/// What a tightening fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Budget(BudgetIdx),
    Workload(WorkloadIdx),
}

/// What the luck of a fault hangs on: its kind and its scope, not its place in the list.
fn luck_key(spec: &Fault) -> u64 {
    let kind = match spec.kind {
        FaultKind::BlockingBudget => "blockingBudget",
        FaultKind::CniBreak => "cniBreak",
        FaultKind::EtcdLatency => "etcdLatency",
        FaultKind::ZoneOutage => "zoneOutage",
        FaultKind::NodeLoss => "nodeLoss",
        FaultKind::EtcdMemberLoss => "etcdMemberLoss",
        FaultKind::ControllerManagerCrash => "controllerManagerCrash",
        FaultKind::ControlPlaneOutage => "controlPlaneOutage",
    };
    let wave = spec
        .scope
        .wave
        .map_or_else(String::new, |wave| wave.to_string());
    let named = |name: &Option<String>| name.clone().unwrap_or_default();
    let scope = &spec.scope;
    let parts = [
        named(&scope.cluster),
        named(&scope.pool),
        named(&scope.node),
        named(&scope.workload),
    ];
    let parts = parts
        .iter()
        .map(String::as_str)
        .chain(scope.zone.as_deref());
    let parts: Vec<&str> = parts.collect();
    rng::child_key(rng::entity_key(&[kind, &wave]), rng::entity_key(&parts))
}
