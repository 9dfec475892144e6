//! What an entry of the durations names that the fleet does not have.
//!
//! Such an entry holds nowhere, and a rehearsal goes on with what holds instead. That is no error:
//! one list may serve several fleets. But a slip in a name would look the same, so it is told.

use std::collections::BTreeSet;

use super::missing::{MissingName, unless_known};
use crate::checked::{Issue, IssueLevel, Place};
use crate::durations::{Basis, DurationEntry};
use crate::inventory::{Cluster, Inventory};

/// The missing names of all entries as issues of `file`. Past runs of clusters that are not here
/// are to be expected, and only noted.
pub fn missing_duration_names(
    entries: &[DurationEntry],
    inventory: &Inventory,
    file: &str,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        for MissingName { field, name, hint } in missing_names(entry, inventory) {
            let quantity = entry.quantity.name();
            let (level, place) = match entry.basis {
                Basis::History => (IssueLevel::Note, Place::file(&entry.source)),
                Basis::Assumed | Basis::Measured => {
                    let place = Place {
                        object: Some(format!("durations[{index}].{field}")),
                        ..Place::file(file)
                    };
                    (IssueLevel::Warning, place)
                }
            };
            issues.push(Issue {
                level,
                rule: "duration-names-nothing".to_owned(),
                place,
                message: format!(
                    "there is no {field} `{name}`, so what is said of its {quantity} holds nowhere"
                ),
                fix: hint,
            });
        }
    }
    issues
}

/// The names in an entry that mean nothing. Inside a cluster that does not exist nothing else is
/// looked for.
fn missing_names(entry: &DurationEntry, inventory: &Inventory) -> Vec<MissingName> {
    let named = |cluster: &&Cluster| {
        let name = entry.cluster.as_ref();
        name.is_none_or(|name| *name == cluster.name)
    };
    let clusters: Vec<&Cluster> = inventory.clusters.iter().filter(named).collect();
    if let Some(name) = entry.cluster.as_ref().filter(|_| clusters.is_empty()) {
        let known = inventory.clusters.iter().map(|c| c.name.clone()).collect();
        return unless_known("cluster", name, &known).into_iter().collect();
    }
    let mut missing = Vec::new();
    if let Some(name) = &entry.pool {
        let pools = clusters.iter().flat_map(|cluster| &cluster.pools);
        let known: BTreeSet<String> = pools.map(|pool| pool.name.clone()).collect();
        missing.extend(unless_known("pool", name, &known));
    }
    if let Some(name) = &entry.workload {
        let workloads = clusters.iter().flat_map(|cluster| &cluster.workloads);
        let known = workloads.map(|workload| format!("{}/{}", workload.namespace, workload.name));
        missing.extend(unless_known("workload", name, &known.collect()));
    }
    missing
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::durations::Quantity;
    use crate::inventory::WorkloadType;
    use crate::rng::Distribution;
    use crate::sim::testing::{add_workload, cluster, fleet};
    use crate::units::SimDuration;

    #[test]
    fn a_name_that_means_nothing_is_told_with_the_one_that_was_meant() {
        let mut first = cluster("eu-1", 2);
        add_workload(&mut first, "web", WorkloadType::Deployment, 2);
        let inventory = fleet(vec![first, cluster("us-1", 1)]);
        let entry = DurationEntry {
            quantity: Quantity::PodStart,
            provider: None,
            cluster: None,
            pool: Some("web".to_owned()),
            workload: Some("shop/web".to_owned()),
            distribution: Distribution::Constant(SimDuration::from_secs(1)),
            basis: Basis::Measured,
            source: "3 runs in runs.csv".to_owned(),
        };
        let in_us = DurationEntry {
            cluster: Some("us-1".to_owned()),
            ..entry.clone()
        };
        let nowhere = DurationEntry {
            cluster: Some("eu-11".to_owned()),
            ..entry.clone()
        };
        let past = DurationEntry {
            basis: Basis::History,
            pool: Some("wob".to_owned()),
            ..entry.clone()
        };
        let entries = [entry, in_us, nowhere, past];
        let issues = missing_duration_names(&entries, &inventory, "s.yaml");
        let lines = issues.iter().map(|issue| format!("{issue}\n"));
        expect![[r#"
            s.yaml (durations[1].workload): warning[duration-names-nothing]: there is no workload `shop/web`, so what is said of its pod-start holds nowhere; no workload was loaded there
            s.yaml (durations[2].cluster): warning[duration-names-nothing]: there is no cluster `eu-11`, so what is said of its pod-start holds nowhere; did you mean `eu-1`?
            3 runs in runs.csv: note[duration-names-nothing]: there is no pool `wob`, so what is said of its pod-start holds nowhere; did you mean `web`?
        "#]].assert_eq(&lines.collect::<String>());
    }
}
