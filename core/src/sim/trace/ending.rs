//! How a rehearsal ended: what is left of it where nobody reads its trace.

use super::{
    ClusterOutcome, Counters, Event, EventKind, RunOutcome, Trace, WaveOutcome, WaveTrace,
};
use crate::ids::{ClusterIdx, EventId};
use crate::units::SimTime;

/// The end of a rehearsal, of its clusters and of its waves, and what decided each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How it all ended.
    pub outcome: RunOutcome,
    /// What decided that.
    pub decided_by: Option<Decision>,
    /// When the last event fell.
    pub end: SimTime,
    /// How many events there were.
    pub n_events: u64,
    /// What the simulation did.
    pub counters: Counters,
    /// One entry for each cluster of the inventory.
    pub clusters: Vec<ClusterEnding>,
    /// One entry for each wave of the plan.
    pub waves: Vec<WaveEnding>,
}

/// An event that decided something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: SimTime,
    /// Where; none for the fleet itself.
    pub cluster: Option<ClusterIdx>,
    /// What.
    pub kind: EventKind,
}

/// How a cluster's upgrade ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterEnding {
    /// How.
    pub outcome: ClusterOutcome,
    /// What decided that.
    pub decided_by: Option<Decision>,
    /// When it started.
    pub started: Option<SimTime>,
    /// When it ended.
    pub ended: Option<SimTime>,
}

/// How a wave ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveEnding {
    /// How.
    pub outcome: WaveOutcome,
    /// What decided that.
    pub decided_by: Option<Decision>,
    /// When it started.
    pub started: Option<SimTime>,
    /// When its soak ended.
    pub ended: Option<SimTime>,
}

impl Decision {
    /// What an event decided.
    pub(crate) fn of(event: &Event) -> Self {
        Self {
            at: event.at,
            cluster: event.cluster,
            kind: event.kind,
        }
    }
}

impl WaveEnding {
    /// The end of a wave that `decided_by` decided.
    pub(crate) fn of(wave: &WaveTrace, decided_by: Option<Decision>) -> Self {
        Self {
            outcome: wave.outcome,
            decided_by,
            started: wave.started,
            ended: wave.ended,
        }
    }
}

impl Trace {
    /// How it ended.
    pub fn ending(&self) -> Ending {
        let decision = |id: Option<EventId>| self.event(id?).map(Decision::of);
        let clusters = self.clusters.iter().map(|cluster| ClusterEnding {
            outcome: cluster.outcome,
            decided_by: decision(cluster.decided_by),
            started: cluster.started,
            ended: cluster.ended,
        });
        let waves = self.waves.iter();
        let waves = waves.map(|wave| WaveEnding::of(wave, decision(wave.decided_by)));
        Ending {
            outcome: self.outcome,
            decided_by: decision(self.decided_by),
            end: self.end,
            n_events: self.events.len() as u64,
            counters: self.counters,
            clusters: clusters.collect(),
            waves: waves.collect(),
        }
    }
}
