//! Which volume ties a pod to a zone or a node.

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

/// Shows the volume of a pod that mounts `claims`.
#[track_caller]
fn check(claims: &[&str], expected: &Expect) {
    let mut pod = pod("x/p", "", "");
    pod.template.claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
    let cluster = ClusterSnapshot {
        nodes: vec![node("n1", "topology.kubernetes.io/zone=a")],
        pods: vec![pod],
        claims: vec![
            claim("shared", "ReadWriteMany", "nfs"),
            claim("disk", "ReadWriteOnce", "pv-a"),
            claim("far", "ReadWriteOncePod", "pv-z"),
            claim("regional", "ReadWriteOnce", "pv-ab"),
            claim("local", "ReadWriteOnce", "pv-local"),
            claim("lost", "ReadWriteOnce", "pv-lost"),
            claim("unbound", "ReadWriteOnce", ""),
        ],
        volumes: vec![
            volume("nfs", &["a"], None),
            volume("pv-a", &["a"], None),
            volume("pv-z", &["z"], None),
            volume("pv-ab", &["a", "b"], None),
            volume("pv-local", &[], Some("n1")),
        ],
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    let text = match cluster.pods[0].volume {
        None => "free".to_owned(),
        Some(volume) => {
            let volume = &cluster.volumes[volume.index()];
            let zones = volume.zones.iter();
            let zones: Vec<_> = zones.map(|zone| &cluster.zones[zone.index()]).collect();
            let node = volume.node.map(|node| &cluster.nodes[node.index()].name);
            format!("{}: zones {zones:?}, node {node:?}", volume.name)
        }
    };
    expected.assert_eq(&format!("{text}\n{issues}"));
}

#[test]
fn a_disk_ties_its_pod_to_its_zone() {
    check(
        &["disk"],
        &expect![[r#"
            disk: zones ["a"], node None
        "#]],
    );
    check(
        &["far"],
        &expect![[r#"
            far: zones ["z"], node None
        "#]],
    );
    check(
        &["regional"],
        &expect![[r#"
            regional: zones ["a", "b"], node None
        "#]],
    );
}

#[test]
fn shared_and_unbound_volumes_tie_nothing() {
    check(
        &["shared", "unbound"],
        &expect![[r#"
        free
    "#]],
    );
}

#[test]
fn the_firmest_volume_counts() {
    check(
        &["regional", "disk", "local"],
        &expect![[r#"
            local: zones [], node Some("n1")
        "#]],
    );
    check(
        &["local", "disk"],
        &expect![[r#"
            local: zones [], node Some("n1")
        "#]],
    );
}

#[test]
fn missing_claims_and_volumes_are_counted() {
    check(
        &["lost", "nowhere"],
        &expect![[r#"
            lost: zones [], node None
            c.json (Cluster c): warning[claim-missing]: mounted claims that are not in the
                input: 1, such as x/nowhere, so their pods count as free to move; add the
                output of `kubectl get persistentvolumeclaims -A -o json`
            c.json (Cluster c): warning[volume-missing]: bound volumes that are not in the
                input: 1, such as pv-lost, so they count as usable in every zone; add the
                output of `kubectl get persistentvolumes -o json`
        "#]],
    );
}
