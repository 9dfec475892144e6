//! The future event list: what a cluster will do next, and when.
//!
//! Two entries of the same instant leave in the order they were scheduled. That rule is what makes
//! a rehearsal reproducible: a heap alone leaves ties in an order that depends on its layout.
//!
//! Architecture invariant: nothing here knows what an entry means.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::units::SimTime;

/// A time-ordered queue that also owns the clock, which moves as entries are taken.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    now: SimTime,
    next_seq: u32,
    heap: BinaryHeap<Reverse<Scheduled<E>>>,
}

/// An entry and when it falls due.
#[derive(Clone, Copy, Debug)]
struct Scheduled<E> {
    at: SimTime,
    /// Breaks ties in favor of the entry scheduled first.
    seq: u32,
    entry: E,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self {
            now: SimTime::ZERO,
            next_seq: 0,
            heap: BinaryHeap::new(),
        }
    }
}

impl<E> EventQueue<E> {
    /// The instant reached: of the entry taken last, or waited for since.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Schedules `entry` for `at`, or for now when that has passed.
    pub fn schedule_at(&mut self, at: SimTime, entry: E) {
        let seq = self.next_seq;
        self.next_seq += 1;
        let at = at.max(self.now);
        self.heap.push(Reverse(Scheduled { at, seq, entry }));
    }

    /// When the next entry falls due.
    pub(crate) fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|Reverse(next)| next.at)
    }

    /// Moves the clock to `at`, before the next entry.
    pub(crate) fn wait_until(&mut self, at: SimTime) {
        let reached = self.next_at().map_or(at, |next| next.min(at));
        self.now = self.now.max(reached);
    }

    /// How many entries are left.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Bytes reserved for entries.
    pub(crate) fn bytes(&self) -> usize {
        self.heap.capacity() * size_of::<Reverse<Scheduled<E>>>()
    }

    /// Takes the next entry and moves the clock to it.
    pub fn pop(&mut self) -> Option<E> {
        let Reverse(next) = self.heap.pop()?;
        assert!(self.now <= next.at, "the clock must not run backwards");
        self.now = next.at;
        Some(next.entry)
    }
}

impl<E> Scheduled<E> {
    fn key(&self) -> (SimTime, u32) {
        (self.at, self.seq)
    }
}

impl<E> PartialEq for Scheduled<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Scheduled<E> {}

impl<E> PartialOrd for Scheduled<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Scheduled<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    // Without the sequence number this order would be the heap's business, not ours.
    #[test]
    fn simultaneous_entries_leave_in_scheduling_order() {
        let mut queue = EventQueue::default();
        for (mins, name) in [(10, "a"), (10, "b"), (5, "c"), (10, "d")] {
            queue.schedule_at(SimTime::from_millis(mins * 60_000), name);
        }
        let order: Vec<_> = iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, ["c", "a", "b", "d"]);
        assert_eq!(queue.now(), SimTime::from_millis(600_000));
    }

    #[test]
    fn a_wait_passes_no_entry() {
        let at = SimTime::from_millis;
        let mut queue = EventQueue::default();
        queue.schedule_at(at(10), "a");
        queue.wait_until(at(5));
        assert_eq!(queue.now(), at(5));
        queue.wait_until(at(20));
        assert_eq!(queue.now(), at(10));
        assert_eq!(queue.pop(), Some("a"));
    }

    #[test]
    fn what_was_due_in_the_past_is_due_now() {
        let mut queue = EventQueue::default();
        queue.schedule_at(SimTime::from_millis(60_000), "late");
        queue.pop();
        queue.schedule_at(SimTime::ZERO, "past");
        queue.pop();
        assert_eq!(queue.now(), SimTime::from_millis(60_000));
    }
}
