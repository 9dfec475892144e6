//! Rehearses one plan under one seed.

pub mod fault;
mod rehearsal;
pub mod trace;

pub use rehearsal::{Progress, Rehearsal};
pub use trace::{Event, EventKind, Severity, Trace};
