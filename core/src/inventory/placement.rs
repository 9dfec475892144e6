//! Where a workload's pods may run: selectors, affinity and taints, asked of every pool.
//!
//! A pool accepts a pod when one of its nodes does. Nodes of a pool that look the same to every
//! selector of the cluster are asked once, so the work does not grow with the number of nodes.

use std::collections::{BTreeMap, BTreeSet};

use super::tolerations::tolerates;
use super::{Placement, Spread, WorkloadType};
use crate::ids::{NodeIdx, PoolIdx};
use crate::inventory::issues::IssueLog;
use crate::inventory::nodes::{NodeTable, ZONE_LABELS};
use crate::inventory::selectors;
use crate::inventory::workloads::Group;
use crate::snapshot::{
    NodeObject, PodTemplate, SelectorOperator, SelectorRequirement, Taint, TaintEffect,
};

/// The label that names a node.
const HOST_NAME: &str = "kubernetes.io/hostname";

/// The node field that names a node, where a selector is on fields.
const NODE_NAME: &str = "metadata.name";

/// Taints that tell of a passing condition; the node's replacement will not have them.
const PASSING_TAINTS: [&str; 4] = [
    "node.kubernetes.io/",
    "node.cloudprovider.kubernetes.io/",
    "ToBeDeletedByClusterAutoscaler",
    "DeletionCandidateOfClusterAutoscaler",
];

/// What selectors can see of a node: the labels they ask for, and its lasting taints.
type Look<'a> = (BTreeMap<&'a str, &'a String>, Vec<(&'a str, &'a str, u8)>);

/// One node for each look that the nodes of a pool have.
type Looks = Vec<Vec<NodeIdx>>;

/// The placement of each group.
pub(super) fn resolve(
    groups: &[Group<'_>],
    table: &NodeTable<'_>,
    log: &mut IssueLog,
) -> Vec<Placement> {
    let looks = distinct_looks(groups, table);
    let mut places = Vec::with_capacity(groups.len());
    for group in groups {
        let template = placing_template(group);
        let (Some(template), false) = (template, group.kind == WorkloadType::Static) else {
            places.push(Placement::default());
            continue;
        };
        let place = place(group, template, table, &looks);
        let nowhere = place.pools.as_ref().is_some_and(Vec::is_empty);
        if nowhere && group.active > 0 && !table.nodes.is_empty() {
            log.warn(
                "workload-fits-no-pool",
                &format!("{:?} {}/{}", group.kind, group.namespace, group.name),
                "no node meets its selectors and taints, so its pods can start nowhere".to_owned(),
                "check the labels and taints of the nodes it should run on",
            );
        }
        places.push(place);
    }
    places
}

/// The template that says where pods may go. A daemon set's pods are each tied to their node, so
/// its own template is asked first.
fn placing_template<'a>(group: &Group<'a>) -> Option<&'a PodTemplate> {
    let by_object = group.object.map(|object| &object.template);
    match group.kind {
        WorkloadType::DaemonSet => by_object.or_else(|| group.pod_template()),
        _ => group.pod_template(),
    }
}

fn place(
    group: &Group<'_>,
    template: &PodTemplate,
    table: &NodeTable<'_>,
    looks: &Looks,
) -> Placement {
    let terms = terms(group.kind, template);
    let spread = spread(group, template);
    let host_name = template.node_selector.get(HOST_NAME);
    if let Some(host_name) = host_name.or_else(|| one_host(&terms)) {
        let node = table.find_host(host_name);
        return Placement {
            pools: Some(
                node.map(|node| table.nodes[node.index()].pool)
                    .into_iter()
                    .collect(),
            ),
            node,
            spread,
        };
    }
    let by_host = terms.iter().flatten().any(|r| names_host(r));
    let accepts = |node: &NodeIdx| accepts(table.objects[node.index()], template, &terms);
    let pools: Vec<PoolIdx> = table
        .pools
        .iter()
        .zip(looks)
        .enumerate()
        .filter(|(_, (pool, looks))| {
            let nodes = if by_host { &pool.nodes } else { *looks };
            nodes.iter().any(accepts)
        })
        .map(|(position, _)| PoolIdx::new(position))
        .collect();
    Placement {
        pools: (pools.len() < table.pools.len()).then_some(pools),
        node: None,
        spread,
    }
}

/// The terms of required node affinity that say something of the workload as a whole. Into those
/// of a daemon set's pods its controller has written the name of each pod's node.
fn terms(kind: WorkloadType, template: &PodTemplate) -> Vec<Vec<&SelectorRequirement>> {
    let terms = template.required_node_affinity.iter();
    if kind != WorkloadType::DaemonSet {
        return terms.map(|term| term.iter().collect()).collect();
    }
    let about_all = |requirement: &&SelectorRequirement| requirement.key != NODE_NAME;
    terms
        .map(|term| term.iter().filter(about_all).collect())
        .filter(|term: &Vec<_>| !term.is_empty())
        .collect()
}

fn names_host(requirement: &SelectorRequirement) -> bool {
    requirement.key == HOST_NAME || requirement.key == NODE_NAME
}

/// The host that required node affinity leaves as the only choice.
fn one_host<'a>(terms: &[Vec<&'a SelectorRequirement>]) -> Option<&'a String> {
    let [term] = terms else {
        return None;
    };
    term.iter().find_map(|requirement| {
        let [value] = requirement.values.as_slice() else {
            return None;
        };
        let equal = requirement.operator == SelectorOperator::In;
        (equal && names_host(requirement)).then_some(value)
    })
}

fn accepts(node: &NodeObject, template: &PodTemplate, terms: &[Vec<&SelectorRequirement>]) -> bool {
    let selected = template
        .node_selector
        .iter()
        .all(|(key, value)| node.labels.get(key) == Some(value));
    let label = |key: &str| match key {
        NODE_NAME => Some(&node.name),
        HOST_NAME => node.labels.get(key).or(Some(&node.name)),
        _ => node.labels.get(key),
    };
    // A term without requirements selects no node.
    let meets = |term: &Vec<&SelectorRequirement>| {
        !term.is_empty() && term.iter().all(|r| selectors::meets(r, label(&r.key)))
    };
    selected
        && (terms.is_empty() || terms.iter().any(meets))
        && lasting_taints(node).all(|taint| {
            template
                .tolerations
                .iter()
                .any(|toleration| tolerates(toleration, taint))
        })
}

/// Taints that keep pods away and belong to the node's pool.
fn lasting_taints(node: &NodeObject) -> impl Iterator<Item = &Taint> {
    node.taints.iter().filter(|taint| {
        let passing = PASSING_TAINTS
            .iter()
            .any(|prefix| taint.key.starts_with(prefix));
        taint.effect != TaintEffect::PreferNoSchedule && !passing
    })
}

/// What required anti-affinity against pods of its own keeps apart.
fn spread(group: &Group<'_>, template: &PodTemplate) -> Spread {
    let Some(labels) = group.pod_labels() else {
        return Spread::None;
    };
    let mut spread = Spread::None;
    for term in &template.required_anti_affinity {
        if !selectors::selects(&term.label_selector, labels) {
            continue;
        }
        if ZONE_LABELS.contains(&term.topology_key.as_str()) {
            // One pod for each zone is one for each node as well.
            return Spread::PerZone;
        }
        if term.topology_key == HOST_NAME {
            spread = Spread::PerNode;
        }
    }
    spread
}

/// For each pool, one node of every look that the selectors of the cluster can tell apart.
fn distinct_looks(groups: &[Group<'_>], table: &NodeTable<'_>) -> Looks {
    let templates = || groups.iter().filter_map(placing_template);
    let by_selector = templates().flat_map(|template| template.node_selector.keys());
    let by_affinity = templates()
        .flat_map(|template| template.required_node_affinity.iter().flatten())
        .map(|requirement| &requirement.key);
    let keys: BTreeSet<&str> = by_selector
        .chain(by_affinity)
        .map(String::as_str)
        .filter(|key| *key != HOST_NAME && *key != NODE_NAME)
        .collect();
    let mut looks = Vec::with_capacity(table.pools.len());
    for pool in &table.pools {
        let mut seen: BTreeSet<Look<'_>> = BTreeSet::new();
        let nodes = pool.nodes.iter().copied();
        looks.push(
            nodes
                .filter(|node| seen.insert(look(table.objects[node.index()], &keys)))
                .collect(),
        );
    }
    looks
}

fn look<'a>(node: &'a NodeObject, keys: &BTreeSet<&'a str>) -> Look<'a> {
    let labels = keys
        .iter()
        .filter_map(|key| Some((*key, node.labels.get(*key)?)))
        .collect();
    let taints = lasting_taints(node)
        .map(|taint| (taint.key.as_str(), taint.value.as_str(), taint.effect as u8))
        .collect();
    (labels, taints)
}
