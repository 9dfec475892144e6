//! What the users of services notice of a rehearsal: its blast radius.
//!
//! A service is a workload of a cluster. Its capacity follows its ready replicas; a queueing
//! formula says how long requests wait where they are fewer, and how many are lost (`level`), and calls between services carry both on (`graph`). Everything is folded
//! from the trace (`blast`), which it adds nothing to.
//!
//! Architecture invariant: nothing is invented. A demand that nobody stated is a labeled
//! assumption, a call that nobody stated is none.

mod blast;
mod erlang;
mod graph;
mod level;
mod load_checks;
mod model;
mod reading;
#[cfg(test)]
mod tests;
mod track;

pub use blast::{Blast, Hit, blast};
pub use erlang::{Waiting, impatient};
pub use graph::{CallGraph, Called};
pub use level::{DEGRADED_LATENCY_PER_MILLE, Level, WHOLE_PPM, own_level};
pub use model::{
    Load, Service, Services, TIMEOUT_SERVICE_TIMES, UNSTATED_SERVICE_TIME,
    UNSTATED_UTILIZATION_OF_TWO_PER_MILLE, UNSTATED_UTILIZATION_PER_MILLE, resolve,
};
pub use track::{Spell, Worst};
