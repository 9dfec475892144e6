//! Pods whose labels look different to budgets than those of their siblings.
//!
//! A budget may select one pod of a stateful set by its name, or the one that an operator has
//! labeled as primary. Most pods look like their workload's model pod, so only the others are
//! listed, and only labels that a budget of their namespace asks for are compared.

use std::collections::{BTreeMap, BTreeSet};

use super::budgets::Selector;
use super::{Cluster, Pod, Workload};
use crate::ids::{BudgetIdx, PodIdx, SelectionIdx, WorkloadIdx};
use crate::inventory::selectors;
use crate::inventory::workloads::{Group, Groups};
use crate::snapshot::PodObject;

/// A pod that looks different, by its position in the table of pods.
struct OddPod<'a> {
    position: usize,
    object: &'a PodObject,
    workload: WorkloadIdx,
}

/// Sets of budgets, each once.
#[derive(Default)]
struct Selections {
    indices: BTreeMap<Vec<BudgetIdx>, SelectionIdx>,
    sets: Vec<Vec<BudgetIdx>>,
}

impl Selections {
    fn intern(&mut self, set: Vec<BudgetIdx>) -> SelectionIdx {
        let next = SelectionIdx::new(self.sets.len());
        let (index, sets) = (self.indices.entry(set), &mut self.sets);
        *index.or_insert_with_key(|set| {
            sets.push(set.clone());
            next
        })
    }
}

/// Tells pods that other budgets select than their siblings. Before it each workload has the
/// budgets that select its model pod; after it, those that select each of its pods.
pub(super) fn resolve(
    selectors: &[Selector<'_>],
    groups: &Groups<'_>,
    workloads: &mut [Workload],
    pods: &mut [Pod],
) -> Vec<Vec<BudgetIdx>> {
    let odd = find(selectors, groups);
    let mut selected_by: BTreeMap<usize, Vec<BudgetIdx>> = BTreeMap::new();
    let mut members: BTreeMap<WorkloadIdx, Vec<usize>> = BTreeMap::new();
    for pod in &odd {
        let selects = |known: &&Selector<'_>| {
            known.namespace == pod.object.namespace
                && selectors::selects(known.labels, &pod.object.labels)
        };
        let budgets = selectors.iter().filter(selects).map(|known| known.budget);
        selected_by.insert(pod.position, budgets.collect());
        members.entry(pod.workload).or_default();
    }
    for (position, pod) in pods.iter().enumerate() {
        if let Some(members) = members.get_mut(&pod.workload) {
            members.push(position);
        }
    }
    let mut selections = Selections::default();
    for (workload, members) in members {
        let workload = &mut workloads[workload.index()];
        let by_model = std::mem::take(&mut workload.budgets);
        let sets: Vec<&Vec<BudgetIdx>> = members
            .iter()
            .map(|position| selected_by.get(position).unwrap_or(&by_model))
            .collect();
        let any: BTreeSet<BudgetIdx> = sets.iter().flat_map(|set| set.iter().copied()).collect();
        let by_all = |budget: &BudgetIdx| sets.iter().all(|set| set.contains(budget));
        (workload.budgets, workload.partial_budgets) = any.into_iter().partition(by_all);
        for (position, set) in members.iter().zip(sets) {
            if *set != workload.budgets {
                pods[*position].selection = Some(selections.intern(set.clone()));
            }
        }
    }
    selections.sets
}

impl Cluster {
    /// The budgets that select a pod.
    pub fn budgets_of(&self, pod: PodIdx) -> &[BudgetIdx] {
        let pod = &self.pods[pod.index()];
        match pod.selection {
            Some(selection) => &self.selections[selection.index()],
            None => &self.workloads[pod.workload.index()].budgets,
        }
    }

    /// Lets a budget select no pod of a workload.
    pub fn leave_out(&mut self, budget: BudgetIdx, workload: WorkloadIdx) {
        let selected = &mut self.budgets[budget.index()].workloads;
        selected.retain(|other| *other != workload);
        let state = &mut self.workloads[workload.index()];
        state.budgets.retain(|other| *other != budget);
        state.partial_budgets.retain(|other| *other != budget);
        let pods = self.pods.iter_mut();
        for pod in pods.filter(|pod| pod.workload == workload) {
            if let Some(selection) = pod.selection {
                let mut set = self.selections[selection.index()].clone();
                set.retain(|other| *other != budget);
                pod.selection = Some(SelectionIdx::new(self.selections.len()));
                self.selections.push(set);
            }
        }
    }
}

/// The pods whose labels differ from their model's in what a budget of their namespace asks for.
fn find<'a>(selectors: &[Selector<'_>], groups: &Groups<'a>) -> Vec<OddPod<'a>> {
    let mut asked: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for known in selectors {
        let labels = known.labels.match_labels.keys();
        let requirements = known.labels.match_expressions.iter();
        let keys = labels.chain(requirements.map(|requirement| &requirement.key));
        let namespace = asked.entry(known.namespace).or_default();
        namespace.extend(keys.map(String::as_str));
    }
    let keys_of = |group: &Group<'_>| asked.get(group.namespace);
    let keys: Vec<_> = groups.groups.iter().map(keys_of).collect();
    let pods = groups.pods.iter().enumerate();
    pods.filter_map(|(position, (object, workload))| {
        let model = groups.groups[workload.index()].model?;
        let mut keys = keys[workload.index()]?.iter();
        let is_odd = !std::ptr::eq(model, *object)
            && keys.any(|key| model.labels.get(*key) != object.labels.get(*key));
        is_odd.then_some(OddPod {
            position,
            object,
            workload: *workload,
        })
    })
    .collect()
}
