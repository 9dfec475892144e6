//! Planning as a whole: fleets as text in, plans as text out.
//!
//! A fleet is one cluster a line: name, tier, provider, API server version and pools, each as
//! `name:kubelet` with an optional `xN` for its nodes. The pool `cp` is the control plane's own;
//! `?` stands for what is not known.

mod hops;
mod properties;
mod settings;
mod waves;

use crate::inventory::{self, Inventory};
use crate::plan::{HeldBack, PlanSettings};
use crate::snapshot::{ClusterFacts, ClusterSnapshot, NodeObject, Snapshot};

/// Columns that an expected text may take.
const COLUMNS: usize = 84;

/// The fleet that `text` describes.
fn fleet(text: &str) -> Inventory {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let snapshot = Snapshot {
        name: Some("test".to_owned()),
        clusters: lines.map(cluster).collect(),
    };
    inventory::resolve(&snapshot).value
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
            ..NodeObject::default()
        })
        .collect()
}

fn to(target: &str) -> PlanSettings {
    PlanSettings {
        target: Some(target.parse().expect("a version")),
        ..PlanSettings::default()
    }
}

/// Why a cluster is held back, as text.
fn held_back(reason: &HeldBack) -> String {
    match reason {
        HeldBack::AtTarget => "is at the target".to_owned(),
        HeldBack::AheadOfTarget(version) => format!("is ahead, at {version}"),
        HeldBack::VersionUnknown => "has no known version".to_owned(),
        HeldBack::NoNodes => "has no nodes".to_owned(),
        HeldBack::SkewAlreadyBroken {
            kubelet,
            api_server,
        } => format!("has a kubelet at {kubelet} under {api_server}"),
    }
}

/// Breaks lines that are longer than [`COLUMNS`].
fn wrap(text: &str) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        let mut width = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if width > 0 && width + length >= COLUMNS {
                wrapped.push_str("\n   ");
                width = 3;
            }
            if width > 0 {
                wrapped.push(' ');
            }
            wrapped.push_str(word);
            width += length + 1;
        }
        wrapped.push('\n');
    }
    wrapped
}
