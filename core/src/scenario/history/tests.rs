//! What is made of tables of past runs, and what is told of those that say nothing.

use expect_test::{Expect, expect};

use super::*;

/// One line for each entry with its quantiles, then one for each issue.
#[track_caller]
fn check(text: &[u8], expected: &Expect) {
    let file = HistoryFile {
        name: "runs.csv",
        bytes: text,
    };
    let read = read_history(&[file]);
    let mut told = String::new();
    for entry in &read.value.entries {
        let [least, median, most] = [0, 500, 1_000].map(|p| entry.distribution.quantile(p));
        let quantity = entry.quantity.name();
        let scope = [&entry.cluster, &entry.pool, &entry.workload];
        let scope = scope.map(|name| name.as_deref().unwrap_or("*")).join(" ");
        let provider = entry.provider.map_or("*", Provider::name);
        let line = format!("{quantity} {provider} {scope}: {least} {median} {most}");
        told.extend([line, format!("; {}\n", entry.source)]);
        assert_eq!(entry.check(), Ok(()));
    }
    told.extend(read.issues.iter().map(|issue| format!("{issue}\n")));
    expected.assert_eq(&told);
}

#[test]
fn runs_of_the_same_make_one_distribution_and_others_make_theirs() {
    check(
        b"quantity,provider,cluster,pool,workload,seconds\n\
          node-boot,,,gpu,,600\nnode-boot,,,gpu,,660\nnode-boot,,,gpu,,540.25\n\
          node-boot,,,gpu,,1200\nnode-boot,,,gpu,,580\n\
          control-plane,eks,eu-1,,,600\ncontrol-plane,eks,eu-1,,,700\n\
          control-plane,eks,eu-1,,,800\ncontrol-plane,eks,eu-1,,,900\n\
          control-plane,eks,eu-1,,,1000\n\
          pod-start,,,,shop/web,3\n",
        &expect![[r#"
            control-plane eks eu-1 * *: 10m 13m20s 16m40s; 5 runs in runs.csv
            node-boot * * gpu *: 9m250ms 10m 20m; 5 runs in runs.csv
            runs.csv:12: warning[few-past-runs]: of pod-start, workload shop/web there are too few runs to go by (1), so what holds without them is used; add runs up to 5, or leave cells empty to count them with others
        "#]],
    );
}

#[test]
fn columns_stand_in_any_order_and_lengths_may_have_units() {
    check(
        b"\xef\xbb\xbfduration,when,quantity\r\n4m10s,mon,node-rebuild\r\n\
          \"5m\", tue ,node-rebuild\r\n6m,wed,node-rebuild\r\n7m,,node-rebuild\r\n\
          8m,,node-rebuild\r\n",
        &expect![[r#"
            node-rebuild * * * *: 4m10s 6m 8m; 5 runs in runs.csv
            runs.csv:1: note[unknown-history-column]: the column `when` is not known here and was passed over; known are `quantity`, `provider`, `cluster`, `pool`, `workload`, `seconds`, `duration`
        "#]],
    );
}

#[test]
fn a_bad_line_is_told_and_the_others_are_used() {
    check(
        b"quantity,provider,pool,seconds\nnode-boot,,,60\nnode-bot,,,60\nnode-boot,eksx,,60\n\
          control-plane,,web,60\nnode-boot,,,1m\nnode-boot,,,-4\nnode-boot\nnode-boot,,,61\n\
          node-boot,,,62\nnode-boot,,,\xff\nnode-boot,,,99999999\nnode-boot,,,63\n\
          node-boot,,,64\nnode-boot,,a,b,60\nnode-boot,,,64,\n",
        &expect![[r#"
            node-boot * * * *: 1m 1m2s500ms 1m4s; 6 runs in runs.csv
            runs.csv:3: error[unreadable-past-run]: the quantity `node-bot` is not known, so this line was not used; did you mean `node-boot`?
            runs.csv:4: error[unreadable-past-run]: the provider `eksx` is not known, so this line was not used; did you mean `eks`?
            runs.csv:5: error[unreadable-past-run]: control-plane does not differ by pool, so this line was not used; take `pool` out
            runs.csv:6: error[unreadable-past-run]: `1m` is not a number of seconds, so this line was not used; write it as `250` or `250.5`, or head the column `duration` for `4m10s`
            runs.csv:7: error[unreadable-past-run]: `-4` is not a number of seconds, so this line was not used; write it as `250` or `250.5`, or head the column `duration` for `4m10s`
            runs.csv:8: error[unreadable-past-run]: `` is not a number of seconds, so this line was not used; write it as `250` or `250.5`, or head the column `duration` for `4m10s`
            runs.csv:11: error[unreadable-past-run]: this is not text in UTF-8, so it was not used; save the table as CSV in UTF-8
            runs.csv:12: error[unreadable-past-run]: 1157d9h46m39s is too long, so this line was not used; write at most 366d
            runs.csv:15: error[unreadable-past-run]: there are more cells than the header's 4, so this line was not used; quote cells that hold a comma
        "#]],
    );
}

#[test]
fn a_table_without_the_columns_that_are_needed_is_not_used() {
    check(
        b"",
        &expect![[r#"
        runs.csv:1: error[unreadable-history]: a table of past runs needs the columns `quantity` and one of `seconds` and `duration`, so this file was not used; open it with a line such as `quantity,provider,cluster,pool,workload,seconds`
    "#]],
    );
    check(
        b"quantty,seconds\nnode-boot,4\n",
        &expect![[r#"
            runs.csv:1: error[unknown-history-column]: the column `quantty` is not known here, so this file was not used; did you mean `quantity`?
        "#]],
    );
    check(
        b"quantity,cluser,seconds\nnode-boot,eu-1,4\n",
        &expect![[r#"
            runs.csv:1: error[unknown-history-column]: the column `cluser` is not known here, so this file was not used; did you mean `cluster`?
        "#]],
    );
    check(
        b"quantity,seconds,duration\n",
        &expect![[r#"
            runs.csv:1: error[unreadable-history]: `seconds` and `duration` both tell how long a run took, so this file was not used; keep one of the two columns
        "#]],
    );
}

#[test]
fn files_count_as_one_table() {
    let head = "quantity,seconds\n";
    let first = format!("{head}node-boot,10\nnode-boot,20\n");
    let second = format!("{head}node-boot,30\nnode-boot,40\nnode-boot,50\n");
    let files = [("a.csv", &first), ("b.csv", &second)].map(|(name, text)| HistoryFile {
        name,
        bytes: text.as_bytes(),
    });
    let read = read_history(&files);
    assert_eq!(read.issues, []);
    let [entry] = &read.value.entries[..] else {
        panic!("{:?}", read.value);
    };
    assert_eq!(entry.source, "5 runs in a.csv, b.csv");
    assert_eq!(entry.distribution.quantile(500).as_secs(), 30);
    assert_eq!(read_history(&files[..1]).value.entries, []);
}

#[test]
fn of_very_many_runs_the_quantiles_are_kept() {
    let lines = (0..5_000).map(|run| format!("node-boot,{run}\n"));
    let text = format!("quantity,seconds\n{}", lines.collect::<String>());
    let read = read_history(&[HistoryFile {
        name: "runs.csv",
        bytes: text.as_bytes(),
    }]);
    let entry = &read.value.entries[0];
    let Distribution::Empirical(kept) = &entry.distribution else {
        panic!("{entry:?}");
    };
    assert_eq!(kept.sorted().len(), MOST_KEPT);
    assert_eq!(entry.distribution.quantile(0).as_secs(), 0);
    assert_eq!(entry.distribution.quantile(1_000).as_secs(), 4_999);
    let median = entry.distribution.quantile(500).as_secs();
    assert!((2_490..=2_510).contains(&median), "{median}");
    assert_eq!(entry.source, "5000 runs in runs.csv");
}

#[test]
fn a_table_of_nothing_but_its_header_is_told() {
    check(
        b"quantity,seconds\n",
        &expect![[r#"
        runs.csv: warning[no-past-runs]: no run stands below the header, so nothing is gone by; add a line for each run
    "#]],
    );
}

#[test]
fn other_separators_than_commas_are_told() {
    check(
        b"quantity;seconds\nnode-boot;60\n",
        &expect![[r#"
        runs.csv:1: error[unreadable-history]: the cells are separated by semicolons, so this file was not used; save the table as CSV with commas between cells
    "#]],
    );
    check(
        b"quantity\tseconds\nnode-boot\t60\n",
        &expect![[r#"
        runs.csv:1: error[unreadable-history]: the cells are separated by tabs, so this file was not used; save the table as CSV with commas between cells
    "#]],
    );
}

#[test]
fn two_columns_for_one_thing_are_told() {
    check(
        b"quantity,seconds,duration\nnode-boot,60,1m\n",
        &expect![[r#"
            runs.csv:1: error[unreadable-history]: `seconds` and `duration` both tell how long a run took, so this file was not used; keep one of the two columns
        "#]],
    );
    check(
        b"quantity,duration,duration\nnode-boot,60s,1m\n",
        &expect![[r#"
            runs.csv:1: error[unreadable-history]: the column `duration` stands twice, so this file was not used; keep one of the two
        "#]],
    );
}

#[test]
fn the_line_of_the_first_run_is_kept() {
    let text = format!("quantity,pool,seconds\n{}", "node-boot,gpu,60\n".repeat(5));
    let file = HistoryFile {
        name: "runs.csv",
        bytes: text.as_bytes(),
    };
    let history = read_history(&[file]).value;
    let places: Vec<String> = history.first_runs.iter().map(Place::to_string).collect();
    assert_eq!(places, ["runs.csv:2"]);
}
