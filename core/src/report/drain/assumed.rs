//! What a drain's rehearsal takes for what the input does not say.

use crate::inventory::{Cluster, Evidence, Workload, WorkloadType};
use crate::report::pods_assumed::{FOREIGN_SCALE, GATES};
use crate::report::words::count;

/// Workloads named in one assumption.
const N_NAMES: usize = 4;

/// A sentence for each assumption.
pub(super) fn assumptions(cluster: &Cluster) -> Vec<String> {
    let mut assumptions = Vec::new();
    if cluster.budgets.is_empty() {
        assumptions.push(
            "the input holds no budgets, so none is taken to exist: \
             `kubectl get poddisruptionbudgets -A -o json` tells"
                .to_owned(),
        );
    }
    let of_kind = |kind| move |workload: &&Workload| workload.kind == kind;
    let workloads = || cluster.workloads.iter();
    let told = |of: Vec<&Workload>, what: &str| {
        (!of.is_empty()).then(|| format!("{}: {what}", names(&of)))
    };
    let foreign = workloads().filter(of_kind(WorkloadType::Other)).collect();
    assumptions.extend(told(foreign, FOREIGN_SCALE));
    let gated = workloads().filter(|workload| workload.has_readiness_gates);
    assumptions.extend(told(gated.collect(), GATES));
    let active = n_active(cluster);
    let indexed = || workloads().zip(&active);
    let short = |kind| {
        let of_kind = indexed().filter(move |(workload, _)| workload.kind == kind);
        of_kind.filter(|(workload, active)| **active < workload.replicas)
    };
    let (some, none): (Vec<_>, Vec<_>) =
        short(WorkloadType::Deployment).partition(|(_, active)| **active > 0);
    let only = |of: Vec<(_, &u32)>| of.into_iter().map(|(workload, _)| workload).collect();
    let created = "fewer pods than wanted; those that are missing are taken to be created at once";
    assumptions.extend(told(only(some), created));
    let missing = "fewer pods than wanted; those that are missing are taken to stay missing";
    let stay = none.into_iter().chain(short(WorkloadType::StatefulSet));
    assumptions.extend(told(only(stay.collect()), missing));
    let has_daemons = workloads().any(|workload| workload.kind == WorkloadType::DaemonSet);
    if has_daemons && !workloads().any(|workload| workload.is_orphaned) {
        assumptions.push("every daemon set that owns a pod is taken to exist still".to_owned());
    }
    let nodes = cluster.nodes.iter();
    let unknown = nodes.filter(|node| node.allocatable == Evidence::Unknown);
    let unknown = unknown.count() as u32;
    if unknown > 0 {
        assumptions.push(format!(
            "{} of unknown size, taken to have room for 110 pods of any size",
            count(unknown, "node")
        ));
    }
    assumptions.push(
        "the API answers at once, every controller works, and the server has the eviction \
         subresource"
            .to_owned(),
    );
    assumptions
}

/// Pods of each workload that have neither ended nor been asked to.
fn n_active(cluster: &Cluster) -> Vec<u32> {
    let mut counts = vec![0; cluster.workloads.len()];
    for pod in &cluster.pods {
        counts[pod.workload.index()] += u32::from(pod.is_active());
    }
    counts
}

/// The first names of a list, and how many more there are.
pub(in crate::report) fn names(workloads: &[&Workload]) -> String {
    let name = |workload: &&Workload| format!("{}/{}", workload.namespace, workload.name);
    let told: Vec<String> = workloads.iter().take(N_NAMES).map(name).collect();
    match workloads.len().saturating_sub(N_NAMES) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}
