//! Makes sure that there is a browser to test in, and says what to do where it cannot.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::steps::Steps;
use crate::workspace;

/// Installs Chromium and its driver where that is possible without asking: as root on Debian.
pub fn ensure(steps: &Steps) -> Result<()> {
    let named = |name| std::env::var_os(name).is_some();
    let has_driver = named("CHROMEDRIVER") || answers("chromedriver");
    let has_browser = named("CHROMIUM") || answers("chromium") || answers("google-chrome");
    if has_driver && has_browser {
        return Ok(());
    }
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        bail!(
            "the browser tests need Chromium and chromedriver on the PATH (or in CHROMIUM and \
             CHROMEDRIVER); on Debian: apt-get install chromium chromium-driver. \
             --skip-browser leaves these tests out"
        );
    }
    steps.say("browser: installing chromium and chromium-driver");
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        workspace::check(apt.stdout(Stdio::null()))
    };
    apt(&["update", "-q"])?;
    apt(&[
        "install",
        "-q",
        "-y",
        "--no-install-recommends",
        "chromium",
        "chromium-driver",
    ])
}

fn answers(program: &str) -> bool {
    let mut asked = Command::new(program);
    asked
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
