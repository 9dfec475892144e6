//! `wavetank inspect`: the fleet as it was loaded.

use wavetank_core::checked::{Checked, IssueLevel};
use wavetank_core::report::text;
use wavetank_core::scenario::FleetSource;
use wavetank_core::trial::Trial;

use super::tell_issues;
use crate::args::{Format, Inspect};
use crate::error::{Ending, Failure};
use crate::input;
use crate::output::Output;

/// Loads the inputs and prints what they hold.
pub(super) fn run(arguments: &Inspect, output: &mut Output) -> Result<bool, Ending> {
    let inputs = [&arguments.inputs[..], &arguments.more.filename[..]].concat();
    let Checked {
        value: snapshot,
        issues,
    } = input::load(&inputs, None)?;
    if snapshot.clusters.is_empty() {
        tell_issues(&issues, IssueLevel::Note);
        return Err(Failure::NoCluster.into());
    }
    let names: Vec<String> = inputs
        .iter()
        .map(|input| input.display().to_string())
        .collect();
    let label = names.join(", ");
    let trial = Trial::new(FleetSource::Paths(names), &snapshot, &label, issues);
    match arguments.format.chosen() {
        Format::Text => output.headed(&text::fleet(trial.fleet()))?,
        Format::Json => output.json(trial.fleet())?,
    }
    Ok(true)
}
