//! Which versions a cluster goes through, and which pools must not wait.

use expect_test::{Expect, expect};

use crate::inventory::sample::fleet;
use crate::plan::tests::{held_back, to, wrap};
use crate::plan::{Step, propose};

/// The steps of the one cluster, with strategies and drains left out.
#[track_caller]
fn check_hops(line: &str, target: &str, expected: &Expect) {
    let inventory = fleet(line);
    let (plan, report) = propose(&inventory, &to(target)).expect("a plan");
    let mut steps: Vec<String> = Vec::new();
    for (_, reason) in &report.held_back {
        steps.push(held_back(reason));
    }
    let clusters = plan.waves.iter().flat_map(|wave| &wave.clusters);
    for step in clusters.flat_map(|cluster| &cluster.steps) {
        let pools = &inventory.clusters[0].pools;
        steps.push(match step {
            Step::ControlPlane { from, to } => format!("api {from}→{to}"),
            Step::Cni => "cni".to_owned(),
            Step::Pool { pool, to, .. } => format!("{}→{to}", pools[pool.index()].name),
            Step::Observe { soak } => format!("observe {soak}"),
        });
    }
    expected.assert_eq(wrap(&steps.join(", ")).trim_end());
}

#[test]
fn one_minor_is_one_hop() {
    check_hops(
        "a low gke 1.30 blue:1.30x2",
        "1.31",
        &expect!["api 1.30→1.31, cni, blue→1.31, observe 15m"],
    );
}

#[test]
fn a_pool_waits_for_three_hops_and_jumps() {
    check_hops(
        "a low gke 1.29 blue:1.29",
        "1.32",
        &expect!["api 1.29→1.30, api 1.30→1.31, api 1.31→1.32, cni, blue→1.32, observe 15m"],
    );
}

#[test]
fn a_fourth_hop_needs_the_pool_in_between() {
    check_hops(
        "a low gke 1.28 blue:1.28",
        "1.32",
        &expect![[r#"
        api 1.28→1.29, api 1.29→1.30, api 1.30→1.31, cni, blue→1.31, api 1.31→1.32, cni,
            blue→1.32, observe 15m"#]],
    );
}

#[test]
fn only_the_pool_that_would_break_the_skew_goes_early() {
    check_hops(
        "a low eks 1.30 old:1.27x3 new:1.30",
        "1.31",
        &expect!["old→1.30, api 1.30→1.31, cni, new→1.31, old→1.31, observe 15m"],
    );
}

#[test]
fn kubelets_before_1_25_allow_one_hop_less() {
    check_hops(
        "a low gke 1.24 blue:1.24",
        "1.27",
        &expect![[r#"
        api 1.24→1.25, api 1.25→1.26, cni, blue→1.26, api 1.26→1.27, cni, blue→1.27,
            observe 15m"#]],
    );
}

#[test]
fn nodes_of_the_control_plane_are_no_pool() {
    check_hops(
        "a low kubeadm 1.30 cp:1.30x3 w:1.30x2",
        "1.31",
        &expect!["api 1.30→1.31, cni, w→1.31, observe 15m"],
    );
}

#[test]
fn lagging_nodes_of_the_control_plane_go_first() {
    check_hops(
        "a low kubeadm 1.30 cp:1.27x3 w:1.30",
        "1.31",
        &expect!["api 1.30→1.30, api 1.30→1.31, cni, w→1.31, observe 15m"],
    );
}

#[test]
fn lagging_pools_are_all_that_is_left_at_the_target() {
    check_hops(
        "a low gke 1.31 blue:1.29 green:1.31",
        "1.31",
        &expect!["blue→1.31, observe 15m"],
    );
}

#[test]
fn a_patch_is_a_hop_of_its_own() {
    check_hops(
        "a low gke 1.31.2 blue:1.31.2",
        "1.31.6",
        &expect!["api 1.31.2→1.31.6, cni, blue→1.31.6, observe 15m"],
    );
}

#[test]
fn a_pool_of_unknown_kubelets_is_upgraded_even_at_the_target() {
    check_hops(
        "a low gke 1.31 blue:?x2",
        "1.31",
        &expect!["blue→1.31, observe 15m"],
    );
}

#[test]
fn clusters_are_held_back_for_a_reason() {
    check_hops(
        "a low gke 1.31.4 blue:1.31.0",
        "1.31",
        &expect!["is at the target"],
    );
    check_hops(
        "a low gke 1.31.4 blue:1.31.4",
        "1.31.2",
        &expect!["is ahead, at 1.31.4"],
    );
    check_hops("a low gke 1.30", "1.31", &expect!["has no nodes"]);
    check_hops(
        "a low gke ? blue:?",
        "1.31",
        &expect!["has no known version"],
    );
    check_hops(
        "a low gke 1.31 blue:1.27",
        "1.32",
        &expect!["has a kubelet at 1.27 under 1.31"],
    );
    check_hops(
        "a low gke 1.30 blue:1.31",
        "1.32",
        &expect!["has a kubelet at 1.31 under 1.30"],
    );
}
