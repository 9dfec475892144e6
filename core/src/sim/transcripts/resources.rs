//! Resources besides CPU and memory: who gets the GPUs.

use expect_test::expect;

use super::scheduling::{add_pod, check_scheduling, in_place};
use crate::ids::ResourceIdx;
use crate::inventory::{Cluster, Evidence};
use crate::sim::testing::cluster;

const GPU: ResourceIdx = ResourceIdx(0);

/// Nodes with so many GPUs each.
fn with_gpus(gpus: &[u64]) -> Cluster {
    let mut cluster = cluster("eu-1", gpus.len());
    cluster.extended = vec!["nvidia.com/gpu".to_owned()];
    for (node, count) in cluster.nodes.iter_mut().zip(gpus) {
        node.extended = (*count > 0).then_some((GPU, *count)).into_iter().collect();
    }
    cluster
}

/// Adds a pod on `node` that requests so many GPUs at this priority.
fn add_training(cluster: &mut Cluster, name: &str, node: u32, gpus: u64, priority: i32) {
    let workload = add_pod(cluster, name, node, 1, priority);
    cluster.workloads[workload.index()].extended = vec![(GPU, gpus)];
}

// Of the other two nodes, one has no GPU and one has none left, though both have CPUs to spare.
#[test]
fn a_pod_with_a_gpu_waits_for_a_node_that_has_one_free() {
    let mut cluster = with_gpus(&[2, 2, 0]);
    add_training(&mut cluster, "train", 0, 2, 0);
    add_training(&mut cluster, "serve", 1, 1, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
            00:00:00 node 0 is cordoned
            00:00:00 train: 0/3 nodes are available:
                1 node(s) were unschedulable,
                2 Insufficient nvidia.com/gpu
            00:00:08 train is gone
            00:03:30 node 0 is Ready
            00:03:30 train goes to node 0
            00:03:30 node 1 is cordoned
            00:03:30 serve: 0/3 nodes are available:
                1 node(s) were unschedulable,
                2 Insufficient nvidia.com/gpu
            00:03:32 serve is gone
            00:05:53 node 1 is Ready
            00:05:53 serve goes to node 1
            00:05:53 node 2 is cordoned
            00:10:08 node 2 is Ready
        "#]],
    );
}

#[test]
fn a_pod_with_a_gpu_goes_where_enough_are_free() {
    let mut cluster = with_gpus(&[2, 3, 4]);
    add_training(&mut cluster, "train", 0, 2, 0);
    add_training(&mut cluster, "serve", 1, 2, 0);
    add_training(&mut cluster, "batch", 2, 1, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
            00:00:00 node 0 is cordoned
            00:00:00 train goes to node 2
            00:00:08 train is gone
            00:03:30 node 0 is Ready
            00:03:30 node 1 is cordoned
            00:03:30 serve goes to node 0
            00:03:32 serve is gone
            00:05:53 node 1 is Ready
            00:05:53 node 2 is cordoned
            00:05:53 batch goes to node 1
            00:05:53 train goes to node 1
            00:05:54 train is gone
            00:05:54 batch is gone
            00:10:09 node 2 is Ready
        "#]],
    );
}

#[test]
fn a_pod_displaces_others_for_their_gpus() {
    let mut cluster = with_gpus(&[1, 1, 0]);
    add_training(&mut cluster, "serve", 0, 1, 10);
    add_training(&mut cluster, "batch", 1, 1, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
            00:00:00 node 0 is cordoned
            00:00:00 serve: 0/3 nodes are available:
                1 node(s) were unschedulable,
                2 Insufficient nvidia.com/gpu
            00:00:00 batch gives way on node 1 to serve
            00:00:00 batch: 0/3 nodes are available:
                1 node(s) were unschedulable,
                2 Insufficient nvidia.com/gpu
            00:00:00 batch is gone
            00:00:00 serve goes to node 1
            00:00:02 serve is gone
            00:03:23 node 0 is Ready
            00:03:23 batch goes to node 0
            00:03:23 node 1 is cordoned
            00:03:23 serve: 0/3 nodes are available:
                1 node(s) were unschedulable,
                2 Insufficient nvidia.com/gpu
            00:03:23 batch gives way on node 0 to serve
            00:03:23 batch: 0/3 nodes are available:
                1 node(s) were unschedulable,
                2 Insufficient nvidia.com/gpu
            00:03:24 batch is gone
            00:03:24 serve goes to node 0
            00:03:25 serve is gone
            00:05:46 node 1 is Ready
            00:05:46 batch goes to node 1
            00:05:46 node 2 is cordoned
            00:10:01 node 2 is Ready
        "#]],
    );
}

// What is not known is no limit: the plan says that such a node takes what comes.
#[test]
fn a_node_of_unknown_size_takes_a_pod_with_a_gpu() {
    let mut cluster = with_gpus(&[1, 0]);
    cluster.nodes[1].allocatable = Evidence::Unknown;
    add_training(&mut cluster, "serve", 0, 1, 0);
    check_scheduling(
        cluster,
        &in_place(),
        &expect![[r#"
            00:00:00 node 0 is cordoned
            00:00:00 serve goes to node 1
            00:00:02 serve is gone
            00:03:23 node 0 is Ready
            00:03:23 node 1 is cordoned
            00:03:23 serve goes to node 0
            00:03:25 serve is gone
            00:05:46 node 1 is Ready
        "#]],
    );
}
