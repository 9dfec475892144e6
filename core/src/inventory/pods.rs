//! Pods: each with its workload, its node and the volume that ties it down.

use super::Pod;
use crate::inventory::issues::IssueLog;
use crate::inventory::nodes::NodeTable;
use crate::inventory::volumes::Volumes;
use crate::inventory::workloads::Groups;
use crate::snapshot::{PodObject, PodPhase};

/// Resolves the pods, in the order of their groups' table.
pub(super) fn resolve(
    groups: &Groups<'_>,
    table: &NodeTable<'_>,
    volumes: &Volumes,
    log: &mut IssueLog,
) -> Vec<Pod> {
    let mut pods = Vec::with_capacity(groups.pods.len());
    for ((object, workload), volume) in groups.pods.iter().zip(&volumes.of_pod) {
        let node_name = object.node_name.as_deref().filter(|name| !name.is_empty());
        let node = node_name.and_then(|name| table.find(name));
        if let (Some(name), None) = (node_name, node) {
            unknown_node(object, name, log);
        }
        pods.push(Pod {
            name: object.name.clone(),
            workload: *workload,
            node,
            phase: object.phase,
            ready: object.ready.unwrap_or(object.phase == PodPhase::Running),
            terminating: object.terminating,
            volume: *volume,
        });
    }
    pods
}

fn unknown_node(pod: &PodObject, node: &str, log: &mut IssueLog) {
    log.warn(
        "pod-on-unknown-node",
        &format!("Pod {}/{}", pod.namespace, pod.name),
        format!("it runs on node `{node}`, which is not in the input, so it counts as unplaced"),
        "add the output of `kubectl get nodes -o json` of the same cluster",
    );
}
