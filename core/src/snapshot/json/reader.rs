//! Walks through a JSON file, object by object.

use crate::snapshot::file::FileContext;
use crate::snapshot::json::document::{self, Opened};
use crate::snapshot::json::gap::{Before, Gaps};
use crate::snapshot::json::list::{ListState, Next};

/// Where reading a JSON file stands.
#[derive(Debug)]
pub(in crate::snapshot) struct JsonReader {
    state: State,
    gaps: Gaps,
}

#[derive(Debug)]
enum State {
    /// Looking for a document.
    Between(usize, Before),
    /// In a list.
    List(Box<ListState>),
    /// At the end of the file.
    Done,
}

impl JsonReader {
    /// A reader that begins at `start`, behind a byte order mark.
    pub(in crate::snapshot) fn new(start: usize) -> Self {
        Self {
            state: State::Between(start, Before::Document),
            gaps: Gaps::default(),
        }
    }

    /// How many bytes have been read.
    pub(in crate::snapshot) fn offset(&self, n_bytes: usize) -> usize {
        match &self.state {
            State::Between(at, _) => *at,
            State::List(list) => list.at,
            State::Done => n_bytes,
        }
    }

    /// Reads one object; whether there may be another.
    pub(in crate::snapshot) fn step(&mut self, file: &mut FileContext<'_>) -> bool {
        self.state = match std::mem::replace(&mut self.state, State::Done) {
            State::Between(at, before) => self.open(file, at, before),
            State::List(mut list) => match list.step(file) {
                Next::Item => State::List(list),
                Next::Closed(at) if list.name.is_empty() => State::Between(at, Before::Document),
                Next::Closed(at) => match list.head.close(file, at) {
                    Ok(end) => State::Between(end, Before::Document),
                    Err(at) => State::Between(at, Before::Damage),
                },
                Next::Lost(at) => State::Between(at, Before::Damage),
            },
            State::Done => State::Done,
        };
        !matches!(self.state, State::Done)
    }

    fn open(&mut self, file: &mut FileContext<'_>, at: usize, before: Before) -> State {
        let start = self.gaps.skip(file.bytes, at, before);
        if start >= file.bytes.len() {
            self.gaps.report(file);
            return State::Done;
        }
        match document::open(file, start) {
            Opened::List(list) => State::List(Box::new(list)),
            Opened::Whole(end) => State::Between(end, Before::Document),
            Opened::Lost(at) => State::Between(at, Before::Damage),
        }
    }
}
