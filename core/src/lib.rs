//! Wavetank's core: from what people already have to what their upgrade will do.
//!
//! Data moves down this list of modules and never back up: bytes are parsed into a snapshot, the
//! snapshot is resolved into an inventory, a plan is proposed for it, the plan is rehearsed into a
//! trace, and the trace is measured and reported.
//!
//! Architecture invariant: there is no I/O, clock, thread, global state or hash-map iteration
//! here, so one request yields the same bytes on every machine, native or Wasm.

pub mod checked;
pub mod durations;
pub mod ids;
pub mod inventory;
pub mod math;
pub mod metrics;
pub mod plan;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod services;
pub mod sim;
pub mod snapshot;
pub mod synth;
pub mod trial;
pub mod units;
