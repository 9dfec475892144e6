//! One rehearsal, in steps.

use crate::inventory::Inventory;
use crate::plan::Plan;
use crate::sim::Trace;
use crate::sim::fault::Fault;
use crate::units::SimTime;

/// How far a rehearsal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether nothing is left to do.
    pub done: bool,
    /// Events so far.
    pub events: u64,
    /// Clusters whose upgrade has ended, of all that are planned.
    pub clusters_done: u32,
    /// The latest simulated time reached.
    pub now: SimTime,
}

/// A rehearsal under way. It owns nothing of the inventory or the plan; both are passed to
/// [`Rehearsal::advance`] unchanged.
#[derive(Debug)]
pub struct Rehearsal {
    trace: Trace,
}

impl Rehearsal {
    /// Sets the stage: the fleet as it is, the faults armed, nothing started.
    pub fn new(_inventory: &Inventory, _plan: &Plan, _faults: &[Fault], _seed: u64) -> Self {
        Self {
            trace: Trace::default(),
        }
    }

    /// Handles up to `n_events` events.
    pub fn advance(&mut self, _inventory: &Inventory, _plan: &Plan, _n_events: u32) -> Progress {
        Progress {
            done: true,
            events: 0,
            clusters_done: 0,
            now: self.trace.end,
        }
    }

    /// The trace; complete once [`Progress::done`] was seen.
    pub fn into_trace(self) -> Trace {
        self.trace.sealed()
    }
}
