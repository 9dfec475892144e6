//! No two nodes have one `ReadWriteOnce` volume mounted (k8s-truth §4.5).

use super::{Audit, PodAccount};
use crate::ids::VolumeIdx;
use crate::inventory::Sharing;
use crate::sim::trace::{EventKind, Invariant, PodLevel};

impl Audit {
    /// A pod became ready with a volume that a pod on another node has mounted still. What was
    /// detached by force does not count as mounted, whatever its node thinks.
    pub(super) fn volume_on_one_node(&mut self, kind: &EventKind) -> Option<Invariant> {
        let pod = match *kind {
            EventKind::PodReady { pod } => pod,
            EventKind::VolumeForceDetached { volume, node } => {
                let mounted = &self.mounted;
                let there = |pod: &&mut PodAccount| {
                    pod.volumes.of(mounted).contains(&volume) && pod.node == Some(node)
                };
                self.pods
                    .iter_mut()
                    .filter(there)
                    .for_each(|pod| pod.mounts = false);
                return None;
            }
            _ => return None,
        };
        let state = &self.pods[pod.index()];
        if state.volumes.is_empty() {
            return None;
        }
        let volumes = state.volumes.of(&self.mounted);
        let of_one_node = |volume: &&VolumeIdx| self.sharing[volume.index()] == Sharing::OneNode;
        let elsewhere = self.pods.iter().any(|other| {
            let mounts = other.mounts
                && other.node != state.node
                && matches!(
                    other.level,
                    PodLevel::Starting | PodLevel::Ready | PodLevel::Terminating
                );
            let mut theirs = other.volumes.of(&self.mounted).iter();
            mounts && theirs.any(|volume| volumes.contains(volume) && of_one_node(&volume))
        });
        elsewhere.then_some(Invariant::VolumeOnOneNode)
    }
}
