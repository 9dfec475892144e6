//! No voluntary eviction breaks a budget, and two budgets on one pod let nothing go (k8s-truth §1,
//! §2).

use std::collections::BTreeMap;

use super::Audit;
use crate::ids::BudgetIdx;
use crate::inventory::Cluster;
use crate::sim::budget::{self, BudgetSpec};
use crate::sim::trace::{ApiComponent, EventKind, Invariant, PodLevel};

/// What budgets ask for.
#[derive(Debug)]
pub(super) struct Budgets {
    /// The specification of each, and the workloads whose pods it selects.
    specs: Vec<(BudgetSpec, Vec<crate::ids::WorkloadIdx>)>,
    /// How many faults tighten each, those that faults added included.
    tightened: BTreeMap<BudgetIdx, u32>,
    /// Whether the controller that writes statuses does not lead; then they may be behind.
    nobody_leads: bool,
    /// Whether it does not reach the API; the same.
    nothing_answers: bool,
}

impl Budgets {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let spec = |budget: &crate::inventory::Budget| {
            let spec = BudgetSpec {
                min_available: budget.min_available,
                max_unavailable: budget.max_unavailable,
            };
            (spec, budget.workloads.clone())
        };
        Self {
            specs: cluster.budgets.iter().map(spec).collect(),
            tightened: BTreeMap::new(),
            nobody_leads: false,
            nothing_answers: false,
        }
    }
}

impl Audit {
    /// A running, ready pod that two budgets select was evicted.
    pub(super) fn one_budget(&self, kind: &EventKind) -> Option<Invariant> {
        let EventKind::PodEvicted { pod, .. } = *kind else {
            return None;
        };
        let state = &self.pods[pod.index()];
        let two = self.workloads[state.workload.index()].budgets.len() > 1;
        (two && state.level == PodLevel::Ready).then_some(Invariant::TwoBudgetsHold)
    }

    /// An eviction that spent a budget left fewer healthy pods than the budget asks for.
    ///
    /// While no controller-manager works, statuses stay as they were and evictions go by them, in
    /// a real cluster as well, so nothing is claimed then.
    pub(super) fn budget_kept(&mut self, kind: &EventKind) -> Option<Invariant> {
        match *kind {
            EventKind::LeaseLost {
                component: ApiComponent::ControllerManager,
            } => self.budgets.nobody_leads = true,
            EventKind::LeaseAcquired {
                component: ApiComponent::ControllerManager,
            } => self.budgets.nobody_leads = false,
            EventKind::ApiUnavailable {} => self.budgets.nothing_answers = true,
            EventKind::ApiAvailable {} | EventKind::ApiDegraded { .. } => {
                self.budgets.nothing_answers = false;
            }
            EventKind::BudgetTightened { budget, .. } => {
                *self.budgets.tightened.entry(budget).or_default() += 1;
            }
            EventKind::BudgetRestored { budget, .. } => {
                *self.budgets.tightened.entry(budget).or_default() -= 1;
            }
            EventKind::PodEvicted {
                budget: Some(budget),
                ..
            } if !self.budgets.nobody_leads && !self.budgets.nothing_answers => {
                return (!self.is_kept(budget)).then_some(Invariant::BudgetKept);
            }
            _ => {}
        }
        None
    }

    fn is_kept(&self, budget: BudgetIdx) -> bool {
        let tightened = self.budgets.tightened.get(&budget).copied();
        if tightened.is_some_and(|faults| faults > 0) {
            return false;
        }
        let Some((spec, workloads)) = self.budgets.specs.get(budget.index()) else {
            // What a fault added asks for nothing once the fault is over.
            return tightened.is_some();
        };
        let of = workloads.iter().map(|index| &self.workloads[index.index()]);
        let healthy = budget::total(of.clone().map(|workload| workload.ready));
        let counted = of.filter(|workload| budget::counts_for_scale(workload.kind));
        let expected = budget::total(counted.map(|workload| workload.replicas));
        i64::from(healthy) >= budget::desired_healthy(*spec, expected)
    }
}
