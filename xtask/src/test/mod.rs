//! `cargo xtask test`: everything that is checked, in order, with a table at the end.

mod browser;
pub mod chromium;
mod lint;
mod native;
pub mod probe;
pub(crate) mod programs;
mod tally;
mod wasm;

use anyhow::{Result, bail};

use self::tally::Tally;
use crate::steps::Steps;

/// What is checked.
#[derive(Clone, Debug, clap::Args)]
pub struct TestArguments {
    /// Check one kind only
    #[arg(long, value_enum)]
    only: Option<Kind>,
    /// Leave the browser tests out, on a machine that cannot have a browser
    #[arg(long)]
    skip_browser: bool,
}

/// The kinds of checks, in the order they run: cheap ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// rustfmt
    Format,
    /// clippy, with every warning an error
    Lint,
    /// Unit, property, scenario, tidy and documentation tests
    Native,
    /// The core's own tests, compiled to Wasm
    Wasm,
    /// The same computations natively and as Wasm
    Digest,
    /// The built page in a real Chromium
    Browser,
}

const KINDS: &[Kind] = &[
    Kind::Format,
    Kind::Lint,
    Kind::Native,
    Kind::Wasm,
    Kind::Digest,
    Kind::Browser,
];

/// One row of the closing table.
struct Row {
    kind: String,
    tally: Tally,
}

/// Runs the checks; any failure makes the command fail, after all have run.
pub fn run(arguments: &TestArguments) -> Result<()> {
    let steps = Steps::begin();
    let mut rows = Vec::new();
    for &kind in KINDS {
        if arguments.only.is_some_and(|only| only != kind) {
            continue;
        }
        if kind == Kind::Browser && arguments.skip_browser {
            let tally = Tally {
                skipped: 1,
                ..Tally::default()
            };
            rows.push(Row {
                kind: "browser (left out)".into(),
                tally,
            });
            continue;
        }
        let found = run_kind(kind, &steps);
        rows.extend(found.unwrap_or_else(|error| {
            println!("error: {error:#}");
            vec![Row {
                kind: format!("{kind:?}").to_lowercase(),
                tally: Tally::one(false),
            }]
        }));
    }
    steps.say("done");
    close(&rows)
}

fn run_kind(kind: Kind, steps: &Steps) -> Result<Vec<Row>> {
    match kind {
        Kind::Format => Ok(vec![lint::format(steps)]),
        Kind::Lint => Ok(vec![lint::clippy(steps)]),
        Kind::Native => native::run(steps),
        Kind::Wasm => wasm::run(steps),
        Kind::Digest => probe::compare(steps),
        Kind::Browser => browser::run(steps),
    }
}

/// Prints the table and the line that machines read.
fn close(rows: &[Row]) -> Result<()> {
    let mut total = Tally::default();
    println!(
        "\n{:<28} {:>7} {:>7} {:>8}",
        "kind", "passed", "failed", "skipped"
    );
    for Row { kind, tally } in rows {
        println!(
            "{kind:<28} {:>7} {:>7} {:>8}",
            tally.passed, tally.failed, tally.skipped
        );
        total += *tally;
    }
    println!(
        "\n{} passed, {} failed, {} skipped",
        total.passed, total.failed, total.skipped
    );
    if total.failed > 0 || total.passed == 0 {
        bail!("not everything passed");
    }
    Ok(())
}
