//! What scenario files say, and what is told of those that say nothing.

use expect_test::{Expect, expect};

use super::*;
use crate::scenario::FleetSource;
use crate::synth::FleetOptions;

#[track_caller]
fn check(text: &str, expected: &Expect) {
    let error = parse(text, "s.yaml").expect_err("an error");
    expected.assert_eq(&format!("{error}\n"));
}

#[test]
fn json_and_yaml_say_the_same() {
    let yaml = "schemaVersion: wavetank/v1\nfleet:\n  generate:\n    clusters: 3\nplan:\n  \
                target: \"1.34\"\n  drain:\n    force: 1h\nseed: 5\n";
    let json = r#"{"schemaVersion":"wavetank/v1","fleet":{"generate":{"clusters":3}},
        "plan":{"target":"1.34","drain":{"force":"1h"}},"seed":5}"#;
    let scenario = parse(yaml, "a.yaml").expect("a scenario");
    assert_eq!(parse(json, "a.json"), Ok(scenario.clone()));
    let options = FleetOptions {
        clusters: 3,
        ..FleetOptions::default()
    };
    assert_eq!(scenario.fleet, FleetSource::Generate(options));
    let written = serde_json::to_string(&scenario).expect("a scenario is JSON");
    assert_eq!(parse(&written, "written.json"), Ok(scenario));
}

// `1.30` without quotes is a number in YAML, and 1.3 is another version.
#[test]
fn a_version_needs_no_quotes() {
    let text = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nplan:\n  target: 1.30\n";
    let scenario = parse(text, "s.yaml").expect("a scenario");
    let target = scenario.plan.target.map(|target| target.to_string());
    assert_eq!(target.as_deref(), Some("1.30"));
}

#[test]
fn a_misspelt_field_is_named_with_the_one_that_was_meant() {
    check(
        "schemaVersion: wavetank/v1\nfleet:\n  paths: [a]\nfaluts: []\n",
        &expect![[r#"
            s.yaml:4:1 (faluts): `faluts` is not known here; did you mean `faults`?
        "#]],
    );
    check(
        "{\"schemaVersion\": \"wavetank/v1\",\n \"fleet\": {\"path\": []}}",
        &expect![[r#"
            s.yaml:2:17 (fleet.path): `path` is not known here; did you mean `paths`?
        "#]],
    );
    check(
        "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nexpect:\n  outcome: stuck\n",
        &expect![[r#"
            s.yaml:5:3 (expect.outcome): `stuck` is not known here; known are `finished`, `held`, `stalled`, `unfinished`, `rolledBack`, `finishedWithFailures`, `nothingToDo`
        "#]],
    );
}

#[test]
fn a_fault_beyond_all_measure_is_refused() {
    let fault = |trigger: &str, severity: u32| {
        format!(
            "schemaVersion: wavetank/v1\nfleet:\n  generate: {{}}\nfaults:\n\
             - kind: cniBreak\n  trigger: {trigger}\n  scope: {{}}\n  \
             severityPerMille: {severity}\n"
        )
    };
    check(
        &fault("clusterStart", 1_001),
        &expect![[r#"
            s.yaml:8:3 (faults[0].severityPerMille): 1001 is over 1000; it is a share in thousandths
        "#]],
    );
    check(
        &fault("{at: 9999d}", 1_000),
        &expect![[r#"
            s.yaml:6:3 (faults[0].trigger): 9999d is too long; write at most 366d
        "#]],
    );
}

#[test]
fn an_entry_of_a_duration_is_held_against_what_it_can_mean() {
    let entry = |text: &str| {
        let head = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\ndurations:\n";
        format!("{head}- {{ {text}, basis: measured, source: ours }}\n")
    };
    check(
        &entry("quantity: node-bot, distribution: { constant: 4m }"),
        &expect![[r#"
            s.yaml:5:15 (durations[0].quantity): `node-bot` is not known here; did you mean `node-boot`?
        "#]],
    );
    check(
        &entry("quantity: node-boot, pol: web, distribution: { constant: 4m }"),
        &expect![[r#"
            s.yaml:5:26 (durations[0].pol): `pol` is not known here; did you mean `pool`?
        "#]],
    );
    check(
        &entry("quantity: node-boot, distribution: { constan: 4m }"),
        &expect![[r#"
            s.yaml:5:42 (durations[0].distribution.constan): `constan` is not known here; did you mean `constant`?
        "#]],
    );
    check(
        &entry("quantity: control-plane, pool: web, distribution: { constant: 4m }"),
        &expect![[r#"
            s.yaml:5:30 (durations[0].pool): control-plane does not differ by pool; take `pool` out
        "#]],
    );
    check(
        &entry("quantity: shutdown, distribution: { uniform: { min: 5s, max: 1s } }"),
        &expect![[r#"
            s.yaml:5:25 (durations[0].distribution): min 5s is over max 1s; write the shortest as min
        "#]],
    );
}

#[test]
fn every_kind_of_distribution_can_be_written() {
    let kinds = [
        "constant: 90s",
        "uniform: { min: 1s, max: 2s }",
        "triangular: { min: 1s, mode: 2s, max: 3s }",
        "logNormal: { median: 1s, p95: 2s }",
        "weibull: { shapePerMille: 1500, scale: 2m }",
        "empirical: [5s, 1s, 3s]",
    ];
    let entries = kinds.map(|kind| {
        format!(
            "- quantity: node-boot\n  provider: clusterApi\n  distribution:\n    {kind}\n  \
             basis: assumed\n  source: a guess\n"
        )
    });
    let head = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\ndurations:\n";
    let text = format!("{head}{}", entries.concat());
    let scenario = parse(&text, "s.yaml").expect("a scenario");
    let written = serde_json::to_string(&scenario).expect("a scenario is JSON");
    assert_eq!(parse(&written, "written.json"), Ok(scenario));
    assert!(
        written.contains(r#"{"empirical":["1s","3s","5s"]}"#),
        "{written}"
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    check(
        "",
        &expect![[r#"
            s.yaml:1:1: the file is empty; open it with `schemaVersion` and `fleet`
        "#]],
    );
    check(
        "{\"schemaVersion\": ",
        &expect![[r#"
            s.yaml:1:18 (schemaVersion): the file ends too early; close every brace, bracket and quote
        "#]],
    );
    check(
        "schemaVersion: [\nfleet",
        &expect![[r#"
            s.yaml:1:16 (schemaVersion): `schemaVersion` must be a text, without brackets and braces
        "#]],
    );
    check(
        "schemaVersion: wavetank/v1\nfleet:\n  generate:\n    clusters: many\n",
        &expect![[r#"
            s.yaml:4:15 (fleet.generate.clusters): `clusters` must be a whole number from 0, such as `3`
        "#]],
    );
    check(
        "name: x\n",
        &expect![[r#"
            s.yaml:1:1: the field `schemaVersion` is missing; open the file with `schemaVersion: wavetank/v1`
        "#]],
    );
    check(
        "schemaVersion: wavetank/v9\nfleet:\n  generate: {}\n",
        &expect![[r#"
            s.yaml:1:1 (schemaVersion): schemaVersion is `wavetank/v9`; this build reads `wavetank/v1`
        "#]],
    );
    check(
        "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nplan:\n  clusterSoak: soon\n",
        &expect![[r#"
            s.yaml:5:16 (plan.clusterSoak): `soon` is not a duration; write whole numbers with units, such as `90s`, `1h30m`, `2d`
        "#]],
    );
}

/// What is told of one more line in a scenario.
#[track_caller]
fn check_line(line: &str, expected: &Expect) {
    let head = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\n";
    check(&format!("{head}{line}"), expected);
}

#[test]
fn a_value_of_the_wrong_form_is_told_with_its_field_and_an_example() {
    check_line(
        "plan:\n  maxConcurrency: -1\n",
        &expect![[r#"
            s.yaml:5:19 (plan.maxConcurrency): `maxConcurrency` must be a whole number from 0, such as `3`
        "#]],
    );
    check_line(
        "plan: 3\n",
        &expect![[r#"
            s.yaml:4:7 (plan): `plan` must be made of fields, each written as `name: value`
        "#]],
    );
    check_line(
        "seed: abc\n",
        &expect![[r#"
            s.yaml:4:7 (seed): `seed` must be a whole number from 0, such as `3`
        "#]],
    );
    check_line(
        "seed: 1\nseed: 2\n",
        &expect![[r#"
            s.yaml:5:1 (seed): `seed` stands twice; keep one of the two
        "#]],
    );
    check_line(
        "faults: { a: 1 }\n",
        &expect![[r#"
            s.yaml:4:9 (faults): `faults` must be a list, each entry written after `- `
        "#]],
    );
    check_line(
        "services:\n- name: web\n",
        &expect![[r#"
            s.yaml:5:3: the field `namespace` is missing; add it
        "#]],
    );
    check_line(
        "services:\n- namespace: a\n  name: b\n  demand: lots\n",
        &expect![[r#"
            s.yaml:7:11 (services[0].demand): `demand` must be a number, such as `20` or `1.5`
        "#]],
    );
    check_line(
        "name: [a]\n",
        &expect![[r#"
            s.yaml:4:7 (name): `name` must be a text, without brackets and braces
        "#]],
    );
    check_line(
        "plan:\n  respectWindows: perhaps\n",
        &expect![[r#"
        s.yaml:5:19 (plan.respectWindows): `respectWindows` must be `true` or `false`
    "#]],
    );
    check_line(
        "plan:\n\ttarget: 3\n",
        &expect![[r#"
            s.yaml:5:2 (target): lines are indented by spaces, not by tabs; replace the tab
        "#]],
    );
}

#[test]
fn how_drains_are_limited_is_told_in_full() {
    check_line(
        "plan:\n  drain: { wait: 5m }\n",
        &expect![[r#"
            s.yaml:5:18 (plan.drain.wait): this is no value of `plan.drain`; write `provider`, `wait`, `{fail: 30m}` or `{force: 1h}`
        "#]],
    );
    check_line(
        "plan:\n  drain: force\n",
        &expect![[r#"
            s.yaml:5:3 (plan.drain): this is no value of `plan.drain`; write `provider`, `wait`, `{fail: 30m}` or `{force: 1h}`
        "#]],
    );
    check_line(
        "plan:\n  drain: 5m\n",
        &expect![[r#"
            s.yaml:5:10 (plan.drain): `5m` is not known here; write `provider`, `wait`, `{fail: 30m}` or `{force: 1h}`
        "#]],
    );
    check_line(
        "plan:\n  drain: { fail: soon }\n",
        &expect![[r#"
            s.yaml:5:18 (plan.drain.fail): `soon` is not a duration; write whole numbers with units, such as `90s`, `1h30m`, `2d`
        "#]],
    );
}

#[test]
fn json_is_told_of_in_the_same_words() {
    let json = |plan: &str| {
        format!(
            "{{\n  \"schemaVersion\": \"wavetank/v1\",\n  \
             \"fleet\": {{\"generate\": {{}}}},\n  {plan}\n}}"
        )
    };
    check(
        &json("\"plan\": 3"),
        &expect![[r#"
            s.yaml:4:11 (plan): `plan` must be made of fields, each written as `name: value`
        "#]],
    );
    check(
        &json("\"seed\": \"abc\""),
        &expect![[r#"
            s.yaml:4:15 (seed): `seed` must be a whole number from 0, such as `3`
        "#]],
    );
    check(
        &json("\"plan\": {\"maxConcurrency\": -1}"),
        &expect![[r#"
            s.yaml:4:31 (plan.maxConcurrency): `maxConcurrency` must be a whole number from 0, such as `3`
        "#]],
    );
    check(
        &json("\"plan\": {\"drain\": {\"wait\": \"5m\"}}"),
        &expect![[r#"
            s.yaml:4:33 (plan.drain.wait): this is no value of `plan.drain`; write `provider`, `wait`, `{fail: 30m}` or `{force: 1h}`
        "#]],
    );
    check(
        &json("\"plan\": {\"drain\": \"force\"}"),
        &expect![[r#"
            s.yaml:4:28 (plan.drain): this is no value of `plan.drain`; write `provider`, `wait`, `{fail: 30m}` or `{force: 1h}`
        "#]],
    );
    check(
        &json("\"faults\": {}"),
        &expect![[r#"
            s.yaml:4:12 (faults): `faults` must be a list, each entry written after `- `
        "#]],
    );
    check(
        &json("\"seed\": 1, \"seed\": 2"),
        &expect![[r#"
            s.yaml:4:19 (seed): `seed` stands twice; keep one of the two
        "#]],
    );
}
