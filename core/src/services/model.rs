//! The services of a fleet: which there are, what is asked of them, which call which.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{CallGraph, Called};
use crate::checked::{Checked, Issue, IssueLevel, Place};
use crate::ids::{ClusterIdx, ServiceIdx, WorkloadIdx};
use crate::inventory::{Cluster, Inventory, Workload, WorkloadType};
use crate::scenario::{CallSpec, ServiceSpec, hint_among};
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

/// After how many service times a request is taken to be given up where nobody says: a second for
/// one that takes ten milliseconds.
pub const TIMEOUT_SERVICE_TIMES: u64 = 100;

/// Names told where none is close to what was written.
const NAMES_MAX: usize = 5;

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

/// Names of a cluster's services.
type ByName<'a> = BTreeMap<(&'a str, &'a str), ServiceIdx>;

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
    let mut reading = Reading {
        inventory,
        file,
        names: inventory
            .clusters
            .iter()
            .zip(&of_workload)
            .map(|(cluster, services)| by_name(cluster, services))
            .collect(),
        list,
        stated_by: Vec::new(),
        calls: Vec::new(),
        issues: Vec::new(),
    };
    reading.read(specs);
    let Reading {
        list,
        calls,
        issues,
        ..
    } = reading;
    let calls = CallGraph::new(list.len(), &calls);
    let value = Services {
        list,
        of_workload,
        calls,
    };
    Checked { value, issues }
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
fn stated(spec: &ServiceSpec, replicas: u32) -> Load {
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

/// The names of a cluster's services; of two with one name the first counts.
fn by_name<'a>(cluster: &'a Cluster, services: &[Option<ServiceIdx>]) -> ByName<'a> {
    let mut names = ByName::new();
    for (workload, service) in cluster.workloads.iter().zip(services) {
        if let Some(service) = service {
            let name = (workload.namespace.as_str(), workload.name.as_str());
            names.entry(name).or_insert(*service);
        }
    }
    names
}

/// A scenario's words on services being read.
struct Reading<'a> {
    inventory: &'a Inventory,
    file: &'a str,
    names: Vec<ByName<'a>>,
    list: Vec<Service>,
    /// For each service the entry that speaks of it.
    stated_by: Vec<Option<usize>>,
    calls: Vec<(ServiceIdx, ServiceIdx, Called)>,
    issues: Vec<Issue>,
}

impl Reading<'_> {
    /// Reads what is said of all clusters first, so that what is said of one of them counts more.
    fn read(&mut self, specs: &[ServiceSpec]) {
        self.stated_by = vec![None; self.list.len()];
        let general = |spec: &ServiceSpec| spec.cluster.is_none();
        for pass in [true, false] {
            for (index, spec) in specs.iter().enumerate() {
                if general(spec) == pass {
                    self.state(specs, index, spec);
                }
            }
        }
        for service in 0..self.list.len() {
            if let Some(index) = self.stated_by[service] {
                self.check_load(index, ServiceIdx::new(service));
                for (at, call) in specs[index].calls.iter().enumerate() {
                    self.call(ServiceIdx::new(service), (index, at), call);
                }
            }
        }
    }

    /// Reads one entry into the services that it names.
    fn state(&mut self, specs: &[ServiceSpec], index: usize, spec: &ServiceSpec) {
        let Some(clusters) = self.clusters(spec.cluster.as_deref(), index, "cluster") else {
            return;
        };
        let name = (spec.namespace.as_str(), spec.name.as_str());
        let mut found = false;
        for cluster in clusters {
            let Some(service) = self.names[cluster.index()].get(&name).copied() else {
                continue;
            };
            found = true;
            let before = self.stated_by[service.index()];
            if before.is_some_and(|before| specs[before].cluster == spec.cluster) {
                let message = format!("`{}/{}` is stated twice", spec.namespace, spec.name);
                let fix = "put both entries into one".to_owned();
                self.issue(
                    IssueLevel::Error,
                    "service-stated-twice",
                    index,
                    "name",
                    message,
                    fix,
                );
                continue;
            }
            let of = &self.list[service.index()];
            let replicas = self.workload(of).replicas;
            let load = stated(spec, replicas);
            let of = &mut self.list[service.index()];
            of.load = load;
            of.error_budget_ppm = spec.error_budget_ppm;
            self.stated_by[service.index()] = Some(index);
        }
        if !found {
            let name = format!("{}/{}", spec.namespace, spec.name);
            let message = format!("there is no service `{name}`, so nothing is asked of it");
            let fix = self.suggestion(&name, spec.cluster.as_deref());
            self.issue(
                IssueLevel::Error,
                "service-names-nothing",
                index,
                "name",
                message,
                fix,
            );
        }
    }

    /// Notes a call.
    fn call(&mut self, caller: ServiceIdx, (index, at): (usize, usize), call: &CallSpec) {
        let home = self.list[caller.index()].cluster;
        let field = format!("calls[{at}].to");
        let cluster = match &call.cluster {
            None => home,
            Some(name) => {
                let clusters = self.clusters(Some(name), index, &format!("calls[{at}].cluster"));
                let Some(cluster) = clusters.and_then(|found| found.first().copied()) else {
                    return;
                };
                cluster
            }
        };
        let name = call.to.split_once('/').unwrap_or(("", &call.to));
        let Some(callee) = self.names[cluster.index()].get(&name).copied() else {
            let place = &self.inventory.clusters[cluster.index()].name;
            let message = format!(
                "there is no service `{}` in cluster `{place}`, so the call reaches nothing",
                call.to
            );
            let fix = self.suggestion(&call.to, Some(place));
            self.issue(
                IssueLevel::Error,
                "call-to-unknown-service",
                index,
                &field,
                message,
                fix,
            );
            return;
        };
        if callee == caller {
            let message = format!("`{}` calls itself, which says nothing", call.to);
            let fix = "leave the call out".to_owned();
            self.issue(
                IssueLevel::Warning,
                "call-to-itself",
                index,
                &field,
                message,
                fix,
            );
            return;
        }
        let called = Called {
            per_request: call.per_request.as_f64(),
            kind: call.kind,
        };
        self.calls.push((caller, callee, called));
    }

    /// Tells of a service that cannot meet its demand with everything ready.
    fn check_load(&mut self, index: usize, service: ServiceIdx) {
        let of = &self.list[service.index()];
        let workload = self.workload(of);
        if !of.load.is_stated || of.load.offered < f64::from(workload.replicas) {
            return;
        }
        let cluster = &self.inventory.clusters[of.cluster.index()].name;
        let message = format!(
            "`{}/{}` in cluster `{cluster}` has a demand beyond what all its replicas can answer, \
             so it is saturated before anything happens",
            workload.namespace, workload.name
        );
        let fix = "state a lower `demand` or a higher `capacityPerReplica`".to_owned();
        let rule = "service-saturated-from-the-start";
        self.issue(IssueLevel::Warning, rule, index, "demand", message, fix);
    }

    fn workload(&self, service: &Service) -> &Workload {
        let cluster = &self.inventory.clusters[service.cluster.index()];
        &cluster.workloads[service.workload.index()]
    }

    /// The cluster of a name, or all of them; nothing where there is no such cluster.
    fn clusters(
        &mut self,
        name: Option<&str>,
        index: usize,
        field: &str,
    ) -> Option<Vec<ClusterIdx>> {
        let clusters = &self.inventory.clusters;
        let Some(name) = name else {
            return Some((0..clusters.len()).map(ClusterIdx::new).collect());
        };
        if let Some(at) = clusters.iter().position(|cluster| cluster.name == *name) {
            return Some(vec![ClusterIdx::new(at)]);
        }
        let known = clusters.iter().map(|cluster| cluster.name.clone());
        let fix = hint_among(name, &known.collect(), NAMES_MAX);
        let message = format!("there is no cluster `{name}`");
        self.issue(
            IssueLevel::Error,
            "service-names-nothing",
            index,
            field,
            message,
            fix,
        );
        None
    }

    /// The service that was meant, among those of the cluster named or of all.
    fn suggestion(&self, name: &str, cluster: Option<&str>) -> String {
        let clusters = self.inventory.clusters.iter().zip(&self.names);
        let here = clusters.filter(|(of, _)| cluster.is_none_or(|name| of.name == name));
        let names = here.flat_map(|(_, names)| names.keys());
        let known: BTreeSet<String> = names
            .map(|(namespace, name)| format!("{namespace}/{name}"))
            .collect();
        if known.is_empty() {
            return "no workload that serves was loaded there".to_owned();
        }
        hint_among(name, &known, NAMES_MAX)
    }

    fn issue(
        &mut self,
        level: IssueLevel,
        rule: &str,
        index: usize,
        field: &str,
        message: String,
        fix: String,
    ) {
        let place = Place {
            object: Some(format!("services[{index}].{field}")),
            ..Place::file(self.file)
        };
        let issue = Issue {
            level,
            rule: rule.to_owned(),
            place,
            message,
            fix,
        };
        // An entry for every cluster would otherwise tell one slip once for each.
        if !self.issues.contains(&issue) {
            self.issues.push(issue);
        }
    }
}
