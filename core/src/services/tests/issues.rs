//! What is told of a scenario whose services do not fit its fleet.

use expect_test::{Expect, expect};

use super::*;

#[track_caller]
fn check(specs: &[ServiceSpec], expected: &Expect) {
    let inventory = fleet(&[("web", 2), ("db", 1)]);
    let issues = resolve(specs, &inventory, "s.yaml").issues;
    let lines = issues.iter().map(|issue| format!("{issue}\n"));
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn a_name_that_means_nothing_is_told_with_the_one_that_was_meant() {
    check(
        &[stated("wep", 10, &[])],
        &expect![[r#"
        s.yaml (services[0].name): error[service-names-nothing]: there is no service `shop/wep`, so nothing is asked of it; did you mean `shop/web`?
    "#]],
    );
    check(
        &[stated("web", 10, &[("bd", CallKind::Hard)])],
        &expect![[r#"
            s.yaml (services[0].calls[0].to): error[call-to-unknown-service]: there is no service `shop/bd` in cluster `eu-1`, so the call reaches nothing; did you mean `shop/db`?
        "#]],
    );
    let mut elsewhere = stated("web", 10, &[]);
    elsewhere.cluster = Some("eu-2".to_owned());
    check(
        &[elsewhere],
        &expect![[r#"
        s.yaml (services[0].cluster): error[service-names-nothing]: there is no cluster `eu-2`; did you mean `eu-1`?
    "#]],
    );
}

#[test]
fn a_service_that_is_stated_twice_is_told() {
    check(
        &[stated("web", 10, &[]), stated("web", 20, &[])],
        &expect![[r#"
        s.yaml (services[1].name): error[service-stated-twice]: `shop/web` is stated twice; put both entries into one
    "#]],
    );
}

// What is said of one cluster counts more than what is said of all, whichever stands first.
#[test]
fn the_particular_overrides_the_general() {
    let mut particular = stated("web", 20, &[]);
    particular.cluster = Some("eu-1".to_owned());
    let inventory = fleet(&[("web", 2)]);
    let both = [particular, stated("web", 10, &[])];
    let resolved = resolve(&both, &inventory, "s.yaml");
    assert_eq!(resolved.issues, []);
    let demand = resolved.value.list[0].load.demand;
    assert_eq!(demand, Some(Thousandths::whole(20)));
}

#[test]
fn a_service_that_cannot_meet_its_demand_is_told() {
    check(
        &[stated("web", 200, &[])],
        &expect![[r#"
            s.yaml (services[0].demand): warning[service-saturated-from-the-start]: `shop/web` in cluster `eu-1` has a demand beyond what all its replicas can answer, so it is saturated before anything happens; state a lower `demand` or a higher `capacityPerReplica`
        "#]],
    );
}

#[test]
fn a_call_to_itself_is_told() {
    check(
        &[stated("web", 10, &[("web", CallKind::Hard)])],
        &expect![[r#"
        s.yaml (services[0].calls[0].to): warning[call-to-itself]: `shop/web` calls itself, which says nothing; leave the call out
    "#]],
    );
}

#[test]
fn half_of_a_load_is_told_to_say_nothing() {
    let mut without_capacity = stated("web", 10, &[]);
    without_capacity.capacity_per_replica = None;
    let mut without_demand = stated("db", 10, &[]);
    without_demand.demand = None;
    check(
        &[without_capacity, without_demand],
        &expect![[r#"
        s.yaml (services[0].demand): warning[service-load-half-stated]: `shop/web` in cluster `eu-1` has a demand and no capacity, so how busy its replicas are is assumed all the same; add `capacityPerReplica`, the requests a second that one ready replica answers
        s.yaml (services[1].capacityPerReplica): warning[service-load-half-stated]: `shop/db` in cluster `eu-1` has a capacity and no demand, so how busy its replicas are is assumed all the same; add `demand`, the requests a second that are asked of it
    "#]],
    );
}

#[test]
fn a_service_that_its_callers_saturate_is_told() {
    let mut web = stated("web", 60, &[("db", CallKind::Hard)]);
    web.calls[0].per_request = Thousandths::whole(2);
    check(
        &[web, stated("db", 10, &[])],
        &expect![[r#"
        s.yaml (services[1].capacityPerReplica): warning[service-saturated-by-its-callers]: `shop/db` in cluster `eu-1` is asked 120 requests a second by its callers, and all its replicas answer 100, so it would be saturated before anything happens; only its own `demand` is gone by; state a higher `capacityPerReplica`, or a lower `demand` or `perRequest` of callers
    "#]],
    );
}

#[test]
fn a_service_that_is_slower_than_its_timeout_is_told() {
    let mut web = stated("web", 10, &[]);
    web.timeout = Some(SimDuration::from_millis(5));
    check(
        &[web],
        &expect![[r#"
        s.yaml (services[0].timeout): warning[service-slower-than-its-timeout]: `shop/web` in cluster `eu-1` takes 10ms for a request that is given up after 5ms, so it answers none at any time; state a `timeout` longer than `serviceTime`
    "#]],
    );
}

#[test]
fn a_call_that_lacks_its_cluster_is_told_which() {
    let mut there = testing::cluster("us-1", 1);
    testing::add_workload(&mut there, "web", WorkloadType::Deployment, 1);
    let mut here = testing::cluster("eu-1", 1);
    testing::add_workload(&mut here, "db", WorkloadType::StatefulSet, 1);
    let inventory = testing::fleet(vec![here, there]);
    let web = stated("web", 10, &[("db", CallKind::Hard)]);
    let issues = resolve(&[web], &inventory, "s.yaml").issues;
    let lines = issues.iter().map(|issue| format!("{issue}\n"));
    expect![[r#"
        s.yaml (services[0].calls[0].to): error[call-to-unknown-service]: there is no service `shop/db` in cluster `us-1`, so the call reaches nothing; the call is within one cluster; add `cluster: eu-1` to it
    "#]].assert_eq(&lines.collect::<String>());
}
