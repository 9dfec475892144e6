//! `wavetank simulate`: rehearses a scenario, or a fleet with the default plan.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use wavetank_core::report::{EventFilter, text};
use wavetank_core::scenario::Expectations;
use wavetank_core::trial::{self, Trial};

use super::rehearsal::{self, Rehearsal, quoted};
use crate::args::{Format, Simulate};
use crate::error::{Ending, Failure};
use crate::output::{self, Output};

/// Events written to a trace file at a time.
const PAGE_EVENTS: u32 = 10_000;

/// Chains of causes told.
const N_CHAINS: usize = 3;

/// Rehearses and prints what came of it; whether it came as expected.
pub(super) fn run(arguments: &Simulate, output: &mut Output) -> Result<bool, Ending> {
    let Rehearsal {
        trial,
        expect,
        inputs,
    } = rehearsal::rehearse(&arguments.rehearsed)?;
    if let Some(path) = &arguments.trace {
        write_trace(&trial, path)?;
    }
    tell(arguments, &inputs, &trial, &expect, output)
}

/// Writes every event as one line of JSON.
fn write_trace(trial: &Trial, path: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::write(path, error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let everything = EventFilter::default();
    let mut offset = 0;
    loop {
        let page = trial.events(&everything, offset, PAGE_EVENTS);
        for row in &page.rows {
            let line = serde_json::to_string(row).map_err(|error| failed(error.into()))?;
            writeln!(file, "{}", output::harmless_json(&line)).map_err(failed)?;
        }
        offset += page.rows.len() as u32;
        if page.rows.is_empty() || offset >= page.total {
            break;
        }
    }
    file.flush().map_err(failed)
}

/// Prints what came of it; whether it came as expected.
fn tell(
    arguments: &Simulate,
    inputs: &[PathBuf],
    trial: &Trial,
    expect: &Expectations,
    output: &mut Output,
) -> Result<bool, Ending> {
    let Some(run) = trial.run() else {
        return Err(Failure::Bug("the rehearsal ended without a report").into());
    };
    let unmet = trial::unmet(expect, run);
    if arguments.digest {
        output.line(&run.digest)?;
    } else if arguments.format.chosen() == Format::Json {
        output.json(run)?;
    } else {
        output.headed(&text::run(&text::RunText {
            fleet: trial.fleet(),
            run,
            chains: &trial.worst(N_CHAINS),
            unmet: &unmet,
            replay: &replay(arguments, inputs, run.seed),
        }))?;
        return Ok(unmet.is_empty());
    }
    for sentence in &unmet {
        output::complain(&format!("not as expected: {sentence}"));
    }
    Ok(unmet.is_empty())
}

/// The command that runs the same again.
fn replay(arguments: &Simulate, inputs: &[PathBuf], seed: u64) -> String {
    let mut command = "wavetank simulate".to_owned();
    for input in inputs {
        command.push(' ');
        command.push_str(&quoted(&input.display().to_string()));
    }
    if let Some(target) = arguments.rehearsed.target {
        command = format!("{command} --target {target}");
    }
    for table in &arguments.rehearsed.history {
        let table = quoted(&table.display().to_string());
        command = format!("{command} --history {table}");
    }
    format!("{command} --seed {seed}")
}
