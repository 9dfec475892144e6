//! Reads what a scenario says of services into the services that it means, and tells what does not
//! fit the fleet.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Called;
use super::load_checks::load_problems;
use super::model::{Service, stated};
use crate::checked::{Checked, Issue, IssueLevel, Place};
use crate::ids::{ClusterIdx, ServiceIdx};
use crate::inventory::{Cluster, Inventory, Workload};
use crate::scenario::{CallSpec, ServiceSpec, hint_among};

/// Names told where none is close to what was written.
const NAMES_MAX: usize = 5;

/// Names of a cluster's services.
type ByName<'a> = BTreeMap<(&'a str, &'a str), ServiceIdx>;

/// Who calls whom, and how.
pub(super) type Call = (ServiceIdx, ServiceIdx, Called);

/// A scenario's words on services being read.
pub(super) struct Reading<'a> {
    inventory: &'a Inventory,
    file: &'a str,
    names: Vec<ByName<'a>>,
    list: Vec<Service>,
    /// For each service the entry that speaks of it.
    stated_by: Vec<Option<usize>>,
    calls: Vec<Call>,
    issues: Vec<Issue>,
}

impl<'a> Reading<'a> {
    /// Begins with services of which nothing is stated.
    pub(super) fn new(
        inventory: &'a Inventory,
        file: &'a str,
        list: Vec<Service>,
        of_workload: &[Vec<Option<ServiceIdx>>],
    ) -> Self {
        let clusters = inventory.clusters.iter().zip(of_workload);
        Self {
            inventory,
            file,
            names: clusters
                .map(|(cluster, services)| by_name(cluster, services))
                .collect(),
            stated_by: vec![None; list.len()],
            list,
            calls: Vec::new(),
            issues: Vec::new(),
        }
    }

    /// Reads what is said of all clusters first, so that what is said of one of them counts more.
    pub(super) fn read(mut self, specs: &[ServiceSpec]) -> Checked<(Vec<Service>, Vec<Call>)> {
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
                for (at, call) in specs[index].calls.iter().enumerate() {
                    self.call(ServiceIdx::new(service), (index, at), call);
                }
            }
        }
        for service in 0..self.list.len() {
            if let Some(index) = self.stated_by[service] {
                self.check_load(index, &specs[index], ServiceIdx::new(service));
            }
        }
        Checked {
            value: (self.list, self.calls),
            issues: self.issues,
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
            let fix = self
                .elsewhere(&name)
                .unwrap_or_else(|| self.suggestion(&call.to, Some(place)));
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

    /// Tells of a load that cannot be met, or of which a part is missing.
    fn check_load(&mut self, index: usize, spec: &ServiceSpec, service: ServiceIdx) {
        let of = &self.list[service.index()];
        let workload = self.workload(of);
        let cluster = &self.inventory.clusters[of.cluster.index()].name;
        let name = format!(
            "`{}/{}` in cluster `{cluster}`",
            workload.namespace, workload.name
        );
        let called = self
            .calls
            .iter()
            .filter(|(_, callee, _)| *callee == service);
        let by_callers = called.filter_map(|(caller, _, call)| {
            let demand = self.list[caller.index()].load.demand?;
            Some(demand.as_f64() * call.per_request)
        });
        for problem in load_problems(spec, workload.replicas, by_callers.sum()) {
            let message = format!("{name} {}", problem.message);
            let warning = IssueLevel::Warning;
            let fix = problem.fix.to_owned();
            self.issue(warning, problem.rule, index, problem.field, message, fix);
        }
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

    /// What to write where the other clusters, and not the caller's, have a service of that name.
    fn elsewhere(&self, name: &(&str, &str)) -> Option<String> {
        let clusters = self.inventory.clusters.iter().zip(&self.names);
        let having = clusters.filter(|(_, names)| names.contains_key(name));
        let having: Vec<String> = having
            .map(|(of, _)| format!("`cluster: {}`", of.name))
            .collect();
        let told = having.get(..having.len().min(NAMES_MAX))?.join(" or ");
        (!having.is_empty()).then(|| format!("the call is within one cluster; add {told} to it"))
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
