//! `cargo xtask screenshots`: builds the site and makes the README's pictures.

use anyhow::Result;

use crate::build::{self, Profile};
use crate::steps::Steps;
use crate::test::chromium;
use crate::workspace;

/// Writes the pictures into `docs/`; the table of them is in `tests/src/browser/shots.rs`.
pub fn run() -> Result<()> {
    let steps = Steps::begin();
    chromium::ensure(&steps)?;
    build::build_site(&steps, Profile::Shipped, &workspace::root().join("dist"))?;
    steps.say("taking pictures");
    let mut shots = workspace::cargo();
    shots.args([
        "run",
        "--quiet",
        "--package",
        "wavetank-tests",
        "--features",
        "browser",
    ]);
    shots.args(["--bin", "wavetank-shots"]);
    workspace::check(&mut shots)?;
    steps.say("wrote docs/*.png");
    Ok(())
}
