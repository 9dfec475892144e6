//! Preferences resolved: what makes the scheduler choose between nodes that all take a pod.

use super::looks::{HOST_NAME, Looks, lasting_preferences};
use super::neighbors::{Index, Topologies};
use super::placement::placing_template;
use super::tolerations::tolerates;
use super::{LookScore, Preferences, Resources, SpreadWish, WeightedTerm, WorkloadType, selectors};
use crate::ids::WorkloadIdx;
use crate::inventory::nodes::NodeTable;
use crate::inventory::workloads::Group;
use crate::snapshot::{PodTemplate, TopologySpread};

/// The label of a node's zone.
const ZONE: &str = "topology.kubernetes.io/zone";

/// What a required term of affinity weighs for the pods that it is about
/// (`hardPodAffinityWeight`).
const REQUIRED_WEIGHT: i64 = 1;

/// The system's own spread constraints: a label and the skew from which it begins to count.
const DEFAULT_SPREAD: [(&str, u32); 2] = [(HOST_NAME, 3), (ZONE, 5)];

/// The preferences of each group.
pub(super) fn resolve(
    groups: &[Group<'_>],
    table: &NodeTable<'_>,
    looks: &Looks,
    topologies: &mut Topologies,
) -> Vec<Preferences> {
    let index = Index::new(groups);
    let mut all = vec![Preferences::default(); groups.len()];
    for (position, group) in groups.iter().enumerate() {
        let Some(template) = placing_template(group) else {
            continue;
        };
        let own = WorkloadIdx::new(position);
        prefer_pods(&mut all, own, template, &index, topologies, table);
        // These pods are tied to their nodes.
        if matches!(group.kind, WorkloadType::DaemonSet | WorkloadType::Static) {
            continue;
        }
        let preferences = &mut all[position];
        preferences.scored = scored(template);
        preferences.looks = look_scores(template, table, looks);
        preferences.spread = spread(group.kind, own, template, &index, topologies, table);
    }
    all
}

fn scored(template: &PodTemplate) -> Option<Resources> {
    let scored = template.scored_requests?;
    Some(Resources {
        cpu_millis: scored.cpu_millis,
        memory_bytes: scored.memory_bytes,
        pods: 1,
    })
}

/// What each look is worth; nothing where all are worth the same. Where a preferred term names
/// hosts, this is for a node of a name nobody knows.
fn look_scores(template: &PodTemplate, table: &NodeTable<'_>, looks: &Looks) -> Vec<LookScore> {
    let scores = looks.examples.iter().map(|node| {
        let node = table.objects[node.index()];
        let tolerated = |taint| template.tolerations.iter().any(|t| tolerates(t, taint));
        let shunned = lasting_preferences(node).filter(|taint| !tolerated(taint));
        let met = template.preferred_node_affinity.iter().filter(|term| {
            let mut requirements = term.requirements.iter();
            requirements.all(|r| {
                let label = (r.key != HOST_NAME).then(|| node.labels.get(&r.key));
                selectors::meets(r, label.flatten())
            })
        });
        LookScore {
            shunned: shunned.count() as u32,
            wanted: met.map(|term| i64::from(term.weight)).sum(),
        }
    });
    let scores: Vec<LookScore> = scores.collect();
    let alike = scores.windows(2).all(|pair| pair[0] == pair[1]);
    if alike { Vec::new() } else { scores }
}

/// Constraints that are preferred. Pods of a replica set or a stateful set that state none at all
/// have the system's own, over the pods of their workload.
fn spread(
    kind: WorkloadType,
    own: WorkloadIdx,
    template: &PodTemplate,
    index: &Index<'_, '_>,
    topologies: &mut Topologies,
    table: &NodeTable<'_>,
) -> SpreadWish {
    if template.topology_spread.is_empty() && template.preferred_spread.is_empty() {
        if !matches!(kind, WorkloadType::Deployment | WorkloadType::StatefulSet) {
            return SpreadWish::default();
        }
        let rules = DEFAULT_SPREAD.into_iter().map(|(key, max_skew)| {
            let spread = TopologySpread {
                max_skew,
                ..TopologySpread::default()
            };
            let mut rule = index.spread(own, &spread, topologies.find(key, table));
            (rule.workloads, rule.counts_itself) = (vec![own], true);
            rule
        });
        return SpreadWish::Default(rules.collect());
    }
    let stated = template.preferred_spread.iter();
    let rules = stated.map(|spread| {
        let topology = topologies.find(&spread.topology_key, table);
        index.spread(own, spread, topology)
    });
    SpreadWish::Stated(rules.collect())
}

/// Notes what a workload's pods prefer of others, both ways: its own pods follow it, and so do
/// those that it is about. For these its required terms count too.
fn prefer_pods(
    all: &mut [Preferences],
    own: WorkloadIdx,
    template: &PodTemplate,
    index: &Index<'_, '_>,
    topologies: &mut Topologies,
    table: &NodeTable<'_>,
) {
    for preferred in &template.preferred_pod_affinity {
        let term = WeightedTerm {
            weight: i64::from(preferred.weight),
            topology: topologies.find(&preferred.term.topology_key, table),
            workloads: index.selected(own, &preferred.term),
        };
        draw_others(all, own, &term);
        all[own.index()].pods.push(term);
    }
    for required in &template.required_affinity {
        let term = WeightedTerm {
            weight: REQUIRED_WEIGHT,
            topology: topologies.find(&required.topology_key, table),
            workloads: index.selected(own, required),
        };
        draw_others(all, own, &term);
    }
}

/// A workload's pods draw those that its term is about near them, or keep them away.
fn draw_others(all: &mut [Preferences], own: WorkloadIdx, term: &WeightedTerm) {
    for other in &term.workloads {
        all[other.index()].pods.push(WeightedTerm {
            workloads: vec![own],
            ..*term
        });
    }
}
