//! `wavetank inspect`: the fleet as it was loaded.

use wavetank_core::checked::Checked;
use wavetank_core::report::text;
use wavetank_core::scenario::FleetSource;
use wavetank_core::trial::Trial;

use super::load_clusters;
use crate::args::{Format, Inspect};
use crate::error::Ending;
use crate::output::Output;

/// Loads the inputs and prints what they hold.
pub(super) fn run(arguments: &Inspect, output: &mut Output) -> Result<bool, Ending> {
    let inputs = [&arguments.inputs[..], &arguments.more.filename[..]].concat();
    let Checked {
        value: snapshot,
        issues,
    } = load_clusters(&inputs)?;
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
