//! Why a drain cannot be rehearsed.

use std::fmt;

use crate::inventory::{Cluster, Inventory};

/// Names told where one is not found.
const N_NAMES: usize = 8;

/// Why a drain cannot be rehearsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrainError {
    /// No node was named.
    NoNode {
        /// The cluster.
        cluster: String,
    },
    /// The input holds no nodes.
    NoNodes,
    /// The input holds no pods of a cluster, so nothing can be said of its drains.
    NoPods {
        /// The cluster.
        cluster: String,
    },
    /// The cluster has no node of this name.
    UnknownNode {
        /// The name.
        node: String,
        /// The cluster.
        cluster: String,
        /// Some of the nodes there are.
        known: Vec<String>,
        /// How many there are.
        total: usize,
    },
    /// There is no cluster of this name.
    UnknownCluster {
        /// The name.
        cluster: String,
        /// Some of the clusters there are.
        known: Vec<String>,
    },
    /// No cluster has a node of this name.
    NoClusterHas {
        /// The node.
        node: String,
    },
    /// Nodes of several clusters have this name.
    SeveralClustersHave {
        /// The node.
        node: String,
        /// The clusters.
        clusters: Vec<String>,
    },
}

impl DrainError {
    pub(super) fn unknown_node(cluster: &Cluster, node: &str) -> Self {
        let names = cluster.nodes.iter().map(|node| node.name.clone());
        Self::UnknownNode {
            node: node.to_owned(),
            cluster: cluster.name.clone(),
            known: names.take(N_NAMES).collect(),
            total: cluster.nodes.len(),
        }
    }

    pub(super) fn unknown_cluster(inventory: &Inventory, cluster: &str) -> Self {
        let names = inventory
            .clusters
            .iter()
            .map(|cluster| cluster.name.clone());
        Self::UnknownCluster {
            cluster: cluster.to_owned(),
            known: names.take(N_NAMES).collect(),
        }
    }
}

impl fmt::Display for DrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNode { cluster } => write!(
                f,
                "no node of {cluster} was named; name one with --node, or give --all"
            ),
            Self::NoNodes => f.write_str(
                "the input holds no nodes; add the output of `kubectl get nodes -o json`",
            ),
            Self::NoPods { cluster } => write!(
                f,
                "the input holds no pods of {cluster}, so nothing can be said of its drains; add \
                 the output of `kubectl get pods -A -o json`"
            ),
            Self::UnknownNode {
                node,
                cluster,
                known,
                total,
            } => {
                write!(f, "{cluster} has no node {node}; ")?;
                let more = total.saturating_sub(known.len());
                match (known.is_empty(), more) {
                    (true, _) => f.write_str(
                        "the input holds no nodes of it; add the output of `kubectl get nodes \
                         -o json`",
                    ),
                    (false, 0) => write!(f, "there are {}", known.join(", ")),
                    (false, more) => write!(f, "there are {} and {more} more", known.join(", ")),
                }
            }
            Self::UnknownCluster { cluster, known } => write!(
                f,
                "there is no cluster {cluster}; there are {}",
                known.join(", ")
            ),
            Self::NoClusterHas { node } => write!(
                f,
                "no cluster has a node {node}; `wavetank drain INPUT --all` tells of every node \
                 there is"
            ),
            Self::SeveralClustersHave { node, clusters } => write!(
                f,
                "{} have a node {node}; say which with --cluster",
                clusters.join(" and ")
            ),
        }
    }
}

impl std::error::Error for DrainError {}
