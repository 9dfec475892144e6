//! What settings and providers decide, and which settings are refused.

use expect_test::{Expect, expect};

use crate::inventory::sample::fleet;
use crate::plan::tests::to;
use crate::plan::{
    DrainChoice, DrainPolicy, PlanSettings, PoolChoice, PoolStrategy, Step, propose,
};
use crate::units::SimDuration;

#[test]
fn every_provider_rolls_and_drains_in_its_own_way() {
    let rows = ["gke", "eks", "aks", "clusterApi", "kubeadm", "kops", "?"].map(|provider| {
        let inventory = fleet(&format!("a low {provider} 1.30 blue:1.30"));
        let (plan, _) = propose(&inventory, &to("1.31")).expect("a plan");
        let steps = &plan.waves[0].clusters[0].steps;
        let pool = steps.iter().find_map(|step| match step {
            Step::Pool {
                strategy, drain, ..
            } => Some(roll(*strategy, *drain)),
            _ => None,
        });
        format!("{provider}: {}\n", pool.expect("a pool step"))
    });
    expect![[r#"
        gke: surge 1, node fails never, drain ends 1h (Force)
        eks: surge 1, node fails 15m, drain ends 15m (Fail)
        aks: surge 1, node fails never, drain ends 30m (Fail)
        clusterApi: surge 1, node fails never, drain ends never (Fail)
        kubeadm: unavailable 1, node fails never, drain ends never (Fail)
        kops: surge 1, node fails 15m, drain ends 15m (Fail)
        ?: unavailable 1, node fails never, drain ends never (Fail)
    "#]]
    .assert_eq(&rows.concat());
}

fn roll(strategy: PoolStrategy, drain: DrainPolicy) -> String {
    let (how, node_timeout) = match strategy {
        PoolStrategy::Surge {
            max_surge,
            node_timeout,
        } => (format!("surge {max_surge}"), node_timeout),
        PoolStrategy::Unavailable {
            max_unavailable,
            node_timeout,
        } => (format!("unavailable {max_unavailable}"), node_timeout),
    };
    let limit = |limit: Option<SimDuration>| limit.map_or("never".to_owned(), |d| d.to_string());
    format!(
        "{how}, node fails {}, drain ends {} ({:?})",
        limit(node_timeout),
        limit(drain.timeout),
        drain.on_timeout
    )
}

#[test]
fn settings_override_the_provider() {
    let inventory = fleet("a low eks 1.30 blue:1.30");
    let settings = PlanSettings {
        pool_strategy: PoolChoice::Unavailable(3),
        drain: DrainChoice::Force(SimDuration::from_mins(5)),
        ..to("1.31")
    };
    let (plan, _) = propose(&inventory, &settings).expect("a plan");
    let Step::Pool {
        strategy, drain, ..
    } = plan.waves[0].clusters[0].steps[2]
    else {
        panic!("the third step is the pool");
    };
    expect!["unavailable 3, node fails 15m, drain ends 5m (Force)"]
        .assert_eq(&roll(strategy, drain));
}

#[track_caller]
fn check_error(text: &str, settings: &PlanSettings, expected: &Expect) {
    let error = propose(&fleet(text), settings).expect_err("no plan");
    expected.assert_eq(&error.to_string());
}

/// A fleet of one ordinary cluster.
const ONE: &str = "a low gke 1.30 blue:1.30";

#[test]
fn a_start_or_a_target_out_of_reach_is_refused() {
    let start = PlanSettings {
        start: "tomorrow".to_owned(),
        ..to("1.31")
    };
    check_error(
        ONE,
        &start,
        &expect![
            "plan.start `tomorrow` is not a date and time; write it as `2026-11-23T08:00:00Z`"
        ],
    );
    check_error(
        ONE,
        &to("1.20"),
        &expect!["target 1.20 is older than every cluster; the oldest is at 1.30"],
    );
    check_error(
        ONE,
        &to("1.131"),
        &expect![
            "target 1.131 is out of reach for cluster `a`, which is at 1.30; check both versions"
        ],
    );
    check_error(
        ONE,
        &to("2.0"),
        &expect![
            "target 2.0 is out of reach for cluster `a`, which is at 1.30; check both versions"
        ],
    );
}

#[test]
fn a_fleet_without_a_version_needs_a_target() {
    check_error(
        "a low gke ?",
        &PlanSettings::default(),
        &expect!["no cluster's version is known, so plan.target must be set"],
    );
    check_error(
        "",
        &PlanSettings::default(),
        &expect!["no cluster's version is known, so plan.target must be set"],
    );
}

#[test]
fn settings_that_lead_nowhere_are_refused() {
    let idle = PlanSettings {
        max_concurrency: 0,
        ..to("1.31")
    };
    check_error(
        ONE,
        &idle,
        &expect![
            "plan.maxConcurrency is 0; write how many clusters may be upgraded at once, from 1"
        ],
    );
    let still = PlanSettings {
        pool_strategy: PoolChoice::Surge(0),
        ..to("1.31")
    };
    check_error(
        ONE,
        &still,
        &expect!["plan.poolStrategy moves 0 nodes at a time; write at least 1"],
    );
    let patient = PlanSettings {
        cluster_soak: SimDuration::from_millis(u64::MAX),
        ..to("1.31")
    };
    check_error(
        ONE,
        &patient,
        &expect!["plan.clusterSoak is 213503982334d14h25m51s615ms; write at most 30d"],
    );
    let mut strict = to("1.31");
    strict.gates.min_ready_nodes_per_mille = 1_001;
    check_error(
        ONE,
        &strict,
        &expect![
            "plan.gates.minReadyNodesPerMille is 1001; it is a share in thousandths, at most 1000"
        ],
    );
}

#[test]
fn an_offset_in_the_start_is_understood() {
    let settings = PlanSettings {
        start: "1970-01-01T02:00:01+02:00".to_owned(),
        ..to("1.31")
    };
    let (plan, _) = propose(&fleet("a low gke 1.30 b:1.30"), &settings).expect("a plan");
    assert_eq!(plan.start_unix_ms, 1_000);
}
