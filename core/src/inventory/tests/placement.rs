//! Where a workload's pods may run.

use expect_test::{Expect, expect};

use crate::ids::NodeIdx;
use crate::inventory::tests::{labels, node, pod, resolve_one};
use crate::inventory::{Node, Pressures};
use crate::snapshot::{
    ClusterSnapshot, NodeObject, NodePressure, PodTemplate, SelectorOperator, SelectorRequirement,
    Taint, TaintEffect, Toleration,
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
    let placement = &cluster.workloads[0].placement;
    let takes = |(index, node): (usize, &Node)| {
        let verdict = placement.verdict(node.look);
        let named = placement.named.as_ref();
        let selected = named.map_or(verdict.selected, |named| {
            named.contains(&NodeIdx::new(index))
        });
        let taint = verdict
            .taint
            .map(|taint| &cluster.taints[taint.index()].key);
        let name = &node.name;
        match (taint, selected) {
            (None, true) => format!("{name} takes it\n"),
            (None, false) => format!("{name} does not match\n"),
            (Some(taint), true) => format!("{name} has taint {taint}\n"),
            (Some(taint), false) => format!("{name} has taint {taint} and does not match\n"),
        }
    };
    let shown: String = cluster.nodes.iter().enumerate().map(takes).collect();
    expected.assert_eq(&format!("{shown}{issues}"));
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
            m1 has taint master
            n1 takes it
            n2 takes it
            g1 has taint gpu
        "#]],
    );
}

#[test]
fn tolerations_open_pools() {
    check(
        toleration(None, Some("Exists"), None),
        &expect![[r#"
            m1 takes it
            n1 takes it
            n2 takes it
            g1 takes it
        "#]],
    );
    check(
        toleration(Some("gpu"), Some("Exists"), None),
        &expect![[r#"
            m1 has taint master
            n1 takes it
            n2 takes it
            g1 takes it
        "#]],
    );
    check(
        toleration(Some("gpu"), None, Some("yes")),
        &expect![[r#"
            m1 has taint master
            n1 takes it
            n2 takes it
            g1 takes it
        "#]],
    );
    check(
        toleration(Some("gpu"), Some("Equal"), Some("no")),
        &expect![[r#"
            m1 has taint master
            n1 takes it
            n2 takes it
            g1 has taint gpu
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
            m1 has taint master and does not match
            n1 does not match
            n2 takes it
            g1 has taint gpu and does not match
        "#]],
    );
    check(
        selector("disk=ssd zone=b"),
        &expect![[r#"
            m1 has taint master and does not match
            n1 does not match
            n2 does not match
            g1 has taint gpu and does not match
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
            m1 has taint master and does not match
            n1 does not match
            n2 takes it
            g1 has taint gpu and does not match
        "#]],
    );
    let by_field = affinity(&[&[("metadata.name", SelectorOperator::In, &["n1"])]]);
    check(
        by_field,
        &expect![[r#"
            m1 has taint master and does not match
            n1 takes it
            n2 does not match
            g1 has taint gpu and does not match
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
            m1 has taint master and does not match
            n1 takes it
            n2 does not match
            g1 has taint gpu
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
            m1 has taint master and does not match
            n1 takes it
            n2 takes it
            g1 has taint gpu
        "#]],
    );
    check(
        affinity(&[&[]]),
        &expect![[r#"
            m1 has taint master and does not match
            n1 does not match
            n2 does not match
            g1 has taint gpu and does not match
            cluster c (Bare x/p): warning[workload-fits-no-pool]: no node meets its selectors
                and taints, so its pods can start nowhere; check the labels and taints of the
                nodes it should run on
        "#]],
    );
    check(
        affinity(&[&[("cards", SelectorOperator::Gt, &["4"])]]),
        &expect![[r#"
            m1 has taint master and does not match
            n1 does not match
            n2 does not match
            g1 has taint gpu
            cluster c (Bare x/p): warning[workload-fits-no-pool]: no node meets its selectors
                and taints, so its pods can start nowhere; check the labels and taints of the
                nodes it should run on
        "#]],
    );
}

#[test]
fn a_node_under_pressure_is_told_by_its_condition_and_tolerated_by_its_taint() {
    let pressed = NodeObject {
        pressures: vec![NodePressure::Disk, NodePressure::Network],
        ..node("n1", "")
    };
    let mut web = pod("x/web", "", "");
    web.template = toleration(
        Some("node.kubernetes.io/disk-pressure"),
        Some("Exists"),
        None,
    );
    let cluster = ClusterSnapshot {
        nodes: vec![pressed],
        pods: vec![web, pod("x/cni-1", "apps/v1/DaemonSet/cni", "")],
        ..ClusterSnapshot::default()
    };
    let (cluster, _) = resolve_one(cluster);
    let first = |workload: usize| {
        let tolerated = cluster.workloads[workload].placement.tolerated;
        cluster.nodes[0]
            .pressures
            .first_besides(tolerated.pressures)
    };
    assert_eq!([first(0), first(1)], [Some(NodePressure::Network); 2]);
    let nothing = Pressures::default();
    let found = cluster.nodes[0].pressures.first_besides(nothing);
    assert_eq!(found, Some(NodePressure::Disk));
}
