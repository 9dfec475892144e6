//! Nothing secret reaches what is kept, nor the messages about what is not.

use super::{list, load_texts};

const MARK: &str = "hunter2";

/// Every place in a pod where people put secrets, written as JSON.
fn leaky_pod(extra: &str) -> String {
    format!(
        r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "web", "namespace": "shop",
        "annotations": {{"kubectl.kubernetes.io/last-applied-configuration": "{MARK}",
        "kubernetes.io/config.mirror": "{MARK}"}},
        "managedFields": [{{"manager": "{MARK}"}}]}},
        "spec": {{"nodeName": "n1", {extra} "containers": [{{"name": "{MARK}",
        "image": "user:{MARK}@r.example/web:1?token={MARK}",
        "command": ["{MARK}"], "args": ["--password={MARK}"], "workingDir": "{MARK}",
        "env": [{{"name": "{MARK}", "value": "{MARK}"}}],
        "envFrom": [{{"prefix": "{MARK}"}}],
        "readinessProbe": {{"exec": {{"command": ["{MARK}"]}},
        "httpGet": {{"httpHeaders": [{{"name": "Authorization", "value": "{MARK}"}}]}}}},
        "lifecycle": {{"preStop": {{"exec": {{"command": ["{MARK}"]}}}}}}}}],
        "imagePullSecrets": [{{"name": "{MARK}"}}],
        "volumes": [{{"name": "x", "csi": {{"volumeAttributes": {{"p": "{MARK}"}}}}}}]}},
        "status": {{"message": "{MARK}", "conditions": [{{"type": "Ready", "status": "True",
        "message": "{MARK}"}}]}}}}"#
    )
}

fn secret_objects() -> Vec<String> {
    ["Secret", "ConfigMap", "Event"]
        .iter()
        .map(|kind| {
            format!(
                r#"{{"apiVersion": "v1", "kind": "{kind}", "metadata": {{"name": "s"}},
                "data": {{"{MARK}": "{MARK}"}}, "stringData": {{"x": "{MARK}"}}}}"#
            )
        })
        .collect()
}

/// Loads a file and searches everything that is kept or said for the mark.
#[track_caller]
fn check(path: &str, text: &str) {
    let loaded = load_texts(&[(path, text)]);
    let kept = format!("{:?}", loaded.value);
    let exported = crate::snapshot::to_json(&loaded.value);
    let said = format!("{:?}", loaded.issues);
    for text in [&kept, &exported, &said] {
        assert!(!text.contains(MARK), "the mark is in {text}");
    }
    assert!(
        !loaded.value.clusters.is_empty() || !loaded.issues.is_empty(),
        "something must come of the file"
    );
}

/// Broken spots that make a parser quote what it found.
const BREAKAGES: [(&str, &str); 8] = [
    (
        "\"readinessProbe\": {",
        "\"readinessProbe\": \"hunter2\", \"x\": {",
    ),
    (
        "\"env\": [",
        "\"resources\": {\"requests\": \"hunter2\"}, \"env\": [",
    ),
    ("\"env\": [", "\"image\": \"hunter2\", \"env\": ["),
    ("\"nodeName\": \"n1\"", "\"nodeName\": {\"hunter2\": 1}"),
    (
        "\"annotations\": {",
        "\"annotations\": \"hunter2\", \"x\": {",
    ),
    ("\"value\": \"hunter2\"", "\"value\": \"hunter2\\q\""),
    ("\"value\": \"hunter2\"", "\"value\": hunter2"),
    ("\"args\": [", "\"args\": {"),
];

#[test]
fn no_secret_of_a_json_dump_is_kept() {
    let mut items = secret_objects();
    items.push(leaky_pod(""));
    check("dump.json", &list(&items));
}

#[test]
fn no_secret_is_quoted_when_a_json_object_is_broken() {
    for (from, to) in BREAKAGES {
        let broken = leaky_pod("").replace(from, to);
        assert_ne!(broken, leaky_pod(""), "{from} is in the pod");
        check("dump.json", &list(std::slice::from_ref(&broken)));
        check("dump.json", &broken);
        let cut = broken.rfind(MARK).unwrap_or_default();
        check("dump.json", &broken[..cut + 3]);
    }
}

#[test]
fn no_secret_of_a_yaml_dump_is_kept() {
    // JSON is YAML; a list's items are split at their dashes.
    let mut text = "apiVersion: v1\nkind: List\nitems:\n".to_owned();
    for item in secret_objects().into_iter().chain([leaky_pod("")]) {
        text.push_str("- ");
        text.push_str(&item.replace('\n', " "));
        text.push('\n');
    }
    check("dump.yaml", &text);
}

#[test]
fn no_secret_is_quoted_when_a_yaml_object_is_broken() {
    for (from, to) in BREAKAGES {
        let broken = leaky_pod("").replace(from, to).replace('\n', " ");
        check("dump.yaml", &format!("items:\n- {broken}\nkind: List\n"));
        check("dump.yaml", &format!("---\n{broken}\n"));
    }
    let block = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  nodeName: !!int \
                 hunter2\n  containers:\n  - env:\n    - name: hunter2\n      value: *hunter2\n  \
                 \x20 image: [hunter2]\n";
    check("dump.yaml", block);
    for line in 0..block.lines().count() {
        let mut lines: Vec<&str> = block.lines().collect();
        lines.insert(line, "hunter2: \"hunter2");
        check("dump.yaml", &lines.join("\n"));
    }
}

#[test]
fn logs_are_not_kept() {
    let text = format!(
        "{}==== START logs for container a of pod b/c ====\n{{\"password\": \"{MARK}\"}}\n\
         [{MARK}]==== END logs for container a of pod b/c ====\nCluster info dumped to standard \
         output\n",
        list(&[leaky_pod("")])
    );
    check("dump.json", &text);
    let loaded = load_texts(&[("dump.json", &text)]);
    let rules: Vec<&str> = loaded.issues.iter().map(|issue| &*issue.rule).collect();
    assert_eq!(rules, ["logs-skipped", "owner-unknown"]);
}
