//! Reads tables of past runs, for the commands that go by them.

use std::path::PathBuf;

use wavetank_core::checked::Checked;
use wavetank_core::durations::DurationEntry;
use wavetank_core::scenario::{self, HistoryFile};

use crate::error::Failure;
use crate::input;

/// What the runs in these files came to; they count as one table.
pub(super) fn read(paths: &[PathBuf]) -> Result<Checked<Vec<DurationEntry>>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        files.push((path.display().to_string(), input::read_bytes(path)?));
    }
    let files: Vec<HistoryFile<'_>> = files
        .iter()
        .map(|(name, bytes)| HistoryFile { name, bytes })
        .collect();
    Ok(scenario::read_history(&files))
}
