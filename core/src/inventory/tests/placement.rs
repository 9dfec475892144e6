//! Where a workload's pods may run.

use expect_test::{Expect, expect};

use crate::inventory::tests::{labels, node, pod, resolve_one};
use crate::snapshot::{
    ClusterSnapshot, LabelSelector, NodeObject, PodAntiAffinity, PodTemplate, SelectorOperator,
    SelectorRequirement, Taint, TaintEffect, Toleration,
};

fn taint(key: &str, effect: TaintEffect) -> Taint {
    Taint {
        key: key.to_owned(),
        value: "yes".to_owned(),
        effect,
    }
}

/// A control plane, a pool over two zones, and a tainted pool for graphics cards.
fn nodes() -> Vec<NodeObject> {
    let tainted = |name: &str, text: &str, key: &str| NodeObject {
        taints: vec![taint(key, TaintEffect::NoSchedule)],
        ..node(name, text)
    };
    vec![
        tainted("m1", "node-role.kubernetes.io/control-plane", "master"),
        tainted(
            "n1",
            "agentpool=web disk=ssd zone=a",
            "node.kubernetes.io/unreachable",
        ),
        node("n2", "agentpool=web zone=b kubernetes.io/hostname=host-2"),
        tainted("g1", "agentpool=gpu zone=a cards=8", "gpu"),
    ]
}

/// Shows where a pod with `template` may run.
#[track_caller]
fn check(template: PodTemplate, expected: &Expect) {
    let mut pod = pod("x/p", "", "app=p");
    pod.template = template;
    let cluster = ClusterSnapshot {
        name: "c".to_owned(),
        nodes: nodes(),
        pods: vec![pod],
        ..ClusterSnapshot::default()
    };
    let (cluster, issues) = resolve_one(cluster);
    let place = &cluster.workloads[0].placement;
    let pools = place.pools.as_ref().map_or("anywhere".to_owned(), |pools| {
        let names = pools
            .iter()
            .map(|pool| cluster.pools[pool.index()].name.as_str());
        names.collect::<Vec<_>>().join(" ")
    });
    let node = place.node.map(|node| &cluster.nodes[node.index()].name);
    expected.assert_eq(&format!("{pools}, {node:?}, {:?}\n{issues}", place.spread));
}

fn toleration(key: Option<&str>, operator: Option<&str>, value: Option<&str>) -> PodTemplate {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    PodTemplate {
        tolerations: vec![Toleration {
            key: owned(key),
            operator: owned(operator),
            value: owned(value),
            ..Toleration::default()
        }],
        ..PodTemplate::default()
    }
}

fn affinity(terms: &[&[(&str, SelectorOperator, &[&str])]]) -> PodTemplate {
    let requirement =
        |(key, operator, values): &(&str, SelectorOperator, &[&str])| SelectorRequirement {
            key: (*key).to_owned(),
            operator: *operator,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
    let term = |term: &&[_]| term.iter().map(requirement).collect();
    PodTemplate {
        required_node_affinity: terms.iter().map(term).collect(),
        ..PodTemplate::default()
    }
}

#[test]
fn lasting_taints_keep_a_plain_pod_away_and_passing_ones_do_not() {
    check(
        PodTemplate::default(),
        &expect![[r#"
        web, None, None
    "#]],
    );
}

#[test]
fn tolerations_open_pools() {
    check(
        toleration(None, Some("Exists"), None),
        &expect![[r#"
        anywhere, None, None
    "#]],
    );
    check(
        toleration(Some("gpu"), Some("Exists"), None),
        &expect![[r#"
        gpu web, None, None
    "#]],
    );
    check(
        toleration(Some("gpu"), None, Some("yes")),
        &expect![[r#"
        gpu web, None, None
    "#]],
    );
    check(
        toleration(Some("gpu"), Some("Equal"), Some("no")),
        &expect![[r#"
            web, None, None
        "#]],
    );
}

#[test]
fn a_node_selector_is_met_by_one_node_of_a_pool() {
    let selector = |text: &str| PodTemplate {
        node_selector: labels(text),
        ..PodTemplate::default()
    };
    check(
        selector("zone=b"),
        &expect![[r#"
        web, None, None
    "#]],
    );
    check(
        selector("disk=ssd zone=b"),
        &expect![[r#"
            , None, None
            cluster c (Bare x/p): warning[workload-fits-no-pool]: no node meets its selectors
                and taints, so its pods can start nowhere; check the labels and taints of the
                nodes it should run on
        "#]],
    );
}

#[test]
fn a_host_name_binds_to_its_node() {
    let selector = PodTemplate {
        node_selector: labels("kubernetes.io/hostname=host-2"),
        ..PodTemplate::default()
    };
    check(
        selector,
        &expect![[r#"
        web, Some("n2"), None
    "#]],
    );
    let by_field = affinity(&[&[("metadata.name", SelectorOperator::In, &["n1"])]]);
    check(
        by_field,
        &expect![[r#"
        web, Some("n1"), None
    "#]],
    );
    let either = affinity(&[&[(
        "kubernetes.io/hostname",
        SelectorOperator::In,
        &["n1", "g1"],
    )]]);
    check(
        either,
        &expect![[r#"
        web, None, None
    "#]],
    );
}

#[test]
fn one_term_of_node_affinity_is_enough_and_an_empty_one_is_none() {
    let either: &[&[(&str, SelectorOperator, &[&str])]] = &[
        &[("disk", SelectorOperator::In, &["tape"])],
        &[("zone", SelectorOperator::Exists, &[])],
    ];
    check(
        affinity(either),
        &expect![[r#"
        web, None, None
    "#]],
    );
    check(
        affinity(&[&[]]),
        &expect![[r#"
            , None, None
            cluster c (Bare x/p): warning[workload-fits-no-pool]: no node meets its selectors
                and taints, so its pods can start nowhere; check the labels and taints of the
                nodes it should run on
        "#]],
    );
    check(
        affinity(&[&[("cards", SelectorOperator::Gt, &["4"])]]),
        &expect![[r#"
            , None, None
            cluster c (Bare x/p): warning[workload-fits-no-pool]: no node meets its selectors
                and taints, so its pods can start nowhere; check the labels and taints of the
                nodes it should run on
        "#]],
    );
}

#[test]
fn required_anti_affinity_against_oneself_spreads() {
    let apart = |selector: &str, key: &str| PodAntiAffinity {
        label_selector: LabelSelector {
            match_labels: labels(selector),
            ..LabelSelector::default()
        },
        topology_key: key.to_owned(),
    };
    let template = |terms| PodTemplate {
        required_anti_affinity: terms,
        ..PodTemplate::default()
    };
    let (host, zone) = ("kubernetes.io/hostname", "topology.kubernetes.io/zone");
    check(
        template(vec![apart("app=p", host)]),
        &expect![[r#"
        web, None, PerNode
    "#]],
    );
    check(
        template(vec![apart("app=p", host), apart("app=p", zone)]),
        &expect![[r#"
            web, None, PerZone
        "#]],
    );
    check(
        template(vec![apart("app=other", host)]),
        &expect![[r#"
        web, None, None
    "#]],
    );
    check(
        template(vec![apart("app=p", "rack")]),
        &expect![[r#"
        web, None, None
    "#]],
    );
}
