//! What is said of documents that are no Kubernetes objects.

use crate::snapshot::file::Complaint;
use crate::snapshot::fleet_file::SCHEMA_VERSION;

/// Says that a document is none of ours.
pub(super) fn not_kubernetes() -> Complaint {
    Complaint::note(
        "not-kubernetes",
        "this document has no `kind`, so it is not a Kubernetes object; it is skipped",
        "leave it out, or dump objects with kubectl get -o json",
    )
}

/// Says that a document is of a version that this build does not read.
pub(super) fn unknown_schema() -> Complaint {
    Complaint::error(
        "unknown-schema-version",
        format!("this document's schemaVersion is not {SCHEMA_VERSION}"),
        "use the Wavetank version that wrote it, or write wavetank/v1",
    )
}

/// Says that a document of ours holds no clusters.
pub(super) fn not_a_fleet() -> Complaint {
    Complaint::note(
        "not-a-fleet",
        "this document of Wavetank holds no clusters; it is skipped",
        "load a fleet file with `clusters`, or an exported snapshot",
    )
}

/// Says that a snapshot was turned into YAML.
pub(super) fn snapshot_in_yaml() -> Complaint {
    Complaint::error(
        "snapshot-in-yaml",
        "an exported snapshot is read as JSON only",
        "load the JSON file that was exported",
    )
}
