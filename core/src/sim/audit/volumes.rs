//! No two nodes have one `ReadWriteOnce` volume mounted (k8s-truth §4.5).

use super::Audit;
use crate::ids::{Maybe, PodIdx, VolumeIdx};
use crate::inventory::{Cluster, Mounts, Sharing};
use crate::sim::trace::{EventKind, Invariant, PodLevel};

/// The pods that have each volume mounted: those that were ready on their present node, until they
/// are gone. What several nodes may mount is not watched.
#[derive(Debug)]
pub(super) struct Holders {
    of_volume: Vec<Vec<PodIdx>>,
    /// What pods mount.
    mounted: Vec<VolumeIdx>,
    sharing: Vec<Sharing>,
}

impl Holders {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let sharing = cluster.volumes.iter().map(|volume| volume.sharing);
        Self {
            of_volume: vec![Vec::new(); cluster.volumes.len()],
            mounted: cluster.mounted.clone(),
            sharing: sharing.collect(),
        }
    }

    pub(super) fn note(&mut self, mounts: Mounts, pod: PodIdx) {
        for volume in mounts.of(&self.mounted) {
            let pods = &mut self.of_volume[volume.index()];
            let is_watched = self.sharing[volume.index()] == Sharing::OneNode;
            if is_watched && !pods.contains(&pod) {
                pods.push(pod);
            }
        }
    }

    pub(super) fn forget(&mut self, mounts: Mounts, pod: PodIdx) {
        for volume in mounts.of(&self.mounted) {
            self.of_volume[volume.index()].retain(|other| *other != pod);
        }
    }

    /// The pods that have any of these volumes mounted.
    fn of(&self, mounts: Mounts) -> impl Iterator<Item = PodIdx> {
        let volumes = mounts.of(&self.mounted).iter();
        volumes
            .flat_map(|volume| &self.of_volume[volume.index()])
            .copied()
    }
}

impl Audit {
    /// A pod became ready with a volume that a pod on another node has mounted still. What was
    /// detached by force does not count as mounted, whatever its node thinks.
    pub(super) fn volume_on_one_node(&mut self, kind: &EventKind) -> Option<Invariant> {
        let pod = match *kind {
            EventKind::PodReady { pod } => pod,
            EventKind::VolumeForceDetached { volume, node } => {
                let holders = &mut self.holders.of_volume[volume.index()];
                holders.retain(|pod| self.pods[pod.index()].node != Maybe::some(node));
                return None;
            }
            _ => return None,
        };
        let state = &self.pods[pod.index()];
        let elsewhere = self.holders.of(state.mounts).any(|other| {
            let other = &self.pods[other.index()];
            other.node != state.node
                && matches!(
                    other.level,
                    PodLevel::Starting | PodLevel::Ready | PodLevel::Terminating
                )
        });
        elsewhere.then_some(Invariant::VolumeOnOneNode)
    }
}
