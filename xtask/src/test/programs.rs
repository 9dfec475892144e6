//! Builds test programs and says where they are, so that each can be run and counted by itself.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::tally::Tally;
use crate::workspace;

/// A built test program.
#[derive(Debug)]
pub(crate) struct Program {
    /// The tests' kind: the name of the file in `tests/`, or `unit`.
    pub(super) kind: String,
    pub(super) package: String,
    pub(super) path: PathBuf,
    /// Where cargo would run it.
    folder: PathBuf,
}

/// Builds every native test program of the workspace, and the programs of their crates.
///
/// All kinds are built by this one command: with other packages or features chosen, cargo would
/// compile many dependencies once more.
pub(crate) fn build_native() -> Result<Vec<Program>> {
    build(&["--workspace", "--all-features"])
}

/// Builds the command line, which some tests hold the page and Wasm against.
pub(crate) fn build_command_line() -> Result<()> {
    workspace::check(workspace::cargo().args(["build", "--quiet", "--package", "wavetank"]))
}

/// Builds what `cargo test` with these arguments would run.
pub(super) fn build(arguments: &[&str]) -> Result<Vec<Program>> {
    let mut cargo = workspace::cargo();
    cargo.arg("test").args(arguments);
    cargo.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("could not run cargo")?;
    let mut programs = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        let message: Value = serde_json::from_str(&line?).context("cargo's message")?;
        programs.extend(program(&message));
    }
    ensure!(child.wait()?.success(), "the tests could not be built");
    Ok(programs)
}

fn program(message: &Value) -> Option<Program> {
    let path = message["executable"].as_str()?;
    if message["profile"]["test"] != true {
        return None;
    }
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
    let name = message["target"]["name"].as_str()?;
    let is_integration = message["target"]["kind"][0] == "test";
    Some(Program {
        kind: if is_integration { name } else { "unit" }.to_owned(),
        package: folder.file_name()?.to_string_lossy().into_owned(),
        path: path.into(),
        folder: folder.to_owned(),
    })
}

impl Program {
    /// A command that runs the program as cargo would.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder);
        command
    }
}

/// Runs a test program, passes its output on, and counts; one that dies uncounted has failed.
pub(super) fn run(command: &mut Command) -> Result<Tally> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("a test program")?;
    let mut tally = Tally::default();
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        let line = line?;
        tally += Tally::parse(&line).unwrap_or_default();
        println!("{line}");
    }
    if !child.wait()?.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}
