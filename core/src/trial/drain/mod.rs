//! `kubectl drain` on the fleet as it was loaded: asked by names, answered by a report.

mod error;
mod remedies;
#[cfg(test)]
mod tests;

pub use error::DrainError;

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::ids::{NodeIdx, PodIdx};
use crate::inventory::{Cluster, Inventory};
use crate::report::{self, DrainInputs, DrainReport};
use crate::sim::by_hand::{self, DrainRun};
use crate::sim::kubectl::command::DrainCommand;
use crate::sim::kubectl::filter::Flags;
use crate::sim::kubectl::retry::EvictionChoice;
use crate::units::SimDuration;

/// A drain as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DrainRequest {
    /// The cluster; none where the nodes' names tell it.
    pub cluster: Option<String>,
    /// The nodes, in the order they are drained.
    pub nodes: Vec<String>,
    /// `--ignore-daemonsets`.
    pub ignore_daemonsets: bool,
    /// `--delete-emptydir-data`.
    pub delete_emptydir_data: bool,
    /// `--force`.
    pub force: bool,
    /// `--disable-eviction`.
    pub disable_eviction: bool,
    /// `--grace-period`; none leaves each pod its own.
    pub grace_period: Option<SimDuration>,
    /// `--timeout`; none waits for ever.
    pub timeout: Option<SimDuration>,
    /// `--pod-selector`, with the pods it selects.
    pub pods: Option<SelectedPods>,
    /// The seed of chance.
    pub seed: u64,
}

/// What a pod selector selects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelectedPods {
    /// The selector as it was typed.
    pub selector: String,
    /// Cluster, namespace and name of every pod it selects.
    pub pods: BTreeSet<(String, String, String)>,
}

/// Rehearses a drain, and what would mend it.
pub(super) fn drain(
    inventory: &Inventory,
    request: &DrainRequest,
) -> Result<DrainReport, DrainError> {
    let (cluster, nodes) = find(inventory, request)?;
    let command = command(cluster, nodes, request);
    let run = by_hand::drain(cluster, &command, request.seed);
    let alone = Inventory {
        name: inventory.name.clone(),
        clusters: vec![cluster.clone()],
    };
    Ok(report(&alone, &command, &run, request))
}

/// Rehearses the drain of every node when it is asked for, each by itself; of all clusters where
/// none is named.
pub(super) fn drain_each(
    inventory: &Inventory,
    request: &DrainRequest,
) -> Result<impl ExactSizeIterator<Item = DrainReport>, DrainError> {
    let clusters: Vec<&Cluster> = match &request.cluster {
        Some(_) => vec![find_cluster(inventory, request)?],
        None => inventory.clusters.iter().collect(),
    };
    let mut nodes = Vec::new();
    for cluster in clusters {
        has_pods(cluster)?;
        let alone = Rc::new(Inventory {
            name: inventory.name.clone(),
            clusters: vec![cluster.clone()],
        });
        let of_cluster = (0..cluster.nodes.len()).map(NodeIdx::new);
        nodes.extend(of_cluster.map(|node| (Rc::clone(&alone), node)));
    }
    if nodes.is_empty() {
        return Err(DrainError::NoNodes);
    }
    Ok(nodes.into_iter().map(|(alone, node)| {
        let cluster = &alone.clusters[0];
        let command = command(cluster, vec![node], request);
        let run = by_hand::drain(cluster, &command, request.seed);
        report(&alone, &command, &run, request)
    }))
}

/// The report of a drain, with what would mend it.
fn report(
    alone: &Inventory,
    command: &DrainCommand,
    run: &DrainRun,
    request: &DrainRequest,
) -> DrainReport {
    let mended = remedies::find(&alone.clusters[0], command, run, request.seed);
    report::drain(&DrainInputs {
        inventory: alone,
        command,
        selector: request.pods.as_ref().map(|pods| pods.selector.as_str()),
        run,
        remedies: &mended.remedies,
        remedied: &mended.summary,
        seed: request.seed,
    })
}

/// The cluster that is meant, and its nodes of these names.
fn find<'a>(
    inventory: &'a Inventory,
    request: &DrainRequest,
) -> Result<(&'a Cluster, Vec<NodeIdx>), DrainError> {
    let cluster = find_cluster(inventory, request)?;
    let mut nodes = Vec::with_capacity(request.nodes.len());
    for name in &request.nodes {
        let node = cluster.nodes.iter().position(|node| node.name == *name);
        let Some(node) = node.map(NodeIdx::new) else {
            return Err(DrainError::unknown_node(cluster, name));
        };
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    if nodes.is_empty() {
        return Err(DrainError::NoNode {
            cluster: cluster.name.clone(),
        });
    }
    has_pods(cluster)?;
    Ok((cluster, nodes))
}

/// Nothing is not said of nothing: a node without known pods is not a node without pods.
fn has_pods(cluster: &Cluster) -> Result<(), DrainError> {
    if cluster.pods.is_empty() {
        return Err(DrainError::NoPods {
            cluster: cluster.name.clone(),
        });
    }
    Ok(())
}

fn find_cluster<'a>(
    inventory: &'a Inventory,
    request: &DrainRequest,
) -> Result<&'a Cluster, DrainError> {
    if let Some(name) = &request.cluster {
        let named = inventory
            .clusters
            .iter()
            .find(|cluster| cluster.name == *name);
        return named.ok_or_else(|| DrainError::unknown_cluster(inventory, name));
    }
    if let [only] = inventory.clusters.as_slice() {
        return Ok(only);
    }
    let has = |cluster: &&Cluster| {
        let mut names = cluster.nodes.iter().map(|node| &node.name);
        request
            .nodes
            .first()
            .is_some_and(|first| names.any(|name| name == first))
    };
    let found: Vec<&Cluster> = inventory.clusters.iter().filter(has).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(DrainError::NoClusterHas {
            node: request.nodes.first().cloned().unwrap_or_default(),
        }),
        _ => Err(DrainError::SeveralClustersHave {
            node: request.nodes.first().cloned().unwrap_or_default(),
            clusters: found.iter().map(|cluster| cluster.name.clone()).collect(),
        }),
    }
}

/// The command that the request asks for.
fn command(cluster: &Cluster, nodes: Vec<NodeIdx>, request: &DrainRequest) -> DrainCommand {
    let selected = request.pods.as_ref().map(|selected| {
        let pods = cluster.pods.iter().enumerate().filter(|(_, pod)| {
            let namespace = &cluster.workloads[pod.workload.index()].namespace;
            selected
                .pods
                .contains(&(cluster.name.clone(), namespace.clone(), pod.name.clone()))
        });
        pods.map(|(index, _)| PodIdx::new(index)).collect()
    });
    DrainCommand {
        flags: Flags {
            ignore_daemonsets: request.ignore_daemonsets,
            delete_emptydir_data: request.delete_emptydir_data,
            force: request.force,
            skip_wait_for_delete: SimDuration::ZERO,
        },
        grace: request.grace_period,
        timeout: request.timeout,
        eviction: if request.disable_eviction {
            EvictionChoice::Disabled
        } else {
            EvictionChoice::Enabled
        },
        selected,
        ..DrainCommand::new(nodes)
    }
}
