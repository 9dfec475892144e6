//! The table of what was measured, for people: `target/measures.md`, and the test's output.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context, Result};
use xtask::workspace;

const HEAD: &str = "| Measure | Target | Measured |\n|---|---|---|\n";

/// One row.
#[derive(Clone, Debug)]
pub struct Measure<'a> {
    /// What was measured.
    pub name: &'a str,
    /// What is wanted.
    pub target: &'a str,
    /// What came of it, with its unit.
    pub measured: String,
}

/// Prints a row and writes it into the table, in place of one of the same name.
pub fn record(measure: &Measure<'_>) -> Result<()> {
    let Measure {
        name,
        target,
        measured,
    } = measure;
    say(&format!("{name} | {target} | {measured}"));
    let file = workspace::target_dir()?.join("measures.md");
    write(&file, name, &format!("| {name} | {target} | {measured} |"))
        .with_context(|| file.display().to_string())
}

/// Says something that is read even if the test passes: what is printed is kept back then.
pub fn say(line: &str) {
    // Without anyone to hear it, nothing is lost.
    let _ = writeln!(io::stderr(), "{line}");
}

fn write(file: &Path, name: &str, row: &str) -> Result<()> {
    let before = fs::read_to_string(file).unwrap_or_default();
    let start = format!("| {name} |");
    let mut rows: Vec<&str> = before.lines().skip(2).collect();
    match rows.iter_mut().find(|found| found.starts_with(&start)) {
        Some(found) => *found = row,
        None => rows.push(row),
    }
    Ok(fs::write(file, format!("{HEAD}{}\n", rows.join("\n")))?)
}
