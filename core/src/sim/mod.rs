//! Rehearses one plan under one seed: what happens, when, and why.
//!
//! Every cluster is a world of its own with its own future event list; the fleet starts them in
//! waves and hears of their ends. The rules that only compute are public and pure, so that
//! upstream's own test cases can be put to them; the queue is, so that it can be timed by itself.

mod array;
mod audit;
pub mod budget;
#[cfg(test)]
mod budget_properties;
#[cfg(test)]
mod budget_reference;
pub mod by_hand;
pub mod etcd;
pub mod eviction;
#[cfg(test)]
mod fates;
pub mod fault;
pub mod fenceposts;
mod fleet;
#[cfg(test)]
mod isolation;
pub mod kubectl;
mod log;
#[cfg(test)]
mod loss_properties;
mod merge;
pub mod node_lifecycle;
#[cfg(test)]
pub(crate) mod properties;
pub mod queue;
#[cfg(test)]
mod random_plans;
mod rehearsal;
mod replication;
pub mod scheduler;
#[cfg(test)]
pub(crate) mod testing;
mod timing;
pub mod trace;
#[cfg(test)]
mod transcripts;
mod windows;
mod world;

pub use rehearsal::{Footprint, Progress, Rehearsal};
pub use replication::Replication;
pub use trace::{Ending, Event, EventKind, Severity, Trace};
