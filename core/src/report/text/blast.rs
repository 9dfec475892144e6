//! The blast radius as tables: in short within a transcript, in full by itself.

use std::fmt::Write as _;

use super::{Table, escape, grouped, span};
use crate::report::{BlastRadius, BlastRow, FactState};

/// Services that a transcript tells; `wavetank blast` tells all.
const N_ROWS: usize = 10;

/// What the columns mean whose names do not say it.
const LEGEND: &str = "
The most critical tier first (~ where it is assumed), in it the longest down.
LATENCY   the longest average answer, and how many times what it took at the start
AFFECTED  how long it was worse than at the start; + where it still was at the end
LOST      requests lost; where the demand is not stated, the full outage that loses as many
BUDGET    the share of its error budget of 28 days that this spends
THROUGH   the services it calls on the way to the one that was hit
EVENT     what took the replica: `wavetank why --event EVENT` tells more
";

/// The worst services, for a transcript.
pub(super) fn summary(text: &mut String, radius: &BlastRadius) {
    let _ = writeln!(text, "\nBlast radius\n{}", escape(&radius.headline));
    if radius.rows.is_empty() {
        return;
    }
    let mut table = Table::new(&[
        "SERVICE", "CLUSTER", "LOAD", "ERRORS", "LATENCY", "AFFECTED", "DOWN", "THROUGH", "EVENT",
    ]);
    for row in radius.rows.iter().take(N_ROWS) {
        table.push(&[
            row.service.as_str(),
            &row.cluster_name,
            load(row),
            &errors(row),
            &latency(row),
            &affected(row),
            &span(row.down_ms),
            &through(row),
            &event(row),
        ]);
    }
    let _ = write!(text, "{table}");
    let _ = writeln!(text, "the most critical tier first, in it the longest down");
    if let Some(more) = radius.rows.len().checked_sub(N_ROWS).filter(|n| *n > 0) {
        let more = grouped(more as u64);
        let _ = writeln!(text, "and {more} more; `wavetank blast` lists them all");
    }
}

/// Every service that was hit, with what it lost and the event that hit it.
pub fn blast(radius: &BlastRadius) -> String {
    let mut text = format!("{}\n", escape(&radius.headline));
    if radius.rows.is_empty() {
        return text;
    }
    let mut table = Table::new(&[
        "SERVICE", "CLUSTER", "TIER", "LOAD", "ERRORS", "LATENCY", "WORST-AT", "AFFECTED", "DOWN",
        "TIMES", "LOST", "BUDGET", "THROUGH", "EVENT", "ROOT", "BECAUSE",
    ]);
    for row in &radius.rows {
        table.push(&[
            row.service.as_str(),
            &row.cluster_name,
            &tier(row),
            load(row),
            &errors(row),
            &latency(row),
            &span(row.worst_at_ms),
            &affected(row),
            &span(row.down_ms),
            &grouped(row.n_spells.into()),
            &lost(row),
            &budget(row),
            &through(row),
            &event(row),
            &row.root_cause,
            &row.because,
        ]);
    }
    let _ = write!(text, "\n{table}");
    text.push_str(LEGEND);
    text
}

fn tier(row: &BlastRow) -> String {
    match row.tier_state {
        FactState::Known => row.tier.clone(),
        FactState::Assumed | FactState::Unknown => format!("~{}", row.tier),
    }
}

fn load(row: &BlastRow) -> &'static str {
    match row.load {
        FactState::Known => "stated",
        FactState::Assumed | FactState::Unknown => "assumed",
    }
}

/// Requests that fail; those that are answered in part are told where they are all there is.
fn errors(row: &BlastRow) -> String {
    match (row.errors_ppm, row.lacking_ppm) {
        (0, 0) => "0 %".to_owned(),
        (0, lacking) => format!("{} in part", share(lacking)),
        (errors, _) => share(errors),
    }
}

/// A share in per cent; what is not quite none or all never reads so.
fn share(ppm: u32) -> String {
    match ppm {
        1..=50 => "<0.01 %".to_owned(),
        999_950..=999_999 => ">99.99 %".to_owned(),
        _ => {
            let hundredths = (ppm + 50) / 100;
            format!("{}.{:02} %", hundredths / 100, hundredths % 100)
        }
    }
}

fn latency(row: &BlastRow) -> String {
    let tenths = (row.latency_per_mille + 50) / 100;
    let factor = format!("x{}.{}", grouped(tenths / 10), tenths % 10);
    match row.latency_micros {
        None => factor,
        Some(micros) => format!("{}.{} ms ({factor})", micros / 1_000, micros / 100 % 10),
    }
}

/// How long it was affected, with a sign where it still is.
fn affected(row: &BlastRow) -> String {
    let took = span(row.affected_ms);
    if row.lasts { format!("{took}+") } else { took }
}

/// Requests lost, or where their number is not known the full outage that loses as much.
fn lost(row: &BlastRow) -> String {
    match row.lost_requests {
        Some(requests) => format!("{} requests", grouped(requests)),
        None if row.errors_ppm == 0 => "none".to_owned(),
        None if row.lost_ms < 1_000 => "like <1s of outage".to_owned(),
        None => format!("like {} of outage", span(row.lost_ms)),
    }
}

fn budget(row: &BlastRow) -> String {
    row.budget_spent_per_mille.map_or(String::new(), |spent| {
        format!("{}.{} %", grouped(spent / 10), spent % 10)
    })
}

fn through(row: &BlastRow) -> String {
    row.through.join(" > ")
}

fn event(row: &BlastRow) -> String {
    row.event.map(|event| event.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ppm: u32, expected: &str) {
        assert_eq!(share(ppm), expected);
    }

    #[test]
    fn neither_little_reads_as_none_nor_much_as_all() {
        check(0, "0.00 %");
        check(1, "<0.01 %");
        check(166_667, "16.67 %");
        check(999_949, "99.99 %");
        check(999_999, ">99.99 %");
        check(1_000_000, "100.00 %");
    }
}
