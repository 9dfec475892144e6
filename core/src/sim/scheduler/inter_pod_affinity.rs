//! `InterPodAffinity`: required affinity and anti-affinity, in both directions (k8s-truth §5.2).
//!
//! Every pod that is bound counts, a terminating one included: it is still there.

use super::domains::{DomainTable, Tally, clear_tallies};
use super::filters::Change;
use crate::ids::{NodeIdx, WorkloadIdx};
use crate::inventory::{Neighbors, PodTerm};
use crate::sim::trace::Reason;

/// How many pods lie in each domain that the terms of one pod are about.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    near: Vec<Tally>,
    /// Over all terms of affinity and all domains.
    n_near: u32,
    apart: Vec<Tally>,
    avoided_by: Vec<Tally>,
}

impl Counts {
    /// Counts anew, by the nodes on which the pods of each workload are.
    pub(crate) fn recount<I: Iterator<Item = NodeIdx>>(
        &mut self,
        rules: &Neighbors,
        table: &DomainTable,
        nodes_of: impl Fn(WorkloadIdx) -> I,
    ) {
        let n_near = rules.near.as_ref().map_or(0, |near| near.topologies.len());
        clear_tallies(&mut self.near, n_near);
        self.n_near = 0;
        if let Some(near) = &rules.near {
            for workload in &near.workloads {
                for node in nodes_of(*workload) {
                    for (topology, tally) in near.topologies.iter().zip(&mut self.near) {
                        if let Some(domain) = table.of(*topology, node) {
                            tally.add(domain);
                            self.n_near += 1;
                        }
                    }
                }
            }
        }
        recount_terms(&mut self.apart, &rules.apart, table, &nodes_of);
        recount_terms(&mut self.avoided_by, &rules.avoided_by, table, &nodes_of);
    }

    /// Counts a pod of a workload on a node in or out.
    pub(crate) fn change(
        &mut self,
        rules: &Neighbors,
        table: &DomainTable,
        change: Change,
        place: (WorkloadIdx, NodeIdx),
    ) {
        let (workload, node) = place;
        let near = rules.near.iter();
        for near in near.filter(|near| near.workloads.binary_search(&workload).is_ok()) {
            for (topology, tally) in near.topologies.iter().zip(&mut self.near) {
                let Some(domain) = table.of(*topology, node) else {
                    continue;
                };
                match change {
                    Change::Add => {
                        tally.add(domain);
                        self.n_near += 1;
                    }
                    Change::Remove => {
                        tally.remove(domain);
                        self.n_near -= 1;
                    }
                }
            }
        }
        change_terms(&mut self.apart, &rules.apart, table, change, place);
        change_terms(
            &mut self.avoided_by,
            &rules.avoided_by,
            table,
            change,
            place,
        );
    }

    /// Why the node does not take the pod.
    pub(crate) fn reject(
        &self,
        rules: &Neighbors,
        table: &DomainTable,
        node: NodeIdx,
    ) -> Option<Reason> {
        if !self.satisfies_near(rules, table, node) {
            return Some(Reason::Affinity);
        }
        if meets_any(&self.apart, &rules.apart, table, node) {
            return Some(Reason::AntiAffinity);
        }
        let avoided = meets_any(&self.avoided_by, &rules.avoided_by, table, node);
        avoided.then_some(Reason::ExistingAntiAffinity)
    }

    /// Whether a pod that counts is in the node's domain of every term. The first of pods that
    /// want to be near each other may go to any node that has the labels.
    fn satisfies_near(&self, rules: &Neighbors, table: &DomainTable, node: NodeIdx) -> bool {
        let Some(near) = &rules.near else {
            return true;
        };
        let mut all_near = true;
        for (topology, tally) in near.topologies.iter().zip(&self.near) {
            match table.of(*topology, node) {
                Some(domain) => all_near &= tally.get(domain) > 0,
                None => return false,
            }
        }
        all_near || (self.n_near == 0 && near.meets_itself)
    }
}

fn recount_terms<I: Iterator<Item = NodeIdx>>(
    tallies: &mut Vec<Tally>,
    terms: &[PodTerm],
    table: &DomainTable,
    nodes_of: impl Fn(WorkloadIdx) -> I,
) {
    clear_tallies(tallies, terms.len());
    for (term, tally) in terms.iter().zip(tallies) {
        for workload in &term.workloads {
            for node in nodes_of(*workload) {
                if let Some(domain) = table.of(term.topology, node) {
                    tally.add(domain);
                }
            }
        }
    }
}

fn change_terms(
    tallies: &mut [Tally],
    terms: &[PodTerm],
    table: &DomainTable,
    change: Change,
    (workload, node): (WorkloadIdx, NodeIdx),
) {
    for (term, tally) in terms.iter().zip(tallies) {
        if term.workloads.binary_search(&workload).is_err() {
            continue;
        }
        if let Some(domain) = table.of(term.topology, node) {
            match change {
                Change::Add => tally.add(domain),
                Change::Remove => tally.remove(domain),
            }
        }
    }
}

/// Whether a pod that any of the terms is about is in the node's domain.
#[inline]
fn meets_any(tallies: &[Tally], terms: &[PodTerm], table: &DomainTable, node: NodeIdx) -> bool {
    terms.iter().zip(tallies).any(|(term, tally)| {
        let domain = table.of(term.topology, node);
        domain.is_some_and(|domain| tally.get(domain) > 0)
    })
}
