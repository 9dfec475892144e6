//! Rehearses one plan under one seed.

pub mod fault;
mod rehearsal;
mod trace;

pub use rehearsal::{Progress, Rehearsal};
pub use trace::Trace;
