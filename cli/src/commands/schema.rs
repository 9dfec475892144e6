//! `wavetank schema`: the JSON Schema of each kind of file.

use schemars::{Schema, schema_for};
use wavetank_core::report::RunReport;
use wavetank_core::scenario::{FleetFile, Scenario};

use crate::args;
use crate::error::{Ending, Failure};
use crate::output::Output;

/// A kind of file and how its schema is made.
type Kind = (&'static str, fn() -> Schema);

/// The kinds of file there are.
const KINDS: [Kind; 3] = [
    ("scenario", || schema_for!(Scenario)),
    ("fleet", || schema_for!(FleetFile)),
    ("run-report", || schema_for!(RunReport)),
];

/// Prints the schema of a kind.
pub(super) fn run(arguments: &args::Schema, output: &mut Output) -> Result<bool, Ending> {
    let found = KINDS.iter().find(|(name, _)| *name == arguments.kind);
    let Some((_, schema)) = found else {
        let known = KINDS.iter().map(|(name, _)| *name).collect();
        let kind = arguments.kind.clone();
        return Err(Failure::UnknownKind { kind, known }.into());
    };
    output.json(&schema())?;
    Ok(true)
}
