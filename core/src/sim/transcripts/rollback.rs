//! The way back: who goes where, who stays, and what is said of them.

use expect_test::expect;

use super::{check, drain, web_with_budget};
use crate::ids::NodeIdx;
use crate::inventory::{Evidence, Inventory, WorkloadType};
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
        &expect![[""]],
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
        &expect![[""]],
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
        &expect![[""]],
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
        &expect![[""]],
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
        &expect![[""]],
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
        &expect![[""]],
    );
}
