//! What the scheduler computes of one pod and one node: filters and scores (k8s-truth §5).
//!
//! A filter is a module: it looks at a node and a pod as plain data and says why the one does not
//! take the other. [`filters`] asks them in the scheduler's order. Which pod meets which nodes,
//! and when, is the rehearsal's business.

pub(crate) mod filters;
pub(crate) mod view;

pub(crate) mod node_unschedulable;
pub(crate) mod taint_toleration;

pub(crate) mod node_affinity;
mod node_ports;

pub(crate) mod extended;
pub mod fit;

pub(crate) mod volume_binding;

pub(crate) mod topology_spread;

pub(crate) mod inter_pod_affinity;

pub(crate) mod domains;
pub mod least_allocated;
pub(crate) mod preemption;
pub(crate) mod ranking;
pub mod sampling;
