//! Hostile inputs are refused soon, and cost what their length costs.

use std::fmt::Write;

use super::{load_texts, render};

/// An alias bomb of some 400 bytes, as a pod.
fn laughs() -> String {
    let mut text = "kind: Pod\nmetadata: {name: bomb}\n".to_owned();
    text.push_str("a0: &a0 [l, l, l, l, l, l, l, l, l]\n");
    for level in 1..10 {
        let alias = format!("*a{}", level - 1);
        let aliases = [alias.as_str(); 9].join(", ");
        writeln!(text, "a{level}: &a{level} [{aliases}]").expect("writing to a text");
    }
    text
}

#[test]
fn alias_bombs_are_refused_each() {
    let bombs = vec![laughs(); 3].join("---\n");
    let good = "---\nkind: Pod\nmetadata: {name: good}\n";
    let loaded = load_texts(&[("x.yaml", &format!("{bombs}{good}"))]);
    assert_eq!(loaded.value.clusters[0].pods.len(), 1);
    let refused = loaded
        .issues
        .iter()
        .filter(|issue| issue.rule == "yaml-limit");
    assert_eq!(refused.count(), 3, "{}", render(&loaded));
}

#[test]
fn few_aliases_are_fine() {
    let text = "kind: Deployment\nmetadata:\n  name: a\n  labels: &l {app: web}\nspec:\n  \
                template:\n    metadata:\n      labels: *l\n";
    let loaded = load_texts(&[("x.yaml", text)]);
    let workload = &loaded.value.clusters[0].workloads[0];
    assert_eq!(
        workload.pod_labels.get("app").map(String::as_str),
        Some("web")
    );
}

#[test]
fn depth_is_limited_exactly() {
    let json = |depth: usize| {
        // The document and the annotations are two levels of their own.
        let nested = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        format!("{{\"kind\": \"Pod\", \"metadata\": {{\"name\": \"a\"}}, \"x\": {nested}}}")
    };
    assert_eq!(
        load_texts(&[("x.json", &json(128))]).value.clusters.len(),
        1
    );
    let refused = load_texts(&[("x.json", &json(129))]);
    assert_eq!(refused.issues[0].rule, "nesting-too-deep");
    let yaml = |depth: usize| {
        let nested = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        format!("kind: Pod\nmetadata: {{name: a}}\nx: {nested}\n")
    };
    assert_eq!(load_texts(&[("x.yaml", &yaml(64))]).value.clusters.len(), 1);
    let refused = load_texts(&[("x.yaml", &yaml(65))]);
    assert_eq!(refused.issues[0].rule, "nesting-too-deep");
}

#[test]
fn a_million_brackets_are_one_issue() {
    for open in ["[", "{\"a\":"] {
        let loaded = load_texts(&[("x.json", &open.repeat(1_000_000))]);
        let rules: Vec<&str> = loaded.issues.iter().map(|issue| &*issue.rule).collect();
        assert_eq!(rules, ["nesting-too-deep", "nothing-loaded"]);
    }
}

#[test]
fn a_list_of_nonsense_does_not_fill_memory_with_issues() {
    let text = format!(
        "{{\"kind\": \"List\", \"items\": [{}1]}}",
        "1,".repeat(50_000)
    );
    let loaded = load_texts(&[("x.json", &text)]);
    assert!(loaded.issues.len() < 10_010);
    let last = loaded.issues.last().map(ToString::to_string);
    assert_eq!(
        last.as_deref(),
        Some("x.json: error[not-an-object]: and 40001 more like this")
    );
}

// Were the rest of the file searched again for every line, this would take minutes.
#[test]
fn a_file_of_broken_lines_is_read_in_one_go() {
    let loaded = load_texts(&[("x.json", &"{x\n".repeat(100_000))]);
    assert_eq!(loaded.issues[0].rule, "invalid-json");
}

#[test]
fn a_file_that_would_be_searched_again_and_again_is_given_up() {
    // Each of the open documents reaches to the end of the file.
    let text = format!("{}{}", "{\"a\":[\n".repeat(50), "{},\n".repeat(300_000));
    let loaded = load_texts(&[("x.json", &text)]);
    let rules: Vec<&str> = loaded.issues.iter().map(|issue| &*issue.rule).collect();
    assert_eq!(
        rules
            .iter()
            .filter(|rule| **rule == "file-abandoned")
            .count(),
        1
    );
    assert!(rules.len() < 50);
}
