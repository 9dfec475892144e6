//! Drains that meet budgets, by what the provider does about them.

use expect_test::expect;

use super::{check, drain, web_with_budget};
use crate::ids::{BudgetIdx, EventId, NodeIdx, PodIdx};
use crate::inventory::{Cluster, WorkloadType};
use crate::plan::OnDrainTimeout;
use crate::sim::testing::{
    SURGE, WAIT, add_budget, add_workload, cluster, fleet, plan, pool_steps, rehearse, steps,
};
use crate::sim::trace::{EventKind, RunOutcome};
use crate::snapshot::PodPhase;
use crate::units::IntOrPercent;

#[test]
fn a_clean_surge_upgrade_replaces_every_node() {
    let plan = plan(&[1], &steps(SURGE, WAIT));
    check(
        &web_with_budget(1),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: ControlPlane
            00:09:49 c0 ControlPlaneUpgraded  to: 1.32
            00:09:49 c0 StepStarted  step: 1, of: Cni
            00:10:26 c0 StepStarted  step: 2, of: Pool
            00:12:10 c0 NodeReady  node: 3
            00:12:10 c0 DrainStarted  node: 0, pods: 1
            00:13:46 c0 NodeRemoved  node: 0
            00:15:48 c0 NodeReady  node: 4
            00:15:48 c0 DrainStarted  node: 1, pods: 1
            00:17:07 c0 NodeRemoved  node: 1
            00:19:51 c0 NodeReady  node: 5
            00:19:51 c0 DrainStarted  node: 2, pods: 1
            00:21:21 c0 NodeRemoved  node: 2
            00:21:21 c0 StepStarted  step: 3, of: Observe
            00:36:21 c0 ClusterUpgraded
            01:36:22 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn a_budget_of_zero_stalls_a_drain_that_waits_for_ever() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &web_with_budget(0),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:31:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:31:44 WaveStalled  wave: 0
            Stalled
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > ClusterStalled [budget.zero]
        "#]],
    );
}

#[test]
fn a_budget_of_zero_fails_the_step_where_the_provider_gives_up() {
    let plan = plan(&[1], &pool_steps(SURGE, drain(15, OnDrainTimeout::Fail)));
    check(
        &web_with_budget(0),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:16:43 c0 DrainTimedOut  node: 0, pods: 1
            00:16:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:16:43 c0 ClusterFailed
            00:16:43 c0 SurgeNodesLeft  nodes: 1
            00:16:44 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed [budget.zero]
        "#]],
    );
}

#[test]
fn a_budget_of_zero_is_overridden_where_the_provider_uses_force() {
    let plan = plan(&[1], &pool_steps(SURGE, drain(60, OnDrainTimeout::Force)));
    check(
        &web_with_budget(0),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            01:01:43 c0 DrainForced  node: 0, pods: 1
            01:01:43 c0 PodDeleted  pod: 0, node: 0
            01:03:19 c0 NodeRemoved  node: 0
            01:05:22 c0 NodeReady  node: 4
            01:05:22 c0 DrainStarted  node: 1, pods: 1
            01:05:22 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            02:05:22 c0 DrainForced  node: 1, pods: 1
            02:05:22 c0 PodDeleted  pod: 1, node: 1
            02:06:40 c0 NodeRemoved  node: 1
            02:09:25 c0 NodeReady  node: 5
            02:09:25 c0 DrainStarted  node: 2, pods: 1
            02:09:25 c0 EvictionRefused  pod: 2, node: 2, budget: 0
            03:09:25 c0 DrainForced  node: 2, pods: 1
            03:09:25 c0 PodDeleted  pod: 2, node: 2
            03:10:54 c0 NodeRemoved  node: 2
            03:10:54 c0 StepStarted  step: 1, of: Observe
            03:25:54 c0 ClusterUpgraded
            04:25:55 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn two_budgets_on_one_pod_make_its_eviction_fail() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    add_budget(&mut cluster, web, 1);
    add_budget(&mut cluster, web, 1);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetsOverlap  workload: 0, first: 0, second: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionFailed  pod: 0, node: 0
            00:01:43 c0 DrainGivenUp  node: 0, pods: 1
            00:01:43 c0 StepFailed  step: 0, of: Pool, why: EvictionImpossible
            00:01:43 c0 ClusterFailed
            00:01:43 c0 SurgeNodesLeft  nodes: 1
            00:01:44 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetsOverlap > EvictionFailed > StepFailed
              > ClusterFailed [budget.overlap]
        "#]],
    );
}

// The second pod of a node must wait until the replacement of the first is ready, not merely
// scheduled.
#[test]
fn a_budget_opens_only_when_a_replacement_is_ready() {
    let mut cluster = cluster("eu-1", 1);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    add_budget(&mut cluster, web, 1);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 1
            00:01:43 c0 DrainStarted  node: 0, pods: 2
            00:01:43 c0 EvictionRefused  pod: 1, node: 0, budget: 0
            00:03:25 c0 NodeRemoved  node: 0
            00:03:25 c0 StepStarted  step: 1, of: Observe
            00:18:25 c0 ClusterUpgraded
            01:18:26 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
    let pods = |reason: &str| {
        let events = trace
            .events
            .iter()
            .filter(move |event| event.kind.reason() == reason);
        events.map(|event| event.at.as_millis()).collect::<Vec<_>>()
    };
    let (evicted, ready) = (pods("PodEvicted"), pods("PodReady"));
    assert!(evicted[1] >= ready[0], "{evicted:?} {ready:?}");
    assert_eq!(
        (evicted[1] - evicted[0]) % 5_000,
        0,
        "tries keep their phase"
    );
}

/// Two nodes with one ready pod of `web` each, a budget that also selects the pods of the job
/// `report`, and one finished pod of the job on the given node.
fn with_finished_job(node: u32, limit: IntOrPercent) -> Cluster {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    let report = add_workload(&mut cluster, "report", WorkloadType::Job, 1);
    add_budget(&mut cluster, web, 1);
    cluster.budgets[0].max_unavailable = Some(limit);
    cluster.budgets[0].workloads.push(report);
    cluster.workloads[report.index()].budgets.push(BudgetIdx(0));
    cluster.workloads[report.index()].replicas = 0;
    let pod = cluster.pods.last_mut().expect("the job's pod");
    (pod.node, pod.phase, pod.ready) = (Some(NodeIdx(node)), PodPhase::Succeeded, false);
    cluster
}

#[test]
fn a_finished_pod_of_a_job_closes_a_budget_that_needs_the_scale() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![with_finished_job(1, IntOrPercent::Percent(50))]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetFailsSafe  budget: 0, pod: 2, pods: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:31:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:31:44 WaveStalled  wave: 0
            Stalled
            SnapshotTaken > BudgetFailsSafe > EvictionRefused > ClusterStalled [budget.failSafe]
        "#]],
    );
}

// The drain of the job's node deletes the finished pod without asking the budget.
#[test]
fn a_budget_opens_when_the_drain_deletes_the_last_finished_pod() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![with_finished_job(0, IntOrPercent::Int(1))]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetFailsSafe  budget: 0, pod: 2, pods: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 2
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:03:24 c0 NodeRemoved  node: 0
            00:05:27 c0 NodeReady  node: 3
            00:05:27 c0 DrainStarted  node: 1, pods: 1
            00:06:45 c0 NodeRemoved  node: 1
            00:06:45 c0 StepStarted  step: 1, of: Observe
            00:21:45 c0 ClusterUpgraded
            01:21:46 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn a_count_of_available_pods_does_not_mind_a_finished_job() {
    let mut cluster = with_finished_job(1, IntOrPercent::Int(1));
    cluster.budgets[0].max_unavailable = None;
    cluster.budgets[0].min_available = Some(IntOrPercent::Int(1));
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 3
            00:05:22 c0 DrainStarted  node: 1, pods: 2
            00:06:40 c0 NodeRemoved  node: 1
            00:06:40 c0 StepStarted  step: 1, of: Observe
            00:21:40 c0 ClusterUpgraded
            01:21:41 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
    let told = |reason| {
        trace
            .events
            .iter()
            .any(|event| event.kind.reason() == reason)
    };
    assert!(!told("BudgetFailsSafe") && !told("EvictionRefused"));
}

// A bare pod is skipped where controllers are asked for their scale (k8s-truth §2.3).
#[test]
fn a_finished_bare_pod_closes_nothing() {
    let mut cluster = with_finished_job(1, IntOrPercent::Int(1));
    cluster.workloads[1].kind = WorkloadType::Bare;
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = rehearse(&fleet(vec![cluster]), &plan, &[], 1);
    assert_eq!(trace.outcome, RunOutcome::Finished);
    let refused = trace
        .events
        .iter()
        .any(|event| event.kind.reason() == "EvictionRefused");
    assert!(!refused);
}

// The job's pod is the first reason and goes with the first drain; the budget's own limit is the
// reason that stays.
#[test]
fn a_budget_of_zero_is_the_root_once_the_finished_pod_is_gone() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![with_finished_job(0, IntOrPercent::Int(0))]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetFailsSafe  budget: 0, pod: 2, pods: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 2
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:01:43 c0 BudgetNeverAllows  budget: 0, healthy: 2, desired: 2
            00:01:48 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:31:48 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:31:49 WaveStalled  wave: 0
            Stalled
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > ClusterStalled [budget.zero]
        "#]],
    );
}

#[test]
fn a_minimum_that_never_allows_is_the_root_whether_a_finished_pod_goes_or_not() {
    let mut cluster = with_finished_job(0, IntOrPercent::Int(0));
    cluster.budgets[0].max_unavailable = None;
    cluster.budgets[0].min_available = Some(IntOrPercent::Int(2));
    cluster.pods[0].node = Some(NodeIdx(1));
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 2, desired: 2
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:03:19 c0 NodeRemoved  node: 0
        00:05:21 c0 NodeReady  node: 3
        00:05:21 c0 DrainStarted  node: 1, pods: 2
        00:05:21 c0 EvictionRefused  pod: 0, node: 1, budget: 0
        00:05:21 c0 EvictionRefused  pod: 1, node: 1, budget: 0
        00:35:21 c0 ClusterStalled  place: Step  step: 0, of: Pool
        00:35:22 WaveStalled  wave: 0
        Stalled
        SnapshotTaken > BudgetNeverAllows > EvictionRefused > ClusterStalled [budget.zero]
    "#]],
    );
}

#[test]
fn a_drain_tells_of_the_finished_pods_it_deletes_and_leaves_mirror_pods() {
    let told = |kind| {
        let mut cluster = with_finished_job(0, IntOrPercent::Int(1));
        cluster.workloads[1].kind = kind;
        let trace = rehearse(
            &fleet(vec![cluster.clone()]),
            &plan(&[1], &pool_steps(SURGE, WAIT)),
            &[],
            1,
        );
        let of_pod = trace
            .events
            .iter()
            .enumerate()
            .filter_map(|(id, event)| match event.kind {
                EventKind::PodEvicted { pod: PodIdx(2), .. }
                | EventKind::PodGone { pod: PodIdx(2) }
                | EventKind::PodLost { pod: PodIdx(2), .. } => Some(EventId::new(id)),
                _ => None,
            });
        let chain = |id| {
            let cause = trace.event(id).and_then(|event| event.cause);
            let ids = [cause, Some(id)].into_iter().flatten();
            let reasons = ids.filter_map(|id| Some(trace.event(id)?.kind.reason()));
            reasons.collect::<Vec<_>>().join(" > ")
        };
        of_pod.map(chain).collect::<Vec<_>>()
    };
    assert_eq!(
        told(WorkloadType::Job),
        ["DrainStarted > PodEvicted", "PodEvicted > PodGone"]
    );
    // Its budget fails safe, so the drain never ends and the node stays.
    assert!(told(WorkloadType::Static).is_empty());
}

// Nothing but the job's pod is on the first node, so the first refusal comes after it is gone.
#[test]
fn a_budget_of_zero_refuses_for_its_own_reason_after_the_finished_pod_is_gone() {
    let mut cluster = with_finished_job(0, IntOrPercent::Int(0));
    cluster.pods[0].node = Some(NodeIdx(1));
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetFailsSafe  budget: 0, pod: 2, pods: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 BudgetNeverAllows  budget: 0, healthy: 2, desired: 2
            00:03:19 c0 NodeRemoved  node: 0
            00:05:21 c0 NodeReady  node: 3
            00:05:21 c0 DrainStarted  node: 1, pods: 2
            00:05:21 c0 EvictionRefused  pod: 0, node: 1, budget: 0
            00:05:21 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:35:21 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:35:22 WaveStalled  wave: 0
            Stalled
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > ClusterStalled [budget.zero]
        "#]],
    );
}
