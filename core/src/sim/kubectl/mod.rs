//! What `kubectl drain` does by itself, before and between its requests (k8s-truth §3).
//!
//! Pure: which pods it takes and what it does with each answer. Managed providers drain by the
//! same rules with other flags.

pub mod command;
pub mod filter;
pub mod retry;
