//! What the terminal says of slips: where they are, and what to write instead.

use std::fs;

use expect_test::expect;

use super::{check_refused, err, folder, out, run, with_fleet};

#[test]
fn a_plan_that_cannot_be_made_is_told_with_its_line() {
    let folder = folder("plan-line");
    let head = "schemaVersion: wavetank/v1\nfleet:\n  generate: { clusters: 1 }\nplan:\n";
    let told = [
        "  gates: { minReadyNodesPerMille: 2000 }\n",
        "  poolStrategy:\n    kured: { concurrency: 0 }\n",
        "  start: tomorrow\n",
        "  target: '1.10'\n",
    ]
    .map(|line| {
        fs::write(folder.join("s.yaml"), format!("{head}{line}")).expect("the file");
        let refused = run(&folder, &["simulate", "s.yaml"], b"");
        assert_eq!(refused.status.code(), Some(1), "{}", out(&refused));
        err(&refused)
    });
    expect![[r#"
        wavetank: s.yaml:5:12: plan.gates.minReadyNodesPerMille is 2000; it is a share in thousandths, at most 1000
        wavetank: s.yaml:5:3: plan.poolStrategy takes no node at any time, since `concurrency` is 0; write at least 1
        wavetank: s.yaml:5:3: plan.start `tomorrow` is not a date and time; write it as `2026-11-23T08:00:00Z`
        wavetank: s.yaml:5:3: target 1.10 is older than every cluster; the oldest is at 1.33.4
    "#]].assert_eq(&told.concat());
}

#[test]
fn a_scenario_without_its_version_is_no_dump() {
    let folder = folder("no-version");
    fs::write(folder.join("s.yaml"), "fleet:\n  generate: {}\nplan: {}\n").expect("the file");
    check_refused(
        &folder,
        &["simulate", "s.yaml"],
        &expect![[r#"
        wavetank: s.yaml:3:1: the field `schemaVersion` is missing; open the file with `schemaVersion: wavetank/v1`
    "#]],
    );
}

/// A node that says its kubelet's version and whether it is Ready, or neither.
fn node(status: &str) -> String {
    format!("apiVersion: v1\nkind: Node\nmetadata: {{ name: a }}\nstatus: {{ {status} }}\n")
}

#[test]
fn a_cluster_that_cannot_be_judged_is_held_back_and_not_done() {
    let folder = folder("held-back");
    fs::write(folder.join("nodes.yaml"), node("")).expect("the file");
    let told = run(
        &folder,
        &["simulate", "nodes.yaml", "--target", "1.34"],
        b"",
    );
    let text = out(&told);
    assert!(
        text.starts_with("HELD BACK: Nothing is rehearsed: 1 cluster"),
        "{text}"
    );
    let ready = text.lines().find(|line| line.starts_with("ready nodes"));
    assert!(
        ready.is_some_and(|line| line.contains("<unknown>")),
        "{text}"
    );
}

#[test]
fn services_without_pods_are_not_taken_for_down() {
    let folder = folder("no-pods");
    let deployment = "apiVersion: apps/v1\nkind: Deployment\n\
                      metadata: { name: web, namespace: a }\n\
                      spec: { replicas: 2, selector: { matchLabels: { app: web } } }\n";
    let text = format!(
        "{}---\n{deployment}",
        node("nodeInfo: { kubeletVersion: v1.33.1 }")
    );
    fs::write(folder.join("dump.yaml"), text).expect("the file");
    let told = out(&run(&folder, &["blast", "dump.yaml"], b""));
    let unseen = "No pods were loaded of 1 service, so nothing is known of it.";
    assert!(told.contains(unseen), "{told}");
    assert!(!told.contains("no ready replica"), "{told}");
}

#[test]
fn an_event_of_no_words_is_none() {
    let folder = with_fleet("no-event");
    check_refused(
        &folder,
        &["why", "fleet.json", "--event", " "],
        &expect![[r#"
            wavetank: --event is empty; give an event's number or words of its sentence, or leave it out for the event that decided the end
        "#]],
    );
}

#[test]
fn a_selector_that_selects_nothing_is_told() {
    let folder = with_fleet("no-selected");
    let arguments = [
        "drain",
        "fleet.json",
        "--all",
        "--pod-selector",
        "app=nobody",
    ];
    let told = err(&run(&folder, &arguments, b""));
    let first = format!("{}\n", told.lines().next().unwrap_or_default());
    expect![[r#"
        wavetank: --pod-selector `app=nobody` selects none of the pods that were loaded, so no pod leaves; `kubectl get pods -A --show-labels` lists their labels
    "#]].assert_eq(&first);
}

#[test]
fn a_drain_does_not_take_two_clusters_for_one() {
    let folder = folder("two-dumps");
    let pod = "---\napiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\n\
               spec: { nodeName: a, containers: [{ name: m }] }\nstatus: { phase: Running }\n";
    for (file, pod) in [("eu.yaml", pod), ("us.yaml", "")] {
        fs::write(folder.join(file), node("") + pod).expect("the file");
    }
    let arguments = ["drain", "eu.yaml", "us.yaml", "--node", "a"];
    let refused = run(&folder, &arguments, b"");
    assert_eq!(refused.status.code(), Some(1), "{}", out(&refused));
    let told = err(&refused);
    let last = format!("{}\n", told.lines().last().unwrap_or_default());
    expect![[r#"
        wavetank: us.yaml:1 (Node a): the same object is at eu.yaml:1, so two clusters may be taken for one; where these are two clusters, put the files of each in a folder of its own, and say which with `--cluster`; otherwise load the node once
    "#]].assert_eq(&last);
}

#[test]
fn a_drain_takes_the_fleet_of_a_scenario() {
    let folder = with_fleet("drain-scenario");
    let scenario = "schemaVersion: wavetank/v1\nfleet: { paths: [fleet.json] }\n";
    fs::write(folder.join("scenario.yaml"), scenario).expect("the file");
    let told = run(&folder, &["drain", ".", "--all"], b"");
    assert!(
        out(&told).contains("can be drained, each by itself"),
        "{}",
        err(&told)
    );
    assert_eq!(
        out(&told),
        out(&run(&folder, &["drain", "fleet.json", "--all"], b""))
    );
}
