//! Waves: which cluster starts when, what a failure means for the rest, and when it is all over.
//!
//! Clusters meet only here. Each runs to its own end alone, and the fleet then takes the earliest
//! end; nothing it decides lies before an instant that a running cluster has already passed,
//! because clusters are spoken to only when they start and after they have ended.

use super::timing;
use super::trace::{ClusterOutcome, Event, EventKind, RunOutcome, WaveOutcome, WaveTrace};
use super::world::{End, Origin};
use crate::ids::{ClusterIdx, EventId, WaveIdx};
use crate::plan::{FailureRule, Plan};
use crate::units::SimTime;

/// What the fleet asks for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A wave starts: faults that wait for it begin.
    WaveStarts { wave: usize, at: SimTime },
    /// A cluster gets its turn.
    Start {
        cluster: ClusterIdx,
        at: SimTime,
        origin: Origin,
    },
    /// Nothing but the ends of running clusters.
    Wait,
    /// Nothing at all: the rehearsal is over.
    Over { at: SimTime },
}

/// How far the fleet is.
#[derive(Debug)]
pub(crate) struct Fleet {
    pub(crate) events: Vec<Event>,
    /// Events that follow from something in a cluster.
    pub(crate) foreign: Vec<(EventId, Origin)>,
    pub(crate) waves: Vec<WaveTrace>,
    pub(crate) outcome: RunOutcome,
    pub(crate) decided_by: Option<EventId>,
    now: SimTime,
    wave: usize,
    stage: Stage,
    /// The next cluster of the wave to start.
    next_cluster: usize,
    running: Vec<ClusterIdx>,
    /// Why the next cluster may start.
    freed_by: Origin,
    held_by: Option<Origin>,
    rolled_back: bool,
    n_failed: u32,
    /// Of these, clusters of the present wave.
    n_failed_in_wave: u32,
    n_done: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    BeforeWave,
    InWave,
    Over,
}

/// How a running cluster stands: when it failed, and when and how it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) failed: Option<(SimTime, EventId)>,
    pub(crate) end: End,
}

impl Fleet {
    /// A fleet before its first wave.
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut fleet = Self {
            events: Vec::new(),
            foreign: Vec::new(),
            waves: vec![WaveTrace::default(); plan.waves.len()],
            outcome: RunOutcome::NothingToDo,
            decided_by: None,
            now: SimTime::ZERO,
            wave: 0,
            stage: Stage::BeforeWave,
            next_cluster: 0,
            running: Vec::new(),
            freed_by: Origin::Fleet(EventId(0)),
            held_by: None,
            rolled_back: false,
            n_failed: 0,
            n_failed_in_wave: 0,
            n_done: 0,
        };
        let started = fleet.emit(EventKind::RunStarted {}, None);
        fleet.freed_by = Origin::Fleet(started);
        fleet
    }

    /// Clusters whose upgrade has ended.
    pub(crate) fn n_done(&self) -> u32 {
        self.n_done
    }

    /// The instant reached.
    pub(crate) fn now(&self) -> SimTime {
        self.now
    }

    /// The clusters that are under way.
    pub(crate) fn running(&self) -> &[ClusterIdx] {
        &self.running
    }

    /// What can be done without waiting for a running cluster.
    pub(crate) fn next(&mut self, plan: &Plan) -> Next {
        match self.stage {
            Stage::Over => Next::Over { at: self.now },
            Stage::BeforeWave if self.wave == plan.waves.len() => {
                self.finish();
                Next::Over { at: self.now }
            }
            Stage::BeforeWave => {
                let wave = WaveIdx::new(self.wave);
                let event = self.emit_after(EventKind::WaveStarted { wave }, self.freed_by);
                self.freed_by = Origin::Fleet(event);
                self.waves[self.wave].started = Some(self.now);
                self.stage = Stage::InWave;
                self.next_cluster = 0;
                self.n_failed_in_wave = 0;
                Next::WaveStarts {
                    wave: self.wave,
                    at: self.now,
                }
            }
            Stage::InWave => self.next_in_wave(plan),
        }
    }

    fn next_in_wave(&mut self, plan: &Plan) -> Next {
        let clusters = &plan.waves[self.wave].clusters;
        let may_start =
            self.held_by.is_none() && self.running.len() < plan.max_concurrency.max(1) as usize;
        if let Some(next) = clusters.get(self.next_cluster).filter(|_| may_start) {
            self.next_cluster += 1;
            self.running.push(next.cluster);
            return Next::Start {
                cluster: next.cluster,
                at: self.now,
                origin: self.freed_by,
            };
        }
        if !self.running.is_empty() {
            return Next::Wait;
        }
        self.end_wave(plan);
        self.next(plan)
    }

    /// Takes the earliest thing that running clusters, whose standing `of` tells, have to say.
    ///
    /// A cluster that stalls or is not finished says nothing more; when all that run do, the
    /// rehearsal is over.
    pub(crate) fn take_earliest(&mut self, plan: &Plan, of: impl Fn(ClusterIdx) -> Standing) {
        let notices = self.running.iter().filter_map(|cluster| {
            let standing = of(*cluster);
            if let Some((at, event)) = standing.failed
                && self.held_by.is_none()
                && plan.on_failure != FailureRule::GoOn
            {
                return Some((at, *cluster, Notice::Failed(event)));
            }
            let ended = standing.end.is_end();
            ended.then_some((standing.end.at, *cluster, Notice::Ended(standing.end)))
        });
        let earliest = notices.min_by_key(|(at, cluster, _)| (*at, *cluster));
        match earliest {
            Some((at, cluster, Notice::Failed(event))) => {
                self.now = self.now.max(at);
                self.hold(Origin::Cluster(cluster, event));
            }
            Some((at, cluster, Notice::Ended(end))) => {
                self.now = self.now.max(at) + timing::FLEET_REACTION;
                self.cluster_ended(plan, cluster, end);
            }
            None => self.stall(of),
        }
    }

    fn cluster_ended(&mut self, plan: &Plan, cluster: ClusterIdx, end: End) {
        self.running.retain(|other| *other != cluster);
        self.n_done += 1;
        let origin = Origin::Cluster(cluster, end.event);
        self.freed_by = origin;
        if end.outcome == ClusterOutcome::Upgraded {
            return;
        }
        self.n_failed += 1;
        self.n_failed_in_wave += 1;
        self.rolled_back |= end.outcome == ClusterOutcome::RolledBack;
        if plan.on_failure != FailureRule::GoOn && self.held_by.is_none() {
            self.hold(origin);
        }
    }

    /// From here on nothing starts.
    fn hold(&mut self, origin: Origin) {
        self.held_by = Some(origin);
    }

    /// Every cluster of the wave has ended, or the wave holds.
    fn end_wave(&mut self, plan: &Plan) {
        let wave = WaveIdx::new(self.wave);
        if let Some(origin) = self.held_by {
            let event = self.emit_after(EventKind::WaveHeld { wave }, origin);
            let (outcome, run) = if self.rolled_back {
                (WaveOutcome::RolledBack, RunOutcome::RolledBack)
            } else {
                (WaveOutcome::Held, RunOutcome::Held)
            };
            self.waves[self.wave].outcome = outcome;
            self.waves[self.wave].decided_by = Some(event);
            self.end_run(run, event);
            return;
        }
        let soaking = self.emit_after(EventKind::WaveSoaking { wave }, self.freed_by);
        self.now += plan.wave_soak;
        let (kind, outcome) = match self.n_failed_in_wave {
            0 => (EventKind::WavePassed { wave }, WaveOutcome::Passed),
            failed => (EventKind::WaveWentOn { wave, failed }, WaveOutcome::WentOn),
        };
        let ended = self.emit(kind, Some(soaking));
        self.waves[self.wave].ended = Some(self.now);
        self.waves[self.wave].outcome = outcome;
        self.waves[self.wave].decided_by = Some(ended);
        self.freed_by = Origin::Fleet(ended);
        self.wave += 1;
        self.stage = Stage::BeforeWave;
    }

    /// No running cluster will say anything more: each waits for ever, or is not finished when the
    /// rehearsal stops following it. A wait for ever is the graver.
    fn stall(&mut self, of: impl Fn(ClusterIdx) -> Standing) {
        let stands = self
            .running
            .iter()
            .map(|cluster| (*cluster, of(*cluster).end));
        let ends: Vec<(ClusterIdx, End)> = stands.collect();
        let stalls = |end: &End| end.outcome == ClusterOutcome::Stalled;
        let any_stalls = ends.iter().any(|(_, end)| stalls(end));
        let telling = ends.iter().filter(|(_, end)| stalls(end) == any_stalls);
        let first = telling.min_by_key(|(cluster, end)| (end.at, *cluster));
        let (cluster, end) = *first.expect("a wave that waits has running clusters");
        let latest = ends.iter().map(|(_, end)| end.at).max();
        self.now = self.now.max(latest.unwrap_or_default()) + timing::FLEET_REACTION;
        let wave = WaveIdx::new(self.wave);
        let (kind, outcome, run) = if any_stalls {
            let kind = EventKind::WaveStalled { wave };
            (kind, WaveOutcome::Stalled, RunOutcome::Stalled)
        } else {
            let kind = EventKind::WaveUnfinished { wave };
            (kind, WaveOutcome::Unfinished, RunOutcome::Unfinished)
        };
        let event = self.emit_after(kind, Origin::Cluster(cluster, end.event));
        self.waves[self.wave].outcome = outcome;
        self.waves[self.wave].decided_by = Some(event);
        self.end_run(run, event);
    }

    /// The last wave has ended.
    fn finish(&mut self) {
        let outcome = match (self.n_done, self.n_failed) {
            (0, _) => RunOutcome::NothingToDo,
            (_, 0) => RunOutcome::Finished,
            _ => RunOutcome::FinishedWithFailures,
        };
        let event = match self.freed_by {
            Origin::Fleet(event) => event,
            Origin::Cluster(..) => EventId(0),
        };
        self.end_run(outcome, event);
    }

    fn end_run(&mut self, outcome: RunOutcome, cause: EventId) {
        self.outcome = outcome;
        let event = self.emit(EventKind::RunEnded { outcome }, Some(cause));
        self.decided_by = Some(event);
        self.stage = Stage::Over;
    }

    fn emit(&mut self, kind: EventKind, cause: Option<EventId>) -> EventId {
        let id = EventId::new(self.events.len());
        self.events.push(Event {
            at: self.now,
            cluster: None,
            kind,
            cause,
        });
        id
    }

    fn emit_after(&mut self, kind: EventKind, origin: Origin) -> EventId {
        match origin {
            Origin::Fleet(cause) => self.emit(kind, Some(cause)),
            Origin::Cluster(..) => {
                let event = self.emit(kind, None);
                self.foreign.push((event, origin));
                event
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Notice {
    Failed(EventId),
    Ended(End),
}
