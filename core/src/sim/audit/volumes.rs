//! No two nodes have one `ReadWriteOnce` volume mounted (k8s-truth §4.5).

use super::{Audit, PodAccount};
use crate::sim::trace::{EventKind, Invariant, PodLevel};

impl Audit {
    /// A pod became ready with a volume that a pod on another node has mounted still. What was
    /// detached by force does not count as mounted, whatever its node thinks.
    pub(super) fn volume_on_one_node(&mut self, kind: &EventKind) -> Option<Invariant> {
        let pod = match *kind {
            EventKind::PodReady { pod } => pod,
            EventKind::VolumeForceDetached { volume, node } => {
                let there =
                    |pod: &&mut PodAccount| pod.volume == Some(volume) && pod.node == Some(node);
                self.pods
                    .iter_mut()
                    .filter(there)
                    .for_each(|pod| pod.mounts = false);
                return None;
            }
            _ => return None,
        };
        let state = &self.pods[pod.index()];
        state.volume?;
        let elsewhere = self.pods.iter().any(|other| {
            other.volume == state.volume
                && other.mounts
                && other.node != state.node
                && matches!(
                    other.level,
                    PodLevel::Starting | PodLevel::Ready | PodLevel::Terminating
                )
        });
        elsewhere.then_some(Invariant::VolumeOnOneNode)
    }
}
