//! Those who do it on their own machines: kured, and kubeadm by hand.

use expect_test::expect;

use super::{PATIENT, blocked, check, check_steps, drain, web};
use crate::ids::{PoolIdx, WorkloadIdx};
use crate::inventory::{Cluster, Evidence, NodePool, Provider, WorkloadType};
use crate::plan::{Kubeadm, Kured, OnDrainTimeout, PoolStrategy, Step};
use crate::sim::testing::{NEW, OLD, add_budget, add_workload, fleet, plan, pool_steps, rehearse};
use crate::sim::trace::EventKind;
use crate::units::{IntOrPercent, KubeVersion, SimDuration};

#[test]
fn kured_reboots_one_node_after_the_other_in_place() {
    let kured = PoolStrategy::Kured(Kured::default());
    check(
        web(2, 1),
        kured,
        PATIENT,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:25:19 c0 NodeCordoned  node: 1
            00:25:19 c0 DrainStarted  node: 1, pods: 1
            00:25:20 c0 DrainFinished  node: 1
            00:25:20 c0 NodeRebooting  node: 1, kubelet: 1.32
            00:26:05 c0 NodeNotReady  node: 1, why: LeaseExpired
            00:27:04 c0 KubeletBack  node: 1, kubelet: 1.32
            00:27:20 c0 NodeReady  node: 1
            00:27:20 c0 NodeUncordoned  node: 1
            00:31:47 c0 NodeCordoned  node: 0
            00:31:47 c0 DrainStarted  node: 0, pods: 2
            00:31:47 c0 EvictionRefused  pod: 2, node: 0, budget: 0
            00:32:22 c0 DrainFinished  node: 0
            00:32:22 c0 NodeRebooting  node: 0, kubelet: 1.32
            00:33:15 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:33:25 c0 KubeletBack  node: 0, kubelet: 1.32
            00:33:38 c0 NodeReady  node: 0
            00:33:38 c0 NodeUncordoned  node: 0
            00:33:38 c0 StepFinished  step: 0, of: Pool
            00:33:38 c0 StepStarted  step: 1, of: Observe
            00:48:38 c0 StepFinished  step: 1, of: Observe
            00:48:39 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

// The other node goes meanwhile; a period later the first is tried again, in vain.
#[test]
fn kured_lets_the_lock_go_and_tries_again_in_its_next_period() {
    let kured = PoolStrategy::Kured(Kured::default());
    let mut cluster = blocked(2);
    cluster.budgets[0].max_unavailable = Some(IntOrPercent::Int(0));
    let retry_after = SimDuration::from_hours(24 * 25);
    let release = OnDrainTimeout::Release { retry_after };
    check(
        cluster,
        kured,
        drain(10, release),
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:25:19 c0 NodeCordoned  node: 1
            00:25:19 c0 DrainStarted  node: 1, pods: 0
            00:25:19 c0 DrainFinished  node: 1
            00:25:19 c0 NodeRebooting  node: 1, kubelet: 1.32
            00:26:05 c0 NodeNotReady  node: 1, why: LeaseExpired
            00:27:03 c0 KubeletBack  node: 1, kubelet: 1.32
            00:27:19 c0 NodeReady  node: 1
            00:27:19 c0 NodeUncordoned  node: 1
            00:31:47 c0 NodeCordoned  node: 0
            00:31:47 c0 DrainStarted  node: 0, pods: 1
            00:31:47 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:41:47 c0 LockReleased  node: 0, pods: 1
            00:41:47 c0 NodeUncordoned  node: 0
            13d 05:59:37 c0 NodeCordoned  node: 0
            13d 05:59:37 c0 DrainStarted  node: 0, pods: 1
            13d 05:59:37 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            13d 06:09:37 c0 LockReleased  node: 0, pods: 1
            13d 06:09:37 c0 NodeUncordoned  node: 0
            38d 05:59:37 c0 NodeCordoned  node: 0
            38d 05:59:37 c0 DrainStarted  node: 0, pods: 1
            38d 05:59:37 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            38d 06:09:37 c0 LockReleased  node: 0, pods: 1
            38d 06:09:37 c0 NodeUncordoned  node: 0
            Unfinished
        "#]],
    );
}

// The agents of the daemon set run on, and nobody misses a node (k8s-truth §6).
#[test]
fn kubeadm_restarts_the_kubelet_of_a_drained_node_and_loses_no_daemon() {
    let mut cluster = web(2, 2);
    add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 2);
    let by_hand = PoolStrategy::Kubeadm(Kubeadm::default());
    check(
        cluster,
        by_hand,
        PATIENT,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeCordoned  node: 0
        00:00:00 c0 DrainStarted  node: 0, pods: 1
        00:00:00 c0 DrainFinished  node: 0
        00:00:00 c0 KubeletRestarting  node: 0, kubelet: 1.32
        00:00:21 c0 KubeletBack  node: 0, kubelet: 1.32
        00:00:21 c0 NodeUncordoned  node: 0
        00:00:21 c0 NodeCordoned  node: 1
        00:00:21 c0 DrainStarted  node: 1, pods: 2
        00:00:23 c0 DrainFinished  node: 1
        00:00:23 c0 KubeletRestarting  node: 1, kubelet: 1.32
        00:00:35 c0 KubeletBack  node: 1, kubelet: 1.32
        00:00:35 c0 NodeUncordoned  node: 1
        00:00:35 c0 StepFinished  step: 0, of: Pool
        00:00:35 c0 StepStarted  step: 1, of: Observe
        00:15:35 c0 StepFinished  step: 1, of: Observe
        00:15:36 WaveSoaking  wave: 0
        Finished
    "#]],
    );
}

// The agents' objects stay, and they start again with their node.
#[test]
fn kured_reboots_and_the_daemons_of_the_node_start_again() {
    let mut cluster = web(2, 2);
    add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 2);
    let kured = PoolStrategy::Kured(Kured::default());
    check(
        cluster,
        kured,
        PATIENT,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:25:19 c0 NodeCordoned  node: 1
            00:25:19 c0 DrainStarted  node: 1, pods: 1
            00:25:20 c0 DrainFinished  node: 1
            00:25:20 c0 NodeRebooting  node: 1, kubelet: 1.32
            00:26:05 c0 NodeNotReady  node: 1, why: LeaseExpired
            00:26:05 c0 PodUnready  pod: 3, why: NodeNotReady
            00:27:04 c0 KubeletBack  node: 1, kubelet: 1.32
            00:27:20 c0 NodeReady  node: 1
            00:27:20 c0 NodeUncordoned  node: 1
            00:31:47 c0 NodeCordoned  node: 0
            00:31:47 c0 DrainStarted  node: 0, pods: 2
            00:32:17 c0 DrainFinished  node: 0
            00:32:17 c0 NodeRebooting  node: 0, kubelet: 1.32
            00:33:10 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:33:10 c0 PodUnready  pod: 2, why: NodeNotReady
            00:33:20 c0 KubeletBack  node: 0, kubelet: 1.32
            00:33:33 c0 NodeReady  node: 0
            00:33:33 c0 NodeUncordoned  node: 0
            00:33:33 c0 StepFinished  step: 0, of: Pool
            00:33:33 c0 StepStarted  step: 1, of: Observe
            00:48:33 c0 StepFinished  step: 1, of: Observe
            00:48:34 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn kubeadm_refuses_more_than_one_minor() {
    let mut cluster = web(1, 1);
    cluster.provider = Evidence::Known(Provider::Kubeadm);
    cluster.version = Evidence::Known(OLD);
    let to = KubeVersion::minor(1, NEW.minor + 1);
    let by_hand = PoolStrategy::Kubeadm(Kubeadm::default());
    let mut steps = pool_steps(by_hand, PATIENT);
    steps.insert(0, Step::ControlPlane { from: OLD, to });
    check_steps(
        cluster,
        &steps,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: ControlPlane
        00:00:00 c0 StepFailed  step: 0, of: ControlPlane, why: UpgradeRefused
        Held
    "#]],
    );
}

// Without a flag that one pod needs, kubectl cordons the node and evicts nothing.
#[test]
fn a_drain_by_hand_is_refused_without_the_flags_it_needs() {
    let mut cluster = web(2, 2);
    cluster.workloads[0].has_empty_dir = true;
    let kubeadm = Kubeadm {
        delete_emptydir_data: false,
        ..Kubeadm::default()
    };
    check(
        cluster,
        PoolStrategy::Kubeadm(kubeadm),
        PATIENT,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:00:00 c0 NodeCordoned  node: 0
            00:00:00 c0 DrainRefused  node: 0, pods: 1
            00:00:00 c0 StepFailed  step: 0, of: Pool, why: DrainRefused
            Held
        "#]],
    );
}

// No try can succeed, so every period has one, until nobody follows it any more.
#[test]
fn kured_lets_the_lock_go_at_once_when_two_budgets_hold_a_pod() {
    let mut cluster = web(2, 1);
    add_budget(&mut cluster, WorkloadIdx(0), 1);
    let kured = PoolStrategy::Kured(Kured::default());
    let plan = plan(&[1], &pool_steps(kured, PATIENT));
    let trace = rehearse(&fleet(vec![cluster]), &plan, &[], 1);
    let released = trace.events.iter().filter_map(|event| match event.kind {
        EventKind::LockReleased { node, .. } => Some((event.at.to_string(), node.0)),
        _ => None,
    });
    let released: Vec<_> = released.take(4).collect();
    expect![[r#"[("00:25:19", 1), ("00:31:47", 0), ("01:25:19", 1), ("01:31:47", 0)] Unfinished"#]]
        .assert_eq(&format!("{released:?} {:?}", trace.outcome));
    // What keeps the nodes waiting is at the root, not the plan.
    let decided = trace.decided_by.expect("something decided it");
    let kinds = trace
        .chain(decided)
        .into_iter()
        .map(|id| trace.events[id.index()].kind);
    let told = kinds.map(|kind| format!("{kind:?}\n")).collect::<String>();
    expect![[r#"
        SnapshotTaken
        BudgetsOverlap { workload: WorkloadIdx(0), first: BudgetIdx(0), second: BudgetIdx(1) }
        EvictionFailed { pod: PodIdx(0), node: NodeIdx(0) }
        LockReleased { node: NodeIdx(0), pods: 1 }
        NodeUncordoned { node: NodeIdx(0) }
        ClusterUnfinished { place: Step { step: 0, of: Pool }, days: 60 }
        WaveUnfinished { wave: WaveIdx(0) }
        RunEnded { outcome: Unfinished }
    "#]]
    .assert_eq(&told);
}

/// Three nodes of a control plane and two others with a pod each, all at the version before
/// [`OLD`], and a budget that lets one go.
fn with_own_nodes(max_unavailable: i32) -> Cluster {
    let oldest = KubeVersion::minor(1, OLD.minor - 1);
    let mut cluster = web(5, max_unavailable);
    cluster.provider = Evidence::Known(Provider::Kubeadm);
    cluster.version = Evidence::Known(oldest);
    for (index, node) in cluster.nodes.iter_mut().enumerate() {
        node.kubelet = Evidence::Known(oldest);
        node.pool = PoolIdx(u32::from(index < 3));
    }
    let (own, rest) = cluster.pools[0].nodes.split_at(3);
    let own = NodePool {
        name: "control-plane".to_owned(),
        control_plane: true,
        by_karpenter: false,
        nodes: own.to_vec(),
    };
    cluster.pools[0].nodes = rest.to_vec();
    cluster.pools.push(own);
    cluster
}

// Kubelets follow once every API server is there, and what the control plane's own nodes run is
// never too old for its next minor.
#[test]
fn the_nodes_of_a_control_plane_by_kubeadm_follow_it_one_after_the_other() {
    let oldest = KubeVersion::minor(1, OLD.minor - 1);
    let steps = [(oldest, OLD), (OLD, NEW)].map(|(from, to)| Step::ControlPlane { from, to });
    check_steps(
        with_own_nodes(1),
        &steps,
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: ControlPlane
            00:02:32 c0 NodeCordoned  node: 0
            00:02:32 c0 DrainStarted  node: 0, pods: 1
            00:02:33 c0 DrainFinished  node: 0
            00:02:33 c0 KubeletRestarting  node: 0, kubelet: 1.31
            00:02:53 c0 KubeletBack  node: 0, kubelet: 1.31
            00:02:53 c0 NodeUncordoned  node: 0
            00:02:53 c0 NodeCordoned  node: 1
            00:02:53 c0 DrainStarted  node: 1, pods: 1
            00:02:54 c0 DrainFinished  node: 1
            00:02:54 c0 KubeletRestarting  node: 1, kubelet: 1.31
            00:03:06 c0 KubeletBack  node: 1, kubelet: 1.31
            00:03:06 c0 NodeUncordoned  node: 1
            00:03:06 c0 NodeCordoned  node: 2
            00:03:06 c0 DrainStarted  node: 2, pods: 2
            00:03:06 c0 EvictionRefused  pod: 5, node: 2, budget: 0
            00:03:23 c0 DrainFinished  node: 2
            00:03:23 c0 KubeletRestarting  node: 2, kubelet: 1.31
            00:03:51 c0 KubeletBack  node: 2, kubelet: 1.31
            00:03:51 c0 NodeUncordoned  node: 2
            00:03:51 c0 StepFinished  step: 0, of: ControlPlane
            00:03:51 c0 StepStarted  step: 1, of: ControlPlane
            00:13:51 c0 NodeCordoned  node: 0
            00:13:51 c0 DrainStarted  node: 0, pods: 2
            00:13:51 c0 EvictionRefused  pod: 8, node: 0, budget: 0
            00:14:21 c0 DrainFinished  node: 0
            00:14:21 c0 KubeletRestarting  node: 0, kubelet: 1.32
            00:14:25 c0 KubeletBack  node: 0, kubelet: 1.32
            00:14:25 c0 NodeUncordoned  node: 0
            00:14:25 c0 NodeCordoned  node: 1
            00:14:25 c0 DrainStarted  node: 1, pods: 1
            00:14:28 c0 DrainFinished  node: 1
            00:14:28 c0 KubeletRestarting  node: 1, kubelet: 1.32
            00:14:34 c0 KubeletBack  node: 1, kubelet: 1.32
            00:14:34 c0 NodeUncordoned  node: 1
            00:14:34 c0 NodeCordoned  node: 2
            00:14:34 c0 DrainStarted  node: 2, pods: 2
            00:14:34 c0 EvictionRefused  pod: 10, node: 2, budget: 0
            00:14:40 c0 DrainFinished  node: 2
            00:14:40 c0 KubeletRestarting  node: 2, kubelet: 1.32
            00:14:54 c0 KubeletBack  node: 2, kubelet: 1.32
            00:14:54 c0 NodeUncordoned  node: 2
            00:14:54 c0 StepFinished  step: 1, of: ControlPlane
            00:14:55 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}

#[test]
fn a_budget_that_allows_nothing_holds_the_control_plane_of_kubeadm_too() {
    let oldest = KubeVersion::minor(1, OLD.minor - 1);
    let step = Step::ControlPlane {
        from: oldest,
        to: OLD,
    };
    check_steps(
        with_own_nodes(0),
        &[step],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: ControlPlane
            00:02:32 c0 NodeCordoned  node: 0
            00:02:32 c0 DrainStarted  node: 0, pods: 1
            00:02:32 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:32:32 c0 ClusterStalled  place: Step  step: 0, of: ControlPlane
            00:32:33 WaveStalled  wave: 0
            Stalled
        "#]],
    );
}

// Whoever makes such machines anew is taken to do it with the member.
#[test]
fn the_nodes_of_a_control_plane_by_kops_report_its_version_with_it() {
    let mut cluster = with_own_nodes(0);
    cluster.provider = Evidence::Known(Provider::Kops);
    let oldest = KubeVersion::minor(1, OLD.minor - 1);
    let step = Step::ControlPlane {
        from: oldest,
        to: OLD,
    };
    check_steps(
        cluster,
        &[step],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: ControlPlane
            00:02:32 c0 KubeletBack  node: 0, kubelet: 1.31
            00:02:32 c0 KubeletBack  node: 1, kubelet: 1.31
            00:02:32 c0 KubeletBack  node: 2, kubelet: 1.31
            00:02:32 c0 StepFinished  step: 0, of: ControlPlane
            00:02:33 WaveSoaking  wave: 0
            Finished
        "#]],
    );
}
