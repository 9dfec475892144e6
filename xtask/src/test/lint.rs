//! Format and lints.

use super::Row;
use super::tally::Tally;
use crate::steps::Steps;
use crate::workspace;

/// Whether rustfmt would change nothing.
pub(super) fn format(steps: &Steps) -> Row {
    steps.say("format: rustfmt");
    Row {
        kind: "format".into(),
        tally: cargo(&["fmt", "--all", "--check"]),
    }
}

/// Whether clippy has nothing to say of the workspace. It looks at the native code alone: a tidy
/// test holds that nothing is compiled for Wasm only, and the target's own compilation of all
/// dependencies costs minutes.
pub(super) fn clippy(steps: &Steps) -> Row {
    steps.say("lint: clippy");
    Row {
        kind: "lint".into(),
        tally: cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-Dwarnings",
        ]),
    }
}

fn cargo(arguments: &[&str]) -> Tally {
    let checked = workspace::check(workspace::cargo().args(arguments));
    if let Err(error) = &checked {
        println!("{error:#}");
    }
    Tally::one(checked.is_ok())
}
