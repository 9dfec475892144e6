//! What a service that is hit reads as.

use wavetank_core::report::{BlastRow, FactState};

use super::format;

/// How badly, how slowly, how long: `loses 16.7 %, 12× slower, for 4m44s`.
pub fn extent(row: &BlastRow) -> String {
    let mut parts = Vec::new();
    match (row.errors_ppm, row.lacking_ppm) {
        (0, 0) => {}
        (0, lacking) => parts.push(format!("answers {} in part", format::share(lacking.into()))),
        (1_000_000, _) => parts.push(format!("down for {}", format::duration(row.down_ms))),
        (errors, _) => parts.push(format!("loses {}", format::share(errors.into()))),
    }
    if row.latency_per_mille > 1_000 {
        let tenths = (row.latency_per_mille + 50) / 100;
        let factor = format!("{}.{}× as slow", tenths / 10, tenths % 10);
        parts.push(match row.latency_micros {
            Some(micros) => format!("{factor}, {}", format::latency(micros.cast_signed())),
            None => factor,
        });
    }
    let still = if row.lasts { ", to the end" } else { "" };
    let times = match row.n_spells {
        0 | 1 => String::new(),
        n => format!(" in {n} times"),
    };
    parts.push(format!(
        "affected for {}{times}{still}",
        format::duration(row.affected_ms)
    ));
    format::upper(&format!("{}.", parts.join(", ")))
}

/// Through whom it is hit, what it loses, and how well that is known.
pub fn notes(row: &BlastRow) -> Vec<String> {
    let mut notes = Vec::new();
    if !row.through.is_empty() {
        notes.push(format!("Through {}.", row.through.join(" › ")));
    }
    if let Some(requests) = row.lost_requests.filter(|requests| *requests > 0) {
        notes.push(format!("{} lost.", format::counted(requests, "request")));
    }
    if let Some(spent) = row.budget_spent_per_mille.filter(|spent| *spent > 0) {
        notes.push(format!(
            "{}.{} % of its error budget spent.",
            format::count(spent / 10),
            spent % 10
        ));
    }
    match row.load {
        FactState::Known => {}
        FactState::Assumed | FactState::Unknown => notes.push("≈ load assumed".to_owned()),
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_tells_how_badly_and_how_long() {
        let mut row = BlastRow {
            errors_ppm: 166_667,
            latency_per_mille: 12_040,
            affected_ms: 284_000,
            n_spells: 2,
            load: FactState::Known,
            lost_requests: Some(1_363),
            budget_spent_per_mille: Some(28),
            through: vec!["shop/api".to_owned(), "shop/db".to_owned()],
            ..BlastRow::default()
        };
        assert_eq!(
            extent(&row),
            "Loses 16.7 %, 12.0× as slow, affected for 4m44s in 2 times."
        );
        assert_eq!(
            notes(&row),
            [
                "Through shop/api › shop/db.",
                "1,363 requests lost.",
                "2.8 % of its error budget spent."
            ]
        );
        row.errors_ppm = 1_000_000;
        row.down_ms = 60_000;
        row.latency_per_mille = 1_000;
        row.lasts = true;
        row.n_spells = 1;
        assert_eq!(extent(&row), "Down for 1m, affected for 4m44s, to the end.");
    }

    #[test]
    fn an_assumed_load_is_told_as_such() {
        let row = BlastRow {
            load: FactState::Assumed,
            ..BlastRow::default()
        };
        assert_eq!(notes(&row), ["≈ load assumed"]);
    }
}
