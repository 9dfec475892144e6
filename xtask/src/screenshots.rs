//! `cargo xtask screenshots`: builds the site and makes the README's pictures.

use std::process::Command;

use anyhow::Result;

use crate::build::{self, Profile};
use crate::steps::Steps;
use crate::test::{chromium, programs};
use crate::workspace;

/// The program that takes the pictures.
const BIN: &str = "wavetank-shots";

/// Writes the pictures into `docs/`; the table of them is in `tests/src/browser/shots.rs`.
pub fn run() -> Result<()> {
    let steps = Steps::begin();
    chromium::ensure(&steps)?;
    build::build_site(&steps, Profile::Shipped, &workspace::root().join("dist"))?;
    steps.say("building what takes the pictures");
    programs::build_native()?;
    steps.say("taking pictures");
    workspace::check(&mut Command::new(
        workspace::target_dir()?.join("debug").join(BIN),
    ))?;
    steps.say("wrote docs/*.png");
    Ok(())
}
