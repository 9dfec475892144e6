//! Every test that needs neither Wasm nor a browser, and the examples in the documentation.

use std::collections::BTreeMap;

use anyhow::Result;

use super::tally::Tally;
use super::{Row, programs};
use crate::steps::Steps;
use crate::workspace;

/// Runs each program, counting unit tests by crate and the others by subject.
pub(super) fn run(steps: &Steps) -> Result<Vec<Row>> {
    steps.say("native: building the tests");
    let programs = programs::build_native()?;
    let mut tallies = BTreeMap::<String, Tally>::new();
    for program in programs.iter().filter(|program| program.kind != "browser") {
        let kind = match program.kind.as_str() {
            "unit" => format!("unit: {}", program.package),
            subject => subject.to_owned(),
        };
        steps.say(&format!("native: {kind}"));
        *tallies.entry(kind).or_default() += programs::run(&mut program.command())?;
    }
    steps.say("native: examples in the documentation");
    let mut examples = workspace::cargo();
    examples.args(["test", "--workspace", "--all-features", "--doc"]);
    tallies.insert("documentation".into(), programs::run(&mut examples)?);
    // A program without tests is no row.
    tallies.retain(|_, tally| *tally != Tally::default());
    Ok(tallies
        .into_iter()
        .map(|(kind, tally)| Row { kind, tally })
        .collect())
}
