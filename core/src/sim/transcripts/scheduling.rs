//! Who gets a node: reasons, the order of the queue, spreading.

use expect_test::{Expect, expect};

use crate::ids::{NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::{Cluster, PodTerm, SpreadRule, WorkloadType};
use crate::plan::{Plan, PoolStrategy};
use crate::sim::testing::{
    BY_NODE, BY_ZONE, SURGE, WAIT, add_budget, add_workload, cluster, fleet, plan, pool_steps,
    rehearse, steps, why,
};
use crate::sim::trace::{EventKind, Trace};
use crate::snapshot::{NodeInclusion, NodePressure, PodPhase, PreemptionPolicy};

/// One node at a time, rebuilt in place.
pub(super) fn in_place() -> Plan {
    let strategy = PoolStrategy::Unavailable {
        max_unavailable: 1,
        node_timeout: None,
    };
    plan(&[1], &pool_steps(strategy, WAIT))
}

/// Adds a workload of one pod on `node` that asks for so many CPUs at this priority.
pub(super) fn add_pod(
    cluster: &mut Cluster,
    name: &str,
    node: u32,
    cpus: u64,
    priority: i32,
) -> WorkloadIdx {
    let workload = add_workload(cluster, name, WorkloadType::Deployment, 1);
    let spec = &mut cluster.workloads[workload.index()];
    spec.requests.cpu_millis = cpus * 1_000;
    spec.priority = priority;
    let pod = cluster.pods.last_mut().expect("one was just added");
    pod.node = Some(NodeIdx(node));
    workload
}

/// What the scheduler does in the course of a rehearsal, with the names of pods and its own words.
#[track_caller]
pub(super) fn check_scheduling(cluster: Cluster, plan: &Plan, expected: &Expect) -> Trace {
    let inventory = fleet(vec![cluster]);
    let trace = rehearse(&inventory, plan, &[], 1);
    let (cluster, rows) = (&inventory.clusters[0], &trace.clusters[0]);
    let workload = |pod: crate::ids::PodIdx| {
        let workload = rows.pods[pod.index()].workload;
        cluster.workloads[workload.index()].name.as_str()
    };
    let told = trace.events.iter().filter_map(|event| {
        let text = match event.kind {
            EventKind::PodScheduled { pod, node } => {
                format!("{} goes to node {}", workload(pod), node.0)
            }
            EventKind::PodUnschedulable { pod, told, .. } => {
                let refusal = &rows.refusals[told.index()];
                let message = refusal.message(&cluster.into()).replace(": ", ":\n    ");
                format!("{}: {}", workload(pod), message.replace(", ", ",\n    "))
            }
            EventKind::PodPreempted { pod, node, by } => {
                format!(
                    "{} gives way on node {} to {}",
                    workload(pod),
                    node.0,
                    workload(by)
                )
            }
            EventKind::PodGone { pod } => format!("{} is gone", workload(pod)),
            EventKind::NodeCordoned { node } => format!("node {} is cordoned", node.0),
            EventKind::NodeReady { node } => format!("node {} is Ready", node.0),
            EventKind::ClusterStalled { .. } => "stalled".to_owned(),
            _ => return None,
        };
        Some(format!("{} {text}\n", event.at))
    });
    expected.assert_eq(&told.collect::<String>());
    trace
}

// Both wait for the drained node; the one that matters more began to wait later.
#[test]
fn the_queue_is_in_order_of_priority() {
    let mut cluster = cluster("eu-1", 2);
    for (name, priority) in [("late", 0), ("early", 10)] {
        let workload = add_pod(&mut cluster, name, 0, 2, priority);
        cluster.workloads[workload.index()].preemption = PreemptionPolicy::Never;
    }
    add_pod(&mut cluster, "full", 1, 4, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 late: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:00 early: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:00:02 early is gone
        00:00:06 late is gone
        00:03:27 node 0 is Ready
        00:03:27 early goes to node 0
        00:03:27 late goes to node 0
        00:03:27 node 1 is cordoned
        00:03:27 full: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:03:27 full is gone
        00:05:48 node 1 is Ready
        00:05:48 full goes to node 1
    "#]],
    );
}

// Zones a, b and c have a node each. A cordoned node is still a domain, without a pod once its own
// is gone, so a skew of 1 leaves no other node.
#[test]
fn a_cordoned_node_is_a_domain_unless_taints_are_honored() {
    let told = |policy: NodeInclusion, expected: &Expect| {
        let mut cluster = cluster("eu-1", 3);
        let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 6);
        cluster.workloads[web.index()].placement.neighbors.spread = vec![SpreadRule {
            topology: BY_ZONE,
            workloads: vec![web],
            counts_itself: true,
            max_skew: 1,
            min_domains: 1,
            node_affinity: NodeInclusion::Honor,
            node_taints: policy,
        }];
        check_scheduling(cluster, &in_place(), expected);
    };
    told(
        NodeInclusion::Ignore,
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) didn't match pod topology spread constraints
        00:00:00 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) didn't match pod topology spread constraints
        00:00:00 web is gone
        00:00:30 web is gone
        00:03:51 node 0 is Ready
        00:03:51 web goes to node 0
        00:03:51 web goes to node 0
        00:03:51 node 1 is cordoned
        00:03:51 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) didn't match pod topology spread constraints
        00:03:51 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) didn't match pod topology spread constraints
        00:03:52 web is gone
        00:04:00 web is gone
        00:06:21 node 1 is Ready
        00:06:21 web goes to node 1
        00:06:21 web goes to node 1
        00:06:21 node 2 is cordoned
        00:06:21 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) didn't match pod topology spread constraints
        00:06:21 web: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) didn't match pod topology spread constraints
        00:06:21 web is gone
        00:06:22 web is gone
        00:10:37 node 2 is Ready
        00:10:37 web goes to node 2
        00:10:37 web goes to node 2
    "#]],
    );
    told(
        NodeInclusion::Honor,
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 web goes to node 2
        00:00:00 web goes to node 1
        00:00:00 web is gone
        00:00:30 web is gone
        00:03:51 node 0 is Ready
        00:03:51 node 1 is cordoned
        00:03:51 web goes to node 0
        00:03:51 web goes to node 0
        00:03:51 web goes to node 0
        00:03:52 web is gone
        00:04:00 web is gone
        00:04:21 web is gone
        00:06:42 node 1 is Ready
        00:06:42 node 2 is cordoned
        00:06:42 web goes to node 1
        00:06:42 web goes to node 1
        00:06:42 web goes to node 1
        00:06:43 web is gone
        00:06:43 web is gone
        00:06:44 web is gone
        00:10:59 node 2 is Ready
    "#]],
    );
}

// One pod of two is evicted and finds no node, so the budget refuses the other. At first a pod that
// stops holds memory, too.
#[test]
fn a_stall_tells_the_reasons_that_hold() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    add_budget(&mut cluster, web, 1);
    cluster.pods[1].node = Some(NodeIdx(0));
    let rest = add_pod(&mut cluster, "rest", 1, 3, 0);
    let leaving = add_pod(&mut cluster, "leaving", 1, 1, 0);
    cluster.pods[3].terminating = true;
    for (workload, cpu_millis, gib) in [(web, 2_000, 8), (rest, 3_000, 1), (leaving, 1_000, 10)] {
        let requests = &mut cluster.workloads[workload.index()].requests;
        (requests.cpu_millis, requests.memory_bytes) = (cpu_millis, gib << 30);
    }
    let trace = check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 web: 0/2 nodes are available:
            1 Insufficient cpu,
            1 Insufficient memory,
            1 node(s) were unschedulable
        00:00:00 web is gone
        00:00:00 leaving is gone
        00:30:00 web: 0/2 nodes are available:
            1 Insufficient cpu,
            1 node(s) were unschedulable
        00:30:00 stalled
    "#]],
    );
    let why = why(&trace, &[]);
    assert!(
        why.ends_with("PodUnschedulable > ClusterStalled [capacity]\n"),
        "{why}"
    );
}

// The pod was being deleted when the snapshot was taken, on a node that was cordoned.
#[test]
fn a_daemon_is_created_again_on_its_node_even_if_it_is_cordoned() {
    let mut cluster = cluster("eu-1", 2);
    add_workload(&mut cluster, "cni", WorkloadType::DaemonSet, 2);
    cluster.pods[0].terminating = true;
    cluster.nodes[0].unschedulable = true;
    let plan = plan(&[1], &steps(SURGE, WAIT)[1..2]);
    check_scheduling(
        cluster,
        &plan,
        &expect![[r#"
        00:00:00 cni is gone
        00:00:00 cni goes to node 0
    "#]],
    );
}

// As many pods as nodes, each with the same port of its node: an evicted one waits for its node.
#[test]
fn a_port_of_the_node_is_held_until_its_pod_is_gone() {
    let mut cluster = cluster("eu-1", 2);
    let edge = add_workload(&mut cluster, "edge", WorkloadType::Deployment, 2);
    cluster.workloads[edge.index()]
        .placement
        .neighbors
        .port_rivals = Some(PodTerm {
        topology: BY_NODE,
        workloads: vec![edge],
    });
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 edge: 0/2 nodes are available:
            1 node(s) didn't have free ports for the requested pod ports,
            1 node(s) were unschedulable
        00:00:04 edge is gone
        00:03:25 node 0 is Ready
        00:03:25 edge goes to node 0
        00:03:25 node 1 is cordoned
        00:03:25 edge: 0/2 nodes are available:
            1 node(s) didn't have free ports for the requested pod ports,
            1 node(s) were unschedulable
        00:03:25 edge is gone
        00:05:46 node 1 is Ready
        00:05:46 edge goes to node 1
    "#]],
    );
}

// Room opens on both nodes, and only the pod without gates takes it.
#[test]
fn a_pod_with_scheduling_gates_is_never_tried() {
    let mut cluster = cluster("eu-1", 2);
    for name in ["gated", "free"] {
        add_pod(&mut cluster, name, 0, 1, 0);
    }
    cluster.pods[0].gated = true;
    for pod in &mut cluster.pods {
        (pod.node, pod.phase, pod.ready) = (None, PodPhase::Pending, false);
    }
    let trace = check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:03:21 node 0 is Ready
        00:03:21 free goes to node 0
        00:03:21 node 1 is cordoned
        00:05:42 node 1 is Ready
    "#]],
    );
    let gated = EventKind::PodGated { pod: PodIdx(0) };
    let told = trace.events.iter().filter(|event| event.kind == gated);
    assert_eq!(told.count(), 1);
}

// Node 1 is short of memory until it is rebuilt; one of the pods tolerates that.
#[test]
fn a_node_under_pressure_takes_only_pods_that_tolerate_it() {
    let mut cluster = cluster("eu-1", 2);
    cluster.nodes[1].pressures = [NodePressure::Memory, NodePressure::Pid]
        .into_iter()
        .collect();
    for (name, tolerated) in [
        ("strict", &[NodePressure::Pid][..]),
        ("lenient", &[NodePressure::Pid, NodePressure::Memory]),
    ] {
        let workload = add_pod(&mut cluster, name, 0, 1, 0);
        let placement = &mut cluster.workloads[workload.index()].placement;
        placement.tolerated.pressures = tolerated.iter().copied().collect();
    }
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 strict: 0/2 nodes are available:
            1 node(s) had untolerated taint {node.kubernetes.io/memory-pressure:
            },
            1 node(s) were unschedulable
        00:00:00 lenient goes to node 1
        00:00:00 strict is gone
        00:00:02 lenient is gone
        00:03:23 node 0 is Ready
        00:03:23 strict goes to node 0
        00:03:23 node 1 is cordoned
        00:03:23 lenient goes to node 0
        00:03:26 lenient is gone
        00:05:47 node 1 is Ready
    "#]],
    );
}
