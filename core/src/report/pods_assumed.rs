//! What a rehearsal takes for granted of pods, their owners and their budgets.

use super::drain::names;
use crate::inventory::{Cluster, Workload, WorkloadType};

/// What is taken for the scale of a controller that is not Kubernetes' own.
pub(super) const FOREIGN_SCALE: &str = "not a controller of Kubernetes' own; taken to have a scale \
                                        and to replace its pods at once";
/// What is taken for conditions that somebody else sets.
pub(super) const GATES: &str = "readiness gates; whoever sets their conditions is taken to do \
                                so as soon as containers are ready";
/// What is taken for the disruption controller's pace.
const WATCH_LATENCY: &str = "Budgets are taken to be counted anew the moment a pod changes; a \
                             real controller hears of it 0.1 to 1 s later.";

/// A sentence for each assumption that the clusters give reason for.
pub(super) fn sentences<'a>(clusters: impl Iterator<Item = &'a Cluster>) -> Vec<String> {
    let told = |cluster: &Cluster, of: &dyn Fn(&Workload) -> bool, what: &str| {
        let with_pods = workloads_with_pods(cluster).filter(|workload| of(workload));
        let with_pods: Vec<&Workload> = with_pods.collect();
        let of = names(&with_pods);
        (!with_pods.is_empty()).then(|| format!("`{}`: {of}: {what}.", cluster.name))
    };
    let foreign = |workload: &Workload| workload.kind == WorkloadType::Other;
    let gated = |workload: &Workload| workload.has_readiness_gates;
    let mut sentences: Vec<String> = Vec::new();
    for cluster in clusters {
        sentences.extend(told(cluster, &foreign, FOREIGN_SCALE));
        sentences.extend(told(cluster, &gated, GATES));
    }
    sentences
}

/// What is taken for the pace of the disruption controller, where there are budgets.
pub(super) fn watch_latency<'a>(mut clusters: impl Iterator<Item = &'a Cluster>) -> Option<String> {
    let has_budgets = clusters.any(|cluster| !cluster.budgets.is_empty());
    has_budgets.then(|| WATCH_LATENCY.to_owned())
}

/// The workloads of a cluster that have a pod.
fn workloads_with_pods(cluster: &Cluster) -> impl Iterator<Item = &Workload> {
    let mut has_pods = vec![false; cluster.workloads.len()];
    for pod in &cluster.pods {
        has_pods[pod.workload.index()] = true;
    }
    let workloads = cluster.workloads.iter().zip(has_pods);
    workloads.filter_map(|(workload, has_pods)| has_pods.then_some(workload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::testing::{add_budget, add_workload, cluster};

    #[test]
    fn foreign_owners_gates_and_budgets_are_said_and_nothing_else() {
        let mut fleet = [cluster("eu-1", 3), cluster("eu-2", 3)];
        assert!(sentences(fleet.iter()).is_empty());
        let web = add_workload(&mut fleet[0], "web", WorkloadType::Deployment, 1);
        assert!(sentences(fleet.iter()).is_empty());
        assert_eq!(watch_latency(fleet.iter()), None);
        fleet[0].workloads[web.index()].has_readiness_gates = true;
        add_budget(&mut fleet[0], web, 1);
        add_workload(&mut fleet[1], "kafka", WorkloadType::Other, 3);
        add_workload(&mut fleet[1], "gone", WorkloadType::Other, 0);
        let told = sentences(fleet.iter());
        assert_eq!(
            told,
            [
                format!("`eu-1`: shop/web: {GATES}."),
                format!("`eu-2`: shop/kafka: {FOREIGN_SCALE}."),
            ]
        );
        assert!(watch_latency(fleet.iter()).is_some());
    }
}
