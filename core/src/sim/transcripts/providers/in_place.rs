//! AKS: surge nodes first, then every node is reimaged in place; and what cannot be drained.

use expect_test::expect;

use super::{blocked, check, check_steps, drain, web};
use crate::ids::EventId;
use crate::inventory::{Evidence, WorkloadType};
use crate::plan::{AksSurge, OnDrainTimeout, PoolStrategy, Step};
use crate::sim::testing::{
    NEW, OLD, add_budget, add_volumes, add_workload, cluster, fleet, plan, pool_steps, rehearse,
    transcript,
};
use crate::sim::trace::Severity;
use crate::units::{IntOrPercent, KubeVersion, SimDuration};

/// Quarantine for so many nodes.
const fn quarantine(most: i32) -> OnDrainTimeout {
    OnDrainTimeout::Quarantine {
        max_blocked: IntOrPercent::Int(most),
    }
}

#[test]
fn aks_reimages_in_place_and_takes_its_surge_away_at_the_end() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    check(
        web(2, 1),
        aks,
        drain(30, OnDrainTimeout::Fail),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 2
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:44 c0 DrainFinished  node: 0
            00:01:44 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:05:05 c0 NodeReady  node: 0
            00:05:05 c0 NodeUncordoned  node: 0
            00:05:05 c0 NodeCordoned  node: 1
            00:05:05 c0 DrainStarted  node: 1, pods: 1
            00:05:06 c0 DrainFinished  node: 1
            00:05:06 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:07:27 c0 NodeReady  node: 1
            00:07:27 c0 NodeUncordoned  node: 1
            00:07:27 c0 ScaleDownStarted  nodes: 1
            00:07:27 c0 NodeCordoned  node: 2
            00:07:27 c0 DrainStarted  node: 2, pods: 1
            00:07:30 c0 DrainFinished  node: 2
            00:08:02 c0 NodeRemoved  node: 2
            00:08:02 c0 StepFinished  step: 0, of: Pool
            00:08:02 c0 StepStarted  step: 1, of: Observe
            00:23:02 c0 StepFinished  step: 1, of: Observe
            00:23:03 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn aks_rounds_its_surge_up_and_watches_each_node() {
    let aks = PoolStrategy::Aks(AksSurge {
        max_surge: IntOrPercent::Percent(34),
        node_soak: SimDuration::from_mins(10),
        ..AksSurge::default()
    });
    check(
        web(3, 3),
        aks,
        drain(30, OnDrainTimeout::Fail),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 3
            00:00:00 c0 NodeRequested  node: 4
            00:01:43 c0 NodeReady  node: 3
            00:02:02 c0 NodeReady  node: 4
            00:02:02 c0 NodeCordoned  node: 0
            00:02:02 c0 DrainStarted  node: 0, pods: 1
            00:02:02 c0 NodeCordoned  node: 1
            00:02:02 c0 DrainStarted  node: 1, pods: 1
            00:02:03 c0 DrainFinished  node: 0
            00:02:03 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:02:03 c0 DrainFinished  node: 1
            00:02:03 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:04:24 c0 NodeReady  node: 1
            00:04:24 c0 NodeUncordoned  node: 1
            00:05:24 c0 NodeReady  node: 0
            00:05:24 c0 NodeUncordoned  node: 0
            00:14:24 c0 NodeCordoned  node: 2
            00:14:24 c0 DrainStarted  node: 2, pods: 1
            00:14:25 c0 DrainFinished  node: 2
            00:14:25 c0 NodeRebuilding  node: 2, kubelet: 1.32
            00:18:40 c0 NodeReady  node: 2
            00:18:40 c0 NodeUncordoned  node: 2
            00:28:40 c0 ScaleDownStarted  nodes: 2
            00:28:40 c0 NodeCordoned  node: 3
            00:28:40 c0 DrainStarted  node: 3, pods: 1
            00:28:40 c0 NodeCordoned  node: 4
            00:28:40 c0 DrainStarted  node: 4, pods: 1
            00:28:42 c0 DrainFinished  node: 3
            00:29:10 c0 DrainFinished  node: 4
            00:29:14 c0 NodeRemoved  node: 3
            00:29:39 c0 NodeRemoved  node: 4
            00:29:39 c0 StepFinished  step: 0, of: Pool
            00:29:39 c0 StepStarted  step: 1, of: Observe
            00:44:39 c0 StepFinished  step: 1, of: Observe
            00:44:40 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn aks_fails_by_default_and_leaves_the_node_cordoned() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    check(
        blocked(2),
        aks,
        drain(30, OnDrainTimeout::Fail),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 2
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:31:43 c0 DrainTimedOut  node: 0, pods: 1
            00:31:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
            Held
        "#]],
    );
}

#[test]
fn aks_leaves_a_node_in_quarantine_and_goes_on() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    check(
        blocked(2),
        aks,
        drain(30, quarantine(1)),
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 2
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:31:43 c0 NodeQuarantined  node: 0, pods: 1
        00:31:43 c0 NodeCordoned  node: 1
        00:31:43 c0 DrainStarted  node: 1, pods: 0
        00:31:43 c0 DrainFinished  node: 1
        00:31:43 c0 NodeRebuilding  node: 1, kubelet: 1.32
        00:34:05 c0 NodeReady  node: 1
        00:34:05 c0 NodeUncordoned  node: 1
        00:34:05 c0 ScaleDownStarted  nodes: 1
        00:34:05 c0 NodeCordoned  node: 2
        00:34:05 c0 DrainStarted  node: 2, pods: 0
        00:34:05 c0 DrainFinished  node: 2
        00:34:37 c0 NodeRemoved  node: 2
        00:34:37 c0 StepFinished  step: 0, of: Pool
        00:34:37 c0 StepStarted  step: 1, of: Observe
        00:49:37 c0 StepFinished  step: 1, of: Observe
        00:49:38 WaveSoaking  wave: 0
        Finished
    "#]],
    );
}

#[test]
fn aks_fails_with_one_blocked_node_too_many() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    let mut cluster = web(2, 1);
    cluster.budgets[0].max_unavailable = Some(IntOrPercent::Int(0));
    check(
        cluster,
        aks,
        drain(30, quarantine(1)),
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 2
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:31:43 c0 NodeQuarantined  node: 0, pods: 1
        00:31:43 c0 NodeCordoned  node: 1
        00:31:43 c0 DrainStarted  node: 1, pods: 1
        00:31:43 c0 EvictionRefused  pod: 1, node: 1, budget: 0
        01:01:43 c0 DrainTimedOut  node: 1, pods: 1
        01:01:43 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
        Held
    "#]],
    );
}

#[test]
fn aks_that_schedules_deletes_the_node_with_its_pods_and_adds_another() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    check(
        blocked(1),
        aks,
        drain(30, OnDrainTimeout::Replace),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeRequested  node: 1
            00:01:43 c0 NodeReady  node: 1
            00:01:43 c0 NodeCordoned  node: 0
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:31:43 c0 DrainLeft  node: 0, pods: 1
            00:32:19 c0 NodeRemoved  node: 0
            00:32:19 c0 PodUnready  pod: 0, why: NodeGone
            00:32:19 c0 NodeRequested  node: 2
            00:33:00 c0 PodCollected  pod: 0, node: 0
            00:36:46 c0 NodeReady  node: 2
            00:36:46 c0 ScaleDownStarted  nodes: 1
            00:36:46 c0 NodeCordoned  node: 1
            00:36:46 c0 DrainStarted  node: 1, pods: 1
            00:36:46 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            01:06:46 c0 DrainLeft  node: 1, pods: 1
            01:07:18 c0 NodeRemoved  node: 1
            01:07:18 c0 PodUnready  pod: 1, why: NodeGone
            01:07:18 c0 StepFinished  step: 0, of: Pool
            01:07:18 c0 StepStarted  step: 1, of: Observe
            01:08:00 c0 PodCollected  pod: 1, node: 1
            01:22:18 c0 StepFinished  step: 1, of: Observe
            01:22:19 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

// The objects of its pods are collected after a quarantine of 40 s, and a volume that nobody has
// unmounted is detached six minutes later (k8s-truth §4.5).
#[test]
fn a_volume_on_a_node_that_aks_deletes_undrained_follows_after_minutes() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    let mut cluster = cluster("eu-1", 1);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    add_budget(&mut cluster, db, 0);
    add_volumes(&mut cluster, db);
    let steps = pool_steps(aks, drain(30, OnDrainTimeout::Replace));
    let trace = rehearse(&fleet(vec![cluster]), &plan(&[1], &steps), &[], 1);
    let told = ["NodeRemoved", "Pod", "Volume"];
    let shown = |kind: &str| told.iter().any(|part| kind.contains(part));
    expect![[r#"
        00:32:19 c0 NodeRemoved  node: 0
        00:32:19 c0 PodUnready  pod: 0, why: NodeGone
        00:33:00 c0 PodCollected  pod: 0, node: 0
        00:33:00 c0 PodCreated  pod: 1
        00:33:00 c0 PodScheduled  pod: 1, node: 1
        00:33:00 c0 VolumeMoving  pod: 1, volume: 0
        00:36:46 c0 PodEvicted  pod: 1, node: 1, budget: None
        00:36:47 c0 PodGone  pod: 1
        00:36:47 c0 PodCreated  pod: 2
        00:36:47 c0 PodScheduled  pod: 2, node: 2
        00:36:47 c0 VolumeMoving  pod: 2, volume: 0
        00:37:19 c0 NodeRemoved  node: 1
        00:39:00 c0 VolumeForceDetached  volume: 0, node: 0
        00:39:20 c0 PodReady  pod: 2
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Detail, shown));
}

// What was left three minors behind keeps the control plane from its next one.
#[test]
fn a_node_in_quarantine_is_too_old_for_the_next_control_plane() {
    let aks = PoolStrategy::Aks(AksSurge::default());
    let oldest = KubeVersion::minor(1, OLD.minor - 2);
    let mut cluster = blocked(2);
    for node in &mut cluster.nodes {
        node.kubelet = Evidence::Known(oldest);
    }
    let to = KubeVersion::minor(1, NEW.minor + 1);
    let mut steps = pool_steps(aks, drain(30, quarantine(1)));
    steps.insert(1, Step::ControlPlane { from: NEW, to });
    let trace = check_steps(
        cluster,
        &steps,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 2
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:31:43 c0 NodeQuarantined  node: 0, pods: 1
        00:31:43 c0 NodeCordoned  node: 1
        00:31:43 c0 DrainStarted  node: 1, pods: 0
        00:31:43 c0 DrainFinished  node: 1
        00:31:43 c0 NodeRebuilding  node: 1, kubelet: 1.32
        00:34:05 c0 NodeReady  node: 1
        00:34:05 c0 NodeUncordoned  node: 1
        00:34:05 c0 ScaleDownStarted  nodes: 1
        00:34:05 c0 NodeCordoned  node: 2
        00:34:05 c0 DrainStarted  node: 2, pods: 0
        00:34:05 c0 DrainFinished  node: 2
        00:34:37 c0 NodeRemoved  node: 2
        00:34:37 c0 StepFinished  step: 0, of: Pool
        00:34:37 c0 StepStarted  step: 1, of: ControlPlane
        00:34:37 c0 StepFailed  step: 1, of: ControlPlane, why: UpgradeRefused
        Held
    "#]],
    );
    let failed = trace.clusters[0].decided_by.expect("it failed");
    let chain = trace.chain(failed);
    let told = |id: &EventId| trace.event(*id).map(|event| event.kind.reason());
    assert!(
        chain
            .iter()
            .filter_map(told)
            .any(|kind| kind == "NodeQuarantined")
    );
}
