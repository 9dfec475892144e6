//! The events of one cluster as they happen: all of them kept, or only what is asked for again.
//!
//! The life of pods is most of what happens, and nothing in a rehearsal asks for those events once
//! they are told. Where nobody will read the trace they are numbered and not kept.

use super::trace::Event;
use crate::ids::EventId;

/// What is kept of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// Every event.
    Trace,
    /// Those that decide or that others are told by: all but the moves of pods.
    Decisions,
}

/// The events of one cluster.
#[derive(Debug)]
pub(crate) struct Log {
    keeps: Keeps,
    n_events: usize,
    events: Vec<Event>,
    /// The number of each event that is kept, where some are not.
    numbers: Vec<EventId>,
}

impl Log {
    /// Without events, for a cluster of so many pods.
    pub(crate) fn new(keeps: Keeps, n_pods: usize) -> Self {
        let n_expected = match keeps {
            Keeps::Trace => 8 * n_pods,
            Keeps::Decisions => 0,
        };
        Self {
            keeps,
            n_events: 0,
            events: Vec::with_capacity(n_expected),
            numbers: Vec::new(),
        }
    }

    /// Numbers an event, and keeps it if it is one to keep.
    pub(crate) fn push(&mut self, event: Event) -> EventId {
        let id = EventId::new(self.n_events);
        self.n_events += 1;
        match self.keeps {
            Keeps::Trace => self.events.push(event),
            Keeps::Decisions if event.kind.moves_pod().is_none() => {
                self.events.push(event);
                self.numbers.push(id);
            }
            Keeps::Decisions => {}
        }
        id
    }

    /// An event; none where it was not kept, and then it only moved a pod.
    pub(crate) fn get(&self, id: EventId) -> Option<&Event> {
        match self.keeps {
            Keeps::Trace => self.events.get(id.index()),
            Keeps::Decisions => {
                let position = self.numbers.binary_search(&id).ok()?;
                self.events.get(position)
            }
        }
    }

    /// How many there were, kept or not.
    pub(crate) fn n_events(&self) -> usize {
        self.n_events
    }

    /// What was kept.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// Takes what was kept.
    pub(crate) fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Bytes reserved for what is kept.
    pub(crate) fn bytes(&self) -> usize {
        self.events.capacity() * size_of::<Event>() + self.numbers.capacity() * size_of::<EventId>()
    }
}
