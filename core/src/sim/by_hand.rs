//! One `kubectl drain`, rehearsed from the snapshot of one cluster.

use super::kubectl::command::{DrainCommand, NodeDrain, NodeEnd};
use super::log::Keeps;
use super::trace::Trace;
use super::world::{Ctx, World};
use crate::ids::ClusterIdx;
use crate::inventory::Cluster;
use crate::plan::Plan;
use crate::rng::Streams;
use crate::units::{SimDuration, SimTime};

/// How long the cluster is watched after the command, so that replacements have their chance.
pub const AFTERMATH: SimDuration = SimDuration::from_mins(15);

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrainRun {
    /// What became of each of its nodes, in their order.
    pub nodes: Vec<NodeDrain>,
    /// When the command ended; none when it never does.
    pub ended: Option<SimTime>,
    /// Everything that happened in the cluster, up to [`AFTERMATH`] later.
    pub trace: Trace,
}

impl DrainRun {
    /// Whether every node is drained.
    pub fn drains_all(&self) -> bool {
        let mut ends = self.nodes.iter().map(|node| node.end);
        ends.all(|end| end == Some(NodeEnd::Drained))
    }
}

/// Runs `command` in `cluster` under a seed, from the snapshot as it is and with nothing broken.
pub fn drain(cluster: &Cluster, command: &DrainCommand, seed: u64) -> DrainRun {
    let plan = Plan::empty();
    let ctx = Ctx {
        cluster,
        idx: ClusterIdx(0),
        plan: &plan,
        steps: &[],
        wave: None,
        faults: &[],
        durations: &[],
        keeps: Keeps::Trace,
    };
    let mut world = World::new(&ctx, Streams::new(seed, 0));
    world.begin_command(&ctx, command);
    // A slice is as good as another here: nobody asks for progress or wants to stop.
    let mut n_left = u32::MAX;
    while !world.run_to_end(&ctx, &mut n_left) {
        n_left = u32::MAX;
    }
    let nodes = world.command_ends();
    let never = nodes.iter().any(|node| node.end == Some(NodeEnd::Never));
    let end = world.clock();
    while !world.run_until(&ctx, end + AFTERMATH, &mut n_left) {
        n_left = u32::MAX;
    }
    let trace = Trace {
        clusters: vec![world.tables(&ctx)],
        counters: *world.counters(),
        end: world.clock().max(end),
        events: world.log.take(),
        ..Trace::default()
    };
    DrainRun {
        nodes,
        ended: (!never).then_some(end),
        trace: trace.sealed(),
    }
}
