//! No two nodes have one `ReadWriteOnce` volume mounted (k8s-truth §4.5).

use super::Audit;
use crate::ids::{PodIdx, VolumeIdx};
use crate::inventory::Cluster;
use crate::sim::trace::{EventKind, Invariant, PodLevel};

/// The pods that have each volume mounted: those that were ready on their present node, until they
/// are gone.
#[derive(Debug)]
pub(super) struct Mounts {
    of_volume: Vec<Vec<PodIdx>>,
}

impl Mounts {
    pub(super) fn new(cluster: &Cluster) -> Self {
        Self {
            of_volume: vec![Vec::new(); cluster.volumes.len()],
        }
    }

    pub(super) fn note(&mut self, volume: VolumeIdx, pod: PodIdx) {
        let pods = &mut self.of_volume[volume.index()];
        if !pods.contains(&pod) {
            pods.push(pod);
        }
    }

    pub(super) fn forget(&mut self, volume: VolumeIdx, pod: PodIdx) {
        self.of_volume[volume.index()].retain(|other| *other != pod);
    }
}

impl Audit {
    /// A pod became ready with a volume that a pod on another node has mounted still. What was
    /// detached by force does not count as mounted, whatever its node thinks.
    pub(super) fn volume_on_one_node(&mut self, kind: &EventKind) -> Option<Invariant> {
        let pod = match *kind {
            EventKind::PodReady { pod } => pod,
            EventKind::VolumeForceDetached { volume, node } => {
                let mounted = &mut self.mounts.of_volume[volume.index()];
                mounted.retain(|pod| self.pods[pod.index()].node != Some(node));
                return None;
            }
            _ => return None,
        };
        let state = &self.pods[pod.index()];
        let mounted = &self.mounts.of_volume[state.volume?.index()];
        let elsewhere = mounted.iter().any(|other| {
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
