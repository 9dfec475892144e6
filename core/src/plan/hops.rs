//! The order of versions within one cluster: what goes up when, never out of skew.
//!
//! A control plane goes one minor at a time. A pool waits as long as the skew policy lets it and
//! then jumps straight to the API server's version, because every roll of a pool drains all its
//! nodes and the fewest rolls disturb least.

use crate::ids::PoolIdx;
use crate::inventory::Cluster;
use crate::plan::HeldBack;
use crate::plan::skew::{exceeds, kubelet_allowed, reaches};
use crate::units::KubeVersion;

/// One step as far as versions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    /// The control plane and its own nodes.
    ControlPlane {
        /// Its version before.
        from: KubeVersion,
        /// Its version after.
        to: KubeVersion,
    },
    /// The CNI follows the control plane before pods move.
    Cni,
    /// A pool.
    Pool {
        /// The pool.
        pool: PoolIdx,
        /// Its kubelets' version after.
        to: KubeVersion,
    },
}

/// The versions of one cluster while its steps are laid out.
#[derive(Debug)]
struct Versions {
    api_server: KubeVersion,
    /// The oldest kubelet of the control plane's own nodes.
    control_plane_kubelet: Option<KubeVersion>,
    /// Worker pools, in the order in which they are rolled, with their oldest kubelets.
    pools: Vec<(PoolIdx, KubeVersion)>,
    /// Whether the CNI is behind the control plane.
    cni_behind: bool,
}

/// The hops that bring `cluster` to `target`, or why there are none.
pub(super) fn lay_out(cluster: &Cluster, target: KubeVersion) -> Result<Vec<Hop>, HeldBack> {
    let Some(api_server) = cluster.version.value().copied() else {
        return Err(HeldBack::VersionUnknown);
    };
    if exceeds(api_server, target) {
        return Err(HeldBack::AheadOfTarget(api_server));
    }
    if cluster.nodes.is_empty() {
        return Err(HeldBack::NoNodes);
    }
    let kubelets = cluster.nodes.iter().filter_map(|n| n.kubelet.value());
    let outside = kubelets
        .copied()
        .filter(|kubelet| !kubelet_allowed(*kubelet, api_server));
    if let Some(kubelet) = outside.min() {
        return Err(HeldBack::SkewAlreadyBroken {
            kubelet,
            api_server,
        });
    }
    let versions = Versions {
        api_server,
        control_plane_kubelet: control_plane_kubelet(cluster),
        pools: worker_pools(cluster, api_server),
        cni_behind: false,
    };
    let hops = climb(versions, target, &unknown_pools(cluster));
    match hops.as_slice() {
        [] => Err(HeldBack::AtTarget),
        _ => Ok(hops),
    }
}

/// Goes up from `versions` to `target`; pools in `unknown` are rolled in any case.
fn climb(mut versions: Versions, target: KubeVersion, unknown: &[PoolIdx]) -> Vec<Hop> {
    let mut hops = Vec::new();
    while !reaches(versions.api_server, target) {
        let from = versions.api_server;
        let to = match from.next_minor() {
            _ if from.minor >= target.minor => target,
            next if next.minor >= target.minor => target,
            next => next,
        };
        let stays = |kubelet: KubeVersion| kubelet_allowed(kubelet, to);
        versions.catch_up_control_plane(from, &mut hops, stays);
        versions.roll_pools(from, &mut hops, |_, kubelet| stays(kubelet));
        hops.push(Hop::ControlPlane { from, to });
        versions.api_server = to;
        versions.control_plane_kubelet = versions.control_plane_kubelet.map(|_| to);
        versions.cni_behind = true;
    }
    let at = versions.api_server;
    versions.catch_up_control_plane(at, &mut hops, |kubelet| reaches(kubelet, target));
    versions.roll_pools(target, &mut hops, |pool, kubelet| {
        reaches(kubelet, target) && !unknown.contains(&pool)
    });
    if versions.cni_behind {
        hops.push(Hop::Cni);
    }
    hops
}

impl Versions {
    /// Rolls the control plane's own nodes at an unchanged version when their kubelets may not
    /// stay as they are.
    fn catch_up_control_plane(
        &mut self,
        to: KubeVersion,
        hops: &mut Vec<Hop>,
        stays: impl Fn(KubeVersion) -> bool,
    ) {
        if self.control_plane_kubelet.is_none_or(stays) {
            return;
        }
        hops.push(Hop::ControlPlane { from: to, to });
        self.control_plane_kubelet = Some(to);
    }

    /// Brings the pools that may not stay as they are to `to`, after the CNI.
    fn roll_pools(
        &mut self,
        to: KubeVersion,
        hops: &mut Vec<Hop>,
        stays: impl Fn(PoolIdx, KubeVersion) -> bool,
    ) {
        for (pool, kubelet) in &mut self.pools {
            if stays(*pool, *kubelet) {
                continue;
            }
            if self.cni_behind {
                hops.push(Hop::Cni);
                self.cni_behind = false;
            }
            hops.push(Hop::Pool { pool: *pool, to });
            *kubelet = to;
        }
    }
}

/// The oldest kubelet of the control plane's own nodes.
fn control_plane_kubelet(cluster: &Cluster) -> Option<KubeVersion> {
    let pools = cluster.pools.iter().filter(|pool| pool.control_plane);
    let nodes = pools.flat_map(|pool| &pool.nodes);
    nodes
        .filter_map(|node| cluster.nodes[node.index()].kubelet.value().copied())
        .min()
}

/// Worker pools, smallest first: a mistake shows where it costs least.
///
/// Kubelets that are not known are taken to be at the API server's version.
fn worker_pools(cluster: &Cluster, api_server: KubeVersion) -> Vec<(PoolIdx, KubeVersion)> {
    let mut pools: Vec<_> = cluster
        .pools
        .iter()
        .enumerate()
        .filter(|(_, pool)| !pool.control_plane && !pool.nodes.is_empty())
        .collect();
    pools.sort_by_key(|(_, pool)| (pool.nodes.len(), &pool.name));
    let oldest = |nodes: &[crate::ids::NodeIdx]| {
        nodes
            .iter()
            .filter_map(|node| cluster.nodes[node.index()].kubelet.value().copied())
            .min()
    };
    pools
        .into_iter()
        .map(|(position, pool)| {
            let kubelet = oldest(&pool.nodes).unwrap_or(api_server);
            (PoolIdx::new(position), kubelet)
        })
        .collect()
}

/// Worker pools with a node whose kubelet's version is not known.
fn unknown_pools(cluster: &Cluster) -> Vec<PoolIdx> {
    let unknown = |node: &crate::ids::NodeIdx| {
        let node = &cluster.nodes[node.index()];
        node.kubelet.value().is_none()
    };
    cluster
        .pools
        .iter()
        .enumerate()
        .filter(|(_, pool)| !pool.control_plane && pool.nodes.iter().any(unknown))
        .map(|(position, _)| PoolIdx::new(position))
        .collect()
}
