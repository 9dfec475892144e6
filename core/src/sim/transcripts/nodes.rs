//! Nodes that are lost: when they count as Unknown, who leaves them, and who never does.

use expect_test::{Expect, expect};

use super::drain;
use crate::inventory::{Cluster, Evidence, WorkloadType};
use crate::plan::{DrainPolicy, OnDrainTimeout, Plan, Step};
use crate::sim::fault::{Fault, FaultKind, StepKind, Trigger};
use crate::sim::testing::{
    NEW, OLD, SURGE, WAIT, add_budget, add_volumes, add_workload, check_requests, cluster, fault,
    fleet, plan, pool_steps, rehearse, transcript,
};
use crate::sim::trace::Severity;
use crate::units::SimDuration;

/// Parts of the names of what is shown: lost nodes and their pods.
const SHOWN: &[&str] = &[
    "Tainted",
    "Untainted",
    "Disrupted",
    "Zones",
    "ZoneRecovered",
    "CutOff",
    "NodeNotReady",
    "NodeReady",
    "Reconnected",
    "NodeRemoved",
    "DrainForced",
    "TaintEvicted",
    "TerminationWaits",
    "PodCollected",
    "PodCreated",
    "PodReady",
    "PodUnready",
    "Detached",
];

/// A plan that watches the cluster for so many minutes.
pub(super) fn watch(mins: u64) -> Plan {
    let soak = SimDuration::from_mins(mins);
    plan(&[1], &[Step::Observe { soak }])
}

/// A loss of nodes ten minutes in, for good.
pub(super) fn loss(node: Option<&str>, severity: u32) -> Fault {
    let trigger = Trigger::At(SimDuration::from_mins(10));
    let mut fault = fault(FaultKind::NodeLoss, trigger, severity);
    fault.scope.node = node.map(str::to_owned);
    fault
}

/// Rehearses under seed 1 and compares the events of lost nodes and their pods.
#[track_caller]
pub(super) fn check(cluster: Cluster, plan: &Plan, faults: &[Fault], expected: &Expect) {
    let trace = rehearse(&fleet(vec![cluster]), plan, faults, 1);
    check_requests(&trace);
    let shown = |kind: &str| SHOWN.iter().any(|part| kind.contains(part));
    expected.assert_eq(&transcript(&trace, Severity::Detail, shown));
}

#[test]
fn a_lost_node_is_unknown_then_tainted_then_left_by_its_pods() {
    let mut cluster = cluster("eu-1", 6);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 6);
    add_budget(&mut cluster, web, 0);
    add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 6);
    check(
        cluster,
        &watch(60),
        &[loss(Some("node-0"), 1_000)],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 0, why: NodeNotReady
            00:10:50 c0 PodUnready  pod: 6, why: NodeNotReady
            00:10:50 c0 NodeTainted  node: 0
            00:15:50 c0 PodTaintEvicted  pod: 0, node: 0
            00:15:50 c0 PodCreated  pod: 12
            00:15:50 c0 TerminationWaits  pod: 0, node: 0
            00:15:53 c0 PodReady  pod: 12
            Held
        "#]],
    );
}

#[test]
fn the_grace_period_is_40_seconds_before_1_32() {
    let mut cluster = cluster("eu-1", 6);
    cluster.version = Evidence::Known(OLD);
    check(
        cluster,
        &watch(30),
        &[loss(Some("node-0"), 1_000)],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:40 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:40 c0 NodeTainted  node: 0
            Held
        "#]],
    );
}

#[test]
fn a_stateful_pod_on_a_lost_node_never_moves() {
    let mut cluster = cluster("eu-1", 6);
    add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 3);
    check(
        cluster,
        &watch(600),
        &[loss(Some("node-0"), 1_000)],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 0, why: NodeNotReady
            00:10:50 c0 NodeTainted  node: 0
            00:15:50 c0 PodTaintEvicted  pod: 0, node: 0
            00:15:51 c0 TerminationWaits  pod: 0, node: 0
            Held
        "#]],
    );
}

#[test]
fn a_node_back_in_time_keeps_its_pods() {
    let mut cluster = cluster("eu-1", 6);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 6);
    let mut fault = loss(Some("node-0"), 1_000);
    fault.duration = Some(SimDuration::from_mins(5));
    check(
        cluster.clone(),
        &watch(60),
        &[fault.clone()],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 0, why: NodeNotReady
            00:10:50 c0 NodeTainted  node: 0
            00:15:07 c0 NodeReconnected  node: 0
            00:15:07 c0 NodeReady  node: 0
            00:15:07 c0 PodReady  pod: 0
            00:15:10 c0 NodeUntainted  node: 0
            Finished
        "#]],
    );
    fault.duration = Some(SimDuration::from_secs(25));
    check(
        cluster,
        &watch(60),
        &[fault],
        &expect![[r#"
        00:10:00 c0 NodeCutOff  node: 0, fault: 0
        00:10:32 c0 NodeReconnected  node: 0
        Finished
    "#]],
    );
}

// Two faults cut the node off; when the first ends, the node is told to be lost to the second.
#[test]
fn a_node_stays_lost_for_the_fault_that_lasts() {
    let mut cluster = cluster("eu-1", 2);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    let mut passing = loss(Some("node-0"), 1_000);
    passing.trigger = Trigger::At(SimDuration::from_secs(30));
    passing.duration = Some(SimDuration::from_mins(5));
    let mut lasting = passing.clone();
    lasting.trigger = Trigger::At(SimDuration::from_secs(60));
    lasting.duration = None;
    let plan = plan(&[1], &pool_steps(SURGE, drain(15, OnDrainTimeout::Fail)));
    super::check(
        &fleet(vec![cluster]),
        &plan,
        &[passing, lasting],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:30 c0 FaultStarted  fault: 0
            00:00:30 c0 NodeCutOff  node: 0, fault: 0
            00:01:00 c0 FaultStarted  fault: 1
            00:01:20 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:01:20 c0 PodUnready  pod: 0, why: NodeNotReady
            00:01:20 c0 ZoneDisrupted  zone: Some(0), state: FullDisruption, per_hour: 360
            00:01:20 c0 NodeTainted  node: 0
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:44 c0 TerminationWaits  pod: 0, node: 0
            00:01:45 c0 ZoneRecovered  zone: Some(0)
            00:05:30 c0 FaultEnded  fault: 0
            00:05:30 c0 NodeCutOff  node: 0, fault: 1
            00:16:43 c0 DrainTimedOut  node: 0, pods: 1
            00:16:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:16:43 c0 ClusterFailed
            00:16:43 c0 SurgeNodesLeft  nodes: 1
            00:16:44 WaveHeld  wave: 0
            Held
            FaultStarted > NodeCutOff > TerminationWaits > DrainTimedOut
              > StepFailed > ClusterFailed [fault.nodeLoss]
        "#]],
    );
}

#[test]
fn a_node_back_late_lets_its_deleted_pods_stop() {
    let mut cluster = cluster("eu-1", 6);
    add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    let mut fault = loss(Some("node-0"), 1_000);
    fault.duration = Some(SimDuration::from_mins(20));
    check(
        cluster,
        &watch(60),
        &[fault],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 0, why: NodeNotReady
            00:10:50 c0 NodeTainted  node: 0
            00:15:50 c0 PodTaintEvicted  pod: 0, node: 0
            00:15:51 c0 TerminationWaits  pod: 0, node: 0
            00:30:07 c0 NodeReconnected  node: 0
            00:30:07 c0 NodeReady  node: 0
            00:30:09 c0 PodCreated  pod: 1
            00:30:10 c0 NodeUntainted  node: 0
            00:30:13 c0 PodReady  pod: 1
            Finished
        "#]],
    );
}

#[test]
fn the_shortest_matching_toleration_counts() {
    let mut cluster = cluster("eu-1", 6);
    for (name, limits) in [
        ("quick", vec![Some(300), Some(20)]),
        ("slow", vec![Some(300)]),
        ("loyal", vec![None]),
        ("fearful", Vec::new()),
    ] {
        let workload = add_workload(&mut cluster, name, WorkloadType::Deployment, 1);
        cluster.workloads[workload.index()].unreachable_limits = limits;
    }
    let trace = rehearse(
        &fleet(vec![cluster]),
        &watch(60),
        &[loss(Some("node-0"), 1_000)],
        1,
    );
    let shown = |kind: &str| kind.contains("Tainted") || kind.contains("TaintEvicted");
    let expected = expect![[r#"
        00:10:50 c0 NodeTainted  node: 0
        00:10:50 c0 PodTaintEvicted  pod: 3, node: 0
        00:11:10 c0 PodTaintEvicted  pod: 0, node: 0
        00:15:50 c0 PodTaintEvicted  pod: 1, node: 0
        Held
    "#]];
    expected.assert_eq(&transcript(&trace, Severity::Detail, shown));
}

/// The surge's drain of a lost node is forced after ten minutes.
const FORCED: DrainPolicy = DrainPolicy {
    timeout: Some(SimDuration::from_mins(10)),
    on_timeout: OnDrainTimeout::Force,
};

#[test]
fn a_volume_of_a_lost_node_moves_six_minutes_after_its_pods_object_is_gone() {
    let mut cluster = cluster("eu-1", 6);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    add_volumes(&mut cluster, db);
    let mut fault = loss(Some("node-0"), 1_000);
    fault.trigger = Trigger::At(SimDuration::from_secs(60));
    let steps = pool_steps(SURGE, FORCED);
    check(
        cluster,
        &plan(&[1], &steps),
        &[fault],
        &expect![[r#"
            00:01:00 c0 NodeCutOff  node: 0, fault: 0
            00:01:43 c0 NodeReady  node: 6
            00:01:45 c0 TerminationWaits  pod: 0, node: 0
            00:01:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:01:50 c0 NodeTainted  node: 0
            00:11:43 c0 DrainForced  node: 0, pods: 1
            00:13:19 c0 NodeRemoved  node: 0
            00:14:00 c0 PodCollected  pod: 0, node: 0
            00:14:00 c0 PodCreated  pod: 1
            00:15:21 c0 NodeReady  node: 7
            00:16:39 c0 NodeRemoved  node: 1
            00:19:24 c0 NodeReady  node: 8
            00:20:00 c0 VolumeForceDetached  volume: 0, node: 0
            00:20:41 c0 PodReady  pod: 1
            00:20:52 c0 NodeRemoved  node: 2
            00:22:19 c0 NodeReady  node: 9
            00:22:30 c0 PodCreated  pod: 2
            00:22:51 c0 PodReady  pod: 2
            00:23:53 c0 NodeRemoved  node: 3
            00:25:08 c0 NodeReady  node: 10
            00:26:41 c0 NodeRemoved  node: 4
            00:29:38 c0 NodeReady  node: 11
            00:31:13 c0 NodeRemoved  node: 5
            Finished
        "#]],
    );
}

#[track_caller]
fn check_lost_drain(policy: DrainPolicy, expected: &Expect) {
    let mut cluster = cluster("eu-1", 2);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    let mut fault = loss(Some("node-0"), 1_000);
    fault.trigger = Trigger::At(SimDuration::from_secs(60));
    let plan = plan(&[1], &pool_steps(SURGE, policy));
    super::check(&fleet(vec![cluster]), &plan, &[fault], expected);
}

#[test]
fn a_drain_of_a_lost_node_does_not_end() {
    check_lost_drain(
        WAIT,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:00 c0 FaultStarted  fault: 0
            00:01:00 c0 NodeCutOff  node: 0, fault: 0
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:44 c0 TerminationWaits  pod: 0, node: 0
            00:01:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:01:50 c0 NodeTainted  node: 0
            00:31:50 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:31:51 WaveStalled  wave: 0
            Stalled
            FaultStarted > NodeCutOff > TerminationWaits > ClusterStalled [fault.nodeLoss]
        "#]],
    );
    check_lost_drain(
        drain(15, OnDrainTimeout::Fail),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:00 c0 FaultStarted  fault: 0
            00:01:00 c0 NodeCutOff  node: 0, fault: 0
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:44 c0 TerminationWaits  pod: 0, node: 0
            00:01:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:01:50 c0 NodeTainted  node: 0
            00:16:43 c0 DrainTimedOut  node: 0, pods: 1
            00:16:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            00:16:43 c0 ClusterFailed
            00:16:43 c0 SurgeNodesLeft  nodes: 1
            00:16:44 WaveHeld  wave: 0
            Held
            FaultStarted > NodeCutOff > TerminationWaits > DrainTimedOut
              > StepFailed > ClusterFailed [fault.nodeLoss]
        "#]],
    );
}

// From 1.32 on a node may be silent for 50 s, and the control plane has reached it.
#[test]
fn the_grace_period_is_that_of_the_version_reached() {
    let mut cluster = cluster("eu-1", 3);
    cluster.version = Evidence::Known(OLD);
    let mut lost = loss(Some("node-0"), 1_000);
    lost.trigger = Trigger::AfterStep(StepKind::ControlPlane);
    let soak = SimDuration::from_mins(5);
    let steps = [
        Step::ControlPlane { from: OLD, to: NEW },
        Step::Observe { soak },
    ];
    let trace = rehearse(&fleet(vec![cluster]), &plan(&[1], &steps), &[lost], 1);
    let shown = |kind: &str| kind.contains("CutOff") || kind == "NodeNotReady";
    expect![[r#"
        00:09:49 c0 NodeCutOff  node: 0, fault: 0
        00:10:42 c0 NodeNotReady  node: 0, why: LeaseExpired
        Held
    "#]]
    .assert_eq(&transcript(&trace, Severity::Info, shown));
}
