//! `wavetank blast`: every service that a rehearsal hits, the most critical first.

use wavetank_core::report::text;

use super::rehearsal;
use crate::args::{Blast, Format};
use crate::error::{Ending, Failure};
use crate::output::Output;

/// Rehearses and tells what the users of services notice.
pub(super) fn run(arguments: &Blast, output: &mut Output) -> Result<bool, Ending> {
    let rehearsed = rehearsal::rehearse(&arguments.rehearsed)?;
    let Some(run) = rehearsed.trial.run() else {
        return Err(Failure::Bug("the rehearsal ended without a report").into());
    };
    match arguments.format.chosen() {
        Format::Text => output.headed(&text::blast(&run.blast_radius))?,
        Format::Json => output.json(&run.blast_radius)?,
    }
    Ok(true)
}
