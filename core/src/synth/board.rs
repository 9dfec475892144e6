//! Where pods of a synthetic cluster are put: what each node has left, and who gets it.

use std::ops::Range;

use crate::rng::Stream;
use crate::snapshot::{ContainerResources, NodeObject};

/// Nodes looked at before every node is: enough to spread well, few enough to stay linear.
const N_PROBES: usize = 16;

/// What is left of a node.
#[derive(Clone, Copy, Debug)]
struct Room {
    cpu_millis: u64,
    memory_bytes: u64,
    pods: u32,
    /// What it had, to compare loads with.
    cpu_total: u64,
    zone: usize,
}

/// What each node of a cluster has left.
#[derive(Debug)]
pub(super) struct Board {
    rooms: Vec<Room>,
}

impl Board {
    /// A board of empty nodes.
    pub(super) fn new(nodes: &[NodeObject]) -> Self {
        let rooms = nodes
            .iter()
            .enumerate()
            .map(|(index, node)| Room {
                cpu_millis: node.allocatable_cpu_millis.unwrap_or(0),
                memory_bytes: node.allocatable_memory_bytes.unwrap_or(0),
                pods: node.allocatable_pods.unwrap_or(0),
                cpu_total: node.allocatable_cpu_millis.unwrap_or(0).max(1),
                zone: index % 3,
            })
            .collect();
        Self { rooms }
    }

    /// Takes `request` from a node, if it has that much left.
    pub(super) fn take(&mut self, node: usize, request: ContainerResources) -> bool {
        let fits = self.fits(node, request);
        if fits {
            let room = &mut self.rooms[node];
            room.cpu_millis -= request.cpu_millis;
            room.memory_bytes -= request.memory_bytes;
            room.pods -= 1;
        }
        fits
    }

    /// CPU left on the nodes of `span`.
    pub(super) fn cpu_left(&self, span: &Range<usize>) -> u64 {
        self.rooms[span.clone()]
            .iter()
            .map(|room| room.cpu_millis)
            .sum()
    }

    /// Puts one more pod of a workload, whose others are on `used`, on a node of `span`.
    ///
    /// Of a few nodes the one is taken that has the fewest pods of the workload, whose zone has
    /// the fewest, and that is the least loaded; when none of the few has room, the first that
    /// has.
    pub(super) fn place(
        &mut self,
        span: &Range<usize>,
        request: ContainerResources,
        used: &[usize],
        apart: Apart,
        stream: &mut Stream,
    ) -> Option<usize> {
        if span.is_empty() {
            return None;
        }
        let draw = |stream: &mut Stream| span.start + stream.below(span.len() as u64) as usize;
        let allowed = |node: usize| apart == Apart::No || !used.contains(&node);
        let best = (0..N_PROBES)
            .map(|_| draw(stream))
            .filter(|node| allowed(*node) && self.fits(*node, request))
            .min_by_key(|node| self.cost(*node, used));
        let node = best.or_else(|| {
            let first = draw(stream);
            (first..span.end)
                .chain(span.start..first)
                .find(|node| allowed(*node) && self.fits(*node, request))
        })?;
        self.take(node, request).then_some(node)
    }

    fn fits(&self, node: usize, request: ContainerResources) -> bool {
        let room = &self.rooms[node];
        room.cpu_millis >= request.cpu_millis
            && room.memory_bytes >= request.memory_bytes
            && room.pods > 0
    }

    fn cost(&self, node: usize, used: &[usize]) -> (usize, usize, u64) {
        let room = &self.rooms[node];
        let here = used.iter().filter(|other| **other == node).count();
        let near = used
            .iter()
            .filter(|other| self.rooms[**other].zone == room.zone)
            .count();
        let load = (room.cpu_total - room.cpu_millis) * 1_000 / room.cpu_total;
        (here, near, load)
    }
}

/// Whether pods of a workload must be on different nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// They need not.
    No,
    /// They must.
    PerNode,
}
