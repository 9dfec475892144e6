//! Required pod affinity, anti-affinity, spreading and ports of the node, resolved to workloads and
//! domains.
//!
//! A selector is put to the labels of a workload's model pod, as budgets' are: pods of one
//! workload are alike to selectors.

use std::collections::{BTreeMap, BTreeSet};

use super::looks::HOST_NAME;
use super::placement::placing_template;
use super::{Domains, NearRule, Neighbors, PodTerm, SpreadRule, Topology, WorkloadType};
use crate::ids::{TopologyIdx, WorkloadIdx};
use crate::inventory::issues::IssueLog;
use crate::inventory::nodes::NodeTable;
use crate::inventory::workloads::Group;
use crate::inventory::{host_ports, selectors};
use crate::snapshot::{
    LabelSelector, Labels, PodAffinityTerm, PodTemplate, SelectorOperator, SelectorRequirement,
    TopologySpread,
};

/// The label that every namespace has by itself: its name.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// The groups of a cluster, by namespace.
pub(super) struct Index<'a, 'g> {
    groups: &'g [Group<'a>],
    by_namespace: BTreeMap<&'a str, Vec<WorkloadIdx>>,
}

/// The topologies that terms name, while they are being gathered.
#[derive(Default)]
pub(super) struct Topologies {
    keys: BTreeMap<String, TopologyIdx>,
    pub(super) topologies: Vec<Topology>,
}

/// What each group asks of others and they of it.
pub(super) fn resolve(
    groups: &[Group<'_>],
    table: &NodeTable<'_>,
    topologies: &mut Topologies,
    log: &mut IssueLog,
) -> Vec<Neighbors> {
    let mut all = vec![Neighbors::default(); groups.len()];
    let asks = |template: &PodTemplate| {
        !(template.required_affinity.is_empty()
            && template.required_anti_affinity.is_empty()
            && template.topology_spread.is_empty())
    };
    let templates: Vec<(usize, &PodTemplate)> = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.kind != WorkloadType::Static)
        .filter_map(|(position, group)| Some((position, placing_template(group)?)))
        .filter(|(_, template)| asks(template))
        .collect();
    host_ports::resolve(groups, &mut all, topologies, table);
    if templates.is_empty() {
        return all;
    }
    tell_of_unknown_namespaces(&templates, groups, log);
    let index = Index::new(groups);
    for (position, template) in templates {
        let own = WorkloadIdx::new(position);
        let neighbors = &mut all[position];
        neighbors.near = index.near(own, &template.required_affinity, topologies, table);
        for term in &template.required_anti_affinity {
            neighbors.apart.push(PodTerm {
                topology: topologies.find(&term.topology_key, table),
                workloads: index.selected(own, term),
            });
        }
        for spread in &template.topology_spread {
            let topology = topologies.find(&spread.topology_key, table);
            neighbors.spread.push(index.spread(own, spread, topology));
        }
    }
    turn_around(&mut all);
    all
}

/// Anti-affinity holds both ways: notes with each workload whose pods keep its own away.
fn turn_around(all: &mut [Neighbors]) {
    for position in 0..all.len() {
        for term in all[position].apart.clone() {
            for kept_away in term.workloads {
                let avoided_by = &mut all[kept_away.index()].avoided_by;
                let owner = WorkloadIdx::new(position);
                match avoided_by
                    .iter_mut()
                    .find(|known| known.topology == term.topology)
                {
                    Some(known) if known.workloads.last() == Some(&owner) => {}
                    Some(known) => known.workloads.push(owner),
                    None => avoided_by.push(PodTerm {
                        topology: term.topology,
                        workloads: vec![owner],
                    }),
                }
            }
        }
    }
}

impl<'a, 'g> Index<'a, 'g> {
    pub(super) fn new(groups: &'g [Group<'a>]) -> Self {
        let mut by_namespace: BTreeMap<&str, Vec<WorkloadIdx>> = BTreeMap::new();
        for (position, group) in groups.iter().enumerate() {
            let members = by_namespace.entry(group.namespace).or_default();
            members.push(WorkloadIdx::new(position));
        }
        Self {
            groups,
            by_namespace,
        }
    }

    fn labels(&self, workload: WorkloadIdx) -> Option<&'a Labels> {
        self.groups[workload.index()].pod_labels()
    }

    /// The workloads of `namespaces` that `selector` selects, in order.
    fn members<'n>(
        &self,
        namespaces: impl Iterator<Item = &'n str>,
        selector: &LabelSelector,
    ) -> Vec<WorkloadIdx> {
        let members = namespaces.filter_map(|name| self.by_namespace.get(name));
        let mut found: Vec<WorkloadIdx> = members
            .flatten()
            .copied()
            .filter(|workload| {
                let labels = self.labels(*workload);
                labels.is_some_and(|labels| selectors::selects(selector, labels))
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The workloads that a term of affinity is about.
    pub(super) fn selected(&self, own: WorkloadIdx, term: &PodAffinityTerm) -> Vec<WorkloadIdx> {
        let home = self.groups[own.index()].namespace;
        let mut namespaces: BTreeSet<&str> = term.namespaces.iter().map(String::as_str).collect();
        match &term.namespace_selector {
            None if namespaces.is_empty() => {
                namespaces.insert(home);
            }
            None => {}
            Some(selector) => {
                let named = self.by_namespace.keys().copied();
                namespaces.extend(named.filter(|name| {
                    let name = [(NAMESPACE_NAME.to_owned(), (*name).to_owned())];
                    selectors::selects(selector, &Labels::from(name))
                }));
            }
        }
        self.members(namespaces.into_iter(), &term.label_selector)
    }

    /// Terms of affinity: what counts for one must count for all.
    fn near(
        &self,
        own: WorkloadIdx,
        terms: &[PodAffinityTerm],
        topologies: &mut Topologies,
        table: &NodeTable<'_>,
    ) -> Option<NearRule> {
        let (first, others) = terms.split_first()?;
        let mut workloads = self.selected(own, first);
        for term in others {
            let also = self.selected(own, term);
            workloads.retain(|workload| also.contains(workload));
        }
        let found = terms
            .iter()
            .map(|term| topologies.find(&term.topology_key, table));
        Some(NearRule {
            topologies: found.collect(),
            meets_itself: workloads.contains(&own),
            workloads,
        })
    }

    pub(super) fn spread(
        &self,
        own: WorkloadIdx,
        spread: &TopologySpread,
        topology: TopologyIdx,
    ) -> SpreadRule {
        let home = self.groups[own.index()].namespace;
        let mut selector = spread.label_selector.clone();
        if let (Some(selector), Some(labels)) = (&mut selector, self.labels(own)) {
            selector
                .match_expressions
                .extend(shared_labels(&spread.match_label_keys, labels));
        }
        let workloads = selector.map(|selector| self.members([home].into_iter(), &selector));
        let workloads = workloads.unwrap_or_default();
        SpreadRule {
            topology,
            counts_itself: workloads.contains(&own),
            workloads,
            max_skew: spread.max_skew,
            min_domains: spread.min_domains,
            node_affinity: spread.node_affinity_policy,
            node_taints: spread.node_taints_policy,
        }
    }
}

/// `matchLabelKeys` as requirements: each key that the pod has, with the pod's own value.
fn shared_labels(keys: &[String], labels: &Labels) -> Vec<SelectorRequirement> {
    let shared = keys.iter().filter_map(|key| {
        Some(SelectorRequirement {
            key: key.clone(),
            operator: SelectorOperator::In,
            values: vec![labels.get(key)?.clone()],
        })
    });
    shared.collect()
}

impl Topologies {
    pub(super) fn find(&mut self, key: &str, table: &NodeTable<'_>) -> TopologyIdx {
        if let Some(known) = self.keys.get(key) {
            return *known;
        }
        let index = TopologyIdx::new(self.topologies.len());
        self.keys.insert(key.to_owned(), index);
        self.topologies.push(Topology {
            key: key.to_owned(),
            domains: domains(key, table),
        });
        index
    }
}

fn domains(key: &str, table: &NodeTable<'_>) -> Domains {
    if key == HOST_NAME {
        return Domains::Host;
    }
    let mut values: BTreeMap<&str, u32> = BTreeMap::new();
    let of_node = table.objects.iter().map(|node| {
        let value = node.labels.get(key)?;
        let next = values.len() as u32;
        Some(*values.entry(value).or_insert(next))
    });
    Domains::Label {
        of_node: of_node.collect(),
        count: values.len() as u32,
    }
}

/// No input tells the labels of namespaces, so a selector of them can be put to names alone.
fn tell_of_unknown_namespaces(
    templates: &[(usize, &PodTemplate)],
    groups: &[Group<'_>],
    log: &mut IssueLog,
) {
    let asks_labels = |term: &PodAffinityTerm| {
        term.namespace_selector.as_ref().is_some_and(|selector| {
            let by_label = selector.match_labels.keys();
            let by_expression = selector.match_expressions.iter().map(|r| &r.key);
            by_label
                .chain(by_expression)
                .any(|key| key != NAMESPACE_NAME)
        })
    };
    let asking = templates.iter().filter(|(_, template)| {
        let near = template.required_affinity.iter();
        near.chain(&template.required_anti_affinity)
            .any(asks_labels)
    });
    for (position, _) in asking {
        let group = &groups[*position];
        log.warn(
            "namespace-labels-unknown",
            &format!("{:?} {}/{}", group.kind, group.namespace, group.name),
            "its pod affinity selects namespaces by labels that no input tells, so the labels \
             count as absent"
                .to_owned(),
            "list the namespaces by name in the term's `namespaces`",
        );
    }
}
