//! Blast radii of whole rehearsals, and what must hold of every level.

use expect_test::expect;

use super::*;
use crate::plan::PoolStrategy;
use crate::sim::fault::{FaultKind, Trigger};
use crate::sim::testing::{SURGE, WAIT};

/// Two replicas of a database on nodes of their own, and a service that calls it.
fn shop() -> (Inventory, Vec<ServiceSpec>) {
    let mut cluster = testing::cluster("eu-1", 3);
    testing::add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    testing::add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 2);
    let specs = vec![
        stated("web", 60, &[("db", CallKind::Hard)]),
        stated("db", 120, &[]),
    ];
    (testing::fleet(vec![cluster]), specs)
}

fn rehearsed(strategy: PoolStrategy, waves: &[usize], n_faults: usize) -> String {
    let (inventory, specs) = shop();
    let plan = testing::plan(waves, &testing::pool_steps(strategy, WAIT));
    let fault = testing::fault(FaultKind::NodeLoss, Trigger::ClusterStart, 1_000);
    let faults = vec![fault; n_faults];
    let trace = testing::rehearse(&inventory, &plan, &faults, 3);
    let services = resolve(&specs, &inventory, "s.yaml").value;
    let blast = blast(&services, &inventory, &trace);
    let counts = format!("{} of {} hit\n", blast.hits.len(), blast.n_judged);
    let all_rooted = blast.hits.iter().all(|hit| {
        let event = hit.worst.event.expect("something took a replica");
        trace.root(event, &faults).is_some()
    });
    assert!(all_rooted, "every hit has a root");
    let line = |hit: &crate::services::Hit| {
        format!(
            "{:?}: {} ppm, down {}, through {}\n",
            hit.service,
            hit.worst.level.errors_ppm,
            hit.down_ms > 0,
            hit.worst.through.len()
        )
    };
    counts + &blast.hits.iter().map(line).collect::<String>()
}

#[test]
fn where_nothing_is_disturbed_nothing_is_hit() {
    assert_eq!(rehearsed(SURGE, &[], 0), "0 of 2 hit\n");
}

// One of two databases is away at a time: 100 of 120 requests a second are answered.
#[test]
fn an_upgrade_without_faults_hits_what_has_no_replica_to_spare() {
    expect![[r#"
        2 of 2 hit
        ServiceIdx(0): 167626 ppm, down false, through 1
        ServiceIdx(1): 166667 ppm, down false, through 0
    "#]]
    .assert_eq(&rehearsed(SURGE, &[1], 0));
}

#[test]
fn lost_nodes_take_everything_down() {
    expect![[r#"
        2 of 2 hit
        ServiceIdx(0): 1000000 ppm, down true, through 0
        ServiceIdx(1): 1000000 ppm, down true, through 0
    "#]]
    .assert_eq(&rehearsed(SURGE, &[1], 1));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::ServiceIdx;
    use crate::services::{Level, own_level};

    fn load(demand: u64, replicas: u32) -> crate::services::Load {
        let inventory = fleet(&[("web", replicas)]);
        let specs = [stated("web", demand, &[])];
        resolve(&specs, &inventory, "s.yaml").value.list[0].load
    }

    /// Calls from, to, thousandths a request, softly or not.
    fn some_calls() -> impl Strategy<Value = Vec<(u32, u32, u64, bool)>> {
        proptest::collection::vec((0..8_u32, 0..8_u32, 0..3_000_u64, any::<bool>()), 0..20)
    }

    proptest! {
        #[test]
        fn more_replicas_are_never_worse(demand in 0..20_000_u64, ready in 0..150_u32) {
            let load = load(demand, 1);
            let (fewer, more) = (own_level(&load, ready, 0), own_level(&load, ready + 1, 0));
            prop_assert!(more.errors_ppm <= fewer.errors_ppm);
            prop_assert!(more.latency_micros <= fewer.latency_micros);
        }

        #[test]
        fn more_demand_is_never_better(
            demand in 0..20_000_u64,
            more in 1..500_u64,
            ready in 0..150_u32,
        ) {
            let less = own_level(&load(demand, 1), ready, 0);
            let more = own_level(&load(demand + more, 1), ready, 0);
            prop_assert!(less.errors_ppm <= more.errors_ppm);
            prop_assert!(less.latency_micros <= more.latency_micros);
        }

        #[test]
        fn no_call_makes_a_service_better(
            calls in some_calls(),
            errors in proptest::collection::vec(0..=1_000_000_u32, 8),
        ) {
            let graph = graph(&calls);
            let own: Vec<Level> = errors
                .iter()
                .map(|ppm| Level {
                    errors_ppm: *ppm,
                    lacking_ppm: 0,
                    latency_micros: 100,
                })
                .collect();
            let mut all = own.clone();
            for component in 0..graph.n_components() {
                for service in graph.members(component) {
                    let alone = |calls_micros| Level {
                        latency_micros: 100 + calls_micros,
                        ..own[service.index()]
                    };
                    all[service.index()] = graph.carried(*service, alone, &own, &all);
                }
            }
            for (own, all) in own.iter().zip(&all) {
                prop_assert!(own.errors_ppm <= all.errors_ppm && all.errors_ppm <= 1_000_000);
                prop_assert!(own.latency_micros <= all.latency_micros);
                prop_assert!(all.lacking_ppm <= 1_000_000);
            }
        }

        #[test]
        fn callees_stand_before_their_callers(
            calls in some_calls(),
        ) {
            let graph = graph(&calls);
            for service in (0..8).map(ServiceIdx) {
                for (callee, _) in graph.callees(service) {
                    prop_assert!(graph.component_of(callee) <= graph.component_of(service));
                }
            }
        }
    }

    /// A graph of eight services; nobody calls itself.
    fn graph(calls: &[(u32, u32, u64, bool)]) -> crate::services::CallGraph {
        let calls = calls.iter().filter(|(from, to, _, _)| from != to);
        let calls: Vec<_> = calls
            .map(|(from, to, times, is_soft)| {
                let called = crate::services::Called {
                    per_request: Thousandths::new(*times).as_f64(),
                    kind: if *is_soft {
                        CallKind::Soft
                    } else {
                        CallKind::Hard
                    },
                };
                (ServiceIdx(*from), ServiceIdx(*to), called)
            })
            .collect();
        crate::services::CallGraph::new(8, &calls)
    }
}
