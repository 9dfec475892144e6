//! Resolving as a whole: snapshots of a few objects in, the inventory as text out.

mod budgets;
mod evidence;
mod extended;
mod neighbors;
mod placement;
mod scale;
mod volumes;
mod windows;
mod workloads;

use std::fmt::Write as _;

use expect_test::Expect;

use crate::checked::{Checked, Issue};
use crate::inventory::{Cluster, resolve};
use crate::snapshot::{
    ClusterSnapshot, Labels, NodeObject, OwnerReference, PodObject, PodPhase, PodTemplate,
    Snapshot, WorkloadKind, WorkloadObject,
};

/// Columns that an expected text may take.
const COLUMNS: usize = 84;

/// Labels from `key=value` words.
fn labels(text: &str) -> Labels {
    text.split_whitespace()
        .map(|word| word.split_once('=').unwrap_or((word, "")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn node(name: &str, text: &str) -> NodeObject {
    NodeObject {
        name: name.to_owned(),
        labels: labels(text),
        ..NodeObject::default()
    }
}

/// The namespace and the name in `namespace/name`.
fn split(path: &str) -> (String, String) {
    let (namespace, name) = path.split_once('/').expect("a path is namespace/name");
    (namespace.to_owned(), name.to_owned())
}

/// An owner from `Kind/name` or `group/version/Kind/name`; empty text is none.
fn owner(text: &str) -> Option<OwnerReference> {
    let (rest, name) = text.rsplit_once('/')?;
    let (api_version, kind) = rest.rsplit_once('/').unwrap_or(("", rest));
    Some(OwnerReference {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    })
}

/// A running pod on node `n1`.
fn pod(path: &str, owner_text: &str, label_text: &str) -> PodObject {
    let (namespace, name) = split(path);
    PodObject {
        namespace,
        name,
        node_name: Some("n1".to_owned()),
        phase: PodPhase::Running,
        owner: owner(owner_text),
        labels: labels(label_text),
        ..PodObject::default()
    }
}

fn workload(kind: WorkloadKind, path: &str, replicas: Option<u32>, above: &str) -> WorkloadObject {
    let (namespace, name) = split(path);
    WorkloadObject {
        kind,
        namespace,
        name,
        replicas,
        owner: owner(above),
        pod_labels: Labels::new(),
        template: PodTemplate::default(),
        parallel: false,
        min_ready_seconds: 0,
    }
}

/// A cluster `c` with the one node `n1`.
fn one_node() -> ClusterSnapshot {
    ClusterSnapshot {
        name: "c".to_owned(),
        sources: vec!["c.json".to_owned()],
        nodes: vec![node("n1", "")],
        ..ClusterSnapshot::default()
    }
}

/// The one cluster, resolved, with the issues as text.
fn resolve_one(cluster: ClusterSnapshot) -> (Cluster, String) {
    let snapshot = Snapshot {
        name: None,
        clusters: vec![cluster],
    };
    let Checked { mut value, issues } = resolve(&snapshot);
    (value.clusters.remove(0), show_issues(&issues))
}

/// Issues as text, with long lines broken between words.
fn show_issues(issues: &[Issue]) -> String {
    let mut text = String::new();
    for issue in issues {
        let mut width = 0;
        for word in issue.to_string().split_inclusive(' ') {
            width += word.chars().count();
            if width > COLUMNS {
                text.truncate(text.trim_end().len());
                text.push_str("\n    ");
                width = 4 + word.chars().count();
            }
            text.push_str(word);
        }
        text.push('\n');
    }
    text
}

/// Shows a cluster's workloads with their pods, then the issues.
#[track_caller]
fn check_workloads(cluster: ClusterSnapshot, expected: &Expect) {
    let (cluster, issues) = resolve_one(cluster);
    let mut text = String::new();
    for (index, workload) in cluster.workloads.iter().enumerate() {
        let pods = cluster.pods.iter().filter(|p| p.workload.index() == index);
        let pods: Vec<&str> = pods.map(|pod| pod.name.as_str()).collect();
        let (kind, namespace, name) = (workload.kind, &workload.namespace, &workload.name);
        let (wanted, pods) = (workload.replicas, pods.join(" "));
        writeln!(text, "{kind:?} {namespace}/{name} wants {wanted}: {pods}")
            .expect("a string takes any text");
    }
    expected.assert_eq(&(text + &issues));
}
