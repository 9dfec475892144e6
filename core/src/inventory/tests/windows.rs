//! Maintenance windows as people write them, right and wrong.

use expect_test::{Expect, expect};

use crate::inventory::tests::{one_node, resolve_one};
use crate::snapshot::{ClusterFacts, ClusterSnapshot, WindowSpec};

#[track_caller]
fn check(days: &str, start: &str, duration: &str, time_zone: &str, expected: &Expect) {
    let spec = WindowSpec {
        days: days.split_whitespace().map(str::to_owned).collect(),
        start: start.to_owned(),
        duration: duration.to_owned(),
        time_zone: time_zone.to_owned(),
    };
    let cluster = ClusterSnapshot {
        facts: ClusterFacts {
            windows: vec![spec],
            ..ClusterFacts::default()
        },
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    let shown = cluster.windows.iter().map(|window| {
        let days = window.days.map(|open| if open { 'x' } else { '.' });
        let days: String = days.iter().collect();
        format!(
            "{days} from minute {} for {} in {}\n",
            window.start_minute, window.duration, window.time_zone
        )
    });
    expected.assert_eq(&(shown.collect::<String>() + &issues));
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
        c.json (Cluster c): error[bad-window]: windows[0].start is "25:00", so this window
            is left out; write the start as hours and minutes from `00:00` to `23:59`
        c.json (Cluster c): warning[no-usable-window]: no window could be read, so the
            cluster counts as open at any time; correct the windows before relying on the
            plan's calendar
    "#]],
    );
    check(
        "su",
        "22:00",
        "4h",
        "",
        &expect![[r#"
        c.json (Cluster c): error[bad-window]: windows[0].days is "su", so this window is
            left out; write days as `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`
        c.json (Cluster c): warning[no-usable-window]: no window could be read, so the
            cluster counts as open at any time; correct the windows before relying on the
            plan's calendar
    "#]],
    );
    check(
        "sat",
        "22:00",
        "8d",
        "",
        &expect![[r#"
        c.json (Cluster c): error[bad-window]: windows[0].duration is "8d", so this window
            is left out; write a duration from `1m` to `7d`, such as `4h` or `1h30m`
        c.json (Cluster c): warning[no-usable-window]: no window could be read, so the
            cluster counts as open at any time; correct the windows before relying on the
            plan's calendar
    "#]],
    );
    check(
        "sat",
        "22:00",
        "4h",
        "Mars/Olympus",
        &expect![[r#"
        c.json (Cluster c): error[bad-window]: windows[0].timeZone is "Mars/Olympus", so
            this window is left out; write an IANA time zone such as `Europe/Berlin`, or
            leave it out for UTC
        c.json (Cluster c): warning[no-usable-window]: no window could be read, so the
            cluster counts as open at any time; correct the windows before relying on the
            plan's calendar
    "#]],
    );
}
