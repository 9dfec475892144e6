//! Writes a snapshot as a file of its own, and reads it back.

use serde::Serialize;

use crate::snapshot::Snapshot;
use crate::snapshot::fault::Fault;
use crate::snapshot::fleet_file::SCHEMA_VERSION;
use crate::snapshot::text::Text;

/// The `kind` of an exported snapshot.
pub(super) const KIND: &str = "Snapshot";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'a> {
    schema_version: &'static str,
    kind: &'static str,
    #[serde(flatten)]
    snapshot: &'a Snapshot,
}

/// The snapshot as a file that [`crate::snapshot::Loader`] reads.
pub fn to_json(snapshot: &Snapshot) -> String {
    let exported = Exported {
        schema_version: SCHEMA_VERSION,
        kind: KIND,
        snapshot,
    };
    serde_json::to_string(&exported).expect("a snapshot holds only text keys and finite numbers")
}

/// Reads a snapshot that was exported.
pub(super) fn read<T: Text>(text: &T) -> Result<Snapshot, Fault> {
    text.read()
}
