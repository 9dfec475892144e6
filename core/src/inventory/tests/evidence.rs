//! What is known of a cluster, what is taken for known, and what stays unknown.

use std::fmt::Debug;

use expect_test::{Expect, expect};

use crate::inventory::tests::{node, one_node, pod, resolve_one, show_issues};
use crate::inventory::{Evidence, resolve};
use crate::snapshot::{ClusterFacts, ClusterSnapshot, NodeObject, PodObject, Snapshot};

fn show<T: Debug>(evidence: &Evidence<T>) -> String {
    match evidence {
        Evidence::Known(value) => format!("{value:?}"),
        Evidence::Assumed { value, reason } => format!("{value:?}, assumed: {reason}"),
        Evidence::Unknown => "unknown".to_owned(),
    }
}

/// Shows what is known of the whole cluster, its pools, and the issues.
#[track_caller]
fn check(cluster: ClusterSnapshot, expected: &Expect) {
    let (cluster, issues) = resolve_one(cluster);
    let version = match &cluster.version {
        Evidence::Known(version) => version.to_string(),
        Evidence::Assumed { value, reason } => format!("{value}, assumed:\n    {reason}"),
        Evidence::Unknown => "unknown".to_owned(),
    };
    let pools: Vec<String> = cluster
        .pools
        .iter()
        .map(|pool| format!("{}={}", pool.name, pool.nodes.len()))
        .collect();
    expected.assert_eq(&format!(
        "provider {}\nregion {}\ntier {}\nversion {version}\nmembers {}\nmanaged {}\n\
         zones {:?}\npools {}\n{issues}",
        show(&cluster.provider),
        show(&cluster.region),
        show(&cluster.tier),
        show(&cluster.control_plane.members),
        cluster.control_plane.managed,
        cluster.zones,
        pools.join(" ")
    ));
}

fn with_nodes(nodes: Vec<NodeObject>) -> ClusterSnapshot {
    ClusterSnapshot {
        nodes,
        ..one_node()
    }
}

fn at(version: &str, node: NodeObject) -> NodeObject {
    NodeObject {
        kubelet_version: Some(version.to_owned()),
        ..node
    }
}

#[test]
fn labels_tell_of_a_managed_provider() {
    let place = "topology.kubernetes.io/region=eu topology.kubernetes.io/zone=eu";
    check(
        with_nodes(vec![
            at(
                "v1.29.3",
                node(
                    "a",
                    &format!("cloud.google.com/gke-nodepool=blue {place}-b"),
                ),
            ),
            at(
                "v1.30.1",
                node("b", &format!("cloud.google.com/gke-nodepool=red {place}-a")),
            ),
            at(
                "v1.30.1",
                node(
                    "c",
                    &format!("cloud.google.com/gke-nodepool=blue {place}-a"),
                ),
            ),
        ]),
        &expect![[r#"
            provider Gke
            region "eu"
            tier unknown
            version 1.30.1, assumed:
                an API server is never older than its kubelets, and the newest is at 1.30.1
            members 3, assumed: the provider runs it out of sight, usually in three zones
            managed true
            zones ["eu-a", "eu-b"]
            pools blue=2 red=1
        "#]],
    );
}

#[test]
fn nodes_of_the_control_plane_are_counted() {
    check(
        with_nodes(vec![
            node(
                "m1",
                "node-role.kubernetes.io/master kops.k8s.io/instancegroup=master-a",
            ),
            node("m2", "kubernetes.io/role=master"),
            node("w", "kops.k8s.io/instancegroup=nodes"),
            node("v", "kops.k8s.io/instancegroup=control-plane"),
        ]),
        &expect![[r#"
            provider Kops
            region unknown
            tier unknown
            version unknown
            members 2
            managed false
            zones []
            pools control-plane=2 control-plane (workers)=1 nodes=1
        "#]],
    );
}

// Only the key counts; its value may say `false`.
#[test]
fn a_label_takes_a_node_out_of_its_zones_count() {
    let nodes = vec![
        node("a", "node.kubernetes.io/exclude-disruption=false"),
        node("b", ""),
    ];
    let (cluster, _) = resolve_one(with_nodes(nodes));
    let excluded: Vec<_> = cluster
        .nodes
        .iter()
        .map(|n| n.excluded_from_disruption)
        .collect();
    assert_eq!(excluded, [true, false]);
}

#[test]
fn a_static_api_server_gives_its_node_away() {
    let api_server = PodObject {
        mirror: true,
        ..pod(
            "kube-system/kube-apiserver-n1",
            "",
            "component=kube-apiserver",
        )
    };
    let cluster = ClusterSnapshot {
        pods: vec![api_server],
        ..one_node()
    };
    check(
        cluster,
        &expect![[r#"
            provider Kubeadm, assumed: its API server is a static pod labelled as kubeadm does
            region unknown
            tier unknown
            version unknown
            members 1
            managed false
            zones []
            pools control-plane=1
        "#]],
    );
}

#[test]
fn what_nobody_says_is_unknown() {
    check(
        with_nodes(Vec::new()),
        &expect![[r#"
        provider unknown
        region unknown
        tier unknown
        version unknown
        members unknown
        managed false
        zones []
        pools 
    "#]],
    );
}

#[test]
fn the_fleet_file_is_believed_and_contradictions_are_named() {
    let cluster = ClusterSnapshot {
        facts: ClusterFacts {
            provider: Some("Cluster API".to_owned()),
            tier: Some("HIGH".to_owned()),
            version: Some("1.28".to_owned()),
            control_plane_members: Some(5),
            region: Some("moon".to_owned()),
            ..ClusterFacts::default()
        },
        server_version: Some("v1.29.1-eks-1".to_owned()),
        nodes: vec![node("a", "eks.amazonaws.com/nodegroup=blue")],
        ..one_node()
    };
    check(
        cluster,
        &expect![[r#"
        provider ClusterApi
        region "moon"
        tier High
        version 1.29.1
        members 5
        managed false
        zones []
        pools blue=1
        c.json (Cluster c): warning[provider-conflict]: provider is `Cluster API`, but its
            nodes carry the marks of Eks; correct the provider, or check that the dump is
            of this cluster
        c.json (Cluster c): warning[version-conflict]: version is 1.28, but the API server
            says 1.29.1, which is used; correct the version, or check that the dump is of
            this cluster
    "#]],
    );
}

#[test]
fn words_that_mean_nothing_are_refused_one_by_one() {
    let cluster = ClusterSnapshot {
        facts: ClusterFacts {
            provider: Some("nomad".to_owned()),
            tier: Some("gold".to_owned()),
            version: Some("newest".to_owned()),
            ..ClusterFacts::default()
        },
        nodes: vec![at("unknown", node("a", "")), node("a", "")],
        ..one_node()
    };
    check(
        cluster,
        &expect![[r#"
        provider unknown
        region unknown
        tier unknown
        version unknown
        members unknown
        managed false
        zones []
        pools workers=1
        c.json (Node a): warning[duplicate-node]: a node of this name was read before, so
            this one is left out; keep the dumps of different clusters apart
        c.json (Node a): warning[bad-kubelet-version]: status.nodeInfo.kubeletVersion:
            `unknown` is not a Kubernetes version; write it as `1.31` or `v1.31.4`; dump
            the node again with `kubectl get nodes -o json`
        c.json (Cluster c): warning[unknown-provider]: provider is `nomad`, whose way of
            upgrading is not known here; write one of `gke`, `eks`, `aks`, `clusterApi`,
            `kubeadm`, `kops`
        c.json (Cluster c): warning[bad-tier]: tier is `gold`, so it counts as unknown;
            write the tier as `low`, `medium` or `high`
        c.json (Cluster c): warning[bad-version]: the fleet file's version: `newest` is not
            a Kubernetes version; write it as `1.31` or `v1.31.4`; correct it, or add the
            output of `kubectl version -o json`
    "#]],
    );
}

#[test]
fn clusters_of_one_name_are_told_apart() {
    let names = ["a", "a", "a-2", "", "a"];
    let snapshot = Snapshot {
        name: None,
        clusters: names
            .map(|name| ClusterSnapshot {
                name: name.to_owned(),
                ..ClusterSnapshot::default()
            })
            .into(),
    };
    let checked = resolve(&snapshot);
    let given: Vec<&str> = checked
        .value
        .clusters
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    expect!["a a-3 a-2 cluster-4 a-4"].assert_eq(&given.join(" "));
    expect![[r#"
        fleet (Cluster a): warning[duplicate-cluster]: another cluster has this name, so it
            is called `a-3`; give every cluster of the fleet file a name of its own
        fleet (Cluster ): warning[unnamed-cluster]: the cluster has no name, so it is
            called `cluster-4`; give every cluster of the fleet file a name of its own
        fleet (Cluster a): warning[duplicate-cluster]: another cluster has this name, so it
            is called `a-4`; give every cluster of the fleet file a name of its own
    "#]]
    .assert_eq(&show_issues(&checked.issues));
}

#[test]
fn a_size_that_no_machine_has_is_not_known() {
    let absurd = NodeObject {
        allocatable_cpu_millis: Some(u64::MAX),
        allocatable_memory_bytes: Some(1 << 30),
        ..node("n1", "")
    };
    let (cluster, issues) = resolve_one(with_nodes(vec![absurd]));
    assert_eq!(cluster.nodes[0].allocatable, Evidence::Unknown);
    expect![[r#"
        c.json (Node n1): error[impossible-allocatable]: status.allocatable has
            18446744073709551 CPUs and 1Gi of memory, more than any machine, so its size
            counts as not known; correct `status.allocatable`, or dump the node again with
            `kubectl get nodes -o json`
    "#]]
    .assert_eq(&issues);
}

#[test]
fn a_request_that_no_machine_can_meet_is_cut_and_told() {
    let mut greedy = pod("x/p", "", "");
    greedy.template.requests.memory_bytes = u64::MAX;
    let cluster = ClusterSnapshot {
        pods: vec![greedy],
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    assert_eq!(cluster.workloads[0].requests.memory_bytes, 1 << 50);
    expect![[r#"
        c.json (Bare x/p): error[impossible-request]: a pod of it requests 0 CPUs and
            17179869183Gi of memory, more than any machine has, so it is taken to request
            just that; correct `resources.requests` of its containers
    "#]]
    .assert_eq(&issues);
}
