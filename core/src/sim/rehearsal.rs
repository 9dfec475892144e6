//! One rehearsal, in steps.

use super::fault::{Fault, Trigger};
use super::fleet::{Fleet, Next, Standing};
use super::log::Keeps;
use super::merge::{self, Source};
use super::trace::{
    ClusterEnding, ClusterOutcome, Counters, Decision, Ending, RunOutcome, Trace, WaveEnding,
};
use super::world::{self, Ctx, Origin, World};
use crate::durations::DurationEntry;
use crate::ids::{ClusterIdx, EventId, FaultIdx};
use crate::inventory::Inventory;
use crate::plan::{Plan, Step};
use crate::rng::Streams;
use crate::units::SimTime;

/// How far a rehearsal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether nothing is left to do.
    pub done: bool,
    /// Events so far.
    pub events: u64,
    /// Clusters whose upgrade has ended, of all that are planned.
    pub clusters_done: u32,
    /// The latest simulated time reached.
    pub now: SimTime,
}

/// What a rehearsal takes of the memory, by the sizes of its arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Bytes of the clusters' states, the inventory and the plan not included.
    pub state_bytes: u64,
    /// Bytes of the events, those of each cluster and those put into one order.
    pub trace_bytes: u64,
}

/// A rehearsal under way. It owns nothing of the inventory or the plan; both are passed to
/// [`Rehearsal::advance`] unchanged.
#[derive(Debug)]
pub struct Rehearsal {
    given: Given,
    streams: Streams,
    fleet: Fleet,
    /// One for each cluster in which something happens.
    worlds: Vec<Option<Box<World>>>,
    stage: Stage,
    trace: Trace,
    /// How it ended, where no trace is kept.
    ending: Option<Ending>,
}

/// What is the same for all clusters beside the plan.
#[derive(Debug)]
struct Given {
    faults: Vec<Fault>,
    durations: Vec<DurationEntry>,
    keeps: Keeps,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Waves are going on.
    Running,
    /// The fleet is done; clusters live on until its last event, one after the other.
    Settling {
        until: SimTime,
        next: usize,
    },
    Done,
}

impl Rehearsal {
    /// Sets the stage: the fleet as it is, the faults armed, nothing started.
    pub fn new(inventory: &Inventory, plan: &Plan, faults: &[Fault], seed: u64) -> Self {
        Self::keeping(Keeps::Trace, inventory, plan, faults, seed)
    }

    /// The same, of whose events this is kept.
    pub(super) fn keeping(
        keeps: Keeps,
        inventory: &Inventory,
        plan: &Plan,
        faults: &[Fault],
        seed: u64,
    ) -> Self {
        Self {
            given: Given {
                faults: faults.to_vec(),
                durations: Vec::new(),
                keeps,
            },
            streams: Streams::new(seed, 0),
            fleet: Fleet::new(plan),
            worlds: inventory.clusters.iter().map(|_| None).collect(),
            stage: Stage::Running,
            trace: Trace::default(),
            ending: None,
        }
    }

    /// The same with entries beside the default durations, before anything has happened.
    pub fn with_durations(self, durations: &[DurationEntry]) -> Self {
        let given = Given {
            durations: durations.to_vec(),
            ..self.given
        };
        Self { given, ..self }
    }

    /// Handles up to `n_events` events.
    pub fn advance(&mut self, inventory: &Inventory, plan: &Plan, n_events: u32) -> Progress {
        let mut n_left = n_events.max(1);
        while n_left > 0 && self.go_on(inventory, plan, &mut n_left) {}
        let worlds = self.worlds.iter().flatten();
        let now = worlds
            .clone()
            .map(|world| world.clock())
            .max()
            .unwrap_or_default();
        let events = worlds.map(|world| world.log.n_events() as u64).sum::<u64>();
        Progress {
            done: matches!(self.stage, Stage::Done),
            events: match self.stage {
                Stage::Running | Stage::Settling { .. } => events,
                Stage::Done => events + self.fleet.events.len() as u64,
            },
            clusters_done: self.fleet.n_done(),
            now: now.max(self.fleet.now()).max(self.end()),
        }
    }

    /// Does the next piece of work; whether any is left.
    fn go_on(&mut self, inventory: &Inventory, plan: &Plan, n_left: &mut u32) -> bool {
        match self.stage {
            Stage::Running => self.run_waves(inventory, plan, n_left),
            Stage::Settling { until, next } => {
                self.settle(inventory, plan, until, next, n_left);
            }
            Stage::Done => return false,
        }
        true
    }

    fn run_waves(&mut self, inventory: &Inventory, plan: &Plan, n_left: &mut u32) {
        match self.fleet.next(plan) {
            Next::WaveStarts { wave, at } => self.arm_wave(inventory, plan, wave, at),
            Next::Start {
                cluster,
                at,
                origin,
            } => {
                self.world(inventory, plan, cluster).give_turn(at, origin);
            }
            Next::Wait => self.run_clusters(inventory, plan, n_left),
            Next::Over { at } => self.stage = Stage::Settling { until: at, next: 0 },
        }
    }

    /// Runs every cluster under way to its end, then lets the fleet hear the earliest.
    fn run_clusters(&mut self, inventory: &Inventory, plan: &Plan, n_left: &mut u32) {
        for cluster in self.fleet.running() {
            let ctx = context(inventory, plan, &self.given, *cluster);
            let world = self.worlds[cluster.index()]
                .as_mut()
                .expect("a running world exists");
            if !world.run_to_end(&ctx, n_left) {
                return;
            }
        }
        let worlds = &self.worlds;
        self.fleet.take_earliest(plan, |cluster| {
            let world = worlds[cluster.index()]
                .as_ref()
                .expect("a running world exists");
            Standing {
                failed: world.failure(),
                end: world.end().expect("the world was run to its end"),
            }
        });
    }

    /// Arms the faults that wait for a wave's start, in every cluster in scope.
    fn arm_wave(&mut self, inventory: &Inventory, plan: &Plan, wave: usize, at: SimTime) {
        for index in 0..self.given.faults.len() {
            if self.given.faults[index].trigger != Trigger::Wave(wave as u32 + 1) {
                continue;
            }
            for cluster in (0..inventory.clusters.len()).map(ClusterIdx::new) {
                let ctx = context(inventory, plan, &self.given, cluster);
                if world::in_scope(&ctx, &self.given.faults[index]) {
                    let world = self.world(inventory, plan, cluster);
                    world.arm_fault(at, FaultIdx::new(index));
                }
            }
        }
    }

    /// Lets clusters live on until the fleet's last event, then completes the trace.
    fn settle(
        &mut self,
        inventory: &Inventory,
        plan: &Plan,
        until: SimTime,
        next: usize,
        n_left: &mut u32,
    ) {
        if next == self.worlds.len() {
            match self.given.keeps {
                Keeps::Trace => self.trace = self.complete(inventory, plan, until),
                Keeps::Decisions => self.ending = Some(self.ending(inventory, plan, until)),
            }
            self.stage = Stage::Done;
            return;
        }
        let cluster = ClusterIdx::new(next);
        let ctx = context(inventory, plan, &self.given, cluster);
        let armed = self.given.faults.iter().any(|fault| {
            matches!(fault.trigger, Trigger::At(after) if SimTime::ZERO + after <= until)
                && world::in_scope(&ctx, fault)
        });
        if self.worlds[next].is_none() && !armed {
            self.stage = Stage::Settling {
                until,
                next: next + 1,
            };
            return;
        }
        self.world(inventory, plan, cluster);
        let ctx = context(inventory, plan, &self.given, cluster);
        let world = self.worlds[next].as_mut().expect("the world was just made");
        if world.run_until(&ctx, until, n_left) {
            self.stage = Stage::Settling {
                until,
                next: next + 1,
            };
        }
    }

    /// The world of a cluster, made when something happens in it for the first time.
    fn world(&mut self, inventory: &Inventory, plan: &Plan, cluster: ClusterIdx) -> &mut World {
        let (given, streams) = (&self.given, self.streams);
        self.worlds[cluster.index()].get_or_insert_with(|| {
            let ctx = context(inventory, plan, given, cluster);
            let mut world = World::new(&ctx, streams);
            for (index, fault) in given.faults.iter().enumerate() {
                if let Trigger::At(after) = fault.trigger
                    && world::in_scope(&ctx, fault)
                {
                    world.arm_fault(SimTime::ZERO + after, FaultIdx::new(index));
                }
            }
            Box::new(world)
        })
    }

    fn complete(&mut self, inventory: &Inventory, plan: &Plan, until: SimTime) -> Trace {
        let mut sources = vec![Source {
            cluster: None,
            events: &self.fleet.events,
            foreign: &self.fleet.foreign,
        }];
        for (index, world) in self.worlds.iter().enumerate() {
            if let Some(world) = world {
                sources.push(Source {
                    cluster: Some(ClusterIdx::new(index)),
                    events: world.log.events(),
                    foreign: &world.foreign,
                });
            }
        }
        let mut merged = merge::merge(&sources, inventory.clusters.len());
        let events = std::mem::take(&mut merged.events);
        let mut trace = Trace {
            events,
            outcome: self.fleet.outcome,
            end: until,
            ..Trace::default()
        };
        for (index, world) in self.worlds.iter().enumerate() {
            let cluster = ClusterIdx::new(index);
            let ctx = context(inventory, plan, &self.given, cluster);
            let Some(world) = world else {
                let outcome = untouched_outcome(&ctx);
                trace.clusters.push(world::untouched(ctx.cluster, outcome));
                continue;
            };
            let mut tables = world.tables(&ctx);
            let decided = tables
                .decided_by
                .map(|event| Origin::Cluster(cluster, event));
            tables.decided_by = decided.and_then(|origin| merged.number(origin));
            trace.clusters.push(tables);
            trace.counters.add(world.counters());
        }
        for wave in &self.fleet.waves {
            let decided = wave.decided_by.map(Origin::Fleet);
            let mut wave = *wave;
            wave.decided_by = decided.and_then(|origin| merged.number(origin));
            trace.waves.push(wave);
        }
        let decided = self.fleet.decided_by.map(Origin::Fleet);
        trace.decided_by = decided.and_then(|origin| merged.number(origin));
        let mut broken = self.worlds.iter().enumerate().filter_map(|(index, world)| {
            let event = world.as_ref()?.broken()?;
            merged.number(Origin::Cluster(ClusterIdx::new(index), event))
        });
        if let Some(event) = broken.next() {
            trace.outcome = RunOutcome::Broken;
            trace.decided_by = Some(event);
        }
        trace.sealed()
    }

    /// How it ended, by what decided it alone.
    fn ending(&self, inventory: &Inventory, plan: &Plan, until: SimTime) -> Ending {
        let by_fleet = |event: EventId| Decision::of(&self.fleet.events[event.index()]);
        let waves = self.fleet.waves.iter();
        let waves = waves.map(|wave| WaveEnding::of(wave, wave.decided_by.map(by_fleet)));
        let mut ending = Ending {
            outcome: self.fleet.outcome,
            decided_by: self.fleet.decided_by.map(by_fleet),
            end: until,
            n_events: self.fleet.events.len() as u64,
            counters: Counters::default(),
            clusters: Vec::with_capacity(self.worlds.len()),
            waves: waves.collect(),
        };
        let mut broken = None;
        for (index, world) in self.worlds.iter().enumerate() {
            let ctx = context(inventory, plan, &self.given, ClusterIdx::new(index));
            let Some(world) = world else {
                ending.clusters.push(ClusterEnding {
                    outcome: untouched_outcome(&ctx),
                    decided_by: None,
                    started: None,
                    ended: None,
                });
                continue;
            };
            ending.clusters.push(world.ending(&ctx));
            ending.counters.add(world.counters());
            ending.n_events += world.log.n_events() as u64;
            broken = broken.or(world.broken().map(|event| world.decision(event)));
        }
        if broken.is_some() {
            ending.outcome = RunOutcome::Broken;
            ending.decided_by = broken;
        }
        ending
    }

    /// When it ended; the beginning before that is known.
    fn end(&self) -> SimTime {
        let without_trace = self.ending.as_ref().map(|ending| ending.end);
        without_trace.unwrap_or(self.trace.end)
    }

    /// What it takes of the memory, replaced pods and nodes included.
    pub fn footprint(&self) -> Footprint {
        let worlds = || self.worlds.iter().flatten();
        let state: usize = worlds().map(|world| world.state_bytes()).sum();
        let told: usize = worlds().map(|world| world.trace_bytes()).sum();
        Footprint {
            state_bytes: state as u64,
            trace_bytes: (told + world::array(&self.trace.events)) as u64,
        }
    }

    /// The trace; complete once [`Progress::done`] was seen.
    pub fn into_trace(self) -> Trace {
        self.trace
    }

    /// How it ended, where no trace is kept.
    pub(super) fn into_ending(self) -> Option<Ending> {
        self.ending
    }
}

/// How the upgrade of a cluster ended in which nothing happened.
fn untouched_outcome(ctx: &Ctx<'_>) -> ClusterOutcome {
    if ctx.steps.is_empty() {
        ClusterOutcome::NotPlanned
    } else {
        ClusterOutcome::NotStarted
    }
}

/// What stays the same for one cluster.
fn context<'a>(
    inventory: &'a Inventory,
    plan: &'a Plan,
    given: &'a Given,
    cluster: ClusterIdx,
) -> Ctx<'a> {
    let mut steps: &[Step] = &[];
    let mut wave = None;
    for (index, of) in plan.waves.iter().enumerate() {
        if let Some(planned) = of
            .clusters
            .iter()
            .find(|planned| planned.cluster == cluster)
        {
            steps = &planned.steps;
            wave = Some(index as u32 + 1);
        }
    }
    Ctx {
        cluster: &inventory.clusters[cluster.index()],
        idx: cluster,
        plan,
        steps,
        wave,
        faults: &given.faults,
        durations: &given.durations,
        keeps: given.keeps,
    }
}
