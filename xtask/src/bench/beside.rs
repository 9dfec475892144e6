//! Reference programs run beside ours: a drain of the same fleet, by other engines.
//!
//! They print a line for each size, `drain pods=N NAME … X ns/move … | ev=… mv=… retry=… end=…`.
//! Their folder is only read: what is compiled goes below our own target folder. What cannot be
//! built or run is a line of the table with its reason.

use std::path::Path;
use std::process::Command;

use super::{COMPARED_PODS, Ours};
use crate::workspace;

/// How a program is started.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// A crate in a folder, and a program of it.
    Cargo(&'static str, &'static str),
    /// An interpreter and its script.
    Script(&'static str, &'static str),
}

/// What is run, with its arguments.
const PROGRAMS: &[(Start, &[&str])] = &[
    (Start::Cargo("des", "bench"), &["drain"]),
    (Start::Cargo("peers", "p_simcore"), &[]),
    (Start::Cargo("peers", "p_simu"), &[]),
    (Start::Cargo("peers", "p_nexosim"), &[]),
    (Start::Script("python3", "simpy/drain.py"), &[]),
    (Start::Script("node", "wasm/drain_js.mjs"), &[]),
];

/// What became of one program.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// What it printed of one of its engines.
    Drained(Drained),
    /// It could not be built or run, or printed nothing that can be read.
    Failed {
        /// The program.
        program: String,
        /// The last that it said.
        reason: String,
    },
}

/// One engine at [`COMPARED_PODS`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drained {
    engine: String,
    ns_per_move: f64,
    /// What it did, by which two programs can be told to have done the same.
    did: String,
}

/// Builds and runs everything in turn.
pub(super) fn run_all(folder: &Path, target: &Path) -> Vec<Found> {
    let runs = PROGRAMS.iter().map(|(start, arguments)| {
        let program = match start {
            Start::Cargo(of, bin) => format!("{of}/{bin}"),
            Start::Script(_, script) => (*script).to_owned(),
        };
        let printed = printed(*start, arguments, folder, target);
        let drained: Vec<Drained> = match &printed {
            Ok(text) => text.lines().filter_map(drained).collect(),
            Err(_) => Vec::new(),
        };
        if drained.is_empty() {
            let nothing = format!("it printed no line for {COMPARED_PODS} pods");
            let reason = printed.err().unwrap_or(nothing);
            return vec![Found::Failed { program, reason }];
        }
        drained.into_iter().map(Found::Drained).collect()
    });
    runs.flatten().collect()
}

/// Everything a program prints, or why there is nothing.
fn printed(
    start: Start,
    arguments: &[&str],
    folder: &Path,
    target: &Path,
) -> Result<String, String> {
    match start {
        Start::Cargo(of, bin) => {
            let mut build = workspace::cargo();
            // `--locked`, or cargo would write its lock file into a folder that is not ours.
            build.args(["build", "--release", "--locked", "--quiet", "--bin", bin]);
            build.arg("--manifest-path");
            build.arg(folder.join(of).join("Cargo.toml"));
            output(build.env("CARGO_TARGET_DIR", target))?;
            output(Command::new(target.join("release").join(bin)).args(arguments))
        }
        Start::Script(interpreter, script) => {
            let mut run = Command::new(interpreter);
            run.env("PYTHONDONTWRITEBYTECODE", "1");
            output(run.arg(folder.join(script)).args(arguments))
        }
    }
}

/// Runs a command quietly; failing, the last line that says anything is the reason.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(format!(
        "{}: {}",
        output.status,
        last.unwrap_or("no message").trim()
    ))
}

/// Reads a line, if it is of the size that is compared.
fn drained(line: &str) -> Option<Drained> {
    let (pods, rest) = line
        .strip_prefix("drain pods=")?
        .trim_start()
        .split_once(' ')?;
    if pods != COMPARED_PODS {
        return None;
    }
    let (measured, did) = rest.split_once('|')?;
    let (before, _) = measured.split_once(" ns/move")?;
    let ns_per_move = before.split_whitespace().last()?.parse().ok()?;
    let is_name = |word: &&str| word.parse::<f64>().is_err();
    let name: Vec<&str> = measured.split_whitespace().take_while(is_name).collect();
    let did = did.trim().trim_start_matches("seed1: ");
    // How often a pod found no node is not part of what all of them print.
    let did = did.split(" pend=").next().unwrap_or(did);
    Some(Drained {
        engine: name.join(" "),
        ns_per_move,
        did: did.to_owned(),
    })
}

/// Every engine with its time, and how many times each of ours that is.
pub(super) fn table(ours: &[Ours], found: &[Found]) -> String {
    let mut lines = vec![format!(
        "beside, at {COMPARED_PODS} pods: ns for each pod moved"
    )];
    for (index, Ours { what, ns_per_move }) in ours.iter().enumerate() {
        lines.push(format!("({}) {what}: {ns_per_move:.1}", index + 1));
    }
    let headings = (1..=ours.len()).map(|number| format!(" {:>8}", format!("/ ({number})")));
    let headings: String = headings.collect();
    lines.push(format!(
        "{:<24} {:>9}{headings}  what it did",
        "engine", "ns/move"
    ));
    lines.extend(found.iter().map(|found| line(ours, found)));
    format!("\n{}\n", lines.join("\n"))
}

fn line(ours: &[Ours], found: &Found) -> String {
    match found {
        Found::Drained(Drained {
            engine,
            ns_per_move,
            did,
        }) => {
            let ratios = ours.iter().map(|ours| ns_per_move / ours.ns_per_move);
            let ratios: String = ratios.map(|ratio| format!(" {ratio:>8.2}")).collect();
            format!("{engine:<24} {ns_per_move:>9.1}{ratios}  {did}")
        }
        Found::Failed { program, reason } => format!("{program:<24} {:>9}  {reason}", "not run"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &[&str] = &[
        "hold n=     100 simcore     67.0 ns/op",
        "drain pods=   10000 simcore        76.0 ns/event    312.0 ns/move | ev=1 mv=2",
        "drain pods=  100000 simcore       111.2 ns/event    457.3 ns/move     61.00 ms/run \
         peakRSS+=1.5MB | ev=554874 mv=134613 retry=11422 end=13378579217 pend=0",
        "drain pods=  100000 mode=1 Sorted         15.9 ns/event   65.4 ns/move    8.700 ms/run \
         B/pod=13.5 | seed1: ev=554874 mv=134613 retry=11422 end=13378579217 pend=0",
    ];

    #[test]
    fn each_engine_is_read_at_the_size_that_is_compared() {
        let found: Vec<Drained> = PRINTED.iter().filter_map(|line| drained(line)).collect();
        let did = "ev=554874 mv=134613 retry=11422 end=13378579217";
        let expected =
            [("simcore", 457.3), ("mode=1 Sorted", 65.4)].map(|(engine, ns_per_move)| Drained {
                engine: engine.to_owned(),
                ns_per_move,
                did: did.to_owned(),
            });
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_run_is_told_with_its_reason() {
        let found = Found::Failed {
            program: "simpy/drain.py".to_owned(),
            reason: "no module named simpy".to_owned(),
        };
        let ours = Ours {
            what: "ours".to_owned(),
            ns_per_move: 200.0,
        };
        let table = table(&[ours], &[found]);
        assert!(
            table.ends_with("simpy/drain.py             not run  no module named simpy\n"),
            "{table}"
        );
    }

    #[test]
    fn a_ratio_is_theirs_over_ours() {
        let found = drained(PRINTED[2]).map(Found::Drained);
        let ours = Ours {
            what: "ours".to_owned(),
            ns_per_move: 200.0,
        };
        let table = table(&[ours], &found.into_iter().collect::<Vec<_>>());
        assert!(
            table.contains("simcore                      457.3     2.29  ev=554874"),
            "{table}"
        );
    }
}
