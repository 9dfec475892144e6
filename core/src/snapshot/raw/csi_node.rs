//! `CSINode`: how many volumes of each driver a node can have attached.

use serde::Deserialize;

use crate::snapshot::CsiNodeObject;
use crate::snapshot::raw::metadata::RawMetadata;

/// `CSINode`.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawCsiNode {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawSpec>,
}

#[derive(Debug, Default, Deserialize)]
struct RawSpec {
    drivers: Option<Vec<RawDriver>>,
}

#[derive(Debug, Deserialize)]
struct RawDriver {
    name: Option<String>,
    allocatable: Option<RawAllocatable>,
}

#[derive(Debug, Deserialize)]
struct RawAllocatable {
    count: Option<u32>,
}

impl RawCsiNode {
    /// What is kept of it; a driver that names no limit has none.
    pub(in crate::snapshot) fn into_csi_node(self) -> CsiNodeObject {
        let drivers = self.spec.unwrap_or_default().drivers.unwrap_or_default();
        let limit = |driver: RawDriver| Some((driver.name?, driver.allocatable?.count?));
        CsiNodeObject {
            name: self.metadata.into_identity().name,
            volume_limits: drivers.into_iter().filter_map(limit).collect(),
        }
    }
}
