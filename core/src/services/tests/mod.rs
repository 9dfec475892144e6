//! Services of small fleets under traces that are written out by hand, one event at a time.

mod calls;
mod fold;
mod issues;
mod rehearsals;

use crate::ids::{ClusterIdx, EventId, PodIdx};
use crate::inventory::{Inventory, WorkloadType};
use crate::scenario::{CallKind, CallSpec, ServiceSpec};
use crate::services::{Blast, Services, blast, resolve};
use crate::sim::testing;
use crate::sim::trace::ClusterTrace;
use crate::sim::{Event, EventKind, Trace};
use crate::units::{SimDuration, SimTime, Thousandths};

/// A cluster of these workloads with so many replicas each.
fn fleet(workloads: &[(&str, u32)]) -> Inventory {
    let mut cluster = testing::cluster("eu-1", 3);
    for (name, replicas) in workloads {
        testing::add_workload(&mut cluster, name, WorkloadType::Deployment, *replicas);
    }
    testing::fleet(vec![cluster])
}

/// A service of `shop` of which everything is stated: a replica answers 100 requests a second, 10
/// milliseconds each, and a request is given up after a second.
fn stated(name: &str, demand: u64, calls: &[(&str, CallKind)]) -> ServiceSpec {
    let call = |(to, kind): &(&str, CallKind)| CallSpec {
        to: format!("shop/{to}"),
        cluster: None,
        per_request: Thousandths::ONE,
        kind: *kind,
    };
    ServiceSpec {
        cluster: None,
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        demand: Some(Thousandths::whole(demand)),
        capacity_per_replica: Some(Thousandths::whole(100)),
        service_time: Some(SimDuration::from_millis(10)),
        timeout: Some(SimDuration::from_secs(1)),
        error_budget_ppm: None,
        calls: calls.iter().map(call).collect(),
    }
}

/// That service, whose requests are given up after a minute only.
fn patient(spec: ServiceSpec) -> ServiceSpec {
    ServiceSpec {
        timeout: Some(SimDuration::from_secs(60)),
        ..spec
    }
}

/// The replica that leaves a service: pods count through all workloads.
fn gone(pod: u32) -> EventKind {
    EventKind::PodGone { pod: PodIdx(pod) }
}

fn ready(pod: u32) -> EventKind {
    EventKind::PodReady { pod: PodIdx(pod) }
}

/// A trace of these events at these seconds, ten minutes long.
fn trace(events: &[(u64, EventKind)]) -> Trace {
    let event = |(index, (secs, kind)): (usize, &(u64, EventKind))| Event {
        at: SimTime::from_millis(secs * 1_000),
        cluster: Some(ClusterIdx(0)),
        kind: *kind,
        cause: index.checked_sub(1).map(EventId::new),
    };
    Trace {
        events: events.iter().enumerate().map(event).collect(),
        clusters: vec![ClusterTrace::default()],
        end: SimTime::from_millis(600_000),
        ..Trace::default()
    }
}

/// What becomes of services that are stated like this.
fn blast_of(
    inventory: &Inventory,
    specs: &[ServiceSpec],
    events: &[(u64, EventKind)],
) -> (Services, Blast) {
    let resolved = resolve(specs, inventory, "s.yaml");
    assert_eq!(resolved.issues, []);
    let blast = blast(&resolved.value, inventory, &trace(events));
    (resolved.value, blast)
}

/// One line for each service that was hit.
fn told(inventory: &Inventory, services: &Services, blast: &Blast) -> String {
    let name = |service: crate::ids::ServiceIdx| {
        let service = &services.list[service.index()];
        let cluster = &inventory.clusters[service.cluster.index()];
        cluster.workloads[service.workload.index()].name.clone()
    };
    let line = |hit: &crate::services::Hit| {
        let way: Vec<String> = hit.worst.through.iter().copied().map(name).collect();
        let lacking = match hit.worst_lacking_ppm {
            0 => String::new(),
            ppm => format!(", {ppm} ppm in part"),
        };
        format!(
            "{}: {} ppm{lacking}, {} µs, {} s, down {} s, lost {} ppm·s, through [{}], \
             event {:?}{}\n",
            name(hit.service),
            hit.worst.level.errors_ppm,
            hit.peak_latency_micros,
            hit.affected_ms / 1_000,
            hit.down_ms / 1_000,
            hit.lost_ppm_ms / 1_000,
            way.join(" "),
            hit.worst.event.map(|id| id.0),
            if hit.lasts { ", lasts" } else { "" },
        )
    };
    blast.hits.iter().map(line).collect()
}
