//! Puts the events of all clusters and of the fleet into one order, and renumbers their causes.
//!
//! At one instant the fleet speaks first, then the clusters in their order. The fleet answers a
//! cluster a second later at the soonest, so a cause always comes before what follows from it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::trace::Event;
use super::world::Origin;
use crate::ids::{ClusterIdx, EventId};
use crate::units::SimTime;

/// Events of one source, numbered within it, in order of time.
pub(crate) struct Source<'a> {
    pub(crate) cluster: Option<ClusterIdx>,
    pub(crate) events: &'a [Event],
    /// Events that follow from another source.
    pub(crate) foreign: &'a [(EventId, Origin)],
}

/// All events in one order.
pub(crate) struct Merged {
    pub(crate) events: Vec<Event>,
    /// For each source, the new number of each of its events.
    numbers: Vec<Vec<EventId>>,
    /// The position of each cluster's source.
    positions: Vec<Option<usize>>,
    fleet: usize,
}

impl Merged {
    /// The new number of an event.
    pub(crate) fn number(&self, origin: Origin) -> Option<EventId> {
        let (source, event) = match origin {
            Origin::Fleet(event) => (self.fleet, event),
            Origin::Cluster(cluster, event) => (self.positions[cluster.index()]?, event),
        };
        self.numbers[source].get(event.index()).copied()
    }
}

/// Merges sources, the fleet's first among them.
pub(crate) fn merge(sources: &[Source<'_>], n_clusters: usize) -> Merged {
    let total = sources.iter().map(|source| source.events.len()).sum();
    let mut positions = vec![None; n_clusters];
    for (position, source) in sources.iter().enumerate() {
        if let Some(cluster) = source.cluster {
            positions[cluster.index()] = Some(position);
        }
    }
    let fleet = sources
        .iter()
        .position(|source| source.cluster.is_none())
        .unwrap_or(0);
    let mut merged = Merged {
        events: Vec::with_capacity(total),
        numbers: sources
            .iter()
            .map(|source| Vec::with_capacity(source.events.len()))
            .collect(),
        positions,
        fleet,
    };
    take_in_order(sources, &mut merged);
    for (source, numbers) in sources.iter().zip(&merged.numbers) {
        for (event, origin) in source.foreign {
            let cause = merged.number(*origin);
            merged.events[numbers[event.index()].index()].cause = cause;
        }
    }
    merged
}

/// Takes events one source at a time, as long as that source is the earliest.
fn take_in_order(sources: &[Source<'_>], merged: &mut Merged) {
    let head = |source: usize, cursor: usize| {
        let next = sources[source].events.get(cursor);
        next.map(|event| (event.at, source))
    };
    let heads = (0..sources.len()).filter_map(|source| head(source, 0));
    let mut heads: BinaryHeap<Reverse<(SimTime, usize)>> = heads.map(Reverse).collect();
    let mut cursors = vec![0; sources.len()];
    while let Some(Reverse((_, source))) = heads.pop() {
        let limit = heads.peek().map(|Reverse(limit)| *limit);
        let is_earliest = |event: &&Event| limit.is_none_or(|limit| (event.at, source) < limit);
        let numbers = &mut merged.numbers[source];
        let taken = sources[source].events[cursors[source]..].iter();
        for event in taken.take_while(is_earliest) {
            let mut event = *event;
            event.cause = event.cause.map(|cause| numbers[cause.index()]);
            numbers.push(EventId::new(merged.events.len()));
            merged.events.push(event);
        }
        cursors[source] = numbers.len();
        heads.extend(head(source, cursors[source]).map(Reverse));
    }
}
