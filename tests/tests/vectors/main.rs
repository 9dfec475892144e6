//! Puts test cases of Kubernetes and its tools to the core's own functions, and prints how each
//! group fared.
//!
//! The cases are not part of the repository; without them the run says so. `WAVETANK_VECTORS=FILE`
//! takes another file of the same shape: an array of `{id, group, basis, input, expected, source}`.
//! Only the keys that `expected` names are compared; a key, an input or a group that is not known
//! here fails, or a case could pass without having been understood.

mod budgets;
mod compare;
mod drain;
mod eviction;
mod nodes;
mod providers;
mod scheduler;
mod versions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Computes what a case's input gives.
type Rule = fn(Value) -> Result<Value, String>;

/// Every group, with what answers it.
const GROUPS: &[(&str, Rule)] = &[
    ("intstr-scaled", budgets::int_or_percent),
    ("pdb-math", budgets::arithmetic),
    ("pdb-status", budgets::status),
    ("pdb-disrupted-pods", budgets::disrupted_pods),
    ("eviction", eviction::answer),
    ("deployment-fenceposts", budgets::fenceposts),
    ("drain-filter", drain::filter),
    ("drain-loop", drain::run),
    ("scheduler-fit", scheduler::fit),
    ("scheduler-least-allocated", scheduler::least_allocated),
    ("scheduler-nodes-to-find", scheduler::nodes_to_find),
    ("taint-toleration", nodes::toleration),
    ("taint-eviction-delay", nodes::eviction_delay),
    ("node-zone-state", nodes::zone_state),
    ("version-skew", versions::skew),
    ("kubeadm-upgrade-policy", versions::kubeadm),
    ("etcd-quorum", providers::quorum),
    ("provider-batch", providers::batch),
];

/// A test case.
#[derive(Deserialize)]
struct Case {
    id: String,
    group: String,
    input: Value,
    expected: Value,
}

/// Passed and failed cases of a group.
#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
}

/// Reads an input; a field that is not known is an error.
fn read<T: DeserializeOwned>(input: Value) -> Result<T, String> {
    serde_json::from_value(input).map_err(|error| format!("the input is not understood: {error}"))
}

/// The file of cases: the one that is asked for, or the one beside the repository.
fn file() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("WAVETANK_SHARED").map_or(beside, PathBuf::from);
    std::env::var_os("WAVETANK_VECTORS")
        .map_or_else(|| shared.join("vectors/k8s.json"), PathBuf::from)
}

#[expect(clippy::print_stdout, reason = "this program is its own test harness")]
fn say(line: &str) {
    println!("{line}");
}

fn main() -> ExitCode {
    let path = file();
    let asked_for = std::env::var_os("WAVETANK_VECTORS").is_some();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if asked_for => {
            say(&format!("{}: {error}", path.display()));
            return ExitCode::FAILURE;
        }
        Err(_) => {
            say(&format!("skipped: {} is not there", path.display()));
            say("test result: ok. 0 passed; 0 failed; 1 ignored");
            return ExitCode::SUCCESS;
        }
    };
    match serde_json::from_str::<Vec<Case>>(&text) {
        Ok(cases) => run(cases),
        Err(error) => {
            say(&format!(
                "{}: not an array of cases: {error}",
                path.display()
            ));
            ExitCode::FAILURE
        }
    }
}

fn run(cases: Vec<Case>) -> ExitCode {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for case in cases {
        let tally = tallies.entry(case.group.clone()).or_default();
        let id = case.id.clone();
        match check(case) {
            Ok(()) => tally.passed += 1,
            Err(why) => {
                tally.failed += 1;
                say(&format!("{id}: {why}"));
            }
        }
    }
    let (mut passed, mut failed) = (0, 0);
    for (group, tally) in &tallies {
        say(&format!(
            "{group}: {} passed, {} failed",
            tally.passed, tally.failed
        ));
        passed += tally.passed;
        failed += tally.failed;
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    say(&format!(
        "test result: {verdict}. {passed} passed; {failed} failed"
    ));
    if failed == 0 && passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check(case: Case) -> Result<(), String> {
    let known = GROUPS.iter().find(|(name, _)| *name == case.group);
    let Some((_, rule)) = known else {
        return Err(format!("no group is called `{}`", case.group));
    };
    compare::compare(&rule(case.input)?, &case.expected)
}
