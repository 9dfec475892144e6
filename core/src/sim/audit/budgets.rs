//! No voluntary eviction breaks a budget, and two budgets on one pod let nothing go (k8s-truth §1,
//! §2).

use std::collections::BTreeMap;

use super::Audit;
use crate::ids::{BudgetIdx, PodIdx};
use crate::inventory::Cluster;
use crate::sim::budget::{self, BudgetSpec};
use crate::sim::trace::{ApiComponent, EventKind, Invariant, PodLevel};

/// What budgets ask for.
#[derive(Debug)]
pub(super) struct Budgets {
    /// The specification of each, and the workloads whose pods it selects.
    specs: Vec<(BudgetSpec, Vec<crate::ids::WorkloadIdx>)>,
    /// Sets of budgets that select a pod unlike its siblings.
    selections: Vec<Vec<BudgetIdx>>,
    /// Ready pods of each, of workloads of which it does not select every pod.
    ready_parts: BTreeMap<BudgetIdx, u32>,
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
            selections: cluster.selections.clone(),
            ready_parts: BTreeMap::new(),
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
        let two = self.budgets_of(pod).len() > 1;
        (two && self.pods[pod.index()].level == PodLevel::Ready)
            .then_some(Invariant::TwoBudgetsHold)
    }

    fn budgets_of(&self, pod: PodIdx) -> &[BudgetIdx] {
        let state = &self.pods[pod.index()];
        match state.selection.get() {
            Some(selection) => &self.budgets.selections[selection.index()],
            None => &self.workloads[state.workload.index()].budgets,
        }
    }

    /// Counts a pod that only some budgets of its workload select.
    pub(super) fn move_part(&mut self, pod: PodIdx, was: PodLevel, level: PodLevel) {
        let state = &self.pods[pod.index()];
        let is_change = (was == PodLevel::Ready) != (level == PodLevel::Ready);
        let Some(selection) = state.selection.get().filter(|_| is_change) else {
            return;
        };
        let partial = &self.workloads[state.workload.index()].partial_budgets;
        for budget in &self.budgets.selections[selection.index()] {
            if partial.contains(budget) {
                let ready = self.budgets.ready_parts.entry(*budget).or_default();
                *ready += u32::from(level == PodLevel::Ready);
                *ready -= u32::from(was == PodLevel::Ready);
            }
        }
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
        let whole = of
            .clone()
            .filter(|of| !of.partial_budgets.contains(&budget));
        let parts = self.budgets.ready_parts.get(&budget).copied();
        let healthy = budget::total(whole.map(|workload| workload.ready).chain(parts));
        let counted = of.filter(|workload| budget::counts_for_scale(workload.kind));
        let expected = budget::total(counted.map(|workload| workload.replicas));
        i64::from(healthy) >= budget::desired_healthy(*spec, expected)
    }
}
