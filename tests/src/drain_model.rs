//! DRAIN: a drain of a whole fleet under budgets, small enough to be written for any engine.
//!
//! Here it runs on the core's own event queue, one for each cluster as in a rehearsal. Its rules
//! and draws are fixed to the last digit, so every engine must come to the same events, moves,
//! retries and makespan, and only their times differ. Times are microseconds.
//!
//! Five slots a cluster take nodes in order: cordon, evict one pod at a time under a budget of one
//! unavailable pod for each application, wait for it to stop, upgrade the node, uncordon.

use std::cell::RefCell;

use wavetank_core::sim::queue::EventQueue;
use wavetank_core::units::{SimDuration, SimTime};

use crate::growth::Size;

const PODS_PER_NODE: u32 = 20;
const REPLICAS: u32 = 10;
const ROOM: u32 = 64;
const SLOTS: u32 = 5;
const RETRY_MICROS: u64 = 5_000_000;
const UNPLACED_MICROS: u64 = 1_000_000;
const REQUESTS: [u32; 4] = [1, 2, 2, 4];
const SEED: u64 = 1;

/// Bounds of the five tables of delays, in the order of [`Delay`].
const BOUNDS: [(u64, u64); 5] = [
    (20_000, 200_000),
    (1_000_000, 30_000_000),
    (50_000, 2_000_000),
    (2_000_000, 40_000_000),
    (120_000_000, 300_000_000),
];
const N_DRAWS: usize = 1_024;

/// What is specified to come out under [`SEED`], for clusters and nodes in each.
pub const SPECIFIED: [((u32, u32), Outcome); 4] = [
    ((1, 50), outcome(5_754, 1_336, 360, 6_815_614_803)),
    ((5, 100), outcome(55_356, 13_473, 964, 13_174_578_079)),
    ((50, 100), outcome(554_874, 134_613, 11_422, 13_378_579_217)),
    (
        (500, 100),
        outcome(5_547_318, 1_345_335, 115_978, 13_511_862_398),
    ),
];

/// What came of a drain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries taken from the queues.
    pub events: u64,
    /// Pods bound to another node.
    pub moves: u64,
    /// Evictions that a budget refused.
    pub retries: u64,
    /// When the last entry fell due.
    pub makespan_micros: u64,
}

const fn outcome(events: u64, moves: u64, retries: u64, makespan_micros: u64) -> Outcome {
    Outcome {
        events,
        moves,
        retries,
        makespan_micros,
    }
}

/// What a delay is for.
#[derive(Clone, Copy)]
enum Delay {
    Gap,
    Termination,
    Scheduling,
    Start,
    Upgrade,
}

/// What falls due; a pod or a node of the cluster.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Evict(u32),
    Gone(u32),
    Bind(u32),
    Ready(u32),
    Upgraded(u32),
}

#[derive(Clone, Copy)]
struct Pod {
    app: u32,
    /// The pod that was placed on its node before it.
    below: Option<u32>,
    moves: u32,
    requests: u32,
}

#[derive(Clone, Copy)]
struct Node {
    /// The pod that was placed last.
    top: Option<u32>,
    free: u32,
    cordoned: bool,
}

#[derive(Clone)]
struct Cluster {
    first_pod: u32,
    first_node: u32,
    pods: Vec<Pod>,
    nodes: Vec<Node>,
    /// For each application, its pods that are not ready.
    unavailable: Vec<u32>,
    cursor: usize,
    next_node: usize,
}

/// A drain under way in one cluster.
struct Drain<'a> {
    delays: &'a [Vec<u64>],
    cluster: Cluster,
    queue: EventQueue<Entry>,
    outcome: Outcome,
}

/// A fleet before its drain, with the delays.
struct Fleet {
    shape: (u32, u32),
    clusters: Vec<Cluster>,
    delays: Vec<Vec<u64>>,
}

thread_local! {
    /// The fleet drained last, as it was before.
    static FLEET: RefCell<Option<Fleet>> = const { RefCell::new(None) };
}

/// Drains so many clusters of so many nodes, set up once for any number of times in a row.
pub fn drain(shape: (u32, u32)) -> Outcome {
    with_fleet(shape, |fleet| {
        let ended = fleet.clusters.iter().map(|cluster| {
            let drain = Drain {
                delays: &fleet.delays,
                cluster: cluster.clone(),
                queue: EventQueue::default(),
                outcome: Outcome::default(),
            };
            drain.run()
        });
        ended.fold(Outcome::default(), |all, one| Outcome {
            events: all.events + one.events,
            moves: all.moves + one.moves,
            retries: all.retries + one.retries,
            makespan_micros: all.makespan_micros.max(one.makespan_micros),
        })
    })
}

/// Drains one of [`SPECIFIED`], holds the outcome against it and counts.
pub fn size(index: usize) -> Size {
    let (shape, specified) = SPECIFIED[index];
    let outcome = drain(shape);
    assert_eq!(outcome, specified, "DRAIN of {shape:?} must come out so");
    let state_bytes = with_fleet(shape, |fleet| {
        let bytes = fleet.clusters.iter().map(|cluster| {
            size_of::<Cluster>()
                + size_of_val(&cluster.pods[..])
                + size_of_val(&cluster.nodes[..])
                + size_of_val(&cluster.unavailable[..])
        });
        bytes.sum::<usize>()
    });
    Size {
        pods: f64::from(shape.0 * shape.1 * PODS_PER_NODE),
        events: outcome.events as f64,
        moves: outcome.moves as f64,
        state_bytes: state_bytes as f64,
        trace_bytes: 0.0,
    }
}

fn with_fleet<T>(shape: (u32, u32), f: impl FnOnce(&Fleet) -> T) -> T {
    FLEET.with_borrow_mut(|fleet| {
        if fleet.as_ref().is_none_or(|fleet| fleet.shape != shape) {
            *fleet = None;
        }
        f(fleet.get_or_insert_with(|| Fleet {
            shape,
            clusters: (0..shape.0)
                .map(|number| Cluster::new(number, shape.1))
                .collect(),
            delays: delays(),
        }))
    })
}

/// The tables of delays, filled by a linear congruential generator.
fn delays() -> Vec<Vec<u64>> {
    let mut state = 1_u64;
    let mut draw = |least: u64, most: u64| {
        state = state
            .wrapping_mul(6_364_136_223)
            .wrapping_add(1_442_695_041)
            & 0xFFFF_FFFF;
        least + state % (most - least)
    };
    let table = |(least, most)| (0..N_DRAWS).map(|_| draw(least, most)).collect();
    BOUNDS.into_iter().map(table).collect()
}

impl Cluster {
    fn new(number: u32, n_nodes: u32) -> Self {
        let n_apps = n_nodes * PODS_PER_NODE / REPLICAS;
        let empty = Node {
            top: None,
            free: ROOM,
            cordoned: false,
        };
        let mut cluster = Self {
            first_pod: number * n_nodes * PODS_PER_NODE,
            first_node: number * n_nodes,
            pods: Vec::new(),
            nodes: vec![empty; n_nodes as usize],
            unavailable: vec![0; n_apps as usize],
            cursor: 0,
            next_node: 0,
        };
        for replica in 0..REPLICAS {
            for app in 0..n_apps {
                let pod = cluster.pods.len() as u32;
                let number = (cluster.first_pod + pod) as usize;
                cluster.pods.push(Pod {
                    app,
                    below: None,
                    moves: 0,
                    requests: REQUESTS[number % REQUESTS.len()],
                });
                cluster.place(pod, ((app + 13 * replica) % n_nodes) as usize);
            }
        }
        cluster
    }

    fn place(&mut self, pod: u32, node: usize) {
        let placed = &mut self.pods[pod as usize];
        let node = &mut self.nodes[node];
        placed.below = node.top.replace(pod);
        node.free -= placed.requests;
    }

    /// The next node from the cursor on that has room; the cursor moves behind it.
    fn next_fit(&mut self, requests: u32) -> Option<usize> {
        let (before, after) = self.nodes.split_at(self.cursor);
        let fits = |node: &Node| !node.cordoned && node.free >= requests;
        let found = match after.iter().position(fits) {
            Some(position) => self.cursor + position,
            None => before.iter().position(fits)?,
        };
        self.cursor = (found + 1) % self.nodes.len();
        Some(found)
    }
}

impl Drain<'_> {
    fn run(mut self) -> Outcome {
        for _ in 0..SLOTS {
            self.start_next_node();
        }
        while let Some(entry) = self.queue.pop() {
            self.outcome.events += 1;
            self.take(entry);
        }
        self.outcome.makespan_micros = self.queue.now().as_millis();
        self.outcome
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Evict(node) => self.evict(node),
            Entry::Gone(node) => self.take_off(node),
            Entry::Bind(pod) => self.bind(pod),
            Entry::Ready(pod) => {
                let app = self.cluster.pods[pod as usize].app;
                self.cluster.unavailable[app as usize] -= 1;
            }
            Entry::Upgraded(node) => {
                self.cluster.nodes[node as usize].cordoned = false;
                self.start_next_node();
            }
        }
    }

    fn start_next_node(&mut self) {
        let node = self.cluster.next_node;
        let Some(next) = self.cluster.nodes.get_mut(node) else {
            return;
        };
        next.cordoned = true;
        let is_empty = next.top.is_none();
        self.cluster.next_node += 1;
        let number = self.cluster.first_node + node as u32;
        if is_empty {
            let upgrade = self.delay(Delay::Upgrade, number, 0);
            self.schedule(upgrade, Entry::Upgraded(node as u32));
        } else {
            let gap = self.delay(Delay::Gap, number, 0);
            self.schedule(gap, Entry::Evict(node as u32));
        }
    }

    fn evict(&mut self, node: u32) {
        let pod = self.top(node);
        let app = self.cluster.pods[pod as usize].app as usize;
        if self.cluster.unavailable[app] > 0 {
            self.outcome.retries += 1;
            self.schedule(RETRY_MICROS, Entry::Evict(node));
            return;
        }
        self.cluster.unavailable[app] += 1;
        let termination = self.delay_of_pod(Delay::Termination, pod);
        self.schedule(termination, Entry::Gone(node));
    }

    fn take_off(&mut self, node: u32) {
        let pod = self.top(node);
        let Pod {
            below, requests, ..
        } = self.cluster.pods[pod as usize];
        let left = &mut self.cluster.nodes[node as usize];
        left.top = below;
        left.free += requests;
        let scheduling = self.delay_of_pod(Delay::Scheduling, pod);
        self.schedule(scheduling, Entry::Bind(pod));
        if below.is_none() {
            let upgrade = self.delay(Delay::Upgrade, self.cluster.first_node + node, 0);
            self.schedule(upgrade, Entry::Upgraded(node));
        } else {
            let gap = self.delay_of_pod(Delay::Gap, pod);
            self.schedule(gap, Entry::Evict(node));
        }
    }

    fn bind(&mut self, pod: u32) {
        let requests = self.cluster.pods[pod as usize].requests;
        let Some(node) = self.cluster.next_fit(requests) else {
            self.schedule(UNPLACED_MICROS, Entry::Bind(pod));
            return;
        };
        let start = self.delay_of_pod(Delay::Start, pod);
        self.schedule(start, Entry::Ready(pod));
        self.cluster.pods[pod as usize].moves += 1;
        self.cluster.place(pod, node);
        self.outcome.moves += 1;
    }

    fn top(&self, node: u32) -> u32 {
        let top = self.cluster.nodes[node as usize].top;
        top.expect("a node that is drained has a pod")
    }

    fn delay_of_pod(&self, delay: Delay, pod: u32) -> u64 {
        let moves = self.cluster.pods[pod as usize].moves;
        self.delay(delay, self.cluster.first_pod + pod, moves)
    }

    fn delay(&self, delay: Delay, number: u32, moves: u32) -> u64 {
        let mixed = u64::from(number) * 7_919 + u64::from(moves) * 104_729 + SEED * 15_485_863;
        self.delays[delay as usize][mixed as usize % N_DRAWS]
    }

    /// The queue's instants are whole numbers; here they count microseconds.
    fn schedule(&mut self, micros: u64, entry: Entry) {
        let at: SimTime = self.queue.now() + SimDuration::from_millis(micros);
        self.queue.schedule_at(at, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_but_the_largest_comes_out_as_specified() {
        for (shape, specified) in &SPECIFIED[..3] {
            assert_eq!(drain(*shape), *specified, "{shape:?}");
        }
    }
}
