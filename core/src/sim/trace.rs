//! What happened: every event, with its cause.

use crate::units::SimTime;

/// Everything that happened in one rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// When the last event falls.
    pub end: SimTime,
}
