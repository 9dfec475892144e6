//! A service level as a line: its path, its objective, where it was missed, and in words.

use std::fmt::Write as _;

use wavetank_core::report::{Objective, RunReport, Sli, SliSeries};

use super::format;
use super::span::Scale;
use super::zone::Zone;

/// A chart ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The line's path.
    pub line: String,
    /// The same, closed along the lower edge.
    pub area: String,
    /// Where the objective's line is.
    pub objective_y: Option<f64>,
    /// Stretches in which the objective is missed, in pixels.
    pub breaches: Vec<(f64, f64)>,
    /// What the height means: the highest and the lowest value, and the objective where it fits.
    pub marks: Vec<ScaleMark>,
}

/// A value written at its height.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleMark {
    /// The base line of its text.
    pub y: f64,
    /// The value, with its unit.
    pub words: String,
}

/// The least distance of two marks' base lines.
const MARK_HEIGHT: f64 = 13.0;

/// The order in which indicators are shown.
pub const ORDER: [Sli; 6] = [
    Sli::ApiAvailability,
    Sli::NodeReadiness,
    Sli::DisruptedPods,
    Sli::PendingPods,
    Sli::ReadyCapacity,
    Sli::EtcdCommitP99,
];

/// The series of an indicator for a cluster, or for the whole fleet.
pub fn series(run: &RunReport, cluster: Option<u32>, sli: Sli) -> Option<&SliSeries> {
    run.slis
        .iter()
        .find(|series| series.cluster == cluster && series.sli == sli)
}

/// The value of a series at an instant.
pub fn value_at(series: &SliSeries, bucket_ms: u64, at_ms: u64) -> Option<i64> {
    let bucket = at_ms.checked_div(bucket_ms)?;
    let last = series.values.len().checked_sub(1)?;
    series.values.get((bucket as usize).min(last)).copied()
}

/// Whether a value misses its objective.
pub fn misses(objective: Option<Objective>, value: i64) -> bool {
    match objective {
        Some(Objective::AtLeast(least)) => value < least,
        Some(Objective::AtMost(most)) => value > most,
        None => false,
    }
}

/// Draws a series into `height` pixels.
pub fn chart(series: &SliSeries, bucket_ms: u64, scale: Scale, height: f64) -> Chart {
    let (bottom, top) = domain(series);
    let y = |value: i64| {
        let share = (value - bottom) as f64 / (top - bottom) as f64;
        height - share.clamp(0.0, 1.0) * height
    };
    let mut chart = Chart {
        objective_y: series.objective.map(|objective| y(bound(objective))),
        marks: marks(series, y, height),
        ..Chart::default()
    };
    if bucket_ms == 0 || scale.width <= 0.0 {
        return chart;
    }
    let mut start_x = None;
    let mut end_x = 0.0;
    for column in columns(series, bucket_ms, scale) {
        let (x, until) = (column.x.max(0.0), column.until.min(scale.width));
        if start_x.is_none() {
            start_x = Some(x);
            write!(chart.line, "M{x:.1} {:.1}", y(column.value)).expect("strings take all");
        } else {
            write!(chart.line, "V{:.1}", y(column.value)).expect("strings take all");
        }
        write!(chart.line, "H{until:.1}").expect("strings take all");
        end_x = until;
        if misses(series.objective, column.value) {
            match chart.breaches.last_mut() {
                Some(last) if x - last.1 < 1.0 => last.1 = until,
                _ => chart.breaches.push((x, until)),
            }
        }
    }
    if let Some(start_x) = start_x {
        chart.area = format!("{}L{end_x:.1} {height:.1}H{start_x:.1}Z", chart.line);
    }
    chart
}

/// The values that tell what the height of the line means, none over another.
fn marks(series: &SliSeries, y: impl Fn(i64) -> f64, height: f64) -> Vec<ScaleMark> {
    let (Some(&lowest), Some(&highest)) = (series.values.iter().min(), series.values.iter().max())
    else {
        return Vec::new();
    };
    // Beside the line on its inner side: a text on the line would be struck through.
    let base = |value: i64| match y(value) {
        upper if upper < height / 2.0 => upper + 11.0,
        lower => lower - 3.0,
    };
    let mark = |value: i64, words: String| ScaleMark {
        y: base(value),
        words,
    };
    let words = |value: i64| format::sli(series.sli, value);
    if words(lowest) == words(highest) {
        vec![mark(highest, words(highest))]
    } else if base(lowest) - base(highest) < MARK_HEIGHT {
        vec![mark(
            highest,
            format!("{} to {}", words(lowest), words(highest)),
        )]
    } else {
        vec![mark(highest, words(highest)), mark(lowest, words(lowest))]
    }
}

/// One step of the line.
struct Column {
    x: f64,
    until: f64,
    value: i64,
}

/// The visible buckets; where several share a pixel, the worst of them.
fn columns(series: &SliSeries, bucket_ms: u64, scale: Scale) -> Vec<Column> {
    let first = (scale.span.start_ms / bucket_ms) as usize;
    let end = (scale.span.end_ms / bucket_ms + 1) as usize;
    let visible = series.values.get(first..end.min(series.values.len()));
    let visible = visible.unwrap_or_default();
    let per_pixel = scale.span.length_ms() as f64 / scale.width / bucket_ms as f64;
    let n_together = per_pixel.ceil().max(1.0) as usize;
    visible
        .chunks(n_together)
        .enumerate()
        .map(|(index, values)| {
            let from = (first + index * n_together) as u64;
            Column {
                x: scale.x(from * bucket_ms),
                until: scale.x((from + values.len() as u64) * bucket_ms),
                value: worst(series.sli, values),
            }
        })
        .collect()
}

/// The worst of some values.
pub fn worst(sli: Sli, values: &[i64]) -> i64 {
    let worst = if is_better_high(sli) {
        values.iter().min()
    } else {
        values.iter().max()
    };
    worst.copied().unwrap_or_default()
}

const fn is_better_high(sli: Sli) -> bool {
    matches!(
        sli,
        Sli::ApiAvailability | Sli::NodeReadiness | Sli::ReadyCapacity
    )
}

const fn bound(objective: Objective) -> i64 {
    match objective {
        Objective::AtLeast(value) | Objective::AtMost(value) => value,
    }
}

/// The lowest and the highest value shown: all of the series and its objective, with some air.
fn domain(series: &SliSeries) -> (i64, i64) {
    let objective = series.objective.map(bound);
    let all = || series.values.iter().copied().chain(objective);
    let lowest = all().min().unwrap_or_default();
    let highest = all().max().unwrap_or_default();
    if is_better_high(series.sli) {
        let top = highest.max(1_000_000);
        let air = ((top - lowest) / 6).max(2_000);
        ((lowest - air).max(0), top + (top - lowest) / 20 + 200)
    } else {
        (0, highest.max(1) + (highest / 6).max(1))
    }
}

/// What stands where a level was not measured: a question mark, never a number.
pub fn unmeasured(why: &str) -> String {
    if why.is_empty() {
        return "? not measured".to_owned();
    }
    format!("? not measured: {why}")
}

/// The series in one sentence.
pub fn sentence(series: &SliSeries, zone: &Zone, start_unix_ms: i64) -> String {
    let kind = series.sli;
    let name = format::sli_name(kind);
    let Some(summary) = series.summary else {
        return format!("{name}: {}.", unmeasured(&series.unmeasured));
    };
    let mean = format::sli(kind, summary.mean);
    let worst = format::sli(kind, summary.worst);
    let when = format::instant(zone, start_unix_ms, summary.worst_at_ms);
    let name = match series.clusters_left_out {
        0 => name.to_owned(),
        1 => format!("{name}, without 1 cluster that is not measured"),
        n => format!("{name}, without {n} clusters that are not measured"),
    };
    let extent = if summary.worst == summary.mean {
        format!("{name}: {mean} throughout")
    } else {
        format!("{name}: mean {mean}, worst {worst} at {when}")
    };
    match series.objective {
        None => format!("{extent}."),
        Some(objective) => {
            let wanted = format::objective(kind, objective);
            if summary.breach_ms == 0 {
                format!("{extent}; always {wanted}.")
            } else {
                let missed = format::duration(summary.breach_ms);
                format!("{extent}; not {wanted} for {missed}.")
            }
        }
    }
}

/// The series as rows for a table: instant and worst value, at most `n_rows` of them.
pub fn table(series: &SliSeries, bucket_ms: u64, n_rows: usize) -> Vec<(u64, i64)> {
    let n_together = series.values.len().div_ceil(n_rows.max(1)).max(1);
    series
        .values
        .chunks(n_together)
        .enumerate()
        .map(|(index, values)| {
            let at_ms = (index * n_together) as u64 * bucket_ms;
            (at_ms, worst(series.sli, values))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::span::Span;
    use expect_test::expect;
    use wavetank_core::report::SliSummary;

    fn series(values: &[i64]) -> SliSeries {
        SliSeries {
            cluster: None,
            sli: Sli::ApiAvailability,
            objective: Some(Objective::AtLeast(990_000)),
            values: values.to_vec(),
            summary: Some(SliSummary {
                worst: 500_000,
                worst_at_ms: 120_000,
                mean: 900_000,
                breach_ms: 60_000,
            }),
            ..SliSeries::default()
        }
    }

    fn scale(width: f64) -> Scale {
        Scale {
            span: Span {
                start_ms: 0,
                end_ms: 240_000,
            },
            width,
        }
    }

    #[test]
    fn the_line_steps_and_the_miss_is_marked() {
        let chart = chart(
            &series(&[1_000_000, 1_000_000, 500_000, 1_000_000]),
            60_000,
            scale(400.0),
            100.0,
        );
        assert_eq!(chart.breaches, [(200.0, 300.0)]);
        expect!["M0.0 4.1H100.0V4.1H200.0V86.3H300.0V4.1H400.0"].assert_eq(&chart.line);
    }

    // A short outage must not vanish because many buckets share a pixel.
    #[test]
    fn the_worst_value_of_a_pixel_is_the_one_drawn() {
        let mut values = vec![1_000_000; 2_400];
        values[1_201] = 0;
        let chart = chart(&series(&values), 100, scale(24.0), 100.0);
        assert_eq!(chart.breaches.len(), 1);
    }

    #[track_caller]
    fn check_marks(values: &[i64], expected: &str) {
        let chart = chart(&series(values), 60_000, scale(400.0), 44.0);
        let told: Vec<String> = chart
            .marks
            .iter()
            .map(|mark| format!("{}@{:.0}", mark.words, mark.y))
            .collect();
        assert_eq!(told.join(" "), expected);
    }

    #[test]
    fn the_height_of_a_line_is_told_by_its_extremes() {
        check_marks(&[1_000_000, 500_000], "100 %@13 50.0 %@35");
        check_marks(&[1_000_000, 999_000], "99.90 % to 100 %@13");
        check_marks(&[1_000_000], "100 %@13");
        check_marks(&[], "");
    }

    #[test]
    fn a_series_reads_as_a_sentence() {
        let text = sentence(&series(&[]), &Zone::default(), 1_795_420_800_000);
        assert_eq!(
            text,
            "API availability: mean 90.0 %, worst 50.0 % at Mon 23 Nov 08:02; \
             not at least 99.00 % for 1m."
        );
    }

    #[test]
    fn what_was_not_measured_is_a_question_and_no_number() {
        let series = SliSeries {
            sli: Sli::ReadyCapacity,
            unmeasured: "no nodes were loaded".to_owned(),
            ..SliSeries::default()
        };
        assert_eq!(
            sentence(&series, &Zone::default(), 0),
            "Ready capacity: ? not measured: no nodes were loaded."
        );
        assert_eq!(value_at(&series, 60_000, 0), None);
    }

    #[test]
    fn a_table_keeps_the_worst_of_each_row() {
        let rows = table(&series(&[10, 5, 7, 9, 1]), 60_000, 3);
        assert_eq!(rows, [(0, 5), (120_000, 7), (240_000, 1)]);
    }

    #[test]
    fn the_last_value_holds_to_the_end() {
        let series = series(&[3, 4]);
        assert_eq!(value_at(&series, 60_000, 0), Some(3));
        assert_eq!(value_at(&series, 60_000, 9_000_000), Some(4));
        assert_eq!(value_at(&series, 0, 5), None);
    }
}
