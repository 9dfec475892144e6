//! Questions about one node or one event.

use expect_test::expect;

use super::{check_refused, err, folder, out, run, with_fleet};

#[test]
fn a_drain_says_what_kubectl_would_and_its_exit_code_whether_the_node_is_drained() {
    let folder = with_fleet("drain");
    let inspected = run(&folder, &["inspect", "fleet.json", "-o", "json"], b"");
    let fleet: serde_json::Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
    let cluster = fleet["clusters"][0]["name"].as_str().expect("a name");
    let all = ["drain", "fleet.json", "--all", "--cluster", cluster];
    let flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--force"];
    let refused = run(&folder, &all, b"");
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert!(out(&refused).contains("flag missing"), "{}", out(&refused));
    let deleted = [&all[..], &flags[..], &["--disable-eviction"]].concat();
    let deleted = run(&folder, &deleted, b"");
    assert_eq!(deleted.status.code(), Some(0), "{}", out(&deleted));
}

#[test]
fn a_drain_without_a_node_or_of_one_that_is_not_there_is_refused() {
    let folder = folder("no-node");
    let node = "apiVersion: v1\nkind: Node\nmetadata:\n  name: one\n";
    std::fs::write(folder.join("nodes.yaml"), node).expect("the file");
    check_refused(
        &folder,
        &["drain", "nodes.yaml", "--node", "node/one"],
        &expect![[r#"
            wavetank: the input holds no pods of nodes, so nothing can be said of its drains; add the output of `kubectl get pods -A -o json`
        "#]],
    );
    check_refused(
        &folder,
        &["drain", "--node", "one", "nodes.yaml"],
        &expect![[r#"
            error: the following required arguments were not provided:
              <INPUT>...

            Usage: wavetank drain --node <NAME>... <INPUT>...

            For more information, try '--help'.

              tip: every word after `--node` is a node's name, so the input comes before it
        "#]],
    );
    check_refused(
        &folder,
        &["drain", "nodes.yaml", "one"],
        &expect![[r#"
        error: the following required arguments were not provided:
          --node <NAME>...

        Usage: wavetank drain --node <NAME>... <INPUT>...

        For more information, try '--help'.

          tip: name nodes after `--node`, or ask for every node with `--all`
    "#]],
    );
    check_refused(
        &folder,
        &["drain", "nodes.yaml", "--node", "two"],
        &expect![[r#"
            wavetank: nodes has no node two; there are one
        "#]],
    );
    check_refused(
        &folder,
        &[
            "drain",
            "nodes.yaml",
            "--node",
            "one",
            "--pod-selector",
            "a in b",
        ],
        &expect![[r#"
            wavetank: --pod-selector: `a in b` is no label requirement: a label's key is missing or has letters it cannot have; write `key=value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, `key` or `!key`, with commas between
        "#]],
    );
}

#[test]
fn why_explains_an_event_from_its_root_by_rules_that_are_cited() {
    let folder = with_fleet("why");
    let arguments = ["why", "fleet.json", "--event", "starts its upgrade"];
    let explained = run(&folder, &arguments, b"");
    assert_eq!(explained.status.code(), Some(0), "{}", err(&explained));
    let text = out(&explained);
    let links = ["1. the plan to", "2. wave 1", "3. ", "starts its upgrade"];
    let mut rest = text.split_once("\n\n").expect("a head and a chain").1;
    for link in links {
        let found = rest.find(link).unwrap_or_else(|| panic!("{link}: {text}"));
        rest = &rest[found..];
    }
    assert_eq!(text.matches("by the rule: ").count(), 3, "{text}");
    assert_eq!(text.matches("written in: ").count(), 3, "{text}");
}

#[test]
fn why_refuses_an_event_that_there_is_not() {
    let folder = with_fleet("why-not");
    let arguments = ["why", "fleet.json", "--event", "no such words"];
    let refused = run(&folder, &arguments, b"");
    assert_eq!(refused.status.code(), Some(1), "{}", out(&refused));
    assert!(err(&refused).contains("no event is `no such words`"));
}

#[test]
fn blast_tells_which_services_are_hit_and_by_which_event() {
    let folder = with_fleet("blast");
    let told = run(&folder, &["blast", "fleet.json"], b"");
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));
    let text = out(&told);
    assert!(text.contains("services are affected"), "{text}");
    let json = run(&folder, &["blast", "fleet.json", "-o", "json"], b"");
    let radius: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let rows = radius["rows"].as_array().expect("rows");
    assert_eq!(radius["hit"], rows.len());
    let table = text.lines().skip(3).take_while(|line| !line.is_empty());
    assert_eq!(table.count(), rows.len(), "{text}");
    let event = rows[0]["event"].to_string();
    let why = run(&folder, &["why", "fleet.json", "--event", &event], b"");
    let because = rows[0]["because"].as_str().expect("a clause");
    assert!(out(&why).starts_with(because), "{}", out(&why));
}

#[test]
fn a_service_that_cannot_be_is_refused_with_its_place() {
    let folder = folder("no-callee");
    let scenario = "schemaVersion: wavetank/v1\nfleet:\n  generate: { clusters: 1 }\nservices:\n\
                    - namespace: checkout\n  name: card\n  capacityPerReplica: 0\n";
    std::fs::write(folder.join("zero.yaml"), scenario).expect("the file");
    check_refused(
        &folder,
        &["blast", "zero.yaml"],
        &expect![[r#"
        wavetank: zero.yaml (services[0].capacityPerReplica): a replica answers more than 0 requests a second
    "#]],
    );
    let scenario = scenario.replace("  capacityPerReplica: 0\n", "");
    std::fs::write(folder.join("name.yaml"), scenario).expect("the file");
    check_refused(
        &folder,
        &["blast", "name.yaml"],
        &expect![[r#"
            wavetank: name.yaml (services[0].name): error[service-names-nothing]: there is no service `checkout/card`, so nothing is asked of it; did you mean `checkout/cart`?
            wavetank: the scenario says what cannot be used, so nothing was rehearsed; mend what is told above, or take it out
        "#]],
    );
}
