//! Deployments of which the snapshot shows fewer pods than they want.

use expect_test::expect;

use super::scheduling::{add_pod, check_scheduling, in_place};
use crate::ids::WorkloadIdx;
use crate::inventory::{Cluster, WorkloadType};
use crate::sim::testing::{add_budget, add_workload, cluster, fleet, rehearse};

/// Two nodes and a workload of which one pod of four CPUs is there and `replicas` are wanted.
fn short_of(kind: WorkloadType, replicas: u32) -> (Cluster, WorkloadIdx) {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", kind, 1);
    cluster.workloads[web.index()].replicas = replicas;
    cluster.workloads[web.index()].requests.cpu_millis = 4_000;
    (cluster, web)
}

// One of the two that are missing finds room; without the other the budget allows nothing.
#[test]
fn missing_replicas_are_pending_at_the_start_and_tried_at_once() {
    let (mut cluster, web) = short_of(WorkloadType::Deployment, 3);
    add_budget(&mut cluster, web, 1);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 web goes to node 1
        00:00:00 web: 0/2 nodes are available:
            2 Insufficient cpu
        00:00:00 node 0 is cordoned
        00:30:02 web: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:30:02 stalled
    "#]],
    );
}

#[test]
fn a_stateful_set_and_a_deployment_without_any_pod_stay_as_they_are() {
    let (mut cluster, _) = short_of(WorkloadType::StatefulSet, 3);
    let unseen = add_workload(&mut cluster, "unseen", WorkloadType::Deployment, 0);
    cluster.workloads[unseen.index()].replicas = 5;
    add_pod(&mut cluster, "other", 1, 1, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 web is gone
        00:00:00 web: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:21 node 0 is Ready
        00:03:21 web goes to node 0
        00:03:21 node 1 is cordoned
        00:03:21 other: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:51 other is gone
        00:06:13 node 1 is Ready
        00:06:13 other goes to node 1
    "#]],
    );
}

#[test]
fn a_slip_in_the_number_of_replicas_ends_somewhere() {
    let (cluster, _) = short_of(WorkloadType::Deployment, u32::MAX);
    let trace = rehearse(&fleet(vec![cluster]), &in_place(), &[], 1);
    assert!((1_001..1_100).contains(&trace.clusters[0].pods.len()));
}
