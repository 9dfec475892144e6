//! Each provider's way of rolling a pool, on small fleets.

mod blue_green;
mod by_hand;
mod in_place;
mod karpenter;
mod machines;

use expect_test::Expect;

use crate::inventory::{Cluster, WorkloadType};
use crate::plan::{DrainPolicy, OnDrainTimeout, PoolStrategy, Step};
use crate::sim::testing::{
    WAIT, add_budget, add_workload, cluster, fleet, plan, pool_steps, rehearse, transcript,
};
use crate::sim::trace::{Severity, Trace};

/// What is shown: nodes and what is done with them.
const SHOWN: &[&str] = &[
    "NodeRequested",
    "NodeCordoned",
    "NodeUncordoned",
    "NodeReady",
    "NodeRebuilding",
    "NodeNotReady",
    "Kubelet",
    "NodeRebooting",
    "PodUnready",
    "NodeRemoved",
    "NodeQuarantined",
    "NodeEmptied",
    "NodeTimedOut",
    "Drain",
    "Soaking",
    "ScaleDown",
    "LockReleased",
    "VolumesAwaited",
    "PodDeleted",
    "PodLost",
    "PodCollected",
    "VolumeForceDetached",
    "EvictionRefused",
    "StepStarted",
    "StepFinished",
    "StepFailed",
    "Stalled",
];

/// Rolls the pool of a cluster under seed 1 and compares what becomes of its nodes.
#[track_caller]
fn check(cluster: Cluster, strategy: PoolStrategy, drain: DrainPolicy, expected: &Expect) -> Trace {
    check_steps(cluster, &pool_steps(strategy, drain), expected)
}

#[track_caller]
fn check_steps(cluster: Cluster, steps: &[Step], expected: &Expect) -> Trace {
    let trace = rehearse(&fleet(vec![cluster]), &plan(&[1], steps), &[], 1);
    let shown = |kind: &str| SHOWN.iter().any(|part| kind.contains(part));
    expected.assert_eq(&transcript(&trace, Severity::Detail, shown));
    trace
}

/// So many nodes with a pod each of a deployment that may lose so many.
fn web(n_nodes: usize, max_unavailable: i32) -> Cluster {
    let mut cluster = cluster("eu-1", n_nodes);
    let web = add_workload(
        &mut cluster,
        "web",
        WorkloadType::Deployment,
        n_nodes as u32,
    );
    add_budget(&mut cluster, web, max_unavailable);
    cluster
}

/// So many nodes, of which the first has a pod that may never leave.
fn blocked(n_nodes: usize) -> Cluster {
    let mut cluster = cluster("eu-1", n_nodes);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 1);
    add_budget(&mut cluster, web, 0);
    cluster
}

/// A drain of so many minutes.
fn drain(mins: u64, on_timeout: OnDrainTimeout) -> DrainPolicy {
    super::drain(mins, on_timeout)
}

/// A drain that nothing limits.
const PATIENT: DrainPolicy = WAIT;
