//! How a service answers with so many ready replicas: by itself, before calls are counted in.
//!
//! A request waits for a replica and is then answered, or is given up once waiting would take it
//! past its timeout: what is given up is lost, whether replicas are saturated or only slow. The
//! formula is in [`super::impatient`]. That a request leaves its queue when nobody waits for it
//! anymore is what a service does that is to survive overload (Google, Site Reliability
//! Engineering, 2016, chapter 22, "Addressing Cascading Failures"). The mean latency is used, not
//! a percentile, since only means add up along calls.

use super::erlang::impatient;
use super::model::Load;

/// Parts per million that make a whole.
pub const WHOLE_PPM: u32 = 1_000_000;

/// Beyond this share of what it was at the start a latency counts as degraded: a fifth more is
/// what teams start from for the latency of a service during an upgrade.
pub const DEGRADED_LATENCY_PER_MILLE: u64 = 1_200;

/// How a service answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level {
    /// Requests that fail, in parts per million.
    pub errors_ppm: u32,
    /// Requests that are answered without a part that a soft call would have given.
    pub lacking_ppm: u32,
    /// How long an answer takes on average, in microseconds.
    pub latency_micros: u64,
}

impl Level {
    /// Whether no request is answered.
    pub fn is_down(self) -> bool {
        self.errors_ppm >= WHOLE_PPM
    }

    /// Whether it is worse than `start` by more than nobody would mind.
    pub fn is_worse_than(self, start: Self) -> bool {
        let late = start
            .latency_micros
            .saturating_mul(DEGRADED_LATENCY_PER_MILLE)
            / 1_000;
        self.errors_ppm > start.errors_ppm
            || self.lacking_ppm > start.lacking_ppm
            || self.latency_micros > late
    }
}

/// How a service under `load` answers with `ready` replicas, when what it calls for a request takes
/// `calls_micros`. Whether these calls succeed is left out.
///
/// Without any replica every request fails, and is taken to take as long as its caller waits.
pub fn own_level(load: &Load, ready: u32, calls_micros: u64) -> Level {
    let unhindered = load.service_micros.saturating_add(calls_micros);
    let Some(patience_micros) = load.timeout_micros.checked_sub(unhindered) else {
        return Level {
            errors_ppm: WHOLE_PPM,
            lacking_ppm: 0,
            latency_micros: load.timeout_micros,
        };
    };
    let patience = patience_micros as f64 / load.replica_micros;
    let waiting = impatient(ready, load.offered, patience);
    let waits = rounded(waiting.wait * load.replica_micros);
    let latency = match ready {
        0 => load.timeout_micros,
        _ => unhindered.saturating_add(waits),
    };
    Level {
        errors_ppm: lost_ppm(1.0 - waiting.given_up),
        lacking_ppm: 0,
        latency_micros: latency.min(load.timeout_micros),
    }
}

/// What is lost where this share is answered, in parts per million.
pub(super) fn lost_ppm(answered: f64) -> u32 {
    let lost = (1.0 - answered).clamp(0.0, 1.0);
    rounded(lost * f64::from(WHOLE_PPM)) as u32
}

/// The share that is answered where so many parts per million are lost.
pub(super) fn answered_share(lost_ppm: u32) -> f64 {
    f64::from(WHOLE_PPM.saturating_sub(lost_ppm)) / f64::from(WHOLE_PPM)
}

/// The nearest whole number; casts stop at the greatest there is.
pub(super) fn rounded(number: f64) -> u64 {
    (number + 0.5) as u64
}
