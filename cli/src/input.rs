//! Reads files and folders, and loads what they hold.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wavetank_core::checked::Checked;
use wavetank_core::scenario;
use wavetank_core::snapshot::{Loader, Snapshot};

use crate::error::Failure;

/// Bytes read between two updates of the progress bar.
const SLICE_BYTES: usize = 1 << 20;

/// Loads everything that `inputs` name.
///
/// A file that is named and cannot be read is a failure; what is wrong inside one is an issue.
/// `piped` is what standard input held, where it was read before.
pub(crate) fn load(inputs: &[PathBuf], piped: Option<&[u8]>) -> Result<Checked<Snapshot>, Failure> {
    let mut loader = Loader::new();
    let mut n_bytes = 0;
    for (path, bytes) in read_all(inputs, piped)? {
        n_bytes += bytes.len() as u64;
        loader.add_file(&path, bytes);
    }
    let bar = progress(n_bytes, "{bar:30} {bytes}/{total_bytes} {msg}");
    loop {
        let progress = loader.advance(SLICE_BYTES);
        bar.set_position(progress.bytes_done);
        bar.set_message(format!("{} objects", progress.objects));
        if progress.done {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(loader.finish())
}

/// A progress bar that shows only on a terminal.
pub(crate) fn progress(length: u64, template: &str) -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    let style = ProgressStyle::with_template(template).expect("our own templates are valid");
    bar.with_style(style)
}

/// Reads every file, under the path the user knows it by. Dumps that fleet files name are read
/// as well; one that is missing is left to the loader, which says which fleet file names it.
fn read_all(inputs: &[PathBuf], piped: Option<&[u8]>) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for input in inputs {
        match piped {
            Some(bytes) if input == Path::new("-") => files.push((input.clone(), bytes.to_vec())),
            _ => read(input, &mut files)?,
        }
    }
    let named: Vec<PathBuf> = files
        .iter()
        .flat_map(|(path, bytes)| dumps_named_in(path, bytes))
        .collect();
    for path in named {
        let known = files
            .iter()
            .any(|(known, _)| *known == path || known.starts_with(&path));
        if !known && path.exists() {
            read(&path, &mut files)?;
        }
    }
    let by_name = |(path, bytes): (PathBuf, Vec<u8>)| (path.to_string_lossy().into_owned(), bytes);
    Ok(files.into_iter().map(by_name).collect())
}

/// The dumps that a file names, if it is a fleet file.
fn dumps_named_in(path: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    let dumps = scenario::fleet_dumps(text);
    dumps.into_iter().map(|dump| folder.join(dump)).collect()
}

/// Reads a file, or all files under a folder in the order of their names.
fn read(path: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> Result<(), Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::read(Path::new("standard input"), error))?;
        files.push((path.to_owned(), bytes));
        return Ok(());
    }
    let failed = |error| Failure::read(path, error);
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        files.push((path.to_owned(), fs::read(path).map_err(failed)?));
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        entries.push(entry.map_err(failed)?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a folder may lead in a circle; one to a file is read like the file.
        let is_link = entry.file_type().map_err(failed)?.is_symlink();
        let leads_on = is_link && entry.path().is_dir();
        if !hidden && !leads_on {
            read(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// Reads a file, or standard input.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut files = Vec::new();
    read(path, &mut files)?;
    Ok(files.pop().map(|(_, bytes)| bytes).unwrap_or_default())
}
