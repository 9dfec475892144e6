//! What must hold in every rehearsal that loses nodes or parts of the control plane, tried on
//! random small clusters.

#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::fault::{Fault, FaultKind, Scope, StepKind, Trigger};
use super::testing::{
    SURGE, add_budget, add_volumes, add_workload, check_requests, cluster, fleet, plan, rehearse,
    steps,
};
use super::trace::{EventKind, Trace};
use crate::ids::{NodeIdx, PodIdx};
use crate::inventory::{Evidence, Inventory, WorkloadType};
use crate::plan::{DrainPolicy, OnDrainTimeout, Plan, PoolStrategy};
use crate::units::{SimDuration, SimTime};

/// Faults that leave every node where it is.
const OUTAGES: &[FaultKind] = &[
    FaultKind::EtcdLatency,
    FaultKind::EtcdMemberLoss,
    FaultKind::ControllerManagerCrash,
    FaultKind::ControlPlaneOutage,
];

fn fault(kinds: &'static [FaultKind]) -> impl Strategy<Value = Fault> {
    let trigger = prop_oneof![
        (0..90_u64).prop_map(|mins| Trigger::At(SimDuration::from_mins(mins))),
        Just(Trigger::ClusterStart),
        Just(Trigger::BeforeStep(StepKind::Pool)),
    ];
    let duration = option::of((1..3_000_u64).prop_map(SimDuration::from_secs));
    let severity = prop_oneof![Just(1_000_u32), 0..=1_000_u32];
    (select(kinds), trigger, duration, severity).prop_map(|(kind, trigger, duration, severity)| {
        Fault {
            kind,
            trigger,
            scope: Scope::default(),
            duration,
            severity_per_mille: severity,
        }
    })
}

/// One cluster with a deployment, a stateful set with volumes and a daemon set.
fn inventory(n_nodes: usize, replicas: u32, members: u32, max_unavailable: i32) -> Inventory {
    let mut cluster = cluster("eu-1", n_nodes);
    cluster.control_plane.members = Evidence::Known(members);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, replicas);
    add_budget(&mut cluster, web, max_unavailable);
    let db = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, replicas);
    add_volumes(&mut cluster, db);
    add_workload(
        &mut cluster,
        "agent",
        WorkloadType::DaemonSet,
        n_nodes as u32,
    );
    fleet(vec![cluster])
}

fn a_plan() -> impl Strategy<Value = Plan> {
    let in_place = PoolStrategy::Unavailable {
        max_unavailable: 2,
        node_timeout: Some(SimDuration::from_mins(15)),
    };
    let forced = DrainPolicy {
        timeout: Some(SimDuration::from_mins(12)),
        on_timeout: OnDrainTimeout::Force,
    };
    let patient = DrainPolicy {
        timeout: None,
        on_timeout: OnDrainTimeout::Fail,
    };
    let strategies = select(vec![SURGE, in_place]);
    (strategies, select(vec![forced, patient]))
        .prop_map(|(strategy, drain)| plan(&[1], &steps(strategy, drain)))
}

/// Where every pod is, as far as the trace has been read.
fn places(inventory: &Inventory, trace: &Trace) -> Vec<Option<NodeIdx>> {
    let mut places = vec![None; trace.clusters[0].pods.len()];
    for (place, pod) in places.iter_mut().zip(&inventory.clusters[0].pods) {
        *place = pod.node;
    }
    places
}

/// Nothing is heard from a kubelet while its node is cut off.
fn check_silence(inventory: &Inventory, trace: &Trace) {
    let mut places = places(inventory, trace);
    let mut silent = vec![false; trace.clusters[0].nodes.len()];
    for event in &trace.events {
        let place = |pod: PodIdx| places[pod.index()];
        let speaker = match event.kind {
            EventKind::NodeCutOff { node, .. } => {
                silent[node.index()] = true;
                None
            }
            EventKind::NodeReconnected { node } => {
                silent[node.index()] = false;
                None
            }
            EventKind::PodScheduled { pod, node } => {
                places[pod.index()] = Some(node);
                None
            }
            EventKind::NodeReady { node }
            | EventKind::NodeJoined { node, .. }
            | EventKind::KubeletBack { node, .. }
            | EventKind::CniReady { node } => Some(node),
            EventKind::PodReady { pod } | EventKind::PodGone { pod } => place(pod),
            _ => None,
        };
        if let Some(node) = speaker {
            let speaks = silent[node.index()];
            assert!(!speaks, "{:?} at {} from a lost node", event.kind, event.at);
        }
    }
}

/// A pod is deleted by taint only five minutes after its node was tainted, and while it is.
fn check_tolerations(trace: &Trace) {
    let mut tainted: Vec<Option<SimTime>> = vec![None; trace.clusters[0].nodes.len()];
    for event in &trace.events {
        match event.kind {
            EventKind::NodeTainted { node } => tainted[node.index()] = Some(event.at),
            EventKind::NodeUntainted { node } => tainted[node.index()] = None,
            EventKind::PodTaintEvicted { node, .. } => {
                let since = tainted[node.index()].expect("its node is tainted");
                let tolerated = event.at.since(since);
                assert!(tolerated >= SimDuration::from_secs(300), "{tolerated}");
            }
            _ => {}
        }
    }
}

/// No rule that always holds was broken.
fn check_whole(trace: &Trace) {
    let broken = trace.events.iter().find(|event| {
        let kind = &event.kind;
        matches!(kind, EventKind::InvariantBroken { .. })
    });
    assert_eq!(broken, None);
}

fn evicts(trace: &Trace) -> bool {
    let by_taint = |kind: &EventKind| matches!(kind, EventKind::PodTaintEvicted { .. });
    trace.events.iter().any(|event| by_taint(&event.kind))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_control_plane_that_is_lost_evicts_nobody(
        n_nodes in 1..6_usize,
        faults in vec(fault(OUTAGES), 1..4),
        members in select(vec![1_u32, 3, 5]),
        plan in a_plan(),
        seed in any::<u64>(),
    ) {
        let inventory = inventory(n_nodes, 3, members, 1);
        let trace = rehearse(&inventory, &plan, &faults, seed);
        check_requests(&trace);
        check_whole(&trace);
        prop_assert!(!evicts(&trace));
    }

    #[test]
    fn lost_nodes_are_silent_and_not_left_too_early(
        n_nodes in 1..8_usize,
        replicas in 0..6_u32,
        faults in vec(fault(&FaultKind::ALL), 1..4),
        max_unavailable in 0..3_i32,
        plan in a_plan(),
        seed in any::<u64>(),
    ) {
        let inventory = inventory(n_nodes, replicas, 3, max_unavailable);
        let trace = rehearse(&inventory, &plan, &faults, seed);
        check_requests(&trace);
        check_whole(&trace);
        check_silence(&inventory, &trace);
        check_tolerations(&trace);
    }
}
