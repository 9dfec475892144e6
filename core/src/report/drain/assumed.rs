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
    let short = workloads().filter(|workload| is_short(cluster, workload));
    let missing = "fewer pods than wanted; those that are missing are taken to stay missing";
    assumptions.extend(told(short.collect(), missing));
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

/// Whether a workload has fewer pods than it wants.
fn is_short(cluster: &Cluster, workload: &Workload) -> bool {
    let keeps_scale = matches!(
        workload.kind,
        WorkloadType::Deployment | WorkloadType::StatefulSet
    );
    let of = |pod: &&crate::inventory::Pod| {
        let owner = &cluster.workloads[pod.workload.index()];
        std::ptr::eq(owner, workload) && !pod.terminating
    };
    keeps_scale && (cluster.pods.iter().filter(of).count() as u32) < workload.replicas
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
