//! Budgets that select some pods of a workload and others not: by name, or by a role that an
//! operator gave one of them.

use expect_test::expect;

use super::check;
use crate::ids::{BudgetIdx, SelectionIdx};
use crate::inventory::{Cluster, WorkloadType};
use crate::sim::testing::{
    SURGE, WAIT, add_budget, add_workload, cluster, fleet, plan, pool_steps,
};
use crate::units::IntOrPercent;

/// Three nodes with a pod of the stateful set `db` each, and a budget for the first pod alone.
fn with_primary(min_available: Option<IntOrPercent>) -> Cluster {
    let mut cluster = cluster("eu-1", 3);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 3);
    add_budget(&mut cluster, db, 1);
    if min_available.is_some() {
        cluster.budgets[0].max_unavailable = None;
        cluster.budgets[0].min_available = min_available;
    }
    let workload = &mut cluster.workloads[db.index()];
    workload.partial_budgets = std::mem::take(&mut workload.budgets);
    cluster.selections = vec![vec![BudgetIdx(0)]];
    cluster.pods[0].selection = Some(SelectionIdx(0));
    cluster
}

// The controller asks the owner for its scale, three pods, of which one may be missing; of those
// that it selects one is healthy (k8s-truth §2.2, §2.3).
#[test]
fn one_selected_pod_is_held_to_the_scale_of_its_owner() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![with_primary(None)]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 1, desired: 2
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
fn one_selected_pod_that_must_be_available_never_leaves() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let cluster = with_primary(Some(IntOrPercent::Int(1)));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 1, desired: 1
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
fn siblings_of_a_pod_that_may_leave_are_not_counted() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let cluster = with_primary(Some(IntOrPercent::Int(0)));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:01:43 c0 NodeReady  node: 3
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:03:20 c0 NodeRemoved  node: 0
        00:05:23 c0 NodeReady  node: 4
        00:05:23 c0 DrainStarted  node: 1, pods: 1
        00:07:10 c0 NodeRemoved  node: 1
        00:09:55 c0 NodeReady  node: 5
        00:09:55 c0 DrainStarted  node: 2, pods: 1
        00:11:24 c0 NodeRemoved  node: 2
        00:11:24 c0 StepStarted  step: 1, of: Observe
        00:26:24 c0 ClusterUpgraded
        01:26:25 WavePassed  wave: 0
        Finished
        RunStarted > WaveStarted > ClusterStarted > StepStarted
          > StepFinished > ClusterUpgraded [plan]
    "#]],
    );
}

// The second budget selects all three, so only the last pod has two.
#[test]
fn a_pod_that_two_budgets_select_stays_and_its_siblings_go() {
    let mut cluster = with_primary(Some(IntOrPercent::Int(0)));
    let db = cluster.pods[0].workload;
    add_budget(&mut cluster, db, 1);
    cluster.selections = vec![vec![BudgetIdx(0), BudgetIdx(1)]];
    cluster.pods[2].selection = cluster.pods[0].selection.take();
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetsOverlap  workload: 0, first: 0, second: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:20 c0 NodeRemoved  node: 0
            00:05:23 c0 NodeReady  node: 4
            00:05:23 c0 DrainStarted  node: 1, pods: 1
            00:07:10 c0 NodeRemoved  node: 1
            00:09:55 c0 NodeReady  node: 5
            00:09:55 c0 DrainStarted  node: 2, pods: 1
            00:09:55 c0 EvictionFailed  pod: 2, node: 2
            00:09:55 c0 DrainGivenUp  node: 2, pods: 1
            00:09:55 c0 StepFailed  step: 0, of: Pool, why: EvictionImpossible
            00:09:55 c0 ClusterFailed
            00:09:55 c0 SurgeNodesLeft  nodes: 1
            00:09:56 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetsOverlap > EvictionFailed > StepFailed
              > ClusterFailed [budget.overlap]
        "#]],
    );
}
