//! Injected failures, and what follows from them by the rules alone.

use expect_test::{Expect, expect};

use super::{check, web_with_budget};
use crate::inventory::{ControlPlane, Evidence};
use crate::plan::PoolStrategy;
use crate::sim::fault::{FaultKind, StepKind, Trigger};
use crate::sim::testing::{SURGE, WAIT, check_requests, fault, plan, pool_steps, rehearse, steps};
use crate::sim::trace::{ApiComponent, EventKind};
use crate::units::{SimDuration, SimTime};

#[test]
fn a_blocking_budget_fault_blocks_until_it_ends() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trigger = Trigger::BeforeStep(StepKind::Pool);
    let mut fault = fault(FaultKind::BlockingBudget, trigger, 1_000);
    fault.duration = Some(SimDuration::from_mins(30));
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 BudgetTightened  budget: 0, fault: 0
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:30:00 c0 FaultEnded  fault: 0
            00:30:00 c0 BudgetRestored  budget: 0, fault: 0
            00:31:39 c0 NodeRemoved  node: 0
            00:33:42 c0 NodeReady  node: 4
            00:33:42 c0 DrainStarted  node: 1, pods: 1
            00:35:00 c0 NodeRemoved  node: 1
            00:37:45 c0 NodeReady  node: 5
            00:37:45 c0 DrainStarted  node: 2, pods: 1
            00:39:14 c0 NodeRemoved  node: 2
            00:39:14 c0 StepStarted  step: 1, of: Observe
            00:54:14 c0 ClusterUpgraded
            01:54:15 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn a_blocking_budget_fault_without_end_stalls_the_drain() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trigger = Trigger::At(SimDuration::from_mins(3));
    let mut fault = fault(FaultKind::BlockingBudget, trigger, 1_000);
    fault.scope.workload = Some("shop/web".to_owned());
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:03:00 c0 FaultStarted  fault: 0
            00:03:00 c0 BudgetTightened  budget: 0, fault: 0
            00:03:19 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 4
            00:05:22 c0 DrainStarted  node: 1, pods: 1
            00:05:22 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:35:22 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:35:23 WaveStalled  wave: 0
            Stalled
            FaultStarted > BudgetTightened > EvictionRefused > ClusterStalled [fault.blockingBudget]
        "#]],
    );
}

#[test]
fn a_broken_cni_stalls_its_own_roll_out() {
    let plan = plan(&[1], &steps(SURGE, WAIT)[1..]);
    let trigger = Trigger::BeforeStep(StepKind::Cni);
    let fault = fault(FaultKind::CniBreak, trigger, 1_000);
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 StepStarted  step: 0, of: Cni
            00:00:12 c0 CniBroken  node: 0, fault: 0
            00:30:12 c0 ClusterStalled  place: Step  step: 0, of: Cni
            00:30:13 WaveStalled  wave: 0
            Stalled
            FaultStarted > CniBroken > ClusterStalled [fault.cniBreak]
        "#]],
    );
}

#[test]
fn a_cni_that_recovers_lets_the_roll_out_go_on() {
    let plan = plan(&[1], &steps(SURGE, WAIT)[1..]);
    let trigger = Trigger::BeforeStep(StepKind::Cni);
    let mut fault = fault(FaultKind::CniBreak, trigger, 1_000);
    fault.duration = Some(SimDuration::from_mins(20));
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 StepStarted  step: 0, of: Cni
            00:00:12 c0 CniBroken  node: 0, fault: 0
            00:20:00 c0 FaultEnded  fault: 0
            00:24:03 c0 StepStarted  step: 1, of: Pool
            00:25:47 c0 NodeReady  node: 3
            00:25:47 c0 DrainStarted  node: 0, pods: 1
            00:27:23 c0 NodeRemoved  node: 0
            00:29:25 c0 NodeReady  node: 4
            00:29:25 c0 DrainStarted  node: 1, pods: 1
            00:30:43 c0 NodeRemoved  node: 1
            00:33:28 c0 NodeReady  node: 5
            00:33:28 c0 DrainStarted  node: 2, pods: 1
            00:34:58 c0 NodeRemoved  node: 2
            00:34:58 c0 StepStarted  step: 2, of: Observe
            00:49:58 c0 ClusterUpgraded
            01:49:59 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn a_broken_cni_keeps_new_nodes_from_becoming_ready() {
    let strategy = PoolStrategy::Surge {
        max_surge: 1,
        node_timeout: Some(SimDuration::from_mins(15)),
    };
    let plan = plan(&[1], &steps(strategy, WAIT)[1..]);
    let trigger = Trigger::AfterStep(StepKind::Cni);
    let fault = fault(FaultKind::CniBreak, trigger, 1_000);
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: Cni
            00:00:36 c0 FaultStarted  fault: 0
            00:00:36 c0 StepStarted  step: 1, of: Pool
            00:02:07 c0 CniBroken  node: 3, fault: 0
            00:15:36 c0 NodeTimedOut  node: 3
            00:15:36 c0 StepFailed  step: 1, of: Pool, why: NodeTimeout
            00:15:36 c0 ClusterFailed
            00:15:36 c0 SurgeNodesLeft  nodes: 1
            00:15:37 WaveHeld  wave: 0
            Held
            FaultStarted > CniBroken > NodeTimedOut > StepFailed
              > ClusterFailed [fault.cniBreak]
        "#]],
    );
}

#[track_caller]
fn check_etcd(severity: u32, expected: &Expect) {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let fault = fault(FaultKind::EtcdLatency, Trigger::ClusterStart, severity);
    check(&web_with_budget(1), &plan, &[fault], expected);
}

#[test]
fn etcd_that_is_a_little_slow_only_fails_its_own_check() {
    check_etcd(
        50,
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 EtcdSlow  commit_p99_micros: 500000
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:44 c0 NodeReady  node: 3
            00:01:44 c0 DrainStarted  node: 0, pods: 1
            00:03:20 c0 NodeRemoved  node: 0
            00:05:22 c0 NodeReady  node: 4
            00:05:22 c0 DrainStarted  node: 1, pods: 1
            00:06:41 c0 NodeRemoved  node: 1
            00:09:26 c0 NodeReady  node: 5
            00:09:26 c0 DrainStarted  node: 2, pods: 1
            00:10:56 c0 NodeRemoved  node: 2
            00:10:56 c0 StepStarted  step: 1, of: Observe
            00:25:56 c0 GateFailed  gate: EtcdCommitP99, value: 500000, limit: 200000
            00:25:56 c0 ClusterFailed
            00:25:57 WaveHeld  wave: 0
            Held
            FaultStarted > EtcdSlow > GateFailed > ClusterFailed [fault.etcdLatency]
        "#]],
    );
}

#[test]
fn etcd_that_is_slow_degrades_the_api_and_the_upgrade_ends_all_the_same() {
    check_etcd(
        300,
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 EtcdSlow  commit_p99_micros: 3000000
            00:00:00 c0 EtcdElecting  elections_per_hour: 628
            00:00:00 c0 ApiDegraded  available_ppm: 510003
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:46 c0 NodeReady  node: 3
            00:01:46 c0 DrainStarted  node: 0, pods: 1
            00:03:24 c0 NodeRemoved  node: 0
            00:05:28 c0 NodeReady  node: 4
            00:05:28 c0 DrainStarted  node: 1, pods: 1
            00:06:49 c0 NodeRemoved  node: 1
            00:09:36 c0 NodeReady  node: 5
            00:09:36 c0 DrainStarted  node: 2, pods: 1
            00:11:08 c0 NodeRemoved  node: 2
            00:11:08 c0 StepStarted  step: 1, of: Observe
            00:26:08 c0 GateFailed  gate: ApiAvailability, value: 510, limit: 990
            00:26:08 c0 GateFailed  gate: EtcdCommitP99, value: 3000000, limit: 200000
            00:26:08 c0 ClusterFailed
            00:26:09 WaveHeld  wave: 0
            Held
            FaultStarted > EtcdSlow > EtcdElecting > ApiDegraded
              > GateFailed > ClusterFailed [fault.etcdLatency]
        "#]],
    );
}

#[test]
fn etcd_that_cannot_keep_a_leader_stalls_everything() {
    check_etcd(
        1_000,
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 EtcdSlow  commit_p99_micros: 10000000
            00:00:00 c0 EtcdElecting  elections_per_hour: 922
            00:00:00 c0 ApiUnavailable
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:31:30 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:31:31 WaveStalled  wave: 0
            Stalled
            FaultStarted > EtcdSlow > EtcdElecting > ApiUnavailable
              > ClusterStalled [fault.etcdLatency]
        "#]],
    );
}

#[test]
fn etcd_that_recovers_lets_the_upgrade_go_on() {
    let mut plan = plan(&[1], &pool_steps(SURGE, WAIT));
    plan.gates.min_api_availability_per_mille = 0;
    let mut fault = fault(FaultKind::EtcdLatency, Trigger::ClusterStart, 1_000);
    fault.duration = Some(SimDuration::from_mins(20));
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
            00:00:00 c0 FaultStarted  fault: 0
            00:00:00 c0 EtcdSlow  commit_p99_micros: 10000000
            00:00:00 c0 EtcdElecting  elections_per_hour: 922
            00:00:00 c0 ApiUnavailable
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:20:00 c0 FaultEnded  fault: 0
            00:20:00 c0 EtcdNormal  commit_p99_micros: 13000
            00:20:00 c0 ApiAvailable
            00:20:13 c0 NodeReady  node: 3
            00:20:13 c0 DrainStarted  node: 0, pods: 1
            00:21:49 c0 NodeRemoved  node: 0
            00:23:51 c0 NodeReady  node: 4
            00:23:51 c0 DrainStarted  node: 1, pods: 1
            00:25:10 c0 NodeRemoved  node: 1
            00:27:54 c0 NodeReady  node: 5
            00:27:54 c0 DrainStarted  node: 2, pods: 1
            00:29:24 c0 NodeRemoved  node: 2
            00:29:24 c0 StepStarted  step: 1, of: Observe
            00:44:24 c0 ClusterUpgraded
            01:44:25 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

#[test]
fn a_single_control_plane_member_takes_the_api_away() {
    let mut inventory = web_with_budget(1);
    inventory.clusters[0].control_plane = ControlPlane {
        members: Evidence::Known(1),
        managed: false,
    };
    let mut only = steps(SURGE, WAIT);
    only.truncate(1);
    check(
        &inventory,
        &plan(&[1], &only),
        &[],
        &expect![[r#"
            00:00:00 c0 StepStarted  step: 0, of: ControlPlane
            00:00:00 c0 ApiUnavailable
            00:00:23 c0 ApiAvailable
            00:09:49 c0 ControlPlaneUpgraded  to: 1.32
            00:09:49 c0 ClusterUpgraded
            01:09:50 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}

// The fault begins as the pool does and ends 20 minutes later.
#[test]
fn nothing_is_cordoned_while_the_api_does_not_answer() {
    let in_place = PoolStrategy::Unavailable {
        max_unavailable: 1,
        node_timeout: None,
    };
    let mut plan = plan(&[1], &pool_steps(in_place, WAIT));
    plan.gates.min_api_availability_per_mille = 0;
    let mut fault = fault(FaultKind::EtcdLatency, Trigger::ClusterStart, 1_000);
    fault.duration = Some(SimDuration::from_mins(20));
    let trace = rehearse(&web_with_budget(1), &plan, &[fault], 1);
    check_requests(&trace);
    let cordons = trace.events.iter().filter(|event| {
        matches!(
            event.kind,
            EventKind::NodeCordoned { .. } | EventKind::NodeUncordoned { .. }
        )
    });
    let at: Vec<_> = cordons.map(|event| event.at).collect();
    assert_eq!(
        at.len(),
        6,
        "each of three nodes is cordoned and uncordoned"
    );
    let answers = SimTime::ZERO + SimDuration::from_mins(20);
    assert!(at.iter().all(|at| *at > answers), "{at:?}");
}

#[test]
fn the_cni_is_not_rolled_without_a_controller_manager() {
    let only = steps(SURGE, WAIT)[1..2].to_vec();
    let mut fault = fault(FaultKind::EtcdLatency, Trigger::ClusterStart, 1_000);
    fault.duration = Some(SimDuration::from_mins(20));
    let trace = rehearse(&web_with_budget(1), &plan(&[1], &only), &[fault], 1);
    let first = |of: fn(&EventKind) -> bool| {
        let mut events = trace.events.iter();
        events.find(|event| of(&event.kind)).map(|event| event.at)
    };
    let waits = first(|kind| matches!(kind, EventKind::CniRollWaits {}));
    assert_eq!(waits, Some(SimTime::ZERO));
    let leads = first(|kind| {
        let component = ApiComponent::ControllerManager;
        *kind == EventKind::LeaseAcquired { component }
    });
    let restarts = first(|kind| matches!(kind, EventKind::CniRestarting { .. }));
    assert_eq!(
        restarts, leads,
        "the controller rolls the daemon set once it leads"
    );
    assert!(restarts.is_some());
}
