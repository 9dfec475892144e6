//! The commands, one per file.

mod blast;
mod drain;
mod durations;
mod generate;
mod history;
mod inspect;
mod rehearsal;
mod schema;
mod simulate;
mod why;

use std::path::PathBuf;

use wavetank_core::checked::{Checked, Issue, IssueLevel};
use wavetank_core::snapshot::Snapshot;

use crate::args::{Arguments, Command};
use crate::error::{Ending, Failure};
use crate::input;
use crate::output::{self, Output};

/// Issues told on standard error before the rest are only counted.
const N_ISSUES: usize = 20;

/// Runs a command; whether everything that was expected of it was met.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<bool, Ending> {
    match &arguments.command {
        Command::Inspect(arguments) => inspect::run(arguments, output),
        Command::Simulate(arguments) => simulate::run(arguments, output),
        Command::Why(arguments) => why::run(arguments, output),
        Command::Blast(arguments) => blast::run(arguments, output),
        Command::Drain(arguments) => drain::run(arguments, output),
        Command::Durations(arguments) => durations::run(arguments, output),
        Command::Schema(arguments) => schema::run(arguments, output),
        Command::Generate(arguments) => generate::run(arguments, output),
    }
}

/// Loads inputs that hold a cluster; otherwise everything that was wrong with them is told.
fn load_clusters(inputs: &[PathBuf]) -> Result<Checked<Snapshot>, Ending> {
    with_clusters(input::load(inputs, None)?)
}

/// What was loaded, if it holds a cluster; otherwise everything that was wrong with it is told.
fn with_clusters(loaded: Checked<Snapshot>) -> Result<Checked<Snapshot>, Ending> {
    if loaded.value.clusters.is_empty() {
        tell_issues(&loaded.issues, IssueLevel::Note);
        return Err(Failure::NoCluster.into());
    }
    Ok(loaded)
}

/// Tells the worst of what was wrong with the input, where the result itself does not.
fn tell_issues(issues: &[Issue], least: IssueLevel) {
    let told: Vec<_> = issues.iter().filter(|issue| issue.level >= least).collect();
    for issue in told.iter().take(N_ISSUES) {
        output::complain(&issue.to_string());
    }
    if told.len() > N_ISSUES {
        let rest = told.len() - N_ISSUES;
        output::complain(&format!(
            "and {rest} more; `wavetank inspect` lists them all"
        ));
    }
}
