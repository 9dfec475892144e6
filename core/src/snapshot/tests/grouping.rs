//! Which files make which cluster.

use expect_test::{Expect, expect};

use super::{list, load_texts, node, pod, render};

#[track_caller]
fn check(files: &[(&str, &str)], expected: &Expect) {
    let loaded = load_texts(files);
    let mut text = render(&loaded);
    for issue in &loaded.issues {
        if issue.rule == "owner-unknown" {
            text.push_str(&super::wrap(&issue.to_string()));
        }
    }
    expected.assert_eq(&text);
}

fn pod_on(name: &str, node: &str) -> String {
    pod(name).replace("\"n1\"", &format!("\"{node}\""))
}

#[test]
fn a_dump_alone_is_a_cluster_with_its_owner_unknown() {
    check(
        &[("prod.json", &node("n1"))],
        &expect![[r#"
            cluster prod: 1 nodes
            prod.json: note[owner-unknown]: cluster prod comes from a dump alone, so its
                owner and its criticality tier are unknown; name it in a fleet file with
                its owner and tier
        "#]],
    );
}

#[test]
fn files_of_one_folder_are_one_cluster() {
    check(
        &[
            ("in/prod/nodes.json", &list(&[node("n1"), node("n2")])),
            ("in/prod/shop/pods.json", &list(&[pod("web-1")])),
            ("in/prod/pay/pods.json", &list(&[])),
        ],
        &expect![[r#"
            cluster prod: 2 nodes 1 pods
            in/prod/nodes.json: note[owner-unknown]: cluster prod comes from dumps
                alone, so its owner and its criticality tier are unknown; name it in a
                fleet file with its owner and tier
        "#]],
    );
}

#[test]
fn folders_with_nodes_are_clusters_of_their_own() {
    check(
        &[
            ("in/eu/nodes.json", &node("n1")),
            ("in/eu/pods.json", &pod("web-1")),
            ("in/us/nodes.json", &node("n1")),
        ],
        &expect![[r#"
            cluster eu: 1 nodes 1 pods
            cluster us: 1 nodes
            in/eu/nodes.json: note[clusters-inferred]: no fleet file says which files
                are one cluster; folders and node names were taken for it; write a fleet
                file if a cluster below is two, or two are one
            in/eu/nodes.json: note[owner-unknown]: cluster eu comes from a folder of
                dumps alone, so its owner and its criticality tier are unknown; name it
                in a fleet file with its owner and tier
            in/us/nodes.json: note[owner-unknown]: cluster us comes from a folder of
                dumps alone, so its owner and its criticality tier are unknown; name it
                in a fleet file with its owner and tier
        "#]],
    );
}

#[test]
fn one_file_for_each_node_is_one_cluster() {
    check(
        &[
            ("in/nodes/n1.yaml", &node("n1")),
            ("in/nodes/n2.yaml", &node("n2")),
            ("in/pods/web.yaml", &pod("web-1")),
        ],
        &expect![[r#"
            cluster in: 2 nodes 1 pods
            in/nodes/n1.yaml: note[owner-unknown]: cluster in comes from dumps alone, so
                its owner and its criticality tier are unknown; name it in a fleet file
                with its owner and tier
        "#]],
    );
}

#[test]
fn files_with_different_nodes_are_different_clusters() {
    let eu = list(&[node("e1"), node("e2"), pod_on("a", "e1")]);
    let us = list(&[node("u1"), node("u2")]);
    let us_pods = list(&[pod_on("a", "u1")]);
    check(
        &[
            ("eu.json", &eu),
            ("us-nodes.json", &us),
            ("us-pods.json", &us_pods),
            (
                "us-budgets.json",
                &super::budget("x", "\"minAvailable\": 1"),
            ),
            ("other.json", &super::budget("y", "\"minAvailable\": 1")),
        ],
        &expect![[r#"
            cluster eu: 2 nodes 1 pods
            cluster us: 2 nodes 1 pods 1 budgets
            eu.json: note[clusters-inferred]: no fleet file says which files are one
                cluster; folders and node names were taken for it; write a fleet file if
                a cluster below is two, or two are one
            other.json: error[cluster-unclear]: the loaded files hold 2 clusters, and
                nothing shows which of them this file belongs to; it is left out; put
                each cluster's files into a folder, or write a fleet file
            eu.json: note[owner-unknown]: cluster eu comes from a dump alone, so its
                owner and its criticality tier are unknown; name it in a fleet file with
                its owner and tier
            us-nodes.json: note[owner-unknown]: cluster us comes from dumps alone, so
                its owner and its criticality tier are unknown; name it in a fleet file
                with its owner and tier
        "#]],
    );
}

#[test]
fn pods_connect_node_lists() {
    check(
        &[
            ("pool-a.json", &list(&[node("a1"), node("a2")])),
            ("pool-b.json", &list(&[node("b1"), node("b2")])),
            ("pods.json", &list(&[pod_on("x", "a1"), pod_on("y", "b2")])),
        ],
        &expect![[r#"
            cluster cluster: 4 nodes 2 pods
            pool-a.json: note[owner-unknown]: cluster cluster comes from dumps alone, so
                its owner and its criticality tier are unknown; name it in a fleet file
                with its owner and tier
        "#]],
    );
}

#[test]
fn a_fleet_file_names_its_dumps() {
    let fleet = r#"{"schemaVersion": "wavetank/v1", "name": "Shop", "clusters": [
        {"name": "eu", "owner": "payments", "dumps": ["dumps/eu"]},
        {"name": "us", "ownr": "web", "dumps": ["dumps/us.json", "dumps/eu/nodes.json"]},
        {"name": "eu"}, {"dumps": []}, {"name": "old", "version": 1.30}]}"#;
    check(
        &[
            ("f/fleet.json", fleet),
            ("f/dumps/eu/nodes.json", &node("n1")),
            ("f/dumps/eu/pods.json", &pod("web-1")),
            ("f/dumps/us.json", &node("n1")),
            ("f/extra.json", &node("x1")),
        ],
        &expect![[r#"
            cluster eu: 1 nodes 1 pods
            cluster us: 1 nodes
            cluster extra: 1 nodes
            f/fleet.json:3:24 (cluster us): warning[unknown-field]: the field "ownr" is
                not known here; use one of name, dumps, provider, region, environment,
                tier, owner, approver, version, controlPlaneMembers, windows
            f/fleet.json:4:9 (cluster eu): error[duplicate-cluster]: another cluster of
                this fleet file has the same name; this one is left out; give each
                cluster a name of its own
            f/fleet.json:4:37 (clusters[3]): error[bad-fleet-cluster]: it has no name;
                correct it; quote versions, such as version: "1.30"; every cluster needs
                a name
            f/fleet.json:4:70 (clusters[4]): error[bad-fleet-cluster]: version is a
                number with a fraction, not text; correct it; quote versions, such as
                version: "1.30"; every cluster needs a name
            f/fleet.json:3 (cluster us): warning[dump-used-twice]: f/dumps/eu/nodes.json
                already belongs to another cluster; name each dump once; the first
                cluster keeps it
            f/extra.json: note[owner-unknown]: cluster extra comes from a dump alone, so
                its owner and its criticality tier are unknown; name it in a fleet file
                with its owner and tier
        "#]],
    );
}

#[test]
fn a_fleet_file_finds_dumps_that_lost_their_folder() {
    let fleet = "schemaVersion: wavetank/v1\nclusters:\n- name: eu\n  dumps: [dumps/eu.json]\n";
    check(
        &[("eu.json", &node("n1")), ("fleet.yaml", fleet)],
        &expect![[r#"
            cluster eu: 1 nodes
        "#]],
    );
}

#[test]
fn repeated_duplicates_are_summed_up() {
    let pods: Vec<String> = (0..30).map(|n| pod(&format!("web-{n}"))).collect();
    let text = list(&pods);
    let loaded = load_texts(&[("c/a.json", &text), ("c/b.json", &text)]);
    assert_eq!(loaded.value.clusters[0].pods.len(), 30);
    let last = loaded.issues.last().map(ToString::to_string);
    assert_eq!(
        last.as_deref(),
        Some("c/b.json: warning[duplicate-object]: and 10 more like this")
    );
}
