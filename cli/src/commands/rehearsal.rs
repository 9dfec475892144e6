//! Rehearses a scenario, or a fleet with the default plan, for the commands that ask about one.

use std::path::{Path, PathBuf};

use wavetank_core::checked::{Checked, Issue, IssueLevel};
use wavetank_core::scenario::{self, Expectations, FleetSource, SCHEMA_VERSION, Scenario};
use wavetank_core::synth;
use wavetank_core::trial::{RunSettings, Trial};

use super::{history, tell_issues, with_clusters};
use crate::args::Rehearsed;
use crate::error::{Ending, Failure};
use crate::input;
use crate::output;

/// Events handled between two updates of the progress bar.
const SLICE_EVENTS: u32 = 20_000;

/// Gaps told where no plan can be made; `wavetank inspect` tells them all.
const N_GAPS: usize = 8;

/// The files a scenario's folder may hold it in.
const SCENARIO_FILES: [&str; 3] = ["scenario.yaml", "scenario.yml", "scenario.json"];

/// A scenario, its file as the user knows it, and the folder its paths start from.
struct Found {
    scenario: Scenario,
    file: String,
    folder: PathBuf,
}

/// A rehearsal that is over.
pub(super) struct Rehearsal {
    /// The trial, with its report and trace.
    pub(super) trial: Trial,
    /// What the scenario expects.
    pub(super) expect: Expectations,
    /// What was given.
    pub(super) inputs: Vec<PathBuf>,
}

/// What was asked for, loaded and not rehearsed.
pub(super) struct Staged {
    /// The trial, nothing started.
    pub(super) trial: Trial,
    /// What is to be rehearsed.
    pub(super) settings: RunSettings,
    /// What was wrong with what is said of durations.
    pub(super) issues: Vec<Issue>,
    expect: Expectations,
    file: String,
}

/// Loads what was asked for and rehearses it to its end.
pub(super) fn rehearse(arguments: &Rehearsed) -> Result<Rehearsal, Ending> {
    let inputs = [&arguments.inputs[..], &arguments.more.filename[..]].concat();
    let Staged {
        mut trial,
        mut settings,
        issues,
        expect,
        file,
    } = load(&inputs, &arguments.history)?;
    tell_issues(&issues, IssueLevel::Warning);
    settings.seed = arguments.seed.unwrap_or(settings.seed);
    if let Some(target) = arguments.target {
        settings.plan.target = Some(target.without_patch());
    }
    run_to_end(&mut trial, settings, &file)?;
    Ok(Rehearsal {
        trial,
        expect,
        inputs,
    })
}

/// Loads a scenario, or a fleet with the default plan, and the tables of past runs to go by.
pub(super) fn load(inputs: &[PathBuf], tables: &[PathBuf]) -> Result<Staged, Ending> {
    let piped = piped(inputs)?;
    let Found {
        scenario,
        file,
        folder,
    } = match find(inputs, piped.as_deref())? {
        Some(found) => found,
        None => fleet_alone(inputs),
    };
    let beside: Vec<PathBuf> = scenario
        .history
        .iter()
        .map(|path| folder.join(path))
        .collect();
    let own = history::read(&beside)?;
    let asked = history::read(tables)?;
    let mut settings = RunSettings::of(&scenario, own.value.entries.clone());
    settings.durations.extend_from_slice(&asked.value.entries);
    let trial = stage(scenario.fleet, &folder, piped.as_deref())?;
    let mut issues = [own.issues, asked.issues].concat();
    issues.extend(trial.missing_duration_names(&scenario.durations, &file));
    for history in [&own.value, &asked.value] {
        issues.extend(trial.missing_history_names(history));
    }
    Ok(Staged {
        trial,
        settings,
        issues,
        expect: scenario.expect,
        file,
    })
}

/// What standard input holds, where it is all there is: it can be read only once.
fn piped(inputs: &[PathBuf]) -> Result<Option<Vec<u8>>, Failure> {
    match inputs {
        [input] if input == Path::new("-") => input::read_bytes(input).map(Some),
        _ => Ok(None),
    }
}

/// The scenario that the inputs name, if they do; there can be only one.
fn find(inputs: &[PathBuf], piped: Option<&[u8]>) -> Result<Option<Found>, Ending> {
    let [input] = inputs else {
        return Ok(None);
    };
    let inside = SCENARIO_FILES.map(|name| input.join(name));
    let file = inside.into_iter().find(|file| file.is_file());
    let in_folder = file.is_some();
    let file = file.unwrap_or_else(|| input.clone());
    if piped.is_none() && file.is_dir() {
        return Ok(None);
    }
    let bytes = match piped {
        Some(bytes) => bytes.to_vec(),
        None => input::read_bytes(&file)?,
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) if in_folder || scenario::is_scenario(&text) => text,
        Ok(_) | Err(_) => return Ok(None),
    };
    let name = file.display().to_string();
    let scenario = scenario::parse(&text, &name).map_err(Failure::Scenario)?;
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Some(Found {
        scenario,
        file: name,
        folder,
    }))
}

/// The scenario of a fleet with the default plan and nothing broken.
fn fleet_alone(inputs: &[PathBuf]) -> Found {
    let paths = inputs.iter().map(|input| input.display().to_string());
    let scenario = Scenario {
        schema_version: SCHEMA_VERSION.to_owned(),
        name: String::new(),
        description: String::new(),
        fleet: FleetSource::Paths(paths.collect()),
        plan: wavetank_core::plan::PlanSettings::default(),
        faults: Vec::new(),
        services: Vec::new(),
        durations: Vec::new(),
        history: Vec::new(),
        seed: 0,
        expect: Expectations::default(),
    };
    Found {
        scenario,
        file: String::new(),
        folder: PathBuf::new(),
    }
}

/// Loads or makes the fleet. Issues are told here, because the transcript is about the run.
fn stage(source: FleetSource, folder: &Path, piped: Option<&[u8]>) -> Result<Trial, Ending> {
    let (loaded, label) = match &source {
        FleetSource::Generate(options) => (
            Checked::clean(synth::generate(options)),
            "generated".to_owned(),
        ),
        FleetSource::Snapshot(snapshot) => {
            (Checked::clean((**snapshot).clone()), "scenario".to_owned())
        }
        FleetSource::Paths(paths) => {
            let inputs: Vec<PathBuf> = paths.iter().map(|path| folder.join(path)).collect();
            (input::load(&inputs, piped)?, paths.join(", "))
        }
    };
    let loaded = with_clusters(loaded)?;
    let trial = Trial::new(source, &loaded.value, &label, loaded.issues);
    tell_issues(&trial.fleet().issues, IssueLevel::Warning);
    Ok(trial)
}

/// Runs the rehearsal of the scenario in `file` to its end.
fn run_to_end(trial: &mut Trial, settings: RunSettings, file: &str) -> Result<(), Failure> {
    if let Err(error) = trial.start(settings) {
        tell_gaps(trial);
        return Err(Failure::Plan(error));
    }
    let missing = trial.missing_names(file);
    tell_issues(&missing, IssueLevel::Warning);
    if missing.iter().any(|issue| issue.level == IssueLevel::Error) {
        return Err(Failure::Unusable);
    }
    let bar = input::progress(0, "{spinner} {msg}");
    while let Some(progress) = trial.advance(SLICE_EVENTS) {
        bar.set_message(format!(
            "{} events, {} clusters done, at {}",
            progress.events, progress.clusters_done, progress.now
        ));
        bar.tick();
        if progress.done {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Tells what is missing of the fleet, since that is often why no plan can be made.
fn tell_gaps(trial: &Trial) {
    let clusters = &trial.fleet().clusters;
    let gaps = clusters
        .iter()
        .flat_map(|cluster| cluster.gaps.iter().map(move |gap| (&cluster.name, gap)));
    for (name, gap) in gaps.take(N_GAPS) {
        output::complain(&format!("{name}: {gap}"));
    }
}

/// A word as a shell reads it: quoted where it holds more than what no shell takes for its own.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:@%+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
