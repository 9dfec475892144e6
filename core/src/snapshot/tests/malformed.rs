//! Ten kinds of malformed input: each has its clear error, and the rest still loads.

use expect_test::{Expect, expect};

use super::{budget, list, load, load_texts, node, pod, render};

/// A good dump that must load beside every bad file.
fn good() -> String {
    list(&[node("n1"), pod("web-1")])
}

#[track_caller]
fn check(path: &str, content: &[u8], expected: &Expect) {
    let good = good();
    let loaded = load(&[("a/good.json", good.as_bytes()), (path, content)]);
    expected.assert_eq(&render(&loaded));
}

#[test]
fn truncated_json_keeps_what_came_before_the_cut() {
    let text = list(&[pod("web-2"), pod("web-3"), pod("web-4")]);
    let cut = text.rfind("web-4").expect("the last pod");
    check(
        "a/bad.json",
        &text.as_bytes()[..cut],
        &expect![[r#"
            cluster a: 1 nodes 3 pods
            a/bad.json:42:26 (items[2]): error[truncated-json]: the file ends here,
                inside items[2], which begins at line 38; 2 items before it were
                complete; dump it again; the writing was probably cut off
        "#]],
    );
}

#[test]
fn an_object_of_a_kind_that_nobody_uses_is_told_of() {
    check(
        "a/bad.json",
        br#"{"kind":"Recipe","apiVersion":"v1","metadata":{"name":"soup"}}"#,
        &expect![[r#"
            cluster good: 1 nodes 1 pods (1 Recipe)
            a/bad.json: note[nothing-used]: no object of this file is of a kind that a
                rehearsal uses: 1 Recipe; add nodes, pods, their controllers, budgets or
                volumes, or leave the file out
        "#]],
    );
    check(
        "a/services.json",
        br#"{"kind":"Service","apiVersion":"v1","metadata":{"name":"web"}}"#,
        &expect![[r#"
            cluster good: 1 nodes 1 pods (1 Service)
        "#]],
    );
}

#[test]
fn a_field_of_the_wrong_kind_costs_one_object() {
    let wrong = pod("web-3").replace("\"n1\"", "[1, 2]");
    let text = list(&[pod("web-2"), wrong, pod("web-4")]);
    check(
        "a/bad.json",
        text.as_bytes(),
        &expect![[r#"
            cluster a: 1 nodes 3 pods
            a/bad.json:35:28 (Pod shop/web-3): error[wrong-shape]: spec.nodeName is a
                list, not text; dump the object again with kubectl, or correct the field
        "#]],
    );
}

#[test]
fn a_misspelled_kind_is_noticed() {
    let text = list(&[pod("web-2").replace("\"Pod\"", "\"Podd\"")]);
    check(
        "a/bad.json",
        text.as_bytes(),
        &expect![[r#"
            cluster good: 1 nodes 1 pods (1 Podd)
            a/bad.json:4:9 (Podd shop/web-2): warning[unknown-kind]: kind "Podd" is not
                known; did you mean Pod? The object is left out
        "#]],
    );
}

#[test]
fn of_two_objects_of_one_name_the_first_counts() {
    let text = list(&[pod("web-1"), pod("web-2")]);
    check(
        "a/bad.json",
        text.as_bytes(),
        &expect![[r#"
            cluster a: 1 nodes 2 pods
            a/bad.json:4 (Pod shop/web-1): warning[duplicate-object]: the same object is
                at a/good.json:16; load it once; the first one is used
        "#]],
    );
}

#[test]
fn a_budget_with_a_bad_percentage_is_explained() {
    let text = list(&[
        budget("api", "\"maxUnavailable\": \"2\""),
        budget("web", "\"minAvailable\": \"abc%\""),
        budget("db", "\"maxUnavailable\": 1,\n        \"minAvailable\": 1"),
        budget("ok", "\"maxUnavailable\": \"25%\""),
    ]);
    check(
        "a/bad.json",
        text.as_bytes(),
        &expect![[r#"
            cluster a: 1 nodes 1 pods 1 budgets
            a/bad.json:12:17 (PodDisruptionBudget pay/api): error[bad-budget]:
                maxUnavailable is "2", which is neither a whole number nor a percentage;
                write 2 without quotes, or "2%"
            a/bad.json:23:17 (PodDisruptionBudget pay/web): error[bad-budget]:
                minAvailable is "abc%", which is neither a whole number nor a percentage;
                write a whole number such as 2, or a percentage such as "25%"
            a/bad.json:34:17 (PodDisruptionBudget pay/db): error[bad-budget]: both
                minAvailable and maxUnavailable are given, which exclude each other; keep
                one of the two
        "#]],
    );
}

#[test]
fn an_unknown_api_version_is_read_with_a_warning() {
    let text = list(&[budget("api", "\"maxUnavailable\": 1").replace("policy/v1", "policy/v9")]);
    check(
        "a/bad.json",
        text.as_bytes(),
        &expect![[r#"
            cluster a: 1 nodes 1 pods 1 budgets
            a/bad.json:4:9 (PodDisruptionBudget pay/api): warning[unknown-api-version]:
                apiVersion "policy/v9" was never served for PodDisruptionBudget; check it
                against policy/v1; it is read as if it were that
        "#]],
    );
}

#[test]
fn binary_data_is_refused() {
    check(
        "a/bad.json",
        b"\x7fELF\x02\x01\x01\0\0\0\0",
        &expect![[r#"
            cluster good: 1 nodes 1 pods
            a/bad.json: error[binary-data]: this file holds binary data, not JSON or
                YAML; load the output of kubectl get -o json
        "#]],
    );
    check(
        "a/bad.zip",
        b"PK\x03\x04\x14\0",
        &expect![[r#"
            cluster good: 1 nodes 1 pods
            a/bad.zip: error[archive-not-read]: this file is a zip archive; archives are
                not read yet; unpack it and load the files or the folder
        "#]],
    );
    check(
        "a/bad.json",
        b"\xff\xfe{\0}\0",
        &expect![[r#"
            cluster good: 1 nodes 1 pods
            a/bad.json: error[utf-16]: this file is written in UTF-16, as PowerShell's
                `>` does; save it as UTF-8: kubectl ... | Out-File -Encoding utf8
                dump.json
        "#]],
    );
}

#[test]
fn an_empty_file_is_named() {
    check(
        "a/bad.json",
        b" \n\n",
        &expect![[r#"
            cluster good: 1 nodes 1 pods
            a/bad.json: warning[empty-file]: the file is empty; dump it again, or leave
                it out
        "#]],
    );
}

#[test]
fn deep_nesting_is_refused() {
    let nested = "[".repeat(100_000);
    check(
        "a/bad.json",
        nested.as_bytes(),
        &expect![[r#"
            cluster good: 1 nodes 1 pods
            a/bad.json:1:129 ([0]): error[nesting-too-deep]: more than 128 brackets are
                open here; remove the nested value; Kubernetes objects stay below 30
                levels
        "#]],
    );
    let deep = format!("\"x\": {}{}", "[".repeat(200), "]".repeat(200));
    let text = list(&[
        pod("web-2"),
        pod("web-3").replace("\"nodeName\": \"n1\"", &deep),
        pod("web-4"),
    ]);
    check(
        "a/bad.json",
        text.as_bytes(),
        &expect![[r#"
            cluster a: 1 nodes 3 pods
            a/bad.json:35:146 (items[1]): error[nesting-too-deep]: more than 128
                brackets are open here; remove the nested value; Kubernetes objects stay
                below 30 levels
        "#]],
    );
    let yaml = format!(
        "kind: Pod\nmetadata:\n  name: deep\nx: {nested}\n---\nkind: Pod\nmetadata:\n  \
         name: web-2\n"
    );
    check(
        "a/bad.yaml",
        yaml.as_bytes(),
        &expect![[r#"
            cluster a: 1 nodes 2 pods
            a/bad.yaml:4:259 (this document): error[nesting-too-deep]: more than 64
                levels are nested here; remove the nested value; Kubernetes objects stay
                below 30 levels
        "#]],
    );
}

#[test]
fn invalid_utf_8_costs_one_object() {
    let text = list(&[pod("web-2"), pod("web-?"), pod("web-4")]);
    let bytes: Vec<u8> = text
        .bytes()
        .map(|byte| if byte == b'?' { 0xff } else { byte })
        .collect();
    check(
        "a/bad.json",
        &bytes,
        &expect![[r#"
            cluster a: 1 nodes 3 pods
            a/bad.json:25:30 (items[1]): error[invalid-utf8]: a byte here is not UTF-8;
                save the file as UTF-8, or dump it again
        "#]],
    );
}

#[test]
fn a_fleet_file_that_names_a_missing_dump_loads_the_other_clusters() {
    let fleet = "schemaVersion: wavetank/v1\nname: Shop\nclusters:\n- name: prod\n  tier: high\n  \
                 dumps: [dumps/prod.json]\n- name: test\n  tier: low\n  version: 1.30\n  dumps:\n  \
                 - dumps/test.json\n";
    let loaded = load_texts(&[
        ("shop/fleet.yaml", fleet),
        ("shop/dumps/test.json", &good()),
    ]);
    expect![[r#"
        cluster prod:
        cluster test: 1 nodes 1 pods
        shop/fleet.yaml:4 (cluster prod): error[missing-dump]: the dump
            "dumps/prod.json" is not among the loaded files; load it as well, or
            correct its path, which is relative to this file
    "#]]
    .assert_eq(&render(&loaded));
    let facts = &loaded.value.clusters[1].facts;
    assert_eq!(facts.version.as_deref(), Some("1.30"));
}
