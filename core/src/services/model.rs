//! The services of a fleet: which there are, what is asked of them, which call which.

use std::collections::BTreeSet;

use super::graph::CallGraph;
use super::level::Level;
use super::reading::Reading;
use crate::checked::Checked;
use crate::ids::{ClusterIdx, ServiceIdx, WorkloadIdx};
use crate::inventory::{Inventory, Workload, WorkloadType};
use crate::scenario::ServiceSpec;
use crate::units::{SimDuration, Thousandths};

/// How busy the replicas that a workload wants are taken to be, in thousandths, where nobody says
/// what is asked of it: busier than the half that Kubernetes' walkthrough of the horizontal
/// autoscaler aims at, and with room for the loss of one replica in three.
pub const UNSTATED_UTILIZATION_PER_MILLE: u32 = 600;

/// The same for two replicas, of which one alone is then just not saturated: whoever runs two runs
/// the second for the loss of the first.
pub const UNSTATED_UTILIZATION_OF_TWO_PER_MILLE: u32 = 450;

/// How long a request is taken to take where nobody says. It weighs a service's latency against
/// that of those it calls, and is never shown as a latency.
pub const UNSTATED_SERVICE_TIME: SimDuration = SimDuration::from_millis(10);

/// After how many times what it takes undisturbed, with its calls, a request is taken to be given
/// up where nobody says: a second for one that takes ten milliseconds.
pub const TIMEOUT_SERVICE_TIMES: u64 = 100;

/// What is asked of a service, and what a replica of it can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// The replicas that the demand keeps busy (in erlangs).
    pub offered: f64,
    /// How long a replica is busy with one request, in microseconds.
    pub replica_micros: f64,
    /// How long a request takes that does not wait, in microseconds.
    pub service_micros: u64,
    /// After how long a request is given up, in microseconds.
    pub timeout_micros: u64,
    /// Requests a second, where they are stated.
    pub demand: Option<Thousandths>,
    /// Whether demand and capacity are both stated, so that `offered` is no assumption.
    pub is_stated: bool,
    /// Whether the service time is stated.
    pub service_time_is_stated: bool,
    /// Whether the timeout is stated.
    pub timeout_is_stated: bool,
}

/// One service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its cluster.
    pub cluster: ClusterIdx,
    /// Its workload.
    pub workload: WorkloadIdx,
    /// What is asked of it.
    pub load: Load,
    /// The share of requests that may fail within 28 days, in parts per million.
    pub error_budget_ppm: Option<u32>,
}

/// All services of a fleet.
#[derive(Clone, Debug)]
pub struct Services {
    /// The services, indexed by [`ServiceIdx`].
    pub list: Vec<Service>,
    /// For each cluster and workload, its service.
    pub of_workload: Vec<Vec<Option<ServiceIdx>>>,
    /// Who calls whom.
    pub calls: CallGraph,
}

impl Services {
    /// For each service whether `holds` is true of its own load and of all that it calls.
    pub fn with_callees(&self, holds: impl Fn(&Load) -> bool) -> Vec<bool> {
        let mut all = vec![true; self.list.len()];
        for component in 0..self.calls.n_components() {
            let members = self.calls.members(component);
            let holds_here = members.iter().all(|member| {
                let mut callees = self.calls.callees(*member);
                holds(&self.list[member.index()].load)
                    && callees.all(|(callee, _)| all[callee.index()])
            });
            for member in members {
                all[member.index()] = holds_here;
            }
        }
        all
    }
}

/// Finds the services of a fleet and what the scenario in `file` says of them.
pub fn resolve(specs: &[ServiceSpec], inventory: &Inventory, file: &str) -> Checked<Services> {
    let mut list = Vec::new();
    let named = named(specs);
    let of_workload: Vec<Vec<_>> = inventory
        .clusters
        .iter()
        .enumerate()
        .map(|(index, cluster)| {
            let workloads = cluster.workloads.iter().enumerate();
            let services = workloads.map(|(at, workload)| {
                serves(workload, &named).then(|| {
                    list.push(unstated(ClusterIdx::new(index), at, workload));
                    ServiceIdx::new(list.len() - 1)
                })
            });
            services.collect()
        })
        .collect();
    let reading = Reading::new(inventory, file, list, &of_workload);
    let Checked {
        value: (mut list, calls),
        issues,
    } = reading.read(specs);
    let calls = CallGraph::new(list.len(), &calls);
    assume_timeouts(&mut list, &calls);
    let value = Services {
        list,
        of_workload,
        calls,
    };
    Checked { value, issues }
}

/// Gives each service without a stated timeout one, by what a request to it takes undisturbed,
/// with all that is called for it.
fn assume_timeouts(list: &mut [Service], calls: &CallGraph) {
    let undisturbed = |service: &Service| Level {
        latency_micros: service.load.service_micros,
        ..Level::default()
    };
    let own: Vec<Level> = list.iter().map(undisturbed).collect();
    let mut all = own.clone();
    for component in 0..calls.n_components() {
        for service in calls.members(component) {
            let calls_micros = calls.calls_micros(*service, &own, &all);
            let latency = &mut all[service.index()].latency_micros;
            *latency = latency.saturating_add(calls_micros);
        }
    }
    for (service, level) in list.iter_mut().zip(all) {
        if !service.load.timeout_is_stated {
            service.load.timeout_micros =
                level.latency_micros.saturating_mul(TIMEOUT_SERVICE_TIMES);
        }
    }
}

/// The names that the scenario speaks of, as `namespace/name`.
fn named(specs: &[ServiceSpec]) -> BTreeSet<String> {
    let stated = specs
        .iter()
        .map(|spec| format!("{}/{}", spec.namespace, spec.name));
    let called = specs.iter().flat_map(|spec| &spec.calls);
    stated.chain(called.map(|call| call.to.clone())).collect()
}

/// Whether anybody can ask something of a workload. Daemon sets mostly serve their node, so one is
/// a service only where the scenario says so; jobs end by design.
fn serves(workload: &Workload, named: &BTreeSet<String>) -> bool {
    let kind_serves = match workload.kind {
        WorkloadType::Deployment
        | WorkloadType::StatefulSet
        | WorkloadType::Bare
        | WorkloadType::Other => true,
        WorkloadType::DaemonSet => {
            !named.is_empty()
                && named.contains(&format!("{}/{}", workload.namespace, workload.name))
        }
        WorkloadType::Job | WorkloadType::Static => false,
    };
    kind_serves && workload.replicas > 0
}

/// A service of which nothing is stated.
fn unstated(cluster: ClusterIdx, at: usize, workload: &Workload) -> Service {
    let service_micros = micros(UNSTATED_SERVICE_TIME);
    Service {
        cluster,
        workload: WorkloadIdx::new(at),
        load: Load {
            offered: unstated_load(workload.replicas),
            replica_micros: service_micros as f64,
            service_micros,
            timeout_micros: service_micros * TIMEOUT_SERVICE_TIMES,
            demand: None,
            is_stated: false,
            service_time_is_stated: false,
            timeout_is_stated: false,
        },
        error_budget_ppm: None,
    }
}

/// The replicas that are busy where nobody says how many.
fn unstated_load(replicas: u32) -> f64 {
    let per_mille = match replicas {
        2 => UNSTATED_UTILIZATION_OF_TWO_PER_MILLE,
        _ => UNSTATED_UTILIZATION_PER_MILLE,
    };
    f64::from(replicas) * f64::from(per_mille) / 1e3
}

/// What the scenario says of a service of so many replicas.
///
/// A capacity that is not stated is what the demand keeps busy to the unstated utilization. A
/// service time that is not stated is as long as a replica is busy with a request: one at a time.
pub(super) fn stated(spec: &ServiceSpec, replicas: u32) -> Load {
    let demand = spec.demand.map(Thousandths::as_f64);
    let capacity = spec.capacity_per_replica.map(Thousandths::as_f64);
    let offered = match (demand, capacity) {
        (Some(demand), Some(capacity)) => demand / capacity,
        _ => unstated_load(replicas),
    };
    let replica_micros = match (capacity, demand.filter(|demand| *demand > 0.0)) {
        (Some(capacity), _) => 1e6 / capacity,
        (None, Some(demand)) => 1e6 * offered / demand,
        (None, None) => micros(spec.service_time.unwrap_or(UNSTATED_SERVICE_TIME)) as f64,
    };
    let service_micros = spec
        .service_time
        .map_or((replica_micros + 0.5) as u64, micros)
        .max(1);
    let timeout_micros = spec
        .timeout
        .map_or(service_micros.saturating_mul(TIMEOUT_SERVICE_TIMES), micros);
    Load {
        offered,
        replica_micros,
        service_micros,
        timeout_micros,
        demand: spec.demand,
        is_stated: demand.is_some() && capacity.is_some(),
        service_time_is_stated: spec.service_time.is_some(),
        timeout_is_stated: spec.timeout.is_some(),
    }
}

fn micros(span: SimDuration) -> u64 {
    span.as_millis().saturating_mul(1_000)
}
