//! `PodTopologySpread`: constraints that must be met (k8s-truth §5.2).
//!
//! A cordoned node is a domain like any other unless a constraint honors taints, so cordoning can
//! make a skew impossible to keep. Terminating pods are not counted.

use super::domains::{DomainTable, Tally, clear_tallies};
use super::filters::Change;
use super::view::{NodeView, PodView};
use super::{node_affinity, node_unschedulable, taint_toleration};
use crate::ids::{NodeIdx, WorkloadIdx};
use crate::inventory::SpreadRule;
use crate::sim::trace::Reason;
use crate::snapshot::NodeInclusion;

/// How many pods lie in each domain, for each constraint of one pod.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Pods by domain.
    pods: Vec<Tally>,
    /// Nodes that count, by domain; a domain without one is none.
    nodes: Vec<Tally>,
    /// The domains, each once.
    domains: Vec<Vec<u32>>,
    /// Whether each node counts for each constraint.
    counted: Vec<Vec<bool>>,
    /// Pods of the emptiest domain, for each constraint.
    fewest: Vec<u32>,
}

impl Counts {
    /// Counts anew. `nodes` are all nodes there are, `nodes_of` those on which the pods of a
    /// workload are that do not terminate.
    pub(crate) fn recount<I: Iterator<Item = NodeIdx>>(
        &mut self,
        pod: &PodView<'_>,
        table: &DomainTable,
        nodes: &[NodeView],
        nodes_of: impl Fn(WorkloadIdx) -> I,
    ) {
        let rules = &pod.placement.neighbors.spread;
        clear_tallies(&mut self.pods, rules.len());
        clear_tallies(&mut self.nodes, rules.len());
        clear_lists(&mut self.domains, rules.len());
        clear_lists(&mut self.counted, rules.len());
        let labeled = |node: &NodeView| {
            let mut all = rules.iter();
            all.all(|rule| table.of(rule.topology, node.idx).is_some())
        };
        for (position, rule) in rules.iter().enumerate() {
            let (domains, counted) = (&mut self.domains[position], &mut self.counted[position]);
            counted.resize(nodes.len(), false);
            let present = nodes.iter().filter(|node| node.is_present());
            for node in present.filter(|node| labeled(node) && includes(rule, node, pod)) {
                counted[node.idx.index()] = true;
                if let Some(domain) = table.of(rule.topology, node.idx) {
                    if self.nodes[position].get(domain) == 0 {
                        domains.push(domain);
                    }
                    self.nodes[position].add(domain);
                }
            }
            let found = rule
                .workloads
                .iter()
                .flat_map(|workload| nodes_of(*workload));
            for node in found.filter(|node| counted[node.index()]) {
                if let Some(domain) = table.of(rule.topology, node) {
                    self.pods[position].add(domain);
                }
            }
        }
        self.find_fewest(rules);
    }

    /// Counts a pod of a workload on a node in or out.
    pub(crate) fn change(
        &mut self,
        rules: &[SpreadRule],
        table: &DomainTable,
        change: Change,
        (workload, node): (WorkloadIdx, NodeIdx),
    ) {
        for (position, rule) in rules.iter().enumerate() {
            let counts = rule.workloads.binary_search(&workload).is_ok();
            if !(counts && self.counted[position][node.index()]) {
                continue;
            }
            if let Some(domain) = table.of(rule.topology, node) {
                match change {
                    Change::Add => self.pods[position].add(domain),
                    Change::Remove => self.pods[position].remove(domain),
                }
            }
        }
        self.find_fewest(rules);
    }

    /// Why the node does not take the pod: with it, its domain would have more pods than the
    /// emptiest by more than the skew that is allowed.
    pub(crate) fn reject(
        &self,
        rules: &[SpreadRule],
        table: &DomainTable,
        node: NodeIdx,
    ) -> Option<Reason> {
        for (position, rule) in rules.iter().enumerate() {
            let Some(domain) = table.of(rule.topology, node) else {
                return Some(Reason::SpreadLabelMissing);
            };
            let here = self.pods[position].get(domain) + u32::from(rule.counts_itself);
            if here > self.fewest[position].saturating_add(rule.max_skew) {
                return Some(Reason::Spread);
            }
        }
        None
    }

    /// Pods of the emptiest domain; nothing where there are fewer domains than wanted.
    fn find_fewest(&mut self, rules: &[SpreadRule]) {
        let lists = rules.iter().zip(&self.domains).zip(&self.pods);
        let fewest = lists.map(|((rule, domains), pods)| {
            if (domains.len() as u64) < u64::from(rule.min_domains) {
                return 0;
            }
            let counts = domains.iter().map(|domain| pods.get(*domain));
            counts.min().unwrap_or(0)
        });
        self.fewest.clear();
        self.fewest.extend(fewest);
    }
}

/// Empties the first `n` lists, of which there are at least so many afterwards.
fn clear_lists<T>(lists: &mut Vec<Vec<T>>, n: usize) {
    if lists.len() < n {
        lists.resize_with(n, Vec::new);
    }
    lists.iter_mut().take(n).for_each(Vec::clear);
}

/// Whether a constraint counts a node and its pods.
pub(super) fn includes(rule: &SpreadRule, node: &NodeView, pod: &PodView<'_>) -> bool {
    let affinity = match rule.node_affinity {
        NodeInclusion::Honor => node_affinity::selects(pod, node),
        NodeInclusion::Ignore => true,
    };
    let taints = match rule.node_taints {
        NodeInclusion::Honor => {
            node_unschedulable::reject(node, pod).is_none()
                && taint_toleration::reject(node, pod).is_none()
        }
        NodeInclusion::Ignore => true,
    };
    affinity && taints
}
