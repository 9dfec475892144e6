//! How different owners live through a drain.

use expect_test::expect;

use super::check;
use crate::ids::{NodeIdx, PodIdx, VolumeIdx};
use crate::inventory::{Mounts, WorkloadType};
use crate::plan::{PoolStrategy, Step};
use crate::sim::testing::{
    BY_NODE, SURGE, WAIT, add_budget, add_volumes, add_workload, cluster, fleet, keep_apart, pin,
    plan, pool_steps, rehearse, steps,
};
use crate::sim::trace::{EventKind, Trace};

const UNAVAILABLE: PoolStrategy = PoolStrategy::Unavailable {
    max_unavailable: 2,
    node_timeout: None,
};

/// When each event of a reason fell, with its pod.
fn times(trace: &Trace, of: impl Fn(&EventKind) -> Option<PodIdx>) -> Vec<(u64, PodIdx)> {
    let events = trace.events.iter();
    events
        .filter_map(|event| Some((event.at.as_millis(), of(&event.kind)?)))
        .collect()
}

#[test]
fn unavailable_nodes_are_rebuilt_in_place() {
    let mut cluster = cluster("eu-1", 3);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    add_budget(&mut cluster, web, 1);
    add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 3);
    let plan = plan(&[1], &pool_steps(UNAVAILABLE, WAIT));
    let trace = check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 1
            00:00:00 c0 DrainStarted  node: 1, pods: 1
            00:00:00 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:00:05 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:02:27 c0 NodeReady  node: 1
            00:02:27 c0 DrainStarted  node: 2, pods: 3
            00:02:27 c0 EvictionRefused  pod: 6, node: 2, budget: 0
            00:02:27 c0 EvictionRefused  pod: 7, node: 2, budget: 0
            00:03:21 c0 NodeReady  node: 0
            00:03:27 c0 NodeRebuilding  node: 2, kubelet: 1.32
            00:07:42 c0 NodeReady  node: 2
            00:07:42 c0 StepStarted  step: 1, of: Observe
            00:22:42 c0 ClusterUpgraded
            01:22:43 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
    let lost = times(&trace, |kind| match kind {
        EventKind::PodLost { pod, .. } => Some(*pod),
        _ => None,
    });
    assert_eq!(lost.len(), 3, "each node's daemon dies with its machine");
}

#[test]
fn a_stateful_set_comes_back_under_its_name_after_the_old_pod_is_gone() {
    let mut cluster = cluster("eu-1", 3);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 3);
    add_budget(&mut cluster, db, 1);
    add_volumes(&mut cluster, db);
    let inventory = fleet(vec![cluster]);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = check(
        &inventory,
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
    let gone = times(&trace, |kind| match kind {
        EventKind::PodGone { pod } => Some(*pod),
        _ => None,
    });
    let created = times(&trace, |kind| match kind {
        EventKind::PodCreated { pod } => Some(*pod),
        _ => None,
    });
    assert_eq!(gone[0].0, created[0].0, "created when the old pod is gone");
    let name = trace.clusters[0].pod_name(&inventory.clusters[0], created[0].1);
    assert_eq!(name, "db-0");
    assert_eq!(trace.counters.volume_moves, 3);
}

#[test]
fn pods_that_must_keep_apart_wait_for_a_node_of_their_own() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    keep_apart(&mut cluster, web, BY_NODE);
    let one_away = PoolStrategy::Unavailable {
        max_unavailable: 1,
        node_timeout: None,
    };
    let plan = plan(&[1], &pool_steps(one_away, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 1
            00:00:00 c0 PodUnschedulable  pod: 2, why: NoPlace, told: 0
            00:00:00 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:03:21 c0 NodeReady  node: 0
            00:03:21 c0 DrainStarted  node: 1, pods: 1
            00:03:21 c0 PodUnschedulable  pod: 3, why: NoPlace, told: 1
            00:03:22 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:05:44 c0 NodeReady  node: 1
            00:05:44 c0 StepStarted  step: 1, of: Observe
            00:20:44 c0 ClusterUpgraded
            01:20:45 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn a_pod_bound_to_a_node_that_goes_away_fails_the_cluster() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 1);
    pin(&mut cluster, web, NodeIdx(0));
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 PodUnschedulable  pod: 1, why: NoPlace, told: 0
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 3
            00:05:22 c0 DrainStarted  node: 1, pods: 0
            00:06:39 c0 NodeRemoved  node: 1
            00:06:39 c0 StepStarted  step: 1, of: Observe
            00:21:39 c0 PodUnschedulable  pod: 1, why: NoPlace, told: 1
            00:21:39 c0 GateFailed  gate: NewPendingPods, value: 1, limit: 0
            00:21:39 c0 GateFailed  gate: WorkloadsDown, value: 1, limit: 0
            00:21:39 c0 ClusterFailed
            00:21:40 WaveHeld  wave: 0
            Held
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > NodeRequested > NodeJoined > NodeReady > NodeCordoned
              > DrainStarted > PodEvicted > PodCreated > PodUnschedulable
              > GateFailed > ClusterFailed [placement]
        "#]],
    );
}

#[test]
fn a_full_cluster_cannot_take_what_it_drains() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 16);
    add_budget(&mut cluster, web, 1);
    let one_away = PoolStrategy::Unavailable {
        max_unavailable: 1,
        node_timeout: None,
    };
    let plan = plan(&[1], &pool_steps(one_away, WAIT));
    check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 DrainStarted  node: 0, pods: 8
            00:00:00 c0 PodUnschedulable  pod: 16, why: NoRoom, told: 0
            00:00:00 c0 EvictionRefused  pod: 2, node: 0, budget: 0
            00:00:00 c0 EvictionRefused  pod: 4, node: 0, budget: 0
            00:00:00 c0 EvictionRefused  pod: 6, node: 0, budget: 0
            00:00:00 c0 EvictionRefused  pod: 8, node: 0, budget: 0
            00:00:00 c0 EvictionRefused  pod: 10, node: 0, budget: 0
            00:00:00 c0 EvictionRefused  pod: 12, node: 0, budget: 0
            00:00:00 c0 EvictionRefused  pod: 14, node: 0, budget: 0
            00:30:00 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:30:01 WaveStalled  wave: 0
            Stalled
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > NodeCordoned > DrainStarted > PodEvicted > PodCreated
              > PodUnschedulable > ClusterStalled [capacity]
        "#]],
    );
}

#[test]
fn a_bare_pod_is_told_of_and_not_replaced() {
    let mut cluster = cluster("eu-1", 2);
    add_workload(&mut cluster, "debug", WorkloadType::Bare, 1);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = check(
        &fleet(vec![cluster]),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 2
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:49 c0 NodeRemoved  node: 0
            00:05:51 c0 NodeReady  node: 3
            00:05:51 c0 DrainStarted  node: 1, pods: 0
            00:07:09 c0 NodeRemoved  node: 1
            00:07:09 c0 StepStarted  step: 1, of: Observe
            00:22:09 c0 ClusterUpgraded
            01:22:10 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
    let lone = times(&trace, |kind| match kind {
        EventKind::PodNotReplaced { pod } => Some(*pod),
        _ => None,
    });
    assert_eq!(lone.len(), 1);
}

// Three pods share a volume on one node and are drained together; each replacement comes up on a
// node of its own, and only one of them at a time can have the volume.
#[test]
fn pods_that_wait_for_one_volume_get_it_first_come_first_served() {
    let mut cluster = cluster("eu-1", 3);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    add_volumes(&mut cluster, web);
    for pod in &mut cluster.pods {
        pod.mounts = Mounts::add(&mut cluster.mounted, [VolumeIdx(0)]);
        pod.node = Some(NodeIdx(0));
    }
    cluster.volumes[0].zones.clear();
    keep_apart(&mut cluster, web, BY_NODE);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = rehearse(&fleet(vec![cluster]), &plan, &[], 1);
    let waits = times(&trace, |kind| match kind {
        EventKind::VolumeMoving { pod, .. } => Some(*pod),
        _ => None,
    });
    let ready = times(&trace, |kind| match kind {
        EventKind::PodReady { pod } => Some(*pod),
        _ => None,
    });
    let order = |times: &[(u64, PodIdx)]| times.iter().map(|(_, pod)| pod.0).collect::<Vec<_>>();
    assert_eq!(order(&waits), [3, 4, 5, 6, 7]);
    // The second is evicted while it waits, so the third is next.
    assert_eq!(order(&ready), [3, 5]);
}

// The planner holds such a cluster back; a plan made otherwise must not pass on nothing.
#[test]
fn a_cluster_without_nodes_does_not_pass_its_checks() {
    let mut steps = steps(SURGE, WAIT);
    steps.retain(|step| matches!(step, Step::ControlPlane { .. } | Step::Observe { .. }));
    let plan = plan(&[1], &steps);
    check(
        &fleet(vec![cluster("eu-1", 0)]),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: ControlPlane
        00:09:49 c0 ControlPlaneUpgraded  to: 1.32
        00:09:49 c0 StepStarted  step: 1, of: Observe
        00:24:49 c0 GateUnreadable  gate: ReadyNodes
        00:24:49 c0 ClusterFailed
        00:24:50 WaveHeld  wave: 0
        Held
        RunStarted > WaveStarted > ClusterStarted > StepStarted
          > GateUnreadable > ClusterFailed [plan]
    "#]],
    );
}
