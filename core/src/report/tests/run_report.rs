//! What a run's report says: verdict, lanes, tracks and levels.

use expect_test::expect;

use super::*;
use crate::report::BarKind;
use crate::sim::testing;

#[test]
fn the_verdict_names_place_time_and_root() {
    check(
        |_, report| {
            let verdict = &report.verdict;
            format!(
                "{:?}: {}\n{}\nevent {:?}, root {:?} at {:?}",
                verdict.outcome,
                verdict.headline,
                verdict
                    .detail
                    .replace(": it", ":\nit")
                    .replace("; so", ";\nso"),
                verdict.event,
                verdict.root_cause.as_deref().unwrap_or_default(),
                verdict.root_event,
            )
        },
        &expect![[r#"
            Held: Wave 1 (high tier) holds after 16m: 0 of 1 cluster reaches 1.33.
            eu-1: PDB pay/api can never allow a disruption:
            it wants 1 healthy of at most 1;
            so pod pay/api-1 may not leave node node-a: PDB pay/api allows no disruption.
            event Some(11), root "budget.zero" at Some(1)"#]],
    );
}

#[test]
fn a_refused_eviction_lies_over_its_step_until_the_drain_is_given_up() {
    let bars = |_: &RunInputs<'_>, report: &RunReport| {
        let bars = report.lanes[0].bars.iter();
        bars.map(|bar| {
            let (from, to) = (bar.start_ms / 60_000, bar.end_ms / 60_000);
            format!(
                "{from}-{to} min {:?} {} {:?} {}\n",
                bar.kind, bar.label, bar.state, bar.reason
            )
        })
        .collect()
    };
    check(
        bars,
        &expect![[r#"
            0-16 min Pool pool web → 1.33 Failed a drain took longer than allowed
            1-16 min WaitBudget PDB pay/api Done PDB pay/api allows no disruption
        "#]],
    );
}

#[test]
fn a_node_goes_from_old_to_blocked() {
    let states = |_: &RunInputs<'_>, report: &RunReport| {
        let changes = report.tracks[0].changes.iter();
        changes
            .map(|c| format!("{} min {:?}\n", c.at_ms / 60_000, c.state))
            .collect()
    };
    check(
        states,
        &expect![[r#"
            0 min Old
            1 min Cordoned
            1 min Draining
            1 min Blocked
            16 min Cordoned
        "#]],
    );
}

#[test]
fn a_cordoned_node_offers_no_capacity() {
    let worst = |_: &RunInputs<'_>, report: &RunReport| {
        let fleet = report.slis.iter().filter(|series| series.cluster.is_none());
        fleet
            .map(|s| {
                let summary = s.summary.expect("it is measured");
                format!(
                    "{:?} worst {} mean {}\n",
                    s.sli, summary.worst, summary.mean
                )
            })
            .collect()
    };
    check(
        worst,
        &expect![[r#"
            ApiAvailability worst 1000000 mean 1000000
            NodeReadiness worst 1000000 mean 1000000
            DisruptedPods worst 0 mean 0
            PendingPods worst 0 mean 0
            ReadyCapacity worst 0 mean 50000
            EtcdCommitP99 worst 10000 mean 10000
        "#]],
    );
}

#[test]
fn a_cluster_has_one_state_after_the_other() {
    let states = |_: &RunInputs<'_>, report: &RunReport| {
        let lane = &report.lanes[0];
        let states = lane.states.iter();
        let told: String = states
            .map(|c| format!("{} min {:?}\n", c.at_ms / 60_000, c.state))
            .collect();
        format!("{told}in the end {:?}", lane.state)
    };
    check(
        states,
        &expect![[r#"
        0 min Pending
        0 min Running
        16 min Failed
        in the end Failed"#]],
    );
}

// Two nodes are drained side by side. The first runs out of time, and the second's drain is given
// up with it: nothing is blocked from there on, and nothing waits.
#[test]
fn a_drain_that_is_given_up_blocks_its_node_no_longer() {
    let mut cluster = testing::cluster("eu-1", 2);
    let db = testing::add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 2);
    testing::add_budget(&mut cluster, db, 0);
    let inventory = testing::fleet(vec![cluster]);
    let both = PoolStrategy::Unavailable {
        max_unavailable: 2,
        node_timeout: None,
    };
    let drain = DrainPolicy {
        timeout: Some(SimDuration::from_mins(15)),
        on_timeout: OnDrainTimeout::Fail,
    };
    let plan = testing::plan(&[1], &testing::pool_steps(both, drain));
    let trace = testing::rehearse(&inventory, &plan, &[], 1);
    let inputs = RunInputs {
        inventory: &inventory,
        plan: &plan,
        planning: &PlanningReport::default(),
        faults: &[],
        services: &[],
        durations: &[],
        seed: 1,
        trace: &trace,
    };
    let report = run(&inputs);
    let changes = report.tracks[0].changes.iter();
    let changes =
        changes.map(|c| format!("{} min node {} {:?}\n", c.at_ms / 60_000, c.node, c.state));
    let waits = report.lanes[0].bars.iter();
    let waits = waits.filter(|bar| bar.kind == BarKind::WaitBudget);
    let waits = waits.map(|bar| format!("{:?} until {} min\n", bar.state, bar.end_ms / 60_000));
    expect![[r#"
        0 min node 0 Old
        0 min node 1 Old
        0 min node 0 Cordoned
        0 min node 0 Draining
        0 min node 0 Blocked
        0 min node 1 Cordoned
        0 min node 1 Draining
        0 min node 1 Blocked
        15 min node 0 Cordoned
        15 min node 1 Cordoned
        Done until 15 min
    "#]]
    .assert_eq(&changes.chain(waits).collect::<String>());
}
