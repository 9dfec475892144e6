//! The same computations natively and as Wasm: every line must be the same in both.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tally::Tally;
use super::{Row, programs};
use crate::bind::{self, Loader};
use crate::steps::Steps;
use crate::workspace::{self, WASM, check_labelled};

/// The program that computes.
pub const BIN: &str = "wavetank-probe";
/// What ships, so that optimising is compared too: the native side is not optimised.
pub const WASM_PROFILE: &str = "web-worker";

/// Compiles the program to Wasm.
pub fn compile_wasm() -> Result<()> {
    let mut build = workspace::cargo();
    build.args(["build", "--package", "wavetank-tests", "--bin", BIN]);
    build.args([
        "--target",
        WASM,
        "--profile",
        WASM_PROFILE,
        workspace::color_flag(),
    ]);
    check_labelled("probe", &mut build)
}

/// Runs both and counts the lines that agree.
pub(super) fn compare(steps: &Steps) -> Result<Vec<Row>> {
    steps.say("digest: computing natively");
    // Building the tests builds the programs of their crate too.
    programs::build_native()?;
    programs::build_command_line()?;
    let programs = workspace::target_dir()?.join("debug");
    let mut native = output(&mut Command::new(programs.join(BIN)))?;
    let scenarios = scenarios()?;
    for scenario in &scenarios {
        let mut simulate = Command::new(programs.join("wavetank"));
        let digest = output(simulate.args(["simulate", "--digest"]).arg(scenario))?;
        writeln!(native, "simulate {}: {}", scenario.display(), digest.trim())
            .expect("a string takes everything");
    }
    steps.say("digest: computing as Wasm");
    workspace::ensure_wasm_target()?;
    compile_wasm()?;
    let out = bind::bind(&workspace::target_dir()?, BIN, WASM_PROFILE, Loader::Node)?;
    let script = workspace::root().join("xtask/src/test/digest.js");
    let mut node = Command::new("node");
    let wasm = output(node.arg(script).arg(out.join("part.js")).args(&scenarios))?;
    let tally = tally(&native, &wasm);
    println!("{} digests agree, {} differ", tally.passed, tally.failed);
    Ok(vec![Row {
        kind: "native = Wasm".into(),
        tally,
    }])
}

/// The scenarios of the repository that hold their fleet.
fn scenarios() -> Result<Vec<PathBuf>> {
    let mut scenarios = Vec::new();
    for entry in fs::read_dir(workspace::root().join("scenarios"))? {
        let file = entry?.path().join("scenario.yaml");
        let holds_its_fleet = fs::read_to_string(&file).is_ok_and(|text| {
            text.lines()
                .any(|line| line.trim_start().starts_with("generate:"))
        });
        if holds_its_fleet {
            scenarios.push(file);
        }
    }
    scenarios.sort();
    Ok(scenarios)
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    ensure!(
        output.status.success(),
        "the probe failed: {}",
        output.status
    );
    String::from_utf8(output.stdout).context("the probe's output")
}

/// Compares line by line; a line that only one of them has is a difference.
fn tally(native: &str, wasm: &str) -> Tally {
    let mut tally = Tally::default();
    let (mut native, mut wasm) = (native.lines(), wasm.lines());
    loop {
        let pair = (native.next(), wasm.next());
        if pair == (None, None) {
            return tally;
        }
        if pair.0 != pair.1 {
            println!("native {:?}\n  Wasm {:?}", pair.0, pair.1);
        }
        tally += Tally::one(pair.0 == pair.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_different_line_is_a_failure() {
        let expected = Tally {
            passed: 1,
            failed: 2,
            skipped: 0,
        };
        assert_eq!(tally("a 1\na 2\na 3\n", "a 1\na 9\n"), expected);
    }
}
