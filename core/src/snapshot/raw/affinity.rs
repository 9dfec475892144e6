//! Node affinity, pod affinity and spread constraints: what is required and what is preferred.

use serde::Deserialize;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::selector::{RawRequirement, RawSelector, requirements};
use crate::snapshot::{
    NodeInclusion, PodAffinityTerm, PreferredNodeTerm, SelectorRequirement, TopologySpread,
    WeightedPodTerm,
};

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
    preferred_during_scheduling_ignored_during_execution: Option<Vec<RawPreferredNode>>,
}

#[derive(Debug, Deserialize)]
struct RawPreferredNode {
    weight: Option<i64>,
    preference: Option<RawNodeTerm>,
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
    preferred_during_scheduling_ignored_during_execution: Option<Vec<RawWeightedTerm>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawWeightedTerm {
    weight: Option<i64>,
    pod_affinity_term: Option<RawPodTerm>,
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

/// What is asked of the node and of the pods on it and near it.
#[derive(Debug)]
pub(super) struct Affinity {
    /// Required terms of node affinity.
    pub(super) node: Vec<Vec<SelectorRequirement>>,
    /// Required terms of pod affinity.
    pub(super) pods: Vec<PodAffinityTerm>,
    /// Required terms of pod anti-affinity.
    pub(super) pods_apart: Vec<PodAffinityTerm>,
    /// Preferred terms of node affinity.
    pub(super) preferred_node: Vec<PreferredNodeTerm>,
    /// Preferred terms of pod affinity, then those of anti-affinity with their weights negated.
    pub(super) preferred_pods: Vec<WeightedPodTerm>,
}

impl RawAffinity {
    /// What is kept of it.
    pub(super) fn into_affinity(self, remarks: &mut Vec<Remark>) -> Affinity {
        let (required, preferred) = self.node.map_or((None, None), |rules| {
            (
                rules.required_during_scheduling_ignored_during_execution,
                rules.preferred_during_scheduling_ignored_during_execution,
            )
        });
        let (pods, mut preferred_pods) = pod_terms(self.pods, "podAffinity", remarks);
        let (pods_apart, shunned) = pod_terms(self.pods_apart, "podAntiAffinity", remarks);
        preferred_pods.extend(shunned.into_iter().map(|term| WeightedPodTerm {
            weight: -term.weight,
            ..term
        }));
        Affinity {
            node: node_terms(required, remarks),
            pods,
            pods_apart,
            preferred_node: preferred_node_terms(preferred.unwrap_or_default(), remarks),
            preferred_pods,
        }
    }
}

/// Preferred terms of node affinity; one without requirements prefers nothing.
fn preferred_node_terms(
    raw: Vec<RawPreferredNode>,
    remarks: &mut Vec<Remark>,
) -> Vec<PreferredNodeTerm> {
    let mut kept = Vec::new();
    for RawPreferredNode { weight, preference } in raw {
        let Some(preference) = preference else {
            continue;
        };
        let selector = RawNodeSelector {
            node_selector_terms: Some(vec![preference]),
        };
        let term = node_terms(Some(selector), remarks).pop();
        if let Some(requirements) = term.filter(|term| !term.is_empty()) {
            kept.push(PreferredNodeTerm {
                weight: term_weight(weight),
                requirements,
            });
        }
    }
    kept
}

/// The API server takes weights from 1 to 100 only.
fn term_weight(raw: Option<i64>) -> i32 {
    raw.unwrap_or_default().clamp(0, 100) as i32
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

/// Required terms and preferred ones; one that cannot be understood is left out.
fn pod_terms(
    raw: Option<RawPodTerms>,
    key: &'static str,
    remarks: &mut Vec<Remark>,
) -> (Vec<PodAffinityTerm>, Vec<WeightedPodTerm>) {
    let Some(raw) = raw else {
        return (Vec::new(), Vec::new());
    };
    let required = raw.required_during_scheduling_ignored_during_execution;
    let required = required.unwrap_or_default().into_iter();
    let required = required.filter_map(|raw| pod_term(raw, key, remarks));
    let required = required.collect();
    let preferred = raw.preferred_during_scheduling_ignored_during_execution;
    let preferred = preferred.unwrap_or_default().into_iter();
    let preferred = preferred.filter_map(|raw| {
        Some(WeightedPodTerm {
            weight: term_weight(raw.weight),
            term: pod_term(raw.pod_affinity_term?, key, remarks)?,
        })
    });
    (required, preferred.collect())
}

fn pod_term(
    raw: RawPodTerm,
    key: &'static str,
    remarks: &mut Vec<Remark>,
) -> Option<PodAffinityTerm> {
    // A term without a selector matches no pod, so it asks nothing.
    let selector = raw.label_selector?;
    let of_namespaces = match raw.namespace_selector.map(RawSelector::into_selector) {
        None => Some(None),
        Some(read) => read.map(Some),
    };
    let Some((label_selector, namespace_selector)) = selector.into_selector().zip(of_namespaces)
    else {
        remarks.push(bad_requirement(key));
        return None;
    };
    Some(PodAffinityTerm {
        label_selector,
        topology_key: raw.topology_key.unwrap_or_default(),
        namespaces: raw.namespaces.unwrap_or_default(),
        namespace_selector,
    })
}

/// Spread constraints: those that must be met, and those that are only preferred.
pub(super) fn spreads(
    raw: Option<Vec<RawSpread>>,
    remarks: &mut Vec<Remark>,
) -> (Vec<TopologySpread>, Vec<TopologySpread>) {
    let (mut required, mut preferred) = (Vec::new(), Vec::new());
    for raw in raw.unwrap_or_default() {
        let kept = match raw.when_unsatisfiable.as_deref() {
            Some("ScheduleAnyway") => &mut preferred,
            _ => &mut required,
        };
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
    (required, preferred)
}

fn bad_requirement(key: &'static str) -> Remark {
    Remark::warning(
        "bad-selector",
        key,
        format!("a requirement in {key} lacks its key or has an unknown operator"),
        "use In, NotIn, Exists, DoesNotExist, Gt or Lt; the term is left out",
    )
}
