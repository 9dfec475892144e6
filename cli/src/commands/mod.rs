//! The commands, one per file.

mod blast;
mod drain;
mod generate;
mod inspect;
mod rehearsal;
mod schema;
mod simulate;
mod why;

use wavetank_core::checked::{Issue, IssueLevel};

use crate::args::{Arguments, Command};
use crate::error::Ending;
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
        Command::Schema(arguments) => schema::run(arguments, output),
        Command::Generate(arguments) => generate::run(arguments, output),
    }
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
