//! Pods with several volumes: where they may go, and what they wait for.

use expect_test::{Expect, expect};

use super::scheduling::{add_pod, check_scheduling, in_place};
use crate::ids::{PodIdx, VolumeIdx, ZoneIdx};
use crate::inventory::{Cluster, Mounts, Sharing, Volume};
use crate::sim::testing::{cluster, fleet, rehearse};
use crate::sim::trace::EventKind;
use crate::units::SimDuration;

/// Adds a volume of this zone, or of every zone.
fn add_volume(cluster: &mut Cluster, sharing: Sharing, zone: Option<u32>) -> VolumeIdx {
    let volume = VolumeIdx::new(cluster.volumes.len());
    cluster.volumes.push(Volume {
        name: format!("data-{}", volume.0),
        sharing,
        zones: zone.map(ZoneIdx).into_iter().collect(),
        node: None,
    });
    volume
}

/// Lets the pod that was added last mount these.
fn mount(cluster: &mut Cluster, volumes: &[VolumeIdx]) {
    let mounts = Mounts::add(&mut cluster.mounted, volumes.iter().copied());
    cluster.pods.last_mut().expect("one was just added").mounts = mounts;
}

// The last pod has volumes in two zones: no node is in both.
#[test]
fn every_volume_of_a_pod_has_to_be_usable_on_its_node() {
    let mut cluster = cluster("eu-1", 3);
    let near = add_volume(&mut cluster, Sharing::OneNode, Some(0));
    let anywhere = add_volume(&mut cluster, Sharing::OneNode, None);
    let far = add_volume(&mut cluster, Sharing::ManyNodes, Some(2));
    add_pod(&mut cluster, "free", 0, 1, 0);
    mount(&mut cluster, &[anywhere]);
    add_pod(&mut cluster, "db", 0, 1, 0);
    mount(&mut cluster, &[anywhere, near]);
    add_pod(&mut cluster, "torn", 0, 1, 0);
    mount(&mut cluster, &[near, far]);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 free goes to node 1
        00:00:00 db: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) had volume node affinity conflict
        00:00:00 torn: 0/3 nodes are available:
            1 node(s) were unschedulable,
            2 node(s) had volume node affinity conflict
        00:00:01 db is gone
        00:00:01 free is gone
        00:00:02 torn is gone
        00:03:23 node 0 is Ready
        00:03:23 db goes to node 0
        00:03:23 node 1 is cordoned
        00:03:23 free goes to node 2
        00:03:24 free is gone
        00:05:45 node 1 is Ready
        00:05:45 node 2 is cordoned
        00:05:45 free goes to node 1
        00:05:46 free is gone
        00:10:01 node 2 is Ready
        00:25:01 torn: 0/3 nodes are available:
            3 node(s) had volume node affinity conflict
    "#]],
    );
}

/// Shows when pods of a drained node begin to wait for volumes, get ready and are gone.
#[track_caller]
fn check_moves(cluster: Cluster, expected: &Expect) {
    let inventory = fleet(vec![cluster]);
    let trace = rehearse(&inventory, &in_place(), &[], 1);
    let told = trace.events.iter().filter_map(|event| {
        let pod = |pod: PodIdx| {
            let workload = trace.clusters[0].pods[pod.index()].workload;
            &inventory.clusters[0].workloads[workload.index()].name
        };
        let text = match event.kind {
            EventKind::VolumeMoving { pod: waits, volume } => {
                format!("{} waits for volume {}", pod(waits), volume.0)
            }
            EventKind::PodReady { pod: ready } => format!("{} is ready", pod(ready)),
            EventKind::PodGone { pod: gone } => format!("{} is gone", pod(gone)),
            EventKind::NodeCordoned { node } => format!("node {} is cordoned", node.0),
            _ => return None,
        };
        Some(format!("{} {text}\n", event.at))
    });
    expected.assert_eq(&told.collect::<String>());
}

// The backup takes longer to stop, and has one of the two volumes meanwhile.
#[test]
fn a_pod_waits_until_the_last_of_its_volumes_is_free() {
    let mut cluster = cluster("eu-1", 2);
    let own = add_volume(&mut cluster, Sharing::OneNode, None);
    let both = add_volume(&mut cluster, Sharing::OneNode, None);
    let everyone = add_volume(&mut cluster, Sharing::ManyNodes, None);
    add_pod(&mut cluster, "db", 0, 1, 0);
    mount(&mut cluster, &[own, both, everyone]);
    let backup = add_pod(&mut cluster, "backup", 0, 3, 0);
    mount(&mut cluster, &[both, everyone]);
    let backup = &mut cluster.workloads[backup.index()];
    (backup.has_pre_stop, backup.grace) = (true, SimDuration::from_mins(5));
    check_moves(
        cluster,
        &expect![[r#"
        00:00:00 node 0 is cordoned
        00:00:00 db waits for volume 0
        00:00:00 db waits for volume 1
        00:00:00 backup waits for volume 1
        00:00:01 db is gone
        00:00:12 backup is gone
        00:00:54 db is ready
        00:01:05 backup is ready
        00:03:34 node 1 is cordoned
        00:03:34 db waits for volume 0
        00:03:34 db waits for volume 1
        00:03:34 backup waits for volume 1
        00:03:44 backup is gone
        00:03:45 db is gone
        00:04:06 db is ready
        00:04:08 backup is ready
    "#]],
    );
}
