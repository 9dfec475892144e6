//! `wavetank generate`: a synthetic fleet as a file.

use std::fs;
use std::path::Path;

use serde::Serialize;
use wavetank_core::scenario::SCHEMA_VERSION;
use wavetank_core::snapshot::Snapshot;
use wavetank_core::synth::{self, FleetOptions};

use crate::args::Generate;
use crate::error::{Ending, Failure};
use crate::output::Output;

/// A snapshot as a file of its own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotFile {
    schema_version: &'static str,
    kind: &'static str,
    #[serde(flatten)]
    snapshot: Snapshot,
}

/// Makes a fleet and writes it.
pub(super) fn run(arguments: &Generate, output: &mut Output) -> Result<bool, Ending> {
    let defaults = FleetOptions::default();
    let options = FleetOptions {
        seed: arguments.seed.unwrap_or(defaults.seed),
        clusters: arguments.clusters.unwrap_or(defaults.clusters),
        nodes: arguments.nodes.unwrap_or(defaults.nodes),
        pods: arguments.pods.unwrap_or(defaults.pods),
        ..defaults
    };
    let file = SnapshotFile {
        schema_version: SCHEMA_VERSION,
        kind: "Snapshot",
        snapshot: synth::generate(&options),
    };
    let text = serde_json::to_string(&file)
        .map_err(|error| Failure::write(&arguments.out, error.into()))?;
    if arguments.out == Path::new("-") {
        output.line(&text)?;
    } else {
        fs::write(&arguments.out, text).map_err(|error| Failure::write(&arguments.out, error))?;
    }
    Ok(true)
}
