//! The full model on fleets of one shape and four sizes: what growth does to time and memory.
//!
//! Every fleet has 100 nodes and 2,000 pods a cluster. What is timed is the rehearsal alone, from
//! the first event to the sealed trace, or to the ending where none is kept; generating,
//! resolving, planning and the report are not.
//! Budgets that can never be met are left out of the fleets, because one of them would hold the
//! waves after it and so decide how much work a larger fleet is.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use wavetank_core::inventory::{self, Inventory};
use wavetank_core::plan::{self, FailureRule, Plan, PlanSettings};
use wavetank_core::sim::trace::Trace;
use wavetank_core::sim::{EventKind, Rehearsal, Replication};
use wavetank_core::synth::{self, FleetOptions};

const PODS_PER_CLUSTER: u32 = 2_000;
const PODS_PER_NODE: u32 = 20;

/// The size that others are compared with: the smallest that has several clusters.
const GROWTH_FROM: f64 = 10_000.0;

/// Events handled between two looks at the progress.
const SLICE_EVENTS: u32 = 100_000;

/// How much work one rehearsal is, and what it takes of the memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Pods of the fleet.
    pub pods: f64,
    /// Events of the trace.
    pub events: f64,
    /// Pods that were evicted, deleted, displaced or lost.
    pub moves: f64,
    /// Bytes of the clusters' states, counted from the sizes of their arrays.
    pub state_bytes: f64,
    /// Bytes of the events, counted in the same way.
    pub trace_bytes: f64,
}

/// A rehearsal and the least time that it took.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    /// The workload's name; up to its comma it says what is done to fleets of several sizes.
    pub name: &'static str,
    /// How much work it was.
    pub size: Size,
    /// The least time seen, in nanoseconds.
    pub best_ns: f64,
}

/// A fleet and its plan.
struct Loaded {
    pods: u32,
    inventory: Inventory,
    plan: Plan,
}

thread_local! {
    /// The fleet rehearsed last. One only: two of the largest need not fit into memory.
    static LOADED: RefCell<Option<Loaded>> = const { RefCell::new(None) };
}

/// Rehearses the fleet of so many pods, loaded once for any number of times in a row.
pub fn rehearse(pods: u32) -> u64 {
    with_loaded(pods, |loaded| {
        let trace = rehearsed(loaded).into_trace();
        trace.events.len() as u64
    })
}

/// Rehearses the same, and counts.
pub fn size(pods: u32) -> Size {
    with_loaded(pods, |loaded| {
        let rehearsal = rehearsed(loaded);
        let footprint = rehearsal.footprint();
        let trace = rehearsal.into_trace();
        let n_pods = loaded.inventory.clusters.iter();
        let n_pods: usize = n_pods.map(|cluster| cluster.pods.len()).sum();
        Size {
            pods: n_pods as f64,
            events: trace.events.len() as f64,
            moves: n_moves(&trace) as f64,
            state_bytes: footprint.state_bytes as f64,
            trace_bytes: footprint.trace_bytes as f64,
        }
    })
}

/// Rehearses the same without a trace.
pub fn replicate(pods: u32) -> u64 {
    with_loaded(pods, |loaded| {
        let ending = replicated(loaded).into_ending();
        ending.expect("it came to its end").n_events
    })
}

/// Rehearses the same without a trace, and counts.
pub fn size_without_trace(pods: u32) -> Size {
    let size = size(pods);
    with_loaded(pods, |loaded| {
        let footprint = replicated(loaded).footprint();
        Size {
            state_bytes: footprint.state_bytes as f64,
            trace_bytes: footprint.trace_bytes as f64,
            ..size
        }
    })
}

fn with_loaded<T>(pods: u32, f: impl FnOnce(&Loaded) -> T) -> T {
    LOADED.with_borrow_mut(|loaded| {
        if loaded.as_ref().is_none_or(|loaded| loaded.pods != pods) {
            *loaded = None;
        }
        f(loaded.get_or_insert_with(|| load(pods)))
    })
}

fn load(pods: u32) -> Loaded {
    let options = FleetOptions {
        clusters: pods.div_ceil(PODS_PER_CLUSTER),
        nodes: pods / PODS_PER_NODE,
        pods,
        blocking_budgets_per_mille: 0,
        missing_owners_per_mille: 0,
        ..FleetOptions::default()
    };
    let inventory = inventory::resolve(&synth::generate(&options)).value;
    let settings = PlanSettings {
        on_failure: FailureRule::GoOn,
        ..PlanSettings::default()
    };
    let (plan, _) = plan::propose(&inventory, &settings).expect("a generated fleet has a plan");
    Loaded {
        pods,
        inventory,
        plan,
    }
}

fn rehearsed(loaded: &Loaded) -> Rehearsal {
    let Loaded {
        inventory, plan, ..
    } = loaded;
    let mut rehearsal = Rehearsal::new(inventory, plan, &[], 0);
    while !rehearsal.advance(inventory, plan, SLICE_EVENTS).done {}
    rehearsal
}

fn replicated(loaded: &Loaded) -> Replication {
    let Loaded {
        inventory, plan, ..
    } = loaded;
    let mut replication = Replication::new(inventory, plan, &[], 0);
    while !replication.advance(inventory, plan, SLICE_EVENTS).done {}
    replication
}

/// How many pods had to leave their node, each counted once; a replacement is another pod.
fn n_moves(trace: &Trace) -> usize {
    let left = trace.events.iter().filter_map(|event| match event.kind {
        EventKind::PodEvicted { pod, .. }
        | EventKind::PodDeleted { pod, .. }
        | EventKind::PodPreempted { pod, .. }
        | EventKind::PodTaintEvicted { pod, .. }
        | EventKind::PodLost { pod, .. } => Some((event.cluster, pod)),
        _ => None,
    });
    left.collect::<BTreeSet<_>>().len()
}

/// The figures of one side as tables, one for each thing that is done, a line for each size.
pub fn tables(side: &str, timed: &[Timed]) -> String {
    let mut text = String::new();
    for of_one in timed.chunk_by(|one, next| what(one) == what(next)) {
        let what = what(&of_one[0]);
        write!(
            text,
            "\n{what}, {side}, best of all samples\n{}",
            table(of_one)
        )
        .expect("a string takes everything");
    }
    text
}

fn what(timed: &Timed) -> &'static str {
    timed.name.split(',').next().unwrap_or_default()
}

fn table(timed: &[Timed]) -> String {
    let from = timed.iter().find(|timed| {
        // A generated fleet meets its number of pods to within a few percent.
        (timed.size.pods / GROWTH_FROM - 1.0).abs() < 0.1
    });
    let mut text = format!(
        "{:>10} {:>10} {:>10} {:>9} {:>8} {:>7} {:>12} {:>12}\n",
        "pods", "events", "moves", "ns/event", "ns/move", "growth", "state B/pod", "trace B/pod"
    );
    for Timed { size, best_ns, .. } in timed {
        let ns_per_move = best_ns / size.moves;
        let growth = from.map_or_else(
            || "?".to_owned(),
            |from| format!("{:.2}", ns_per_move / (from.best_ns / from.size.moves)),
        );
        writeln!(
            text,
            "{:>10} {:>10} {:>10} {:>9.1} {ns_per_move:>8.1} {growth:>7} {:>12.0} {:>12.0}",
            size.pods,
            size.events,
            size.moves,
            best_ns / size.events,
            size.state_bytes / size.pods,
            size.trace_bytes / size.pods,
        )
        .expect("a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_fleet_of_the_smallest_size_is_upgraded_whole() {
        let size = size(1_000);
        assert!((900.0..1_100.0).contains(&size.pods), "{size:?}");
        assert!(size.moves > size.pods / 2.0, "{size:?}");
        assert!(size.events > 3.0 * size.moves, "{size:?}");
        assert!(size.state_bytes > 64.0 * size.pods, "{size:?}");
        assert!(size.trace_bytes > 56.0 * size.events, "{size:?}");
        assert_eq!(rehearse(1_000), size.events as u64);
    }

    #[test]
    fn without_a_trace_the_same_happens_in_less_memory() {
        let (with, without) = (size(1_000), size_without_trace(1_000));
        assert_eq!(replicate(1_000), with.events as u64);
        assert_eq!(without.state_bytes as u64, with.state_bytes as u64);
        assert!(10.0 * without.trace_bytes < with.trace_bytes, "{without:?}");
    }

    const SMALLEST: Size = Size {
        pods: 1_000.0,
        events: 6_000.0,
        moves: 1_200.0,
        state_bytes: 300_000.0,
        trace_bytes: 900_000.0,
    };

    #[test]
    fn growth_is_that_of_the_time_for_each_move_of_the_same_thing() {
        let timed = |name, factor: f64, ns_per_move: f64| Timed {
            name,
            size: Size {
                pods: SMALLEST.pods * factor,
                events: SMALLEST.events * factor,
                moves: SMALLEST.moves * factor,
                state_bytes: SMALLEST.state_bytes * factor,
                trace_bytes: SMALLEST.trace_bytes * factor,
            },
            best_ns: ns_per_move * SMALLEST.moves * factor,
        };
        let expected = expect![[r#"

            a drain, native, best of all samples
                  pods     events      moves  ns/event  ns/move  growth  state B/pod  trace B/pod
                  1000       6000       1200       6.0     30.0    0.75          300          900
                 10000      60000      12000       8.0     40.0    1.00          300          900

            a model, native, best of all samples
                  pods     events      moves  ns/event  ns/move  growth  state B/pod  trace B/pod
                  1000       6000       1200      60.0    300.0    1.50          300          900
                 10000      60000      12000      40.0    200.0    1.00          300          900
                100000     600000     120000      50.0    250.0    1.25          300          900
        "#]];
        expected.assert_eq(&tables(
            "native",
            &[
                timed("a drain, 1,000 pods", 1.0, 30.0),
                timed("a drain, 10,000 pods", 10.0, 40.0),
                timed("a model, 1,000 pods", 1.0, 300.0),
                timed("a model, 10,000 pods", 10.0, 200.0),
                timed("a model, 100,000 pods", 100.0, 250.0),
            ],
        ));
    }

    #[test]
    fn without_the_size_to_compare_with_growth_is_unknown() {
        let expected = expect![[r#"

            a model, Wasm, best of all samples
                  pods     events      moves  ns/event  ns/move  growth  state B/pod  trace B/pod
                  1000       6000       1200      20.0    100.0       ?          300          900
        "#]];
        expected.assert_eq(&tables(
            "Wasm",
            &[Timed {
                name: "a model, 1,000 pods",
                size: SMALLEST,
                best_ns: 120_000.0,
            }],
        ));
    }
}
