//! No two nodes have one `ReadWriteOnce` volume mounted (k8s-truth §4.5).

use super::Audit;
use crate::sim::trace::{EventKind, Invariant, PodLevel};

impl Audit {
    /// A pod became ready with a volume that a pod on another node has mounted still.
    pub(super) fn volume_on_one_node(&self, kind: &EventKind) -> Option<Invariant> {
        let EventKind::PodReady { pod } = *kind else {
            return None;
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
