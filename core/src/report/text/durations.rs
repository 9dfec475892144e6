//! The durations in effect as text: a row each, with how it is known and where it is from.

use super::{Table, span};
use crate::durations::Basis;
use crate::report::DurationsReport;

/// The durations in effect as text.
pub fn durations(report: &DurationsReport) -> String {
    let headers = ["QUANTITY", "SCOPE", "MEDIAN", "P95", "BASIS", "SOURCE"];
    let mut table = Table::new(&headers);
    for row in &report.rows {
        let basis = match row.basis {
            Basis::Assumed => "assumed",
            Basis::Measured => "measured",
            Basis::History => "history",
        };
        table.push(&[
            row.quantity.name(),
            &row.scope,
            &span(row.median_ms),
            &span(row.p95_ms),
            basis,
            &row.source,
        ]);
    }
    table.to_string()
}
