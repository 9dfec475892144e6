//! A second pool beside the first: GKE's numbers and AKS'.

use expect_test::{Expect, expect};

use super::{blocked, check, drain, web};
use crate::ids::NodeIdx;
use crate::inventory::WorkloadType;
use crate::plan::{Batches, BlueGreen, FailureRule, OnDrainTimeout, PoolStrategy};
use crate::sim::testing::{
    add_budget, add_workload, fleet, plan, pool_steps, rehearse, transcript,
};
use crate::sim::trace::Severity;
use crate::units::{IntOrPercent, SimDuration};

/// GKE's defaults.
const GKE: BlueGreen = BlueGreen {
    batches: Batches::Gke,
    batch: IntOrPercent::Int(1),
    batch_soak: SimDuration::ZERO,
    pool_soak: SimDuration::from_hours(1),
};

/// The soaks and drains of ten nodes.
#[track_caller]
fn check_batches(settings: BlueGreen, expected: &Expect) {
    let strategy = PoolStrategy::BlueGreen(settings);
    let steps = pool_steps(strategy, drain(60, OnDrainTimeout::GoOn));
    let trace = rehearse(&fleet(vec![web(10, 10)]), &plan(&[1], &steps), &[], 1);
    let shown = |kind: &str| kind == "DrainStarted" || kind.contains("Soaking");
    expected.assert_eq(&transcript(&trace, Severity::Info, shown));
}

#[test]
fn gke_keeps_the_drained_blue_pool_for_an_hour() {
    check(
        web(2, 1),
        PoolStrategy::BlueGreen(GKE),
        drain(60, OnDrainTimeout::GoOn),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 2
            00:00:00 c0 NodeRequested  node: 3
            00:01:43 c0 NodeReady  node: 2
            00:02:02 c0 NodeReady  node: 3
            00:02:02 c0 NodeCordoned  node: 0
            00:02:02 c0 NodeCordoned  node: 1
            00:02:02 c0 DrainStarted  node: 0, pods: 1
            00:02:03 c0 DrainFinished  node: 0
            00:02:03 c0 DrainStarted  node: 1, pods: 1
            00:02:03 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:02:08 c0 DrainFinished  node: 1
            00:02:08 c0 PoolSoaking  nodes: 2
            01:02:26 c0 NodeRemoved  node: 1
            01:02:44 c0 NodeRemoved  node: 0
            01:02:44 c0 StepFinished  step: 0, of: Pool
            01:02:44 c0 StepStarted  step: 1, of: Observe
            01:17:44 c0 StepFinished  step: 1, of: Observe
            01:17:45 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

// The drain phase leaves the pod where it is; the deletion asks no budget.
#[test]
fn what_a_budget_holds_dies_with_the_blue_pool() {
    check(
        blocked(2),
        PoolStrategy::BlueGreen(GKE),
        drain(60, OnDrainTimeout::GoOn),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 2
            00:00:00 c0 NodeRequested  node: 3
            00:01:43 c0 NodeReady  node: 2
            00:02:02 c0 NodeReady  node: 3
            00:02:02 c0 NodeCordoned  node: 0
            00:02:02 c0 NodeCordoned  node: 1
            00:02:02 c0 DrainStarted  node: 0, pods: 1
            00:02:02 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            01:02:02 c0 DrainLeft  node: 0, pods: 1
            01:02:02 c0 DrainStarted  node: 1, pods: 0
            01:02:02 c0 DrainFinished  node: 1
            01:02:02 c0 PoolSoaking  nodes: 2
            02:02:02 c0 NodeEmptied  node: 0, pods: 1
            02:02:02 c0 PodDeleted  pod: 0, node: 0
            02:02:03 c0 DrainFinished  node: 0
            02:02:19 c0 NodeRemoved  node: 1
            02:02:38 c0 NodeRemoved  node: 0
            02:02:38 c0 StepFinished  step: 0, of: Pool
            02:02:38 c0 StepStarted  step: 1, of: Observe
            02:17:38 c0 StepFinished  step: 1, of: Observe
            02:17:39 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn no_batch_at_all_skips_the_drains() {
    let batch = IntOrPercent::Int(0);
    check(
        web(2, 0),
        PoolStrategy::BlueGreen(BlueGreen { batch, ..GKE }),
        drain(60, OnDrainTimeout::GoOn),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 2
            00:00:00 c0 NodeRequested  node: 3
            00:01:43 c0 NodeReady  node: 2
            00:02:02 c0 NodeReady  node: 3
            00:02:02 c0 NodeCordoned  node: 0
            00:02:02 c0 NodeCordoned  node: 1
            00:02:02 c0 PoolSoaking  nodes: 2
            01:02:02 c0 NodeEmptied  node: 0, pods: 1
            01:02:02 c0 PodDeleted  pod: 0, node: 0
            01:02:02 c0 NodeEmptied  node: 1, pods: 1
            01:02:02 c0 PodDeleted  pod: 1, node: 1
            01:02:03 c0 DrainFinished  node: 0
            01:02:03 c0 DrainFinished  node: 1
            01:02:20 c0 NodeRemoved  node: 1
            01:02:38 c0 NodeRemoved  node: 0
            01:02:38 c0 StepFinished  step: 0, of: Pool
            01:02:38 c0 StepStarted  step: 1, of: Observe
            01:17:38 c0 StepFinished  step: 1, of: Observe
            01:17:39 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

// Four of ten, rounded down from 45 %: three batches.
#[test]
fn gke_rounds_its_batches_down_and_waits_after_each() {
    let settings = BlueGreen {
        batch: IntOrPercent::Percent(45),
        batch_soak: SimDuration::from_mins(20),
        ..GKE
    };
    check_batches(
        settings,
        &expect![[r#"
        00:02:56 c0 DrainStarted  node: 0, pods: 1
        00:02:56 c0 DrainStarted  node: 1, pods: 1
        00:02:56 c0 DrainStarted  node: 2, pods: 1
        00:02:56 c0 DrainStarted  node: 3, pods: 1
        00:03:26 c0 BatchSoaking  batch: 1, of: 3
        00:23:26 c0 DrainStarted  node: 4, pods: 1
        00:23:26 c0 DrainStarted  node: 5, pods: 1
        00:23:26 c0 DrainStarted  node: 6, pods: 1
        00:23:26 c0 DrainStarted  node: 7, pods: 1
        00:23:35 c0 BatchSoaking  batch: 2, of: 3
        00:43:35 c0 DrainStarted  node: 8, pods: 1
        00:43:35 c0 DrainStarted  node: 9, pods: 1
        00:44:05 c0 BatchSoaking  batch: 3, of: 3
        01:04:05 c0 PoolSoaking  nodes: 10
        02:19:42 WaveSoaking  wave: 0
        Finished
    "#]],
    );
}

// Five of ten, rounded up from 45 %: two batches.
#[test]
fn aks_rounds_its_batches_up() {
    let settings = BlueGreen {
        batches: Batches::Aks,
        batch: IntOrPercent::Percent(45),
        batch_soak: SimDuration::from_mins(15),
        ..GKE
    };
    check_batches(
        settings,
        &expect![[r#"
        00:02:56 c0 DrainStarted  node: 0, pods: 1
        00:02:56 c0 DrainStarted  node: 1, pods: 1
        00:02:56 c0 DrainStarted  node: 2, pods: 1
        00:02:56 c0 DrainStarted  node: 3, pods: 1
        00:02:56 c0 DrainStarted  node: 4, pods: 1
        00:03:26 c0 BatchSoaking  batch: 1, of: 2
        00:18:26 c0 DrainStarted  node: 5, pods: 1
        00:18:26 c0 DrainStarted  node: 6, pods: 1
        00:18:26 c0 DrainStarted  node: 7, pods: 1
        00:18:26 c0 DrainStarted  node: 8, pods: 1
        00:18:26 c0 DrainStarted  node: 9, pods: 1
        00:18:56 c0 BatchSoaking  batch: 2, of: 2
        00:33:56 c0 PoolSoaking  nodes: 10
        01:49:34 WaveSoaking  wave: 0
        Finished
    "#]],
    );
}

// The old nodes are in use again, and the new ones are drained one after the other, budgets asked.
#[test]
fn the_way_back_uncordons_blue_and_drains_green() {
    let mut cluster = web(3, 1);
    cluster.workloads[0].grace = SimDuration::from_mins(2);
    let lone = add_workload(&mut cluster, "lone", WorkloadType::Deployment, 1);
    add_budget(&mut cluster, lone, 0);
    cluster.pods[3].node = Some(NodeIdx(2));
    let strategy = PoolStrategy::BlueGreen(GKE);
    let steps = pool_steps(strategy, drain(10, OnDrainTimeout::Fail));
    let mut plan = plan(&[1], &steps);
    plan.on_failure = FailureRule::RollBack;
    let trace = rehearse(&fleet(vec![cluster]), &plan, &[], 1);
    let shown = |kind: &str| super::SHOWN.iter().any(|part| kind.contains(part));
    expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 3
        00:00:00 c0 NodeRequested  node: 4
        00:00:00 c0 NodeRequested  node: 5
        00:01:43 c0 NodeReady  node: 3
        00:02:02 c0 NodeReady  node: 4
        00:02:44 c0 NodeReady  node: 5
        00:02:44 c0 NodeCordoned  node: 0
        00:02:44 c0 NodeCordoned  node: 1
        00:02:44 c0 NodeCordoned  node: 2
        00:02:44 c0 DrainStarted  node: 0, pods: 1
        00:02:45 c0 DrainFinished  node: 0
        00:02:45 c0 DrainStarted  node: 1, pods: 1
        00:02:45 c0 EvictionRefused  pod: 1, node: 1, budget: 0
        00:02:51 c0 DrainFinished  node: 1
        00:02:51 c0 DrainStarted  node: 2, pods: 2
        00:02:51 c0 EvictionRefused  pod: 2, node: 2, budget: 0
        00:02:51 c0 EvictionRefused  pod: 3, node: 2, budget: 1
        00:12:51 c0 DrainTimedOut  node: 2, pods: 1
        00:12:51 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
        00:12:51 c0 NodeUncordoned  node: 0
        00:12:51 c0 NodeUncordoned  node: 1
        00:12:51 c0 NodeUncordoned  node: 2
        00:12:51 c0 NodeCordoned  node: 3
        00:12:51 c0 DrainStarted  node: 3, pods: 1
        00:12:53 c0 DrainFinished  node: 3
        00:14:25 c0 NodeRemoved  node: 3
        00:14:25 c0 NodeCordoned  node: 4
        00:14:25 c0 DrainStarted  node: 4, pods: 1
        00:16:25 c0 DrainFinished  node: 4
        00:17:54 c0 NodeRemoved  node: 4
        00:17:54 c0 NodeCordoned  node: 5
        00:17:54 c0 DrainStarted  node: 5, pods: 1
        00:17:58 c0 DrainFinished  node: 5
        00:19:36 c0 NodeRemoved  node: 5
        RolledBack
    "#]]
    .assert_eq(&transcript(&trace, Severity::Detail, shown));
    assert_eq!(trace.counters.forced_deletions, 0);
}
