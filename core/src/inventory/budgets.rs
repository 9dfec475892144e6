//! Budgets: which workloads' pods each of them selects, all of them or some.

use std::collections::{BTreeMap, BTreeSet};

use super::{Budget, Pod, Workload, WrittenStatus};
use crate::ids::{BudgetIdx, WorkloadIdx};
use crate::inventory::issues::IssueLog;
use crate::inventory::workloads::{Group, Groups};
use crate::inventory::{odd_pods, selectors};
use crate::snapshot::{BudgetObject, ClusterSnapshot, LabelSelector};

/// Workloads of one namespace, found by a label of their pods.
#[derive(Debug, Default)]
struct LabelIndex<'a> {
    all: Vec<WorkloadIdx>,
    by_label: BTreeMap<(&'a str, &'a str), Vec<WorkloadIdx>>,
}

/// A budget's selector, when it selects anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selector<'a> {
    /// Whose it is.
    pub(super) budget: BudgetIdx,
    /// The namespace of the pods.
    pub(super) namespace: &'a str,
    /// What they are selected by.
    pub(super) labels: &'a LabelSelector,
}

/// The budgets of a cluster, and the sets of them that select pods unlike their siblings.
#[derive(Debug)]
pub(super) struct Budgets {
    /// The budgets.
    pub(super) budgets: Vec<Budget>,
    /// The sets.
    pub(super) selections: Vec<Vec<BudgetIdx>>,
}

/// Resolves the budgets, and tells each workload and each pod of those that select it.
pub(super) fn resolve(
    cluster: &ClusterSnapshot,
    groups: &Groups<'_>,
    workloads: &mut [Workload],
    pods: &mut [Pod],
    log: &mut IssueLog,
) -> Budgets {
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    let namespaces = index_labels(&groups.groups, &cluster.budgets);
    let mut budgets = Vec::with_capacity(cluster.budgets.len());
    let mut selectors = Vec::with_capacity(cluster.budgets.len());
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
        if let Some(selector) = effective_selector(object) {
            selectors.push(Selector {
                budget: index,
                namespace: &object.namespace,
                labels: selector,
            });
            if let Some(namespace) = namespaces.get(object.namespace.as_str()) {
                for workload in select(selector, namespace, &groups.groups) {
                    workloads[workload.index()].budgets.push(index);
                }
            }
        }
        budgets.push(Budget {
            namespace: object.namespace.clone(),
            name: object.name.clone(),
            min_available: object.min_available,
            max_unavailable: object.max_unavailable,
            unhealthy_policy: object.unhealthy_pod_eviction_policy,
            written: written(object),
            workloads: Vec::new(),
        });
    }
    let selections = odd_pods::resolve(&selectors, groups, workloads, pods);
    for (position, workload) in workloads.iter().enumerate() {
        for budget in workload.budgets.iter().chain(&workload.partial_budgets) {
            let selected = &mut budgets[budget.index()].workloads;
            selected.push(WorkloadIdx::new(position));
        }
    }
    Budgets {
        budgets,
        selections,
    }
}

fn written(object: &BudgetObject) -> WrittenStatus {
    let status = object.status.unwrap_or_default();
    WrittenStatus {
        current_healthy: u32::try_from(status.current_healthy).unwrap_or(0),
        desired_healthy: u32::try_from(status.desired_healthy).unwrap_or(0),
        stale: status.observed_generation < object.generation,
    }
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
