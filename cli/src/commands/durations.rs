//! `wavetank durations`: how long things take in a rehearsal, and how that is known.

use wavetank_core::checked::{Checked, IssueLevel};
use wavetank_core::report::{self, text};

use super::rehearsal::{self, Staged};
use super::{history, tell_issues};
use crate::args::{Durations, Format};
use crate::error::Ending;
use crate::output::Output;

/// Prints the table in effect: that of a fleet, or where none is given every default.
pub(super) fn run(arguments: &Durations, output: &mut Output) -> Result<bool, Ending> {
    let inputs = [&arguments.inputs[..], &arguments.more.filename[..]].concat();
    let (report, issues) = if inputs.is_empty() {
        let Checked { value, issues } = history::read(&arguments.history)?;
        (report::default_durations(&value.entries), issues)
    } else {
        let Staged {
            trial,
            settings,
            issues,
            ..
        } = rehearsal::load(&inputs, &arguments.history)?;
        (trial.durations(&settings.durations), issues)
    };
    tell_issues(&issues, IssueLevel::Note);
    match arguments.format.chosen() {
        Format::Text => output.headed(&text::durations(&report))?,
        Format::Json => output.json(&report)?,
    }
    Ok(true)
}
