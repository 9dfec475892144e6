//! The command line as scripts see it: exit codes, and what goes to which stream.

mod asking;
mod durations;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};

/// Two small clusters that take no time.
const SMALL: [&str; 7] = [
    "generate",
    "--clusters",
    "2",
    "--nodes",
    "9",
    "--pods",
    "150",
];

/// A folder of one test's own, under cargo's target folder.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The program, in a folder and without a terminal's wishes.
fn wavetank(folder: &PathBuf, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wavetank"));
    command.args(arguments).current_dir(folder);
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program to its end with something on its standard input.
fn run(folder: &PathBuf, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = wavetank(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A program that does not read its input may be gone by now.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8")
}

/// Runs what must not work: exit code 1, nothing on standard output, and this on standard error.
#[track_caller]
fn check_refused(folder: &PathBuf, arguments: &[&str], expected: &Expect) {
    let output = run(folder, arguments, b"");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(out(&output), "", "{arguments:?}");
    expected.assert_eq(&err(&output));
}

/// A folder with a generated fleet in `fleet.json`.
fn with_fleet(name: &str) -> PathBuf {
    let folder = folder(name);
    let output = run(
        &folder,
        &[&SMALL[..], &["--out", "fleet.json"]].concat(),
        b"",
    );
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    folder
}

#[test]
fn usage_errors_are_1_and_go_to_standard_error() {
    let folder = folder("usage");
    check_refused(
        &folder,
        &["inspect"],
        &expect![[r#"
        error: the following required arguments were not provided:
          <INPUT>...

        Usage: wavetank inspect <INPUT>...

        For more information, try '--help'.
    "#]],
    );
    check_refused(
        &folder,
        &["inspect", "a.json", "--formt", "json"],
        &expect![[r#"
            error: unexpected argument '--formt' found

              tip: a similar argument exists: '--format'

            Usage: wavetank inspect --format <FORMAT> <INPUT>...

            For more information, try '--help'.
        "#]],
    );
    check_refused(
        &folder,
        &["inspect", "a.json", "-o", "yaml"],
        &expect![[r#"
            error: invalid value 'yaml' for '-o <FORMAT>': did you mean -o json?

            For more information, try '--help'.
        "#]],
    );
    let output = run(&folder, &["simulate", "a.json", "--target", "new"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("write it as `1.31`"),
        "{}",
        err(&output)
    );
}

#[test]
fn help_is_a_result() {
    let output = run(&folder("help"), &["--help"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(err(&output), "");
    assert!(
        out(&output).contains("wavetank simulate cluster.json"),
        "{}",
        out(&output)
    );
}

#[test]
fn what_cannot_be_run_says_why() {
    let folder = folder("refusals");
    std::fs::write(folder.join("empty.json"), "").expect("a file");
    std::fs::write(
        folder.join("bad.yaml"),
        "schemaVersion: wavetank/v1\nfleet: {generate: {}}\nfaluts: []\n",
    )
    .expect("a file");
    check_refused(
        &folder,
        &["inspect", "nowhere.json"],
        &expect![[r#"
        wavetank: cannot read nowhere.json: No such file or directory (os error 2)
    "#]],
    );
    let empty = run(&folder, &["inspect", "empty.json"], b"");
    assert_eq!((empty.status.code(), out(&empty)), (Some(1), String::new()));
    let told = err(&empty);
    assert!(told.contains("warning[empty-file]"), "{told}");
    assert!(
        told.contains("wavetank: nothing that was given holds a cluster"),
        "{told}"
    );
    check_refused(
        &folder,
        &["simulate", "bad.yaml"],
        &expect![[r#"
        wavetank: bad.yaml:3:1: `faluts` is not known here; did you mean `faults`?
    "#]],
    );
    check_refused(
        &folder,
        &["schema", "fleat"],
        &expect![[r#"
        wavetank: no file is of kind `fleat`; there are scenario, fleet, run-report
    "#]],
    );
}

#[test]
fn a_generated_fleet_can_be_inspected_from_a_file_and_from_a_pipe() {
    let folder = with_fleet("inspect");
    let output = run(&folder, &["inspect", "fleet.json"], b"");
    assert_eq!(
        (output.status.code(), err(&output)),
        (Some(0), String::new())
    );
    expect![[r#"
        Demo fleet (fleet.json): 2 clusters, 9 nodes, 150 pods, 43 workloads, 19 budgets
        Evidence: 87 % of 41 facts are stated by the input

        NAME                   PROVIDER  TIER  OWNER          VERSION  NODES  PODS  PDBS  GAPS
        eu-platform-dev-1      GKE       low   team-platform  1.33.4   4      66    7     0
        us-checkout-staging-1  EKS       low   team-checkout  1.32.8   5      84    12    0
    "#]]
    .assert_eq(&out(&output));
    let bytes = std::fs::read(folder.join("fleet.json")).expect("the fleet");
    let piped = run(&folder, &["inspect", "-"], &bytes);
    assert_eq!(out(&piped), out(&output).replace("fleet.json", "-"));
    let synonym = run(&folder, &["inspect", "-f", "fleet.json"], b"");
    assert_eq!(out(&synonym), out(&output));
}

#[test]
fn json_is_what_o_json_means() {
    let folder = with_fleet("json");
    let long = run(&folder, &["inspect", "fleet.json", "--format", "json"], b"");
    let short = run(&folder, &["inspect", "fleet.json", "-o", "json"], b"");
    assert_eq!(out(&long), out(&short));
    let report: serde_json::Value = serde_json::from_slice(&long.stdout).expect("JSON");
    assert_eq!(report["totals"]["clusters"], 2);
    assert_eq!(report["totals"]["pods"], 150);
}

#[test]
fn a_fleet_alone_is_rehearsed_with_the_default_plan() {
    let folder = with_fleet("simulate");
    let all = [
        "simulate",
        "fleet.json",
        "--seed",
        "3",
        "--trace",
        "events.jsonl",
    ];
    let output = run(&folder, &all, b"");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let transcript = out(&output);
    let digest = transcript
        .lines()
        .find_map(|line| line.strip_prefix("digest  "))
        .expect("a digest");
    let replay = "replay  wavetank simulate fleet.json --seed 3";
    assert!(transcript.contains(replay), "{transcript}");
    let again = run(
        &folder,
        &["simulate", "fleet.json", "--seed", "3", "--digest"],
        b"",
    );
    assert_eq!(out(&again).trim_end(), digest);
    let json = run(
        &folder,
        &["simulate", "fleet.json", "--seed", "3", "-o", "json"],
        b"",
    );
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(report["digest"], digest);
    let trace = std::fs::read_to_string(folder.join("events.jsonl")).expect("the trace");
    let rows: Vec<serde_json::Value> = trace
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON object a line"))
        .collect();
    assert_eq!(report["nEvents"], rows.len());
    assert!(
        rows.iter()
            .all(|row| row["atMs"].is_u64() && row["sentence"].is_string())
    );
}

#[test]
fn a_dump_without_nodes_says_what_is_missing() {
    let folder = folder("no-nodes");
    let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n"}}"#;
    std::fs::write(folder.join("pods.json"), pod).expect("a file");
    let output = run(&folder, &["simulate", "pods.json"], b"");
    assert_eq!(
        (output.status.code(), out(&output)),
        (Some(1), String::new())
    );
    let told = err(&output);
    assert!(told.contains("`kubectl get nodes -o json`"), "{told}");
}

#[test]
fn an_expectation_that_is_not_met_is_2() {
    let folder = folder("expect");
    let scenario = |outcome: &str| {
        format!(
            "schemaVersion: wavetank/v1\nfleet:\n  generate: {{clusters: 1, nodes: 4, pods: 60}}\n\
             expect: {{outcome: {outcome}}}\n"
        )
    };
    let run_it = |outcome: &str| {
        std::fs::write(folder.join("scenario.yaml"), scenario(outcome)).expect("a file");
        run(&folder, &["simulate", ".", "--digest"], b"")
    };
    assert_eq!(run_it("finished").status.code(), Some(0));
    let unmet = run_it("rolledBack");
    assert_eq!(unmet.status.code(), Some(2));
    expect![[r#"
        wavetank: not as expected: outcome: expected rolledBack, came to finished
    "#]]
    .assert_eq(&err(&unmet));
}

const FAULTY: &str = "schemaVersion: wavetank/v1\nfleet:\n  generate: {clusters: 1, nodes: 4, \
                      pods: 60}\nfaults:\n- kind: cniBreak\n  trigger: clusterStart\n  \
                      scope: {cluster: eu-platform-dev-11}\n  severityPerMille: 1000\n";

#[test]
fn a_fault_that_names_nothing_is_refused() {
    let folder = folder("missing");
    std::fs::write(folder.join("s.yaml"), FAULTY).expect("a file");
    check_refused(
        &folder,
        &["simulate", "s.yaml"],
        &expect![[r#"
            wavetank: s.yaml (faults[0].scope.cluster): error[fault-names-nothing]: there is no cluster `eu-platform-dev-11`, so the fault strikes nowhere; did you mean `eu-platform-dev-1`?
            wavetank: the scenario says what cannot be used, so nothing was rehearsed; mend what is told above, or take it out
        "#]],
    );
}

#[test]
fn what_was_not_expected_comes_first() {
    let folder = folder("unmet");
    let scenario = "schemaVersion: wavetank/v1\nfleet:\n  generate: {clusters: 1, nodes: 4, \
                    pods: 60}\nexpect: {outcome: rolledBack}\n";
    let output = run(&folder, &["simulate", "-"], scenario.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    let transcript = out(&output);
    let mut lines = transcript.lines();
    let first = "NOT AS EXPECTED: outcome: expected rolledBack, came to finished";
    assert_eq!(lines.next(), Some(first));
    assert!(
        lines
            .next()
            .is_some_and(|line| line.starts_with("FINISHED: "))
    );
}

#[test]
fn a_scenario_or_a_fleet_can_come_from_a_pipe() {
    let folder = with_fleet("piped");
    let fleet = std::fs::read(folder.join("fleet.json")).expect("the fleet");
    let from_file = run(&folder, &["simulate", "fleet.json", "--digest"], b"");
    let piped = run(&folder, &["simulate", "-", "--digest"], &fleet);
    assert_eq!(piped.status.code(), Some(0), "{}", err(&piped));
    assert_eq!(out(&piped), out(&from_file));
    let scenario = "schemaVersion: wavetank/v1\nfleet: {paths: [fleet.json]}\nseed: 0\n";
    let piped = run(&folder, &["simulate", "-", "--digest"], scenario.as_bytes());
    assert_eq!(out(&piped), out(&from_file), "{}", err(&piped));
}

#[test]
fn the_command_that_replays_quotes_what_a_shell_would_split() {
    let folder = with_fleet("replay");
    let fleet = std::fs::read(folder.join("fleet.json")).expect("the fleet");
    std::fs::write(folder.join("it's ours.json"), fleet).expect("a file");
    let output = run(&folder, &["simulate", "it's ours.json"], b"");
    let replay = r"replay  wavetank simulate 'it'\''s ours.json' --seed 0";
    assert!(out(&output).contains(replay), "{}", out(&output));
}

#[test]
fn a_cluster_whose_windows_cannot_be_read_is_held_back() {
    let folder = folder("windows");
    let node = r#"{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Node",
        "metadata":{"name":"n1"},"status":{"nodeInfo":{"kubeletVersion":"v1.33.1"}}}]}"#;
    std::fs::write(folder.join("a.json"), node).expect("a file");
    let fleet = "schemaVersion: wavetank/v1\nclusters:\n- {name: a, provider: gke, \
                 dumps: [a.json], windows: [{start: \"25:00\", duration: 4h}]}\n";
    std::fs::write(folder.join("fleet.yaml"), fleet).expect("a file");
    let output = run(
        &folder,
        &["simulate", "fleet.yaml", "--target", "1.34"],
        b"",
    );
    let transcript = out(&output);
    assert!(
        transcript.contains("a        none of its maintenance windows could be read"),
        "{transcript}"
    );
    assert!(
        transcript.contains("1 cluster is held back"),
        "{transcript}"
    );
}

#[test]
fn a_fleet_file_brings_its_dumps() {
    let folder = folder("fleet-file");
    std::fs::create_dir_all(folder.join("dumps")).expect("a folder");
    let node = r#"{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Node",
        "metadata":{"name":"n1"},"status":{"nodeInfo":{"kubeletVersion":"v1.33.1"}}}]}"#;
    std::fs::write(folder.join("dumps/a.json"), node).expect("a file");
    let fleet = "schemaVersion: wavetank/v1\nname: Ours\nclusters:\n\
                 - {name: a, provider: gke, tier: low, owner: us, dumps: [dumps/a.json]}\n\
                 - {name: b, tier: high, dumps: [dumps/gone.json]}\n";
    std::fs::write(folder.join("fleet.yaml"), fleet).expect("a file");
    let output = run(&folder, &["inspect", "fleet.yaml"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let lines: Vec<_> = out(&output).lines().map(str::to_owned).collect();
    let told = |text: &str| lines.iter().any(|line| line.contains(text));
    assert!(told("a     GKE") && told("missing-dump"), "{lines:#?}");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let folder = folder("escapes");
    let node = "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\
                \"n\\u001b[2J\\u009b\\u202e\"},\"status\":{\"nodeInfo\":\
                {\"kubeletVersion\":\"v1.33.1\"}}}";
    let fleet = "schemaVersion: wavetank/v1\nclusters:\n\
                 - {name: \"c\\u001b]0;x\\u0007\\u202e\", owner: \"o\\u009b1m\", \
                 dumps: [n.json]}\n";
    std::fs::write(folder.join("n.json"), node).expect("a file");
    std::fs::write(folder.join("fleet.yaml"), fleet).expect("a file");
    for arguments in [
        &["inspect", "fleet.yaml"][..],
        &["inspect", "fleet.yaml", "-o", "json"],
        &["simulate", "fleet.yaml"],
        &["simulate", "fleet.yaml", "-o", "json"],
        &["simulate", "no\u{1b}[2Jsuch"],
    ] {
        let output = run(&folder, arguments, b"");
        let both = out(&output) + &err(&output);
        let turns = |c: char| ('\u{202a}'..='\u{202e}').contains(&c);
        let steers = |c: &char| (c.is_control() && *c != '\n') || turns(*c);
        assert_eq!(both.chars().find(steers), None, "{arguments:?}");
    }
    let output = run(&folder, &["inspect", "fleet.yaml"], b"");
    assert!(
        out(&output).contains("c\\u{1b}]0;x\\u{7}\\u{202e}"),
        "{}",
        out(&output)
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = folder("pipe");
    let mut child = wavetank(&folder, &[&SMALL[..], &["--out", "-"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(
        (output.status.code(), err(&output)),
        (Some(0), String::new())
    );
}

#[test]
fn every_kind_has_a_schema() {
    let folder = folder("schema");
    for kind in ["scenario", "fleet", "run-report"] {
        let output = run(&folder, &["schema", kind], b"");
        assert_eq!(output.status.code(), Some(0), "{kind}");
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(schema["properties"].is_object(), "{kind}");
    }
}
