//! What settings and providers decide, and which settings are refused.

use expect_test::{Expect, expect};

use crate::inventory::sample::fleet;
use crate::plan::tests::to;
use crate::plan::{
    AksBlueGreen, AksSurge, ClusterApi, DrainChoice, DrainPolicy, EksManaged, GkeBlueGreen,
    GkeSurge, Kops, Kubeadm, Kured, PlanSettings, PoolChoice, PoolStrategy, Step, Undrainable,
    propose,
};
use crate::units::SimDuration;

#[test]
fn every_provider_rolls_and_drains_in_its_own_way() {
    let rows = ["gke", "eks", "aks", "clusterApi", "kubeadm", "kops", "?"].map(|provider| {
        let inventory = fleet(&format!("a low {provider} 1.30 blue:1.30"));
        let (plan, _) = propose(&inventory, &to("1.31")).expect("a plan");
        let steps = &plan.waves[0].clusters[0].steps;
        let pool = steps.iter().find_map(pool_step);
        format!("{provider}: {}\n", pool.expect("a pool step"))
    });
    expect![[r#"
        gke: 1 more, 0 fewer, by zone, node fails never, drain ends 1h (Force)
        eks: extra nodes, then 1 fewer, node fails 15m, drain ends 15m (Fail)
        aks: 1 more, then in place, node fails never, drain ends 30m (Fail)
        clusterApi: 1 more, 0 fewer, node fails never, drain ends never (GoOn)
        kubeadm: by hand, --force true, node fails never, drain ends never (Fail)
        kops: 1 more, 0 fewer, node fails 15m, drain ends 15m (Fail)
        ?: by hand, --force true, node fails never, drain ends never (Fail)
    "#]]
    .assert_eq(&rows.concat());
}

fn roll(strategy: PoolStrategy, drain: DrainPolicy) -> String {
    let how = match strategy {
        PoolStrategy::Surge { max_surge, .. } => format!("surge {max_surge}"),
        PoolStrategy::Unavailable {
            max_unavailable, ..
        } => format!("unavailable {max_unavailable}"),
        PoolStrategy::Gke(gke) => {
            let GkeSurge {
                max_surge,
                max_unavailable,
            } = gke;
            format!("{max_surge} more, {max_unavailable} fewer, by zone")
        }
        PoolStrategy::Eks(eks) => format!("extra nodes, then {} fewer", eks.max_unavailable),
        PoolStrategy::Aks(aks) => format!("{} more, then in place", aks.max_surge),
        PoolStrategy::BlueGreen(settings) => {
            format!("a second pool, {} at a time", settings.batch)
        }
        PoolStrategy::ClusterApi(ClusterApi {
            max_surge,
            max_unavailable,
            ..
        })
        | PoolStrategy::Kops(Kops {
            max_surge,
            max_unavailable,
        }) => format!("{max_surge} more, {max_unavailable} fewer"),
        PoolStrategy::Kubeadm(kubeadm) => format!("by hand, --force {}", kubeadm.force),
        PoolStrategy::Karpenter(karpenter) => format!("{} replaced", karpenter.budget),
        PoolStrategy::Kured(kured) => format!("{} rebooted", kured.concurrency),
    };
    let node_timeout = strategy.node_timeout();
    let limit = |limit: Option<SimDuration>| limit.map_or("never".to_owned(), |d| d.to_string());
    let then = format!("{:?}", drain.on_timeout);
    format!(
        "{how}, node fails {}, drain ends {} ({})",
        limit(node_timeout),
        limit(drain.timeout),
        then.split(' ').next().unwrap_or_default()
    )
}

/// The strategies that settings in a file's own words give a cluster of kubeadm.
#[track_caller]
fn check_chosen(choices: &[&str], expected: &Expect) {
    let rows: Vec<String> = choices.iter().map(|choice| chosen(choice) + "\n").collect();
    expected.assert_eq(&rows.concat());
}

fn chosen(choice: &str) -> String {
    let text = format!("{{\"poolStrategy\": {choice}, \"target\": \"1.31\"}}");
    let settings: PlanSettings = match serde_json::from_str(&text) {
        Ok(settings) => settings,
        Err(error) => return error.to_string().chars().take(70).collect(),
    };
    let (plan, _) = match propose(&fleet("a low kubeadm 1.30 blue:1.30"), &settings) {
        Ok(proposed) => proposed,
        Err(error) => return error.to_string(),
    };
    let pool = plan.waves[0].clusters[0].steps.iter().find_map(pool_step);
    pool.expect("a pool step")
}

/// How a step rolls its pool, if it is one of a pool.
fn pool_step(step: &Step) -> Option<String> {
    match step {
        Step::Pool {
            strategy, drain, ..
        } => Some(roll(*strategy, *drain)),
        Step::ControlPlane { .. } | Step::Cni | Step::Observe { .. } => None,
    }
}

#[test]
fn a_providers_way_can_be_chosen_for_any_cluster_and_brings_its_own_limit() {
    check_chosen(
        &[
            r#"{"gke-surge": {"maxUnavailable": 2}}"#,
            r#"{"gke-blue-green": {"batch": "25%"}}"#,
            r#"{"eks-managed": {"force": true}}"#,
            r#"{"aks-surge": {"maxSurge": "33%", "undrainable": "cordon"}}"#,
            r#"{"aks-surge": {"undrainable": "schedule"}}"#,
            r#"{"aks-blue-green": {}}"#,
            r#"{"cluster-api": {"nodeDrainTimeout": "10m"}}"#,
            r#"{"kured": {"drainTimeout": "5m"}}"#,
            r#"{"kubeadm": {"force": false}}"#,
            r#"{"kops": {"maxUnavailable": "20%"}}"#,
        ],
        &expect![[r#"
            1 more, 2 fewer, by zone, node fails never, drain ends 1h (Force)
            a second pool, 25% at a time, node fails never, drain ends 1h (GoOn)
            extra nodes, then 1 fewer, node fails 15m, drain ends 15m (Force)
            33% more, then in place, node fails never, drain ends 30m (Quarantine)
            1 more, then in place, node fails never, drain ends 30m (Replace)
            a second pool, 10% at a time, node fails never, drain ends 30m (GoOn)
            1 more, 0 fewer, node fails never, drain ends 10m (GoOn)
            1 rebooted, node fails never, drain ends 5m (Release)
            by hand, --force false, node fails never, drain ends never (Fail)
            1 more, 20% fewer, node fails 15m, drain ends 15m (Fail)
        "#]],
    );
}

#[test]
fn a_strategy_that_no_provider_accepts_is_refused() {
    check_chosen(
        &[
            r#"{"gke-surge": {"maxSurge": 0}}"#,
            r#"{"gke-blue-green": {"poolSoak": "8d"}}"#,
            r#"{"eks-managed": {"maxUnavailable": 101}}"#,
            r#"{"aks-surge": {"nodeSoak": "45m"}}"#,
            r#"{"kured": {"period": "0s"}}"#,
            r#"{"kops": {"maxSurge": -1}}"#,
            r#"{"kops": {"maxSurge": "1"}}"#,
            r#"{"eks": {}}"#,
        ],
        &expect![[r#"
            plan.poolStrategy takes no node at any time, since `maxSurge` and `maxUnavailable` are both 0; write at least 1
            plan.poolStrategy.poolSoak is 8d; write at most 7d
            plan.poolStrategy.maxUnavailable is 101; write at most 100
            plan.poolStrategy.nodeSoak is 45m; write at most 30m
            plan.poolStrategy.period is 0s; write at least 1m
            plan.poolStrategy.maxSurge is -1; write a count from 0, or a share
            `1` is not a percentage; write a whole number or a text such as "25%" 
            unknown variant `eks`, expected one of `provider`, `surge`, `unavailab
        "#]],
    );
}

#[test]
fn every_strategy_is_read_as_it_was_written() {
    let choices = [
        PoolChoice::GkeSurge(GkeSurge::default()),
        PoolChoice::GkeBlueGreen(GkeBlueGreen::default()),
        PoolChoice::EksManaged(EksManaged::default()),
        PoolChoice::AksSurge(AksSurge {
            undrainable: Undrainable::Cordon,
            ..AksSurge::default()
        }),
        PoolChoice::AksBlueGreen(AksBlueGreen::default()),
        PoolChoice::ClusterApi(ClusterApi::default()),
        PoolChoice::Kured(Kured::default()),
        PoolChoice::Kubeadm(Kubeadm::default()),
        PoolChoice::Kops(Kops::default()),
    ];
    for choice in choices {
        let text = serde_json::to_string(&choice).expect("it can be written");
        assert_eq!(serde_json::from_str(&text).ok(), Some(choice), "{text}");
    }
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
        &expect![[
            r#"no cluster's version is known; give `--target 1.34`, or `plan.target` in a scenario"#
        ]],
    );
    check_error(
        "",
        &PlanSettings::default(),
        &expect![[
            r#"no cluster's version is known; give `--target 1.34`, or `plan.target` in a scenario"#
        ]],
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
        &expect![
            "plan.poolStrategy takes no node at any time, since `surge` is 0; write at least 1"
        ],
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

/// What the plan says that it overrules.
#[track_caller]
fn check_overruled(settings: &[&str], expected: &Expect) {
    let inventory = fleet("a low kubeadm 1.30 blue:1.30");
    let told = settings.iter().map(|text| {
        let settings: PlanSettings = serde_json::from_str(text).expect("settings");
        let (_, report) = propose(&inventory, &settings).expect("a plan");
        let first = report.assumptions.into_iter();
        let mut overruled = first.filter(|sentence| sentence.contains("overrules"));
        format!("{}\n", overruled.next().unwrap_or_default())
    });
    expected.assert_eq(&told.collect::<String>());
}

#[test]
fn a_limit_that_takes_a_providers_own_away_is_told() {
    check_overruled(
        &[
            r#"{"poolStrategy": {"aks-surge": {"undrainable": "cordon"}}, "drain": "wait"}"#,
            r#"{"poolStrategy": "gke-blue-green", "drain": {"fail": "5m"}}"#,
            r#"{"poolStrategy": "kured", "drain": {"force": "5m"}}"#,
            r#"{"poolStrategy": "cluster-api", "drain": {"fail": "5m"}}"#,
            r#"{"poolStrategy": {"eks-managed": {"force": true}}, "drain": "wait"}"#,
        ],
        &expect![[r#"
            `plan.drain` overrules `undrainable` and the half hour of `aks-surge`; take `drain` out to keep them.
            `plan.drain` overrules that a blue-green upgrade goes on where a drain is out of time; take `drain` out to keep that.
            `plan.drain` overrules `drainTimeout` of `kured`, and that a node that cannot be drained lets the lock go; set `drainTimeout` instead.
            `plan.drain` overrules `nodeDrainTimeout` of `cluster-api`, and that a machine is deleted all the same then; set `nodeDrainTimeout` instead.
            `plan.drain` overrules `force` and the quarter of an hour of `eks-managed`; take `drain` out to keep them.
        "#]],
    );
    check_overruled(
        &[
            r#"{"poolStrategy": {"aks-surge": {"undrainable": "cordon"}}}"#,
            r#"{"poolStrategy": "kured", "drain": "wait"}"#,
            r#"{"poolStrategy": "gke-surge", "drain": {"fail": "5m"}}"#,
        ],
        &expect![[r#"

            `plan.drain` overrules `drainTimeout` of `kured`, and that a node that cannot be drained lets the lock go; set `drainTimeout` instead.

        "#]],
    );
}

#[test]
fn karpenters_pools_are_replaced_by_karpenter_unless_a_way_is_chosen() {
    let mut inventory = fleet("a low eks 1.30 blue:1.30");
    for pool in &mut inventory.clusters[0].pools {
        pool.by_karpenter = true;
    }
    let ways = [PoolChoice::Provider, PoolChoice::Surge(1)].map(|pool_strategy| {
        let settings = PlanSettings {
            pool_strategy,
            ..to("1.31")
        };
        let (plan, _) = propose(&inventory, &settings).expect("a plan");
        let mut steps = plan.waves[0].clusters[0].steps.iter();
        let way = steps.find_map(|step| match step {
            Step::Pool { strategy, .. } => Some(*strategy),
            Step::ControlPlane { .. } | Step::Cni | Step::Observe { .. } => None,
        });
        matches!(way, Some(PoolStrategy::Karpenter(_)))
    });
    assert_eq!(ways, [true, false]);
}
