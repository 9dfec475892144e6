//! Zones that lose their nodes: at what pace these are tainted, and when none is.

use expect_test::expect;

use super::nodes::{check, loss, watch};
use crate::ids::{NodeIdx, ZoneIdx};
use crate::inventory::{Cluster, WorkloadType};
use crate::sim::fault::{FaultKind, Trigger};
use crate::sim::testing::{
    SURGE, WAIT, add_workload, check_requests, cluster, fault, fleet, plan, pool_steps, rehearse,
    transcript,
};
use crate::sim::trace::{EventKind, Severity, Trace};
use crate::units::SimDuration;

/// How many events are of a kind.
fn count(trace: &Trace, of: fn(&EventKind) -> bool) -> usize {
    trace.events.iter().filter(|event| of(&event.kind)).count()
}

/// Puts every node of a cluster into the first zone.
fn in_one_zone(mut cluster: Cluster) -> Cluster {
    for node in &mut cluster.nodes {
        node.zone = Some(ZoneIdx(0));
    }
    cluster
}

#[test]
fn a_lost_zone_is_tainted_one_node_every_ten_seconds() {
    let trigger = Trigger::At(SimDuration::from_mins(10));
    let mut outage = fault(FaultKind::ZoneOutage, trigger, 1_000);
    outage.scope.zone = Some("b".to_owned());
    check(
        cluster("eu-1", 12),
        &watch(20),
        &[outage],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 1, fault: 0
            00:10:00 c0 NodeCutOff  node: 4, fault: 0
            00:10:00 c0 NodeCutOff  node: 7, fault: 0
            00:10:00 c0 NodeCutOff  node: 10, fault: 0
            00:10:45 c0 NodeNotReady  node: 7, why: LeaseExpired
            00:10:45 c0 NodeNotReady  node: 10, why: LeaseExpired
            00:10:45 c0 NodeTainted  node: 7
            00:10:50 c0 NodeNotReady  node: 1, why: LeaseExpired
            00:10:50 c0 NodeNotReady  node: 4, why: LeaseExpired
            00:10:50 c0 ZoneDisrupted  zone: Some(1), state: FullDisruption, per_hour: 360
            00:10:55 c0 NodeTainted  node: 10
            00:11:05 c0 NodeTainted  node: 1
            00:11:15 c0 NodeTainted  node: 4
            Held
        "#]],
    );
}

#[test]
fn a_small_zone_that_has_lost_most_of_its_nodes_is_not_tainted() {
    let cluster = in_one_zone(cluster("eu-1", 9));
    check(
        cluster,
        &watch(60),
        &[loss(None, 700)],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:00 c0 NodeCutOff  node: 1, fault: 0
            00:10:00 c0 NodeCutOff  node: 3, fault: 0
            00:10:00 c0 NodeCutOff  node: 5, fault: 0
            00:10:00 c0 NodeCutOff  node: 6, fault: 0
            00:10:00 c0 NodeCutOff  node: 7, fault: 0
            00:10:00 c0 NodeCutOff  node: 8, fault: 0
            00:10:45 c0 NodeNotReady  node: 3, why: LeaseExpired
            00:10:45 c0 NodeNotReady  node: 6, why: LeaseExpired
            00:10:45 c0 NodeNotReady  node: 7, why: LeaseExpired
            00:10:45 c0 NodeNotReady  node: 8, why: LeaseExpired
            00:10:45 c0 NodeTainted  node: 3
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 NodeNotReady  node: 1, why: LeaseExpired
            00:10:50 c0 NodeNotReady  node: 5, why: LeaseExpired
            00:10:50 c0 ZoneDisrupted  zone: Some(0), state: PartialDisruption, per_hour: 0
            Held
        "#]],
    );
}

#[test]
fn a_large_zone_that_has_lost_most_of_its_nodes_is_tainted_slowly() {
    let cluster = in_one_zone(cluster("eu-1", 60));
    let trace = rehearse(&fleet(vec![cluster]), &watch(60), &[loss(None, 600)], 1);
    let tainted = trace.events.iter().filter(|event| {
        matches!(
            event.kind,
            EventKind::NodeTainted { .. } | EventKind::ZoneDisrupted { .. }
        )
    });
    let lines = tainted.map(|event| format!("{} {}\n", event.at, event.kind.reason()));
    let lines: String = lines.take(8).collect();
    expect![[r#"
        00:10:45 NodeTainted
        00:10:50 ZoneDisrupted
        00:12:30 NodeTainted
        00:14:10 NodeTainted
        00:15:50 NodeTainted
        00:17:30 NodeTainted
        00:19:10 NodeTainted
        00:20:50 NodeTainted
    "#]]
    .assert_eq(&lines);
}

// The three nodes that count are lost, so the controller takes itself for cut off.
#[test]
fn nodes_with_the_label_are_left_out_of_their_zone() {
    let mut cluster = in_one_zone(cluster("eu-1", 9));
    for node in &mut cluster.nodes[..6] {
        node.excluded_from_disruption = true;
    }
    let trace = rehearse(&fleet(vec![cluster]), &watch(60), &[loss(None, 700)], 1);
    let tainted = count(&trace, |kind| matches!(kind, EventKind::NodeTainted { .. }));
    let stops = count(&trace, |kind| {
        matches!(kind, EventKind::AllZonesDisrupted {})
    });
    assert_eq!((tainted, stops), (0, 1));
}

#[test]
fn where_every_node_is_lost_nothing_is_evicted() {
    let mut cluster = cluster("eu-1", 3);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    let mut fault = loss(None, 1_000);
    fault.duration = Some(SimDuration::from_hours(5));
    check(
        cluster,
        &watch(600),
        &[fault],
        &expect![[r#"
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:00 c0 NodeCutOff  node: 1, fault: 0
            00:10:00 c0 NodeCutOff  node: 2, fault: 0
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 0, why: NodeNotReady
            00:10:50 c0 NodeNotReady  node: 1, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 1, why: NodeNotReady
            00:10:50 c0 NodeNotReady  node: 2, why: LeaseExpired
            00:10:50 c0 PodUnready  pod: 2, why: NodeNotReady
            00:10:50 c0 AllZonesDisrupted
            05:10:00 c0 NodeReconnected  node: 2
            05:10:00 c0 NodeReady  node: 2
            05:10:00 c0 PodReady  pod: 2
            05:10:01 c0 NodeReconnected  node: 1
            05:10:01 c0 NodeReady  node: 1
            05:10:01 c0 PodReady  pod: 1
            05:10:05 c0 AllZonesRecovered
            05:10:05 c0 ZoneRecovered  zone: Some(1)
            05:10:05 c0 ZoneRecovered  zone: Some(2)
            05:10:07 c0 NodeReconnected  node: 0
            05:10:07 c0 NodeReady  node: 0
            05:10:07 c0 PodReady  pod: 0
            05:10:10 c0 ZoneRecovered  zone: Some(0)
            Finished
        "#]],
    );
}

#[test]
fn an_outage_of_the_api_evicts_nobody() {
    let mut cluster = cluster("eu-1", 6);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 6);
    let trigger = Trigger::At(SimDuration::from_mins(10));
    let mut outage = fault(FaultKind::ControlPlaneOutage, trigger, 1_000);
    outage.duration = Some(SimDuration::from_hours(2));
    let trace = rehearse(&fleet(vec![cluster]), &watch(300), &[outage], 1);
    check_requests(&trace);
    let shown = |kind: &str| !kind.contains("Wave") && !kind.contains("Run");
    let expected = expect![[r#"
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: Observe
        00:10:00 c0 FaultStarted  fault: 0
        00:10:00 c0 ApiServersAway  away: 3, of: 3
        00:10:00 c0 ApiUnavailable
        00:10:10 c0 LeaseLost  component: ControllerManager
        00:10:10 c0 LeaseLost  component: Scheduler
        02:10:00 c0 FaultEnded  fault: 0
        02:10:00 c0 ApiServersBack  away: 0, of: 3
        02:10:00 c0 ApiAvailable
        02:10:02 c0 LeaseAcquired  component: Scheduler
        02:10:03 c0 LeaseAcquired  component: ControllerManager
        05:00:00 c0 GateFailed  gate: ApiAvailability, value: 600, limit: 990
        05:00:00 c0 ClusterFailed
        Held
    "#]];
    expected.assert_eq(&transcript(&trace, Severity::Info, shown));
}

#[test]
fn a_machine_ordered_in_a_lost_zone_does_not_register() {
    let trigger = Trigger::At(SimDuration::from_secs(10));
    let mut outage = fault(FaultKind::ZoneOutage, trigger, 1_000);
    outage.scope.zone = Some("a".to_owned());
    outage.duration = Some(SimDuration::from_hours(1));
    let trace = super::check(
        &fleet(vec![cluster("eu-1", 3)]),
        &plan(&[1], &pool_steps(SURGE, WAIT)),
        &[outage],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:10 c0 FaultStarted  fault: 0
            00:00:10 c0 NodeCutOff  node: 0, fault: 0
            00:00:10 c0 NodeCutOff  node: 3, fault: 0
            00:01:00 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:01:00 c0 ZoneDisrupted  zone: Some(0), state: FullDisruption, per_hour: 360
            00:01:00 c0 NodeTainted  node: 0
            01:00:10 c0 FaultEnded  fault: 0
            01:00:13 c0 NodeReconnected  node: 3
            01:00:17 c0 NodeReconnected  node: 0
            01:00:17 c0 NodeReady  node: 0
            01:00:20 c0 NodeUntainted  node: 0
            01:00:20 c0 ZoneRecovered  zone: Some(0)
            01:00:27 c0 NodeReady  node: 3
            01:00:27 c0 DrainStarted  node: 0, pods: 0
            01:02:02 c0 NodeRemoved  node: 0
            01:04:05 c0 NodeReady  node: 4
            01:04:05 c0 DrainStarted  node: 1, pods: 0
            01:05:22 c0 NodeRemoved  node: 1
            01:08:07 c0 NodeReady  node: 5
            01:08:07 c0 DrainStarted  node: 2, pods: 0
            01:09:36 c0 NodeRemoved  node: 2
            01:09:36 c0 StepStarted  step: 1, of: Observe
            01:24:36 c0 ClusterUpgraded
            02:24:37 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
    let joined = trace.events.iter().find_map(|event| match event.kind {
        EventKind::NodeJoined { node, .. } => Some((node, event.at)),
        _ => None,
    });
    let (node, at) = joined.expect("it joins in the end");
    assert_eq!(node, NodeIdx(3));
    assert!(at.as_millis() > 3_600_000, "{at}");
}
