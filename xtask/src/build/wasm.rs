//! Compiles the two web programs and generates their JavaScript.
//!
//! wasm-bindgen is used as a library: it is then always the version in `Cargo.lock`, and nobody
//! has to install a tool that must match it.

use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::Profile;
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
    build.args(["--target", WASM, "--profile", profile, color_flag()]);
    check_labelled(label, &mut build)
}

fn bind_one(target: &Path, bin: &str, profile: &str) -> Result<Part> {
    let folder = if profile == "dev" { "debug" } else { profile };
    let input = target
        .join(WASM)
        .join(folder)
        .join(bin)
        .with_extension("wasm");
    let out = target.join("bindgen").join(bin);
    if out.exists() {
        fs::remove_dir_all(&out).context("could not clear the glue's folder")?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&input)
        .web(true)?
        .typescript(false)
        .out_name("part");
    if profile != "dev" {
        bindgen
            .demangle(false)
            .remove_name_section(true)
            .remove_producers_section(true);
    }
    bindgen
        .generate(&out)
        .with_context(|| format!("could not bind {bin}"))?;
    ensure!(
        !out.join("snippets").exists(),
        "{bin} contains a crate with JavaScript of its own, which no file name would carry"
    );
    Ok(Part {
        glue: fs::read(out.join("part.js"))?,
        wasm: fs::read(out.join("part_bg.wasm"))?,
    })
}
