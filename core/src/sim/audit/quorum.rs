//! Nothing is written while the API answers nothing: without etcd's quorum, or without an API
//! server (k8s-truth §8).

use crate::sim::trace::{EventKind, Invariant};

/// Whether the API answers.
#[derive(Debug, Default)]
pub(super) struct Quorum {
    is_lost: bool,
}

impl Quorum {
    /// An event that needs a write happened without one being possible.
    pub(super) fn watch(&mut self, kind: &EventKind) -> Option<Invariant> {
        match kind {
            EventKind::ApiUnavailable {} => self.is_lost = true,
            EventKind::ApiAvailable {} | EventKind::ApiDegraded { .. } => self.is_lost = false,
            EventKind::NodeCordoned { .. }
            | EventKind::NodeUncordoned { .. }
            | EventKind::NodeJoined { .. }
            | EventKind::KubeletBack { .. }
            | EventKind::DrainStarted { .. }
            | EventKind::PodEvicted { .. }
            | EventKind::PodDeleted { .. }
            | EventKind::PodTaintEvicted { .. }
            | EventKind::PodCollected { .. }
            | EventKind::NodeReconnected { .. }
            | EventKind::NodeTainted { .. }
            | EventKind::PodCreated { .. }
            | EventKind::PodScheduled { .. }
            | EventKind::CniRestarting { .. } => {
                return self.is_lost.then_some(Invariant::WritesNeedQuorum);
            }
            _ => {}
        }
        None
    }
}
