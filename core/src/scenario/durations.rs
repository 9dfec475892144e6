//! What an entry of the durations names that the fleet does not have.
//!
//! Such an entry holds nowhere, and a rehearsal goes on with what holds instead. That is no error:
//! one list may serve several fleets. But a slip in a name would look the same, so it is told.

use std::collections::BTreeSet;

use super::history::History;
use super::missing::{MissingName, unless_known};
use crate::checked::{Issue, IssueLevel, Place};
use crate::durations::{Basis, DurationEntry};
use crate::inventory::{Cluster, Inventory};

/// The missing names of what the scenario in `file` says itself, as issues.
pub fn missing_duration_names(
    entries: &[DurationEntry],
    inventory: &Inventory,
    file: &str,
) -> Vec<Issue> {
    let place = |index: usize, field: &str| Place {
        object: Some(format!("durations[{index}].{field}")),
        ..Place::file(file)
    };
    issues(entries, inventory, place)
}

/// The missing names of past runs as issues, each at the first run of its group.
pub fn missing_history_names(history: &History, inventory: &Inventory) -> Vec<Issue> {
    let place = |index: usize, _: &str| history.first_runs[index].clone();
    issues(&history.entries, inventory, place)
}

/// Past runs of clusters that are not here are to be expected, and only noted unless the name is a
/// slip of one that is.
fn issues(
    entries: &[DurationEntry],
    inventory: &Inventory,
    place: impl Fn(usize, &str) -> Place,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        for missing in missing_names(entry, inventory) {
            let is_expected = entry.basis == Basis::History
                && matches!(missing.field, "cluster" | "provider")
                && !missing.is_near;
            let MissingName {
                field, name, hint, ..
            } = missing;
            issues.push(Issue {
                level: if is_expected {
                    IssueLevel::Note
                } else {
                    IssueLevel::Warning
                },
                rule: "duration-names-nothing".to_owned(),
                place: place(index, field),
                message: format!(
                    "there is no {field} `{name}`, so what is said of its {} holds nowhere",
                    entry.quantity.name()
                ),
                fix: hint,
            });
        }
    }
    issues
}

/// The names in an entry that mean nothing. Inside a cluster or at a provider that the fleet lacks
/// nothing else is looked for.
fn missing_names(entry: &DurationEntry, inventory: &Inventory) -> Vec<MissingName> {
    let mut clusters: Vec<&Cluster> = inventory.clusters.iter().collect();
    if let Some(name) = &entry.cluster {
        let known = clusters.iter().map(|cluster| cluster.name.clone());
        let missing = unless_known("cluster", name, &known.collect());
        if missing.is_some() {
            return missing.into_iter().collect();
        }
        clusters.retain(|cluster| cluster.name == *name);
    }
    if let Some(provider) = entry.provider {
        let known = clusters
            .iter()
            .filter_map(|cluster| cluster.provider.value());
        let known = known.map(|provider| provider.name().to_owned()).collect();
        let missing = unless_known("provider", provider.name(), &known);
        if missing.is_some() {
            return missing.into_iter().collect();
        }
        clusters.retain(|cluster| cluster.provider.value() == Some(&provider));
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
    use crate::inventory::{Provider, WorkloadType};
    use crate::rng::Distribution;
    use crate::sim::testing::{add_workload, cluster, fleet};
    use crate::units::SimDuration;

    fn at_line(line: u32) -> Place {
        Place {
            line: Some(line),
            ..Place::file("runs.csv")
        }
    }

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
        let elsewhere = DurationEntry {
            provider: Some(Provider::Gke),
            ..entry.clone()
        };
        let past = DurationEntry {
            basis: Basis::History,
            pool: Some("wob".to_owned()),
            ..entry.clone()
        };
        let of_others = DurationEntry {
            cluster: Some("shanghai".to_owned()),
            ..past.clone()
        };
        let history = History {
            entries: vec![past, of_others],
            first_runs: [2, 9].map(at_line).to_vec(),
        };
        let entries = [entry, in_us, nowhere, elsewhere];
        let mut issues = missing_duration_names(&entries, &inventory, "s.yaml");
        issues.extend(missing_history_names(&history, &inventory));
        let lines = issues.iter().map(|issue| format!("{issue}\n"));
        expect![[r#"
            s.yaml (durations[1].workload): warning[duration-names-nothing]: there is no workload `shop/web`, so what is said of its pod-start holds nowhere; no workload was loaded there
            s.yaml (durations[2].cluster): warning[duration-names-nothing]: there is no cluster `eu-11`, so what is said of its pod-start holds nowhere; did you mean `eu-1`?
            s.yaml (durations[3].provider): warning[duration-names-nothing]: there is no provider `gke`, so what is said of its pod-start holds nowhere; known are `eks`
            runs.csv:2: warning[duration-names-nothing]: there is no pool `wob`, so what is said of its pod-start holds nowhere; did you mean `web`?
            runs.csv:9: note[duration-names-nothing]: there is no cluster `shanghai`, so what is said of its pod-start holds nowhere; known are `eu-1`, `us-1`
        "#]].assert_eq(&lines.collect::<String>());
    }
}
