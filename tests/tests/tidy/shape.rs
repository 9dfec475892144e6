//! Size and shape: how long a file, a function and a line may be, and how a file opens.

use expect_test::expect;

use super::source::{Source, sources_with_extension};
use super::{check_all, check_sample};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARS_MAX: usize = 100;
const SNAPSHOT_BEGINS: &str = "expect![[r#\"";
const SNAPSHOT_ENDS: &str = "\"#]]";
const HEADER_LINES_MAX: usize = 12;
/// JavaScript of our own is reviewed by eye, so it stays little.
const BOOT_LINES_MAX: usize = 300;

fn too_long_file(source: &Source) -> Vec<String> {
    let n_lines = source.text.lines().count();
    let long = format!("{n_lines} lines; split it below {FILE_LINES_MAX}");
    (n_lines > FILE_LINES_MAX)
        .then(|| source.problem(n_lines, &long))
        .into_iter()
        .collect()
}

/// What a program prints is kept as it is printed, so the lines of a snapshot may be long and
/// many. Says of each line whether it is one.
fn lines_of_snapshots(source: &Source) -> Vec<bool> {
    let mut in_snapshot = false;
    let is_kept = |line: &str| {
        in_snapshot |= line.contains(SNAPSHOT_BEGINS);
        let is_kept = in_snapshot;
        in_snapshot &= !line.contains(SNAPSHOT_ENDS);
        is_kept
    };
    source.text.lines().map(is_kept).collect()
}

fn too_long_lines(source: &Source) -> Vec<String> {
    let long = source
        .numbered()
        .zip(lines_of_snapshots(source))
        .filter(|((_, line), is_kept)| !is_kept && line.chars().count() > LINE_CHARS_MAX);
    long.map(|((number, _), _)| source.problem(number, "longer than 100 characters"))
        .collect()
}

/// Relies on rustfmt: a function ends at the first brace that is indented like its beginning.
fn too_long_functions(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let is_kept = lines_of_snapshots(source);
    let mut problems = Vec::new();
    for (start, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| begins_function(line))
    {
        let indent = &line[..line.len() - line.trim_start().len()];
        let closing = format!("{indent}}}");
        let rest = lines[start..].iter().zip(&is_kept[start..]);
        let n_lines = 1 + rest
            .take_while(|(line, _)| **line != closing && !ends_early(line))
            .filter(|(_, is_kept)| !**is_kept)
            .count();
        if n_lines > FUNCTION_LINES_MAX {
            let long = format!("a function of {n_lines} lines; split it below 70");
            problems.push(source.problem(start + 1, &long));
        }
    }
    problems
}

fn begins_function(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let qualifiers = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "const",
        "async",
        "extern",
        "\"C\"",
    ];
    words.find(|word| !qualifiers.contains(word)) == Some("fn")
}

/// A declaration without a body, or a whole function in one line.
fn ends_early(line: &str) -> bool {
    begins_function(line) && (line.ends_with(';') || line.ends_with('}'))
}

fn bad_header(source: &Source) -> Vec<String> {
    let n_lines = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .count();
    match n_lines {
        0 => vec![source.problem(1, "open with `//!`: one sentence saying what this file is")],
        n if n > HEADER_LINES_MAX => vec![source.problem(n, "the header is over 12 lines")],
        _ => Vec::new(),
    }
}

#[test]
fn files_are_short() {
    check_all(too_long_file);
}

#[test]
fn functions_are_short() {
    check_all(too_long_functions);
}

#[test]
fn lines_are_short() {
    check_all(too_long_lines);
}

#[test]
fn files_say_what_they_are() {
    check_all(bad_header);
}

#[test]
fn the_javascript_is_little() {
    let scripts = sources_with_extension(&["web/boot"], "js");
    let n_lines: usize = scripts
        .iter()
        .map(|source| source.text.lines().count())
        .sum();
    assert!(
        n_lines <= BOOT_LINES_MAX,
        "{n_lines} lines of JavaScript; write Rust"
    );
}

#[test]
fn a_long_file_is_caught() {
    check_sample(
        too_long_file,
        "core/src/a.rs",
        &"\n".repeat(501),
        &expect![[r#"
            core/src/a.rs:501: 501 lines; split it below 500
        "#]],
    );
}

#[test]
fn a_long_function_is_caught_where_it_begins() {
    let body = "    work();\n".repeat(69);
    let text = format!("fn short() {{}}\npub const fn long() {{\n{body}}}\n");
    check_sample(
        too_long_functions,
        "core/src/a.rs",
        &text,
        &expect![[r#"
            core/src/a.rs:2: a function of 71 lines; split it below 70
        "#]],
    );
}

#[test]
fn a_function_of_seventy_lines_is_not_caught() {
    let text = format!("fn long() {{\n{}}}\n", "    work();\n".repeat(68));
    check_sample(too_long_functions, "core/src/a.rs", &text, &expect![[""]]);
}

#[test]
fn a_long_line_is_caught_by_its_characters() {
    let text = format!("{}\n{}\n", "ü".repeat(100), "x".repeat(101));
    check_sample(
        too_long_lines,
        "core/src/a.rs",
        &text,
        &expect![[r#"
            core/src/a.rs:2: longer than 100 characters
        "#]],
    );
}

#[test]
fn a_long_line_of_a_snapshot_is_not_caught_and_the_code_after_it_is() {
    let long = "x".repeat(101);
    let text = format!("expect![[r#\"\n{long}\n\"#]];\n{long}\n");
    check_sample(
        too_long_lines,
        "core/src/a.rs",
        &text,
        &expect![[r#"
            core/src/a.rs:4: longer than 100 characters
        "#]],
    );
}

#[test]
fn a_missing_header_is_caught() {
    check_sample(
        bad_header,
        "core/src/a.rs",
        "use std::fmt;\n",
        &expect![[r#"
            core/src/a.rs:1: open with `//!`: one sentence saying what this file is
        "#]],
    );
}
