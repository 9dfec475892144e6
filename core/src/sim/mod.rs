//! Rehearses one plan under one seed.

pub mod budget;
pub mod etcd;
pub mod eviction;
pub mod fault;
pub mod fenceposts;
mod queue;
mod rehearsal;
pub mod trace;

pub use rehearsal::{Progress, Rehearsal};
pub use trace::{Event, EventKind, Severity, Trace};
