//! Who gives way to whom: victims, budgets, and the node that is kept.

use expect_test::expect;

use super::scheduling::{add_pod, check_scheduling, in_place};
use crate::ids::NodeIdx;
use crate::inventory::{PodTerm, WorkloadType};
use crate::sim::testing::{
    BY_NODE, SURGE, WAIT, add_budget, add_workload, cluster, keep_apart, pin, plan, pool_steps,
};
use crate::snapshot::{PodPhase, PreemptionPolicy};

// The second node is full of what matters less; the first is drained.
#[test]
fn a_pod_displaces_what_matters_less_and_waits_for_its_grace() {
    let mut cluster = cluster("eu-1", 2);
    add_pod(&mut cluster, "shop", 0, 3, 100);
    add_pod(&mut cluster, "report", 1, 2, 0);
    add_pod(&mut cluster, "batch", 1, 2, -5);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 shop: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:00 report gives way on node 1 to shop
        00:00:00 report: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:00 batch gives way on node 1 to shop
        00:00:00 batch: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:00 batch is gone
        00:00:01 shop is gone
        00:00:30 report is gone
        00:00:30 shop goes to node 1
        00:03:22 node 0 is Ready
        00:03:22 report goes to node 0
        00:03:22 batch goes to node 0
        00:03:22 node 1 is cordoned
        00:03:22 shop: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:22 report gives way on node 0 to shop
        00:03:22 report: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:22 batch gives way on node 0 to shop
        00:03:22 batch: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:23 report is gone
        00:03:23 batch is gone
        00:03:23 shop goes to node 0
        00:03:26 shop is gone
        00:05:47 node 1 is Ready
        00:05:47 report goes to node 1
        00:05:47 batch goes to node 1
    "#]],
    );
}

#[test]
fn a_pod_that_never_preempts_waits_its_turn() {
    let mut cluster = cluster("eu-1", 2);
    let shop = add_pod(&mut cluster, "shop", 0, 3, 100);
    cluster.workloads[shop.index()].preemption = PreemptionPolicy::Never;
    add_pod(&mut cluster, "report", 1, 2, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 shop: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:01 shop is gone
        00:03:22 node 0 is Ready
        00:03:22 shop goes to node 0
        00:03:22 node 1 is cordoned
        00:03:22 report: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:52 report is gone
        00:06:13 node 1 is Ready
        00:06:13 report goes to node 1
    "#]],
    );
}

// Where a pod is bound to a cordoned node by its name, removing others helps nothing.
#[test]
fn nothing_is_displaced_where_it_would_not_help() {
    let mut cluster = cluster("eu-1", 2);
    let shop = add_pod(&mut cluster, "shop", 0, 3, 100);
    pin(&mut cluster, shop, NodeIdx(0));
    add_pod(&mut cluster, "report", 1, 4, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 shop: 0/2 nodes are available:
            1 node(s) didn't match Pod's node affinity/selector,
            1 node(s) were unschedulable
        00:00:01 shop is gone
        00:03:22 node 0 is Ready
        00:03:22 shop goes to node 0
        00:03:22 node 1 is cordoned
        00:03:22 report: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:52 report is gone
        00:06:13 node 1 is Ready
        00:06:13 report goes to node 1
    "#]],
    );
}

// Either node would do. The budget of `web` allows nothing, so `batch` goes, though it matters
// more; then it has no other choice itself.
#[test]
fn the_node_is_taken_where_no_budget_is_violated() {
    let mut cluster = cluster("eu-1", 3);
    add_pod(&mut cluster, "shop", 0, 3, 100);
    let web = add_pod(&mut cluster, "web", 1, 4, 0);
    add_budget(&mut cluster, web, 0);
    add_pod(&mut cluster, "batch", 2, 4, 50);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 shop: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:00:00 batch gives way on node 2 to shop
        00:00:00 batch: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:00:00 web gives way on node 1 to batch
        00:00:00 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:00:00 web is gone
        00:00:00 shop goes to node 1
        00:00:00 batch is gone
        00:00:00 batch goes to node 2
        00:00:01 shop is gone
        00:03:22 node 0 is Ready
        00:03:22 web goes to node 0
        00:03:22 node 1 is cordoned
        00:03:22 shop: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:03:22 batch gives way on node 2 to shop
        00:03:22 batch: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:03:22 web gives way on node 0 to batch
        00:03:22 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:03:23 web is gone
        00:03:23 shop goes to node 0
        00:03:24 batch is gone
        00:03:24 batch goes to node 2
        00:03:26 shop is gone
        00:05:47 node 1 is Ready
        00:05:47 web goes to node 1
        00:05:47 node 2 is cordoned
        00:05:47 batch: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:05:47 web gives way on node 1 to batch
        00:05:47 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 Insufficient cpu
        00:05:48 web is gone
        00:05:48 batch goes to node 1
        00:05:58 batch is gone
        00:10:13 node 2 is Ready
        00:10:13 web goes to node 2
    "#]],
    );
}

// Preempting for the fit leaves the anti-affinity: the pod of the same kind is no victim.
#[test]
fn a_pod_of_equal_priority_is_no_victim() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    cluster.workloads[web.index()].priority = 100;
    keep_apart(&mut cluster, web, BY_NODE);
    add_pod(&mut cluster, "batch", 1, 1, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 web: 0/2 nodes are available:
            1 node(s) didn't match pod anti-affinity rules,
            1 node(s) were unschedulable
        00:00:00 web is gone
        00:03:21 node 0 is Ready
        00:03:21 web goes to node 0
        00:03:21 node 1 is cordoned
        00:03:21 web: 0/2 nodes are available:
            1 node(s) didn't match pod anti-affinity rules,
            1 node(s) were unschedulable
        00:03:21 batch goes to node 0
        00:03:22 batch is gone
        00:03:22 web is gone
        00:05:44 node 1 is Ready
        00:05:44 web goes to node 1
    "#]],
    );
}

// Anti-affinity of what matters less is resolved by removing it, and holds for its replacement.
#[test]
fn what_keeps_a_pod_away_is_displaced_too() {
    let mut cluster = cluster("eu-1", 2);
    let shop = add_pod(&mut cluster, "shop", 0, 1, 100);
    let batch = add_pod(&mut cluster, "batch", 1, 1, 0);
    let term = |workload| PodTerm {
        topology: BY_NODE,
        workloads: vec![workload],
    };
    cluster.workloads[shop.index()].placement.neighbors.apart = vec![term(batch)];
    cluster.workloads[batch.index()]
        .placement
        .neighbors
        .avoided_by = vec![term(shop)];
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 shop: 0/2 nodes are available:
            1 node(s) didn't match pod anti-affinity rules,
            1 node(s) were unschedulable
        00:00:00 batch gives way on node 1 to shop
        00:00:00 batch: 0/2 nodes are available:
            1 node(s) didn't satisfy existing pods anti-affinity rules,
            1 node(s) were unschedulable
        00:00:00 batch is gone
        00:00:00 shop goes to node 1
        00:00:01 shop is gone
        00:03:22 node 0 is Ready
        00:03:22 batch goes to node 0
        00:03:22 node 1 is cordoned
        00:03:22 shop: 0/2 nodes are available:
            1 node(s) didn't match pod anti-affinity rules,
            1 node(s) were unschedulable
        00:03:22 batch gives way on node 0 to shop
        00:03:22 batch: 0/2 nodes are available:
            1 node(s) didn't satisfy existing pods anti-affinity rules,
            1 node(s) were unschedulable
        00:03:23 batch is gone
        00:03:23 shop goes to node 0
        00:03:26 shop is gone
        00:05:47 node 1 is Ready
        00:05:47 batch goes to node 1
    "#]],
    );
}

// A pod that tolerates nodes that are not Ready is there before the daemons of a new node are.
#[test]
fn a_daemon_displaces_pods_on_its_own_node_alone() {
    let mut cluster = cluster("eu-1", 2);
    let cni = add_workload(&mut cluster, "cni", WorkloadType::DaemonSet, 2);
    cluster.workloads[cni.index()].priority = 2_000_001_000;
    let import = add_pod(&mut cluster, "import", 0, 4, 0);
    cluster.workloads[import.index()]
        .placement
        .tolerated
        .not_ready = true;
    let pod = &mut cluster.pods[2];
    (pod.node, pod.phase, pod.ready) = (None, PodPhase::Pending, false);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check_scheduling(
        cluster,
        &plan,
        &expect![[r#"
        00:01:30 import goes to node 2
        00:01:30 cni: 0/3 nodes are available:
            1 Insufficient cpu,
            2 node(s) didn't satisfy plugin(s) [NodeAffinity]
        00:01:30 import gives way on node 2 to cni
        00:01:30 import: 0/3 nodes are available:
            3 Insufficient cpu
        00:01:31 import is gone
        00:01:31 cni goes to node 2
        00:01:43 node 2 is Ready
        00:01:43 node 0 is cordoned
        00:05:11 import goes to node 3
        00:05:11 cni: 0/3 nodes are available:
            1 Insufficient cpu,
            2 node(s) didn't satisfy plugin(s) [NodeAffinity]
        00:05:11 import gives way on node 3 to cni
        00:05:11 import: 0/3 nodes are available:
            3 Insufficient cpu
        00:05:12 import is gone
        00:05:12 cni goes to node 3
        00:05:21 node 3 is Ready
        00:05:21 node 1 is cordoned
    "#]],
    );
}
