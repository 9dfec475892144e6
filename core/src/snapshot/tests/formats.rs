//! The shapes that dumps come in.

use expect_test::{Expect, expect};

use super::{list, load_texts, node, pod, render};
use crate::snapshot::{Loader, to_json};

#[track_caller]
fn check(path: &str, text: &str, expected: &Expect) {
    expected.assert_eq(&render(&load_texts(&[(path, text)])));
}

#[test]
fn a_list_says_the_kind_of_its_items_before_or_behind_them() {
    let items = r#""items": [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]"#;
    let before = format!(r#"{{"kind": "PodList", "apiVersion": "v1", {items}}}"#);
    let behind = format!(r#"{{{items}, "apiVersion": "apps/v1", "kind": "DaemonSetList"}}"#);
    check(
        "x.json",
        &before,
        &expect![[r#"
        cluster x: 2 pods
    "#]],
    );
    check(
        "x.json",
        &behind,
        &expect![[r#"
        cluster x: 2 workloads
    "#]],
    );
}

#[test]
fn a_bare_array_takes_its_kind_from_the_file_name() {
    let array = r#"[{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]"#;
    check(
        "c/core_v1_pods.json",
        array,
        &expect![[r#"
            cluster c: 2 pods
        "#]],
    );
    check(
        "c/nodes.json",
        array,
        &expect![[r#"
        cluster c: 2 nodes
    "#]],
    );
    check(
        "c/x.json",
        array,
        &expect![[r#"
            c/x.json:1:2 ([0]): error[missing-kind]: neither this object, its list nor
                its file's name says what kind it is; dump it with kubectl get -o json,
                or name the file after its kind: pods.json
            c/x.json:1:31 ([1]): error[missing-kind]: neither this object, its list nor
                its file's name says what kind it is; dump it with kubectl get -o json,
                or name the file after its kind: pods.json
            c/x.json: error[nothing-loaded]: this file holds no nodes, pods or workloads
                that could be read; load the output of kubectl get
                nodes,pods,deploy,rs,sts,ds,job,pdb,pv,pvc -A -o json
        "#]],
    );
}

#[test]
fn documents_follow_each_other_with_text_between() {
    let text = format!(
        "$ kubectl get nodes -o json\n{}\n{}{}",
        list(&[node("n1")]),
        pod("web-1"),
        pod("web-2")
    );
    check(
        "dump.txt",
        &text,
        &expect![[r#"
            cluster dump: 1 nodes 2 pods
            dump.txt:1:1: warning[text-skipped]: this line is not JSON and was skipped;
                check that no object is broken there
        "#]],
    );
}

#[test]
fn a_byte_order_mark_is_passed() {
    check(
        "x.json",
        &format!("\u{feff}{}", pod("web-1")),
        &expect![[r#"
            cluster x: 1 pods
        "#]],
    );
    check(
        "x.yaml",
        "\u{feff}kind: Pod\nmetadata:\n  name: a\n",
        &expect![[r#"
            cluster x: 1 pods
        "#]],
    );
}

#[test]
fn yaml_is_read_as_kubectl_writes_it() {
    let text = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    \
                annotations:\n      x: |\n        - kind: Node\n        ---x\n    labels:\n      \
                app: web\n    name: web-1\n  spec:\n    containers:\n    - image: web:1\n\
                - apiVersion: v1\n  kind: Secret\n  metadata:\n    name: s\n- kind: Pod\n  \
                metadata: [broken\n- kind: Pod\n  metadata:\n    name: web-2\n  spec:\n    \
                nodeName:\n      a: b\n- kind: Pod\n  metadata:\n    name: web-3\nkind: List\n\
                metadata:\n  resourceVersion: \"\"\n---\nkind: PodDisruptionBudget\napiVersion: \
                policy/v1beta1\nmetadata:\n  name: web\nspec:\n  maxUnavailable: \"2\"\n";
    check(
        "dump.yaml",
        text,
        &expect![[r#"
            cluster dump: 2 pods (1 Secret)
            dump.yaml:21:13 (items[2]): error[invalid-yaml]: this is not valid YAML;
                correct indentation, colons and quotes here, or dump it again
            dump.yaml:26:5 (Pod web-2): error[wrong-shape]: spec.nodeName is an object,
                not text; dump the object again with kubectl, or correct the field
            dump.yaml:40:3 (PodDisruptionBudget web): error[bad-budget]: maxUnavailable
                is "2", which is neither a whole number nor a percentage; write 2 without
                quotes, or "2%"
        "#]],
    );
}

#[test]
fn numbers_and_quoted_numbers_are_told_apart_in_yaml() {
    let text = "kind: PodDisruptionBudget\napiVersion: policy/v1\nmetadata: {name: a}\nspec:\n  \
                maxUnavailable: 2\n---\nkind: PodDisruptionBudget\napiVersion: policy/v1\n\
                metadata: {name: b}\nspec:\n  minAvailable: 50%\n";
    let loaded = load_texts(&[("b.yaml", text)]);
    let budgets = &loaded.value.clusters[0].budgets;
    expect![[r#"
        (
            Some(
                Int(
                    2,
                ),
            ),
            Some(
                Percent(
                    50,
                ),
            ),
        )
    "#]]
    .assert_debug_eq(&(budgets[0].max_unavailable, budgets[1].min_available));
}

#[test]
fn what_is_no_dump_is_skipped_with_a_note() {
    check(
        "values.yaml",
        "image: web\nreplicas: 3\n",
        &expect![[r#"
            values.yaml:1:1: note[not-kubernetes]: this document has no `kind`, so it is
                not a Kubernetes object; it is skipped; leave it out, or dump objects
                with kubectl get -o json
            values.yaml: error[nothing-loaded]: this file holds no nodes, pods or
                workloads that could be read; load the output of kubectl get
                nodes,pods,deploy,rs,sts,ds,job,pdb,pv,pvc -A -o json
        "#]],
    );
    check(
        "README.md",
        "# Shop\n\nText.\n",
        &expect![[r#"
            README.md: note[not-a-dump]: this is neither JSON nor YAML with Kubernetes
                objects; it is skipped; leave it out, or dump objects with kubectl get -o
                json
            README.md: error[nothing-loaded]: this file holds no nodes, pods or
                workloads that could be read; load the output of kubectl get
                nodes,pods,deploy,rs,sts,ds,job,pdb,pv,pvc -A -o json
        "#]],
    );
    check(
        "x.json",
        "{\"version\": 2}",
        &expect![[r#"
            x.json:1:1: note[not-kubernetes]: this document has no `kind`, so it is not
                a Kubernetes object; it is skipped; leave it out, or dump objects with
                kubectl get -o json
            x.json: error[nothing-loaded]: this file holds no nodes, pods or workloads
                that could be read; load the output of kubectl get
                nodes,pods,deploy,rs,sts,ds,job,pdb,pv,pvc -A -o json
        "#]],
    );
}

#[test]
fn a_version_document_tells_the_server_version() {
    let text = r#"{"clientVersion": {"gitVersion": "v1.31.0"},
        "serverVersion": {"gitVersion": "v1.29.3-eks-1"}}"#;
    let loaded = load_texts(&[("version.json", text), ("nodes.json", &node("n1"))]);
    let version = loaded.value.clusters[0].server_version.as_deref();
    assert_eq!(version, Some("v1.29.3-eks-1"));
    let yaml = "serverVersion:\n  gitVersion: v1.28.1\n";
    let loaded = load_texts(&[("version.yaml", yaml), ("nodes.json", &node("n1"))]);
    let version = loaded.value.clusters[0].server_version.as_deref();
    assert_eq!(version, Some("v1.28.1"));
}

#[test]
fn an_exported_snapshot_loads_back() {
    let text = list(&[
        node("n1"),
        pod("web-1"),
        super::budget("a", "\"minAvailable\": \"50%\""),
    ]);
    let first = load_texts(&[("prod.json", &text)]).value;
    let again = load_texts(&[("export.json", &to_json(&first))]);
    assert_eq!(again.value, first);
    assert_eq!(again.issues, []);
}

#[test]
fn loading_stops_between_objects_and_counts() {
    let pods: Vec<String> = (0..50).map(|n| pod(&format!("web-{n}"))).collect();
    let text = list(&pods);
    let mut loader = Loader::new();
    loader.add_file("a.json", text.clone().into_bytes());
    let mut steps = 0;
    let mut last = loader.progress();
    while !last.done {
        let next = loader.advance(1_000);
        assert!(next.bytes_done >= last.bytes_done && next.bytes_done <= next.bytes_total);
        assert!(next.objects - last.objects <= 4, "a step is small");
        last = next;
        steps += 1;
    }
    assert!(steps > 10);
    assert_eq!((last.objects, last.bytes_done), (50, text.len() as u64));
}
