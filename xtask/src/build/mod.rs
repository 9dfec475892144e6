//! `cargo xtask build`: from crates to a folder that any web server can serve at any path.
//!
//! Every file but `index.html` carries a hash of its content in its name and is referred to
//! relatively, so the folder can be cached for ever and moved anywhere.

mod assets;
mod minify;
mod page;
mod policy;
mod sizes;
mod wasm;

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result, bail};

use self::assets::Site;
pub use self::policy::{PAGE_POLICY, header_policy};
pub(crate) use self::sizes::gzip;
use crate::steps::Steps;
use crate::workspace;

/// How the site is built.
#[derive(Clone, Debug, clap::Args)]
pub struct BuildArguments {
    /// Compile quickly, without optimising
    #[arg(long)]
    dev: bool,
    /// The folder to write
    #[arg(long, default_value = "dist")]
    out: PathBuf,
}

/// Which of cargo's profiles the site is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Small and fast to run.
    Shipped,
}

/// Builds the site and prints what it weighs.
pub fn run(arguments: &BuildArguments) -> Result<()> {
    let profile = if arguments.dev {
        Profile::Dev
    } else {
        Profile::Shipped
    };
    let out = workspace::root().join(&arguments.out);
    build_site(&Steps::begin(), profile, &out)
}

/// Builds the site into `out`, saying each step.
pub fn build_site(steps: &Steps, profile: Profile, out: &Path) -> Result<()> {
    refuse_foreign_folder(out)?;
    workspace::ensure_wasm_target()?;
    let target = workspace::target_dir()?;
    steps.say("compiling the page and the worker to Wasm");
    wasm::compile(profile)?;
    steps.say("writing the JavaScript glue");
    let parts = wasm::bind(profile, &target)?;
    steps.say("putting the page together");
    let mut site = Site::default();
    let index = page::assemble(&parts, &mut site)?;
    site.add_named("index.html", index.into_bytes());
    site.write(out)?;
    let sizes = sizes::measure(&site);
    print!("{}", sizes::table(&sizes));
    fs::write(target.join("sizes.json"), sizes::json(&sizes)).context("could not write sizes")?;
    steps.say(&format!("built {}", out.display()));
    Ok(())
}

/// The folder is emptied before it is written, so it must be one of ours.
fn refuse_foreign_folder(out: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).context(format!("cannot use {}", out.display())),
    };
    let is_ours =
        fs::read_to_string(out.join("index.html")).is_ok_and(|index| index.contains(PAGE_POLICY));
    if !is_empty && !is_ours {
        bail!(
            "{} holds files of something else; choose another --out",
            out.display()
        );
    }
    Ok(())
}
