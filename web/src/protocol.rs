//! What the page and its worker say to each other, as postcard frames.
//!
//! Every request carries a serial number that its answer repeats, so an answer that nobody waits
//! for any more is recognized and dropped. Files travel beside their frame as the browser's own
//! objects: the page never reads them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wavetank_core::checked::Issue;
use wavetank_core::report::{
    CauseLink, DrainReport, EventFilter, EventPage, EventRow, FleetReport, RunReport,
};
use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::{DrainRequest, RunSettings};

/// Services that were hit and cross to the page; nobody reads thousands, and the report counts the
/// rest.
pub const MOST_SERVICES: usize = 200;

/// Says which request an answer belongs to; later requests have higher ones.
pub type Serial = u32;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Make a synthetic fleet and rehearse on it.
    Generate {
        /// Of this load.
        serial: Serial,
        /// What the fleet is like.
        options: FleetOptions,
        /// What is rehearsed.
        settings: RunSettings,
    },
    /// Read the files beside this frame and rehearse on what they hold.
    Open {
        /// Of this load.
        serial: Serial,
        /// One path for each file, folders included.
        paths: Vec<String>,
        /// What is rehearsed.
        settings: RunSettings,
    },
    /// Rehearse again on the same fleet.
    Rehearse {
        /// Of this rehearsal.
        serial: Serial,
        /// What is rehearsed.
        settings: RunSettings,
    },
    /// Stop loading or rehearsing.
    Cancel,
    /// A stretch of the event log.
    Log {
        /// Of this version of the log.
        serial: Serial,
        /// Which events.
        filter: EventFilter,
        /// The first row wanted.
        offset: u32,
        /// How many.
        limit: u32,
    },
    /// How many events of the log lie at or before an instant.
    Locate {
        /// Of this version of the log.
        serial: Serial,
        /// Which events.
        filter: EventFilter,
        /// The instant.
        at_ms: u64,
    },
    /// The event of the log beside the one given, or beside an instant.
    Step {
        /// Of this version of the log.
        serial: Serial,
        /// Which events.
        filter: EventFilter,
        /// The instant.
        at_ms: u64,
        /// The event there, when one is selected.
        event: Option<u32>,
        /// Which side.
        direction: Direction,
    },
    /// The chain of causes of an event.
    Causes {
        /// Of this question.
        serial: Serial,
        /// The event.
        event: u32,
    },
    /// What draining a node by hand would come to.
    Drain {
        /// Of this question.
        serial: Serial,
        /// The node and the flags.
        request: DrainRequest,
    },
    /// The scenario of the last rehearsal, as a file.
    Scenario {
        /// Its name.
        name: String,
    },
}

/// Which side of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Earlier.
    Back,
    /// Later.
    Forward,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// Something is under way.
    Progress {
        /// Of this load or rehearsal.
        serial: Serial,
        /// How far it is.
        progress: Progress,
    },
    /// A fleet was loaded.
    Fleet {
        /// Of this load.
        serial: Serial,
        /// The fleet.
        fleet: Box<FleetReport>,
        /// The settings it is rehearsed with: those asked for, unless the files say otherwise.
        settings: RunSettings,
    },
    /// Nothing in the files was of use; the fleet before is still there.
    NothingLoaded {
        /// Of this load.
        serial: Serial,
        /// What is wrong with each.
        issues: Vec<Issue>,
    },
    /// A rehearsal is done.
    Rehearsed {
        /// Of this load or rehearsal.
        serial: Serial,
        /// What came of it.
        run: Box<RunReport>,
        /// How long the worker took, in milliseconds.
        took_ms: u32,
    },
    /// No plan can be made from the settings.
    NoPlan {
        /// Of this load or rehearsal.
        serial: Serial,
        /// Why.
        message: String,
    },
    /// The work was stopped; fleet and rehearsal before it are still there.
    Canceled {
        /// Of this load or rehearsal.
        serial: Serial,
    },
    /// A stretch of the event log.
    Log {
        /// Of this version of the log.
        serial: Serial,
        /// The stretch.
        page: EventPage,
    },
    /// How many events of the log lie at or before the instant.
    Located {
        /// Of this version of the log.
        serial: Serial,
        /// So many.
        row: u32,
    },
    /// The event beside; none at either end.
    Stepped {
        /// Of this version of the log.
        serial: Serial,
        /// The event.
        row: Option<EventRow>,
    },
    /// A chain of causes, root first.
    Causes {
        /// Of this question.
        serial: Serial,
        /// The event asked about.
        event: u32,
        /// The chain.
        chain: Vec<CauseLink>,
    },
    /// What a drain by hand comes to.
    Drained {
        /// Of this question.
        serial: Serial,
        /// What comes of it.
        report: Box<DrainReport>,
    },
    /// The drain cannot be rehearsed.
    NoDrain {
        /// Of this question.
        serial: Serial,
        /// Why.
        message: String,
    },
    /// The scenario, as a file.
    Scenario {
        /// Its name.
        name: String,
        /// Its content.
        json: String,
    },
}

/// How far some work is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Files are being read.
    Reading {
        /// Bytes read.
        bytes_done: u64,
        /// Bytes given.
        bytes_total: u64,
        /// Objects kept.
        objects: u64,
        /// Issues met.
        issues: u64,
    },
    /// A rehearsal is under way.
    Rehearsing {
        /// Events so far.
        events: u64,
        /// Clusters that are through.
        clusters_done: u32,
        /// The simulated instant, in milliseconds.
        now_ms: u64,
    },
}

/// Why a frame could not be read; the two programs are of different builds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {n_bytes} bytes is not of this build")]
pub struct FrameError {
    n_bytes: usize,
}

/// Writes a message.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_stdvec(message).expect("messages hold nothing that postcard cannot write")
}

/// Reads a message.
pub fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T, FrameError> {
    postcard::from_bytes(frame).map_err(|_| FrameError {
        n_bytes: frame.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wavetank_core::durations::{Basis, DurationEntry, Quantity};
    use wavetank_core::inventory::Provider;
    use wavetank_core::plan::{AksSurge, PoolChoice};
    use wavetank_core::rng::Distribution;
    use wavetank_core::sim::fault::{Fault, FaultKind, Scope, Trigger};
    use wavetank_core::units::{IntOrPercent, KubeVersion, SimDuration};

    #[test]
    fn a_request_survives_the_crossing() {
        let mut settings = RunSettings {
            seed: u64::MAX,
            ..RunSettings::default()
        };
        settings.plan.target = Some(KubeVersion::minor(1, 34));
        // Frames cannot tell a number from a text, and these may be either.
        settings.plan.pool_strategy = PoolChoice::AksSurge(AksSurge {
            max_surge: IntOrPercent::Percent(33),
            max_unavailable: IntOrPercent::Int(2),
            ..AksSurge::default()
        });
        settings.faults.push(Fault {
            kind: FaultKind::CniBreak,
            trigger: Trigger::Wave(2),
            scope: Scope::default(),
            duration: Some(SimDuration::from_hours(2)),
            severity_per_mille: 400,
        });
        settings.durations.push(DurationEntry {
            quantity: Quantity::PodStart,
            provider: Some(Provider::Eks),
            cluster: None,
            pool: Some("web".to_owned()),
            workload: Some("shop/web".to_owned()),
            distribution: Distribution::Empirical(vec![SimDuration::from_secs(9)].into()),
            basis: Basis::History,
            source: "one run".to_owned(),
        });
        let request = ToWorker::Rehearse {
            serial: 7,
            settings,
        };
        assert_eq!(decode::<ToWorker>(&encode(&request)), Ok(request));
    }

    #[test]
    fn a_frame_of_another_build_is_refused() {
        let foreign = [0xFF; 12];
        let error = decode::<ToWorker>(&foreign).expect_err("no such message");
        assert_eq!(
            error.to_string(),
            "a message of 12 bytes is not of this build"
        );
    }
}
