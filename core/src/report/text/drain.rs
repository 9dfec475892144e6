//! A drain by hand as text: how it ends, what kubectl prints, what holds it, what would mend it.

use std::fmt::Write as _;

use super::{Table, counted, escape, grouped, span};
use crate::report::{DrainLine, DrainOutcome, DrainReport, DrainState, HoldRow, OutputStream};

/// Pods named for one thing that holds them.
const N_PODS: usize = 6;

/// A drain as text.
pub fn drain(report: &DrainReport) -> String {
    let mut text = String::new();
    let word = match report.outcome {
        DrainOutcome::Drained => "DRAINED",
        DrainOutcome::Fails => "FAILS",
        DrainOutcome::NeverEnds => "NEVER ENDS",
    };
    let _ = writeln!(text, "{word}: {}", escape(&report.headline));
    let _ = writeln!(text, "\n$ {}", escape(&report.command));
    lines(&mut text, &report.lines);
    nodes(&mut text, report);
    holds(&mut text, report);
    outages(&mut text, report);
    remedies(&mut text, report);
    let names: Vec<&str> = report.nodes.iter().map(|node| node.name.as_str()).collect();
    let names = escape(&names.join(" ")).to_string();
    let _ = writeln!(text, "\nTo take it back\n$ kubectl uncordon {names}");
    let _ = writeln!(text, "\nAssumed");
    for assumption in &report.assumptions {
        let _ = writeln!(text, "- {}", escape(assumption));
    }
    let _ = writeln!(text, "\ndigest  {}", report.digest);
    text
}

/// The verdicts of many drains, each of one node: first what blocks, then the rest.
pub fn drains(reports: &[DrainReport]) -> String {
    let mut text = String::new();
    let drained = |report: &&DrainReport| report.outcome == DrainOutcome::Drained;
    let n_drained = grouped(reports.iter().filter(drained).count() as u64);
    let n_all = counted(reports.len() as u64, "node");
    let _ = writeln!(
        text,
        "{n_drained} of {n_all} can be drained, each by itself\n"
    );
    let several = reports
        .iter()
        .any(|report| report.cluster != reports[0].cluster);
    let headers = [
        "CLUSTER",
        "NODE",
        "VERDICT",
        "AFTER",
        "PODS",
        "LEFT",
        "HELD BY",
        "MENDED BY",
        "AFTERWARDS",
    ];
    let skipped = usize::from(!several);
    let mut table = Table::new(&headers[skipped..]);
    for report in reports {
        let Some(row) = report.nodes.first() else {
            continue;
        };
        let mut held: Vec<&str> = Vec::new();
        for hold in &report.holds {
            if !held.contains(&hold.held_by.as_str()) {
                held.push(&hold.held_by);
            }
        }
        let held = match held[..] {
            [] => "-".to_owned(),
            [one] => one.to_owned(),
            [first, ..] => format!("{first}; and {} more", held.len() - 1),
        };
        let cells = [
            report.cluster.clone(),
            row.name.clone(),
            row.state.words().to_owned(),
            row.ended_ms.map_or_else(|| "-".to_owned(), span),
            row.pods.to_string(),
            row.left.to_string(),
            held,
            mended(report),
            afterwards(report),
        ];
        table.push(&cells[skipped..]);
    }
    let _ = write!(text, "{table}");
    text
}

/// What does not come back once a node is drained, in one line.
fn afterwards(report: &DrainReport) -> String {
    let down = report
        .outages
        .iter()
        .filter(|outage| outage.until_ms.is_none());
    let (waiting, down) = (report.waiting.len(), down.count());
    match (report.outcome, waiting, down) {
        (DrainOutcome::Fails | DrainOutcome::NeverEnds, ..) | (_, 0, 0) => "-".to_owned(),
        (_, waiting, 0) => format!("{} without a node", counted(waiting as u64, "pod")),
        (_, _, down) => format!("{} without a ready pod", counted(down as u64, "workload")),
    }
}

/// What would mend a drain, in one line.
fn mended(report: &DrainReport) -> String {
    let changes: Vec<&str> = report
        .remedies
        .iter()
        .map(|remedy| remedy.text.as_str())
        .collect();
    match (report.outcome, changes[..].is_empty()) {
        (DrainOutcome::Drained, _) => "-".to_owned(),
        (DrainOutcome::Fails | DrainOutcome::NeverEnds, true) => "nothing found".to_owned(),
        (DrainOutcome::Fails | DrainOutcome::NeverEnds, false) => changes.join("; "),
    }
}

/// What kubectl prints, each line with its simulated time; `2>` marks standard error.
fn lines(text: &mut String, lines: &[DrainLine]) {
    let times: Vec<String> = lines.iter().map(|line| span(line.at_ms)).collect();
    let width = times.iter().map(String::len).max().unwrap_or(0);
    for (line, time) in lines.iter().zip(&times) {
        let mark = match (line.again, line.stream) {
            (Some(_), _) | (None, OutputStream::Out) => "  ",
            (None, OutputStream::Err) => "2>",
        };
        let _ = write!(text, "{time:>width$} {mark} {}", escape(&line.text));
        let every = line
            .again
            .map_or_else(String::new, |again| span(again.every_ms));
        let _ = match line.again.map(|again| again.times) {
            None => writeln!(text),
            Some(None) => writeln!(text, " every {every}, for ever)"),
            Some(Some(1)) => writeln!(text, ")"),
            Some(Some(times)) => writeln!(text, " every {every}, {times} times)"),
        };
    }
}

fn nodes(text: &mut String, report: &DrainReport) {
    let mut table = Table::new(&["NODE", "STATE", "BEGAN", "ENDED", "PODS", "LEFT", "SKIPPED"]);
    for row in &report.nodes {
        table.push(&[
            row.name.clone(),
            row.state.words().to_owned(),
            row.began_ms.map(span).unwrap_or_default(),
            match row.state {
                DrainState::Never => "never".to_owned(),
                _ => row.ended_ms.map(span).unwrap_or_default(),
            },
            row.pods.to_string(),
            row.left.to_string(),
            row.skipped.to_string(),
        ]);
    }
    let _ = write!(text, "\n{table}");
}

fn holds(text: &mut String, report: &DrainReport) {
    let refused = |row: &HoldRow| {
        let mut nodes = report.nodes.iter();
        nodes.any(|node| node.name == row.node && node.state == DrainState::Refused)
    };
    let title = |row: &HoldRow| match (refused(row), row.for_ever) {
        (true, _) => "Refused",
        (false, true) => "Held for ever",
        (false, false) => "Held for too long",
    };
    for heading in ["Refused", "Held for ever", "Held for too long"] {
        let rows = report.holds.iter().filter(|row| title(row) == heading);
        for (index, row) in rows.enumerate() {
            if index == 0 {
                let _ = writeln!(text, "\n{heading}");
            }
            let pods = named(&row.pods);
            let _ = writeln!(text, "- node {}: {pods}", escape(&row.node));
            let _ = writeln!(text, "  {}", escape(&row.held_by));
            for step in &row.because {
                let _ = writeln!(text, "  because {}", escape(step));
            }
        }
    }
}

/// The first few names of a list, and how many more there are.
fn named(pods: &[String]) -> String {
    let told: Vec<_> = pods.iter().take(N_PODS).map(|pod| escape(pod)).collect();
    let told = told.join(", ");
    match pods.len().saturating_sub(N_PODS) {
        0 => told,
        more => format!("{told} and {}", counted(more as u64, "more pod")),
    }
}

fn remedies(text: &mut String, report: &DrainReport) {
    if report.remedied.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nWhat would mend it");
    for (index, remedy) in report.remedies.iter().enumerate() {
        let _ = writeln!(text, "{}. {}", index + 1, escape(&remedy.text));
        if let Some(command) = &remedy.command {
            let _ = writeln!(text, "   $ {}", escape(command));
        }
        if !remedy.cost.is_empty() {
            let _ = writeln!(text, "   but {}", escape(&remedy.cost));
        }
    }
    let _ = writeln!(text, "=> {}", escape(&report.remedied));
}

fn outages(text: &mut String, report: &DrainReport) {
    let mut table = Table::new(&["WITHOUT A READY POD", "FROM", "UNTIL", "FOR"]);
    for outage in &report.outages {
        let (until, long) = match outage.until_ms {
            // What is under a second is rounded up: it is no precision of ours.
            Some(until) => (span(until), span((until - outage.from_ms).max(1_000))),
            None => ("still so at the end".to_owned(), String::new()),
        };
        table.push(&[outage.workload.clone(), span(outage.from_ms), until, long]);
    }
    if !table.is_empty() {
        let _ = write!(text, "\n{table}");
    }
    for waiting in &report.waiting {
        let _ = writeln!(
            text,
            "A quarter of an hour later {} still waits for a node: {}",
            escape(&waiting.pod),
            escape(&waiting.why)
        );
    }
}
