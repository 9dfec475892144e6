//! Whole rehearsals of small fleets, read as transcripts.

mod budgets;
mod control_plane;
mod faults;
mod finalizers;
mod jobs;
mod leases;
mod missing;
mod nodes;
mod parts;
mod preemption;
mod providers;
mod resources;
mod rollback;
mod scheduling;
mod unready_pods;
mod volumes;
mod waves;
mod workloads;
mod zones;

use expect_test::Expect;

use crate::inventory::{Inventory, WorkloadType};
use crate::plan::{DrainPolicy, OnDrainTimeout, Plan};
use crate::sim::fault::Fault;
use crate::sim::testing::{add_budget, add_workload, cluster, fleet, rehearse, transcript, why};
use crate::sim::trace::{Severity, Trace};
use crate::units::SimDuration;

/// Left out of transcripts: what every upgrade shows alike.
const COMMON: &[&str] = &[
    "RunStarted",
    "RunEnded",
    "WaveStarted",
    "WaveSoaking",
    "ClusterStarted",
    "StepFinished",
    "GatesPassed",
    "MemberUpdating",
    "MemberUpdated",
    "LeaseLost",
    "LeaseAcquired",
    "DrainFinished",
    "PodNotReplaced",
];

/// Rehearses under seed 1 and compares the events that matter, and why the first cluster ended as
/// it did.
#[track_caller]
fn check(inventory: &Inventory, plan: &Plan, faults: &[Fault], expected: &Expect) -> Trace {
    let trace = rehearse(inventory, plan, faults, 1);
    let shown = |kind: &str| !COMMON.contains(&kind);
    expected.assert_eq(&(transcript(&trace, Severity::Info, shown) + &why(&trace, faults)));
    trace
}

/// One cluster of three nodes with a web deployment of three pods under this `maxUnavailable`.
fn web_with_budget(max_unavailable: i32) -> Inventory {
    let mut cluster = cluster("eu-1", 3);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    add_budget(&mut cluster, web, max_unavailable);
    fleet(vec![cluster])
}

/// A drain that is given so many minutes.
fn drain(mins: u64, on_timeout: OnDrainTimeout) -> DrainPolicy {
    DrainPolicy {
        timeout: Some(SimDuration::from_mins(mins)),
        on_timeout,
    }
}
