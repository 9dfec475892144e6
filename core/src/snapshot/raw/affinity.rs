//! Node affinity, pod affinity and spread constraints: what is required, not what is preferred.

use serde::Deserialize;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::selector::{RawRequirement, RawSelector, requirements};
use crate::snapshot::{NodeInclusion, PodAffinityTerm, SelectorRequirement, TopologySpread};

/// `Affinity`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RawAffinity {
    #[serde(rename = "nodeAffinity")]
    node: Option<RawNodeAffinity>,
    #[serde(rename = "podAffinity")]
    pods: Option<RawPodTerms>,
    #[serde(rename = "podAntiAffinity")]
    pods_apart: Option<RawPodTerms>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeAffinity {
    required_during_scheduling_ignored_during_execution: Option<RawNodeSelector>,
}

/// `NodeSelector`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawNodeSelector {
    node_selector_terms: Option<Vec<RawNodeTerm>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeTerm {
    match_expressions: Option<Vec<RawRequirement>>,
    match_fields: Option<Vec<RawRequirement>>,
}

/// `PodAffinity` and `PodAntiAffinity`, which are alike.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPodTerms {
    required_during_scheduling_ignored_during_execution: Option<Vec<RawPodTerm>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPodTerm {
    label_selector: Option<RawSelector>,
    topology_key: Option<String>,
    namespaces: Option<Vec<String>>,
    namespace_selector: Option<RawSelector>,
}

/// `TopologySpreadConstraint`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawSpread {
    max_skew: Option<i64>,
    topology_key: Option<String>,
    when_unsatisfiable: Option<String>,
    label_selector: Option<RawSelector>,
    min_domains: Option<i64>,
    node_affinity_policy: Option<String>,
    node_taints_policy: Option<String>,
    match_label_keys: Option<Vec<String>>,
}

/// What is required of the node and of the pods on it and near it.
#[derive(Debug)]
pub(super) struct Required {
    /// Terms of node affinity.
    pub(super) node: Vec<Vec<SelectorRequirement>>,
    /// Terms of pod affinity.
    pub(super) pods: Vec<PodAffinityTerm>,
    /// Terms of pod anti-affinity.
    pub(super) pods_apart: Vec<PodAffinityTerm>,
}

impl RawAffinity {
    /// What is kept of it.
    pub(super) fn into_required(self, remarks: &mut Vec<Remark>) -> Required {
        let node_selector = self
            .node
            .and_then(|rules| rules.required_during_scheduling_ignored_during_execution);
        Required {
            node: node_terms(node_selector, remarks),
            pods: pod_terms(self.pods, "podAffinity", remarks),
            pods_apart: pod_terms(self.pods_apart, "podAntiAffinity", remarks),
        }
    }
}

/// Terms of a node selector; one that cannot be understood is left out, and so matches nothing.
pub(super) fn node_terms(
    raw: Option<RawNodeSelector>,
    remarks: &mut Vec<Remark>,
) -> Vec<Vec<SelectorRequirement>> {
    let terms = raw.and_then(|raw| raw.node_selector_terms);
    let mut kept = Vec::new();
    for raw in terms.unwrap_or_default() {
        let fields = requirements(raw.match_fields);
        match requirements(raw.match_expressions).zip(fields) {
            Some((mut term, fields)) => {
                term.extend(fields);
                kept.push(term);
            }
            None => remarks.push(bad_requirement("nodeSelectorTerms")),
        }
    }
    kept
}

fn pod_terms(
    raw: Option<RawPodTerms>,
    key: &'static str,
    remarks: &mut Vec<Remark>,
) -> Vec<PodAffinityTerm> {
    let terms = raw.and_then(|raw| raw.required_during_scheduling_ignored_during_execution);
    let mut kept = Vec::new();
    for raw in terms.unwrap_or_default() {
        // A term without a selector matches no pod, so it keeps nothing away.
        let Some(selector) = raw.label_selector else {
            continue;
        };
        let of_namespaces = match raw.namespace_selector.map(RawSelector::into_selector) {
            None => Some(None),
            Some(read) => read.map(Some),
        };
        match selector.into_selector().zip(of_namespaces) {
            Some((label_selector, namespace_selector)) => kept.push(PodAffinityTerm {
                label_selector,
                topology_key: raw.topology_key.unwrap_or_default(),
                namespaces: raw.namespaces.unwrap_or_default(),
                namespace_selector,
            }),
            None => remarks.push(bad_requirement(key)),
        }
    }
    kept
}

/// Spread constraints that must be met; those that are only preferred hold no pod back.
pub(super) fn spreads(
    raw: Option<Vec<RawSpread>>,
    remarks: &mut Vec<Remark>,
) -> Vec<TopologySpread> {
    let mut kept = Vec::new();
    for raw in raw.unwrap_or_default() {
        if raw.when_unsatisfiable.as_deref() == Some("ScheduleAnyway") {
            continue;
        }
        let selector = raw.label_selector.map(RawSelector::into_selector);
        if selector == Some(None) {
            remarks.push(bad_requirement("topologySpreadConstraints"));
            continue;
        }
        let count = |raw: Option<i64>| raw.and_then(|raw| u32::try_from(raw).ok());
        let inclusion = |raw: Option<String>| match raw?.as_str() {
            "Honor" => Some(NodeInclusion::Honor),
            "Ignore" => Some(NodeInclusion::Ignore),
            _ => None,
        };
        let defaults = TopologySpread::default();
        kept.push(TopologySpread {
            max_skew: count(raw.max_skew).unwrap_or(defaults.max_skew),
            topology_key: raw.topology_key.unwrap_or_default(),
            label_selector: selector.flatten(),
            min_domains: count(raw.min_domains).unwrap_or(defaults.min_domains),
            node_affinity_policy: inclusion(raw.node_affinity_policy)
                .unwrap_or(defaults.node_affinity_policy),
            node_taints_policy: inclusion(raw.node_taints_policy)
                .unwrap_or(defaults.node_taints_policy),
            match_label_keys: raw.match_label_keys.unwrap_or_default(),
        });
    }
    kept
}

fn bad_requirement(key: &'static str) -> Remark {
    Remark::warning(
        "bad-selector",
        key,
        format!("a requirement in {key} lacks its key or has an unknown operator"),
        "use In, NotIn, Exists, DoesNotExist, Gt or Lt; the term is left out",
    )
}
