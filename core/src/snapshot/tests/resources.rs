//! What pods request and nodes offer besides CPU and memory.

use expect_test::{Expect, expect};

use super::load_texts;
use crate::snapshot::NodePressure;

/// Shows what is kept of a pod whose specification is `spec`, one JSON object in YAML's flow form.
#[track_caller]
fn check(spec: &str, expected: &Expect) {
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n");
    let loaded = load_texts(&[("x.yaml", &text)]);
    let template = &loaded.value.clusters[0].pods[0].template;
    let (running, init) = (template.requests, template.init_requests);
    let mut shown = format!(
        "running {}m {}, init {}m {}\n",
        running.cpu_millis, running.memory_bytes, init.cpu_millis, init.memory_bytes
    );
    for (name, amount) in &template.extended_requests {
        shown.push_str(&format!("{name} {amount}\n"));
    }
    let issues = loaded
        .issues
        .iter()
        .filter(|issue| issue.rule != "owner-unknown");
    for issue in issues {
        shown.push_str(&format!("{issue}\n"));
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_limit_stands_in_for_a_missing_request() {
    check(
        "{containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1, ephemeral-storage: 2Gi, \
         cpu: 2}, requests: {ephemeral-storage: 1Gi}}}, {name: b, resources: {limits: \
         {nvidia.com/gpu: '2', memory: null, hugepages-2Mi: 0}}}]}",
        &expect![[r#"
            running 2000m 0, init 0m 0
            ephemeral-storage 1073741824
            nvidia.com/gpu 3
        "#]],
    );
}

#[test]
fn what_the_pod_itself_requests_replaces_what_its_containers_do() {
    check(
        "{resources: {requests: {cpu: 3, hugepages-2Mi: 4Mi}, limits: {cpu: 8, memory: 8Gi}}, \
         initContainers: [{name: i, resources: {requests: {cpu: 5}}}], \
         containers: [{name: a, resources: {requests: {cpu: 1, memory: 1Ki, hugepages-2Mi: 2Mi, \
         nvidia.com/gpu: 1}}}]}",
        &expect![[r#"
            running 3000m 1024, init 0m 0
            hugepages-2Mi 4194304
            nvidia.com/gpu 1
        "#]],
    );
}

#[test]
fn a_limit_of_the_pod_stands_in_where_nobody_requests_anything() {
    check(
        "{resources: {limits: {cpu: 2, memory: 1Ki, hugepages-2Mi: 2Mi}}, containers: [{name: a}]}",
        &expect![[r#"
            running 2000m 1024, init 0m 0
            hugepages-2Mi 2097152
        "#]],
    );
}

#[test]
fn the_overhead_of_a_runtime_class_comes_on_top() {
    check(
        "{overhead: {cpu: 250m, memory: 1Ki, ephemeral-storage: 1}, resources: {requests: {cpu: \
         2}}, initContainers: [{name: i, resources: {requests: {memory: 4Ki}}}], \
         containers: [{name: a, resources: {requests: {cpu: 1, memory: 2Ki}}}]}",
        &expect![[r#"
            running 2250m 3072, init 250m 5120
            ephemeral-storage 1
        "#]],
    );
}

#[test]
fn a_broken_amount_is_told_with_its_name() {
    check(
        "{containers: [{name: a, resources: {limits: {nvidia.com/gpu: one}}}]}",
        &expect![[r#"
            running 0m 0, init 0m 0
            x.yaml:1:1 (Pod p): warning[bad-quantity]: nvidia.com/gpu is "one", which is not a resource quantity; write it as 250m, 2, 1.5Gi or 1e3; it is taken as not given
        "#]],
    );
}

#[test]
fn what_a_node_offers_is_kept_where_it_is_more_than_nothing() {
    let text = r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status":
        {"allocatable": {"cpu": "4", "memory": "1Gi", "pods": "110", "nvidia.com/gpu": "4",
        "hugepages-1Gi": "0", "ephemeral-storage": "1Ki"}}}"#;
    let loaded = load_texts(&[("x.json", text)]);
    let node = &loaded.value.clusters[0].nodes[0];
    let extended: Vec<_> = node.allocatable_extended.iter().collect();
    let disk = ("ephemeral-storage".to_owned(), 1_024);
    let gpu = ("nvidia.com/gpu".to_owned(), 4);
    assert_eq!(extended, [(&disk.0, &disk.1), (&gpu.0, &gpu.1)]);
    assert_eq!(node.allocatable_pods, Some(110));
}

#[test]
fn pressure_is_read_from_conditions_and_from_taints() {
    let text = r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {"taints":
        [{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}]}, "status":
        {"conditions": [{"type": "PIDPressure", "status": "True"},
        {"type": "MemoryPressure", "status": "False"}]}}"#;
    let loaded = load_texts(&[("x.json", text)]);
    let node = &loaded.value.clusters[0].nodes[0];
    assert_eq!(node.pressures, [NodePressure::Disk, NodePressure::Pid]);
}
