//! What a pod specification asks of nodes and of the pods around it: affinity and spreading.
//!
//! What is required can leave a pod without a node; what is preferred only moves scores.

use serde::{Deserialize, Serialize};

use super::selector::{LabelSelector, SelectorRequirement};

/// A term of pod affinity or anti-affinity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinityTerm {
    /// Which pods it is about.
    pub label_selector: LabelSelector,
    /// The node label that says what "together" means.
    pub topology_key: String,
    /// The namespaces it looks in; with no selector of namespaces either, its pod's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Selects further namespaces by their labels; an empty one selects all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
}

/// A preferred term of pod affinity or, with a weight below zero, of anti-affinity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WeightedPodTerm {
    /// From 1 to 100; of anti-affinity from -100 to -1.
    pub weight: i32,
    /// What is preferred.
    pub term: PodAffinityTerm,
}

/// A preferred term of node affinity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreferredNodeTerm {
    /// From 1 to 100.
    pub weight: i32,
    /// What a node must meet in full.
    pub requirements: Vec<SelectorRequirement>,
}

/// A constraint of `topologySpreadConstraints`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TopologySpread {
    /// How many more pods a domain may have than the emptiest.
    pub max_skew: u32,
    /// The node label whose values are the domains.
    pub topology_key: String,
    /// Which pods of the namespace are counted; none counts none.
    pub label_selector: Option<LabelSelector>,
    /// With fewer domains than these, the emptiest counts as having no pod.
    pub min_domains: u32,
    /// Whether nodes count that the pod's node affinity excludes.
    pub node_affinity_policy: NodeInclusion,
    /// Whether nodes count whose taints the pod does not tolerate.
    pub node_taints_policy: NodeInclusion,
    /// Labels whose values counted pods must share with the pod.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_label_keys: Vec<String>,
}

impl Default for TopologySpread {
    /// The API server's defaults.
    fn default() -> Self {
        Self {
            max_skew: 1,
            topology_key: String::new(),
            label_selector: None,
            min_domains: 1,
            node_affinity_policy: NodeInclusion::Honor,
            node_taints_policy: NodeInclusion::Ignore,
            match_label_keys: Vec::new(),
        }
    }
}

/// Whether nodes that a pod may not use count as domains of a spread constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeInclusion {
    /// Only nodes it may use count.
    Honor,
    /// All nodes count.
    Ignore,
}

/// `spec.preemptionPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PreemptionPolicy {
    /// It may displace pods of lower priority.
    #[default]
    PreemptLowerPriority,
    /// It waits its turn.
    Never,
}

/// A passing condition of a node that keeps pods off it by a taint with the effect `NoSchedule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NodePressure {
    /// `MemoryPressure`.
    Memory,
    /// `DiskPressure`.
    Disk,
    /// `PIDPressure`.
    Pid,
    /// `NetworkUnavailable`.
    Network,
}

impl NodePressure {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Memory, Self::Disk, Self::Pid, Self::Network];

    /// The type of the condition.
    pub const fn condition(self) -> &'static str {
        match self {
            Self::Memory => "MemoryPressure",
            Self::Disk => "DiskPressure",
            Self::Pid => "PIDPressure",
            Self::Network => "NetworkUnavailable",
        }
    }

    /// The key of the taint that the node lifecycle controller adds for it.
    pub const fn taint(self) -> &'static str {
        match self {
            Self::Memory => "node.kubernetes.io/memory-pressure",
            Self::Disk => "node.kubernetes.io/disk-pressure",
            Self::Pid => "node.kubernetes.io/pid-pressure",
            Self::Network => "node.kubernetes.io/network-unavailable",
        }
    }
}
