//! Service levels as a table: what was promised, the worst that happened, and for how long.

use std::collections::BTreeMap;

use super::{Table, UNKNOWN, span};
use crate::report::{FleetReport, Objective, RunReport, Sli, SliSeries, SliSummary};

/// All indicators, in the order readers ask for them.
const INDICATORS: [(Sli, &str); 6] = [
    (Sli::ApiAvailability, "API availability"),
    (Sli::NodeReadiness, "ready nodes"),
    (Sli::DisruptedPods, "disrupted pods"),
    (Sli::PendingPods, "pending pods"),
    (Sli::ReadyCapacity, "ready capacity"),
    (Sli::EtcdCommitP99, "etcd commit p99"),
];

/// For each indicator the cluster in which it missed its target longest, or fared worst.
pub(super) fn table(fleet: &FleetReport, run: &RunReport) -> Table {
    let mut table = Table::new(&[
        "INDICATOR",
        "TARGET",
        "WORST",
        "AT",
        "CLUSTER",
        "MISSED-FOR",
    ]);
    for (sli, name) in INDICATORS {
        let measured = of_clusters(run, sli)
            .filter_map(|series| Some((series, series.summary?)))
            .min_by_key(|(series, summary)| badness(series.sli, summary));
        let Some((worst, summary)) = measured else {
            if of_clusters(run, sli).next().is_some() {
                table.push(&[name, "", UNKNOWN, "", "", UNKNOWN]);
            }
            continue;
        };
        table.push(&[
            name,
            &worst
                .objective
                .map_or(String::new(), |target| objective(sli, target)),
            &value(sli, summary.worst),
            &span(summary.worst_at_ms),
            cluster_name(fleet, worst),
            &span(summary.breach_ms),
        ]);
    }
    table
}

/// What could not be measured: one line for each indicator and reason, with the clusters.
pub(super) fn unmeasured(fleet: &FleetReport, run: &RunReport) -> Table {
    let mut table = Table::new(&["NOT-MEASURED", "CLUSTERS", "SUCH-AS", "WHY"]);
    for (sli, name) in INDICATORS {
        let mut by_reason: BTreeMap<&str, Vec<&SliSeries>> = BTreeMap::new();
        for series in of_clusters(run, sli).filter(|series| series.summary.is_none()) {
            by_reason
                .entry(&series.unmeasured)
                .or_default()
                .push(series);
        }
        for (why, series) in by_reason {
            let example = cluster_name(fleet, series[0]);
            table.push(&[name, &series.len().to_string(), example, why]);
        }
    }
    table
}

fn of_clusters(run: &RunReport, sli: Sli) -> impl Iterator<Item = &SliSeries> {
    run.slis
        .iter()
        .filter(move |series| series.sli == sli && series.cluster.is_some())
}

fn cluster_name<'a>(fleet: &'a FleetReport, series: &SliSeries) -> &'a str {
    series
        .cluster
        .and_then(|at| fleet.clusters.get(at as usize))
        .map_or("", |cluster| cluster.name.as_str())
}

/// Smaller is worse; of equals the first cluster is taken.
fn badness(sli: Sli, summary: &SliSummary) -> (u64, i64) {
    let worst = match sli {
        Sli::ApiAvailability | Sli::NodeReadiness | Sli::ReadyCapacity => summary.worst,
        Sli::DisruptedPods | Sli::PendingPods | Sli::EtcdCommitP99 => -summary.worst,
    };
    (u64::MAX - summary.breach_ms, worst)
}

/// A target in words.
fn objective(sli: Sli, objective: Objective) -> String {
    match objective {
        Objective::AtLeast(target) => format!(">= {}", value(sli, target)),
        Objective::AtMost(target) => format!("<= {}", value(sli, target)),
    }
}

/// A value with its unit.
fn value(sli: Sli, value: i64) -> String {
    match sli {
        Sli::ApiAvailability | Sli::NodeReadiness | Sli::ReadyCapacity => {
            let hundredths = value / 100;
            format!("{}.{:02} %", hundredths / 100, hundredths.abs() % 100)
        }
        Sli::DisruptedPods | Sli::PendingPods => value.to_string(),
        Sli::EtcdCommitP99 => {
            let tenths = value / 100;
            format!("{}.{} ms", tenths / 10, tenths.abs() % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sli: Sli, number: i64, expected: &str) {
        assert_eq!(value(sli, number), expected);
    }

    #[test]
    fn values_carry_their_unit() {
        check(Sli::ApiAvailability, 999_500, "99.95 %");
        check(Sli::NodeReadiness, 1_000_000, "100.00 %");
        check(Sli::PendingPods, 12, "12");
        check(Sli::EtcdCommitP99, 12_340, "12.3 ms");
    }
}
