//! What the terminal says of slips: where they are, and what to write instead.

use std::fs;

use expect_test::expect;

use super::{check_refused, err, folder, out, run};

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
    check_refused(&folder, &["simulate", "s.yaml"], &expect![[r#"
        wavetank: s.yaml:3:1: the field `schemaVersion` is missing; open the file with `schemaVersion: wavetank/v1`
    "#]]);
}
