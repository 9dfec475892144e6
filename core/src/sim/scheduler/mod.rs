//! What the scheduler computes of one pod and one node: filters and scores (k8s-truth §5).
//!
//! Pure functions of numbers; which pod meets which nodes, and when, is the rehearsal's business.

pub mod fit;
pub mod least_allocated;
pub mod sampling;
