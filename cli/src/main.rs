//! `wavetank`: rehearses a Kubernetes fleet upgrade from the terminal.
//!
//! It reads files and prints; everything between is [`wavetank_core`]. Results go to standard
//! output, errors to standard error, progress to a terminal only.

mod args;
mod commands;
mod error;
mod input;
mod output;

use std::process::ExitCode;

use crate::error::Ending;
use crate::output::Output;

/// Everything went well.
const OK: u8 = 0;
/// It could not be run; a usage error as well.
const COULD_NOT_RUN: u8 = 1;
/// A stated expectation was not met.
const NOT_AS_EXPECTED: u8 = 2;

fn main() -> ExitCode {
    let arguments = match args::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(refusal) => return args::refuse(&refusal),
    };
    let mut output = Output::standard();
    let ending = commands::run(&arguments, &mut output).and_then(|met| {
        output.flush()?;
        Ok(met)
    });
    ExitCode::from(match ending {
        Ok(true) | Err(Ending::NobodyReads) => OK,
        Ok(false) => NOT_AS_EXPECTED,
        Err(Ending::Failed(failure)) => {
            output::complain(&failure.to_string());
            COULD_NOT_RUN
        }
    })
}
