//! `wavetank generate`: a synthetic fleet as a file.

use std::fs;
use std::path::Path;

use wavetank_core::snapshot;
use wavetank_core::synth::{self, FleetOptions};

use crate::args::Generate;
use crate::error::{Ending, Failure};
use crate::output::Output;

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
    let text = snapshot::to_json(&synth::generate(&options));
    if arguments.out == Path::new("-") {
        output.line(&text)?;
    } else {
        fs::write(&arguments.out, text).map_err(|error| Failure::write(&arguments.out, error))?;
    }
    Ok(true)
}
