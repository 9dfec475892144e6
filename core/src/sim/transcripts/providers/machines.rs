//! Providers that add machines and delete them: GKE, EKS, Cluster API, kOps.

use expect_test::expect;

use super::{PATIENT, blocked, check, drain, web};
use crate::ids::{NodeIdx, WorkloadIdx};
use crate::inventory::WorkloadType;
use crate::plan::{ClusterApi, EksManaged, GkeSurge, Kops, OnDrainTimeout, PoolStrategy};
use crate::sim::fault::{Fault, FaultKind, Scope, Trigger};
use crate::sim::testing::{add_budget, add_volumes, add_workload, cluster, fault, fleet, plan};
use crate::sim::testing::{pool_steps, rehearse, transcript};
use crate::sim::trace::{EventKind, Severity};
use crate::units::{IntOrPercent, SimDuration};

const FORCED: u64 = 60;

#[test]
fn gke_does_one_zone_after_the_other_adding_and_taking_away_side_by_side() {
    let gke = PoolStrategy::Gke(GkeSurge {
        max_surge: 1,
        max_unavailable: 1,
    });
    // Nodes 0 and 3 are in zone a, 1 and 4 in b, 2 in c.
    check(
        web(5, 5),
        gke,
        drain(FORCED, OnDrainTimeout::Force),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 5
            00:00:00 c0 NodeCordoned  node: 3
            00:00:00 c0 DrainStarted  node: 3, pods: 1
            00:00:30 c0 DrainFinished  node: 3
            00:00:30 c0 NodeRebuilding  node: 3, kubelet: 1.32
            00:01:43 c0 NodeReady  node: 5
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:44 c0 DrainFinished  node: 0
            00:02:19 c0 NodeRemoved  node: 0
            00:06:35 c0 NodeReady  node: 3
            00:06:35 c0 NodeUncordoned  node: 3
            00:06:35 c0 NodeRequested  node: 6
            00:06:35 c0 NodeCordoned  node: 4
            00:06:35 c0 DrainStarted  node: 4, pods: 1
            00:06:44 c0 DrainFinished  node: 4
            00:06:44 c0 NodeRebuilding  node: 4, kubelet: 1.32
            00:07:52 c0 NodeReady  node: 4
            00:07:52 c0 NodeUncordoned  node: 4
            00:08:38 c0 NodeReady  node: 6
            00:08:38 c0 NodeCordoned  node: 1
            00:08:38 c0 DrainStarted  node: 1, pods: 1
            00:08:39 c0 DrainFinished  node: 1
            00:08:56 c0 NodeRemoved  node: 1
            00:08:56 c0 NodeRequested  node: 7
            00:11:41 c0 NodeReady  node: 7
            00:11:41 c0 NodeCordoned  node: 2
            00:11:41 c0 DrainStarted  node: 2, pods: 2
            00:12:11 c0 DrainFinished  node: 2
            00:12:40 c0 NodeRemoved  node: 2
            00:12:40 c0 StepFinished  step: 0, of: Pool
            00:12:40 c0 StepStarted  step: 1, of: Observe
            00:27:40 c0 StepFinished  step: 1, of: Observe
            00:27:41 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn gke_removes_by_force_what_a_budget_holds_for_an_hour() {
    let gke = PoolStrategy::Gke(GkeSurge::default());
    check(
        blocked(1),
        gke,
        drain(FORCED, OnDrainTimeout::Force),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 1
            00:01:43 c0 NodeReady  node: 1
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            01:01:43 c0 DrainForced  node: 0, pods: 1
            01:01:43 c0 PodDeleted  pod: 0, node: 0
            01:01:43 c0 DrainFinished  node: 0
            01:02:19 c0 NodeRemoved  node: 0
            01:02:19 c0 StepFinished  step: 0, of: Pool
            01:02:19 c0 StepStarted  step: 1, of: Observe
            01:17:19 c0 StepFinished  step: 1, of: Observe
            01:17:20 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

// Two for each of two zones; all are Ready before the first old node is drained.
#[test]
fn eks_adds_nodes_to_every_zone_first_and_takes_them_away_last() {
    let eks = PoolStrategy::Eks(EksManaged::default());
    check(
        web(2, 1),
        eks,
        drain(15, OnDrainTimeout::Fail),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 2
            00:00:00 c0 NodeRequested  node: 3
            00:00:00 c0 NodeRequested  node: 4
            00:00:00 c0 NodeRequested  node: 5
            00:01:43 c0 NodeReady  node: 2
            00:02:02 c0 NodeReady  node: 3
            00:03:17 c0 NodeReady  node: 5
            00:04:27 c0 NodeReady  node: 4
            00:04:27 c0 NodeCordoned  node: 1
            00:04:27 c0 NodeCordoned  node: 0
            00:04:27 c0 DrainStarted  node: 1, pods: 1
            00:04:28 c0 DrainFinished  node: 1
            00:05:45 c0 NodeRemoved  node: 1
            00:05:45 c0 NodeRequested  node: 6
            00:05:45 c0 DrainStarted  node: 0, pods: 1
            00:05:46 c0 DrainFinished  node: 0
            00:07:21 c0 NodeRemoved  node: 0
            00:07:21 c0 NodeRequested  node: 7
            00:08:27 c0 NodeReady  node: 6
            00:09:59 c0 NodeReady  node: 7
            00:09:59 c0 ScaleDownStarted  nodes: 4
            00:09:59 c0 NodeCordoned  node: 2
            00:09:59 c0 DrainStarted  node: 2, pods: 1
            00:10:01 c0 DrainFinished  node: 2
            00:11:33 c0 NodeRemoved  node: 2
            00:11:33 c0 NodeCordoned  node: 3
            00:11:33 c0 DrainStarted  node: 3, pods: 1
            00:12:03 c0 DrainFinished  node: 3
            00:13:33 c0 NodeRemoved  node: 3
            00:13:33 c0 NodeCordoned  node: 4
            00:13:33 c0 DrainStarted  node: 4, pods: 1
            00:13:38 c0 DrainFinished  node: 4
            00:15:13 c0 NodeRemoved  node: 4
            00:15:13 c0 NodeCordoned  node: 5
            00:15:13 c0 DrainStarted  node: 5, pods: 1
            00:15:14 c0 DrainFinished  node: 5
            00:16:46 c0 NodeRemoved  node: 5
            00:16:46 c0 StepFinished  step: 0, of: Pool
            00:16:46 c0 StepStarted  step: 1, of: Observe
            00:31:46 c0 StepFinished  step: 1, of: Observe
            00:31:47 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn eks_drains_so_many_at_a_time_in_an_order_of_chance() {
    let eks = PoolStrategy::Eks(EksManaged {
        max_unavailable: IntOrPercent::Percent(40),
        force: false,
    });
    let steps = pool_steps(eks, drain(15, OnDrainTimeout::Fail));
    let trace = rehearse(&fleet(vec![web(6, 6)]), &plan(&[1], &steps), &[], 1);
    expect![[r#"
        00:02:56 c0 DrainStarted  node: 2, pods: 1
        00:02:56 c0 DrainStarted  node: 5, pods: 1
        00:04:25 c0 DrainStarted  node: 1, pods: 1
        00:04:32 c0 DrainStarted  node: 0, pods: 1
        00:05:44 c0 DrainStarted  node: 3, pods: 1
        00:06:08 c0 DrainStarted  node: 4, pods: 1
        00:11:51 c0 DrainStarted  node: 6, pods: 1
        00:11:51 c0 DrainStarted  node: 7, pods: 1
        00:13:24 c0 DrainStarted  node: 8, pods: 1
        00:13:33 c0 DrainStarted  node: 9, pods: 1
        00:15:24 c0 DrainStarted  node: 10, pods: 1
        00:15:32 c0 DrainStarted  node: 11, pods: 1
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Info, |kind| {
        kind == "DrainStarted"
    }));
}

#[test]
fn eks_fails_the_update_when_a_node_does_not_join_in_a_quarter_of_an_hour() {
    let eks = PoolStrategy::Eks(EksManaged::default());
    let steps = pool_steps(eks, drain(15, OnDrainTimeout::Fail));
    let zone_lost = Fault {
        kind: FaultKind::ZoneOutage,
        trigger: Trigger::ClusterStart,
        scope: Scope {
            zone: Some("b".to_owned()),
            ..Scope::default()
        },
        duration: None,
        severity_per_mille: 1_000,
    };
    let trace = rehearse(
        &fleet(vec![web(2, 1)]),
        &plan(&[1], &steps),
        &[zone_lost],
        1,
    );
    let shown = ["NodeTimedOut", "StepFailed", "NodeCordoned", "DrainStarted"];
    expect![[r#"
        00:15:00 c0 NodeTimedOut  node: 3
        00:15:00 c0 StepFailed  step: 0, of: Pool, why: NodeTimeout
        Held
    "#]]
    .assert_eq(&transcript(&trace, Severity::Detail, |kind| {
        shown.contains(&kind)
    }));
}

// The budget is closed after the old node is drained, so nothing but the end is in its way.
#[test]
fn eks_takes_its_extra_nodes_away_by_force_after_a_quarter_of_an_hour() {
    let mut cluster = cluster("eu-1", 1);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    add_budget(&mut cluster, web, 1);
    cluster.workloads[web.index()].requests.cpu_millis = 2_000;
    let eks = PoolStrategy::Eks(EksManaged::default());
    let steps = pool_steps(eks, drain(15, OnDrainTimeout::Fail));
    let close = Fault {
        kind: FaultKind::BlockingBudget,
        trigger: Trigger::At(SimDuration::from_mins(6)),
        scope: Scope::default(),
        duration: None,
        severity_per_mille: 1_000,
    };
    let trace = rehearse(&fleet(vec![cluster]), &plan(&[1], &steps), &[close], 1);
    let shown = [
        "ScaleDownStarted",
        "DrainForced",
        "BudgetTightened",
        "NodeRemoved",
    ];
    expect![[r#"
        00:06:00 c0 BudgetTightened  budget: 0, fault: 0
        00:06:08 c0 NodeRemoved  node: 0
        00:08:46 c0 ScaleDownStarted  nodes: 2
        00:23:46 c0 DrainForced  node: 1, pods: 1
        00:25:20 c0 NodeRemoved  node: 1
        00:40:20 c0 DrainForced  node: 2, pods: 1
        00:42:26 c0 NodeRemoved  node: 2
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Info, |kind| {
        shown.contains(&kind)
    }));
}

#[test]
fn cluster_api_waits_for_ever() {
    let by_default = PoolStrategy::ClusterApi(ClusterApi::default());
    check(
        blocked(1),
        by_default,
        PATIENT,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 1
        00:01:43 c0 NodeReady  node: 1
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:31:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
        00:31:44 WaveStalled  wave: 0
        Stalled
    "#]],
    );
}

// A budget that opens at 09:50 is asked at 10:03, twenty seconds apart from 01:43 on; a drain by
// kubectl would have asked at 09:53.
#[test]
fn cluster_api_asks_again_every_20_seconds() {
    let by_default = PoolStrategy::ClusterApi(ClusterApi::default());
    let steps = pool_steps(by_default, PATIENT);
    let closed = Fault {
        kind: FaultKind::BlockingBudget,
        trigger: Trigger::ClusterStart,
        scope: Scope::default(),
        duration: Some(SimDuration::from_secs(590)),
        severity_per_mille: 1_000,
    };
    let mut cluster = web(1, 1);
    cluster.workloads[0].requests.cpu_millis = 2_500;
    let trace = rehearse(&fleet(vec![cluster]), &plan(&[1], &steps), &[closed], 1);
    let shown = ["EvictionRefused", "BudgetRestored", "PodEvicted"];
    expect![[r#"
        00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:09:50 c0 BudgetRestored  budget: 0, fault: 0
        00:10:03 c0 PodEvicted  pod: 0, node: 0, budget: Some(0)
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Detail, |kind| {
        shown.contains(&kind)
    }));
}

// The pod that the budget holds has the volume mounted, so without a limit for that as well
// nothing ever comes of the first limit.
#[test]
fn cluster_api_out_of_drain_time_still_waits_for_volumes() {
    let mut cluster = cluster("eu-1", 1);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    add_volumes(&mut cluster, db);
    add_budget(&mut cluster, db, 0);
    let limited = ClusterApi {
        node_drain_timeout: SimDuration::from_mins(10),
        ..ClusterApi::default()
    };
    let go_on = drain(10, OnDrainTimeout::GoOn);
    check(
        cluster.clone(),
        PoolStrategy::ClusterApi(limited),
        go_on,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 1
            00:01:43 c0 NodeReady  node: 1
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:11:43 c0 DrainLeft  node: 0, pods: 1
            00:11:43 c0 VolumesAwaited  node: 0, volumes: 1
            00:41:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:41:44 WaveStalled  wave: 0
            Stalled
        "#]],
    );
    let both = ClusterApi {
        node_volume_detach_timeout: SimDuration::from_mins(5),
        ..limited
    };
    check(
        cluster,
        PoolStrategy::ClusterApi(both),
        go_on,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 1
            00:01:43 c0 NodeReady  node: 1
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:11:43 c0 DrainLeft  node: 0, pods: 1
            00:11:43 c0 VolumesAwaited  node: 0, volumes: 1
            00:17:19 c0 NodeRemoved  node: 0
            00:17:19 c0 PodUnready  pod: 0, why: NodeGone
            00:17:19 c0 StepFinished  step: 0, of: Pool
            00:17:19 c0 StepStarted  step: 1, of: Observe
            00:18:00 c0 PodCollected  pod: 0, node: 0
            00:24:00 c0 VolumeForceDetached  volume: 0, node: 0
            00:32:19 c0 StepFinished  step: 1, of: Observe
            00:32:20 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn kops_rounds_a_surge_up_and_missing_machines_down() {
    let kops = PoolStrategy::Kops(Kops {
        max_surge: IntOrPercent::Percent(10),
        max_unavailable: IntOrPercent::Percent(50),
    });
    let trace = check(
        web(3, 3),
        kops,
        drain(15, OnDrainTimeout::Fail),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 3
            00:00:00 c0 NodeCordoned  node: 1
            00:00:00 c0 DrainStarted  node: 1, pods: 1
            00:00:00 c0 DrainFinished  node: 1
            00:00:23 c0 NodeRemoved  node: 1
            00:00:23 c0 NodeRequested  node: 4
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:44 c0 DrainFinished  node: 0
            00:02:24 c0 NodeRemoved  node: 0
            00:02:24 c0 NodeRequested  node: 5
            00:02:25 c0 NodeReady  node: 4
            00:05:09 c0 NodeReady  node: 5
            00:05:09 c0 NodeCordoned  node: 2
            00:05:09 c0 DrainStarted  node: 2, pods: 2
            00:05:39 c0 DrainFinished  node: 2
            00:06:13 c0 NodeRemoved  node: 2
            00:06:13 c0 StepFinished  step: 0, of: Pool
            00:06:13 c0 StepStarted  step: 1, of: Observe
            00:21:13 c0 StepFinished  step: 1, of: Observe
            00:21:14 WaveSoaking  wave: 0
            Finished
        "#]],
    );
    let ordered = |node: usize| {
        let node = NodeIdx::new(node);
        let mut events = trace.events.iter();
        events.position(|event| event.kind == EventKind::NodeRequested { node })
    };
    assert!(
        ordered(3) < ordered(4),
        "one in surge, one once its old one is gone"
    );
}

#[test]
fn cluster_api_asks_for_ever_when_two_budgets_hold_a_pod() {
    let mut cluster = web(2, 1);
    add_budget(&mut cluster, WorkloadIdx(0), 1);
    let capi = PoolStrategy::ClusterApi(ClusterApi::default());
    check(
        cluster,
        capi,
        PATIENT,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 2
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:31:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
        00:31:44 WaveStalled  wave: 0
        Stalled
    "#]],
    );
}

// A pod is deleted on a node that is Unknown, and nobody tells that it is gone. Cluster API waits
// for neither it nor its volume (k8s-truth §9.4).
#[test]
fn cluster_api_goes_on_without_what_is_deleted_on_a_node_that_is_cut_off() {
    let mut cluster = cluster("eu-1", 3);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 3);
    add_budget(&mut cluster, db, 1);
    add_volumes(&mut cluster, db);
    let mut loss = fault(FaultKind::NodeLoss, Trigger::ClusterStart, 1_000);
    loss.scope.node = Some("node-0".to_owned());
    let way = PoolStrategy::ClusterApi(ClusterApi::default());
    let plan = plan(&[1], &pool_steps(way, PATIENT));
    let trace = rehearse(&fleet(vec![cluster]), &plan, &[loss], 1);
    let told = [
        "Drain",
        "NodeNotReady",
        "NodeRemoved",
        "Terminat",
        "Evict",
        "Volumes",
        "Stalled",
    ];
    let shown = |kind: &str| told.iter().any(|part| kind.contains(part));
    expect![[r#"
        00:00:55 c0 NodeNotReady  node: 0, why: LeaseExpired
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:43 c0 PodEvicted  pod: 0, node: 0, budget: None
        00:01:43 c0 DrainFinished  node: 0
        00:01:45 c0 TerminationWaits  pod: 0, node: 0
        00:02:19 c0 NodeRemoved  node: 0
        00:04:21 c0 DrainStarted  node: 1, pods: 1
        00:04:21 c0 EvictionRefused  pod: 1, node: 1, budget: 0
        00:09:41 c0 PodEvicted  pod: 1, node: 1, budget: Some(0)
        00:10:11 c0 DrainFinished  node: 1
        00:10:29 c0 NodeRemoved  node: 1
        00:13:14 c0 DrainStarted  node: 2, pods: 1
        00:13:14 c0 PodEvicted  pod: 2, node: 2, budget: Some(0)
        00:13:14 c0 DrainFinished  node: 2
        00:13:43 c0 NodeRemoved  node: 2
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Detail, shown));
}
