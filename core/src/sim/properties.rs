//! What must hold in every rehearsal, tried on random small clusters.

#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::Rehearsal;
use super::fates::{check_roll_back, check_upgraded};
use super::fault::{Fault, FaultKind, Scope, StepKind, Trigger};
use super::random_plans::a_plan;
use super::testing::{
    BY_NODE, BY_ZONE, NEW, add_budget, add_volumes, add_workload, check_requests, cluster, fleet,
    keep_apart, plan, rehearse, steps,
};
use super::trace::{EventKind, Trace};
use crate::ids::{NodeIdx, PodIdx, PoolIdx, SelectionIdx, TopologyIdx, WorkloadIdx};
use crate::inventory::{Cluster, Evidence, Inventory, NodePool, Resources, WorkloadType};
use crate::plan::{DrainPolicy, FailureRule, OnDrainTimeout, Plan, PoolStrategy, Step};
use crate::units::{IntOrPercent, KubeVersion, SimDuration, SimTime};

#[derive(Clone, Debug)]
pub(crate) struct WorkloadSketch {
    kind: WorkloadType,
    replicas: u32,
    budget: Option<IntOrPercent>,
    /// How many of its pods the budget selects, where it does not select each.
    n_selected: Option<usize>,
    apart: Option<TopologyIdx>,
    has_volumes: bool,
    n_unready: usize,
    cpu_millis: u64,
    priority: i32,
}

pub(crate) fn workload() -> impl Strategy<Value = WorkloadSketch> {
    let kind = prop_oneof![
        4 => Just(WorkloadType::Deployment),
        3 => Just(WorkloadType::StatefulSet),
        2 => Just(WorkloadType::DaemonSet),
        1 => Just(WorkloadType::Job),
        1 => Just(WorkloadType::Bare),
        1 => Just(WorkloadType::Static),
    ];
    let limit = prop_oneof![
        (0..3).prop_map(IntOrPercent::Int),
        (0..100_u32).prop_map(IntOrPercent::Percent),
    ];
    let apart = prop_oneof![
        4 => Just(None),
        1 => Just(Some(BY_NODE)),
        1 => Just(Some(BY_ZONE)),
    ];
    (
        kind,
        0..7_u32,
        (option::of(limit), option::weighted(0.2, 0..4_usize)),
        apart,
        any::<bool>(),
        0..2_usize,
        1..1_500_u64,
        0..3,
    )
        .prop_map(
            |(
                kind,
                replicas,
                (budget, n_selected),
                apart,
                has_volumes,
                n_unready,
                cpu,
                priority,
            )| {
                WorkloadSketch {
                    kind,
                    replicas,
                    budget,
                    n_selected,
                    apart,
                    has_volumes: has_volumes && kind == WorkloadType::StatefulSet,
                    n_unready,
                    cpu_millis: cpu,
                    priority,
                }
            },
        )
}

pub(super) fn fault() -> impl Strategy<Value = Fault> {
    let kind = proptest::sample::select(&FaultKind::ALL[..]);
    let trigger = prop_oneof![
        (0..90_u64).prop_map(|mins| Trigger::At(SimDuration::from_mins(mins))),
        Just(Trigger::Wave(1)),
        Just(Trigger::ClusterStart),
        Just(Trigger::BeforeStep(StepKind::Pool)),
        Just(Trigger::AfterStep(StepKind::Cni)),
    ];
    let duration = option::of((1..60_u64).prop_map(SimDuration::from_mins));
    (kind, trigger, duration, 0..=1_000_u32).prop_map(|(kind, trigger, duration, severity)| Fault {
        kind,
        trigger,
        scope: Scope::default(),
        duration,
        severity_per_mille: severity,
    })
}

pub(crate) fn inventory(n_nodes: usize, sketches: &[WorkloadSketch]) -> Inventory {
    let mut cluster = cluster("eu-1", n_nodes);
    for (index, sketch) in sketches.iter().enumerate() {
        let daemon = matches!(sketch.kind, WorkloadType::DaemonSet | WorkloadType::Static);
        let replicas = match sketch.kind {
            WorkloadType::Bare => 1,
            _ if daemon => n_nodes as u32,
            _ => sketch.replicas,
        };
        let workload = add_workload(&mut cluster, &format!("w{index}"), sketch.kind, replicas);
        cluster.workloads[workload.index()].requests.cpu_millis = sketch.cpu_millis;
        cluster.workloads[workload.index()].priority = sketch.priority;
        if let Some(topology) = sketch.apart {
            keep_apart(&mut cluster, workload, topology);
        }
        if let Some(limit) = sketch.budget {
            add_budget(&mut cluster, workload, 0);
            let budget = cluster.budgets.last_mut().expect("one was just added");
            budget.max_unavailable = Some(limit);
            if let Some(n_selected) = sketch.n_selected {
                select_some(&mut cluster, workload, n_selected);
            }
        }
        if sketch.has_volumes {
            add_volumes(&mut cluster, workload);
        }
        let of_workload = cluster
            .pods
            .iter_mut()
            .filter(|pod| pod.workload == workload);
        of_workload
            .take(sketch.n_unready)
            .for_each(|pod| pod.ready = false);
    }
    fleet(vec![cluster])
}

/// Lets the last budget select so many pods of a workload and no others.
fn select_some(cluster: &mut Cluster, workload: WorkloadIdx, n_selected: usize) {
    let state = &mut cluster.workloads[workload.index()];
    state.partial_budgets = std::mem::take(&mut state.budgets);
    let selection = SelectionIdx::new(cluster.selections.len());
    cluster.selections.push(state.partial_budgets.clone());
    let pods = cluster.pods.iter_mut();
    let of_workload = pods.filter(|pod| pod.workload == workload);
    for pod in of_workload.take(n_selected) {
        pod.selection = Some(selection);
    }
}

/// Time never runs backwards and every cause comes before what follows from it.
fn check_order(trace: &Trace) {
    let mut last = SimTime::ZERO;
    for (index, event) in trace.events.iter().enumerate() {
        assert!(
            event.at >= last,
            "event {index} is earlier than the one before"
        );
        last = event.at;
        if let Some(cause) = event.cause {
            assert!(
                cause.index() < index,
                "event {index} follows from a later one"
            );
        }
    }
}

/// Requests on a node never exceed what it offers, beyond what the snapshot already had there.
fn check_capacity(cluster: &Cluster, trace: &Trace) {
    let tables = &trace.clusters[0];
    // Daemons come with their node, whatever it offers.
    let cpu = |pod: usize| {
        let workload = &cluster.workloads[tables.pods[pod].workload.index()];
        match workload.kind {
            WorkloadType::DaemonSet | WorkloadType::Static => 0,
            _ => workload.requests.cpu_millis,
        }
    };
    let mut used = vec![0_u64; tables.nodes.len()];
    let mut on: Vec<Option<NodeIdx>> = vec![None; tables.pods.len()];
    for (index, pod) in cluster.pods.iter().enumerate() {
        on[index] = pod.node;
        used[pod.node.expect("placed").index()] += cpu(index);
    }
    let limits: Vec<_> = used
        .iter()
        .zip(&tables.nodes)
        .map(|(u, n)| n.cpu_millis.max(*u))
        .collect();
    for event in &trace.events {
        match event.kind {
            EventKind::PodScheduled { pod, node } => {
                on[pod.index()] = Some(node);
                used[node.index()] += cpu(pod.index());
            }
            EventKind::PodGone { pod }
            | EventKind::PodLost { pod, .. }
            | EventKind::PodCollected { pod, .. } => {
                if let Some(node) = on[pod.index()].take() {
                    used[node.index()] -= cpu(pod.index());
                }
            }
            _ => {}
        }
        for (node, used) in used.iter().enumerate() {
            assert!(
                *used <= limits[node],
                "node {node} is over its capacity at {}",
                event.at
            );
        }
    }
}

/// A pod gives way only to one of higher priority, for which there was no node at that moment.
fn check_preemption(cluster: &Cluster, trace: &Trace) {
    let tables = &trace.clusters[0];
    let workload = |pod: PodIdx| &cluster.workloads[tables.pods[pod.index()].workload.index()];
    let mut waits = vec![false; tables.pods.len()];
    for event in &trace.events {
        match event.kind {
            EventKind::PodUnschedulable { pod, .. } => waits[pod.index()] = true,
            EventKind::PodScheduled { pod, .. } => waits[pod.index()] = false,
            EventKind::PodPreempted { pod, by, .. } => {
                assert!(waits[by.index()], "{by:?} has a node at {}", event.at);
                assert!(workload(by).priority > workload(pod).priority);
                assert!(workload(pod).kind != WorkloadType::Static);
            }
            _ => {}
        }
    }
}

/// A node registers once each time it is ordered or rebuilt.
fn check_boots(trace: &Trace) {
    let mut booting = vec![false; trace.clusters[0].nodes.len()];
    for event in &trace.events {
        match event.kind {
            EventKind::NodeRequested { node } | EventKind::NodeRebuilding { node, .. } => {
                booting[node.index()] = true;
            }
            EventKind::NodeJoined { node, .. } => {
                let was_booting = std::mem::take(&mut booting[node.index()]);
                assert!(was_booting, "{node:?} joins again at {}", event.at);
            }
            _ => {}
        }
    }
}

/// Nodes of many versions in two pools, some cordoned.
fn mix_versions(cluster: &mut Cluster, nodes: &[(Option<u16>, bool, bool)]) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (index, (minor, is_cordoned, in_second)) in nodes.iter().enumerate() {
        let node = &mut cluster.nodes[index];
        let version = minor.map(|minor| KubeVersion::minor(1, minor));
        node.kubelet = version.map_or(Evidence::Unknown, Evidence::Known);
        node.unschedulable = *is_cordoned;
        node.pool = PoolIdx(u32::from(*in_second));
        let pool = if *in_second { &mut second } else { &mut first };
        pool.push(NodeIdx::new(index));
    }
    cluster.pools[0].nodes = first;
    cluster.pools.push(NodePool {
        name: "batch".to_owned(),
        control_plane: false,
        by_karpenter: false,
        nodes: second,
    });
}

/// A node's minor, if it is known, whether it is cordoned, and whether it is in the second pool.
fn a_node() -> impl Strategy<Value = (Option<u16>, bool, bool)> {
    let minor = prop_oneof![
        8 => (29..33_u16).prop_map(Some),
        1 => Just(None),
    ];
    (minor, prop::bool::weighted(0.1), any::<bool>())
}

/// Rehearses in chunks of so many events.
fn in_chunks(inventory: &Inventory, plan: &Plan, faults: &[Fault], n_events: u32) -> Trace {
    let mut rehearsal = Rehearsal::new(inventory, plan, faults, 9);
    while !rehearsal.advance(inventory, plan, n_events).done {}
    rehearsal.into_trace()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_rehearsal_ends_in_order_and_within_capacity(
        n_nodes in 1..6_usize,
        sketches in vec(workload(), 0..5),
        faults in vec(fault(), 0..3),
        plan in a_plan(),
        seed in any::<u64>(),
    ) {
        let inventory = inventory(n_nodes, &sketches);
        let trace = rehearse(&inventory, &plan, &faults, seed);
        check_order(&trace);
        check_capacity(&inventory.clusters[0], &trace);
        check_boots(&trace);
        check_requests(&trace);
        check_preemption(&inventory.clusters[0], &trace);
        check_upgraded(&inventory.clusters[0], &trace, NEW);
    }

    #[test]
    fn what_is_rolled_back_is_as_it_was(
        nodes in vec(a_node(), 1..6),
        sketches in vec(workload(), 0..4),
        faults in vec(fault(), 0..3),
        mut plan in a_plan(),
        max_etcd_commit_ms in 0..30_u64,
        seed in any::<u64>(),
    ) {
        let mut inventory = inventory(nodes.len(), &sketches);
        mix_versions(&mut inventory.clusters[0], &nodes);
        plan.on_failure = FailureRule::RollBack;
        plan.gates.max_etcd_commit_p99 = SimDuration::from_millis(max_etcd_commit_ms);
        let steps = &mut plan.waves[0].clusters[0].steps;
        let mut second = steps[2].clone();
        if let Step::Pool { pool, .. } = &mut second {
            *pool = PoolIdx(1);
        }
        steps.insert(3, second);
        let trace = rehearse(&inventory, &plan, &faults, seed);
        check_roll_back(&inventory.clusters[0], &trace);
        check_boots(&trace);
        check_requests(&trace);
    }

    #[test]
    fn the_size_of_a_chunk_changes_nothing(
        sketches in vec(workload(), 0..4),
        faults in vec(fault(), 0..2),
        plan in a_plan(),
        n_events in 1..50_u32,
    ) {
        let inventory = inventory(3, &sketches);
        let small = in_chunks(&inventory, &plan, &faults, n_events);
        let whole = in_chunks(&inventory, &plan, &faults, u32::MAX);
        prop_assert_eq!(small, whole);
    }
}

// A node of unknown size takes pods by their number alone.
#[test]
fn a_node_of_unknown_size_is_no_obstacle() {
    let mut cluster = cluster("eu-1", 2);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 4);
    for node in &mut cluster.nodes {
        node.allocatable = Evidence::Unknown;
    }
    cluster.workloads[0].requests = Resources {
        cpu_millis: 90_000,
        memory_bytes: 1 << 50,
        pods: 1,
    };
    let inventory = fleet(vec![cluster]);
    let strategy = PoolStrategy::Surge {
        max_surge: 1,
        node_timeout: None,
    };
    let wait = DrainPolicy {
        timeout: None,
        on_timeout: OnDrainTimeout::Fail,
    };
    let trace = rehearse(&inventory, &plan(&[1], &steps(strategy, wait)), &[], 1);
    assert_eq!(trace.outcome, super::trace::RunOutcome::Finished);
}
