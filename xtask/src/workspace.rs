//! Where things are, and how to run a tool and learn that it failed.

use std::env;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The target of everything a browser runs.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The root of the workspace.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
}

/// A `cargo` command in the workspace, of the toolchain that built xtask.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The folder cargo builds into, wherever its configuration puts it.
pub fn target_dir() -> Result<PathBuf> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("could not run cargo")?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata was not JSON")?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo named no target folder")?;
    Ok(target.into())
}

/// Runs a command with its output on the terminal; failing is an error.
pub fn check(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("could not run {}", name(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", name(command));
    }
    Ok(())
}

/// Runs a command with its output on the terminal, and keeps what it prints on standard output.
pub fn read_through(command: &mut Command) -> Result<String> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not run {}", name(command)))?;
    let stdout = child.stdout.take().expect("standard output is piped");
    let mut kept = String::new();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        kept.push_str(&line);
        kept.push('\n');
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed: {status}", name(command));
    }
    Ok(kept)
}

/// Runs a command and passes each line of its standard error on under a label, so that two
/// commands can run side by side and still be told apart.
pub fn check_labelled(label: &str, command: &mut Command) -> Result<()> {
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not run {}", name(command)))?;
    let stderr = child.stderr.take().expect("standard error is piped");
    for line in BufReader::new(stderr).lines() {
        eprintln!("{label} | {}", line?);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{label}: {} failed: {status}", name(command));
    }
    Ok(())
}

/// Makes sure that the Wasm target is installed, which needs rustup only if it is not.
pub fn ensure_wasm_target() -> Result<()> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(root())
        .output();
    let sysroot = output.context("could not run rustc")?.stdout;
    let sysroot = String::from_utf8(sysroot).context("the sysroot is not UTF-8")?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM)
        .is_dir()
    {
        return Ok(());
    }
    check(
        Command::new("rustup")
            .args(["target", "add", WASM])
            .current_dir(root()),
    )
    .with_context(|| {
        format!("the Rust target {WASM} is missing; install it with your toolchain's tool")
    })
}

/// Whether cargo should colour what it says through our pipe.
#[must_use]
pub fn color_flag() -> &'static str {
    if std::io::stderr().is_terminal() {
        "--color=always"
    } else {
        "--color=never"
    }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
