//! What the page is held against: the core and the command line of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use wavetank_core::snapshot::Loader;
use xtask::workspace;

/// What `wavetank simulate --digest` prints for a scenario.
pub(crate) fn digest_by_command_line(scenario: &str) -> Result<String> {
    let file = temporary("exported.scenario.json", scenario)?;
    let program = workspace::target_dir()?.join("debug/wavetank");
    let mut command = Command::new(&program);
    let output = command
        .args(["simulate", "--digest"])
        .arg(&file)
        .output()
        .with_context(|| format!("{} is not built", program.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "simulate: {}: {errors}",
        output.status
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A file for the length of a test program.
pub(crate) fn temporary(name: &str, text: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder)?;
    let file = folder.join(name);
    fs::write(&file, text)?;
    Ok(file)
}

/// A real dump of the shared collection, unless this machine has none.
pub(crate) fn shared_dump(name: &str) -> Option<PathBuf> {
    let beside = workspace::root().parent()?.join("shared");
    let shared = env::var_os("WAVETANK_SHARED").map_or(beside, PathBuf::from);
    let dump = shared.join("snapshots").join(name);
    if !dump.is_file() {
        eprintln!("skipped: there is no {name} beside the repository");
        return None;
    }
    Some(dump)
}

/// Nodes and pods of a dump, as the core reads it natively.
pub(crate) fn counts_of(dump: &Path) -> Result<(usize, usize)> {
    let mut loader = Loader::new();
    loader.add_file(&dump.display().to_string(), fs::read(dump)?);
    while !loader.advance(1 << 20).done {}
    let clusters = loader.finish().value.clusters;
    let n_nodes = clusters.iter().map(|cluster| cluster.nodes.len()).sum();
    let n_pods = clusters.iter().map(|cluster| cluster.pods.len()).sum();
    Ok((n_nodes, n_pods))
}

/// A dump as kubectl writes it: so many nodes, so many pods on them, padded as real ones are.
pub(crate) fn dump(n_nodes: usize, n_pods: usize, padding: usize) -> String {
    let padding = "x".repeat(padding);
    let node = |index: usize| {
        format!(
            r#"{{"apiVersion":"v1","kind":"Node","metadata":{{"name":"node-{index}"}},"status":{{
            "nodeInfo":{{"kubeletVersion":"v1.32.1"}},
            "allocatable":{{"cpu":"8","memory":"32Gi","pods":"110"}},
            "conditions":[{{"type":"Ready","status":"True"}}]}}}}"#
        )
    };
    let pod = |index: usize| {
        let on = index % n_nodes.max(1);
        format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"pod-{index}",
            "namespace":"shop","annotations":{{"note":"{padding}"}}}},
            "spec":{{"nodeName":"node-{on}","containers":[{{"name":"main",
            "image":"r.example/app:1"}}]}},
            "status":{{"phase":"Running","conditions":[{{"type":"Ready","status":"True"}}]}}}}"#
        )
    };
    let nodes = (0..n_nodes).map(node);
    let items: Vec<String> = nodes.chain((0..n_pods).map(pod)).collect();
    format!(
        r#"{{"apiVersion":"v1","kind":"List","items":[{}]}}"#,
        items.join(",")
    )
}
