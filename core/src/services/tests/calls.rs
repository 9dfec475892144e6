//! What calls carry from service to service.

use CallKind::{Hard, Soft};
use expect_test::{Expect, expect};

use super::*;
use crate::ids::ServiceIdx;
use crate::services::CallGraph;

/// Three services of one replica each, `web`, `api` and `db`; pod 2 is the database's.
#[track_caller]
fn check(specs: &[ServiceSpec], events: &[(u64, EventKind)], expected: &Expect) {
    let inventory = fleet(&[("web", 1), ("api", 1), ("db", 1)]);
    let (services, blast) = blast_of(&inventory, specs, events);
    expected.assert_eq(&told(&inventory, &services, &blast));
}

#[test]
fn an_error_travels_along_hard_calls_and_no_further() {
    let specs = [
        stated("web", 10, &[("api", Hard)]),
        stated("api", 10, &[("db", Hard)]),
    ];
    check(
        &specs,
        &[(60, gone(2)), (120, ready(2))],
        &expect![[r#"
            web: 1000000 ppm, 47222 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [api db], event Some(0)
            api: 1000000 ppm, 36111 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [db], event Some(0)
            db: 1000000 ppm, 25000 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [], event Some(0)
        "#]],
    );
    check(
        &specs,
        &[(60, gone(0)), (120, ready(0))],
        &expect![[r#"
            web: 1000000 ppm, 47222 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [], event Some(0)
        "#]],
    );
}

#[test]
fn without_calls_an_error_stays_where_it_arises() {
    check(
        &[],
        &[(60, gone(2)), (120, ready(2))],
        &expect![[r#"
            db: 1000000 ppm, 25000 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [], event Some(0)
        "#]],
    );
}

#[test]
fn a_soft_call_that_fails_leaves_an_answer_in_part() {
    check(
        &[
            patient(stated("web", 10, &[("api", Soft)])),
            stated("api", 10, &[("db", Hard)]),
        ],
        &[(60, gone(2)), (120, ready(2))],
        &expect![[r#"
            web: 0 ppm, 1000000 ppm in part, 1011111 µs, 60 s, down 0 s, lost 0 ppm·s, through [api db], event Some(0)
            api: 1000000 ppm, 36111 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [db], event Some(0)
            db: 1000000 ppm, 25000 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [], event Some(0)
        "#]],
    );
}

// The database answers half of what is asked of it, and each request asks twice: a quarter of them
// is lucky both times.
#[test]
fn every_call_of_a_request_must_succeed() {
    let inventory = fleet(&[("web", 1), ("db", 2)]);
    let mut web = patient(stated("web", 10, &[("db", Hard)]));
    web.calls[0].per_request = Thousandths::whole(2);
    let specs = [web, stated("db", 200, &[])];
    let resolved = resolve(&specs, &inventory, "s.yaml");
    let rules: Vec<_> = resolved.issues.iter().map(|i| i.rule.as_str()).collect();
    assert_eq!(rules, ["service-saturated-from-the-start"]);
    let blast = blast(&resolved.value, &inventory, &trace(&[(60, gone(1))]));
    let errors = blast.hits.iter().map(|hit| hit.worst.level.errors_ppm);
    assert_eq!(errors.collect::<Vec<_>>(), [750_000, 500_000]);
}

// One request in four calls the database, which answers nothing.
#[test]
fn a_call_that_few_requests_make_fails_few_of_them() {
    let inventory = fleet(&[("web", 1), ("db", 1)]);
    let mut web = stated("web", 10, &[("db", Hard)]);
    web.calls[0].per_request = Thousandths::new(250);
    let (_, blast) = blast_of(&inventory, &[web, stated("db", 10, &[])], &[(60, gone(1))]);
    let errors = blast.hits.iter().map(|hit| hit.worst.level.errors_ppm);
    assert_eq!(errors.collect::<Vec<_>>(), [250_000, 1_000_000]);
}

#[test]
fn a_call_that_is_never_made_closes_no_circle() {
    let inventory = fleet(&[("web", 1), ("db", 1)]);
    let mut specs = [
        stated("web", 10, &[("db", Hard)]),
        stated("db", 10, &[("web", Hard)]),
    ];
    for spec in &mut specs {
        spec.calls[0].per_request = Thousandths::new(0);
    }
    let (services, blast) = blast_of(&inventory, &specs, &[(60, gone(1)), (120, ready(1))]);
    expect![[r#"
        db: 1000000 ppm, 11111 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [], event Some(0)
    "#]]
    .assert_eq(&told(&inventory, &services, &blast));
}

// A soft call that is waited for as long as its caller is saves nothing.
#[test]
fn who_waits_past_its_timeout_fails() {
    check(
        &[stated("web", 10, &[("db", Soft)])],
        &[(60, gone(2)), (120, ready(2))],
        &expect![[r#"
            web: 1000000 ppm, 1000000 ppm in part, 36111 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [db], event Some(0)
            db: 1000000 ppm, 25000 µs, 60 s, down 60 s, lost 60000000 ppm·s, through [], event Some(0)
        "#]],
    );
}

// Where no timeout is stated, a caller waits for its calls, too.
#[test]
fn an_assumed_timeout_leaves_time_for_calls() {
    let inventory = fleet(&[("web", 1), ("db", 2)]);
    let mut web = stated("web", 10, &[("db", Hard)]);
    web.timeout = None;
    let resolved = resolve(&[web, stated("db", 150, &[])], &inventory, "s.yaml").value;
    assert_eq!(resolved.list[0].load.timeout_micros, 2_000_000);
    let blast = blast(&resolved, &inventory, &trace(&[(60, gone(1))]));
    assert_eq!(blast.hits[0].worst.level.errors_ppm, 333_333);
}

// A request to `web` asks `api` twice, and each of these asks `db` three times.
#[test]
fn in_a_circle_calls_count_as_often_as_they_are_made() {
    let inventory = fleet(&[("web", 1), ("api", 1), ("db", 2)]);
    let mut specs = [
        stated("web", 1, &[("api", Hard)]),
        stated("api", 2, &[("db", Hard)]),
        stated("db", 125, &[("web", Soft)]),
    ];
    specs[0] = patient(specs[0].clone());
    specs[1] = patient(specs[1].clone());
    for (spec, times) in specs.iter_mut().zip([2000, 3000, 100]) {
        spec.calls[0].per_request = Thousandths::new(times);
    }
    let (_, blast) = blast_of(&inventory, &specs, &[(60, gone(2))]);
    let errors = blast.hits.iter().map(|hit| hit.worst.level.errors_ppm);
    // 1 - 0.8^6, 1 - 0.8^3 and 1 - 0.8.
    assert_eq!(errors.collect::<Vec<_>>(), [737_856, 488_000, 200_000]);
}

// An endless round would lose everything at the first error.
#[test]
fn in_a_circle_nobody_is_met_on_the_way_back() {
    let inventory = fleet(&[("web", 1), ("api", 2), ("db", 2)]);
    let specs = [
        patient(stated("web", 10, &[("api", Hard)])),
        stated("api", 150, &[("db", Hard)]),
        patient(stated("db", 10, &[("web", Hard)])),
    ];
    let (services, blast) = blast_of(&inventory, &specs, &[(60, gone(1)), (120, ready(1))]);
    expect![[r#"
        web: 333333 ppm, 1007803 µs, 60 s, down 0 s, lost 19999980 ppm·s, through [api], event Some(0)
        api: 333333 ppm, 986667 µs, 60 s, down 0 s, lost 19999980 ppm·s, through [], event Some(0)
        db: 333333 ppm, 1007803 µs, 60 s, down 0 s, lost 19999980 ppm·s, through [web api], event Some(0)
    "#]]
    .assert_eq(&told(&inventory, &services, &blast));
}

#[test]
fn a_call_may_leave_the_cluster() {
    let mut here = testing::cluster("eu-1", 1);
    testing::add_workload(&mut here, "db", WorkloadType::StatefulSet, 1);
    let mut there = testing::cluster("us-1", 1);
    testing::add_workload(&mut there, "web", WorkloadType::Deployment, 1);
    let inventory = testing::fleet(vec![here, there]);
    let mut web = stated("web", 10, &[("db", Hard)]);
    web.calls[0].cluster = Some("eu-1".to_owned());
    let resolved = resolve(&[web], &inventory, "s.yaml");
    assert_eq!(resolved.issues, []);
    let trace = Trace {
        clusters: vec![ClusterTrace::default(); 2],
        ..trace(&[(60, gone(0))])
    };
    let blast = blast(&resolved.value, &inventory, &trace);
    assert_eq!(blast.hits.len(), 2);
    assert!(
        blast
            .hits
            .iter()
            .all(|hit| hit.down_ms == 540_000 && hit.lasts)
    );
}

#[test]
fn a_long_chain_of_calls_is_followed_to_its_end() {
    let names: Vec<String> = (0..500).map(|index| format!("s{index}")).collect();
    let workloads: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let inventory = fleet(&workloads);
    let links = names.windows(2);
    let specs: Vec<_> = links
        .map(|pair| patient(stated(&pair[0], 1, &[(&pair[1], Hard)])))
        .collect();
    let (_, blast) = blast_of(&inventory, &specs, &[(60, gone(499))]);
    assert_eq!(blast.hits.len(), 500);
    assert_eq!(blast.hits[0].worst.through.len(), 499);
}

// Nothing here recurses, so no chain is too long for a small stack.
#[test]
fn a_hundred_thousand_services_in_one_line_have_an_order() {
    let called = crate::services::Called {
        per_request: 1.0,
        kind: Hard,
    };
    let links = (1..100_000_u32).map(|index| (ServiceIdx(index - 1), ServiceIdx(index), called));
    let graph = CallGraph::new(100_000, &links.collect::<Vec<_>>());
    assert_eq!(graph.component_of(ServiceIdx(99_999)), 0);
    assert_eq!(graph.component_of(ServiceIdx(0)), 99_999);
}
