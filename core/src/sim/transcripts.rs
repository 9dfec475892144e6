//! Whole rehearsals of small clusters, read as transcripts.

use expect_test::{Expect, expect};

use super::fault::{Fault, FaultKind, StepKind, Trigger};
use super::testing::{
    SURGE, WAIT, add_budget, add_workload, cluster, fault, fleet, plan, pool_steps, rehearse,
    steps, transcript, why,
};
use super::trace::{Severity, Trace};
use crate::inventory::{Inventory, WorkloadType};
use crate::plan::{DrainPolicy, OnDrainTimeout, Plan, PoolStrategy};
use crate::units::SimDuration;

#[track_caller]
fn check(inventory: &Inventory, plan: &Plan, faults: &[Fault], expected: &Expect) -> Trace {
    let trace = rehearse(inventory, plan, faults, 1);
    let text = transcript(&trace, Severity::Info) + &why(&trace, faults);
    expected.assert_eq(&text);
    trace
}

fn web_with_budget(max_unavailable: i32) -> Inventory {
    let mut cluster = cluster("eu-1", 3);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    add_budget(&mut cluster, web, max_unavailable);
    fleet(vec![cluster])
}

fn drain(mins: u64, on_timeout: OnDrainTimeout) -> DrainPolicy {
    DrainPolicy {
        timeout: Some(SimDuration::from_mins(mins)),
        on_timeout,
    }
}

#[test]
fn a_clean_surge_upgrade_replaces_every_node() {
    let plan = plan(&[1], &steps(SURGE, WAIT));
    check(
        &web_with_budget(1),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: ControlPlane
        00:00:00 c0 MemberUpdating  member: 1, of: 3
        00:03:32 c0 MemberUpdated  member: 1, of: 3
        00:03:32 c0 MemberUpdating  member: 2, of: 3
        00:03:32 c0 LeaseLost  component: ControllerManager
        00:03:32 c0 LeaseLost  component: Scheduler
        00:03:34 c0 LeaseAcquired  component: Scheduler
        00:03:55 c0 LeaseAcquired  component: ControllerManager
        00:07:04 c0 MemberUpdated  member: 2, of: 3
        00:07:04 c0 MemberUpdating  member: 3, of: 3
        00:07:04 c0 LeaseLost  component: ControllerManager
        00:07:04 c0 LeaseLost  component: Scheduler
        00:07:06 c0 LeaseAcquired  component: Scheduler
        00:07:23 c0 LeaseAcquired  component: ControllerManager
        00:10:36 c0 MemberUpdated  member: 3, of: 3
        00:10:36 c0 ControlPlaneUpgraded  to: KubeVersion  major: 1, minor: 32, patch: None
        00:10:36 c0 StepFinished  step: 0, of: ControlPlane
        00:10:36 c0 StepStarted  step: 1, of: Cni
        00:11:12 c0 StepFinished  step: 1, of: Cni
        00:11:12 c0 StepStarted  step: 2, of: Pool
        00:13:23 c0 NodeReady  node: 3
        00:13:23 c0 DrainStarted  node: 0, pods: 1
        00:13:24 c0 DrainFinished  node: 0
        00:14:59 c0 NodeRemoved  node: 0
        00:16:23 c0 NodeReady  node: 4
        00:16:23 c0 DrainStarted  node: 1, pods: 1
        00:16:24 c0 DrainFinished  node: 1
        00:17:41 c0 NodeRemoved  node: 1
        00:20:27 c0 NodeReady  node: 5
        00:20:27 c0 DrainStarted  node: 2, pods: 1
        00:20:28 c0 DrainFinished  node: 2
        00:21:57 c0 NodeRemoved  node: 2
        00:21:57 c0 StepFinished  step: 2, of: Pool
        00:21:57 c0 StepStarted  step: 3, of: Observe
        00:36:57 c0 GatesPassed
        00:36:57 c0 StepFinished  step: 3, of: Observe
        00:36:57 c0 ClusterUpgraded
        00:36:58 WaveSoaking  wave: 0
        01:36:58 WavePassed  wave: 0
        01:36:58 RunEnded  outcome: Finished
        Finished
        RunStarted > WaveStarted > ClusterStarted > StepStarted > StepFinished > StepStarted > StepFinished > StepStarted > StepFinished > StepStarted > StepFinished > ClusterUpgraded [plan]
    "#]],
    );
}

#[test]
fn a_budget_of_zero_stalls_a_drain_that_waits_for_ever() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    check(
        &web_with_budget(0),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:02:10 c0 NodeReady  node: 3
        00:02:10 c0 DrainStarted  node: 0, pods: 1
        00:02:10 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:02:10 c0 ClusterStalled  step: 0, of: Pool
        00:02:11 WaveStalled  wave: 0
        00:02:11 RunEnded  outcome: Stalled
        Stalled
        SnapshotTaken > BudgetNeverAllows > EvictionRefused > ClusterStalled [snapshot]
    "#]],
    );
}

#[test]
fn a_budget_of_zero_fails_the_step_where_the_provider_gives_up() {
    let plan = plan(&[1], &pool_steps(SURGE, drain(15, OnDrainTimeout::Fail)));
    check(
        &web_with_budget(0),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:02:10 c0 NodeReady  node: 3
        00:02:10 c0 DrainStarted  node: 0, pods: 1
        00:02:10 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:17:10 c0 DrainTimedOut  node: 0, pods: 1
        00:17:10 c0 StepFailed  step: 0, of: Pool, why: DrainTimeout
        00:17:10 c0 ClusterFailed
        00:17:11 WaveHeld  wave: 0
        00:17:11 RunEnded  outcome: Held
        Held
        SnapshotTaken > BudgetNeverAllows > EvictionRefused > DrainTimedOut > StepFailed > ClusterFailed [snapshot]
    "#]],
    );
}

#[test]
fn a_budget_of_zero_is_overridden_where_the_provider_uses_force() {
    let plan = plan(&[1], &pool_steps(SURGE, drain(60, OnDrainTimeout::Force)));
    check(
        &web_with_budget(0),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:02:10 c0 NodeReady  node: 3
        00:02:10 c0 DrainStarted  node: 0, pods: 1
        00:02:10 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        01:02:10 c0 DrainForced  node: 0, pods: 1
        01:02:10 c0 PodDeleted  pod: 0, node: 0
        01:02:11 c0 DrainFinished  node: 0
        01:03:46 c0 NodeRemoved  node: 0
        01:05:10 c0 NodeReady  node: 4
        01:05:10 c0 DrainStarted  node: 1, pods: 1
        01:05:10 c0 EvictionRefused  pod: 1, node: 1, budget: 0
        02:05:10 c0 DrainForced  node: 1, pods: 1
        02:05:10 c0 PodDeleted  pod: 1, node: 1
        02:05:11 c0 DrainFinished  node: 1
        02:06:28 c0 NodeRemoved  node: 1
        02:09:15 c0 NodeReady  node: 5
        02:09:15 c0 DrainStarted  node: 2, pods: 1
        02:09:15 c0 EvictionRefused  pod: 2, node: 2, budget: 0
        03:09:15 c0 DrainForced  node: 2, pods: 1
        03:09:15 c0 PodDeleted  pod: 2, node: 2
        03:09:15 c0 DrainFinished  node: 2
        03:10:44 c0 NodeRemoved  node: 2
        03:10:44 c0 StepFinished  step: 0, of: Pool
        03:10:44 c0 StepStarted  step: 1, of: Observe
        03:25:44 c0 GatesPassed
        03:25:44 c0 StepFinished  step: 1, of: Observe
        03:25:44 c0 ClusterUpgraded
        03:25:45 WaveSoaking  wave: 0
        04:25:45 WavePassed  wave: 0
        04:25:45 RunEnded  outcome: Finished
        Finished
        RunStarted > WaveStarted > ClusterStarted > StepStarted > StepFinished > StepStarted > StepFinished > ClusterUpgraded [plan]
    "#]],
    );
}

#[test]
fn a_blocking_budget_fault_blocks_until_it_ends() {
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let mut fault = fault(
        FaultKind::BlockingBudget,
        Trigger::BeforeStep(StepKind::Pool),
        1_000,
    );
    fault.duration = Some(SimDuration::from_mins(30));
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 FaultStarted  fault: 0
        00:00:00 c0 BudgetTightened  budget: 0, fault: 0
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:02:10 c0 NodeReady  node: 3
        00:02:10 c0 DrainStarted  node: 0, pods: 1
        00:02:10 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:30:00 c0 FaultEnded  fault: 0
        00:30:00 c0 BudgetRestored  budget: 0, fault: 0
        00:30:01 c0 DrainFinished  node: 0
        00:31:36 c0 NodeRemoved  node: 0
        00:33:00 c0 NodeReady  node: 4
        00:33:00 c0 DrainStarted  node: 1, pods: 1
        00:33:01 c0 DrainFinished  node: 1
        00:34:18 c0 NodeRemoved  node: 1
        00:37:05 c0 NodeReady  node: 5
        00:37:05 c0 DrainStarted  node: 2, pods: 1
        00:37:05 c0 DrainFinished  node: 2
        00:38:34 c0 NodeRemoved  node: 2
        00:38:34 c0 StepFinished  step: 0, of: Pool
        00:38:34 c0 StepStarted  step: 1, of: Observe
        00:53:34 c0 GatesPassed
        00:53:34 c0 StepFinished  step: 1, of: Observe
        00:53:34 c0 ClusterUpgraded
        00:53:35 WaveSoaking  wave: 0
        01:53:35 WavePassed  wave: 0
        01:53:35 RunEnded  outcome: Finished
        Finished
        RunStarted > WaveStarted > ClusterStarted > StepStarted > StepFinished > StepStarted > StepFinished > ClusterUpgraded [plan]
    "#]],
    );
}

#[test]
fn a_broken_cni_stalls_its_own_roll_out() {
    let plan = plan(&[1], &steps(SURGE, WAIT)[1..]);
    let fault = fault(
        FaultKind::CniBreak,
        Trigger::BeforeStep(StepKind::Cni),
        1_000,
    );
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 FaultStarted  fault: 0
        00:00:00 c0 StepStarted  step: 0, of: Cni
        00:00:12 c0 CniBroken  node: 0, fault: 0
        00:00:12 c0 ClusterStalled  step: 0, of: Cni
        00:00:13 WaveStalled  wave: 0
        00:00:13 RunEnded  outcome: Stalled
        Stalled
        FaultStarted > CniBroken > ClusterStalled [fault.cniBreak]
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
    let fault = fault(
        FaultKind::CniBreak,
        Trigger::AfterStep(StepKind::Cni),
        1_000,
    );
    check(
        &web_with_budget(1),
        &plan,
        &[fault],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: Cni
        00:00:36 c0 StepFinished  step: 0, of: Cni
        00:00:36 c0 FaultStarted  fault: 0
        00:00:36 c0 StepStarted  step: 1, of: Pool
        00:02:34 c0 CniBroken  node: 3, fault: 0
        00:15:36 c0 NodeTimedOut  node: 3
        00:15:36 c0 StepFailed  step: 1, of: Pool, why: NodeTimeout
        00:15:36 c0 ClusterFailed
        00:15:37 WaveHeld  wave: 0
        00:15:37 RunEnded  outcome: Held
        Held
        FaultStarted > CniBroken > NodeTimedOut > StepFailed > ClusterFailed [fault.cniBreak]
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
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 FaultStarted  fault: 0
        00:00:00 c0 EtcdSlow  commit_p99_micros: 500000
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:02:11 c0 NodeReady  node: 3
        00:02:11 c0 DrainStarted  node: 0, pods: 1
        00:02:11 c0 DrainFinished  node: 0
        00:03:47 c0 NodeRemoved  node: 0
        00:05:11 c0 NodeReady  node: 4
        00:05:11 c0 DrainStarted  node: 1, pods: 1
        00:05:12 c0 DrainFinished  node: 1
        00:06:29 c0 NodeRemoved  node: 1
        00:09:16 c0 NodeReady  node: 5
        00:09:16 c0 DrainStarted  node: 2, pods: 1
        00:09:16 c0 DrainFinished  node: 2
        00:10:45 c0 NodeRemoved  node: 2
        00:10:45 c0 StepFinished  step: 0, of: Pool
        00:10:45 c0 StepStarted  step: 1, of: Observe
        00:25:45 c0 GateFailed  gate: EtcdCommitP99, value: 500000, limit: 200000
        00:25:45 c0 ClusterFailed
        00:25:46 WaveHeld  wave: 0
        00:25:46 RunEnded  outcome: Held
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
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 FaultStarted  fault: 0
        00:00:00 c0 EtcdSlow  commit_p99_micros: 3000000
        00:00:00 c0 EtcdElecting  elections_per_hour: 628
        00:00:00 c0 ApiDegraded  available_ppm: 510003
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:02:00 c0 LeaseLost  component: Scheduler
        00:02:13 c0 NodeReady  node: 3
        00:02:13 c0 DrainStarted  node: 0, pods: 1
        00:02:15 c0 DrainFinished  node: 0
        00:02:15 c0 LeaseAcquired  component: Scheduler
        00:02:20 c0 LeaseLost  component: ControllerManager
        00:02:52 c0 LeaseAcquired  component: ControllerManager
        00:03:15 c0 LeaseLost  component: Scheduler
        00:03:32 c0 LeaseLost  component: ControllerManager
        00:03:36 c0 LeaseAcquired  component: Scheduler
        00:03:46 c0 LeaseLost  component: Scheduler
        00:03:51 c0 NodeRemoved  node: 0
        00:03:54 c0 LeaseAcquired  component: ControllerManager
        00:04:10 c0 LeaseAcquired  component: Scheduler
        00:05:17 c0 NodeReady  node: 4
        00:05:17 c0 DrainStarted  node: 1, pods: 1
        00:05:20 c0 DrainFinished  node: 1
        00:06:37 c0 NodeRemoved  node: 1
        00:09:26 c0 NodeReady  node: 5
        00:09:26 c0 DrainStarted  node: 2, pods: 1
        00:09:28 c0 DrainFinished  node: 2
        00:09:44 c0 LeaseLost  component: ControllerManager
        00:10:07 c0 LeaseAcquired  component: ControllerManager
        00:10:57 c0 NodeRemoved  node: 2
        00:10:57 c0 StepFinished  step: 0, of: Pool
        00:10:57 c0 StepStarted  step: 1, of: Observe
        00:12:47 c0 LeaseLost  component: ControllerManager
        00:13:05 c0 LeaseAcquired  component: ControllerManager
        00:18:35 c0 LeaseLost  component: ControllerManager
        00:18:57 c0 LeaseAcquired  component: ControllerManager
        00:25:57 c0 LeaseLost  component: ControllerManager
        00:25:57 c0 GateFailed  gate: ApiAvailability, value: 510, limit: 990
        00:25:57 c0 GateFailed  gate: EtcdCommitP99, value: 3000000, limit: 200000
        00:25:57 c0 ClusterFailed
        00:25:58 WaveHeld  wave: 0
        00:25:58 RunEnded  outcome: Held
        Held
        FaultStarted > EtcdSlow > EtcdElecting > ApiDegraded > GateFailed > ClusterFailed [fault.etcdLatency]
    "#]],
    );
}

#[test]
fn etcd_that_cannot_keep_a_leader_stalls_everything() {
    check_etcd(
        1_000,
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 FaultStarted  fault: 0
        00:00:00 c0 EtcdSlow  commit_p99_micros: 10000000
        00:00:00 c0 EtcdElecting  elections_per_hour: 922
        00:00:00 c0 ApiUnavailable
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:10 c0 LeaseLost  component: ControllerManager
        00:00:10 c0 LeaseLost  component: Scheduler
        00:01:57 c0 ClusterStalled  step: 0, of: Pool
        00:01:58 WaveStalled  wave: 0
        00:01:58 RunEnded  outcome: Stalled
        Stalled
        FaultStarted > EtcdSlow > EtcdElecting > ApiUnavailable > ClusterStalled [fault.etcdLatency]
    "#]],
    );
}

#[test]
fn unavailable_nodes_are_rebuilt_in_place() {
    let strategy = PoolStrategy::Unavailable {
        max_unavailable: 2,
        node_timeout: None,
    };
    let plan = plan(&[1], &pool_steps(strategy, WAIT));
    check(
        &web_with_budget(1),
        &plan,
        &[],
        &expect![[r#"
        00:00:00 RunStarted
        00:00:00 WaveStarted  wave: 0
        00:00:00 c0 ClusterStarted
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 DrainStarted  node: 0, pods: 1
        00:00:00 c0 DrainStarted  node: 1, pods: 1
        00:00:00 c0 EvictionRefused  pod: 1, node: 1, budget: 0
        00:00:00 c0 DrainFinished  node: 0
        00:00:00 c0 NodeRebuilding  node: 0, kubelet: KubeVersion  major: 1, minor: 32, patch: None
        00:00:05 c0 DrainFinished  node: 1
        00:00:05 c0 NodeRebuilding  node: 1, kubelet: KubeVersion  major: 1, minor: 32, patch: None
        00:02:39 c0 NodeReady  node: 0
        00:02:39 c0 DrainStarted  node: 2, pods: 3
        00:02:39 c0 EvictionRefused  pod: 3, node: 2, budget: 0
        00:02:39 c0 EvictionRefused  pod: 4, node: 2, budget: 0
        00:03:39 c0 DrainFinished  node: 2
        00:03:39 c0 NodeRebuilding  node: 2, kubelet: KubeVersion  major: 1, minor: 32, patch: None
        00:04:06 c0 NodeReady  node: 1
        00:08:24 c0 NodeReady  node: 2
        00:08:24 c0 StepFinished  step: 0, of: Pool
        00:08:24 c0 StepStarted  step: 1, of: Observe
        00:23:24 c0 GatesPassed
        00:23:24 c0 StepFinished  step: 1, of: Observe
        00:23:24 c0 ClusterUpgraded
        00:23:25 WaveSoaking  wave: 0
        01:23:25 WavePassed  wave: 0
        01:23:25 RunEnded  outcome: Finished
        Finished
        RunStarted > WaveStarted > ClusterStarted > StepStarted > StepFinished > StepStarted > StepFinished > ClusterUpgraded [plan]
    "#]],
    );
}
