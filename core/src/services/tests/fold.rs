//! What the fold makes of a service by itself.

use expect_test::{Expect, expect};

use super::*;

#[track_caller]
fn check(specs: &[ServiceSpec], events: &[(u64, EventKind)], expected: &Expect) {
    let inventory = fleet(&[("web", 3)]);
    let (services, blast) = blast_of(&inventory, specs, events);
    expected.assert_eq(&told(&inventory, &services, &blast));
}

#[test]
fn nothing_that_happens_hits_nothing() {
    check(&[], &[], &expect![""]);
    check(&[stated("web", 150, &[])], &[], &expect![""]);
}

// 150 requests a second keep 1.5 replicas busy. Two of them answer all, later: Erlang's C is
// 0.642857, so a request waits 0.642857 / (200 - 150) s = 12.857 ms beside its 10 ms. One loses a
// third: 1 - 100/150.
#[test]
fn lost_replicas_first_delay_requests_and_then_lose_them() {
    let load = [stated("web", 150, &[])];
    check(
        &load,
        &[(60, gone(0)), (120, ready(0))],
        &expect!["web: 0 ppm, 22857 µs, 60 s, down 0 s, lost 0 ppm·s, through [], event Some(0)\n"],
    );
    check(
        &load,
        &[
            (60, gone(0)),
            (90, gone(1)),
            (120, ready(1)),
            (180, ready(0)),
        ],
        &expect![[r#"
            web: 333333 ppm, 986667 µs, 120 s, down 0 s, lost 9999990 ppm·s, through [], event Some(1)
        "#]],
    );
}

#[test]
fn a_service_without_a_replica_is_down() {
    check(
        &[stated("web", 150, &[])],
        &[(60, gone(0)), (60, gone(1)), (60, gone(2)), (70, ready(0))],
        &expect![[r#"
            web: 1000000 ppm, 986667 µs, 540 s, down 10 s, lost 186666490 ppm·s, through [], event Some(2), lasts
        "#]],
    );
}

// Three replicas that are 60 % busy keep 1.8 of them at work: two can do that, one cannot.
#[test]
fn a_load_that_nobody_states_is_a_share_of_what_is_wanted() {
    check(
        &[],
        &[
            (60, gone(0)),
            (90, gone(1)),
            (120, ready(1)),
            (180, ready(0)),
        ],
        &expect![[r#"
            web: 444444 ppm, 993056 µs, 120 s, down 0 s, lost 13333320 ppm·s, through [], event Some(1)
        "#]],
    );
}

// Two replicas keep 0.9 of them at work: one alone is slow, and loses next to nothing.
#[test]
fn one_of_two_is_taken_to_bear_the_load_alone() {
    let inventory = fleet(&[("web", 2)]);
    let (services, blast) = blast_of(&inventory, &[], &[(60, gone(0)), (90, ready(0))]);
    expect![[r#"
        web: 5 ppm, 99959 µs, 30 s, down 0 s, lost 150 ppm·s, through [], event Some(0)
    "#]]
    .assert_eq(&told(&inventory, &services, &blast));
}

#[test]
fn spare_replicas_are_not_missed() {
    check(&[stated("web", 10, &[])], &[(60, gone(0))], &expect![""]);
}

// A swap in one instant: a level that lasts no time leaves no trace.
#[test]
fn a_replica_that_is_replaced_at_once_is_not_missed() {
    check(&[], &[(60, gone(0)), (60, ready(0))], &expect![""]);
}

// What was so before the upgrade is not held against it.
#[test]
fn a_service_that_was_down_at_the_start_is_not_judged() {
    let mut inventory = fleet(&[("web", 1), ("db", 1)]);
    inventory.clusters[0].pods[0].ready = false;
    let (services, blast) = blast_of(&inventory, &[], &[(60, ready(0)), (90, gone(0))]);
    assert_eq!(told(&inventory, &services, &blast), "");
    assert_eq!((blast.n_judged, blast.n_down_before), (1, 1));
}

#[test]
fn a_daemon_set_is_a_service_where_the_scenario_says_so() {
    let mut cluster = testing::cluster("eu-1", 3);
    testing::add_workload(&mut cluster, "dns", WorkloadType::DaemonSet, 3);
    testing::add_workload(&mut cluster, "report", WorkloadType::Job, 1);
    let inventory = testing::fleet(vec![cluster]);
    let count = |specs: &[ServiceSpec]| resolve(specs, &inventory, "s.yaml").value.list.len();
    assert_eq!(count(&[]), 0);
    assert_eq!(count(&[stated("dns", 1, &[])]), 1);
}
