//! Who goes when, who stays, and what the plan takes for granted.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::ids::{ClusterIdx, NodeIdx, WorkloadIdx};
use crate::inventory::sample::fleet;
use crate::inventory::{Evidence, Mounts, Pod};
use crate::plan::tests::{held_back, to, wrap};
use crate::plan::{ClusterPlan, DrainChoice, HeldBack, PlanSettings, PoolChoice, propose};
use crate::snapshot::PodPhase;

#[track_caller]
fn check_waves(text: &str, settings: &PlanSettings, expected: &Expect) {
    let inventory = fleet(text);
    let (plan, report) = propose(&inventory, settings).expect("a plan");
    let name = |plan: &ClusterPlan| inventory.clusters[plan.cluster.index()].name.clone();
    let mut text = String::new();
    for wave in &plan.waves {
        let clusters: Vec<String> = wave.clusters.iter().map(name).collect();
        let clusters = clusters.join(" ");
        writeln!(text, "{}: {clusters}\n  {}", wave.name, wave.reason)
            .expect("a string takes any text");
    }
    for (cluster, reason) in &report.held_back {
        let name = &inventory.clusters[cluster.index()].name;
        writeln!(text, "held back: {name} {}", held_back(reason)).expect("a string takes any text");
    }
    for assumption in &report.assumptions {
        writeln!(text, "assumed: {assumption}").expect("a string takes any text");
    }
    expected.assert_eq(&wrap(&text));
}

const FLEET_OF_TWO: &str = "
    a low gke 1.30 blue:1.30
    b low gke 1.30 blue:1.30
";

const FLEET: &str = "
    big    low    gke     1.30 blue:1.30x5
    shop   high   eks     1.30 blue:1.30x2
    tiny   low    aks     1.30 blue:1.30x1
    odd    ?      ?       1.30 blue:1.30x2
    edge   medium kubeadm ?    cp:1.30 blue:1.29x2
    ahead  high   gke     1.32 blue:1.32
    done   high   gke     1.31 blue:1.31
    blind  high   gke     ?
";

#[test]
fn waves_go_from_low_to_high_behind_a_canary() {
    check_waves(
        FLEET,
        &to("1.31"),
        &expect![[r#"
            canary: tiny
              `tiny` goes alone and first: with 1 node it is the smallest cluster of the low
                tier.
            low tier: big
              The other cluster of the low tier.
            medium tier: odd edge
              The 2 clusters of the medium tier, smallest first.
            high tier: shop
              The only cluster of the high tier.
            held back: ahead is ahead, at 1.32
            held back: done is at the target
            held back: blind has no known version
            assumed: The API server of `edge` is taken for 1.30: an API server is never older
                than its kubelets, and the newest is at 1.30.
            assumed: `odd`: the tier is not known and is taken for medium.
            assumed: `odd`: how many members the control plane has is not known; it is taken
                for one, whose restart takes the API away.
            assumed: `odd`: the provider is not known; nodes are taken to be drained by hand,
                without a limit.
            assumed: `tiny`: AKS documents disagree on a drain that is out of time; it is taken
                to fail the pool.
            assumed: `tiny`: AKS documents disagree on how many nodes surge by default; it is
                taken for one.
            assumed: `edge`: nodes of the control plane are not drained: their kubelets are
                taken to be upgraded with it and their pods to stay, which a drain by hand would
                not spare them.
            assumed: `big`, `shop`, `tiny`, `odd` and 1 more: no pod is known, so nodes are
                taken to be empty: what drains and budgets would do is not rehearsed.
            assumed: `big`, `shop`, `tiny`, `odd` and 1 more: no maintenance window is named,
                so any time is taken to be allowed.
        "#]],
    );
}

#[test]
fn without_a_canary_the_lowest_tier_goes_together() {
    let settings = PlanSettings {
        canary: false,
        respect_windows: false,
        drain: DrainChoice::Wait,
        pool_strategy: PoolChoice::Surge(2),
        ..to("1.31")
    };
    check_waves(
        FLEET,
        &settings,
        &expect![[r#"
            low tier: tiny big
              The 2 clusters of the low tier, smallest first.
            medium tier: odd edge
              The 2 clusters of the medium tier, smallest first.
            high tier: shop
              The only cluster of the high tier.
            held back: ahead is ahead, at 1.32
            held back: done is at the target
            held back: blind has no known version
            assumed: The API server of `edge` is taken for 1.30: an API server is never older
                than its kubelets, and the newest is at 1.30.
            assumed: `odd`: the tier is not known and is taken for medium.
            assumed: `odd`: how many members the control plane has is not known; it is taken
                for one, whose restart takes the API away.
            assumed: `edge`: nodes of the control plane are not drained: their kubelets are
                taken to be upgraded with it and their pods to stay, which a drain by hand would
                not spare them.
            assumed: `big`, `shop`, `tiny`, `odd` and 1 more: no pod is known, so nodes are
                taken to be empty: what drains and budgets would do is not rehearsed.
        "#]],
    );
}

#[test]
fn without_a_target_the_newest_cluster_sets_it() {
    let fleet = "a low gke 1.30 blue:1.30\nb high gke 1.31 blue:1.31";
    check_waves(
        fleet,
        &PlanSettings::default(),
        &expect![[r#"
            canary: a
              `a` goes alone and first: with 1 node it is the smallest cluster of the low tier.
            high tier: b
              The only cluster of the high tier.
            assumed: No target is set; 1.32 is one minor beyond the newest API server of the
                fleet.
            assumed: `a`, `b`: no pod is known, so nodes are taken to be empty: what drains and
                budgets would do is not rehearsed.
            assumed: `a`, `b`: no maintenance window is named, so any time is taken to be
                allowed.
        "#]],
    );
}

#[test]
fn pods_that_were_not_ready_are_said_to_be_taken_for_broken() {
    let mut inventory = fleet("eu-1 low gke 1.30 blue:1.30x1\neu-2 low gke 1.30 blue:1.30x1");
    let unready = |phase, ready| Pod {
        selection: None,
        name: "web-0".to_owned(),
        workload: WorkloadIdx(0),
        node: Some(NodeIdx(0)),
        phase,
        ready,
        terminating: false,
        gated: false,
        daemon_of: None,
        mounts: Mounts::default(),
    };
    inventory.clusters[0].pods = vec![
        unready(PodPhase::Succeeded, false),
        unready(PodPhase::Running, true),
    ];
    inventory.clusters[1].pods = vec![unready(PodPhase::Running, false)];
    let (_, report) = propose(&inventory, &to("1.31")).expect("a plan");
    let about_pods = report
        .assumptions
        .iter()
        .filter(|said| said.contains("pods"));
    let said: Vec<&str> = about_pods.map(String::as_str).collect();
    assert_eq!(
        said,
        [
            "`eu-2`: some pods were not ready in the snapshot; they are taken to be broken for \
            good, so what replaces them does not become ready either."
        ]
    );
}

#[test]
fn a_cluster_whose_windows_cannot_be_read_is_held_back() {
    let mut inventory = fleet(FLEET_OF_TWO);
    inventory.clusters[1].windows = Evidence::Unknown;
    let (plan, report) = propose(&inventory, &to("1.31")).expect("a plan");
    assert_eq!(
        report.held_back,
        [(ClusterIdx(1), HeldBack::WindowsUnreadable)]
    );
    let planned = plan.waves.iter().flat_map(|wave| &wave.clusters);
    assert_eq!(
        planned.map(|plan| plan.cluster).collect::<Vec<_>>(),
        [ClusterIdx(0)]
    );
}

#[test]
fn windows_that_cannot_be_read_do_not_matter_to_a_plan_that_ignores_windows() {
    let mut inventory = fleet(FLEET_OF_TWO);
    inventory.clusters[1].windows = Evidence::Unknown;
    let settings = PlanSettings {
        respect_windows: false,
        ..to("1.31")
    };
    let (_, report) = propose(&inventory, &settings).expect("a plan");
    assert_eq!(report.held_back, []);
}

#[test]
fn nodes_that_say_nothing_of_themselves_are_told_of() {
    let mut inventory = fleet(FLEET_OF_TWO);
    let node = &mut inventory.clusters[0].nodes[0];
    (node.ready, node.allocatable) = (Evidence::Unknown, Evidence::Unknown);
    let (_, report) = propose(&inventory, &to("1.31")).expect("a plan");
    let about_nodes = report
        .assumptions
        .iter()
        .filter(|said| said.contains("some nodes"));
    let name = &inventory.clusters[0].name;
    assert_eq!(
        about_nodes.collect::<Vec<_>>(),
        [
            &format!("`{name}`: whether some nodes are Ready is not known; they are taken to be."),
            &format!(
                "`{name}`: the size of some nodes is not known; pods are taken to fit there up to \
                 110 of them."
            ),
        ]
    );
}
