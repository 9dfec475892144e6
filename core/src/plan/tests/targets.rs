//! Which targets a fleet is offered.

use expect_test::{Expect, expect};

use crate::inventory::sample::fleet;
use crate::plan::{default_target, targets};

#[track_caller]
fn check(lines: &str, expected: &Expect) {
    let inventory = fleet(lines);
    let default = default_target(&inventory);
    let told: Vec<String> = targets(&inventory)
        .into_iter()
        .map(|choice| {
            let mark = if default == Some(choice.version) {
                "*"
            } else {
                ""
            };
            format!("{mark}{}: {}", choice.version, choice.n_clusters)
        })
        .collect();
    expected.assert_eq(&told.join(", "));
}

#[test]
fn versions_that_every_cluster_has_reached_are_not_offered() {
    check(
        "a low gke 1.31 blue:1.31\nb low gke 1.31 blue:1.31",
        &expect!["*1.32: 2, 1.33: 2, 1.34: 2"],
    );
}

#[test]
fn those_left_behind_may_catch_up_with_the_newest() {
    check(
        "a low gke 1.30 blue:1.30\nb low gke 1.32 blue:1.32",
        &expect!["1.31: 1, 1.32: 1, *1.33: 2, 1.34: 2, 1.35: 2"],
    );
}

#[test]
fn pools_left_behind_may_catch_up_with_their_control_plane() {
    check(
        "a low gke 1.31 blue:1.30",
        &expect!["1.31: 1, *1.32: 1, 1.33: 1, 1.34: 1"],
    );
}

#[test]
fn a_fleet_of_unknown_versions_is_offered_none() {
    check("a low gke ? blue:?", &expect![""]);
}

#[test]
fn versions_that_nobody_ran_do_not_make_a_list_without_end() {
    let far = fleet("a low gke 1.0 blue:1.0x1\nb low gke 1.65000 blue:1.65000x1");
    assert!(targets(&far).len() <= 65);
}
