//! Loads every real dump that is at hand and compares what was found with facts that another
//! program counted.
//!
//! The dumps are not part of the repository; without them the tests say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wavetank_core::checked::{Checked, IssueLevel};
use wavetank_core::snapshot::{ClusterSnapshot, Loader, NodeObject, PodObject, Snapshot};

/// Archives are counted in the facts but not read.
const ARCHIVES: [&str; 3] = ["zip", "gz", "tgz"];

/// The folder of the dumps, beside the repository or where `WAVETANK_SHARED` says.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("WAVETANK_SHARED").map_or(beside, PathBuf::from);
    let dumps = folder.join("snapshots");
    if dumps.is_dir() {
        return Some(dumps);
    }
    skip(&dumps);
    None
}

#[expect(clippy::print_stdout, reason = "a test that does nothing says so")]
fn skip(dumps: &Path) {
    println!("skipped: {} is not there", dumps.display());
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a readable file");
    serde_json::from_str(&text).expect("JSON")
}

/// All files below a folder, in order.
fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn is_archive(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ARCHIVES.contains(&extension))
}

/// Loads a folder in steps, as the page does.
fn load(dumps: &Path, folder: &Path) -> Checked<Snapshot> {
    let mut paths = Vec::new();
    files_below(folder, &mut paths);
    let mut loader = Loader::new();
    for path in paths {
        let name = path.strip_prefix(dumps).expect("a path below the folder");
        let bytes = std::fs::read(&path).expect("a readable file");
        loader.add_file(&name.to_string_lossy(), bytes);
    }
    while !loader.advance(64 << 10).done {}
    loader.finish()
}

/// Every snapshot that is more than an archive, with its facts.
fn cases(dumps: &Path) -> BTreeMap<String, (Value, Checked<Snapshot>)> {
    let facts = read_json(&dumps.join("facts.json"));
    let facts = facts["snapshots"].as_object().expect("facts by snapshot");
    let mut cases = BTreeMap::new();
    for (id, facts) in facts {
        let folder = dumps.join(id);
        let mut paths = Vec::new();
        files_below(&folder, &mut paths);
        if !paths.iter().all(|path| is_archive(path)) {
            cases.insert(id.clone(), (facts.clone(), load(dumps, &folder)));
        }
    }
    assert!(cases.len() >= 15, "most snapshots need no archive");
    cases
}

/// A fact's name, and when it holds of an object.
type Fact<T> = (&'static str, fn(&T) -> bool);

/// A sum over all clusters.
fn sum(snapshot: &Snapshot, count: impl Fn(&ClusterSnapshot) -> usize) -> u64 {
    snapshot.clusters.iter().map(count).sum::<usize>() as u64
}

#[test]
fn node_and_pod_counts_are_those_counted_by_another_program() {
    let Some(dumps) = shared() else {
        return;
    };
    for (id, (facts, loaded)) in cases(&dumps) {
        let found = &loaded.value;
        assert_eq!(
            facts["nodes"],
            sum(found, |c| c.nodes.len()),
            "nodes of {id}"
        );
        assert_eq!(facts["pods"], sum(found, |c| c.pods.len()), "pods of {id}");
        assert!(found.clusters.len() <= 1, "{id} is one cluster");
    }
}

#[test]
fn facts_about_pods_are_those_counted_by_another_program() {
    let Some(dumps) = shared() else {
        return;
    };
    let facts_of_pods: [Fact<PodObject>; 7] = [
        ("mirror_pods", |pod| pod.mirror),
        ("pods_with_emptyDir", |pod| pod.template.has_empty_dir),
        ("pods_with_hostPath", |pod| pod.template.has_host_path),
        ("pods_with_pvc", |pod| !pod.template.claims.is_empty()),
        ("pods_terminating", |pod| pod.terminating),
        ("pods_without_controller", |pod| {
            pod.owner.is_none() && !pod.mirror
        }),
        ("pods_unscheduled", |pod| pod.node_name.is_none()),
    ];
    for (id, (facts, loaded)) in cases(&dumps) {
        for (fact, holds) in facts_of_pods {
            let count = |c: &ClusterSnapshot| c.pods.iter().filter(|pod| holds(pod)).count();
            assert_eq!(facts[fact], sum(&loaded.value, count), "{fact} of {id}");
        }
    }
}

#[test]
fn facts_about_nodes_are_those_counted_by_another_program() {
    let Some(dumps) = shared() else {
        return;
    };
    let facts_of_nodes: [Fact<NodeObject>; 2] = [
        ("nodes_not_ready", |node| node.ready == Some(false)),
        ("nodes_unschedulable", |node| node.unschedulable),
    ];
    for (id, (facts, loaded)) in cases(&dumps) {
        let nodes = || loaded.value.clusters.iter().flat_map(|c| &c.nodes);
        let mut kubelets: BTreeMap<&str, u64> = BTreeMap::new();
        for node in nodes() {
            let version = node.kubelet_version.as_deref().unwrap_or("null");
            *kubelets.entry(version).or_default() += 1;
        }
        let kubelets = serde_json::to_value(&kubelets).expect("JSON");
        assert_eq!(facts["kubelet_versions"], kubelets, "kubelets of {id}");
        for (fact, holds) in facts_of_nodes {
            let found: Vec<&str> = nodes()
                .filter(|node| holds(node))
                .map(|node| node.name.as_str())
                .collect();
            assert_eq!(facts[fact], serde_json::json!(found), "{fact} of {id}");
        }
    }
}

#[test]
fn real_dumps_have_no_errors_but_templates_and_archives() {
    let Some(dumps) = shared() else {
        return;
    };
    for (id, (_, loaded)) in cases(&dumps) {
        let mut unexpected = loaded.issues.iter().filter(|issue| {
            let known = ["unrendered-template", "archive-not-read", "nothing-loaded"];
            issue.level == IssueLevel::Error && !known.contains(&&*issue.rule)
        });
        if id == "sock-shop" {
            // One annotation closes its quote left of where YAML 1.2 allows it; other parsers
            // are lenient, ours is not.
            let first = unexpected.next().map(|issue| issue.rule.as_str());
            assert_eq!(first, Some("invalid-yaml"));
        }
        let next = unexpected.next().map(ToString::to_string);
        assert_eq!(next, None, "{id}");
    }
}
