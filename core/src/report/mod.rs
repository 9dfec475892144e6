//! What readers see: plain data, ready to be shown, printed or sent.
//!
//! The page computes no quantity of its own: every number on screen is a field of a report.
//!
//! Architecture invariant: these types hold no index into another module's tables and nothing
//! that only a self-describing format can carry, so they travel as JSON and as postcard alike.

mod blast;
mod build;
mod build_blast;
mod build_fleet;
mod control_plane;
mod drain;
mod durations;
mod endings;
mod events;
mod fleet;
mod gaps;
mod lanes;
mod log;
mod losses;
mod pods_assumed;
mod rolling;
mod run;
mod sentence;
#[cfg(test)]
mod tests;
pub mod text;
mod tracks;
mod verdict;
mod words;

pub use blast::{BlastRadius, BlastRow, BlastSpell};
pub use build::{RunInputs, run};
pub use build_fleet::fleet;
pub use drain::{
    Again, DrainInputs, DrainLine, DrainOutcome, DrainReport, DrainRow, DrainState, HoldRow,
    Outage, OutputStream, Remedy, WaitingPod, drain, outages_of, pods_without_node,
};
pub use durations::{DurationRow, DurationsReport, default_durations, durations_in};
pub use events::{CauseLink, EventFilter, EventLevel, EventPage, EventRow};
pub use fleet::{ClusterCard, Fact, FactState, FleetReport, NodeCard, PoolCard, TargetRow, Totals};
pub use log::{causes, event_page};
pub use run::{
    Bar, BarKind, BarState, FaultRow, HeldBackRow, Lane, LaneChange, LaneState, NodeChange,
    NodeState, NodeTrack, Objective, Outcome, RunReport, Sli, SliSeries, SliSummary, StepStat,
    Verdict, VersionChange, WaveRow,
};
