//! Waves: what a failure means for the rest, and what never changes.

use expect_test::expect;

use super::{check, drain, web_with_budget};
use crate::inventory::{Evidence, Inventory, Window, WorkloadType};
use crate::plan::{FailureRule, OnDrainTimeout, Plan, Step};
use crate::sim::fault::{FaultKind, Trigger};
use crate::sim::testing::{
    SURGE, WAIT, add_budget, add_workload, cluster, fault, fleet, plan, pool_steps, rehearse, steps,
};
use crate::sim::trace::{ClusterOutcome, EventKind, Severity};
use crate::units::SimDuration;

/// Three clusters in two waves; the first cannot be drained beyond its first node.
fn one_of_three_fails() -> (Inventory, Plan) {
    let mut first = cluster("eu-1", 3);
    let web = add_workload(&mut first, "web", WorkloadType::Deployment, 3);
    let db = add_workload(&mut first, "db", WorkloadType::StatefulSet, 2);
    first
        .pods
        .iter_mut()
        .filter(|pod| pod.workload == db)
        .for_each(|pod| {
            pod.node = Some(crate::ids::NodeIdx(1));
        });
    add_budget(&mut first, web, 1);
    add_budget(&mut first, db, 0);
    let fine = |name| {
        let mut cluster = cluster(name, 1);
        add_workload(&mut cluster, "web", WorkloadType::Deployment, 1);
        cluster
    };
    let inventory = fleet(vec![first, fine("eu-2"), fine("eu-3")]);
    let plan = plan(&[2, 1], &pool_steps(SURGE, drain(15, OnDrainTimeout::Fail)));
    (inventory, plan)
}

#[test]
fn hold_starts_nothing_more() {
    let (inventory, plan) = one_of_three_fails();
    check(
        &inventory,
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 1, healthy: 2, desired: 2
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 4
            00:05:22 c0 DrainStarted  node: 1, pods: 3
            00:05:22 c0 EvictionRefused  pod: 3, node: 1, budget: 1
            00:05:22 c0 EvictionRefused  pod: 4, node: 1, budget: 1
            00:20:22 c0 DrainTimedOut  node: 1, pods: 2
            00:20:22 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:20:22 c0 ClusterFailed
            00:20:22 c0 SurgeNodesLeft  nodes: 1
            00:20:23 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed [budget.zero]
        "#]],
    );
}

#[test]
fn go_on_takes_the_failure_along() {
    let (inventory, mut plan) = one_of_three_fails();
    plan.on_failure = FailureRule::GoOn;
    check(
        &inventory,
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 1, healthy: 2, desired: 2
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 4
            00:05:22 c0 DrainStarted  node: 1, pods: 3
            00:05:22 c0 EvictionRefused  pod: 3, node: 1, budget: 1
            00:05:22 c0 EvictionRefused  pod: 4, node: 1, budget: 1
            00:20:22 c0 DrainTimedOut  node: 1, pods: 2
            00:20:22 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:20:22 c0 ClusterFailed
            00:20:22 c0 SurgeNodesLeft  nodes: 1
            00:20:23 c1 StepStarted  step: 0, of: Pool
            00:23:05 c1 NodeReady  node: 1
            00:23:05 c1 DrainStarted  node: 0, pods: 1
            00:24:45 c1 NodeRemoved  node: 0
            00:24:45 c1 StepStarted  step: 1, of: Observe
            00:39:45 c1 ClusterUpgraded
            01:39:46 WaveWentOn  wave: 0, failed: 1
            01:39:46 c2 StepStarted  step: 0, of: Pool
            01:40:47 c2 NodeReady  node: 1
            01:40:47 c2 DrainStarted  node: 0, pods: 1
            01:42:13 c2 NodeRemoved  node: 0
            01:42:13 c2 StepStarted  step: 1, of: Observe
            01:57:13 c2 ClusterUpgraded
            02:57:14 WavePassed  wave: 1
            FinishedWithFailures
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed [budget.zero]
        "#]],
    );
}

#[test]
fn roll_back_takes_the_upgraded_nodes_back_and_holds() {
    let (inventory, mut plan) = one_of_three_fails();
    plan.on_failure = FailureRule::RollBack;
    check(
        &inventory,
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 1, healthy: 2, desired: 2
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 4
            00:05:22 c0 DrainStarted  node: 1, pods: 3
            00:05:22 c0 EvictionRefused  pod: 3, node: 1, budget: 1
            00:05:22 c0 EvictionRefused  pod: 4, node: 1, budget: 1
            00:20:22 c0 DrainTimedOut  node: 1, pods: 2
            00:20:22 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:20:22 c0 ClusterFailed
            00:20:22 c0 RollBackStarted
            00:20:22 c0 PoolRollBackStarted  pool: 0, nodes: 1, surplus: 1
            00:20:22 c0 DrainStarted  node: 4, pods: 1
            00:22:21 c0 NodeRemoved  node: 4
            00:23:14 c0 NodeReady  node: 5
            00:23:14 c0 DrainStarted  node: 3, pods: 1
            00:24:48 c0 NodeRemoved  node: 3
            00:24:48 c0 PoolRollBackFinished  pool: 0
            00:24:48 c0 ClusterRolledBack
            00:24:49 WaveHeld  wave: 0
            RolledBack
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed > RollBackStarted > PoolRollBackStarted
              > PoolRollBackFinished > ClusterRolledBack [budget.zero]
        "#]],
    );
}

#[test]
fn clusters_of_a_wave_run_side_by_side_up_to_the_limit() {
    let (inventory, mut plan) = one_of_three_fails();
    plan.max_concurrency = 2;
    let trace = rehearse(&inventory, &plan, &[], 1);
    let starts: Vec<_> = trace
        .clusters
        .iter()
        .map(|cluster| cluster.started)
        .collect();
    assert_eq!(starts[0], starts[1]);
    let outcomes: Vec<_> = trace
        .clusters
        .iter()
        .map(|cluster| cluster.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [
            ClusterOutcome::Failed,
            ClusterOutcome::Upgraded,
            ClusterOutcome::NotStarted
        ]
    );
}

#[test]
fn one_seed_gives_one_digest_and_another_seed_another() {
    let plan = plan(&[1], &steps(SURGE, WAIT));
    let inventory = web_with_budget(1);
    let digest = |seed| rehearse(&inventory, &plan, &[], seed).digest.to_string();
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn a_cluster_lives_the_same_whoever_else_is_in_the_fleet() {
    let alone = web_with_budget(1);
    let mut joined = web_with_budget(1);
    let mut other = cluster("us-1", 4);
    add_workload(&mut other, "api", WorkloadType::Deployment, 6);
    joined.clusters.push(other);
    let plan_of = |waves: &[usize]| plan(waves, &steps(SURGE, WAIT));
    let events = |inventory: &Inventory, plan: &Plan| -> Vec<_> {
        let trace = rehearse(inventory, plan, &[], 1);
        let own = trace
            .events
            .iter()
            .filter(|event| event.cluster.is_some_and(|c| c.0 == 0));
        own.map(|event| (event.at, event.kind)).collect()
    };
    assert_eq!(
        events(&alone, &plan_of(&[1])),
        events(&joined, &plan_of(&[1, 1]))
    );
}

// A fault outside the plan's clusters is part of the run too.
#[test]
fn a_fault_strikes_a_cluster_that_is_not_planned() {
    let mut inventory = web_with_budget(1);
    inventory.clusters.push(cluster("us-1", 1));
    let mut fault = fault(FaultKind::EtcdLatency, Trigger::Wave(1), 1_000);
    fault.scope.cluster = Some("us-1".to_owned());
    let trace = rehearse(&inventory, &plan(&[1], &steps(SURGE, WAIT)), &[fault], 1);
    let struck = trace
        .events
        .iter()
        .find(|event| event.kind.severity() == Severity::Bad);
    let struck = struck.expect("the fault strikes");
    assert_eq!(struck.cluster.map(|cluster| cluster.0), Some(1));
    assert!(matches!(struck.kind, EventKind::EtcdElecting { .. }));
    assert_eq!(trace.clusters[1].outcome, ClusterOutcome::NotPlanned);
}

// A check that the plan's own first step breaks in every cluster of one API server is no check.
#[test]
fn the_planned_restart_of_a_lone_api_server_fails_no_check() {
    let mut lone = cluster("eu-1", 1);
    lone.control_plane.members = crate::inventory::Evidence::Known(1);
    add_workload(&mut lone, "web", WorkloadType::Deployment, 1);
    let inventory = fleet(vec![lone]);
    let plan = plan(&[1], &steps(SURGE, WAIT));
    let trace = rehearse(&inventory, &plan, &[], 1);
    let went_down = |event: &crate::sim::Event| event.kind == EventKind::ApiUnavailable {};
    assert!(
        trace.events.iter().any(went_down),
        "its API server restarts"
    );
    assert_eq!(trace.clusters[0].outcome, ClusterOutcome::Upgraded);
}

#[test]
fn a_window_that_never_opens_is_what_the_cluster_waits_in() {
    let mut inventory = web_with_budget(1);
    inventory.clusters[0].windows = Evidence::Known(vec![Window {
        days: [false; 7],
        start_minute: 0,
        duration: SimDuration::from_hours(4),
        time_zone: "UTC".to_owned(),
    }]);
    let mut plan = plan(&[1], &pool_steps(SURGE, WAIT));
    plan.respect_windows = true;
    check(
        &inventory,
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 WindowNeverOpens
        00:30:00 c0 ClusterStalled  place: Window
        00:30:01 WaveStalled  wave: 0
        Stalled
        RunStarted > WaveStarted > WindowNeverOpens > ClusterStalled [window]
    "#]],
    );
}

#[test]
fn an_upgrade_longer_than_the_rehearsal_follows_is_not_finished_rather_than_stalled() {
    let soak = Step::Observe {
        soak: SimDuration::from_hours(61 * 24),
    };
    let plan = plan(&[1], &[soak]);
    check(
        &web_with_budget(1),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Observe
        60d 00:00:00 c0 ClusterUnfinished  place: Step  step: 0, of: Observe , days: 60
        60d 00:00:01 WaveUnfinished  wave: 0
        Unfinished
        RunStarted > WaveStarted > ClusterStarted > StepStarted
          > ClusterUnfinished [plan]
    "#]],
    );
}
