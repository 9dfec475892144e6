//! Tests of loading as a whole: files go in, clusters and issues come out.

mod damage;
mod formats;
mod grouping;
mod limits;
mod malformed;
mod objects;
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
            writeln!(text, "{issue}").expect("writing to a text");
        }
    }
    text
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
    format!(
        "{{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Pod\",\n    \"metadata\": {{\n        \
         \"name\": \"{name}\",\n        \"namespace\": \"shop\"\n    }},\n    \"spec\": {{\n        \
         \"containers\": [\n            {{\n                \"image\": \"r.example/web:1\",\n\
         \"name\": \"web\"\n            }}\n        ],\n        \"nodeName\": \"n1\"\n    }}\n}}"
    )
}

/// A node as kubectl writes it.
fn node(name: &str) -> String {
    format!(
        "{{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Node\",\n    \"metadata\": {{\n        \
         \"name\": \"{name}\"\n    }},\n    \"status\": {{\n        \"nodeInfo\": {{\n            \
         \"kubeletVersion\": \"v1.29.3\"\n        }}\n    }}\n}}"
    )
}

/// A pod disruption budget with this in its specification.
fn budget(name: &str, spec: &str) -> String {
    format!(
        "{{\n    \"apiVersion\": \"policy/v1\",\n    \"kind\": \"PodDisruptionBudget\",\n    \
         \"metadata\": {{\n        \"name\": \"{name}\",\n        \"namespace\": \"pay\"\n    }},\n    \
         \"spec\": {{\n        {spec}\n    }}\n}}"
    )
}
