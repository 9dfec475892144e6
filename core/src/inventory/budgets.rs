//! Budgets: which workloads' pods each of them selects.

use std::collections::{BTreeMap, BTreeSet};

use super::{Budget, Workload};
use crate::ids::{BudgetIdx, WorkloadIdx};
use crate::inventory::issues::IssueLog;
use crate::inventory::selectors;
use crate::inventory::workloads::Group;
use crate::snapshot::{BudgetObject, ClusterSnapshot, LabelSelector};

/// Workloads of one namespace, found by a label of their pods.
#[derive(Debug, Default)]
struct LabelIndex<'a> {
    all: Vec<WorkloadIdx>,
    by_label: BTreeMap<(&'a str, &'a str), Vec<WorkloadIdx>>,
}

/// Resolves the budgets and tells each workload of those that select its pods.
pub(super) fn resolve(
    cluster: &ClusterSnapshot,
    groups: &[Group<'_>],
    workloads: &mut [Workload],
    log: &mut IssueLog,
) -> Vec<Budget> {
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    let namespaces = index_labels(groups, &cluster.budgets);
    let mut budgets = Vec::with_capacity(cluster.budgets.len());
    for object in &cluster.budgets {
        if !seen.insert((&object.namespace, &object.name)) {
            log.warn(
                "duplicate-budget",
                &place(object),
                "a budget of this name was read before, so this one is left out".to_owned(),
                "keep the dumps of different clusters apart",
            );
            continue;
        }
        check_limits(object, log);
        let index = BudgetIdx::new(budgets.len());
        let selected = effective_selector(object)
            .zip(namespaces.get(object.namespace.as_str()))
            .map(|(selector, namespace)| select(selector, namespace, groups))
            .unwrap_or_default();
        for workload in &selected {
            workloads[workload.index()].budgets.push(index);
        }
        budgets.push(Budget {
            namespace: object.namespace.clone(),
            name: object.name.clone(),
            min_available: object.min_available,
            max_unavailable: object.max_unavailable,
            unhealthy_policy: object.unhealthy_pod_eviction_policy,
            workloads: selected,
        });
    }
    budgets
}

fn place(object: &BudgetObject) -> String {
    format!("PodDisruptionBudget {}/{}", object.namespace, object.name)
}

/// Indexes the workloads of each namespace by those labels that a budget asks for.
fn index_labels<'a>(
    groups: &[Group<'a>],
    budgets: &[BudgetObject],
) -> BTreeMap<&'a str, LabelIndex<'a>> {
    let selectors = budgets.iter().filter_map(|budget| budget.selector.as_ref());
    let asked: BTreeSet<&str> = selectors
        .flat_map(|selector| selector.match_labels.keys())
        .map(String::as_str)
        .collect();
    let mut namespaces: BTreeMap<&str, LabelIndex<'_>> = BTreeMap::new();
    for (position, group) in groups.iter().enumerate() {
        let index = WorkloadIdx::new(position);
        let namespace = namespaces.entry(group.namespace).or_default();
        namespace.all.push(index);
        let labels = group.pod_labels().into_iter().flatten();
        for (key, value) in labels.filter(|(key, _)| asked.contains(key.as_str())) {
            namespace
                .by_label
                .entry((key, value))
                .or_default()
                .push(index);
        }
    }
    namespaces
}

/// The selector, or none where it selects nothing.
///
/// An empty one selects all pods of the namespace in `policy/v1` and none in `policy/v1beta1`.
fn effective_selector(object: &BudgetObject) -> Option<&LabelSelector> {
    let selector = object.selector.as_ref()?;
    let empty = selector.match_labels.is_empty() && selector.match_expressions.is_empty();
    (!empty || object.api_version != "policy/v1beta1").then_some(selector)
}

/// The workloads of the namespace whose pods `selector` selects.
fn select(
    selector: &LabelSelector,
    namespace: &LabelIndex<'_>,
    groups: &[Group<'_>],
) -> Vec<WorkloadIdx> {
    // The rarest of the labels asked for leaves the fewest workloads to look at.
    let candidates = selector
        .match_labels
        .iter()
        .map(|(key, value)| {
            let found = namespace.by_label.get(&(key.as_str(), value.as_str()));
            found.map_or(&[][..], Vec::as_slice)
        })
        .min_by_key(|found| found.len())
        .unwrap_or(&namespace.all);
    candidates
        .iter()
        .copied()
        .filter(|index| {
            groups[index.index()]
                .pod_labels()
                .is_some_and(|labels| selectors::selects(selector, labels))
        })
        .collect()
}

fn check_limits(object: &BudgetObject, log: &mut IssueLog) {
    if object.min_available.is_some() && object.max_unavailable.is_some() {
        log.warn(
            "budget-with-two-limits",
            &place(object),
            "it has both minAvailable and maxUnavailable, which the API server refuses".to_owned(),
            "keep one of the two",
        );
    }
}
