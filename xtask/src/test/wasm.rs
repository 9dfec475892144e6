//! The core's own tests, compiled to the Wasm that ships and run by Node.
//!
//! They are the very `#[test]` functions of the native run. The harness cannot print from Wasm, so
//! the count is of the tests listed natively whose functions are in the Wasm file; the others do
//! not exist there and count as skipped.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::tally::Tally;
use super::{Row, programs};
use crate::steps::Steps;
use crate::workspace::{self, WASM};

/// Runs the tests and says which one failed, with its message.
pub(super) fn run(steps: &Steps) -> Result<Vec<Row>> {
    steps.say("wasm: building the core's tests");
    workspace::ensure_wasm_target()?;
    let mut native = programs::build_native()?;
    native.retain(|program| program.package == "core" && program.kind == "unit");
    let wasm = programs::build(&["--package", "wavetank-core", "--lib", "--target", WASM])?;
    let mut tally = Tally::default();
    for (native, wasm) in native.iter().zip(&wasm) {
        steps.say("wasm: running the core's tests in Node");
        let listed = native
            .command()
            .args(["--list", "--format", "terse"])
            .output()?;
        let names = String::from_utf8(listed.stdout).context("the list of tests")?;
        let file = fs::read(&wasm.path)?;
        let count = count(names.lines(), &file);
        let script = workspace::root().join("xtask/src/test/libtest.js");
        let ran = workspace::check(Command::new("node").arg(script).arg(&wasm.path));
        tally += match ran {
            Ok(()) => count,
            // The first failure ends the program, so how many would have passed is not known.
            Err(error) => {
                println!("{error:#}");
                Tally::one(false)
            }
        };
        println!(
            "{} tests ran as Wasm, {} exist natively only",
            tally.passed, count.skipped
        );
    }
    Ok(vec![Row {
        kind: "core as Wasm".into(),
        tally,
    }])
}

/// Counts which of the tests have a function in `file`.
fn count<'a>(listed: impl Iterator<Item = &'a str>, file: &[u8]) -> Tally {
    let symbols = String::from_utf8_lossy(file);
    let mut tally = Tally::default();
    for name in listed.filter_map(|line| line.strip_suffix(": test")) {
        // In both of Rust's manglings a path is its segments in order, each after its length.
        let mangled = name.split("::").fold(String::new(), |path, segment| {
            format!("{path}{}{segment}", segment.len())
        });
        let is_there = symbols.contains(&mangled);
        tally += Tally {
            passed: is_there.into(),
            failed: 0,
            skipped: (!is_there).into(),
        };
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_counts_where_its_function_is() {
        let file = b"..._ZN13wavetank_core3rng5tests4drawE...";
        let listed = [
            "rng::tests::draw: test",
            "rng::tests::other: test",
            "x: benchmark",
        ];
        let expected = Tally {
            passed: 1,
            failed: 0,
            skipped: 1,
        };
        assert_eq!(count(listed.into_iter(), file), expected);
    }
}
