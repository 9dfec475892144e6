//! Pods whose finalizers nobody removes.

use expect_test::expect;

use super::scheduling::{add_pod, check_scheduling, in_place};
use super::{check, drain};
use crate::ids::FinalizerIdx;
use crate::inventory::WorkloadType;
use crate::plan::OnDrainTimeout;
use crate::sim::testing::{SURGE, add_workload, cluster, fleet, plan, pool_steps};

#[test]
fn a_stateful_pod_with_a_finalizer_holds_its_drain_and_its_own_successor() {
    let mut cluster = cluster("eu-1", 2);
    add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    cluster.finalizers = vec!["example.com/backup".to_owned()];
    cluster.pods[0].finalizer = Some(FinalizerIdx(0));
    let plan = plan(&[1], &pool_steps(SURGE, drain(30, OnDrainTimeout::Fail)));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:45 c0 FinalizerHolds  pod: 0, finalizer: 0
        00:31:43 c0 DrainTimedOut  node: 0, pods: 1
        00:31:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
        00:31:43 c0 ClusterFailed
        00:31:43 c0 SurgeNodesLeft  nodes: 1
        00:31:44 WaveHeld  wave: 0
        Held
        RunStarted > WaveStarted > ClusterStarted > StepStarted
          > NodeRequested > NodeJoined > NodeReady > NodeCordoned
          > DrainStarted > PodEvicted > FinalizerHolds > DrainTimedOut
          > StepFailed > ClusterFailed [finalizer]
    "#]],
    );
}

// It was stopping before the upgrade began, and had all of node 1.
#[test]
fn a_stopped_pod_holds_nothing_of_its_node() {
    let mut cluster = cluster("eu-1", 2);
    let old = add_pod(&mut cluster, "old", 1, 4, 0);
    cluster.workloads[old.index()].replicas = 0;
    cluster.finalizers = vec!["example.com/backup".to_owned()];
    cluster.pods[0].finalizer = Some(FinalizerIdx(0));
    cluster.pods[0].terminating = true;
    add_pod(&mut cluster, "web", 0, 4, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 web: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:00 web is gone
        00:00:03 web goes to node 1
        00:03:21 node 0 is Ready
        00:03:21 node 1 is cordoned
        00:03:21 web goes to node 0
        00:03:24 web is gone
        00:33:33 stalled
    "#]],
    );
}
