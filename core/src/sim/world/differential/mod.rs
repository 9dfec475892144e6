//! The scheduler's filters and its preemption against a second account of them, on random small
//! clusters.
//!
//! The reference reads the sketch that the snapshot was written from, and shares no code with the
//! inventory or the filters, so a slip in resolving selectors shows as well.

#![cfg(not(target_arch = "wasm32"))]

mod reference;
mod sketch;

use proptest::prelude::*;

use self::reference::{feasible, preemptible};
use self::sketch::{Sketch, sketch, snapshot};
use super::{Ctx, World};
use crate::ids::{ClusterIdx, NodeIdx, PodIdx};
use crate::inventory;
use crate::rng::Streams;
use crate::sim::log::Keeps;
use crate::sim::testing::plan;
use crate::sim::trace::EventKind;
use crate::snapshot::Snapshot;

/// What the engine says.
struct Verdict {
    /// Of every node, whether it takes the pod.
    takes: Vec<bool>,
    /// The node it takes.
    found: Option<NodeIdx>,
    /// The node it keeps for the pod where it finds none.
    nominated: Option<NodeIdx>,
    /// The priorities of the pods that it displaces, each with its node.
    victims: Vec<(i32, NodeIdx)>,
}

fn engine(sketch: &Sketch) -> Verdict {
    let snapshot = Snapshot {
        name: None,
        clusters: vec![snapshot(sketch)],
    };
    let inventory = inventory::resolve(&snapshot).value;
    let ctx = Ctx {
        cluster: &inventory.clusters[0],
        idx: ClusterIdx(0),
        plan: &plan(&[], &[]),
        steps: &[],
        wave: None,
        faults: &[],
        durations: &[],
        keeps: Keeps::Trace,
    };
    let mut world = World::new(&ctx, Streams::new(1, 0));
    let pod = PodIdx::new(sketch.pods.len());
    let nodes = (0..sketch.nodes.len()).map(NodeIdx::new);
    let takes = nodes.map(|node| world.takes(&ctx, pod, node)).collect();
    let found = world.find_node(&ctx, pod);
    if found.is_none() {
        world.preempt(&ctx, pod, None);
    }
    let priority = |pod: PodIdx| ctx.workload(&world, pod).priority;
    let victims = world
        .log
        .events()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::PodPreempted { pod, node, .. } => Some((priority(pod), node)),
            _ => None,
        });
    Verdict {
        takes,
        found,
        nominated: world.nomination(pod),
        victims: victims.collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn the_scheduler_finds_a_node_exactly_where_the_rules_leave_one(sketch in sketch()) {
        let expected = feasible(&sketch);
        let verdict = engine(&sketch);
        prop_assert_eq!(&verdict.takes, &expected);
        match verdict.found {
            Some(node) => prop_assert!(expected[node.index()]),
            None => prop_assert!(!expected.contains(&true)),
        }
    }

    #[test]
    fn a_pod_displaces_others_exactly_where_that_makes_room(sketch in sketch()) {
        let expected = preemptible(&sketch);
        let verdict = engine(&sketch);
        match verdict.nominated {
            Some(node) => prop_assert!(expected[node.index()]),
            None => prop_assert!(verdict.found.is_some() || !expected.contains(&true)),
        }
        for (priority, node) in verdict.victims {
            prop_assert!(priority < sketch.apps[0].priority);
            prop_assert_eq!(Some(node), verdict.nominated);
        }
    }
}
