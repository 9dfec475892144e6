//! Whoever else is in the fleet, a cluster lives the same life.

#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::prelude::*;

use super::properties::{fault, inventory, workload};
use super::random_plans::a_plan;
use super::testing::rehearse;
use super::trace::{EventKind, Trace};
use crate::inventory::Inventory;
use crate::units::SimTime;

/// What happens in the first cluster while its upgrade goes on.
fn own(trace: &Trace) -> Vec<(SimTime, EventKind)> {
    let of_first = trace
        .events
        .iter()
        .filter(|event| event.cluster.is_some_and(|cluster| cluster.0 == 0));
    let told: Vec<_> = of_first.map(|event| (event.at, event.kind)).collect();
    let decided = trace.clusters[0]
        .decided_by
        .map(|id| &trace.events[id.index()]);
    let until = decided.map_or(SimTime::ZERO, |event| event.at);
    told.into_iter().filter(|(at, _)| *at <= until).collect()
}

/// The fleet with another cluster beside the first, which no wave takes.
fn joined(mut inventory: Inventory, other: Inventory) -> Inventory {
    for mut cluster in other.clusters {
        cluster.name = "us-1".to_owned();
        inventory.clusters.push(cluster);
    }
    inventory
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn an_unrelated_cluster_changes_no_event_of_another(
        n_nodes in 1..5_usize,
        sketches in vec(workload(), 0..4),
        others in vec(workload(), 0..4),
        faults in vec(fault(), 0..2),
        plan in a_plan(),
        seed in any::<u64>(),
    ) {
        let alone = inventory(n_nodes, &sketches);
        let fleet = joined(alone.clone(), inventory(3, &others));
        let before = rehearse(&alone, &plan, &faults, seed);
        let after = rehearse(&fleet, &plan, &faults, seed);
        prop_assert_eq!(own(&before), own(&after));
    }
}
