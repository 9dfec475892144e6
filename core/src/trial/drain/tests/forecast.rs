//! What the snapshot's numbers say of a drain, without simulating anything, held against what the
//! simulated drain does: they agree, or the simulation says what came in between.

#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::prelude::*;

use crate::ids::{BudgetIdx, NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::{Cluster, Pod, WorkloadType};
use crate::sim::EventKind;
use crate::sim::budget::{self, BudgetSpec, Expectation, SelectedController};
use crate::sim::by_hand::{self, DrainRun};
use crate::sim::kubectl::command::{BudgetWait, DrainCommand, Hold, NodeDrain, NodeEnd};
use crate::sim::kubectl::filter::Flags;
use crate::sim::properties::{inventory, workload};
use crate::sim::testing::add_budget;
use crate::snapshot::UnhealthyPodEvictionPolicy;
use crate::units::SimDuration;

/// What can be said of a node's drain from the snapshot alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forecast {
    /// A flag is missing.
    Refused,
    /// A pod's budget allows nothing, however healthy everything gets.
    Never,
    /// Two budgets select a pod, so its eviction fails; the others go.
    Fails,
    /// Everything may go at once.
    Goes,
    /// It depends on what becomes of the first replacements.
    Depends,
}

fn pods_of(cluster: &Cluster, node: NodeIdx) -> impl Iterator<Item = PodIdx> + '_ {
    let pods = cluster.pods.iter().enumerate();
    pods.filter(move |(_, pod)| pod.node == Some(node))
        .map(|(index, _)| PodIdx::new(index))
}

fn kind(cluster: &Cluster, pod: PodIdx) -> WorkloadType {
    cluster.workloads[cluster.pods[pod.index()].workload.index()].kind
}

/// The pods that a budget selects.
fn selected(cluster: &Cluster, budget: BudgetIdx) -> impl Iterator<Item = &Pod> {
    let pods = (0..cluster.pods.len()).map(PodIdx::new);
    pods.filter(move |pod| cluster.budgets_of(*pod).contains(&budget))
        .map(|pod| &cluster.pods[pod.index()])
}

/// Pods of a budget that are ready.
fn healthy(cluster: &Cluster, budget: BudgetIdx) -> u32 {
    selected(cluster, budget).filter(|pod| pod.ready).count() as u32
}

fn expectation(cluster: &Cluster, budget: BudgetIdx) -> Expectation {
    let spec = &cluster.budgets[budget.index()];
    let controllers = spec.workloads.iter().map(|index| {
        let workload = &cluster.workloads[index.index()];
        SelectedController {
            kind: workload.kind,
            scale: workload.replicas,
            pods: selected(cluster, budget)
                .filter(|pod| pod.workload == *index)
                .count() as u32,
        }
    });
    let spec = BudgetSpec {
        min_available: spec.min_available,
        max_unavailable: spec.max_unavailable,
    };
    budget::expectation(spec, controllers)
}

/// Whether a pod's only budget lets it go now, not ready as it is.
fn passes_unready(cluster: &Cluster, budget: BudgetIdx) -> bool {
    let expected = expectation(cluster, budget);
    let desired = expected.desired_healthy;
    match cluster.budgets[budget.index()].unhealthy_policy {
        UnhealthyPodEvictionPolicy::AlwaysAllow => true,
        UnhealthyPodEvictionPolicy::IfHealthyBudget => {
            // A status that was never written says 0 of 0.
            let met = desired > 0 && i64::from(healthy(cluster, budget)) >= desired;
            met && !expected.fail_safe
        }
    }
}

/// What the numbers say.
fn forecast(cluster: &Cluster, node: NodeIdx, flags: Flags) -> Forecast {
    let mut taken = Vec::new();
    for pod in pods_of(cluster, node) {
        match kind(cluster, pod) {
            WorkloadType::DaemonSet if !flags.ignore_daemonsets => return Forecast::Refused,
            WorkloadType::Bare if !flags.force => return Forecast::Refused,
            WorkloadType::DaemonSet | WorkloadType::Static => {}
            WorkloadType::Deployment
            | WorkloadType::StatefulSet
            | WorkloadType::Job
            | WorkloadType::Bare
            | WorkloadType::Other => taken.push(pod),
        }
    }
    let mut verdict = Forecast::Goes;
    for pod in &taken {
        let spec = &cluster.pods[pod.index()];
        let workload = &cluster.workloads[spec.workload.index()];
        match *cluster.budgets_of(*pod) {
            [budget] if !spec.ready && passes_unready(cluster, budget) => {}
            [budget] => {
                let expected = expectation(cluster, budget);
                let is_whole = workload.budgets.contains(&budget);
                let scale = workload.replicas * u32::from(is_whole);
                let most_healthy = scale.max(selected(cluster, budget).count() as u32);
                if expected.never_allows(most_healthy) {
                    return Forecast::Never;
                }
                let asked = taken.iter().filter(|other| {
                    let other = &cluster.pods[other.index()];
                    other.workload == spec.workload
                });
                if expected.allowed(healthy(cluster, budget)) < asked.count() as i64 {
                    verdict = Forecast::Depends;
                }
            }
            [_, _, ..] if verdict == Forecast::Goes => verdict = Forecast::Fails,
            [] | [_, _, ..] => {}
        }
    }
    verdict
}

/// Whether a drain that does not end well, though its numbers would let it go on, says for whom.
fn is_explained(drain: &NodeDrain) -> bool {
    let waits = |hold: &Hold| match hold {
        Hold::Budget {
            wait: BudgetWait::Unready(pods),
            ..
        } => !pods.is_empty(),
        // A budget that failed safe until a job's pod was gone may never allow by its numbers.
        Hold::Budget { .. } | Hold::Overlap { .. } | Hold::Finalizer(_) => true,
        Hold::Stopping { .. } => false,
    };
    !drain.left.is_empty() && drain.left.iter().all(|left| waits(&left.hold))
}

/// Whether a replacement displaced other pods, whose budget may be closed by that.
fn displaces(run: &DrainRun) -> bool {
    let mut kinds = run.trace.events.iter().map(|event| event.kind);
    kinds.any(|kind| matches!(kind, EventKind::PodPreempted { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_numbers_of_the_snapshot_and_the_simulated_drain_agree(
        n_nodes in 1..5_usize,
        sketches in vec(workload(), 1..5),
        ignore_daemonsets in prop::bool::weighted(0.8),
        force in prop::bool::weighted(0.8),
        doubled in prop::bool::weighted(0.2),
        seed in any::<u64>(),
    ) {
        let mut fleet = inventory(n_nodes, &sketches);
        if doubled {
            for _ in 0..2 {
                add_budget(&mut fleet.clusters[0], WorkloadIdx(0), 1);
            }
        }
        let cluster = &fleet.clusters[0];
        let flags = Flags {
            ignore_daemonsets,
            force,
            delete_emptydir_data: true,
            skip_wait_for_delete: SimDuration::ZERO,
        };
        let node = NodeIdx(0);
        let command = DrainCommand { flags, ..DrainCommand::new(vec![node]) };
        let run = by_hand::drain(cluster, &command, seed);
        let drain = &run.nodes[0];
        let end = drain.end.expect("the node has its turn");
        let agrees = match forecast(cluster, node, flags) {
            Forecast::Refused => end == NodeEnd::Refused,
            Forecast::Never => end == NodeEnd::Never,
            Forecast::Fails if !displaces(&run) => end == NodeEnd::Failed,
            Forecast::Goes if !displaces(&run) => end == NodeEnd::Drained,
            Forecast::Fails | Forecast::Goes | Forecast::Depends => match end {
                NodeEnd::Drained => true,
                NodeEnd::Never | NodeEnd::Failed => is_explained(drain),
                NodeEnd::Refused | NodeEnd::TimedOut => false,
            },
        };
        prop_assert!(agrees, "{:?} and {:?}", forecast(cluster, node, flags), drain);
    }
}
