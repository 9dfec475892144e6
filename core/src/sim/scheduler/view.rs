//! A node and a pod as the filters see them.

use super::extended::Requests;
use crate::ids::{LookIdx, NodeIdx, VolumeIdx, ZoneIdx};
use crate::inventory::{Placement, Pressures, Resources, Volume};

/// A node: what is free on it, and what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeView {
    pub(crate) idx: NodeIdx,
    /// What is left beside everything bound to it.
    pub(crate) free: Resources,
    pub(crate) look: LookIdx,
    pub(crate) zone: Option<ZoneIdx>,
    pub(crate) health: Health,
    pub(crate) cordoned: bool,
    /// Conditions for which it has a taint.
    pub(crate) pressures: Pressures,
    /// Ready, not cordoned and under no pressure: what most pods ask first.
    pub(crate) open: bool,
    /// `LeastAllocated` of what is bound already; the pod in question shifts all alike.
    pub(crate) score: u16,
}

impl NodeView {
    /// Whether its object exists.
    pub(crate) fn is_present(&self) -> bool {
        self.health != Health::Absent
    }
}

/// Whether a node's kubelet reports, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Its object does not exist.
    Absent,
    /// Its Ready condition is `True`.
    Ready,
    /// It is `False`.
    NotReady,
    /// It is `Unknown`.
    Unreachable,
}

/// A pod that wants a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PodView<'a> {
    pub(crate) requests: Resources,
    /// What it requests besides.
    pub(crate) extended: &'a Requests,
    pub(crate) priority: i32,
    pub(crate) placement: &'a Placement,
    /// The volumes it mounts, by their places in the table beside them.
    pub(crate) volumes: (&'a [VolumeIdx], &'a [Volume]),
    /// The node for which a daemon set made it.
    pub(crate) daemon_of: Option<NodeIdx>,
    /// How many nodes the inventory knows; selectors on hosts know no others.
    pub(crate) n_known: u32,
}

impl<'a> PodView<'a> {
    /// The volumes it mounts.
    pub(crate) fn volumes(&self) -> impl Iterator<Item = &'a Volume> {
        let (mounted, table) = self.volumes;
        mounted.iter().map(move |volume| &table[volume.index()])
    }

    /// Whether a node that is not open may take it all the same.
    #[inline]
    pub(crate) fn is_lenient(&self) -> bool {
        let tolerated = &self.placement.tolerated;
        tolerated.unschedulable
            || tolerated.not_ready
            || tolerated.unreachable
            || !tolerated.pressures.is_empty()
    }
}
