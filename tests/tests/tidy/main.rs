//! The rules of the house that a machine can check, each with a test of itself.
//!
//! A failure names the file, the line, the rule and what to do instead.

mod arrows;
mod crates;
mod platforms;
mod shape;
mod source;
mod words;

use source::{Source, rust_sources};

/// Applies a rule to every Rust file of the repository.
#[track_caller]
fn check_all(rule: impl Fn(&Source) -> Vec<String>) {
    let problems: Vec<String> = rust_sources().iter().flat_map(rule).collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// Applies a rule to a sample and compares what it says, one problem a line.
#[track_caller]
fn check_sample(
    rule: impl Fn(&Source) -> Vec<String>,
    path: &str,
    text: &str,
    expected: &expect_test::Expect,
) {
    let source = Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let problems: Vec<String> = rule(&source)
        .iter()
        .map(|problem| problem.clone() + "\n")
        .collect();
    expected.assert_eq(&problems.concat());
}
