//! Format and lints.

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
pub(super) fn clippy(steps: &Steps) -> Vec<Row> {
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
    let wasm = clippy_for_wasm();
    vec![
        Row {
            kind: "lint native".into(),
            tally: native,
        },
        Row {
            kind: "lint Wasm".into(),
            tally: wasm,
        },
    ]
}

/// This is the first kind that needs the Wasm target, which a new machine does not have.
fn clippy_for_wasm() -> Tally {
    if let Err(error) = workspace::ensure_wasm_target() {
        println!("error: {error:#}");
        return Tally::one(false);
    }
    cargo(&[
        "clippy",
        "--package",
        "wavetank-web",
        "--target",
        WASM,
        "--",
        "-Dwarnings",
    ])
}

fn cargo(arguments: &[&str]) -> Tally {
    let checked = workspace::check(workspace::cargo().args(arguments));
    if let Err(error) = &checked {
        println!("{error:#}");
    }
    Tally::one(checked.is_ok())
}
