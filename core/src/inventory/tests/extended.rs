//! What is kept of resources besides CPU and memory.

use std::collections::BTreeMap;

use crate::ids::ResourceIdx;
use crate::inventory::tests::{node, one_node, pod, resolve_one};
use crate::snapshot::{ClusterSnapshot, NodeObject, PodObject, PodTemplate};

fn amounts(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
    let owned = of
        .iter()
        .map(|(name, amount)| ((*name).to_owned(), *amount));
    owned.collect()
}

/// A pod of a workload of its own that requests this.
fn asking(path: &str, of: &[(&str, u64)]) -> PodObject {
    PodObject {
        template: PodTemplate {
            extended_requests: amounts(of),
            ..PodTemplate::default()
        },
        ..pod(path, "", "")
    }
}

fn offering(name: &str, of: &[(&str, u64)]) -> NodeObject {
    NodeObject {
        allocatable_extended: amounts(of),
        ..node(name, "")
    }
}

#[test]
fn only_what_some_workload_requests_is_kept() {
    let (gpu, disk) = ("nvidia.com/gpu", "ephemeral-storage");
    let cluster = ClusterSnapshot {
        nodes: vec![
            offering("n1", &[(gpu, 4), (disk, 100), ("hugepages-2Mi", 1)]),
            offering("n2", &[(disk, 100)]),
        ],
        pods: vec![
            asking("x/train", &[(gpu, 2), (disk, 10)]),
            asking("x/web", &[("hugepages-1Gi", 0)]),
        ],
        ..one_node()
    };
    let (cluster, _) = resolve_one(cluster);
    let (disk_idx, gpu_idx) = (ResourceIdx(0), ResourceIdx(1));
    assert_eq!(cluster.extended, [disk, gpu]);
    assert_eq!(cluster.nodes[0].extended, [(disk_idx, 100), (gpu_idx, 4)]);
    assert_eq!(cluster.nodes[1].extended, [(disk_idx, 100)]);
    assert_eq!(
        cluster.workloads[0].extended,
        [(disk_idx, 10), (gpu_idx, 2)]
    );
    assert_eq!(cluster.workloads[1].extended, []);
}
