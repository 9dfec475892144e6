//! `NodeVolumeLimits`: how many volumes of a driver a node can have (k8s-truth §5.2).
//!
//! A volume that several pods of a node mount counts once. A node of which no limit is known has
//! none.

use super::filters::Change;
use super::view::PodView;
use crate::ids::{DriverIdx, NodeIdx, VolumeIdx};
use crate::inventory::{Cluster, Volume};
use crate::sim::trace::Reason;

/// One driver's limit on one node.
#[derive(Clone, Debug)]
struct Limit {
    driver: DriverIdx,
    count: u32,
    /// The volumes that are there, each with how many pods mount it.
    held: Vec<(VolumeIdx, u32)>,
}

/// What nodes can have, and have. Empty where no node limits anything.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    nodes: Vec<Vec<Limit>>,
}

impl Limits {
    /// The limits of a cluster's nodes, with no pod on them.
    pub(crate) fn new(cluster: &Cluster) -> Self {
        let any = cluster
            .nodes
            .iter()
            .any(|node| !node.volume_limits.is_empty());
        let limit = |(driver, count): &(DriverIdx, u32)| Limit {
            driver: *driver,
            count: *count,
            held: Vec::new(),
        };
        let nodes = cluster.nodes.iter().filter(|_| any);
        let limits = nodes.map(|node| node.volume_limits.iter().map(limit).collect());
        Self {
            nodes: limits.collect(),
        }
    }

    /// Adds a node like another one, with no pod on it.
    pub(crate) fn add_node(&mut self, model: NodeIdx) {
        let Some(like) = self.nodes.get(model.index()) else {
            return;
        };
        let mut limits = like.clone();
        for limit in &mut limits {
            limit.held.clear();
        }
        self.nodes.push(limits);
    }

    /// Counts the volumes of a pod on a node in or out.
    pub(crate) fn change(
        &mut self,
        node: NodeIdx,
        (mounted, table): (&[VolumeIdx], &[Volume]),
        change: Change,
    ) {
        let Some(limits) = self.nodes.get_mut(node.index()) else {
            return;
        };
        for limit in limits {
            let of_driver = |volume: &&VolumeIdx| {
                let driver = table[volume.index()].driver;
                driver == Some(limit.driver)
            };
            for volume in mounted.iter().filter(of_driver) {
                let held = &mut limit.held;
                let known = held.iter().position(|(known, _)| known == volume);
                match (change, known) {
                    (Change::Add, Some(position)) => held[position].1 += 1,
                    (Change::Add, None) => held.push((*volume, 1)),
                    (Change::Remove, Some(position)) if held[position].1 == 1 => {
                        held.swap_remove(position);
                    }
                    (Change::Remove, Some(position)) => held[position].1 -= 1,
                    (Change::Remove, None) => {}
                }
            }
        }
    }

    /// Why the node does not take the pod.
    #[inline]
    pub(crate) fn reject(&self, node: NodeIdx, pod: &PodView<'_>) -> Option<Reason> {
        let (mounted, table) = pod.volumes;
        if mounted.is_empty() {
            return None;
        }
        let exceeded = self.nodes.get(node.index())?.iter().any(|limit| {
            let new = mounted.iter().filter(|volume| {
                let of_driver = table[volume.index()].driver == Some(limit.driver);
                of_driver && !limit.held.iter().any(|(held, _)| held == *volume)
            });
            let new = new.count();
            new > 0 && limit.held.len() + new > limit.count as usize
        });
        exceeded.then_some(Reason::VolumeLimit)
    }
}
