//! A fleet file: clusters, what their owners say of them, and where their dumps are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::snapshot::ClusterFacts;

/// The version of the file formats that this build writes.
pub const SCHEMA_VERSION: &str = "wavetank/v1";

/// A fleet file: clusters, what is known of them, and where their dumps are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FleetFile {
    /// `wavetank/v1`.
    pub schema_version: String,
    /// The fleet's name.
    #[serde(default)]
    pub name: String,
    /// The clusters.
    pub clusters: Vec<FleetFileCluster>,
}

/// One cluster of a fleet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FleetFileCluster {
    /// Its name, unique in the file.
    pub name: String,
    /// Its dumps: files or folders, relative to the fleet file.
    #[serde(default)]
    pub dumps: Vec<String>,
    /// What is known of it.
    #[serde(flatten)]
    pub facts: ClusterFacts,
}

/// The fleet file's own fields, without its clusters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RawFleetHead {
    pub(super) name: Option<String>,
}

/// What was read of a fleet file: its good clusters, each with its line.
#[derive(Debug, Default)]
pub(super) struct FleetPart {
    pub(super) name: Option<String>,
    pub(super) clusters: Vec<(FleetFileCluster, u32)>,
}
