//! The event log's window: which rows are here, which are on their way, where the cursor is.
//!
//! A trace holds a hundred thousand events and more; the page holds the rows near the ones in
//! sight and asks the worker for others as they come into sight.

use std::collections::BTreeMap;
use std::rc::Rc;

use wavetank_core::report::{EventFilter, EventLevel, EventPage, EventRow};

use super::{Shared, State};
use crate::protocol::{Serial, ToWorker};

/// Rows that are asked for together.
pub const CHUNK: u32 = 100;
/// Chunks that are kept; those furthest from sight go first.
const MOST_CHUNKS: usize = 40;

/// The log as far as the page has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// Of this filter and rehearsal; answers to earlier ones are dropped.
    pub serial: Serial,
    /// Which events are wanted.
    pub filter: LogFilter,
    /// Whether it scrolls with the cursor.
    pub follow: Follow,
    /// How many events pass the filter, once it is known.
    pub total: Option<u32>,
    /// The rows here, by chunk; `None` while on their way.
    pub chunks: Rc<BTreeMap<u32, Option<Shared<Vec<EventRow>>>>>,
    /// How many rows lie at or before the cursor.
    pub row: Option<u32>,
    /// The instant whose row was asked for, while the answer is on its way.
    pub locating: Option<u64>,
}

/// Whether the log scrolls with the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// It does.
    Cursor,
    /// It stays.
    Nothing,
}

/// Which events are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// At least this level.
    pub min_level: EventLevel,
    /// Only those of the selected cluster.
    pub only_selected: bool,
    /// Only those whose text holds this.
    pub text: Rc<str>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            serial: 0,
            filter: LogFilter {
                min_level: EventLevel::Info,
                only_selected: false,
                text: Rc::from(""),
            },
            follow: Follow::Cursor,
            total: None,
            chunks: Rc::default(),
            row: None,
            locating: None,
        }
    }
}

impl Log {
    /// A row, if it is here.
    pub fn row_at(&self, row: u32) -> Option<&EventRow> {
        let chunk = self.chunks.get(&(row / CHUNK))?.as_ref()?;
        chunk.get((row % CHUNK) as usize)
    }
}

impl State {
    /// The log's filter in the core's terms.
    pub fn event_filter(&self) -> EventFilter {
        let filter = &self.log.filter;
        EventFilter {
            min_level: filter.min_level,
            cluster: self.selection.cluster.filter(|_| filter.only_selected),
            text: filter.text.to_string(),
            from_ms: None,
            to_ms: None,
        }
    }

    /// Forgets all rows and asks anew.
    pub(super) fn reload_log(&mut self) {
        self.log.serial += 1;
        self.log.total = None;
        self.log.chunks = Rc::default();
        self.log.locating = None;
        self.log.row = None;
        self.want_rows(0, 0);
        self.locate();
    }

    /// Asks for the rows of a range that are not here.
    pub(super) fn want_rows(&mut self, first: u32, last: u32) {
        if self.run.is_none() {
            return;
        }
        for chunk in first / CHUNK..=last / CHUNK {
            if self.log.chunks.contains_key(&chunk) {
                continue;
            }
            Rc::make_mut(&mut self.log.chunks).insert(chunk, None);
            let request = ToWorker::Log {
                serial: self.log.serial,
                filter: self.event_filter(),
                offset: chunk * CHUNK,
                limit: CHUNK,
            };
            self.send(request);
        }
        self.forget_far_rows(first / CHUNK);
    }

    fn forget_far_rows(&mut self, near: u32) {
        while self.log.chunks.len() > MOST_CHUNKS {
            let keys = self.log.chunks.keys().copied();
            let Some(furthest) = keys.max_by_key(|chunk| chunk.abs_diff(near)) else {
                return;
            };
            Rc::make_mut(&mut self.log.chunks).remove(&furthest);
        }
    }

    /// Asks where the cursor is in the log; one question at a time.
    pub(super) fn locate(&mut self) {
        if self.run.is_none() || self.log.locating.is_some() {
            return;
        }
        self.log.locating = Some(self.cursor_ms);
        let request = ToWorker::Locate {
            serial: self.log.serial,
            filter: self.event_filter(),
            at_ms: self.cursor_ms,
        };
        self.send(request);
    }

    pub(super) fn hear_located(&mut self, serial: Serial, row: u32) {
        if serial != self.log.serial {
            return;
        }
        self.log.row = Some(row);
        let asked = self.log.locating.take();
        if asked != Some(self.cursor_ms) {
            self.locate();
        }
    }

    pub(super) fn hear_rows(&mut self, serial: Serial, page: EventPage) {
        if serial != self.log.serial {
            return;
        }
        self.log.total = Some(page.total);
        let chunk = page.offset / CHUNK;
        Rc::make_mut(&mut self.log.chunks).insert(chunk, Some(Shared::new(page.rows)));
    }
}
