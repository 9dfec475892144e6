//! `cargo xtask bench`: the same workloads, timed natively by criterion and as Wasm by Node.

use std::process::Command;

use anyhow::Result;

use crate::bind::{self, Loader};
use crate::steps::Steps;
use crate::test::probe;
use crate::workspace;

/// Prints both sets of times.
pub fn run() -> Result<()> {
    let steps = Steps::begin();
    steps.say("native: criterion");
    workspace::check(workspace::cargo().args(["bench", "--package", "wavetank-tests"]))?;
    steps.say("Wasm: Node");
    workspace::ensure_wasm_target()?;
    probe::compile_wasm()?;
    let target = workspace::target_dir()?;
    let out = bind::bind(&target, probe::BIN, probe::WASM_PROFILE, Loader::Node)?;
    let script = workspace::root().join("xtask/src/test/bench.js");
    workspace::check(Command::new("node").arg(script).arg(out.join("part.js")))
}
