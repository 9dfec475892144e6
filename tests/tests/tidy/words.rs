//! Words that must not stay in the code, and what to write instead.
//!
//! The words are written in halves here, so that this file does not hold what it looks for.

use expect_test::expect;

use super::source::{Source, sources_with_extension};
use super::{check_all, check_sample};

/// A word and what to do instead.
const BANNED: &[(&str, &str)] = &[
    (
        concat!("to", "do!("),
        "write it, or return an error that says what is missing",
    ),
    (
        concat!("unimple", "mented!("),
        "write it, or return an error that says what is missing",
    ),
    (
        concat!("db", "g!("),
        "remove it: the trace is the place to look",
    ),
    (concat!("TO", "DO"), "do it, or open an issue"),
    (concat!("FIX", "ME"), "do it, or open an issue"),
    (
        concat!("#[ig", "nore"),
        "a test that does not run tells nothing: run it or remove it",
    ),
    (
        concat!("#[should_", "panic"),
        "return the failure and compare it",
    ),
];

/// Where somebody's own machine begins.
const MACHINES: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
];

/// Property tests ask the system for chance, which Wasm does not have.
const NATIVE_ONLY: &str = "[cfg(not(target_arch = \"wasm32\"))]";

fn banned_words(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in source.numbered() {
        for (word, instead) in BANNED.iter().filter(|(word, _)| line.contains(word)) {
            problems.push(source.problem(number, &format!("`{word}`: {instead}")));
        }
    }
    problems
}

fn paths_of_machines(source: &Source) -> Vec<String> {
    let named = source.numbered().filter(|(_, line)| {
        let code = line.replace("https://", "").replace("http://", "");
        MACHINES.iter().any(|machine| {
            code.find(machine).is_some_and(|at| {
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || "-_./}".contains(c))
            })
        })
    });
    named
        .map(|(number, _)| source.problem(number, "a path of somebody's machine"))
        .collect()
}

fn properties_in_wasm(source: &Source) -> Vec<String> {
    let is_core = source.path.starts_with("core/src/");
    let property = source
        .numbered()
        .find(|(_, line)| line.contains("proptest"));
    match property {
        Some((number, _)) if is_core && !source.text.contains(NATIVE_ONLY) => {
            let instead = format!("needs #{NATIVE_ONLY}: Wasm has no chance");
            vec![source.problem(number, &instead)]
        }
        _ => Vec::new(),
    }
}

#[test]
fn no_banned_word_stays() {
    check_all(banned_words);
}

#[test]
fn no_file_names_somebodys_machine() {
    check_all(paths_of_machines);
    for extension in ["md", "toml", "html", "js", "css"] {
        let files = sources_with_extension(&[""], extension);
        let problems: Vec<String> = files.iter().flat_map(paths_of_machines).collect();
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }
}

#[test]
fn properties_of_the_core_are_native() {
    check_all(properties_in_wasm);
}

#[test]
fn a_banned_word_is_caught_with_its_substitute() {
    let text = concat!(
        "fn a() {\n    to",
        "do!()\n}\n// FIX",
        "ME later\n#[ig",
        "nore]\n"
    );
    let problems = banned_words(&Source {
        path: "core/src/a.rs".into(),
        text: text.into(),
    });
    let lines: Vec<&str> = problems
        .iter()
        .filter_map(|problem| problem.split('`').next())
        .collect();
    assert_eq!(
        lines,
        [
            "core/src/a.rs:2: ",
            "core/src/a.rs:4: ",
            "core/src/a.rs:5: "
        ]
    );
}

#[test]
fn a_path_of_a_machine_is_caught_and_an_address_is_not() {
    check_sample(
        paths_of_machines,
        "core/src/a.rs",
        concat!(
            "\"/ho",
            "me/me/x\"\n// https://example.org/ho",
            "me/x\n\"a/wo",
            "rk/b\"\n"
        ),
        &expect![[r#"
            core/src/a.rs:1: a path of somebody's machine
        "#]],
    );
}

#[test]
fn a_property_that_wasm_would_compile_is_caught() {
    check_sample(
        properties_in_wasm,
        "core/src/a.rs",
        "//! A.\nproptest! {}\n",
        &expect![[r#"
            core/src/a.rs:2: needs #[cfg(not(target_arch = "wasm32"))]: Wasm has no chance
        "#]],
    );
    let gated = format!("#{NATIVE_ONLY}\nproptest! {{}}\n");
    check_sample(properties_in_wasm, "core/src/a.rs", &gated, &expect![[""]]);
}
