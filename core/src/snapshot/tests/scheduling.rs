//! What is kept of affinity between pods, of spread constraints and of preemption.

use expect_test::{Expect, expect};

use super::load_texts;

/// Shows what is kept of a pod whose specification is `spec`, one JSON object in YAML's flow form.
#[track_caller]
fn check(spec: &str, expected: &Expect) {
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n");
    let loaded = load_texts(&[("x.yaml", &text)]);
    let template = &loaded.value.clusters[0].pods[0].template;
    let near = &template.required_affinity;
    let apart = &template.required_anti_affinity;
    let rules: Vec<&str> = loaded
        .issues
        .iter()
        .map(|issue| issue.rule.as_str())
        .collect();
    let shown = [
        format!("near: {}", serde_json::to_string(near).expect("JSON")),
        format!("apart: {}", serde_json::to_string(apart).expect("JSON")),
        format!(
            "spread: {}",
            serde_json::to_string(&template.topology_spread).expect("JSON")
        ),
        format!(
            "preferred: {:?}",
            template
                .preferred_pod_affinity
                .iter()
                .map(|weighted| (weighted.weight, &weighted.term.topology_key))
                .collect::<Vec<_>>()
        ),
        format!(
            "preferred spread: {:?}",
            template
                .preferred_spread
                .iter()
                .map(|spread| (spread.max_skew, &spread.topology_key))
                .collect::<Vec<_>>()
        ),
        format!("preemption: {:?}", template.preemption_policy),
        format!("issues: {rules:?}\n"),
    ];
    expected.assert_eq(&shown.join("\n"));
}

#[test]
fn required_and_preferred_pod_affinity_are_kept_apart() {
    check(
        "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [\
         {labelSelector: {matchLabels: {app: cache}}, topologyKey: rack, namespaces: [a, b]}], \
         preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: \
         {topologyKey: zone, labelSelector: {}}}]}, podAntiAffinity: \
         {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 7, podAffinityTerm: \
         {topologyKey: host, labelSelector: {}}}], requiredDuringSchedulingIgnoredDuringExecution: \
         [{labelSelector: {}, topologyKey: zone, namespaceSelector: {}}]}}}",
        &expect![[r#"
            near: [{"labelSelector":{"matchLabels":{"app":"cache"},"matchExpressions":[]},"topologyKey":"rack","namespaces":["a","b"]}]
            apart: [{"labelSelector":{"matchLabels":{},"matchExpressions":[]},"topologyKey":"zone","namespaceSelector":{"matchLabels":{},"matchExpressions":[]}}]
            spread: []
            preferred: [(1, "zone"), (-7, "host")]
            preferred spread: []
            preemption: None
            issues: ["owner-unknown"]
        "#]],
    );
}

#[test]
fn spread_constraints_that_must_be_met_are_kept_apart_from_those_that_are_preferred() {
    check(
        "{topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: \
         DoNotSchedule, labelSelector: {matchLabels: {app: web}}, minDomains: 3, nodeTaintsPolicy: \
         Honor, matchLabelKeys: [pod-template-hash]}, {maxSkew: 1, topologyKey: host, \
         whenUnsatisfiable: ScheduleAnyway}, {topologyKey: rack}]}",
        &expect![[r#"
            near: []
            apart: []
            spread: [{"maxSkew":2,"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"web"},"matchExpressions":[]},"minDomains":3,"nodeAffinityPolicy":"Honor","nodeTaintsPolicy":"Honor","matchLabelKeys":["pod-template-hash"]},{"maxSkew":1,"topologyKey":"rack","labelSelector":null,"minDomains":1,"nodeAffinityPolicy":"Honor","nodeTaintsPolicy":"Ignore"}]
            preferred: []
            preferred spread: [(1, "host")]
            preemption: None
            issues: ["owner-unknown"]
        "#]],
    );
}

#[test]
fn a_pod_may_refuse_to_preempt() {
    check(
        "{preemptionPolicy: Never}",
        &expect![[r#"
            near: []
            apart: []
            spread: []
            preferred: []
            preferred spread: []
            preemption: Some(Never)
            issues: ["owner-unknown"]
        "#]],
    );
}

#[test]
fn a_selector_that_cannot_be_understood_is_left_out_and_told() {
    check(
        "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [\
         {labelSelector: {matchExpressions: [{key: a, operator: Near}]}, topologyKey: rack}]}}, \
         topologySpreadConstraints: [{topologyKey: zone, labelSelector: {matchExpressions: \
         [{operator: In}]}}]}",
        &expect![[r#"
            near: []
            apart: []
            spread: []
            preferred: []
            preferred spread: []
            preemption: None
            issues: ["bad-selector", "bad-selector", "owner-unknown"]
        "#]],
    );
}

#[test]
fn ports_of_the_node_are_kept_with_their_defaults() {
    let text = "
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - ports:
    - {containerPort: 80, hostPort: 8080}
    - {containerPort: 81}
    - {containerPort: 53, hostPort: 53, protocol: UDP, hostIP: 10.0.0.1}
  initContainers:
  - ports: [{containerPort: 90, hostPort: 90}]
";
    let loaded = load_texts(&[("x.yaml", text)]);
    let ports = loaded.value.clusters[0].pods[0].template.host_ports.iter();
    let ports: Vec<_> = ports
        .map(|port| format!("{}:{}/{}", port.address, port.port, port.protocol))
        .collect();
    assert_eq!(ports, ["0.0.0.0:8080/TCP", "10.0.0.1:53/UDP"]);
}
