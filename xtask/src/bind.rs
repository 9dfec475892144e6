//! wasm-bindgen as a library: always the version in `Cargo.lock`, and no tool to install.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::workspace::WASM;

/// Who loads the JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loader {
    /// A browser, as an ES module.
    Browser,
    /// Node, by `require`.
    Node,
}

/// Generates `part.js` and `part_bg.wasm` for a program that cargo built, and names their folder.
pub fn bind(target: &Path, bin: &str, profile: &str, loader: Loader) -> Result<PathBuf> {
    let folder = if profile == "dev" { "debug" } else { profile };
    let input = target
        .join(WASM)
        .join(folder)
        .join(bin)
        .with_extension("wasm");
    let out = target.join("bindgen").join(bin);
    if out.exists() {
        fs::remove_dir_all(&out).context("could not clear the folder of generated JavaScript")?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&input)
        .typescript(false)
        .out_name("part");
    match loader {
        Loader::Browser => bindgen.web(true)?,
        Loader::Node => bindgen.nodejs(true)?,
    };
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
        "{bin} contains a crate with JavaScript of its own, which the site does not carry"
    );
    Ok(out)
}
