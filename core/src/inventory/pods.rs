//! Pods: each with its workload, its node and the volumes that tie it down.

use super::{Pod, WorkloadType};
use crate::ids::NodeIdx;
use crate::inventory::issues::IssueLog;
use crate::inventory::looks::NODE_NAME;
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
    for ((object, workload), mounts) in groups.pods.iter().zip(&volumes.of_pod) {
        let node_name = object.node_name.as_deref().filter(|name| !name.is_empty());
        let node = node_name.and_then(|name| table.find(name));
        if let (Some(name), None) = (node_name, node) {
            unknown_node(object, name, log);
        }
        let is_daemon = groups.groups[workload.index()].kind == WorkloadType::DaemonSet;
        pods.push(Pod {
            name: object.name.clone(),
            workload: *workload,
            node,
            phase: object.phase,
            ready: object.ready.unwrap_or(object.phase == PodPhase::Running),
            terminating: object.terminating,
            gated: object.gated && node.is_none(),
            daemon_of: node
                .or_else(|| wanted_node(object, table))
                .filter(|_| is_daemon),
            mounts: *mounts,
            selection: None,
        });
    }
    pods
}

/// The node that a daemon set's controller has written into a pod that is not bound yet.
fn wanted_node(pod: &PodObject, table: &NodeTable<'_>) -> Option<NodeIdx> {
    let terms = pod.template.required_node_affinity.iter().flatten();
    let mut names = terms.filter(|requirement| requirement.key == NODE_NAME);
    let [name] = names.next()?.values.as_slice() else {
        return None;
    };
    table.find(name)
}

fn unknown_node(pod: &PodObject, node: &str, log: &mut IssueLog) {
    log.warn(
        "pod-on-unknown-node",
        &format!("Pod {}/{}", pod.namespace, pod.name),
        format!("it runs on node `{node}`, which is not in the input, so it counts as unplaced"),
        "add the output of `kubectl get nodes -o json` of the same cluster",
    );
}
