//! Which volumes tie a pod to a zone or a node.

use expect_test::{Expect, expect};

use crate::inventory::tests::{node, one_node, pod, resolve_one};
use crate::snapshot::{ClaimObject, ClusterSnapshot, VolumeObject};

fn claim(name: &str, mode: &str, volume: &str) -> ClaimObject {
    ClaimObject {
        namespace: "x".to_owned(),
        name: name.to_owned(),
        volume_name: Some(volume.to_owned()),
        access_modes: vec![mode.to_owned()],
        ..ClaimObject::default()
    }
}

fn volume(name: &str, zones: &[&str], node: Option<&str>) -> VolumeObject {
    VolumeObject {
        name: name.to_owned(),
        zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
        node_name: node.map(str::to_owned),
        ..VolumeObject::default()
    }
}

/// Shows the volumes of a pod that mounts `claims`.
#[track_caller]
fn check(claims: &[&str], expected: &Expect) {
    let mut pod = pod("x/p", "", "");
    pod.template.claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
    let cluster = ClusterSnapshot {
        nodes: vec![node("n1", "topology.kubernetes.io/zone=a")],
        pods: vec![pod],
        claims: vec![
            claim("anywhere", "ReadWriteMany", "nfs"),
            claim("shared", "ReadWriteMany", "share-a"),
            claim("disk", "ReadWriteOnce", "pv-a"),
            claim("far", "ReadWriteOncePod", "pv-z"),
            claim("regional", "ReadWriteOnce", "pv-ab"),
            claim("local", "ReadWriteOnce", "pv-local"),
            claim("lost", "ReadWriteOnce", "pv-lost"),
            claim("unbound", "ReadWriteOnce", ""),
        ],
        volumes: vec![
            volume("nfs", &[], None),
            volume("share-a", &["a"], None),
            volume("pv-a", &["a"], None),
            volume("pv-z", &["z"], None),
            volume("pv-ab", &["a", "b"], None),
            volume("pv-local", &[], Some("n1")),
        ],
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    let mounted = cluster.pods[0].mounts.of(&cluster.mounted).iter();
    let text: String = mounted
        .map(|volume| {
            let volume = &cluster.volumes[volume.index()];
            let zones = volume.zones.iter();
            let zones: Vec<_> = zones.map(|zone| &cluster.zones[zone.index()]).collect();
            let node = volume.node.map(|node| &cluster.nodes[node.index()].name);
            let (name, sharing) = (&volume.name, volume.sharing);
            format!("{name}: {sharing:?}, zones {zones:?}, node {node:?}\n")
        })
        .collect();
    let text = if cluster.pods[0].mounts.is_empty() {
        "free\n".to_owned()
    } else {
        text
    };
    expected.assert_eq(&format!("{text}{issues}"));
}

#[test]
fn a_disk_ties_its_pod_to_its_zone() {
    check(
        &["disk"],
        &expect![[r#"
            disk: OneNode, zones ["a"], node None
        "#]],
    );
    check(
        &["far"],
        &expect![[r#"
            far: OneNode, zones ["z"], node None
        "#]],
    );
    check(
        &["regional"],
        &expect![[r#"
            regional: OneNode, zones ["a", "b"], node None
        "#]],
    );
}

#[test]
fn unbound_volumes_and_shared_ones_of_every_zone_tie_nothing() {
    check(
        &["anywhere", "unbound"],
        &expect![[r#"
        free
    "#]],
    );
}

#[test]
fn a_shared_volume_of_one_zone_ties_its_pods_to_it() {
    check(
        &["shared"],
        &expect![[r#"
        shared: ManyNodes, zones ["a"], node None
    "#]],
    );
}

#[test]
fn every_volume_of_a_pod_counts() {
    check(
        &["regional", "disk", "local"],
        &expect![[r#"
            regional: OneNode, zones ["a", "b"], node None
            disk: OneNode, zones ["a"], node None
            local: OneNode, zones [], node Some("n1")
        "#]],
    );
    check(
        &["local", "disk", "local"],
        &expect![[r#"
            local: OneNode, zones [], node Some("n1")
            disk: OneNode, zones ["a"], node None
        "#]],
    );
}

#[test]
fn missing_claims_and_volumes_are_counted() {
    check(
        &["lost", "nowhere"],
        &expect![[r#"
            lost: OneNode, zones [], node None
            c.json (Cluster c): warning[claim-missing]: mounted claims that are not in the
                input: 1, such as x/nowhere, so their pods count as free to move; add the
                output of `kubectl get persistentvolumeclaims -A -o json`
            c.json (Cluster c): warning[volume-missing]: bound volumes that are not in the
                input: 1, such as pv-lost, so they count as usable in every zone; add the
                output of `kubectl get persistentvolumes -o json`
        "#]],
    );
}
