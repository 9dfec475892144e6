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
