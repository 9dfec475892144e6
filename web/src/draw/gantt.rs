//! The Gantt chart: which rows there are, and which marks stand in a lane.

use std::fmt::Write as _;

use wavetank_core::report::{Bar, BarKind, BarState, Lane, LaneState, RunReport};

use super::span::Scale;

/// The height of a wave's head row, in pixels.
pub const HEAD_HEIGHT: u32 = 26;
/// The height of a cluster's row, in pixels.
pub const LANE_HEIGHT: u32 = 28;
/// Bars narrower than this are drawn this wide, so that nothing disappears.
const LEAST_WIDTH: f64 = 2.0;
/// About the width of a step's label.
const LABEL_WIDTH: f64 = 60.0;

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// The head of a wave.
    Wave(u32),
    /// A cluster's lane.
    Lane(u32),
    /// The head of those in no wave.
    HeldBack,
}

/// A row and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub kind: RowKind,
    /// Its upper edge.
    pub y: u32,
    /// Its height.
    pub height: u32,
}

/// The rows from top to bottom: waves in order, each with its clusters, then the rest.
pub fn rows(run: &RunReport) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut y = 0;
    let mut push = |kind, height| {
        rows.push(Row { kind, y, height });
        y += height;
    };
    for (index, wave) in run.waves.iter().enumerate() {
        push(RowKind::Wave(index as u32), HEAD_HEIGHT);
        for cluster in &wave.clusters {
            push(RowKind::Lane(*cluster), LANE_HEIGHT);
        }
    }
    if !run.held_back.is_empty() {
        push(RowKind::HeldBack, HEAD_HEIGHT);
        for held in &run.held_back {
            push(RowKind::Lane(held.cluster), LANE_HEIGHT);
        }
    }
    rows
}

/// The height of all rows together.
pub fn height(rows: &[Row]) -> u32 {
    rows.last().map_or(0, |row| row.y + row.height)
}

/// The clusters in the order of their rows.
pub fn clusters(rows: &[Row]) -> Vec<u32> {
    rows.iter()
        .filter_map(|row| match row.kind {
            RowKind::Lane(cluster) => Some(cluster),
            RowKind::Wave(_) | RowKind::HeldBack => None,
        })
        .collect()
}

/// The rows that a window of `height` pixels from `top` can show, with a little on both sides.
pub fn visible(rows: &[Row], top: u32, height: u32) -> &[Row] {
    let margin = 4 * LANE_HEIGHT;
    let first = rows.partition_point(|row| row.y + row.height + margin < top);
    let end = rows.partition_point(|row| row.y <= top + height + margin);
    &rows[first..end.max(first)]
}

/// A mark of a lane: one bar, or several of a kind too small to be told apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Its left edge.
    pub x: f64,
    /// Its width.
    pub width: f64,
    /// The position of its first bar in the lane.
    pub bar: usize,
    /// How many bars it stands for.
    pub n_bars: u32,
    /// Whether a wait lies over the place of its label.
    pub is_covered: bool,
}

/// The marks of a lane that touch the scale's span.
///
/// Bars of one kind that end the same way and stand less than a pixel apart are drawn as one, so
/// a lane never holds many more marks than it has pixels.
pub fn marks(lane: &Lane, scale: Scale) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (index, bar) in lane.bars.iter().enumerate() {
        if bar.end_ms < scale.span.start_ms || bar.start_ms > scale.span.end_ms {
            continue;
        }
        let x = scale.x(bar.start_ms).max(-LEAST_WIDTH);
        let end = scale.x(bar.end_ms).min(scale.width + LEAST_WIDTH);
        let width = (end - x).max(LEAST_WIDTH);
        let like = marks
            .iter_mut()
            .rev()
            .take(4)
            .find(|mark| is_alike(&lane.bars[mark.bar], bar));
        match like {
            Some(mark) if width < 3.0 && x - (mark.x + mark.width) < 1.0 => {
                mark.width = mark.width.max(x + width - mark.x);
                mark.n_bars += 1;
            }
            _ => marks.push(Mark {
                x,
                width,
                bar: index,
                n_bars: 1,
                is_covered: false,
            }),
        }
    }
    // Waits lie over the steps they delay, and faults over everything.
    marks.sort_by_key(|mark| layer(lane.bars[mark.bar].kind));
    let n_steps = marks.partition_point(|mark| layer(lane.bars[mark.bar].kind) <= 1);
    let (steps, waits) = marks.split_at_mut(n_steps);
    for step in steps {
        let label = step.x.max(0.0)..step.x.max(0.0) + LABEL_WIDTH;
        step.is_covered = waits
            .iter()
            .any(|wait| wait.x < label.end && label.start < wait.x + wait.width);
    }
    marks
}

fn is_alike(one: &Bar, other: &Bar) -> bool {
    one.kind == other.kind && one.state == other.state
}

fn layer(kind: BarKind) -> u8 {
    match kind {
        BarKind::Observe => 0,
        BarKind::ControlPlane | BarKind::Cni | BarKind::Pool | BarKind::RollBack => 1,
        BarKind::WaitWindow | BarKind::WaitBudget | BarKind::WaitNode | BarKind::WaitApi => 2,
        BarKind::Fault => 3,
    }
}

/// What a cluster does at an instant: a wait rather than the step it delays.
pub fn doing(lane: &Lane, at_ms: u64) -> Option<&Bar> {
    lane.bars
        .iter()
        .filter(|bar| bar.start_ms <= at_ms && at_ms < bar.end_ms && bar.kind != BarKind::Fault)
        .max_by_key(|bar| layer(bar.kind))
}

/// What a cluster is at an instant.
pub fn state_at(lane: &Lane, at_ms: u64) -> LaneState {
    let n_past = lane.states.partition_point(|change| change.at_ms <= at_ms);
    let last = n_past.checked_sub(1).and_then(|last| lane.states.get(last));
    last.map_or(lane.state, |change| change.state)
}

/// The version that a cluster's control plane has come to by an instant; none before its first.
pub fn version_at(lane: &Lane, at_ms: u64) -> Option<&str> {
    let n_past = lane
        .versions
        .partition_point(|change| change.at_ms <= at_ms);
    let last = lane.versions.get(n_past.checked_sub(1)?)?;
    Some(&last.version)
}

/// The step under way at an instant, below whatever delays it.
pub fn step_at(lane: &Lane, at_ms: u64) -> Option<&Bar> {
    lane.bars
        .iter()
        .find(|bar| bar.start_ms <= at_ms && at_ms < bar.end_ms && layer(bar.kind) <= 1)
}

/// The instants at which waves start, in order.
pub fn wave_starts(run: &RunReport) -> Vec<u64> {
    let mut starts: Vec<u64> = run.waves.iter().filter_map(|wave| wave.start_ms).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// A sine of the kind on a towing tank's log, from one pixel to another at height `y`.
pub fn sine(from: f64, to: f64, y: f64) -> String {
    const HALF: f64 = 6.0;
    const RISE: f64 = 3.0;
    let mut path = format!("M{from:.1} {y:.1}");
    let n_halves = (((to - from) / HALF) as u32).clamp(1, 2_000);
    let half = (to - from) / f64::from(n_halves);
    for index in 0..n_halves {
        let bend = if index % 2 == 0 { -RISE } else { RISE };
        let middle = half / 2.0;
        write!(path, "q{middle:.2} {bend:.1} {half:.2} 0").expect("strings take all");
    }
    path
}

/// Whether a bar's right edge is an end or only where the rehearsal stopped.
pub fn is_torn(bar: &Bar) -> bool {
    bar.state == BarState::Open && bar.kind != BarKind::Fault
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::states;
    use crate::draw::span::Span;
    use wavetank_core::report::{HeldBackRow, LaneChange, VersionChange, WaveRow};

    fn bar(kind: BarKind, start_ms: u64, end_ms: u64) -> Bar {
        Bar {
            kind,
            start_ms,
            end_ms,
            ..Bar::default()
        }
    }

    fn lane(bars: Vec<Bar>) -> Lane {
        Lane {
            bars,
            ..Lane::default()
        }
    }

    const SCALE: Scale = Scale {
        span: Span {
            start_ms: 0,
            end_ms: 1_000_000,
        },
        width: 1_000.0,
    };

    #[test]
    fn rows_follow_the_waves_and_end_with_the_rest() {
        let wave = |clusters: &[u32]| WaveRow {
            clusters: clusters.to_vec(),
            ..WaveRow::default()
        };
        let run = RunReport {
            waves: vec![wave(&[2]), wave(&[0, 3])],
            held_back: vec![HeldBackRow {
                cluster: 1,
                ..HeldBackRow::default()
            }],
            ..RunReport::default()
        };
        let rows = rows(&run);
        assert_eq!(clusters(&rows), [2, 0, 3, 1]);
        assert_eq!(height(&rows), 3 * HEAD_HEIGHT + 4 * LANE_HEIGHT);
        assert_eq!(visible(&rows, 0, 1_000).len(), rows.len());
    }

    #[test]
    fn a_thousand_short_waits_become_few_marks() {
        let waits = (0..1_000).map(|i| bar(BarKind::WaitBudget, i * 1_000, i * 1_000 + 900));
        let marks = marks(&lane(waits.collect()), SCALE);
        assert_eq!(marks.len(), 1);
        assert_eq!(marks[0].n_bars, 1_000);
    }

    #[test]
    fn bars_of_different_kinds_are_never_merged() {
        let bars = vec![
            bar(BarKind::Pool, 0, 500),
            bar(BarKind::WaitNode, 400, 600),
            bar(BarKind::Pool, 500, 900),
        ];
        let kinds: Vec<usize> = marks(&lane(bars), SCALE)
            .iter()
            .map(|mark| mark.bar)
            .collect();
        assert_eq!(kinds, [0, 1]);
    }

    #[test]
    fn bars_off_screen_are_left_out() {
        let near = Scale {
            span: Span {
                start_ms: 10_000,
                end_ms: 20_000,
            },
            ..SCALE
        };
        let bars = vec![
            bar(BarKind::Pool, 0, 5_000),
            bar(BarKind::Pool, 12_000, 90_000),
        ];
        let marks = marks(&lane(bars), near);
        assert_eq!(marks.len(), 1);
        assert!(marks[0].width <= near.width);
    }

    #[test]
    fn a_cluster_has_the_version_of_its_last_finished_step() {
        let change = |at_ms, version: &str| VersionChange {
            at_ms,
            version: version.to_owned(),
        };
        let lane = Lane {
            versions: vec![change(400, "1.33"), change(900, "1.34")],
            ..Lane::default()
        };
        let seen = [0, 400, 899, 900].map(|at_ms| version_at(&lane, at_ms));
        assert_eq!(seen, [None, Some("1.33"), Some("1.33"), Some("1.34")]);
    }

    #[test]
    fn a_cluster_is_shown_as_it_is_at_the_cursor() {
        let change = |at_ms, state| LaneChange { at_ms, state };
        let lane = Lane {
            state: LaneState::Failed,
            states: vec![
                change(0, LaneState::Pending),
                change(400, LaneState::Running),
                change(900, LaneState::Failed),
            ],
            ..Lane::default()
        };
        let seen = [0, 399, 400, 899, 900, 5_000].map(|at_ms| state_at(&lane, at_ms));
        let words = seen.map(|state| states::lane_at(state).word);
        assert_eq!(
            words,
            [
                "not started yet",
                "not started yet",
                "under way",
                "under way",
                "failed",
                "failed"
            ]
        );
    }

    #[test]
    fn a_wait_is_what_a_cluster_does_while_it_waits() {
        let lane = lane(vec![
            bar(BarKind::Pool, 0, 900),
            bar(BarKind::WaitBudget, 300, 600),
        ]);
        let kind = |at_ms| doing(&lane, at_ms).map(|bar| bar.kind);
        assert_eq!(kind(100), Some(BarKind::Pool));
        assert_eq!(kind(300), Some(BarKind::WaitBudget));
        assert_eq!(kind(900), None);
        assert_eq!(step_at(&lane, 300).map(|bar| bar.kind), Some(BarKind::Pool));
    }
}
