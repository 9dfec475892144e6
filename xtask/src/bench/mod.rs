//! `cargo xtask bench`: the same workloads, timed natively by criterion and as Wasm by Node.
//!
//! Times depend on the machine and on what else it does. So other programs can be run beside ours,
//! one after the other in the same run, and what to compare is how the times relate.

mod beside;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::bind::{self, Loader};
use crate::steps::Steps;
use crate::test::probe;
use crate::workspace;

/// What is timed.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArguments {
    /// Time the reference programs in this folder too: des, peers, simpy, wasm
    #[arg(long, value_name = "FOLDER")]
    beside: Option<PathBuf>,
}

/// The size at which programs are compared.
const COMPARED_PODS: &str = "100000";

/// What of ours is compared, by the heading of its tables.
const OURS: [&str; 3] = [
    "DRAIN on the core's queue",
    "the full model",
    "the full model without a trace",
];

/// What one of [`OURS`] took for each pod moved at [`COMPARED_PODS`].
#[derive(Clone, Debug, PartialEq)]
struct Ours {
    what: String,
    ns_per_move: f64,
}

/// Prints both sets of times, and those of the programs beside.
pub fn run(arguments: &BenchArguments) -> Result<()> {
    let steps = Steps::begin();
    steps.say("native: criterion");
    let native =
        workspace::read_through(workspace::cargo().args(["bench", "--package", "wavetank-tests"]))?;
    steps.say("Wasm: Node");
    workspace::ensure_wasm_target()?;
    probe::compile_wasm()?;
    let target = workspace::target_dir()?;
    let out = bind::bind(&target, probe::BIN, probe::WASM_PROFILE, Loader::Node)?;
    let script = workspace::root().join("xtask/src/test/bench.js");
    let wasm = workspace::read_through(Command::new("node").arg(script).arg(out.join("part.js")))?;
    let Some(folder) = &arguments.beside else {
        return Ok(());
    };
    let mut ours = read_ours("native", &native)?;
    ours.extend(read_ours("Wasm", &wasm)?);
    let folder = folder
        .canonicalize()
        .with_context(|| format!("there is no folder {}", folder.display()))?;
    steps.say("beside: the reference programs");
    let found = beside::run_all(&folder, &target.join("beside"));
    steps.say("done");
    print!("{}", beside::table(&ours, &found));
    Ok(())
}

/// Reads our own tables.
fn read_ours(side: &str, printed: &str) -> Result<Vec<Ours>> {
    let read = OURS.iter().map(|what| {
        let ns_per_move = ns_per_move(&format!("{what}, {side}"), printed);
        let ns_per_move = ns_per_move
            .with_context(|| format!("{what}, {side}: no line for {COMPARED_PODS} pods"))?;
        let what = format!("{what}, {side}");
        Ok(Ours { what, ns_per_move })
    });
    read.collect()
}

/// The fifth column of the line of [`COMPARED_PODS`], to within what a generated fleet has of them.
fn ns_per_move(heading: &str, printed: &str) -> Option<f64> {
    let heading = |line: &&str| line.starts_with(heading) && line.ends_with("samples");
    let table = printed.lines().skip_while(|line| !heading(line)).skip(2);
    let compared: f64 = COMPARED_PODS.parse().ok()?;
    table.take_while(|line| !line.is_empty()).find_map(|line| {
        let numbers: Vec<&str> = line.split_whitespace().collect();
        let pods: f64 = numbers.first()?.parse().ok()?;
        let is_near = (pods / compared - 1.0).abs() < 0.1;
        numbers.get(4).filter(|_| is_near)?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_tables_are_read_at_the_size_that_is_compared() {
        let printed = "a drain, 100,000 pods: median 1 ms\n\
            \n\
            a drain, native, best of all samples\n\
            pods events moves ns/event ns/move growth\n\
            100000 600000 120000 10.0 50.0 1.25\n\
            \n\
            a model, native, best of all samples\n\
            pods events moves ns/event ns/move growth\n\
            10010 60000 12000 40.0 200.0 1.00\n\
            99871 600000 120000 50.0 250.0 1.25\n";
        assert_eq!(ns_per_move("a drain, native", printed), Some(50.0));
        assert_eq!(ns_per_move("a model, native", printed), Some(250.0));
        assert_eq!(ns_per_move("a model, Wasm", printed), None);
    }
}
