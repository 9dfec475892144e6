#![allow(clippy::all, clippy::pedantic, missing_docs)]
use std::time::Instant;
use wavetank_core::{inventory, plan, sim, synth};
fn main() {
    let args: Vec<u32> = std::env::args()
        .skip(1)
        .map(|a| a.parse().unwrap())
        .collect();
    let options = if args.len() >= 3 {
        synth::FleetOptions {
            clusters: args[0],
            nodes: args[1],
            pods: args[2],
            ..Default::default()
        }
    } else {
        Default::default()
    };
    let t = Instant::now();
    let snap = synth::generate(&options);
    println!("generate {:?}", t.elapsed());
    let t = Instant::now();
    let inv = inventory::resolve(&snap).value;
    println!("resolve {:?}", t.elapsed());
    let mut settings = plan::PlanSettings::default();
    settings.on_failure = plan::FailureRule::GoOn;
    if args.get(3) == Some(&2) {
        settings.drain = plan::DrainChoice::Force(wavetank_core::units::SimDuration::from_mins(30));
        settings.max_concurrency = 5;
    }
    if args.get(3) == Some(&1) {
        settings.on_failure = plan::FailureRule::Hold;
    }
    let (plan, rep) = plan::propose(&inv, &settings).unwrap();
    println!(
        "waves {} held back {}",
        plan.waves.len(),
        rep.held_back.len()
    );
    println!(
        "strategies {:?}",
        plan.waves
            .iter()
            .flat_map(|w| &w.clusters)
            .flat_map(|c| &c.steps)
            .filter_map(|s| match s {
                plan::Step::Pool {
                    strategy, drain, ..
                } => Some((strategy, drain)),
                _ => None,
            })
            .collect::<Vec<_>>()
            .first()
    );
    let mut best = f64::MAX;
    let mut last = None;
    for _ in 0..args.get(4).copied().unwrap_or(1) {
        let t = Instant::now();
        let mut r = sim::Rehearsal::new(&inv, &plan, &[], 1);
        while !r.advance(&inv, &plan, 100_000).done {}
        let trace = r.into_trace();
        best = best.min(t.elapsed().as_secs_f64());
        last = Some(trace);
    }
    let trace = last.unwrap();
    println!(
        "rehearse {:.1} ms, {} events, moves {} => {:.0} ns/move, handled {}",
        best * 1e3,
        trace.events.len(),
        trace.counters.bindings,
        best * 1e9 / trace.counters.bindings as f64,
        trace.counters.handled
    );
    println!(
        "{:?} end {} digest {} {:?}",
        trace.outcome, trace.end, trace.digest, trace.counters
    );
    for (i, c) in trace.clusters.iter().enumerate() {
        let why = c.decided_by.map(|e| {
            trace
                .chain(e)
                .iter()
                .map(|e| trace.event(*e).unwrap().kind.reason())
                .collect::<Vec<_>>()
                .join(" > ")
        });
        let root = c.decided_by.and_then(|e| trace.root(e, &[])).map(|r| r.1);
        if i < 14 {
            println!(
                "{} {:?} {:?} {:?} {root:?}\n   {}",
                inv.clusters[i].name,
                c.outcome,
                c.started.map(|s| s.to_string()),
                c.ended.map(|s| s.to_string()),
                why.unwrap_or_default()
            );
        }
    }
    let mut counts = std::collections::BTreeMap::new();
    for e in &trace.events {
        *counts.entry(e.kind.reason()).or_insert(0) += 1;
    }
    println!("{counts:?}");
}
