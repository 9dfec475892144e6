//! Looks: nodes that no selector and no taint of the cluster can tell apart.
//!
//! Selectors are asked once for each look, so the work does not grow with the number of nodes, and
//! a node that a rehearsal makes looks like the one it is made from.

use std::collections::{BTreeMap, BTreeSet};

use super::TaintName;
use crate::ids::{LookIdx, NodeIdx, TaintIdx};
use crate::inventory::nodes::NodeTable;
use crate::snapshot::{NodeObject, PodTemplate, Taint, TaintEffect};

/// The label that names a node.
pub(super) const HOST_NAME: &str = "kubernetes.io/hostname";

/// The node field that names a node, where a selector is on fields.
pub(super) const NODE_NAME: &str = "metadata.name";

/// Taints that tell of a passing condition; the node's replacement will not have them.
const PASSING_TAINTS: [&str; 4] = [
    "node.kubernetes.io/",
    "node.cloudprovider.kubernetes.io/",
    "ToBeDeletedByClusterAutoscaler",
    "DeletionCandidateOfClusterAutoscaler",
];

/// What selectors can see of a node: the labels they ask for, and its lasting taints.
type Look<'a> = (BTreeMap<&'a str, &'a String>, Vec<(&'a str, &'a str, u8)>);

/// The looks of a cluster, and the taints in them.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// A node of each look.
    pub(super) examples: Vec<NodeIdx>,
    /// The taints that any of them has.
    pub(super) taints: Vec<TaintName>,
}

impl Looks {
    /// The index of a taint that a node of the cluster has.
    pub(super) fn find(&self, taint: &Taint) -> Option<TaintIdx> {
        let position = self
            .taints
            .iter()
            .position(|name| name.key == taint.key && name.value == taint.value)?;
        Some(TaintIdx::new(position))
    }
}

/// Finds the looks that the selectors of `templates` can tell apart, and notes each node's.
pub(super) fn resolve<'a>(
    templates: impl Iterator<Item = &'a PodTemplate> + Clone,
    table: &mut NodeTable<'_>,
) -> Looks {
    let by_selector = templates
        .clone()
        .flat_map(|template| template.node_selector.keys());
    let by_affinity = templates.flat_map(|template| {
        let required = template.required_node_affinity.iter();
        let preferred = template.preferred_node_affinity.iter();
        let preferred = preferred.map(|term| &term.requirements);
        required.chain(preferred).flatten().map(|r| &r.key)
    });
    let keys: BTreeSet<&str> = by_selector
        .chain(by_affinity)
        .map(String::as_str)
        .filter(|key| *key != HOST_NAME && *key != NODE_NAME)
        .collect();
    let mut looks = Looks::default();
    let mut seen: BTreeMap<Look<'_>, LookIdx> = BTreeMap::new();
    for (index, object) in table.objects.iter().enumerate() {
        let next = LookIdx::new(looks.examples.len());
        let found = *seen.entry(look(object, &keys)).or_insert(next);
        if found == next {
            looks.examples.push(NodeIdx::new(index));
            for taint in lasting_taints(object) {
                if looks.find(taint).is_none() {
                    looks.taints.push(TaintName {
                        key: taint.key.clone(),
                        value: taint.value.clone(),
                    });
                }
            }
        }
        table.nodes[index].look = found;
    }
    looks
}

/// Taints that keep pods away and belong to the node's pool.
pub(super) fn lasting_taints(node: &NodeObject) -> impl Iterator<Item = &Taint> {
    lasting(node).filter(|taint| taint.effect != TaintEffect::PreferNoSchedule)
}

/// Taints that pods had better avoid and that belong to the node's pool.
pub(super) fn lasting_preferences(node: &NodeObject) -> impl Iterator<Item = &Taint> {
    lasting(node).filter(|taint| taint.effect == TaintEffect::PreferNoSchedule)
}

fn lasting(node: &NodeObject) -> impl Iterator<Item = &Taint> {
    node.taints.iter().filter(|taint| {
        let mut passing = PASSING_TAINTS.iter();
        !passing.any(|prefix| taint.key.starts_with(prefix))
    })
}

fn look<'a>(node: &'a NodeObject, keys: &BTreeSet<&'a str>) -> Look<'a> {
    let labels = keys
        .iter()
        .filter_map(|key| Some((*key, node.labels.get(*key)?)))
        .collect();
    let taints = lasting(node)
        .map(|taint| (taint.key.as_str(), taint.value.as_str(), taint.effect as u8))
        .collect();
    (labels, taints)
}
