//! Node pools: which nodes are upgraded together.
//!
//! Providers say so in labels. Where none does, nodes of one machine type, then of one role, are
//! taken for a pool, because that is how hand-made fleets are rolled.

use std::collections::BTreeMap;

use super::NodePool;
use crate::ids::{NodeIdx, PoolIdx};
use crate::snapshot::NodeObject;

/// Labels that name a node's pool, the most telling first.
const POOL_LABELS: [&str; 15] = [
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "kops.k8s.io/instancegroup",
    "karpenter.sh/nodepool",
    "karpenter.sh/provisioner-name",
    "topology.cluster.x-k8s.io/deployment-name",
    "cluster.x-k8s.io/deployment-name",
    "cluster.x-k8s.io/pool-name",
    "doks.digitalocean.com/node-pool",
    "lke.linode.com/pool-id",
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
];

/// Labels that Karpenter gives every node it makes, the current name first.
const KARPENTER_LABELS: [&str; 2] = ["karpenter.sh/nodepool", "karpenter.sh/provisioner-name"];

/// Labels by which a node says that it runs the control plane, whatever their value.
const CONTROL_PLANE_LABELS: [&str; 3] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
    "node-role.kubernetes.io/controlplane",
];

/// The name of the pool that the control-plane nodes form.
const CONTROL_PLANE_POOL: &str = "control-plane";

/// Whether `node` says that it runs the control plane.
pub(super) fn says_control_plane(node: &NodeObject) -> bool {
    let labelled = CONTROL_PLANE_LABELS
        .iter()
        .any(|label| node.labels.contains_key(*label));
    labelled
        || node
            .labels
            .get("kubernetes.io/role")
            .is_some_and(|role| role == "master")
}

/// The pools, control plane first and then by name, and the pool of each node.
///
/// `control_plane` tells for each node whether it runs the control plane.
pub(super) fn resolve(
    objects: &[&NodeObject],
    control_plane: &[bool],
) -> (Vec<NodePool>, Vec<PoolIdx>) {
    let mut members: BTreeMap<(bool, String), Vec<NodeIdx>> = BTreeMap::new();
    for (index, (node, control_plane)) in objects.iter().zip(control_plane).enumerate() {
        let name = if *control_plane {
            CONTROL_PLANE_POOL.to_owned()
        } else {
            worker_pool_name(node)
        };
        members
            .entry((!control_plane, name))
            .or_default()
            .push(NodeIdx::new(index));
    }
    let mut pools = Vec::with_capacity(members.len());
    let mut pool_of = vec![PoolIdx(0); objects.len()];
    for ((worker, name), nodes) in members {
        for node in &nodes {
            pool_of[node.index()] = PoolIdx::new(pools.len());
        }
        pools.push(NodePool {
            name,
            control_plane: !worker,
            by_karpenter: worker
                && nodes
                    .iter()
                    .any(|node| is_karpenters(objects[node.index()])),
            nodes,
        });
    }
    (pools, pool_of)
}

/// Whether Karpenter made `node`.
fn is_karpenters(node: &NodeObject) -> bool {
    let labels = KARPENTER_LABELS.iter();
    labels
        .filter_map(|label| node.labels.get(*label))
        .any(|name| !name.is_empty())
}

fn worker_pool_name(node: &NodeObject) -> String {
    let by_label = POOL_LABELS
        .iter()
        .find_map(|label| node.labels.get(*label).filter(|name| !name.is_empty()));
    if let Some(name) = by_label {
        // A worker pool must not be mistaken for the control plane where a fault names a pool.
        return match name.as_str() {
            CONTROL_PLANE_POOL => format!("{CONTROL_PLANE_POOL} (workers)"),
            _ => name.clone(),
        };
    }
    let role = node
        .labels
        .keys()
        .find_map(|key| key.strip_prefix("node-role.kubernetes.io/"))
        .or_else(|| node.labels.get("kubernetes.io/role").map(String::as_str));
    match role {
        Some(role) if !role.is_empty() && role != "node" => role.to_owned(),
        _ => "workers".to_owned(),
    }
}
