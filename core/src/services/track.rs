//! One service over time: how long it was affected, how badly, and what it lost.

use super::level::Level;
use crate::ids::{EventId, ServiceIdx};
use crate::units::SimTime;

/// Spells that are kept of a service one by one; more are only counted.
const MOST_SPELLS: usize = 20;

/// A time in which a service was worse than at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// When it began.
    pub from: SimTime,
    /// When it ended; for one that lasts, when the rehearsal did.
    pub to: SimTime,
    /// How long of it no request was answered, in milliseconds.
    pub down_ms: u64,
    /// The most requests that failed, in parts per million.
    pub worst_errors_ppm: u32,
}

/// The worst moment of a service, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worst {
    /// How it answered.
    pub level: Level,
    /// When it first answered so.
    pub at: SimTime,
    /// The services on the way to where it came from, the one it calls first; empty when it lost
    /// replicas of its own.
    pub through: Vec<ServiceIdx>,
    /// The latest event that took a ready replica there.
    pub event: Option<EventId>,
}

/// A service, followed.
#[derive(Clone, Debug)]
pub(super) struct Track {
    start: Level,
    level: Level,
    since: SimTime,
    open: Option<Spell>,
    pub(super) spells: Vec<Spell>,
    pub(super) n_spells: u32,
    pub(super) affected_ms: u64,
    pub(super) down_ms: u64,
    /// Share of requests lost beyond those lost at the start, in parts per million, times
    /// milliseconds.
    pub(super) lost_ppm_ms: u128,
    pub(super) peak_latency_micros: u64,
    pub(super) worst_lacking_ppm: u32,
    pub(super) longest_ms: u64,
    pub(super) lasts: bool,
    pub(super) worst: Option<Worst>,
}

impl Track {
    /// A service that answers like this from the start on.
    pub(super) fn new(start: Level) -> Self {
        Self {
            start,
            level: start,
            since: SimTime::ZERO,
            open: None,
            spells: Vec::new(),
            n_spells: 0,
            affected_ms: 0,
            down_ms: 0,
            lost_ppm_ms: 0,
            peak_latency_micros: start.latency_micros,
            worst_lacking_ppm: 0,
            longest_ms: 0,
            lasts: false,
            worst: None,
        }
    }

    /// How it answered at the start.
    pub(super) fn start(&self) -> Level {
        self.start
    }

    /// Sets how it answers from `at` on; whether it never was worse before.
    pub(super) fn set(&mut self, at: SimTime, level: Level) -> bool {
        self.account_until(at);
        self.level = level;
        if !level.is_worse_than(self.start) {
            self.close(at);
            return false;
        }
        if !level.is_down() {
            self.peak_latency_micros = self.peak_latency_micros.max(level.latency_micros);
        }
        self.worst_lacking_ppm = self.worst_lacking_ppm.max(level.lacking_ppm);
        let spell = self.open.get_or_insert(Spell {
            from: at,
            to: at,
            down_ms: 0,
            worst_errors_ppm: 0,
        });
        spell.worst_errors_ppm = spell.worst_errors_ppm.max(level.errors_ppm);
        self.worst.as_ref().is_none_or(|worst| worst.level < level)
    }

    /// Ends the account.
    pub(super) fn finish(&mut self, end: SimTime) {
        self.account_until(end);
        self.lasts = self.open.is_some();
        self.close(end);
    }

    /// Whether it was ever worse than at the start.
    pub(super) fn was_hit(&self) -> bool {
        self.n_spells > 0
    }

    fn account_until(&mut self, at: SimTime) {
        let took = at.since(self.since).as_millis();
        self.since = at;
        let Some(spell) = &mut self.open else { return };
        self.affected_ms += took;
        if self.level.is_down() {
            self.down_ms += took;
            spell.down_ms += took;
        }
        let lost = self.level.errors_ppm.saturating_sub(self.start.errors_ppm);
        self.lost_ppm_ms += u128::from(lost) * u128::from(took);
    }

    fn close(&mut self, at: SimTime) {
        let Some(mut spell) = self.open.take() else {
            return;
        };
        spell.to = at;
        let took = spell.to.since(spell.from).as_millis();
        self.longest_ms = self.longest_ms.max(took);
        self.n_spells += 1;
        if self.spells.len() < MOST_SPELLS {
            self.spells.push(spell);
        }
    }
}
