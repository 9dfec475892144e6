//! Each folder of `scenarios/` tells a story; here each must still end as its `expected.txt` says.
//!
//! `UPDATE_EXPECT=1 cargo test --test scenarios` writes the transcripts anew. Review them like
//! code: a changed line is a changed answer.

use std::fs;
use std::path::{Path, PathBuf};

use wavetank_core::durations::DurationEntry;
use wavetank_core::plan::FailureRule;
use wavetank_core::report::text::{self, RunText};
use wavetank_core::scenario::{self, FleetSource, HistoryFile, Scenario};
use wavetank_core::snapshot::{Loader, Snapshot};
use wavetank_core::synth;
use wavetank_core::trial::{self, RunSettings, Trial};

/// A transcript longer than this is read by nobody.
const TRANSCRIPT_LINES_MAX: usize = 200;

/// Chains of causes told, as `wavetank simulate` does.
const N_CHAINS: usize = 3;

/// The folders of all scenarios, in the order of their names.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let entries = fs::read_dir(root).expect("the scenarios are in the repository");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// A folder's own name.
fn name(folder: &Path) -> &str {
    let name = folder.file_name().expect("a folder has a name");
    name.to_str().expect("names are plain")
}

fn read(folder: &Path, file: &str) -> String {
    let path = folder.join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fleet of the scenario in a folder: a synthetic one, or what the folder's own files hold.
fn load(source: &FleetSource, folder: &Path) -> Snapshot {
    let files = match source {
        FleetSource::Generate(options) => return synth::generate(options),
        FleetSource::Snapshot(snapshot) => return (**snapshot).clone(),
        FleetSource::Paths(files) => files,
    };
    let mut loader = Loader::new();
    let mut waiting = files.clone();
    while let Some(file) = waiting.pop() {
        let text = read(folder, &file);
        waiting.extend(scenario::fleet_dumps(&text));
        loader.add_file(&file, text.into_bytes());
    }
    let loaded = loader.finish();
    assert_eq!(loaded.issues, [], "{}", folder.display());
    loaded.value
}

/// What the past runs beside a scenario came to.
fn history(scenario: &Scenario, folder: &Path) -> Vec<DurationEntry> {
    let texts: Vec<String> = scenario
        .history
        .iter()
        .map(|file| read(folder, file))
        .collect();
    let names = scenario.history.iter().zip(&texts);
    let files: Vec<HistoryFile<'_>> = names
        .map(|(name, text)| HistoryFile {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    let read = scenario::read_history(&files);
    assert_eq!(read.issues, [], "{}", folder.display());
    read.value.entries
}

/// Rehearses the scenario in a folder; the transcript and what was not as the scenario expects.
fn rehearse(scenario: Scenario, folder: &Path) -> (String, Vec<String>) {
    let name = name(folder);
    let snapshot = load(&scenario.fleet, folder);
    let settings = RunSettings::of(&scenario, history(&scenario, folder));
    let mut trial = Trial::new(scenario.fleet, &snapshot, "", Vec::new());
    trial.start(settings).expect("a plan");
    while trial.advance(50_000).is_some_and(|progress| !progress.done) {}
    let run = trial.run().expect("the rehearsal is over");
    let unmet = trial::unmet(&scenario.expect, run);
    let transcript = text::run(&RunText {
        fleet: trial.fleet(),
        run,
        chains: &trial.worst(N_CHAINS),
        unmet: &unmet,
        replay: &format!("wavetank simulate scenarios/{name} --seed {}", run.seed),
    });
    (transcript, unmet)
}

/// The first line in which two transcripts differ.
fn difference(expected: &str, actual: &str) -> String {
    let (mut old, mut new) = (expected.lines(), actual.lines());
    for number in 1.. {
        let (before, after) = (old.next(), new.next());
        if before != after || before.is_none() {
            return format!("line {number}\n  was {before:?}\n  is  {after:?}");
        }
    }
    String::new()
}

#[test]
fn every_scenario_ends_as_its_transcript_says() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut problems = Vec::new();
    for folder in folders() {
        let name = name(&folder);
        let scenario = scenario::parse(&read(&folder, "scenario.yaml"), name)
            .unwrap_or_else(|error| panic!("{error}"));
        let (transcript, unmet) = rehearse(scenario, &folder);
        problems.extend(unmet.into_iter().map(|what| format!("{name}: {what}")));
        if transcript.lines().count() > TRANSCRIPT_LINES_MAX {
            problems.push(format!("{name}: over {TRANSCRIPT_LINES_MAX} lines"));
        }
        if update {
            fs::write(folder.join("expected.txt"), &transcript).expect("the transcript");
            continue;
        }
        let expected = read(&folder, "expected.txt");
        if expected != transcript {
            problems.push(format!("{name}: {}", difference(&expected, &transcript)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_scenario_says_what_is_to_be_seen() {
    let folders = folders();
    assert!(folders.len() >= 4, "{} scenarios", folders.len());
    for folder in folders {
        let readme = read(&folder, "README.md");
        assert!(readme.starts_with("# "), "{}: no title", name(&folder));
        let command = format!("wavetank simulate scenarios/{}", name(&folder));
        assert!(readme.contains(&command), "{}: no command", name(&folder));
        let scenario = scenario::parse(&read(&folder, "scenario.yaml"), name(&folder));
        let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
        assert!(
            scenario.expect.outcome.is_some(),
            "{}: no outcome",
            name(&folder)
        );
    }
}

// The opening story must not hang on one lucky seed: people change it.
#[test]
fn the_demo_tells_the_same_story_under_other_seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/demo");
    for seed in 1..=6 {
        let text = read(&folder, "scenario.yaml");
        let mut scenario = scenario::parse(&text, "demo").unwrap_or_else(|e| panic!("{e}"));
        scenario.seed = seed;
        // Another cluster may fail by itself: one boot in a thousand takes longer than its provider
        // waits, and a surge node of AKS is of no use to volumes of another zone. The waves go on
        // past those, or their stories would be told instead.
        scenario.expect.upgraded_clusters = None;
        scenario.plan.on_failure = FailureRule::GoOn;
        if let FleetSource::Generate(options) = &mut scenario.fleet {
            options.seed = seed;
        }
        let (transcript, unmet) = rehearse(scenario, &folder);
        let why = "PDB payments/ledger can never allow a disruption";
        assert!(unmet.is_empty(), "seed {seed}: {unmet:?}");
        assert!(transcript.contains(why), "seed {seed}: {transcript}");
    }
}

#[test]
fn a_changed_transcript_is_told_by_its_first_changed_line() {
    let told = difference("a\nb\nc\n", "a\nB\nc\n");
    assert_eq!(told, "line 2\n  was Some(\"b\")\n  is  Some(\"B\")");
}
