//! Folds a trace into its blast radius: which services were hit, how badly, for how long, by what.
//!
//! Only what changed is computed anew: the services whose ready replicas changed in an instant,
//! and those that call them. A level that lasted no time counts for nothing, so an instant is
//! looked at once all its events are in.

use std::collections::{BTreeSet, VecDeque};

use super::level::{Level, own_level};
use super::model::Services;
use super::track::{Spell, Track, Worst};
use crate::ids::{EventId, ServiceIdx};
use crate::inventory::Inventory;
use crate::scenario::CallKind;
use crate::sim::trace::PodLevel;
use crate::sim::{Event, Trace};
use crate::units::SimTime;

/// What the users of services noticed of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blast {
    /// The services that were hit, in the order of [`Services::list`].
    pub hits: Vec<Hit>,
    /// Services that could be hit: they answered something at the start.
    pub n_judged: u32,
    /// Services that answered nothing at the start, so that nothing can be said of them.
    pub n_down_before: u32,
}

/// A service that was hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The service.
    pub service: ServiceIdx,
    /// How it answered at the start.
    pub start: Level,
    /// Its worst moment.
    pub worst: Worst,
    /// The longest an answer took while there was any, in microseconds.
    pub peak_latency_micros: u64,
    /// The most requests that were answered without a part, in parts per million.
    pub worst_lacking_ppm: u32,
    /// The times in which it was worse than at the start; of many only the first.
    pub spells: Vec<Spell>,
    /// How many of these times there were.
    pub n_spells: u32,
    /// How long it was worse than at the start, in milliseconds.
    pub affected_ms: u64,
    /// How long no request was answered, in milliseconds.
    pub down_ms: u64,
    /// The longest of these times, in milliseconds.
    pub longest_ms: u64,
    /// Requests lost, in parts per million of those of a millisecond, summed over time.
    pub lost_ppm_ms: u128,
    /// Whether it was so still when the rehearsal ended.
    pub lasts: bool,
}

/// Computes the blast radius of a rehearsal.
pub fn blast(services: &Services, inventory: &Inventory, trace: &Trace) -> Blast {
    let mut fold = Fold::at_start(services, inventory, trace);
    for (index, event) in trace.events.iter().enumerate() {
        fold.take(EventId::new(index), event);
    }
    fold.finish(trace.end)
}

/// The fold under way.
struct Fold<'a> {
    services: &'a Services,
    /// For each cluster the service and the level of each pod.
    pods: Vec<Vec<(Option<ServiceIdx>, PodLevel)>>,
    ready: Vec<u32>,
    /// How each service answers by itself, and how it did at the start.
    own: Vec<Level>,
    own_at_start: Vec<Level>,
    /// How each service answers with its calls counted in.
    all: Vec<Level>,
    tracks: Vec<Track>,
    /// The latest event that took a ready replica from each service.
    taken_by: Vec<Option<EventId>>,
    now: SimTime,
    /// Services whose ready replicas changed in this instant.
    changed: BTreeSet<ServiceIdx>,
}

impl<'a> Fold<'a> {
    fn at_start(services: &'a Services, inventory: &Inventory, trace: &Trace) -> Self {
        let mut ready = vec![0; services.list.len()];
        let clusters = inventory.clusters.iter().zip(&trace.clusters);
        let pods = clusters
            .zip(&services.of_workload)
            .map(|((cluster, trace), of_workload)| {
                let pods = trace.pods_at_start(cluster).into_iter();
                pods.map(|(workload, level)| {
                    let service = of_workload.get(workload.index()).copied().flatten();
                    if let Some(service) = service {
                        ready[service.index()] += u32::from(level == PodLevel::Ready);
                    }
                    (service, level)
                })
                .collect()
            })
            .collect();
        let list = services.list.iter().zip(&ready);
        let own: Vec<Level> = list
            .map(|(service, ready)| own_level(&service.load, *ready, 0))
            .collect();
        let mut fold = Self {
            services,
            pods,
            ready,
            own_at_start: own.clone(),
            all: own.clone(),
            own,
            tracks: Vec::new(),
            taken_by: vec![None; services.list.len()],
            now: SimTime::ZERO,
            changed: BTreeSet::new(),
        };
        for component in 0..services.calls.n_components() {
            for service in services.calls.members(component) {
                fold.all[service.index()] = fold.carried(*service);
            }
        }
        fold.tracks = fold.all.iter().map(|level| Track::new(*level)).collect();
        fold
    }

    /// Takes one event into account.
    fn take(&mut self, id: EventId, event: &Event) {
        let (Some(cluster), Some((pod, to))) = (event.cluster, event.kind.moves_pod()) else {
            return;
        };
        let (service, level) = &mut self.pods[cluster.index()][pod.index()];
        let from = std::mem::replace(level, to);
        let Some(service) = *service else { return };
        if (from == PodLevel::Ready) == (to == PodLevel::Ready) {
            return;
        }
        if self.now < event.at {
            self.settle();
            self.now = event.at;
        }
        let ready = &mut self.ready[service.index()];
        if to == PodLevel::Ready {
            *ready += 1;
        } else {
            *ready -= 1;
            self.taken_by[service.index()] = Some(id);
        }
        self.changed.insert(service);
    }

    /// Computes what follows from the changes of the present instant.
    fn settle(&mut self) {
        let calls = &self.services.calls;
        let mut components = BTreeSet::new();
        for service in std::mem::take(&mut self.changed) {
            let index = service.index();
            let own = own_level(&self.services.list[index].load, self.ready[index], 0);
            if std::mem::replace(&mut self.own[index], own) != own {
                components.insert(calls.component_of(service));
            }
        }
        let mut moved = Vec::new();
        while let Some(component) = components.pop_first() {
            for service in calls.members(component) {
                let all = self.carried(*service);
                if std::mem::replace(&mut self.all[service.index()], all) == all {
                    continue;
                }
                moved.push(*service);
                let callers = calls
                    .callers(*service)
                    .map(|caller| calls.component_of(caller));
                components.extend(callers.filter(|caller| *caller != component));
            }
        }
        for service in moved {
            let level = self.all[service.index()];
            if self.tracks[service.index()].set(self.now, level) {
                let through = self.way_to_worst(service);
                let last = through.last().copied().unwrap_or(service);
                self.tracks[service.index()].worst = Some(Worst {
                    level,
                    at: self.now,
                    through,
                    event: self.taken_by[last.index()],
                });
            }
        }
    }

    fn carried(&self, service: ServiceIdx) -> Level {
        let load = &self.services.list[service.index()].load;
        let ready = self.ready[service.index()];
        let alone = |calls_micros| own_level(load, ready, calls_micros);
        let calls = &self.services.calls;
        calls.carried(service, alone, &self.own, &self.all)
    }

    /// The way along calls to the service that is worst by itself, among those whose errors reach
    /// this one; where none of them has errors, among all that it waits for.
    fn way_to_worst(&self, from: ServiceIdx) -> Vec<ServiceIdx> {
        let (by_errors, way) = self.way_along(from, &[CallKind::Hard]);
        if by_errors > 0 {
            return way;
        }
        self.way_along(from, &[CallKind::Hard, CallKind::Soft]).1
    }

    /// The errors of the worst service along calls of these kinds, and the way there; the nearest
    /// of equals is taken.
    fn way_along(&self, from: ServiceIdx, kinds: &[CallKind]) -> (u32, Vec<ServiceIdx>) {
        let mut reached = vec![(from, None)];
        let mut seen = BTreeSet::from([from]);
        let mut waiting = VecDeque::from([0]);
        let mut worst = (self.badness(from), 0);
        while let Some(at) = waiting.pop_front() {
            let (service, _) = reached[at];
            let badness = self.badness(service);
            if worst.0 < badness {
                worst = (badness, at);
            }
            for (callee, call) in self.services.calls.callees(service) {
                if kinds.contains(&call.kind) && seen.insert(callee) {
                    waiting.push_back(reached.len());
                    reached.push((callee, Some(at)));
                }
            }
        }
        let mut way = Vec::new();
        let ((errors_ppm, _), mut at) = worst;
        while let (service, Some(before)) = reached[at] {
            way.push(service);
            at = before;
        }
        way.reverse();
        (errors_ppm, way)
    }

    /// How much worse a service is by itself than at the start: errors first, then latency as a
    /// share of what it was.
    fn badness(&self, service: ServiceIdx) -> (u32, u64) {
        let (own, start) = (
            self.own[service.index()],
            self.own_at_start[service.index()],
        );
        let later = own.latency_micros.saturating_sub(start.latency_micros);
        let share = later.saturating_mul(1_000) / start.latency_micros.max(1);
        (own.errors_ppm.saturating_sub(start.errors_ppm), share)
    }

    fn finish(mut self, end: SimTime) -> Blast {
        self.settle();
        let mut hits = Vec::new();
        let (mut n_judged, mut n_down_before) = (0, 0);
        for (index, mut track) in self.tracks.into_iter().enumerate() {
            if track.start().is_down() {
                n_down_before += 1;
                continue;
            }
            n_judged += 1;
            track.finish(end);
            let start = track.start();
            let Some(worst) = track.worst.take().filter(|_| track.was_hit()) else {
                continue;
            };
            hits.push(Hit {
                service: ServiceIdx::new(index),
                start,
                worst,
                peak_latency_micros: track.peak_latency_micros,
                worst_lacking_ppm: track.worst_lacking_ppm,
                spells: track.spells,
                n_spells: track.n_spells,
                affected_ms: track.affected_ms,
                down_ms: track.down_ms,
                longest_ms: track.longest_ms,
                lost_ppm_ms: track.lost_ppm_ms,
                lasts: track.lasts,
            });
        }
        Blast {
            hits,
            n_judged,
            n_down_before,
        }
    }
}
