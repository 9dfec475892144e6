//! A rehearsal as text: the verdict first, then waves, clusters, causes, service levels.

use std::fmt::Write as _;

use super::{Table, blast, counted, escape, indicators, span};
use crate::checked::IssueLevel;
use crate::report::verdict::NOT_REHEARSED;
use crate::report::{Bar, BarKind, CauseLink, FleetReport, Lane, LaneState, Outcome, RunReport};

/// Assumptions shown; the JSON report has them all.
const N_ASSUMPTIONS: usize = 8;

/// Links told from the root of a long chain of causes, and from its end.
const N_ROOT_LINKS: usize = 3;
const N_LAST_LINKS: usize = 7;

/// Everything a transcript is written from.
#[derive(Clone, Copy, Debug)]
pub struct RunText<'a> {
    /// The fleet.
    pub fleet: &'a FleetReport,
    /// What came of it.
    pub run: &'a RunReport,
    /// Chains of causes of the worst events, root first.
    pub chains: &'a [Vec<CauseLink>],
    /// Expectations that were not met: sentences.
    pub unmet: &'a [String],
    /// The command that runs it again.
    pub replay: &'a str,
}

/// A rehearsal as text.
pub fn run(input: &RunText<'_>) -> String {
    let mut text = String::new();
    verdict(&mut text, input);
    section(&mut text, "", &waves(input.run));
    section(&mut text, "", &clusters(input));
    section(&mut text, "Held back", &held_back(input));
    section(&mut text, "Faults", &faults(input));
    causes(&mut text, input);
    blast::summary(&mut text, &input.run.blast_radius);
    section(
        &mut text,
        "Service levels",
        &indicators::table(input.fleet, input.run),
    );
    let unmeasured = indicators::unmeasured(input.fleet, input.run);
    section(&mut text, "", &unmeasured);
    assumptions(&mut text, &input.run.assumptions);
    let _ = writeln!(text, "\ndigest  {}", input.run.digest);
    let _ = writeln!(text, "replay  {}", escape(input.replay));
    text
}

/// The answer first; where it is not the one that was expected, that comes before it.
fn verdict(text: &mut String, input: &RunText<'_>) {
    let run = input.run;
    let verdict = &run.verdict;
    let word = match verdict.outcome {
        Outcome::Finished => "FINISHED",
        Outcome::Held => "HELD",
        Outcome::Stalled => "STALLED",
        Outcome::Unfinished => "UNFINISHED",
        Outcome::Broken => "BROKEN",
        Outcome::RolledBack => "ROLLED BACK",
        Outcome::FinishedWithFailures => "FINISHED WITH FAILURES",
        // Nobody knows whether there is nothing to do where a cluster could not be judged.
        Outcome::NothingToDo if verdict.headline.starts_with(NOT_REHEARSED) => "HELD BACK",
        Outcome::NothingToDo => "NOTHING TO DO",
    };
    for sentence in input.unmet {
        let _ = writeln!(text, "NOT AS EXPECTED: {}", escape(sentence));
    }
    let _ = writeln!(text, "{word}: {}", escape(&verdict.headline));
    if !verdict.detail.is_empty() {
        let _ = writeln!(text, "{}", escape(&verdict.detail));
    }
    let issues = input.fleet.issues.iter();
    let n_errors = issues
        .filter(|issue| issue.level == IssueLevel::Error)
        .count();
    if n_errors > 0 {
        let errors = counted(n_errors as u64, "error");
        let _ = writeln!(
            text,
            "INCOMPLETE: the input has {errors}; what could not be read is not rehearsed"
        );
    }
    let (done, planned) = (run.upgraded_clusters, run.planned_clusters);
    let _ = writeln!(
        text,
        "{done} of {} upgraded to {} in {}; {}, seed {}",
        counted(planned.into(), "cluster"),
        run.target,
        span(run.end_ms),
        counted(run.n_events.into(), "event"),
        run.seed,
    );
}

/// Adds a table under its title, unless it is empty.
fn section(text: &mut String, title: &str, table: &Table) {
    if table.is_empty() {
        return;
    }
    text.push('\n');
    if !title.is_empty() {
        let _ = writeln!(text, "{title}");
    }
    let _ = write!(text, "{table}");
}

fn waves(run: &RunReport) -> Table {
    let mut table = Table::new(&["WAVE", "NAME", "STATE", "START", "END", "CLUSTERS", "WHY"]);
    for (index, wave) in run.waves.iter().enumerate() {
        table.push(&[
            &(index + 1).to_string(),
            wave.name.as_str(),
            state(wave.state),
            &wave.start_ms.map(span).unwrap_or_default(),
            &wave.end_ms.map(span).unwrap_or_default(),
            &wave.clusters.len().to_string(),
            &wave.reason,
        ]);
    }
    table
}

/// One line for each cluster, in the order of their waves.
fn clusters(input: &RunText<'_>) -> Table {
    let mut table = Table::new(&["CLUSTER", "WAVE", "STATE", "START", "END", "WHAT-HAPPENED"]);
    let mut lanes: Vec<(&str, &Lane)> = input
        .fleet
        .clusters
        .iter()
        .map(|cluster| cluster.name.as_str())
        .zip(&input.run.lanes)
        .collect();
    lanes.sort_by_key(|(_, lane)| lane.wave.unwrap_or(u32::MAX));
    for (name, lane) in lanes {
        let wave = lane.wave.map(|wave| (wave + 1).to_string());
        let own = |bar: &&Bar| bar.kind != BarKind::Fault;
        let start = lane.bars.iter().filter(own).map(|bar| bar.start_ms).min();
        let end = lane.bars.iter().filter(own).map(|bar| bar.end_ms).max();
        table.push(&[
            name,
            &wave.unwrap_or_default(),
            state(lane.state),
            &start.map(span).unwrap_or_default(),
            &end.map(span).unwrap_or_default(),
            &lane.sentence,
        ]);
    }
    table
}

fn held_back(input: &RunText<'_>) -> Table {
    let mut table = Table::new(&["CLUSTER", "WHY", "WHAT-WOULD-CHANGE-IT"]);
    for row in &input.run.held_back {
        let cluster = input.fleet.clusters.get(row.cluster as usize);
        let name = cluster.map_or("", |cluster| cluster.name.as_str());
        table.push(&[name, &row.reason, &row.fix]);
    }
    table
}

fn faults(input: &RunText<'_>) -> Table {
    let mut table = Table::new(&["FAULT", "ASKED-FOR", "STRUCK", "CLUSTERS"]);
    for fault in &input.run.faults {
        let struck = fault.struck_at_ms.map_or("never".to_owned(), span);
        let n_clusters = fault.clusters.len().to_string();
        table.push(&[&fault.label, &fault.detail, &struck, &n_clusters]);
    }
    table
}

/// The worst events, each under the chain that led to it.
fn causes(text: &mut String, input: &RunText<'_>) {
    let told: Vec<_> = input
        .chains
        .iter()
        .filter(|chain| !chain.is_empty())
        .collect();
    if told.is_empty() {
        return;
    }
    // Of what went well the chains tell nothing but what was worst meanwhile.
    text.push_str(match input.run.verdict.outcome {
        Outcome::Finished | Outcome::NothingToDo => "\nWorst on the way\n",
        Outcome::FinishedWithFailures
        | Outcome::Held
        | Outcome::Stalled
        | Outcome::Unfinished
        | Outcome::Broken
        | Outcome::RolledBack => "\nWhy\n",
    });
    for chain in told {
        let n_left_out = chain.len().saturating_sub(N_ROOT_LINKS + N_LAST_LINKS);
        for (depth, link) in chain.iter().enumerate() {
            if n_left_out > 0 && depth == N_ROOT_LINKS {
                let _ = writeln!(
                    text,
                    "           … {} more",
                    counted(n_left_out as u64, "step")
                );
            }
            if depth < N_ROOT_LINKS || depth >= N_ROOT_LINKS + n_left_out {
                cause(text, link, depth);
            }
        }
    }
}

/// One link of a chain, further in than the link before it.
fn cause(text: &mut String, link: &CauseLink, depth: usize) {
    let event = &link.event;
    let lead = if depth == 0 { "" } else { "so " };
    let place = if event.sentence.contains(&event.cluster_name) {
        String::new()
    } else {
        format!("{}: ", event.cluster_name)
    };
    let indent = "  ".repeat(depth.min(N_ROOT_LINKS));
    let sentence = escape(&event.sentence);
    let at = span(event.at_ms);
    let _ = writeln!(
        text,
        "  {at:>7}  {indent}{lead}{}{sentence}",
        escape(&place)
    );
}

fn assumptions(text: &mut String, assumptions: &[String]) {
    if assumptions.is_empty() {
        return;
    }
    text.push_str("\nAssumed\n");
    for sentence in assumptions.iter().take(N_ASSUMPTIONS) {
        let _ = writeln!(text, "  {}", escape(sentence));
    }
    if assumptions.len() > N_ASSUMPTIONS {
        let rest = assumptions.len() - N_ASSUMPTIONS;
        let _ = writeln!(text, "  and {rest} more; `-o json` lists them all");
    }
}

/// A state in a word.
fn state(state: LaneState) -> &'static str {
    match state {
        LaneState::Pending => "Pending",
        LaneState::Running => "Running",
        LaneState::Done => "Done",
        LaneState::WentOn => "WentOn",
        LaneState::Failed => "Failed",
        LaneState::Stalled => "Stalled",
        LaneState::RolledBack => "RolledBack",
        LaneState::Excluded => "Excluded",
    }
}
