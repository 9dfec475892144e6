//! The hash of a whole trace: what native and Wasm, and any two runs of one seed, must agree on.
//!
//! Everything is written little-endian at a fixed width, in the order of the trace, so the digest
//! depends on no layout in memory.

use xxhash_rust::xxh3::Xxh3;

use super::tables::ClusterTrace;
use super::{Event, Trace};

/// Events between two checkpoints: close enough to find where two runs part company.
pub const CHECKPOINT_EVENTS: usize = 4_096;

/// The digest of a trace, with what it was along the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// The hash of every event and every name.
    pub value: u128,
    /// The hash after each [`CHECKPOINT_EVENTS`] events.
    pub checkpoints: Vec<u128>,
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.value)
    }
}

/// Hashes events, then the names and outcomes of clusters and waves.
pub(super) fn of(trace: &Trace) -> Digest {
    let mut hasher = Xxh3::new();
    let mut checkpoints = Vec::with_capacity(trace.events.len() / CHECKPOINT_EVENTS);
    let mut bytes = Vec::with_capacity(64 * CHECKPOINT_EVENTS);
    for chunk in trace.events.chunks(CHECKPOINT_EVENTS) {
        bytes.clear();
        for event in chunk {
            encode_event(event, &mut bytes);
        }
        hasher.update(&bytes);
        if chunk.len() == CHECKPOINT_EVENTS {
            checkpoints.push(hasher.digest128());
        }
    }
    bytes.clear();
    for cluster in &trace.clusters {
        encode_cluster(cluster, &mut bytes);
    }
    for wave in &trace.waves {
        bytes.push(wave.outcome as u8);
    }
    bytes.push(trace.outcome as u8);
    bytes.extend_from_slice(&trace.end.as_millis().to_le_bytes());
    hasher.update(&bytes);
    Digest {
        value: hasher.digest128(),
        checkpoints,
    }
}

/// More bytes than any event is written in.
const MOST_BYTES: usize = 64;

/// The canonical bytes of one event, put together where no memory needs to be asked for.
pub(super) struct Encoded {
    bytes: [u8; MOST_BYTES],
    n_bytes: usize,
}

impl Encoded {
    /// Appends bytes.
    #[inline]
    pub(super) fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes[self.n_bytes..self.n_bytes + N].copy_from_slice(&bytes);
        self.n_bytes += N;
    }
}

fn encode_event(event: &Event, bytes: &mut Vec<u8>) {
    let mut encoded = Encoded {
        bytes: [0; MOST_BYTES],
        n_bytes: 0,
    };
    encoded.put(event.at.as_millis().to_le_bytes());
    encoded.put(event.cluster.map_or(u32::MAX, |c| c.0).to_le_bytes());
    encoded.put(event.cause.map_or(u32::MAX, |c| c.0).to_le_bytes());
    event.kind.encode(&mut encoded);
    bytes.extend_from_slice(&encoded.bytes[..encoded.n_bytes]);
}

fn encode_cluster(cluster: &ClusterTrace, bytes: &mut Vec<u8>) {
    for node in &cluster.nodes {
        bytes.extend_from_slice(node.name.as_bytes());
        bytes.push(0);
    }
    for pod in &cluster.pods {
        bytes.extend_from_slice(&pod.workload.0.to_le_bytes());
        bytes.extend_from_slice(&pod.node.map_or(u32::MAX, |n| n.0).to_le_bytes());
    }
    for refusal in &cluster.refusals {
        bytes.extend_from_slice(&refusal.nodes.to_le_bytes());
        for (reason, count) in &refusal.counts {
            bytes.extend_from_slice(&reason.word().to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
        }
    }
    bytes.push(cluster.outcome as u8);
}
