//! Compiles the two web programs and generates their JavaScript.

use std::fs;
use std::path::Path;
use std::thread;

use anyhow::Result;

use super::Profile;
use crate::bind::{self, Loader};
use crate::workspace::{WASM, cargo, check_labelled, color_flag};

/// A program for the browser: a module of JavaScript and the Wasm that it loads.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) glue: Vec<u8>,
    pub(super) wasm: Vec<u8>,
}

/// The two programs of the site.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) page: Part,
    pub(super) worker: Part,
}

/// Compiles both programs, side by side: linking each takes one core for a long time.
pub(super) fn compile(profile: Profile) -> Result<()> {
    thread::scope(|scope| {
        let page = scope.spawn(|| compile_one("page", "wavetank-page", page_profile(profile)));
        let worker = compile_one("worker", "wavetank-worker", worker_profile(profile));
        page.join().expect("compiling does not panic").and(worker)
    })
}

/// Generates the JavaScript of both programs.
pub(super) fn bind(profile: Profile, target: &Path) -> Result<Parts> {
    Ok(Parts {
        page: bind_one(target, "wavetank-page", page_profile(profile))?,
        worker: bind_one(target, "wavetank-worker", worker_profile(profile))?,
    })
}

fn page_profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Dev => "dev",
        Profile::Shipped => "web",
    }
}

fn worker_profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Dev => "dev",
        Profile::Shipped => "web-worker",
    }
}

fn compile_one(label: &str, bin: &str, profile: &str) -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--package", "wavetank-web", "--bin", bin]);
    // Each program's feature is named as its label: what only the other needs is not compiled.
    build.args(["--no-default-features", "--features", label]);
    build.args(["--target", WASM, "--profile", profile, color_flag()]);
    check_labelled(label, &mut build)
}

fn bind_one(target: &Path, bin: &str, profile: &str) -> Result<Part> {
    let out = bind::bind(target, bin, profile, Loader::Browser)?;
    Ok(Part {
        glue: fs::read(out.join("part.js"))?,
        wasm: fs::read(out.join("part_bg.wasm"))?,
    })
}
