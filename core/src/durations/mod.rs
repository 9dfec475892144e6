//! How long things take: one table of distributions, and who may say otherwise.
//!
//! Each quantity has a default whose source is named. An entry replaces it for a provider, a
//! cluster, a pool or a workload; past runs become entries too. The table is resolved once for
//! each cluster, so that a rehearsal looks durations up by index.
//!
//! Architecture invariant: what Kubernetes itself decides, such as the length of a lease, is no
//! row here. Nobody can override a rule.

mod defaults;
mod entry;
mod quantity;
mod resolve;
#[cfg(test)]
mod tests;

pub use defaults::{DEFAULTS, DefaultDuration, Place};
pub use entry::{Basis, DurationEntry, EntryError};
pub use quantity::{Level, Quantity};
pub use resolve::{Durations, Origin};
