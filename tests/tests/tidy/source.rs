//! The files that the rules are about.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the workspace that hold code.
const FOLDERS: &[&str] = &["core", "web", "cli", "tests", "xtask"];

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the root of the repository, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The lines with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    /// A problem at a line of this file.
    pub(crate) fn problem(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the crate lies in the workspace")
        .to_owned()
}

/// Every Rust file of the workspace, sorted by path.
pub(crate) fn rust_sources() -> Vec<Source> {
    sources_with_extension(FOLDERS, "rs")
}

/// Every file below `folders` with this extension, sorted by path.
pub(crate) fn sources_with_extension(folders: &[&str], extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&root().join(folder), extension, &mut found);
    }
    found.sort();
    found.iter().map(|path| read(path)).collect()
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry of a folder can be read").path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

fn read(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a source is readable text");
    let path = path
        .strip_prefix(root())
        .expect("it lies in the repository");
    Source {
        path: path.to_string_lossy().replace('\\', "/"),
        text,
    }
}
