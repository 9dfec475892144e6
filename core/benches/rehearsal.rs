//! How long one rehearsal with its whole trace takes, by the size of the fleet.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use wavetank_core::inventory::{self, Inventory};
use wavetank_core::plan::{self, DrainChoice, FailureRule, Plan, PlanSettings};
use wavetank_core::sim::{Rehearsal, Trace};
use wavetank_core::synth::{self, FleetOptions};
use wavetank_core::units::SimDuration;

/// A fleet of this size and a plan that nothing stops, so that every pod moves.
fn stage(clusters: u32, nodes: u32, pods: u32) -> (Inventory, Plan) {
    let options = FleetOptions {
        clusters,
        nodes,
        pods,
        ..FleetOptions::default()
    };
    let inventory = inventory::resolve(&synth::generate(&options)).value;
    let settings = PlanSettings {
        max_concurrency: 5,
        drain: DrainChoice::Force(SimDuration::from_mins(30)),
        on_failure: FailureRule::GoOn,
        ..PlanSettings::default()
    };
    let (plan, _) = plan::propose(&inventory, &settings).expect("the default start is a date");
    (inventory, plan)
}

fn rehearse(inventory: &Inventory, plan: &Plan) -> Trace {
    let mut rehearsal = Rehearsal::new(inventory, plan, &[], 1);
    while !rehearsal.advance(inventory, plan, 100_000).done {}
    rehearsal.into_trace()
}

fn rehearsals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rehearsal");
    group.sample_size(10);
    for (name, clusters, nodes, pods) in [
        ("demo, 330 nodes", 12, 330, 9_600),
        ("50 clusters, 5,000 nodes, 100,000 pods", 50, 5_000, 100_000),
    ] {
        let (inventory, plan) = stage(clusters, nodes, pods);
        let moves = rehearse(&inventory, &plan).counters.bindings;
        group.throughput(criterion::Throughput::Elements(moves));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || (),
                |()| rehearse(&inventory, &plan),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, rehearsals);
criterion_main!(benches);
