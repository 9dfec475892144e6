//! Maintenance windows as people write them, right and wrong.

use expect_test::{Expect, expect};

use crate::inventory::tests::{one_node, resolve_one};
use crate::snapshot::{ClusterFacts, ClusterSnapshot, WindowSpec};

/// A cluster with these windows, its openings as text, and the issues.
fn show(windows: Vec<WindowSpec>) -> String {
    let cluster = ClusterSnapshot {
        facts: ClusterFacts {
            windows,
            ..ClusterFacts::default()
        },
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    let Some(windows) = cluster.windows.value() else {
        return format!("unknown\n{issues}");
    };
    let shown = windows.iter().map(|window| {
        let days = window.days.map(|open| if open { 'x' } else { '.' });
        let days: String = days.iter().collect();
        format!(
            "{days} from minute {} for {} in {}\n",
            window.start_minute, window.duration, window.time_zone
        )
    });
    shown.collect::<String>() + &issues
}

#[track_caller]
fn check(days: &str, start: &str, duration: &str, time_zone: &str, expected: &Expect) {
    let spec = WindowSpec {
        days: days.split_whitespace().map(str::to_owned).collect(),
        start: start.to_owned(),
        duration: duration.to_owned(),
        time_zone: time_zone.to_owned(),
    };
    expected.assert_eq(&show(vec![spec]));
}

#[test]
fn windows_are_read_as_people_write_them() {
    check(
        "sat Sunday",
        "22:00",
        "4h",
        "europe/berlin",
        &expect![[r#"
        .....xx from minute 1320 for 4h in Europe/Berlin
    "#]],
    );
    check(
        "",
        "6:30",
        "1h30m",
        "",
        &expect![[r#"
        xxxxxxx from minute 390 for 1h30m in UTC
    "#]],
    );
}

#[test]
fn bad_windows_are_left_out_with_the_reason() {
    check(
        "sat",
        "25:00",
        "4h",
        "",
        &expect![[r#"
            unknown
            c.json (Cluster c): error[bad-window]: windows[0].start is "25:00", so this window
                is left out; write the start as hours and minutes from `00:00` to `23:59`
            c.json (Cluster c): error[no-usable-window]: none of its windows could be read, so
                a plan that keeps to windows holds it back; correct `windows` of the cluster in
                the fleet file
        "#]],
    );
    check(
        "su",
        "22:00",
        "4h",
        "",
        &expect![[r#"
            unknown
            c.json (Cluster c): error[bad-window]: windows[0].days is "su", so this window is
                left out; write days as `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`
            c.json (Cluster c): error[no-usable-window]: none of its windows could be read, so
                a plan that keeps to windows holds it back; correct `windows` of the cluster in
                the fleet file
        "#]],
    );
    check(
        "sat",
        "22:00",
        "8d",
        "",
        &expect![[r#"
            unknown
            c.json (Cluster c): error[bad-window]: windows[0].duration is "8d", so this window
                is left out; write a duration from `1m` to `7d`, such as `4h` or `1h30m`
            c.json (Cluster c): error[no-usable-window]: none of its windows could be read, so
                a plan that keeps to windows holds it back; correct `windows` of the cluster in
                the fleet file
        "#]],
    );
    check(
        "sat",
        "22:00",
        "4h",
        "Mars/Olympus",
        &expect![[r#"
            unknown
            c.json (Cluster c): error[bad-window]: windows[0].timeZone is "Mars/Olympus", so
                this window is left out; write an IANA time zone such as `Europe/Berlin`, or
                leave it out for UTC
            c.json (Cluster c): error[no-usable-window]: none of its windows could be read, so
                a plan that keeps to windows holds it back; correct `windows` of the cluster in
                the fleet file
        "#]],
    );
}

#[test]
fn one_bad_window_among_good_ones_leaves_the_good_ones() {
    let window = |start: &str| WindowSpec {
        start: start.to_owned(),
        duration: "4h".to_owned(),
        ..WindowSpec::default()
    };
    expect![[r#"
        xxxxxxx from minute 1320 for 4h in UTC
        c.json (Cluster c): error[bad-window]: windows[1].start is "25:00", so this window
            is left out; write the start as hours and minutes from `00:00` to `23:59`
    "#]]
    .assert_eq(&show(vec![window("22:00"), window("25:00")]));
}

#[test]
fn a_cluster_that_names_no_window_is_taken_to_be_open() {
    let (cluster, issues) = resolve_one(one_node());
    assert!(cluster.windows.value().is_some_and(Vec::is_empty));
    assert_eq!(issues, "");
}
