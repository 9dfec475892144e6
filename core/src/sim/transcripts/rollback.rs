//! The way back: who goes where, who stays, and what is said of them.

use expect_test::expect;

use super::{check, drain, web_with_budget};
use crate::ids::{NodeIdx, PoolIdx, WorkloadIdx};
use crate::inventory::{Evidence, Inventory, NodePool, WorkloadType};
use crate::plan::{FailureRule, OnDrainTimeout, Plan, PoolStrategy, Step};
use crate::sim::fault::{FaultKind, StepKind, Trigger};
use crate::sim::testing::{
    OLD, SURGE, WAIT, add_budget, add_workload, cluster, fault, fleet, plan, pool_steps,
};
use crate::units::{KubeVersion, SimDuration};

/// Nodes rebuilt in place, so many at a time.
fn in_place(max_unavailable: u32) -> PoolStrategy {
    PoolStrategy::Unavailable {
        max_unavailable,
        node_timeout: None,
    }
}

/// A plan of these steps that rolls back.
fn rolls_back(steps: &[Step]) -> Plan {
    let mut plan = plan(&[1], steps);
    plan.on_failure = FailureRule::RollBack;
    plan
}

/// Three nodes, the second of which cannot be drained.
fn one_node_is_stuck() -> Inventory {
    let mut cluster = cluster("eu-1", 3);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    cluster.pods[0].node = Some(NodeIdx(1));
    add_budget(&mut cluster, db, 0);
    fleet(vec![cluster])
}

#[test]
fn a_node_that_surge_added_beside_one_that_stays_is_deleted() {
    let fails = drain(15, OnDrainTimeout::Fail);
    check(
        &one_node_is_stuck(),
        &rolls_back(&pool_steps(SURGE, fails)),
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 1, desired: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 0
            00:03:19 c0 NodeRemoved  node: 0
            00:05:21 c0 NodeReady  node: 4
            00:05:21 c0 DrainStarted  node: 1, pods: 1
            00:05:21 c0 EvictionRefused  pod: 0, node: 1, budget: 0
            00:20:21 c0 DrainTimedOut  node: 1, pods: 1
            00:20:21 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:20:21 c0 ClusterFailed
            00:20:21 c0 RollBackStarted
            00:20:21 c0 PoolRollBackStarted  pool: 0, nodes: 1, surplus: 1
            00:20:21 c0 DrainStarted  node: 4, pods: 0
            00:21:51 c0 NodeRemoved  node: 4
            00:22:43 c0 NodeReady  node: 5
            00:22:43 c0 DrainStarted  node: 3, pods: 0
            00:24:15 c0 NodeRemoved  node: 3
            00:24:15 c0 PoolRollBackFinished  pool: 0
            00:24:15 c0 ClusterRolledBack
            00:24:16 WaveHeld  wave: 0
            RolledBack
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed > RollBackStarted > PoolRollBackStarted
              > PoolRollBackFinished > ClusterRolledBack [budget.zero]
        "#]],
    );
}

#[test]
fn a_plan_that_holds_tells_of_the_surge_nodes_it_leaves() {
    let both = PoolStrategy::Surge {
        max_surge: 2,
        node_timeout: None,
    };
    let fails = drain(15, OnDrainTimeout::Fail);
    check(
        &one_node_is_stuck(),
        &plan(&[1], &pool_steps(both, fails)),
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 1, desired: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 0
            00:02:02 c0 NodeReady  node: 4
            00:02:02 c0 DrainStarted  node: 1, pods: 1
            00:02:02 c0 EvictionRefused  pod: 0, node: 1, budget: 0
            00:03:19 c0 NodeRemoved  node: 0
            00:06:04 c0 NodeReady  node: 5
            00:06:04 c0 DrainStarted  node: 2, pods: 0
            00:07:33 c0 NodeRemoved  node: 2
            00:17:02 c0 DrainTimedOut  node: 1, pods: 1
            00:17:02 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:17:02 c0 ClusterFailed
            00:17:02 c0 SurgeNodesLeft  nodes: 1
            00:17:03 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed [budget.zero]
        "#]],
    );
}

// The check of etcd's latency fails after the pool is done, and slow etcd stands in no drain's way.
#[test]
fn every_node_goes_back_to_the_version_it_had() {
    let mut inventory = web_with_budget(1);
    inventory.clusters[0].nodes[1].kubelet = Evidence::Known(KubeVersion::minor(1, 30));
    check(
        &inventory,
        &rolls_back(&pool_steps(in_place(1), WAIT)),
        &[fault(FaultKind::EtcdLatency, Trigger::ClusterStart, 50)],
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 EtcdSlow  commit_p99_micros: 500000
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 1
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:03:22 c0 NodeReady  node: 0
            00:03:22 c0 DrainStarted  node: 1, pods: 1
            00:03:23 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:05:44 c0 NodeReady  node: 1
            00:05:44 c0 DrainStarted  node: 2, pods: 2
            00:05:44 c0 EvictionRefused  pod: 3, node: 2, budget: 0
            00:06:02 c0 NodeRebuilding  node: 2, kubelet: 1.32
            00:10:17 c0 NodeReady  node: 2
            00:10:17 c0 StepStarted  step: 1, of: Observe
            00:25:17 c0 GateFailed  gate: EtcdCommitP99, value: 500000, limit: 200000
            00:25:17 c0 ClusterFailed
            00:25:17 c0 RollBackStarted
            00:25:17 c0 PoolRollBackStarted  pool: 0, nodes: 3, surplus: 0
            00:25:17 c0 DrainStarted  node: 0, pods: 2
            00:25:17 c0 EvictionRefused  pod: 6, node: 0, budget: 0
            00:25:47 c0 NodeRebuilding  node: 0, kubelet: 1.31
            00:26:56 c0 NodeReady  node: 0
            00:26:56 c0 DrainStarted  node: 1, pods: 2
            00:26:56 c0 EvictionRefused  pod: 8, node: 1, budget: 0
            00:27:07 c0 NodeRebuilding  node: 1, kubelet: 1.30
            00:28:38 c0 NodeReady  node: 1
            00:28:38 c0 DrainStarted  node: 2, pods: 1
            00:28:43 c0 NodeRebuilding  node: 2, kubelet: 1.31
            00:31:29 c0 NodeReady  node: 2
            00:31:29 c0 PoolRollBackFinished  pool: 0
            00:31:29 c0 ClusterRolledBack
            00:31:30 WaveHeld  wave: 0
            RolledBack
            FaultStarted > EtcdSlow > GateFailed > ClusterFailed
              > RollBackStarted > PoolRollBackStarted > PoolRollBackFinished > ClusterRolledBack
              [fault.etcdLatency]
        "#]],
    );
}

#[test]
fn a_node_whose_version_was_not_known_stays_and_the_roll_back_has_failed() {
    let mut inventory = web_with_budget(1);
    inventory.clusters[0].nodes[1].kubelet = Evidence::Unknown;
    check(
        &inventory,
        &rolls_back(&pool_steps(in_place(1), WAIT)),
        &[fault(FaultKind::EtcdLatency, Trigger::ClusterStart, 50)],
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 EtcdSlow  commit_p99_micros: 500000
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 1
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:03:22 c0 NodeReady  node: 0
            00:03:22 c0 DrainStarted  node: 1, pods: 1
            00:03:23 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:05:44 c0 NodeReady  node: 1
            00:05:44 c0 DrainStarted  node: 2, pods: 2
            00:05:44 c0 EvictionRefused  pod: 3, node: 2, budget: 0
            00:06:02 c0 NodeRebuilding  node: 2, kubelet: 1.32
            00:10:17 c0 NodeReady  node: 2
            00:10:17 c0 StepStarted  step: 1, of: Observe
            00:25:17 c0 GateFailed  gate: EtcdCommitP99, value: 500000, limit: 200000
            00:25:17 c0 ClusterFailed
            00:25:17 c0 RollBackStarted
            00:25:17 c0 NodesCannotGoBack  pool: 0, nodes: 1
            00:25:17 c0 PoolRollBackStarted  pool: 0, nodes: 2, surplus: 0
            00:25:17 c0 DrainStarted  node: 0, pods: 2
            00:25:17 c0 EvictionRefused  pod: 6, node: 0, budget: 0
            00:25:47 c0 NodeRebuilding  node: 0, kubelet: 1.31
            00:26:56 c0 NodeReady  node: 0
            00:26:56 c0 DrainStarted  node: 2, pods: 1
            00:27:01 c0 NodeRebuilding  node: 2, kubelet: 1.31
            00:29:47 c0 NodeReady  node: 2
            00:29:47 c0 PoolRollBackFinished  pool: 0
            00:29:47 c0 RollBackFailed  why: VersionUnknown
            00:29:48 WaveHeld  wave: 0
            Held
            FaultStarted > EtcdSlow > GateFailed > ClusterFailed
              > RollBackStarted > NodesCannotGoBack > RollBackFailed [fault.etcdLatency]
        "#]],
    );
}

// Two budgets select the second node's pod, so its drain gives up while the first is rebuilt.
#[test]
fn a_rebuild_under_way_is_begun_again_with_the_old_version() {
    let mut cluster = cluster("eu-1", 2);
    let db = add_workload(&mut cluster, "db", WorkloadType::Deployment, 1);
    cluster.pods[0].node = Some(NodeIdx(1));
    add_budget(&mut cluster, db, 1);
    add_budget(&mut cluster, db, 1);
    let trace = check(
        &fleet(vec![cluster]),
        &rolls_back(&pool_steps(in_place(2), WAIT)),
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetsOverlap  workload: 0, first: 0, second: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 0
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:00:00 c0 DrainStarted  node: 1, pods: 1
            00:00:00 c0 EvictionFailed  pod: 0, node: 1
            00:00:00 c0 DrainGivenUp  node: 1, pods: 1
            00:00:00 c0 StepFailed  step: 0, of: Pool, why: EvictionImpossible
            00:00:00 c0 ClusterFailed
            00:00:00 c0 RollBackStarted
            00:00:00 c0 PoolRollBackStarted  pool: 0, nodes: 1, surplus: 0
            00:00:00 c0 DrainStarted  node: 0, pods: 0
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.31
            00:01:08 c0 NodeReady  node: 0
            00:01:08 c0 PoolRollBackFinished  pool: 0
            00:01:08 c0 ClusterRolledBack
            00:01:09 WaveHeld  wave: 0
            RolledBack
            SnapshotTaken > BudgetsOverlap > EvictionFailed > StepFailed
              > ClusterFailed > RollBackStarted > PoolRollBackStarted > PoolRollBackFinished
              > ClusterRolledBack [budget.overlap]
        "#]],
    );
    let joins = trace.events.iter().filter_map(|event| match event.kind {
        crate::sim::EventKind::NodeJoined { kubelet, .. } => Some(kubelet),
        _ => None,
    });
    assert_eq!(joins.collect::<Vec<_>>(), [OLD]);
}

#[test]
fn a_roll_back_that_stalls_says_so() {
    let mut plan = rolls_back(&pool_steps(in_place(1), WAIT));
    plan.gates.max_etcd_commit_p99 = SimDuration::ZERO;
    let trigger = Trigger::BeforeStep(StepKind::Observe);
    check(
        &web_with_budget(1),
        &plan,
        &[fault(FaultKind::BlockingBudget, trigger, 1_000)],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 1
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:03:21 c0 NodeReady  node: 0
            00:03:21 c0 DrainStarted  node: 1, pods: 1
            00:03:22 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:05:44 c0 NodeReady  node: 1
            00:05:44 c0 DrainStarted  node: 2, pods: 2
            00:05:44 c0 EvictionRefused  pod: 3, node: 2, budget: 0
            00:06:01 c0 NodeRebuilding  node: 2, kubelet: 1.32
            00:10:16 c0 NodeReady  node: 2
            00:10:16 c0 FaultStarted  fault: 0
            00:10:16 c0 BudgetTightened  budget: 0, fault: 0
            00:10:16 c0 StepStarted  step: 1, of: Observe
            00:25:16 c0 GateFailed  gate: EtcdCommitP99, value: 13000, limit: 0
            00:25:16 c0 ClusterFailed
            00:25:16 c0 RollBackStarted
            00:25:16 c0 PoolRollBackStarted  pool: 0, nodes: 3, surplus: 0
            00:25:16 c0 DrainStarted  node: 0, pods: 2
            00:25:16 c0 EvictionRefused  pod: 4, node: 0, budget: 0
            00:25:16 c0 EvictionRefused  pod: 6, node: 0, budget: 0
            00:55:16 c0 ClusterStalled  place: RollBack  pool: Some(0)
            00:55:17 WaveStalled  wave: 0
            Stalled
            FaultStarted > BudgetTightened > EvictionRefused > ClusterStalled [fault.blockingBudget]
        "#]],
    );
}

// The first of two that are drained side by side runs out of time; the other's pods stay refused.
#[test]
fn the_other_drains_of_a_step_that_fails_are_given_up() {
    let mut cluster = cluster("eu-1", 2);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 2);
    add_budget(&mut cluster, db, 0);
    let both = PoolStrategy::Surge {
        max_surge: 2,
        node_timeout: None,
    };
    check(
        &fleet(vec![cluster]),
        &plan(&[1], &pool_steps(both, drain(15, OnDrainTimeout::Fail))),
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 2, desired: 2
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:02:02 c0 NodeReady  node: 3
            00:02:02 c0 DrainStarted  node: 1, pods: 1
            00:02:02 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:16:43 c0 DrainTimedOut  node: 0, pods: 1
            00:16:43 c0 DrainGivenUp  node: 1, pods: 1
            00:16:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:16:43 c0 ClusterFailed
            00:16:43 c0 SurgeNodesLeft  nodes: 2
            00:16:44 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut
              > StepFailed > ClusterFailed [budget.zero]
        "#]],
    );
}

#[test]
fn a_roll_back_that_fails_tells_of_the_surge_nodes_it_leaves() {
    let fails = drain(15, OnDrainTimeout::Fail);
    let mut plan = rolls_back(&pool_steps(SURGE, fails));
    plan.gates.max_etcd_commit_p99 = SimDuration::ZERO;
    let trigger = Trigger::BeforeStep(StepKind::Observe);
    check(
        &web_with_budget(1),
        &plan,
        &[fault(FaultKind::BlockingBudget, trigger, 1_000)],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 4
            00:05:22 c0 DrainStarted  node: 1, pods: 1
            00:06:40 c0 NodeRemoved  node: 1
            00:09:25 c0 NodeReady  node: 5
            00:09:25 c0 DrainStarted  node: 2, pods: 1
            00:10:54 c0 NodeRemoved  node: 2
            00:10:54 c0 FaultStarted  fault: 0
            00:10:54 c0 BudgetTightened  budget: 0, fault: 0
            00:10:54 c0 StepStarted  step: 1, of: Observe
            00:25:54 c0 GateFailed  gate: EtcdCommitP99, value: 13000, limit: 0
            00:25:54 c0 ClusterFailed
            00:25:54 c0 RollBackStarted
            00:25:54 c0 PoolRollBackStarted  pool: 0, nodes: 3, surplus: 0
            00:26:47 c0 NodeReady  node: 6
            00:26:47 c0 DrainStarted  node: 3, pods: 1
            00:26:47 c0 EvictionRefused  pod: 3, node: 3, budget: 0
            00:41:47 c0 DrainTimedOut  node: 3, pods: 1
            00:41:47 c0 RollBackFailed  why: DrainTimeout
            00:41:47 c0 SurgeNodesLeft  nodes: 1
            00:41:48 WaveHeld  wave: 0
            Held
            FaultStarted > BudgetTightened > EvictionRefused > DrainTimedOut
              > RollBackFailed [fault.blockingBudget]
        "#]],
    );
}

// What joined beside the second node is deleted and the third's order is cancelled; the first
// node's version is not known, so the way back fails.
#[test]
fn a_roll_back_that_fails_leaves_out_what_is_deleted_and_what_was_cancelled() {
    let mut inventory = one_node_is_stuck();
    let cluster = &mut inventory.clusters[0];
    add_budget(cluster, WorkloadIdx(0), 0);
    cluster.nodes[0].kubelet = Evidence::Unknown;
    let all = PoolStrategy::Surge {
        max_surge: 3,
        node_timeout: None,
    };
    check(
        &inventory,
        &rolls_back(&pool_steps(all, WAIT)),
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetsOverlap  workload: 0, first: 0, second: 1
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 1, desired: 1
            00:00:00 c0 BudgetNeverAllows  budget: 1, healthy: 1, desired: 1
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 0
            00:02:02 c0 NodeReady  node: 4
            00:02:02 c0 DrainStarted  node: 1, pods: 1
            00:02:02 c0 EvictionFailed  pod: 0, node: 1
            00:02:02 c0 DrainGivenUp  node: 1, pods: 1
            00:02:02 c0 NodeRemoved  node: 5
            00:02:02 c0 StepFailed  step: 0, of: Pool, why: EvictionImpossible
            00:02:02 c0 ClusterFailed
            00:02:02 c0 RollBackStarted
            00:02:02 c0 NodesCannotGoBack  pool: 0, nodes: 1
            00:02:02 c0 PoolRollBackStarted  pool: 0, nodes: 0, surplus: 1
            00:02:02 c0 DrainStarted  node: 4, pods: 0
            00:03:19 c0 NodeRemoved  node: 0
            00:03:31 c0 NodeRemoved  node: 4
            00:03:31 c0 PoolRollBackFinished  pool: 0
            00:03:31 c0 RollBackFailed  why: VersionUnknown
            00:03:32 WaveHeld  wave: 0
            Held
            SnapshotTaken > BudgetsOverlap > EvictionFailed > StepFailed
              > ClusterFailed > RollBackStarted > NodesCannotGoBack > RollBackFailed [budget.overlap]
        "#]],
    );
}

#[test]
fn a_pool_that_was_upgraded_twice_goes_back_first() {
    let mut cluster = cluster("eu-1", 2);
    cluster.version = Evidence::Known(KubeVersion::minor(1, 33));
    cluster.pools.push(NodePool {
        name: "batch".to_owned(),
        control_plane: false,
        by_karpenter: false,
        nodes: vec![NodeIdx(1)],
    });
    cluster.pools[0].nodes.pop();
    cluster.nodes[1].pool = PoolIdx(1);
    let pool = |pool, minor| Step::Pool {
        pool: PoolIdx(pool),
        to: KubeVersion::minor(1, minor),
        strategy: in_place(1),
        drain: WAIT,
    };
    let soak = SimDuration::from_mins(15);
    let observe = Step::Observe { soak };
    let mut plan = rolls_back(&[pool(0, 32), pool(1, 32), pool(0, 33), observe]);
    plan.gates.max_etcd_commit_p99 = SimDuration::ZERO;
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 DrainStarted  node: 0, pods: 0
        00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
        00:03:21 c0 NodeReady  node: 0
        00:03:21 c0 StepStarted  step: 1, of: Pool
        00:03:21 c0 DrainStarted  node: 1, pods: 0
        00:03:21 c0 NodeRebuilding  node: 1, kubelet: 1.32
        00:05:42 c0 NodeReady  node: 1
        00:05:42 c0 StepStarted  step: 2, of: Pool
        00:05:42 c0 DrainStarted  node: 0, pods: 0
        00:05:42 c0 NodeRebuilding  node: 0, kubelet: 1.33
        00:06:51 c0 NodeReady  node: 0
        00:06:51 c0 StepStarted  step: 3, of: Observe
        00:21:51 c0 GateFailed  gate: EtcdCommitP99, value: 13000, limit: 0
        00:21:51 c0 ClusterFailed
        00:21:51 c0 RollBackStarted
        00:21:51 c0 PoolRollBackStarted  pool: 0, nodes: 1, surplus: 0
        00:21:51 c0 DrainStarted  node: 0, pods: 0
        00:21:51 c0 NodeRebuilding  node: 0, kubelet: 1.31
        00:23:59 c0 NodeReady  node: 0
        00:23:59 c0 PoolRollBackFinished  pool: 0
        00:23:59 c0 PoolRollBackStarted  pool: 1, nodes: 1, surplus: 0
        00:23:59 c0 DrainStarted  node: 1, pods: 0
        00:23:59 c0 NodeRebuilding  node: 1, kubelet: 1.31
        00:25:30 c0 NodeReady  node: 1
        00:25:30 c0 PoolRollBackFinished  pool: 1
        00:25:30 c0 ClusterRolledBack
        00:25:31 WaveHeld  wave: 0
        RolledBack
        RunStarted > WaveStarted > ClusterStarted > StepStarted
          > GateFailed > ClusterFailed > RollBackStarted > PoolRollBackStarted
          > PoolRollBackFinished > PoolRollBackStarted > PoolRollBackFinished > ClusterRolledBack
          [plan]
    "#]],
    );
}
