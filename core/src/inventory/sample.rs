//! Small fleets for the tests of every stage behind this one.
//!
//! A line of text is a cluster: name, tier, provider, API server version and pools, each as
//! `name:kubelet` with an optional `xN` for its nodes. The pool `cp` is the control plane's own;
//! `?` stands for what is not known.

use super::{Inventory, resolve};
use crate::checked::Checked;
use crate::snapshot::{
    ClusterFacts, ClusterSnapshot, NodeObject, OwnerReference, PodObject, PodPhase, Snapshot,
    WindowSpec,
};

/// The fleet that `text` describes, one cluster a line.
pub(crate) fn fleet(text: &str) -> Inventory {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let snapshot = Snapshot {
        name: Some("test".to_owned()),
        clusters: lines.map(cluster).collect(),
    };
    resolve(&snapshot).value
}

fn cluster(line: &str) -> ClusterSnapshot {
    let known = |word: &str| (word != "?").then(|| word.to_owned());
    let mut words = line.split_whitespace();
    let mut next = || words.next().expect("four words before the pools");
    let (name, tier, provider, version) = (next(), next(), next(), next());
    ClusterSnapshot {
        name: name.to_owned(),
        facts: ClusterFacts {
            tier: known(tier),
            provider: known(provider),
            ..ClusterFacts::default()
        },
        server_version: known(version),
        nodes: words.flat_map(pool).collect(),
        ..ClusterSnapshot::default()
    }
}

fn pool(word: &str) -> Vec<NodeObject> {
    let (name, rest) = word.split_once(':').expect("a pool is name:kubelet");
    let (kubelet, count) = rest.split_once('x').unwrap_or((rest, "1"));
    let label = match name {
        "cp" => "node-role.kubernetes.io/control-plane",
        _ => "agentpool",
    };
    let count: u32 = count.parse().expect("a number of nodes");
    (0..count)
        .map(|index| NodeObject {
            name: format!("{word}-{index}"),
            labels: [(label.to_owned(), name.to_owned())].into(),
            kubelet_version: (kubelet != "?").then(|| format!("v{kubelet}")),
            allocatable_cpu_millis: Some(4_000),
            allocatable_memory_bytes: Some(16 << 30),
            allocatable_pods: Some(110),
            ready: Some(true),
            ..NodeObject::default()
        })
        .collect()
}

/// A cluster of which only the pods of a stateful set were dumped.
pub(crate) fn pods_alone() -> Checked<Inventory> {
    one(ClusterSnapshot {
        name: "c".to_owned(),
        pods: vec![pod("db-0"), pod("db-1")],
        ..ClusterSnapshot::default()
    })
}

/// A cluster that its owners describe and whose nodes tell everything.
pub(crate) fn described() -> Checked<Inventory> {
    one(ClusterSnapshot {
        name: "c".to_owned(),
        facts: facts(),
        nodes: vec![node("a"), node("b")],
        pods: vec![pod("db-0")],
        ..ClusterSnapshot::default()
    })
}

fn one(cluster: ClusterSnapshot) -> Checked<Inventory> {
    resolve(&Snapshot {
        name: None,
        clusters: vec![cluster],
    })
}

fn node(name: &str) -> NodeObject {
    NodeObject {
        name: name.to_owned(),
        kubelet_version: Some("v1.30.2".to_owned()),
        allocatable_cpu_millis: Some(4_000),
        allocatable_memory_bytes: Some(1 << 30),
        allocatable_pods: Some(110),
        ready: Some(true),
        ..NodeObject::default()
    }
}

fn pod(name: &str) -> PodObject {
    PodObject {
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        node_name: Some("a".to_owned()),
        phase: PodPhase::Running,
        owner: Some(OwnerReference {
            api_version: "apps/v1".to_owned(),
            kind: "StatefulSet".to_owned(),
            name: "db".to_owned(),
        }),
        ..PodObject::default()
    }
}

fn facts() -> ClusterFacts {
    let text = |text: &str| Some(text.to_owned());
    ClusterFacts {
        provider: text("gke"),
        tier: text("high"),
        owner: text("payments"),
        windows: vec![WindowSpec {
            days: vec!["sat".to_owned(), "sun".to_owned()],
            start: "22:00".to_owned(),
            duration: "4h".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
        }],
        ..ClusterFacts::default()
    }
}
