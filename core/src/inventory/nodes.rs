//! Nodes of a cluster, with their pools, zones and an index by name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Node, NodePool, Resources};
use crate::ids::{LookIdx, NodeIdx, ZoneIdx};
use crate::inventory::issues::IssueLog;
use crate::inventory::pools;
use crate::snapshot::{ClusterSnapshot, NodeObject};
use crate::units::KubeVersion;

/// Pod slots of a node that does not tell: the kubelet's default.
const DEFAULT_POD_SLOTS: u32 = 110;

/// The most of each that a machine can have, by a wide margin: beyond it a number is a slip. A
/// hundred thousand nodes of this size can still be added up.
pub(super) const MOST: Resources = Resources {
    cpu_millis: 1_000_000_000,
    memory_bytes: 1 << 50,
    pods: u32::MAX,
};

/// Labels that hold a node's zone, current name first.
pub(super) const ZONE_LABELS: [&str; 2] = [
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
];

/// The label, of any value, that takes a node out of what counts as a zone's disruption.
const EXCLUDE_DISRUPTION: &str = "node.kubernetes.io/exclude-disruption";

/// The nodes of one cluster while it is being resolved.
#[derive(Debug)]
pub(super) struct NodeTable<'a> {
    /// The objects, in the order of the snapshot, each name once.
    pub(super) objects: Vec<&'a NodeObject>,
    /// What was made of them, by the same index.
    pub(super) nodes: Vec<Node>,
    /// Their pools.
    pub(super) pools: Vec<NodePool>,
    /// Zone names.
    pub(super) zones: Vec<String>,
    by_name: BTreeMap<&'a str, NodeIdx>,
    by_host_name: BTreeMap<&'a str, NodeIdx>,
    zone_index: BTreeMap<String, ZoneIdx>,
}

impl NodeTable<'_> {
    /// The node of this name.
    pub(super) fn find(&self, name: &str) -> Option<NodeIdx> {
        self.by_name.get(name).copied()
    }

    /// The node whose label `kubernetes.io/hostname` has this value, or else of this name.
    pub(super) fn find_host(&self, host_name: &str) -> Option<NodeIdx> {
        let by_label = self.by_host_name.get(host_name).copied();
        by_label.or_else(|| self.find(host_name))
    }

    /// The zone of this name, which need not have a node.
    pub(super) fn intern_zone(&mut self, name: &str) -> ZoneIdx {
        if let Some(index) = self.zone_index.get(name) {
            return *index;
        }
        let index = ZoneIdx::new(self.zones.len());
        self.zones.push(name.to_owned());
        self.zone_index.insert(name.to_owned(), index);
        index
    }
}

/// Resolves the nodes of `cluster`.
pub(super) fn resolve<'a>(cluster: &'a ClusterSnapshot, log: &mut IssueLog) -> NodeTable<'a> {
    let mut by_name = BTreeMap::new();
    let mut by_host_name = BTreeMap::new();
    let mut objects: Vec<&NodeObject> = Vec::with_capacity(cluster.nodes.len());
    for object in &cluster.nodes {
        if by_name.contains_key(object.name.as_str()) {
            log.warn(
                "duplicate-node",
                &format!("Node {}", object.name),
                "a node of this name was read before, so this one is left out".to_owned(),
                "keep the dumps of different clusters apart",
            );
            continue;
        }
        let index = NodeIdx::new(objects.len());
        by_name.insert(object.name.as_str(), index);
        if let Some(host_name) = object.labels.get("kubernetes.io/hostname") {
            by_host_name.entry(host_name.as_str()).or_insert(index);
        }
        objects.push(object);
    }
    let static_hosts = hosts_of_api_servers(cluster);
    let control_plane: Vec<bool> = objects
        .iter()
        .map(|node| pools::says_control_plane(node) || static_hosts.contains(node.name.as_str()))
        .collect();
    let (pools, pool_of) = pools::resolve(&objects, &control_plane);
    let zones = zone_names(&objects);
    let zone_index = zones
        .iter()
        .enumerate()
        .map(|(position, zone)| (zone.clone(), ZoneIdx::new(position)))
        .collect();
    let nodes = objects
        .iter()
        .zip(pool_of)
        .map(|(object, pool)| Node {
            name: object.name.clone(),
            pool,
            zone: zone_of(object, &zones),
            look: LookIdx(0),
            kubelet: kubelet(object, log),
            allocatable: allocatable(object, log),
            extended: Vec::new(),
            ready: object.ready.into(),
            silent: object.silent,
            unschedulable: object.unschedulable,
            pressures: object.pressures.iter().copied().collect(),
            excluded_from_disruption: object.labels.contains_key(EXCLUDE_DISRUPTION),
        })
        .collect();
    NodeTable {
        objects,
        nodes,
        pools,
        zones,
        by_name,
        by_host_name,
        zone_index,
    }
}

/// Nodes on which an API server runs as a static pod; old clusters label nothing else.
fn hosts_of_api_servers(cluster: &ClusterSnapshot) -> BTreeSet<&str> {
    cluster
        .pods
        .iter()
        .filter(|pod| pod.mirror && pod.name.starts_with("kube-apiserver-"))
        .filter_map(|pod| pod.node_name.as_deref())
        .collect()
}

fn zone_label(node: &NodeObject) -> Option<&String> {
    ZONE_LABELS
        .iter()
        .find_map(|label| node.labels.get(*label))
        .filter(|zone| !zone.is_empty())
}

fn zone_names(nodes: &[&NodeObject]) -> Vec<String> {
    let names: BTreeSet<&String> = nodes.iter().filter_map(|node| zone_label(node)).collect();
    names.into_iter().cloned().collect()
}

/// `zones` is sorted and holds the zone of every node.
fn zone_of(node: &NodeObject, zones: &[String]) -> Option<ZoneIdx> {
    let name = zone_label(node)?;
    zones.binary_search(name).ok().map(ZoneIdx::new)
}

fn kubelet(node: &NodeObject, log: &mut IssueLog) -> Evidence<KubeVersion> {
    let Some(text) = &node.kubelet_version else {
        return Evidence::Unknown;
    };
    text.parse().map_or_else(
        |error| {
            log.warn(
                "bad-kubelet-version",
                &format!("Node {}", node.name),
                format!("status.nodeInfo.kubeletVersion: {error}"),
                "dump the node again with `kubectl get nodes -o json`",
            );
            Evidence::Unknown
        },
        Evidence::Known,
    )
}

/// What a node offers. A size that no machine has counts as not known; a plan says what is taken
/// for a size that is not known.
fn allocatable(node: &NodeObject, log: &mut IssueLog) -> Evidence<Resources> {
    let (Some(cpu_millis), Some(memory_bytes)) =
        (node.allocatable_cpu_millis, node.allocatable_memory_bytes)
    else {
        return Evidence::Unknown;
    };
    if cpu_millis > MOST.cpu_millis || memory_bytes > MOST.memory_bytes {
        let cores = cpu_millis / 1_000;
        let gib = memory_bytes >> 30;
        log.error(
            "impossible-allocatable",
            &format!("Node {}", node.name),
            format!(
                "status.allocatable has {cores} CPUs and {gib}Gi of memory, more than any machine, \
                 so its size counts as not known"
            ),
            "correct `status.allocatable`, or dump the node again with `kubectl get nodes -o json`",
        );
        return Evidence::Unknown;
    }
    let resources = |pods| Resources {
        cpu_millis,
        memory_bytes,
        pods,
    };
    match node.allocatable_pods {
        Some(pods) => Evidence::Known(resources(pods)),
        None => Evidence::Assumed {
            value: resources(DEFAULT_POD_SLOTS),
            reason: "a kubelet allows 110 pods unless it is told otherwise".to_owned(),
        },
    }
}
