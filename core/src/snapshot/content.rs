//! What one file held, before files are put together into clusters.

use std::collections::BTreeMap;

use crate::snapshot::fleet_file::FleetPart;
use crate::snapshot::{
    BudgetObject, ClaimObject, CsiNodeObject, NodeObject, PodObject, Snapshot, VolumeObject,
    WorkloadObject,
};

/// A kept object and the line it begins at.
#[derive(Clone, Debug)]
pub(super) struct Kept<T> {
    pub(super) value: T,
    pub(super) line: u32,
}

/// What one file held.
#[derive(Debug, Default)]
pub(super) struct FileContent {
    /// The file as the user named it.
    pub(super) path: String,
    pub(super) nodes: Vec<Kept<NodeObject>>,
    pub(super) pods: Vec<Kept<PodObject>>,
    pub(super) workloads: Vec<Kept<WorkloadObject>>,
    pub(super) budgets: Vec<Kept<BudgetObject>>,
    pub(super) claims: Vec<Kept<ClaimObject>>,
    pub(super) volumes: Vec<Kept<VolumeObject>>,
    pub(super) csi_nodes: Vec<Kept<CsiNodeObject>>,
    /// Whether it could not be read at all, for which an issue exists.
    pub(super) refused: bool,
    /// Kinds that were dropped, with their counts.
    pub(super) unused_kinds: BTreeMap<String, u32>,
    /// The API server's version, from the output of `kubectl version`.
    pub(super) server_version: Option<String>,
    /// The oldest version among the images of API server pods.
    pub(super) apiserver_image: Option<String>,
    /// What it says as a fleet file.
    pub(super) fleet: Option<FleetPart>,
    /// The snapshot it is.
    pub(super) snapshot: Option<Snapshot>,
}

impl FileContent {
    /// Whether it holds anything that belongs to a cluster.
    pub(super) fn has_objects(&self) -> bool {
        self.n_objects() > 0 || self.server_version.is_some()
    }

    /// How many objects are kept.
    pub(super) fn n_objects(&self) -> usize {
        self.nodes.len()
            + self.pods.len()
            + self.workloads.len()
            + self.budgets.len()
            + self.claims.len()
            + self.volumes.len()
            + self.csi_nodes.len()
    }
}
