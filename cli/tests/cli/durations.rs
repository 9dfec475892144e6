//! Durations from the terminal: the table in effect, and tables of past runs.

use std::fs;

use expect_test::expect;

use super::{check_refused, err, folder, out, run, with_fleet};

/// Six boots of 20 minutes and more, and what cannot be used.
const RUNS: &str = "\
quantity,provider,cluster,pool,workload,seconds
node-boot,,,,,1200
node-boot,,,,,1210
node-boot,,,,,1220
node-boot,,,,,1230
node-boot,,,,,1240
node-boot,,,,,1250
node-bot,,,,,1250
pod-start,,,,shop/web,9
";

#[test]
fn without_a_fleet_every_default_is_listed() {
    let output = run(&folder("durations-defaults"), &["durations"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    let starts: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with("QUANTITY") || line.starts_with("node-"))
        .map(|line| {
            line.split_whitespace()
                .take(5)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    expect![[r#"
        QUANTITY SCOPE MEDIAN P95 BASIS
        node-boot everywhere 1m30s 5m assumed
        node-rebuild everywhere 2m30s 7m assumed
        node-delete everywhere 25s 38s assumed"#]]
    .assert_eq(&starts.join("\n"));
}

#[test]
fn past_runs_take_the_place_of_defaults_and_bad_lines_are_told() {
    let folder = with_fleet("durations-history");
    fs::write(folder.join("runs.csv"), RUNS).expect("the folder can be written");
    let arguments = ["durations", "fleet.json", "--history", "runs.csv"];
    let output = run(&folder, &arguments, b"");
    assert_eq!(output.status.code(), Some(0));
    let text = out(&output);
    let boots: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("node-boot"))
        .collect();
    let [boot] = boots[..] else {
        panic!("{text}");
    };
    assert!(boot.contains("20m25s"), "{boot}");
    assert!(boot.ends_with("history   6 runs in runs.csv"), "{boot}");
    expect![[r#"
        wavetank: runs.csv:8: error[unreadable-past-run]: the quantity `node-bot` is not known, so this line was not used; did you mean `node-boot`?
        wavetank: runs.csv:9: warning[few-past-runs]: of pod-start, workload shop/web there are too few runs to go by (1), so what holds without them is used; add runs up to 5, or leave cells empty to count them with others
    "#]]
    .assert_eq(&err(&output));

    let json = run(&folder, &[&arguments[..], &["-o", "json"]].concat(), b"");
    let report: serde_json::Value = serde_json::from_str(&out(&json)).expect("it is JSON");
    let rows = report["rows"].as_array().expect("rows");
    let boot = rows.iter().find(|row| row["quantity"] == "node-boot");
    let boot = boot.expect("a row of boots");
    assert_eq!(boot["medianMs"], 1_225_000);
    assert_eq!(boot["basis"], "history");
    assert_eq!(boot["distribution"]["empirical"][0], "20m");
}

#[test]
fn a_rehearsal_goes_by_past_runs_and_its_replay_names_them() {
    let folder = with_fleet("durations-rehearsal");
    let half = RUNS.split_at(RUNS.match_indices("node-boot").nth(3).expect("a line").0);
    let head = RUNS.lines().next().expect("a header");
    fs::write(folder.join("a.csv"), half.0).expect("the folder can be written");
    fs::write(folder.join("b.csv"), format!("{head}\n{}", half.1)).expect("it can");
    let digest = |more: &[&str]| {
        let arguments = [&["simulate", "fleet.json", "--digest"], more].concat();
        out(&run(&folder, &arguments, b""))
    };
    let both = ["--history", "a.csv", "--history", "b.csv"];
    // Neither half has runs enough, so each alone changes nothing.
    assert_eq!(digest(&both[..2]), digest(&[]));
    assert_ne!(digest(&both), digest(&[]));
    let text = out(&run(
        &folder,
        &[&["simulate", "fleet.json"], &both[..]].concat(),
        b"",
    ));
    let replay = "replay  wavetank simulate fleet.json --history a.csv --history b.csv --seed 0";
    assert!(text.contains(replay), "{text}");
    assert!(text.contains("1 from past runs (node-boot)"), "{text}");
}

#[test]
fn a_scenario_names_its_past_runs_relative_to_itself() {
    let folder = with_fleet("durations-scenario");
    fs::create_dir_all(folder.join("story")).expect("the folder can be written");
    let scenario = "schemaVersion: wavetank/v1\nfleet:\n  paths: [../fleet.json]\n\
                    history: [runs.csv]\ndurations:\n- quantity: node-delete\n  pool: nobody\n  \
                    distribution: { constant: 1s }\n  basis: assumed\n  source: a guess\n";
    fs::write(folder.join("story/scenario.yaml"), scenario).expect("it can");
    fs::write(folder.join("story/runs.csv"), RUNS).expect("it can");
    let output = run(&folder, &["durations", "story"], b"");
    assert!(
        out(&output).contains("6 runs in story/runs.csv"),
        "{}",
        out(&output)
    );
    let told = err(&output);
    let missing = "story/scenario.yaml (durations[0].pool): warning[duration-names-nothing]: there \
                   is no pool `nobody`";
    assert!(told.contains(missing), "{told}");
}

#[test]
fn a_folder_is_no_table_of_past_runs() {
    let folder = with_fleet("durations-folder");
    std::fs::create_dir(folder.join("runs")).expect("the folder");
    check_refused(
        &folder,
        &["durations", "fleet.json", "--history", "runs"],
        &expect![[r#"
            wavetank: runs: a folder is no table of past runs; name each CSV file in it, with a `--history` each or a line each in the scenario's `history`
        "#]],
    );
}

#[test]
fn a_table_that_is_not_there_is_refused() {
    let folder = with_fleet("durations-missing");
    check_refused(
        &folder,
        &["simulate", "fleet.json", "--history", "gone.csv"],
        &expect![[r#"
            wavetank: cannot read gone.csv: No such file or directory (os error 2)
        "#]],
    );
}
