//! Format and lints.

use anyhow::Result;

use super::Row;
use super::tally::Tally;
use crate::steps::Steps;
use crate::workspace::{self, WASM};

/// Whether rustfmt would change nothing.
pub(super) fn format(steps: &Steps) -> Row {
    steps.say("format: rustfmt");
    Row {
        kind: "format".into(),
        tally: cargo(&["fmt", "--all", "--check"]),
    }
}

/// Whether clippy has nothing to say, of the workspace and of what only Wasm compiles.
pub(super) fn clippy(steps: &Steps) -> Result<Vec<Row>> {
    workspace::ensure_wasm_target()?;
    steps.say("lint: clippy, native");
    let native = cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-Dwarnings",
    ]);
    steps.say("lint: clippy, Wasm");
    let wasm = cargo(&[
        "clippy",
        "--package",
        "wavetank-web",
        "--target",
        WASM,
        "--",
        "-Dwarnings",
    ]);
    Ok(vec![
        Row {
            kind: "lint native".into(),
            tally: native,
        },
        Row {
            kind: "lint Wasm".into(),
            tally: wasm,
        },
    ])
}

fn cargo(arguments: &[&str]) -> Tally {
    let checked = workspace::check(workspace::cargo().args(arguments));
    if let Err(error) = &checked {
        println!("{error:#}");
    }
    Tally::one(checked.is_ok())
}
