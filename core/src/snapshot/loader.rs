//! Loads files into a snapshot, a slice of work at a time.

use std::collections::VecDeque;
use std::fmt;

use crate::checked::{Checked, IssueLevel};
use crate::snapshot::Snapshot;
use crate::snapshot::assemble;
use crate::snapshot::content::FileContent;
use crate::snapshot::detect::{Format, detect};
use crate::snapshot::file::FileContext;
use crate::snapshot::issues::IssueLog;
use crate::snapshot::json::JsonReader;
use crate::snapshot::positions::Positions;
use crate::snapshot::yaml::YamlReader;

/// Bytes of work that are charged for a step that passes none, so that every step ends.
const STEP_COST: usize = 64;

/// How far loading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadProgress {
    /// Whether every file has been read.
    pub done: bool,
    /// Bytes read so far.
    pub bytes_done: u64,
    /// Bytes given so far.
    pub bytes_total: u64,
    /// Objects kept so far.
    pub objects: u64,
    /// Issues met so far.
    pub issues: u64,
}

/// Reads files one after the other and collects what they hold.
///
/// A file's bytes are let go as soon as it has been read.
#[derive(Default)]
pub struct Loader {
    waiting: VecDeque<Waiting>,
    current: Option<Current>,
    contents: Vec<FileContent>,
    log: IssueLog,
    bytes_read: u64,
    bytes_total: u64,
    objects_read: u64,
}

/// A file that has not been looked at.
struct Waiting {
    path: String,
    bytes: Vec<u8>,
}

/// A file that is being read.
struct Current {
    path: String,
    bytes: Vec<u8>,
    positions: Positions,
    content: FileContent,
    rescanned: usize,
    reader: Reader,
}

/// How the current file is read.
enum Reader {
    Json(JsonReader),
    Yaml(YamlReader),
}

impl fmt::Debug for Loader {
    /// Prints how far it is; the bytes it holds may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Loader").field(&self.progress()).finish()
    }
}

impl Loader {
    /// A loader without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file under the path the user knows it by; folders are part of the path.
    pub fn add_file(&mut self, path: &str, bytes: Vec<u8>) {
        self.bytes_total += bytes.len() as u64;
        self.waiting.push_back(Waiting {
            path: path.replace('\\', "/"),
            bytes,
        });
    }

    /// Reads about `n_bytes` more, stopping between two objects.
    pub fn advance(&mut self, n_bytes: usize) -> LoadProgress {
        let mut left = n_bytes.max(1);
        while left > 0 && self.step(&mut left) {}
        self.progress()
    }

    /// What was loaded, with every issue met; files that were not read yet are read now.
    pub fn finish(mut self) -> Checked<Snapshot> {
        while !self.advance(usize::MAX).done {}
        let mut log = self.log;
        let value = assemble::snapshot(self.contents, &mut log);
        Checked {
            value,
            issues: log.finish(),
        }
    }

    /// How far loading is.
    pub fn progress(&self) -> LoadProgress {
        let (reading, kept) = self.current.as_ref().map_or((0, 0), |current| {
            (current.offset() as u64, current.content.n_objects() as u64)
        });
        LoadProgress {
            done: self.current.is_none() && self.waiting.is_empty(),
            bytes_done: self.bytes_read + reading,
            bytes_total: self.bytes_total,
            objects: self.objects_read + kept,
            issues: self.log.count(),
        }
    }

    /// Reads one object, and takes its bytes off `left`; whether there is more to do.
    fn step(&mut self, left: &mut usize) -> bool {
        let Some(current) = &mut self.current else {
            return self.open_next(left);
        };
        let before = current.offset();
        let more = current.step(&mut self.log);
        let passed = current.offset().saturating_sub(before);
        *left = left.saturating_sub(passed.max(STEP_COST));
        if !more && let Some(current) = self.current.take() {
            self.bytes_read += current.bytes.len() as u64;
            self.objects_read += current.content.n_objects() as u64;
            self.contents.push(current.content);
        }
        true
    }

    /// Takes up the next file.
    fn open_next(&mut self, left: &mut usize) -> bool {
        let Some(Waiting { path, bytes }) = self.waiting.pop_front() else {
            return false;
        };
        *left = left.saturating_sub(STEP_COST);
        let reader = match detect(&path, &bytes) {
            Format::Json(start) => Reader::Json(JsonReader::new(start)),
            Format::Yaml(start) => Reader::Yaml(YamlReader::new(start)),
            Format::Refused(why) => {
                self.bytes_read += bytes.len() as u64;
                self.log
                    .push_file(why.level, why.rule, &path, why.message, why.fix);
                self.contents.push(FileContent {
                    path,
                    refused: why.level != IssueLevel::Note,
                    ..FileContent::default()
                });
                return true;
            }
        };
        self.current = Some(Current {
            content: FileContent {
                path: path.clone(),
                ..FileContent::default()
            },
            path,
            bytes,
            positions: Positions::default(),
            rescanned: 0,
            reader,
        });
        true
    }
}

impl Current {
    fn offset(&self) -> usize {
        match &self.reader {
            Reader::Json(reader) => reader.offset(self.bytes.len()),
            Reader::Yaml(reader) => reader.offset(self.bytes.len()),
        }
    }

    fn step(&mut self, log: &mut IssueLog) -> bool {
        let mut file = FileContext {
            path: &self.path,
            bytes: &self.bytes,
            positions: &mut self.positions,
            log,
            content: &mut self.content,
            rescanned: &mut self.rescanned,
        };
        match &mut self.reader {
            Reader::Json(reader) => reader.step(&mut file),
            Reader::Yaml(reader) => reader.step(&mut file),
        }
    }
}
