//! Loads every real dump that is at hand, compares what was found with facts that another program
//! counted, and rehearses those that have nodes and pods.
//!
//! The dumps are not part of the repository. Each is a test of its own, and one that is not there
//! is skipped and counted as skipped, which the usual harness cannot do; so this is a program that
//! closes with the usual line.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;
use wavetank_core::checked::{Checked, IssueLevel};
use wavetank_core::scenario::FleetSource;
use wavetank_core::snapshot::{ClusterSnapshot, Loader, NodeObject, PodObject, Snapshot};
use wavetank_core::trial::{RunSettings, Trial};

/// Archives are counted in the facts but not read.
const ARCHIVES: [&str; 3] = ["zip", "gz", "tgz"];

/// Events handled between two looks at the progress.
const SLICE_EVENTS: u32 = 100_000;

/// Where any dump is, so many can be read: fewer mean that something is wrong with the folder.
const DUMPS_MIN: u32 = 15;

/// How one dump fared.
enum Outcome {
    Passed(String),
    Failed(String),
    Skipped(String),
}

#[expect(clippy::print_stdout, reason = "this is the harness")]
fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| {
        let mut words = wanted
            .iter()
            .filter(|word| !word.starts_with('-'))
            .peekable();
        words.peek().is_none() || words.any(|word| name.contains(word.as_str()))
    };
    let (mut passed, mut failed, mut skipped, mut left_out) = (0, 0, 0, 0);
    println!();
    for (id, facts) in dumps_with_facts() {
        let name = format!("dump_{id}");
        if !is_wanted(&name) {
            left_out += 1;
            continue;
        }
        match outcome(&id, &facts) {
            Outcome::Passed(what) => {
                println!("test {name} ... ok: {what}");
                passed += 1;
            }
            Outcome::Failed(why) => {
                println!("test {name} ... FAILED: {why}");
                failed += 1;
            }
            Outcome::Skipped(why) => {
                println!("test {name} ... ignored: {why}");
                skipped += 1;
            }
        }
    }
    if wanted.is_empty() && (1..DUMPS_MIN).contains(&passed) {
        println!("only {passed} dumps could be read, of {DUMPS_MIN} at least");
        failed += 1;
    }
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {result}. {passed} passed; {failed} failed; {skipped} ignored; \
         0 measured; {left_out} filtered out\n"
    );
    ExitCode::from(u8::from(failed > 0))
}

/// The folder of the dumps, beside the repository or where `WAVETANK_SHARED` says.
fn shared() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("WAVETANK_SHARED").map_or(beside, PathBuf::from);
    folder.join("snapshots")
}

/// The dumps that there are facts of; where there are no facts, one that stands for all.
fn dumps_with_facts() -> BTreeMap<String, Value> {
    let facts = shared().join("facts.json");
    if !facts.is_file() {
        return [("of_every_kind".to_owned(), Value::Null)].into();
    }
    let facts = read_json(&facts);
    let facts = facts["snapshots"].as_object().expect("facts by snapshot");
    facts
        .iter()
        .map(|(id, facts)| (id.clone(), facts.clone()))
        .collect()
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a readable file");
    serde_json::from_str(&text).expect("JSON")
}

/// Loads, checks and rehearses one dump.
fn outcome(id: &str, facts: &Value) -> Outcome {
    let dumps = shared();
    let folder = dumps.join(id);
    if !folder.is_dir() {
        return Outcome::Skipped(format!("{} is not there", folder.display()));
    }
    let mut paths = Vec::new();
    files_below(&folder, &mut paths);
    if paths.iter().all(|path| is_archive(path)) {
        return Outcome::Skipped("it is an archive".to_owned());
    }
    let loaded = load(&dumps, &folder);
    let checked = check_counts(facts, &loaded.value)
        .and_then(|()| check_pods(facts, &loaded.value))
        .and_then(|()| check_nodes(facts, &loaded.value))
        .and_then(|()| check_issues(id, &loaded))
        .and_then(|()| rehearse(id, loaded));
    match checked {
        Ok(what) => Outcome::Passed(what),
        Err(why) => Outcome::Failed(why),
    }
}

fn equal<T: PartialEq<U> + Debug, U: Debug>(what: &str, fact: &T, found: &U) -> Result<(), String> {
    if fact == found {
        return Ok(());
    }
    Err(format!("{what}: the facts say {fact:?}, found {found:?}"))
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

/// A fact's name, and when it holds of an object.
type Fact<T> = (&'static str, fn(&T) -> bool);

/// A sum over all clusters.
fn sum(snapshot: &Snapshot, count: impl Fn(&ClusterSnapshot) -> usize) -> u64 {
    snapshot.clusters.iter().map(count).sum::<usize>() as u64
}

/// Nodes and pods are as many as another program counted.
fn check_counts(facts: &Value, found: &Snapshot) -> Result<(), String> {
    equal("nodes", &facts["nodes"], &sum(found, |c| c.nodes.len()))?;
    equal("pods", &facts["pods"], &sum(found, |c| c.pods.len()))?;
    if found.clusters.len() > 1 {
        return Err("it is one cluster".to_owned());
    }
    Ok(())
}

fn check_pods(facts: &Value, found: &Snapshot) -> Result<(), String> {
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
    for (fact, holds) in facts_of_pods {
        let count = |c: &ClusterSnapshot| c.pods.iter().filter(|pod| holds(pod)).count();
        equal(fact, &facts[fact], &sum(found, count))?;
    }
    Ok(())
}

fn check_nodes(facts: &Value, found: &Snapshot) -> Result<(), String> {
    let facts_of_nodes: [Fact<NodeObject>; 2] = [
        ("nodes_not_ready", |node| node.ready == Some(false)),
        ("nodes_unschedulable", |node| node.unschedulable),
    ];
    let nodes = || found.clusters.iter().flat_map(|c| &c.nodes);
    let mut kubelets: BTreeMap<&str, u64> = BTreeMap::new();
    for node in nodes() {
        let version = node.kubelet_version.as_deref().unwrap_or("null");
        *kubelets.entry(version).or_default() += 1;
    }
    let kubelets = serde_json::to_value(&kubelets).expect("JSON");
    equal("kubelets", &facts["kubelet_versions"], &kubelets)?;
    for (fact, holds) in facts_of_nodes {
        let found: Vec<&str> = nodes()
            .filter(|node| holds(node))
            .map(|node| node.name.as_str())
            .collect();
        equal(fact, &facts[fact], &serde_json::json!(found))?;
    }
    Ok(())
}

/// Real dumps have no errors but templates and archives.
fn check_issues(id: &str, loaded: &Checked<Snapshot>) -> Result<(), String> {
    let mut unexpected = loaded.issues.iter().filter(|issue| {
        let known = ["unrendered-template", "archive-not-read", "nothing-loaded"];
        issue.level == IssueLevel::Error && !known.contains(&&*issue.rule)
    });
    if id == "sock-shop" {
        // One annotation closes its quote left of where YAML 1.2 allows it; other parsers
        // are lenient, ours is not.
        let first = unexpected.next().map(|issue| issue.rule.as_str());
        equal("the issue of its YAML", &Some("invalid-yaml"), &first)?;
    }
    let next = unexpected.next().map(ToString::to_string);
    equal("errors", &None::<String>, &next)
}

/// Rehearses the default plan on a dump that has nodes and pods, and says what came of it.
fn rehearse(id: &str, loaded: Checked<Snapshot>) -> Result<String, String> {
    let snapshot = loaded.value;
    let (n_nodes, n_pods) = (
        sum(&snapshot, |c| c.nodes.len()),
        sum(&snapshot, |c| c.pods.len()),
    );
    let counts = format!("{n_nodes} nodes, {n_pods} pods");
    if n_nodes == 0 || n_pods == 0 {
        return Ok(format!("{counts}: loaded"));
    }
    let source = FleetSource::Paths(vec![id.to_owned()]);
    let mut trial = Trial::new(source, &snapshot, id, loaded.issues);
    if let Err(error) = trial.start(RunSettings::default()) {
        return Err(format!("{counts}: no plan: {error}"));
    }
    while !trial
        .advance(SLICE_EVENTS)
        .is_none_or(|progress| progress.done)
    {}
    let run = trial.run().ok_or("the rehearsal ended without a report")?;
    let n_judged = run.planned_clusters as usize + run.held_back.len();
    equal("clusters", &snapshot.clusters.len(), &n_judged)?;
    let (headline, n_events) = (&run.verdict.headline, run.n_events);
    Ok(format!("{counts}, {n_events} events: {headline}"))
}
