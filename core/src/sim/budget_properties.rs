//! No eviction breaks a budget, counted from outside on random small clusters.

#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::prelude::*;

use super::budget::{self, BudgetSpec};
use super::properties::{a_plan, inventory, workload};
use super::testing::rehearse;
use super::trace::{EventKind, PodLevel, PodRow, Trace};
use crate::ids::{BudgetIdx, PodIdx};
use crate::inventory::Cluster;

/// Every eviction that spends a budget leaves it with the healthy pods it wants.
fn check_budgets(cluster: &Cluster, trace: &Trace) {
    let tables = &trace.clusters[0];
    let mut levels: Vec<_> = tables.pods.iter().map(|pod| pod.initial).collect();
    for event in &trace.events {
        match event.kind {
            EventKind::PodReady { pod } => levels[pod.index()] = PodLevel::Ready,
            EventKind::PodUnready { pod, .. } => levels[pod.index()] = PodLevel::Starting,
            EventKind::PodGone { pod } | EventKind::PodLost { pod, .. } => {
                levels[pod.index()] = PodLevel::Absent;
            }
            EventKind::PodDeleted { pod, .. } | EventKind::PodPreempted { pod, .. } => {
                levels[pod.index()] = PodLevel::Terminating;
            }
            EventKind::PodEvicted { pod, budget, .. } => {
                levels[pod.index()] = PodLevel::Terminating;
                if let Some(budget) = budget {
                    let healthy = healthy_pods(cluster, trace, &levels, budget);
                    let desired = desired(cluster, budget);
                    assert!(healthy >= desired, "{budget:?} broken at {}", event.at);
                }
            }
            _ => {}
        }
    }
}

fn healthy_pods(cluster: &Cluster, trace: &Trace, levels: &[PodLevel], budget: BudgetIdx) -> i64 {
    let table = &trace.clusters[0].pods;
    let is_healthy = |pod: &PodIdx| {
        levels[pod.index()] == PodLevel::Ready && is_selected(cluster, table, *pod, budget)
    };
    (0..table.len()).map(PodIdx::new).filter(is_healthy).count() as i64
}

/// Whether a budget selects a pod, or the pod of the inventory in whose place it is.
fn is_selected(cluster: &Cluster, table: &[PodRow], pod: PodIdx, budget: BudgetIdx) -> bool {
    let mut first = pod;
    while let Some(replaced) = table[first.index()].replaces {
        first = replaced;
    }
    cluster.budgets_of(first).contains(&budget)
}

fn desired(cluster: &Cluster, budget: BudgetIdx) -> i64 {
    let budget = &cluster.budgets[budget.index()];
    let scale = |workload: &crate::ids::WorkloadIdx| cluster.workloads[workload.index()].replicas;
    let spec = BudgetSpec {
        min_available: budget.min_available,
        max_unavailable: budget.max_unavailable,
    };
    budget::desired_healthy(spec, budget.workloads.iter().map(scale).sum())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    // Without faults and with the controller-manager at work, the status is never stale, so what
    // the budget wants can be counted from outside.
    #[test]
    fn no_voluntary_eviction_breaks_a_budget(
        n_nodes in 1..6_usize,
        sketches in vec(workload(), 1..4),
        mut plan in a_plan(),
        seed in any::<u64>(),
    ) {
        plan.waves[0].clusters[0].steps.remove(0);
        let inventory = inventory(n_nodes, &sketches);
        let trace = rehearse(&inventory, &plan, &[], seed);
        check_budgets(&inventory.clusters[0], &trace);
    }
}
