//! The time axis: where its ticks stand and what they say.

use super::span::Scale;
use super::zone::Zone;

/// A tick of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands.
    pub x: f64,
    /// What it says.
    pub label: String,
    /// Whether a day begins here.
    pub is_midnight: bool,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Steps that divide a day or are whole days, so that labels are round.
const STEPS: [i64; 16] = [
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];
/// The narrowest a tick's label may be set.
const TICK_WIDTH: f64 = 76.0;

/// The ticks of a scale, round in the reader's zone.
pub fn ticks(scale: Scale, zone: &Zone, start_unix_ms: i64) -> Vec<Tick> {
    if scale.width <= 0.0 {
        return Vec::new();
    }
    let per_pixel = scale.span.length_ms() as f64 / scale.width;
    let least = (per_pixel * TICK_WIDTH) as i64;
    let step = STEPS
        .into_iter()
        .find(|step| *step >= least)
        .unwrap_or_else(|| least.div_euclid(DAY).max(1) * DAY);
    let first_unix = start_unix_ms.saturating_add_unsigned(scale.span.start_ms);
    let last_unix = start_unix_ms.saturating_add_unsigned(scale.span.end_ms);
    // Rounding happens on the local clock, so that midnight here is a tick everywhere.
    let offset = zone.offset_ms(first_unix);
    let first_local = (first_unix + offset + step - 1).div_euclid(step) * step;
    let mut ticks = Vec::new();
    let mut local = first_local;
    while local - offset <= last_unix {
        let unix = local - offset;
        let civil = zone.civil(unix);
        let is_midnight = civil.hour == 0 && civil.minute == 0;
        ticks.push(Tick {
            x: scale.x(unix.saturating_sub(start_unix_ms).max(0) as u64),
            label: if is_midnight {
                civil.date()
            } else {
                civil.time()
            },
            is_midnight,
        });
        local += step;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::span::Span;

    #[track_caller]
    fn check(hours: u64, width: f64, minutes_ahead: i32, expected: &str) {
        let scale = Scale {
            span: Span {
                start_ms: 0,
                end_ms: hours * HOUR as u64,
            },
            width,
        };
        let zone = Zone {
            name: String::new(),
            offsets: vec![(i64::MIN, minutes_ahead)],
        };
        let ticks = ticks(scale, &zone, 1_795_420_800_000);
        let labels: Vec<String> = ticks
            .iter()
            .map(|tick| format!("{}@{:.0}", tick.label, tick.x))
            .collect();
        assert_eq!(labels.join(" "), expected);
    }

    #[test]
    fn ticks_are_round_and_far_enough_apart() {
        check(
            4,
            400.0,
            0,
            "08:00@0 09:00@100 10:00@200 11:00@300 12:00@400",
        );
        check(
            48,
            400.0,
            0,
            "12:00@33 Tue 24 Nov@133 12:00@233 Wed 25 Nov@333",
        );
    }

    #[test]
    fn ticks_are_round_in_the_readers_zone() {
        check(4, 400.0, 330, "14:00@50 15:00@150 16:00@250 17:00@350");
    }

    #[test]
    fn a_chart_without_width_has_no_ticks() {
        check(4, 0.0, 0, "");
    }
}
