//! Those who do it on their own machines: kured, and kubeadm by hand.

use expect_test::expect;

use super::{PATIENT, blocked, check, check_steps, drain, web};
use crate::ids::WorkloadIdx;
use crate::inventory::{Evidence, Provider};
use crate::plan::{Kubeadm, Kured, OnDrainTimeout, PoolStrategy, Step};
use crate::sim::testing::{NEW, OLD, add_budget, fleet, plan, pool_steps, rehearse};
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
            00:36:28 c0 NodeCordoned  node: 0
            00:36:28 c0 DrainStarted  node: 0, pods: 1
            00:36:29 c0 DrainFinished  node: 0
            00:36:29 c0 NodeRebuilding  node: 0, kubelet: 1.32
            00:39:50 c0 NodeReady  node: 0
            00:39:50 c0 NodeUncordoned  node: 0
            00:43:13 c0 NodeCordoned  node: 1
            00:43:13 c0 DrainStarted  node: 1, pods: 2
            00:43:13 c0 EvictionRefused  pod: 2, node: 1, budget: 0
            00:43:25 c0 DrainFinished  node: 1
            00:43:25 c0 NodeRebuilding  node: 1, kubelet: 1.32
            00:45:46 c0 NodeReady  node: 1
            00:45:46 c0 NodeUncordoned  node: 1
            00:45:46 c0 StepFinished  step: 0, of: Pool
            00:45:46 c0 StepStarted  step: 1, of: Observe
            01:00:46 c0 StepFinished  step: 1, of: Observe
            01:00:47 WaveSoaking  wave: 0
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
            00:36:28 c0 NodeCordoned  node: 0
            00:36:28 c0 DrainStarted  node: 0, pods: 1
            00:36:28 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:46:28 c0 LockReleased  node: 0, pods: 1
            00:46:28 c0 NodeUncordoned  node: 0
            01:43:13 c0 NodeCordoned  node: 1
            01:43:13 c0 DrainStarted  node: 1, pods: 0
            01:43:13 c0 DrainFinished  node: 1
            01:43:13 c0 NodeRebuilding  node: 1, kubelet: 1.32
            01:45:34 c0 NodeReady  node: 1
            01:45:34 c0 NodeUncordoned  node: 1
            25d 00:46:28 c0 NodeCordoned  node: 0
            25d 00:46:28 c0 DrainStarted  node: 0, pods: 1
            25d 00:46:28 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            25d 00:56:28 c0 LockReleased  node: 0, pods: 1
            25d 00:56:28 c0 NodeUncordoned  node: 0
            50d 00:56:28 c0 NodeCordoned  node: 0
            50d 00:56:28 c0 DrainStarted  node: 0, pods: 1
            50d 00:56:28 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            50d 01:06:28 c0 LockReleased  node: 0, pods: 1
            50d 01:06:28 c0 NodeUncordoned  node: 0
            Unfinished
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
    expect![[r#"[("00:36:28", 0), ("00:43:13", 1), ("01:36:28", 0), ("01:43:13", 1)] Unfinished"#]]
        .assert_eq(&format!("{released:?} {:?}", trace.outcome));
}
