//! The built page in a real Chromium.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{Row, chromium, programs};
use crate::build::{self, Profile};
use crate::steps::Steps;
use crate::workspace;

/// Builds what ships and tests that.
pub(super) fn run(steps: &Steps) -> Result<Vec<Row>> {
    chromium::ensure(steps)?;
    let site = workspace::target_dir()?.join("site");
    build::build_site(steps, Profile::Shipped, &site)?;
    let axe = axe(steps)?;
    steps.say("browser: building the tests");
    let programs = programs::build_native()?;
    programs::build_command_line()?;
    let program = programs
        .iter()
        .find(|program| program.kind == "browser")
        .context("there are no browser tests")?;
    steps.say("browser: running");
    let mut command = program.command();
    // One browser at a time: several would compete for the processor and disturb what is timed.
    command.arg("--test-threads=1").env("WAVETANK_SITE", &site);
    match axe {
        Some(axe) => command.env("WAVETANK_AXE", axe),
        None => command.args(["--skip", "axe_"]),
    };
    Ok(vec![Row {
        kind: "browser".into(),
        tally: programs::run(&mut command)?,
    }])
}

/// Fetches axe-core for the accessibility tests; without npm they are skipped, and counted so.
fn axe(steps: &Steps) -> Result<Option<PathBuf>> {
    let folder = workspace::target_dir()?.join("axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.exists() {
        return Ok(Some(script));
    }
    steps.say("browser: fetching axe-core");
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--no-save",
        "--no-package-lock",
        "--no-fund",
        "--no-audit",
    ]);
    npm.arg("--prefix")
        .arg(&folder)
        .arg("axe-core@4")
        .stdout(Stdio::null());
    match workspace::check(&mut npm) {
        Ok(()) => Ok(Some(script)),
        Err(error) => {
            println!("skipped: the accessibility tests, as axe-core could not be fetched: {error}");
            Ok(None)
        }
    }
}
