//! Which pods a workload must be near, keep away from or be spread among.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::ids::WorkloadIdx;
use crate::inventory::tests::{labels, node, pod, resolve_one};
use crate::inventory::{Cluster, Domains, PodTerm};
use crate::snapshot::{
    ClusterSnapshot, HostPort, LabelSelector, NodeInclusion, PodAffinityTerm, PodTemplate,
    TopologySpread,
};

const HOST: &str = "kubernetes.io/hostname";

fn selector(text: &str) -> LabelSelector {
    LabelSelector {
        match_labels: labels(text),
        ..LabelSelector::default()
    }
}

fn term(text: &str, key: &str) -> PodAffinityTerm {
    PodAffinityTerm {
        label_selector: selector(text),
        topology_key: key.to_owned(),
        ..PodAffinityTerm::default()
    }
}

fn names(cluster: &Cluster, workloads: &[WorkloadIdx]) -> String {
    let name = |workload: &WorkloadIdx| {
        let workload = &cluster.workloads[workload.index()];
        format!("{}/{}", workload.namespace, workload.name)
    };
    workloads.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// Shows what workloads of pods `namespace/name`, labelled by their names, ask of each other; the
/// first of them has `template`.
#[track_caller]
fn check(pods: &[&str], template: PodTemplate, expected: &Expect) {
    let mut objects: Vec<_> = pods
        .iter()
        .map(|name| {
            let (_, app) = name.split_once('/').expect("namespace/name");
            pod(name, "", &format!("app={app} all=yes"))
        })
        .collect();
    objects[0].template = template;
    let cluster = ClusterSnapshot {
        name: "c".to_owned(),
        nodes: vec![node("n1", "rack=1"), node("n2", "rack=1"), node("n3", "")],
        pods: objects,
        ..ClusterSnapshot::default()
    };
    let (cluster, issues) = resolve_one(cluster);
    let mut shown = String::new();
    for workload in &cluster.workloads {
        let neighbors = &workload.placement.neighbors;
        let mut tell = |what: &str, key: &str, of: &[WorkloadIdx]| {
            let of = names(&cluster, of);
            writeln!(shown, "{} {what} {of} in one {key}", workload.name).expect("room");
        };
        let key = |term: &PodTerm| cluster.topologies[term.topology.index()].key.clone();
        if let Some(near) = &neighbors.near {
            let keys = near.topologies.iter();
            let keys = keys.map(|topology| cluster.topologies[topology.index()].key.as_str());
            let keys: Vec<_> = keys.collect();
            tell("near", &keys.join(" and "), &near.workloads);
        }
        for term in &neighbors.apart {
            tell("apart from", &key(term), &term.workloads);
        }
        for term in &neighbors.avoided_by {
            tell("avoided by", &key(term), &term.workloads);
        }
        for rule in &neighbors.spread {
            let key = &cluster.topologies[rule.topology.index()].key;
            tell("spread among", key, &rule.workloads);
        }
    }
    expected.assert_eq(&format!("{shown}{issues}"));
}

#[test]
fn anti_affinity_holds_in_both_directions() {
    let template = PodTemplate {
        required_anti_affinity: vec![term("app=web", HOST), term("app=cache", "rack")],
        ..PodTemplate::default()
    };
    check(
        &["x/web", "x/cache", "y/cache"],
        template,
        &expect![[r#"
        web apart from x/web in one kubernetes.io/hostname
        web apart from x/cache in one rack
        web avoided by x/web in one kubernetes.io/hostname
        cache avoided by x/web in one rack
    "#]],
    );
}

#[test]
fn namespaces_are_listed_or_selected() {
    let listed = PodAffinityTerm {
        namespaces: vec!["y".to_owned()],
        ..term("all=yes", HOST)
    };
    let all = PodAffinityTerm {
        namespace_selector: Some(LabelSelector::default()),
        ..term("app=cache", HOST)
    };
    let by_label = PodAffinityTerm {
        namespace_selector: Some(selector("team=a")),
        ..term("app=cache", HOST)
    };
    let template = |terms| PodTemplate {
        required_anti_affinity: terms,
        ..PodTemplate::default()
    };
    let pods = ["x/web", "x/cache", "y/cache"];
    check(
        &pods,
        template(vec![listed]),
        &expect![[r#"
        web apart from y/cache in one kubernetes.io/hostname
        cache avoided by x/web in one kubernetes.io/hostname
    "#]],
    );
    check(
        &pods,
        template(vec![all]),
        &expect![[r#"
        web apart from x/cache y/cache in one kubernetes.io/hostname
        cache avoided by x/web in one kubernetes.io/hostname
        cache avoided by x/web in one kubernetes.io/hostname
    "#]],
    );
    check(
        &pods,
        template(vec![by_label]),
        &expect![[r#"
        web apart from  in one kubernetes.io/hostname
        cluster c (Bare x/web): warning[namespace-labels-unknown]: its pod affinity selects
            namespaces by labels that no input tells, so the labels count as absent; list
            the namespaces by name in the term's `namespaces`
    "#]],
    );
}

#[test]
fn what_counts_for_one_term_of_affinity_must_count_for_all() {
    let template = PodTemplate {
        required_affinity: vec![term("all=yes", "rack"), term("app=cache", HOST)],
        ..PodTemplate::default()
    };
    check(
        &["x/web", "x/cache", "x/db"],
        template,
        &expect![[r#"
        web near x/cache in one rack and kubernetes.io/hostname
    "#]],
    );
}

#[test]
fn a_spread_counts_pods_of_its_own_namespace_that_share_the_labels_named() {
    let spread = |keys: &[&str]| TopologySpread {
        topology_key: "rack".to_owned(),
        label_selector: Some(selector("all=yes")),
        match_label_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        node_taints_policy: NodeInclusion::Honor,
        ..TopologySpread::default()
    };
    let template = PodTemplate {
        topology_spread: vec![spread(&[]), spread(&["app", "missing"])],
        ..PodTemplate::default()
    };
    check(
        &["x/web", "x/cache", "y/web"],
        template,
        &expect![[r#"
        web spread among x/web x/cache in one rack
        web spread among x/web in one rack
    "#]],
    );
}

#[test]
fn nodes_without_the_label_are_in_no_domain() {
    let mut web = pod("x/web", "", "app=web");
    web.template.required_affinity = vec![term("app=web", "rack")];
    let cluster = ClusterSnapshot {
        name: "c".to_owned(),
        nodes: vec![node("n1", "rack=1"), node("n2", "rack=2"), node("n3", "")],
        pods: vec![web],
        ..ClusterSnapshot::default()
    };
    let (cluster, _) = resolve_one(cluster);
    let domains = &cluster.topologies[0].domains;
    let expected = Domains::Label {
        of_node: vec![Some(0), Some(1), None],
        count: 2,
    };
    assert_eq!(*domains, expected);
}

/// Shows which workloads cannot share a node with which, by ports as `address:port`.
#[track_caller]
fn check_ports(pods: &[(&str, &[&str])], expected: &Expect) {
    let objects = pods.iter().map(|(name, ports)| {
        let mut object = pod(name, "", "");
        let port = |text: &&str| {
            let (address, port) = text.split_once(':').expect("address:port");
            HostPort {
                port: port.parse().expect("a number"),
                protocol: "TCP".to_owned(),
                address: address.to_owned(),
            }
        };
        object.template.host_ports = ports.iter().map(port).collect();
        object
    });
    let cluster = ClusterSnapshot {
        name: "c".to_owned(),
        nodes: vec![node("n1", "")],
        pods: objects.collect(),
        ..ClusterSnapshot::default()
    };
    let (cluster, issues) = resolve_one(cluster);
    let mut shown = String::new();
    for workload in &cluster.workloads {
        if let Some(rivals) = &workload.placement.neighbors.port_rivals {
            let rivals = names(&cluster, &rivals.workloads);
            writeln!(shown, "{} not beside {rivals}", workload.name).expect("room");
        }
    }
    expected.assert_eq(&format!("{shown}{issues}"));
}

#[test]
fn pods_that_hold_one_port_of_one_address_are_rivals() {
    check_ports(
        &[
            ("x/edge", &["0.0.0.0:80", "0.0.0.0:443"]),
            ("y/other", &["10.0.0.1:443"]),
            ("y/inner", &["10.0.0.2:443", "10.0.0.2:9100"]),
            ("y/plain", &[]),
            ("y/metrics", &["0.0.0.0:9200"]),
        ],
        &expect![[r#"
            edge not beside x/edge y/other y/inner
            other not beside x/edge y/other
            inner not beside x/edge y/inner
            metrics not beside y/metrics
        "#]],
    );
}
