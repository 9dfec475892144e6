//! Tests of loading as a whole: files go in, clusters and issues come out.

mod damage;
mod formats;
mod grouping;
mod limits;
mod malformed;
mod objects;
mod resources;
mod scheduling;
mod secrets;

use std::fmt::Write;

use crate::checked::Checked;
use crate::snapshot::{Loader, Snapshot};

/// Loads files, given as path and content.
fn load(files: &[(&str, &[u8])]) -> Checked<Snapshot> {
    let mut loader = Loader::new();
    for (path, content) in files {
        loader.add_file(path, content.to_vec());
    }
    loader.finish()
}

/// Loads texts.
fn load_texts(files: &[(&str, &str)]) -> Checked<Snapshot> {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    load(&files)
}

/// One line for each cluster, then one for each issue that is not about an unknown owner.
fn render(loaded: &Checked<Snapshot>) -> String {
    let mut text = String::new();
    for cluster in &loaded.value.clusters {
        let counts = [
            (cluster.nodes.len(), "nodes"),
            (cluster.pods.len(), "pods"),
            (cluster.workloads.len(), "workloads"),
            (cluster.budgets.len(), "budgets"),
            (cluster.claims.len(), "claims"),
            (cluster.volumes.len(), "volumes"),
        ];
        write!(text, "cluster {}:", cluster.name).expect("writing to a text");
        for (count, what) in counts.iter().filter(|(count, _)| *count > 0) {
            write!(text, " {count} {what}").expect("writing to a text");
        }
        for (kind, count) in &cluster.unused_kinds {
            write!(text, " ({count} {kind})").expect("writing to a text");
        }
        text.push('\n');
    }
    for issue in &loaded.issues {
        if issue.rule != "owner-unknown" {
            text.push_str(&wrap(&issue.to_string()));
        }
    }
    text
}

/// A line broken between words so that it fits into a test.
fn wrap(line: &str) -> String {
    let mut wrapped = String::new();
    let mut width = 0;
    for word in line.split(' ') {
        if width + word.len() > 76 {
            wrapped.push_str("\n   ");
            width = 3;
        }
        if width > 0 {
            wrapped.push(' ');
        }
        wrapped.push_str(word);
        width += word.len() + 1;
    }
    wrapped.push('\n');
    wrapped
}

/// A list of kubectl's, over several lines, of these items.
fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| indent(item)).collect();
    format!(
        "{{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n{}\n    ],\n    \"kind\": \
         \"List\",\n    \"metadata\": {{\n        \"resourceVersion\": \"\"\n    }}\n}}\n",
        items.join(",\n")
    )
}

fn indent(item: &str) -> String {
    let lines: Vec<String> = item.lines().map(|line| format!("        {line}")).collect();
    lines.join("\n")
}

/// A pod as kubectl writes it.
fn pod(name: &str) -> String {
    const POD: &str = r#"{
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "NAME",
        "namespace": "shop"
    },
    "spec": {
        "containers": [
            {
                "image": "r.example/web:1",
                "name": "web"
            }
        ],
        "nodeName": "n1"
    }
}"#;
    POD.replace("NAME", name)
}

/// A node as kubectl writes it.
fn node(name: &str) -> String {
    const NODE: &str = r#"{
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {
        "name": "NAME"
    },
    "status": {
        "nodeInfo": {
            "kubeletVersion": "v1.29.3"
        }
    }
}"#;
    NODE.replace("NAME", name)
}

/// A pod disruption budget with this in its specification.
fn budget(name: &str, spec: &str) -> String {
    const BUDGET: &str = r#"{
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {
        "name": "NAME",
        "namespace": "pay"
    },
    "spec": {
        SPEC
    }
}"#;
    BUDGET.replace("NAME", name).replace("SPEC", spec)
}
