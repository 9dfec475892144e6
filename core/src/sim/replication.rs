//! One seeded run of a study: how it ends, without the trace that nobody will read.

use super::fault::Fault;
use super::log::Keeps;
use super::rehearsal::{Footprint, Progress, Rehearsal};
use super::trace::Ending;
use crate::durations::DurationEntry;
use crate::inventory::Inventory;
use crate::plan::Plan;

/// A rehearsal that keeps no trace.
///
/// The same happens as in [`Rehearsal`] under the same seed, and what must always hold is watched
/// alike. Events are numbered and told to that watch; those that only move a pod are not kept.
#[derive(Debug)]
pub struct Replication(Rehearsal);

impl Replication {
    /// Sets the stage, as [`Rehearsal::new`] does.
    pub fn new(inventory: &Inventory, plan: &Plan, faults: &[Fault], seed: u64) -> Self {
        Self(Rehearsal::keeping(
            Keeps::Decisions,
            inventory,
            plan,
            faults,
            seed,
        ))
    }

    /// The same with entries beside the default durations, before anything has happened.
    pub fn with_durations(self, durations: &[DurationEntry]) -> Self {
        Self(self.0.with_durations(durations))
    }

    /// Handles up to `n_events` events.
    pub fn advance(&mut self, inventory: &Inventory, plan: &Plan, n_events: u32) -> Progress {
        self.0.advance(inventory, plan, n_events)
    }

    /// What it takes of the memory, replaced pods and nodes included.
    pub fn footprint(&self) -> Footprint {
        self.0.footprint()
    }

    /// How it ended; none before [`Progress::done`] was seen.
    pub fn into_ending(self) -> Option<Ending> {
        self.0.into_ending()
    }
}
