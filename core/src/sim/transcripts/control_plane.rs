//! A control plane that loses parts of itself, and what drains feel of it.

use expect_test::{Expect, expect};

use super::web_with_budget;
use crate::ids::PoolIdx;
use crate::inventory::{ControlPlane, Evidence, Inventory, NodePool, WorkloadType};
use crate::plan::{PoolStrategy, Step};
use crate::sim::fault::{Fault, FaultKind, StepKind, Trigger};
use crate::sim::testing::{
    SURGE, WAIT, add_budget, add_workload, check_requests, cluster, fault, fleet, plan, pool_steps,
    rehearse, steps, transcript,
};
use crate::sim::trace::{Severity, Trace};
use crate::units::SimDuration;

/// Left out: what has nothing to do with it.
const COMMON: &[&str] = &["Run", "Wave", "Step", "Gate", "Cluster", "SnapshotTaken"];

pub(super) fn with_members(mut inventory: Inventory, members: u32) -> Inventory {
    inventory.clusters[0].control_plane = ControlPlane {
        members: Evidence::Known(members),
        managed: true,
    };
    inventory
}

/// A fault ten minutes in, for ten minutes.
fn passing(kind: FaultKind, severity: u32) -> Fault {
    let mut fault = fault(kind, Trigger::At(SimDuration::from_mins(10)), severity);
    fault.duration = Some(SimDuration::from_mins(10));
    fault
}

/// Watches a cluster for an hour under a fault, and compares what its control plane does.
#[track_caller]
fn check(members: u32, fault: Fault, expected: &Expect) -> Trace {
    let soak = SimDuration::from_hours(1);
    let inventory = with_members(web_with_budget(1), members);
    let plan = plan(&[1], &[Step::Observe { soak }]);
    let trace = rehearse(&inventory, &plan, &[fault], 1);
    check_requests(&trace);
    let shown = |kind: &str| !COMMON.iter().any(|part| kind.contains(part));
    expected.assert_eq(&transcript(&trace, Severity::Info, shown));
    trace
}

#[test]
fn one_member_of_three_is_no_loss_but_an_election_if_it_led() {
    check(
        3,
        passing(FaultKind::EtcdMemberLoss, 333),
        &expect![[r#"
        00:10:00 c0 FaultStarted  fault: 0
        00:10:00 c0 EtcdMembersLost  lost: 1, of: 3
        00:10:00 c0 EtcdLeaderLost
        00:10:00 c0 ApiUnavailable
        00:10:01 c0 EtcdLeaderElected
        00:10:01 c0 ApiAvailable
        00:20:00 c0 FaultEnded  fault: 0
        00:20:00 c0 EtcdMembersBack  lost: 0, of: 3
        Finished
    "#]],
    );
}

#[test]
fn two_members_of_five_may_be_lost_and_three_may_not() {
    check(
        5,
        passing(FaultKind::EtcdMemberLoss, 400),
        &expect![[r#"
        00:10:00 c0 FaultStarted  fault: 0
        00:10:00 c0 EtcdMembersLost  lost: 2, of: 5
        00:10:00 c0 EtcdLeaderLost
        00:10:00 c0 ApiUnavailable
        00:10:01 c0 EtcdLeaderElected
        00:10:01 c0 ApiAvailable
        00:20:00 c0 FaultEnded  fault: 0
        00:20:00 c0 EtcdMembersBack  lost: 0, of: 5
        Finished
    "#]],
    );
    check(
        5,
        passing(FaultKind::EtcdMemberLoss, 600),
        &expect![[r#"
        00:10:00 c0 FaultStarted  fault: 0
        00:10:00 c0 EtcdMembersLost  lost: 3, of: 5
        00:10:00 c0 EtcdQuorumLost  left: 2, needed: 3
        00:10:00 c0 ApiUnavailable
        00:10:10 c0 LeaseLost  component: ControllerManager
        00:10:10 c0 LeaseLost  component: Scheduler
        00:20:00 c0 FaultEnded  fault: 0
        00:20:00 c0 EtcdMembersBack  lost: 0, of: 5
        00:20:00 c0 EtcdLeaderLost
        00:20:01 c0 EtcdLeaderElected
        00:20:01 c0 ApiAvailable
        00:20:02 c0 LeaseAcquired  component: Scheduler
        00:20:03 c0 LeaseAcquired  component: ControllerManager
        Held
    "#]],
    );
}

#[test]
fn a_dead_managers_lease_is_taken_over_once_it_is_over() {
    check(
        3,
        passing(FaultKind::ControllerManagerCrash, 334),
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 LeaseLost  component: ControllerManager
            00:10:23 c0 LeaseAcquired  component: ControllerManager
            00:20:00 c0 FaultEnded  fault: 0
            Finished
        "#]],
    );
}

#[test]
fn a_lone_manager_that_dies_is_started_again() {
    check(
        1,
        passing(FaultKind::ControllerManagerCrash, 500),
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 LeaseLost  component: ControllerManager
            00:10:19 c0 LeaseAcquired  component: ControllerManager
            00:20:00 c0 FaultEnded  fault: 0
            Finished
        "#]],
    );
}

#[test]
fn nobody_takes_over_where_every_manager_stays_down() {
    check(
        3,
        passing(FaultKind::ControllerManagerCrash, 1_000),
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 LeaseLost  component: ControllerManager
            00:20:00 c0 FaultEnded  fault: 0
            00:20:19 c0 LeaseAcquired  component: ControllerManager
            Finished
        "#]],
    );
}

#[test]
fn the_api_answers_as_long_as_one_server_is_left() {
    check(
        3,
        passing(FaultKind::ControlPlaneOutage, 600),
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 ApiServersAway  away: 2, of: 3
            00:20:00 c0 FaultEnded  fault: 0
            00:20:00 c0 ApiServersBack  away: 0, of: 3
            Finished
        "#]],
    );
    check(
        3,
        passing(FaultKind::ControlPlaneOutage, 1_000),
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 ApiServersAway  away: 3, of: 3
            00:10:00 c0 ApiUnavailable
            00:10:10 c0 LeaseLost  component: ControllerManager
            00:10:10 c0 LeaseLost  component: Scheduler
            00:20:00 c0 FaultEnded  fault: 0
            00:20:00 c0 ApiServersBack  away: 0, of: 3
            00:20:00 c0 ApiAvailable
            00:20:02 c0 LeaseAcquired  component: Scheduler
            00:20:03 c0 LeaseAcquired  component: ControllerManager
            Held
        "#]],
    );
}

#[test]
fn an_outage_shorter_than_a_lease_changes_no_leader() {
    let mut fault = passing(FaultKind::ControlPlaneOutage, 1_000);
    fault.duration = Some(SimDuration::from_secs(9));
    check(
        3,
        fault,
        &expect![[r#"
        00:10:00 c0 FaultStarted  fault: 0
        00:10:00 c0 ApiServersAway  away: 3, of: 3
        00:10:00 c0 ApiUnavailable
        00:10:09 c0 FaultEnded  fault: 0
        00:10:09 c0 ApiServersBack  away: 0, of: 3
        00:10:09 c0 ApiAvailable
        Finished
    "#]],
    );
}

// The control plane goes up member by member while one of three is lost: each of the others takes
// the majority with it while it restarts.
#[test]
fn a_member_that_restarts_while_another_is_lost_takes_the_api_away() {
    let inventory = with_members(web_with_budget(1), 3);
    let mut only = steps(SURGE, WAIT);
    only.truncate(1);
    let fault = fault(FaultKind::EtcdMemberLoss, Trigger::ClusterStart, 333);
    let trace = rehearse(&inventory, &plan(&[1], &only), &[fault], 1);
    check_requests(&trace);
    let shown = |kind: &str| !COMMON.iter().any(|part| kind.contains(part));
    let expected = expect![[r#"
        00:00:00 c0 FaultStarted  fault: 0
        00:00:00 c0 EtcdMembersLost  lost: 1, of: 3
        00:00:00 c0 EtcdLeaderLost
        00:00:00 c0 ApiUnavailable
        00:00:00 c0 MemberUpdating  member: 1, of: 3
        00:00:00 c0 EtcdQuorumLost  left: 1, needed: 2
        00:00:10 c0 LeaseLost  component: ControllerManager
        00:00:10 c0 LeaseLost  component: Scheduler
        00:00:38 c0 EtcdLeaderLost
        00:00:40 c0 EtcdLeaderElected
        00:00:40 c0 ApiAvailable
        00:00:41 c0 LeaseAcquired  component: Scheduler
        00:00:42 c0 LeaseAcquired  component: ControllerManager
        00:03:16 c0 MemberUpdated  member: 1, of: 3
        00:03:16 c0 MemberUpdating  member: 2, of: 3
        00:03:16 c0 EtcdQuorumLost  left: 1, needed: 2
        00:03:16 c0 ApiUnavailable
        00:03:16 c0 LeaseLost  component: ControllerManager
        00:03:16 c0 LeaseLost  component: Scheduler
        00:03:55 c0 EtcdLeaderLost
        00:03:56 c0 EtcdLeaderElected
        00:03:56 c0 ApiAvailable
        00:03:57 c0 LeaseAcquired  component: Scheduler
        00:03:58 c0 LeaseAcquired  component: ControllerManager
        00:06:33 c0 MemberUpdated  member: 2, of: 3
        00:06:33 c0 MemberUpdating  member: 3, of: 3
        00:06:33 c0 LeaseLost  component: ControllerManager
        00:06:33 c0 LeaseLost  component: Scheduler
        00:06:36 c0 LeaseAcquired  component: Scheduler
        00:06:55 c0 LeaseAcquired  component: ControllerManager
        00:09:49 c0 MemberUpdated  member: 3, of: 3
        00:09:49 c0 ControlPlaneUpgraded  to: 1.32
        Finished
    "#]];
    expected.assert_eq(&transcript(&trace, Severity::Info, shown));
}

// Nodes 0 to 2 run a member each, one in each zone; the leader may be any of them.
#[track_caller]
fn check_own_members(zones: &[&str], expected: &Expect) {
    let mut cluster = cluster("eu-1", 6);
    cluster.control_plane = ControlPlane {
        members: Evidence::Known(3),
        managed: false,
    };
    let own = NodePool {
        name: "control-plane".to_owned(),
        control_plane: true,
        by_karpenter: false,
        nodes: cluster.pools[0].nodes.drain(..3).collect(),
    };
    for node in &mut cluster.nodes[..3] {
        node.pool = PoolIdx(1);
    }
    cluster.pools.push(own);
    let outage = |zone: &&str| {
        let mut fault = passing(FaultKind::ZoneOutage, 1_000);
        fault.scope.zone = Some((*zone).to_owned());
        fault
    };
    let faults: Vec<_> = zones.iter().map(outage).collect();
    let soak = SimDuration::from_hours(1);
    let plan = plan(&[1], &[Step::Observe { soak }]);
    let trace = rehearse(&fleet(vec![cluster]), &plan, &faults, 1);
    let shown = |kind: &str| !COMMON.iter().any(|part| kind.contains(part));
    expected.assert_eq(&transcript(&trace, Severity::Info, shown));
}

#[test]
fn a_lost_zone_takes_the_members_that_run_there_with_it() {
    check_own_members(
        &["a"],
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:00 c0 NodeCutOff  node: 3, fault: 0
            00:10:00 c0 ApiServersAway  away: 1, of: 3
            00:10:00 c0 EtcdMembersLost  lost: 1, of: 3
            00:10:00 c0 EtcdLeaderLost
            00:10:00 c0 ApiUnavailable
            00:10:01 c0 EtcdLeaderElected
            00:10:01 c0 ApiAvailable
            00:10:45 c0 NodeNotReady  node: 3, why: LeaseExpired
            00:10:45 c0 NodeTainted  node: 3
            00:10:50 c0 NodeNotReady  node: 0, why: LeaseExpired
            00:10:50 c0 ZoneDisrupted  zone: Some(0), state: FullDisruption, per_hour: 360
            00:10:55 c0 NodeTainted  node: 0
            00:20:00 c0 FaultEnded  fault: 0
            00:20:00 c0 ApiServersBack  away: 0, of: 3
            00:20:00 c0 EtcdMembersBack  lost: 0, of: 3
            00:20:07 c0 NodeReconnected  node: 0
            00:20:07 c0 NodeReady  node: 0
            00:20:08 c0 NodeReconnected  node: 3
            00:20:08 c0 NodeReady  node: 3
            00:20:10 c0 NodeUntainted  node: 0
            00:20:10 c0 NodeUntainted  node: 3
            00:20:10 c0 ZoneRecovered  zone: Some(0)
            Finished
        "#]],
    );
    check_own_members(
        &["a", "b"],
        &expect![[r#"
            00:10:00 c0 FaultStarted  fault: 0
            00:10:00 c0 NodeCutOff  node: 0, fault: 0
            00:10:00 c0 NodeCutOff  node: 3, fault: 0
            00:10:00 c0 ApiServersAway  away: 1, of: 3
            00:10:00 c0 EtcdMembersLost  lost: 1, of: 3
            00:10:00 c0 EtcdLeaderLost
            00:10:00 c0 ApiUnavailable
            00:10:00 c0 FaultStarted  fault: 1
            00:10:00 c0 NodeCutOff  node: 1, fault: 1
            00:10:00 c0 NodeCutOff  node: 4, fault: 1
            00:10:00 c0 ApiServersAway  away: 2, of: 3
            00:10:00 c0 EtcdMembersLost  lost: 2, of: 3
            00:10:00 c0 EtcdQuorumLost  left: 1, needed: 2
            00:10:00 c0 LeaseLost  component: ControllerManager
            00:10:00 c0 LeaseLost  component: Scheduler
            00:20:00 c0 FaultEnded  fault: 0
            00:20:00 c0 ApiServersBack  away: 1, of: 3
            00:20:00 c0 EtcdMembersBack  lost: 1, of: 3
            00:20:00 c0 EtcdLeaderLost
            00:20:00 c0 FaultEnded  fault: 1
            00:20:00 c0 ApiServersBack  away: 0, of: 3
            00:20:00 c0 EtcdMembersBack  lost: 0, of: 3
            00:20:01 c0 EtcdLeaderElected
            00:20:01 c0 ApiAvailable
            00:20:01 c0 NodeReconnected  node: 1
            00:20:02 c0 LeaseAcquired  component: Scheduler
            00:20:03 c0 LeaseAcquired  component: ControllerManager
            00:20:04 c0 NodeReconnected  node: 4
            00:20:07 c0 NodeReconnected  node: 0
            00:20:08 c0 NodeReconnected  node: 3
            Held
        "#]],
    );
}

/// Eight pods on four nodes, of which two are drained at once, under a budget of two.
fn drained() -> Inventory {
    let mut cluster = cluster("eu-1", 4);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 8);
    add_budget(&mut cluster, web, 2);
    fleet(vec![cluster])
}

#[track_caller]
fn check_drain(faults: &[Fault], expected: &Expect) {
    let strategy = PoolStrategy::Unavailable {
        max_unavailable: 2,
        node_timeout: None,
    };
    let plan = plan(&[1], &pool_steps(strategy, WAIT));
    let trace = rehearse(&drained(), &plan, faults, 1);
    let parts = ["Evict", "Created", "Waits", "Lease", "Budget", "PodReady"];
    let shown = |kind: &str| parts.iter().any(|part| kind.contains(part));
    let text = transcript(&trace, Severity::Detail, shown);
    let lines: Vec<&str> = text.lines().take(24).collect();
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

// The controller dies as the drain begins: two evictions spend what the budget allows, and nothing
// is replaced or allowed until another leads.
#[test]
fn a_drain_without_a_manager_spends_what_is_left_and_waits() {
    let trigger = Trigger::BeforeStep(StepKind::Pool);
    check_drain(
        &[fault(FaultKind::ControllerManagerCrash, trigger, 0)],
        &expect![[r#"
            00:00:00 c0 LeaseLost  component: ControllerManager
            00:00:00 c0 PodEvicted  pod: 0, node: 0, budget: Some(0)
            00:00:00 c0 ReplacementWaits  pod: 0
            00:00:00 c0 PodEvicted  pod: 4, node: 0, budget: Some(0)
            00:00:00 c0 ReplacementWaits  pod: 4
            00:00:00 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:00:00 c0 EvictionRefused  pod: 5, node: 1, budget: 0
            00:00:23 c0 LeaseAcquired  component: ControllerManager
            00:00:23 c0 PodCreated  pod: 8
            00:00:23 c0 PodCreated  pod: 9
            00:00:25 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:00:25 c0 EvictionRefused  pod: 5, node: 1, budget: 0
            00:00:26 c0 PodReady  pod: 9
            00:00:26 c0 PodReady  pod: 8
            00:00:30 c0 PodEvicted  pod: 1, node: 1, budget: Some(0)
            00:00:30 c0 PodCreated  pod: 10
            00:00:30 c0 PodEvicted  pod: 5, node: 1, budget: Some(0)
            00:00:30 c0 PodCreated  pod: 11
            00:00:38 c0 PodReady  pod: 10
            00:00:53 c0 PodReady  pod: 11
            00:02:52 c0 PodEvicted  pod: 2, node: 2, budget: Some(0)
            00:02:52 c0 PodCreated  pod: 12
            00:02:52 c0 PodEvicted  pod: 6, node: 2, budget: Some(0)
            00:02:52 c0 PodCreated  pod: 13
        "#]],
    );
}

#[test]
fn an_edit_that_no_manager_has_seen_puts_evictions_off() {
    let trigger = Trigger::BeforeStep(StepKind::Pool);
    let crash = fault(FaultKind::ControllerManagerCrash, trigger.clone(), 0);
    let edit = fault(FaultKind::BlockingBudget, trigger, 1_000);
    check_drain(
        &[crash, edit],
        &expect![[r#"
            00:00:00 c0 LeaseLost  component: ControllerManager
            00:00:00 c0 BudgetTightened  budget: 0, fault: 1
            00:00:00 c0 EvictionPostponed  pod: 0, node: 0, budget: 0
            00:00:00 c0 EvictionPostponed  pod: 4, node: 0, budget: 0
            00:00:00 c0 EvictionPostponed  pod: 1, node: 1, budget: 0
            00:00:00 c0 EvictionPostponed  pod: 5, node: 1, budget: 0
            00:00:23 c0 LeaseAcquired  component: ControllerManager
            00:00:30 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:00:30 c0 EvictionRefused  pod: 4, node: 0, budget: 0
            00:00:30 c0 EvictionRefused  pod: 1, node: 1, budget: 0
            00:00:30 c0 EvictionRefused  pod: 5, node: 1, budget: 0
            Stalled
        "#]],
    );
}
