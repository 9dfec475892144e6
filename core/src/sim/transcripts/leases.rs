//! Who leads after a member's restart, and what waits for whoever leads.

use expect_test::expect;

use super::control_plane::with_members;
use super::web_with_budget;
use crate::inventory::WorkloadType;
use crate::plan::LeaseOnStop;
use crate::sim::fault::{FaultKind, Trigger};
use crate::sim::testing::{
    SURGE, WAIT, add_workload, cluster, fault, fleet, plan, pool_steps, rehearse, steps, transcript,
};
use crate::sim::trace::Severity;
use crate::units::SimDuration;

// The API server of the only member is away for longer than a lease is renewed. Who starts then
// sees leases that somebody seems to hold, and waits for their 15 s (k8s-truth §8).
#[test]
fn the_leases_of_a_lone_member_are_claimed_15_s_after_its_api_server_is_back() {
    let inventory = with_members(web_with_budget(1), 1);
    let plan = plan(&[1], &steps(SURGE, WAIT)[..1]);
    let trace = rehearse(&inventory, &plan, &[], 1);
    let shown = |kind: &str| kind.starts_with("Api") || kind.starts_with("Lease");
    expect![[r#"
        00:00:00 c0 ApiUnavailable
        00:00:00 c0 LeaseLost  component: ControllerManager
        00:00:00 c0 LeaseLost  component: Scheduler
        00:02:17 c0 ApiAvailable
        00:02:33 c0 LeaseAcquired  component: Scheduler
        00:02:37 c0 LeaseAcquired  component: ControllerManager
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Info, shown));
}

// Nobody creates the pod of its agent, and with it the node has no network (k8s-truth §8).
#[test]
fn a_new_node_is_not_ready_while_no_manager_gives_it_its_daemons() {
    let mut cluster = cluster("eu-1", 1);
    add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 1);
    let mut crash = fault(
        FaultKind::ControllerManagerCrash,
        Trigger::ClusterStart,
        1_000,
    );
    crash.duration = Some(SimDuration::from_mins(20));
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = rehearse(&fleet(vec![cluster]), &plan, &[crash], 1);
    let shown = |kind: &str| {
        let told = ["Node", "Daemons", "Lease", "PodCreated", "PodScheduled"];
        told.iter().any(|part| kind.contains(part))
    };
    expect![[r#"
        00:00:00 c0 LeaseLost  component: ControllerManager
        00:00:00 c0 NodeRequested  node: 1
        00:01:30 c0 NodeJoined  node: 1, kubelet: 1.32
        00:01:30 c0 DaemonsAwaited  node: 1
        00:20:19 c0 LeaseAcquired  component: ControllerManager
        00:20:19 c0 PodCreated  pod: 1
        00:20:19 c0 PodScheduled  pod: 1, node: 1
        00:20:32 c0 NodeReady  node: 1
        00:20:32 c0 NodeCordoned  node: 0
        00:22:08 c0 NodeRemoved  node: 0
        Finished
    "#]]
    .assert_eq(&transcript(&trace, Severity::Detail, shown));
}

#[test]
fn a_manager_that_gives_its_lease_back_is_followed_within_seconds() {
    let mut told = String::new();
    for lease in [LeaseOnStop::Kept, LeaseOnStop::Released] {
        let mut plan = plan(&[1], &steps(SURGE, WAIT)[..1]);
        plan.controller_manager_lease = lease;
        let trace = rehearse(&web_with_budget(1), &plan, &[], 1);
        let shown = |kind: &str| kind.starts_with("Lease");
        told.push_str(&transcript(&trace, Severity::Info, shown));
    }
    expect![[r#"
        00:03:16 c0 LeaseLost  component: ControllerManager
        00:03:16 c0 LeaseLost  component: Scheduler
        00:03:19 c0 LeaseAcquired  component: Scheduler
        00:03:39 c0 LeaseAcquired  component: ControllerManager
        00:06:33 c0 LeaseLost  component: ControllerManager
        00:06:33 c0 LeaseLost  component: Scheduler
        00:06:35 c0 LeaseAcquired  component: Scheduler
        00:06:52 c0 LeaseAcquired  component: ControllerManager
        Finished
        00:03:16 c0 LeaseLost  component: ControllerManager
        00:03:16 c0 LeaseLost  component: Scheduler
        00:03:19 c0 LeaseAcquired  component: Scheduler
        00:03:20 c0 LeaseAcquired  component: ControllerManager
        00:06:33 c0 LeaseLost  component: ControllerManager
        00:06:33 c0 LeaseLost  component: Scheduler
        00:06:35 c0 LeaseAcquired  component: Scheduler
        00:06:36 c0 LeaseAcquired  component: ControllerManager
        Finished
    "#]]
    .assert_eq(&told);
}
