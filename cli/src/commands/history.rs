//! Reads tables of past runs, for the commands that go by them.

use std::path::PathBuf;

use wavetank_core::checked::{Checked, Issue, IssueLevel};
use wavetank_core::scenario::{self, History, HistoryFile};

use super::tell_issues;
use crate::error::Failure;
use crate::input;

/// What the runs in these files came to; they count as one table. Files of which nothing can be
/// used are a failure: whoever names them wants them used.
pub(super) fn read(paths: &[PathBuf]) -> Result<Checked<History>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            return Err(Failure::HistoryIsFolder(path.display().to_string()));
        }
        files.push((path.display().to_string(), input::read_bytes(path)?));
    }
    let files: Vec<HistoryFile<'_>> = files
        .iter()
        .map(|(name, bytes)| HistoryFile { name, bytes })
        .collect();
    let read = scenario::read_history(&files);
    let is_refused = |issue: &Issue| issue.level == IssueLevel::Error;
    if read.value.entries.is_empty() && read.issues.iter().any(is_refused) {
        tell_issues(&read.issues, IssueLevel::Note);
        return Err(Failure::NoRuns);
    }
    Ok(read)
}
