//! The calendar of maintenance windows: when a cluster may be changed next, and until when.
//!
//! A window opens at a time on the wall clock of its zone and stays open for a length of real
//! time. Where a clock change skips the opening, it opens as much later as the clock skipped;
//! where one repeats it, it opens at the first of the two.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};

use crate::inventory::Window;
use crate::units::SimTime;

/// Days ahead in which a weekly window must open again, clock changes included.
const DAYS_AHEAD: i64 = 8;

const DAY_MS: i64 = 86_400_000;

/// Windows that follow each other for this long without a gap never close, as far as a weekly
/// calendar can tell.
const NEVER_CLOSES_MS: i64 = 15 * DAY_MS;

/// One opening of a window, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug)]
struct Opening {
    opens_ms: i64,
    closes_ms: i64,
}

/// The first instant from `at` on at which a cluster with these windows may be changed.
///
/// That is `at` itself when one is open or there are none, and [`SimTime::MAX`] when no window
/// opens within a week.
pub fn next_open(windows: &[Window], start_unix_ms: i64, at: SimTime) -> SimTime {
    if windows.is_empty() {
        return at;
    }
    let Some(at_ms) = unix_ms(start_unix_ms, at) else {
        return SimTime::MAX;
    };
    let mut first: Option<i64> = None;
    for opening in windows.iter().flat_map(|window| openings(window, at_ms)) {
        if opening.closes_ms <= at_ms {
            continue;
        }
        if opening.opens_ms <= at_ms {
            return at;
        }
        first = Some(first.map_or(opening.opens_ms, |first| first.min(opening.opens_ms)));
    }
    first.map_or(SimTime::MAX, |first| sim_time(start_unix_ms, first))
}

/// The instant at which the stretch of open windows around `at` ends.
///
/// That is `at` itself when none is open, and [`SimTime::MAX`] when there are none or one is
/// always open.
pub fn closes_at(windows: &[Window], start_unix_ms: i64, at: SimTime) -> SimTime {
    if windows.is_empty() {
        return SimTime::MAX;
    }
    let Some(at_ms) = unix_ms(start_unix_ms, at) else {
        return at;
    };
    let mut end_ms = at_ms;
    while let Some(later_ms) = latest_close(windows, end_ms) {
        end_ms = later_ms;
        if end_ms - at_ms >= NEVER_CLOSES_MS {
            return SimTime::MAX;
        }
    }
    sim_time(start_unix_ms, end_ms)
}

/// When the last of the windows that are open at `at_ms` closes.
fn latest_close(windows: &[Window], at_ms: i64) -> Option<i64> {
    windows
        .iter()
        .flat_map(|window| openings(window, at_ms))
        .filter(|opening| opening.opens_ms <= at_ms && at_ms < opening.closes_ms)
        .map(|opening| opening.closes_ms)
        .max()
}

/// The openings of `window` that may reach `at_ms`, and those of the week after it.
fn openings(window: &Window, at_ms: i64) -> Vec<Opening> {
    let zone = TimeZoneDatabase::bundled()
        .get(&window.time_zone)
        .unwrap_or(TimeZone::UTC);
    let Ok(at) = Timestamp::from_millisecond(at_ms) else {
        return Vec::new();
    };
    let today = at.to_zoned(zone.clone()).date();
    let duration_ms = i64::try_from(window.duration.as_millis()).unwrap_or(i64::MAX / 4);
    let days_back = (duration_ms / DAY_MS).min(DAYS_AHEAD) + 1;
    (-days_back..=DAYS_AHEAD)
        .filter_map(|days| today.checked_add(days.days()).ok())
        .filter(|date| {
            let day = date.weekday().to_monday_zero_offset();
            usize::try_from(day).is_ok_and(|day| window.days[day])
        })
        .filter_map(|date| opens_ms(window, date, &zone))
        .map(|opens_ms| Opening {
            opens_ms,
            closes_ms: opens_ms.saturating_add(duration_ms),
        })
        .collect()
}

/// The instant at which `window` opens on `date`.
fn opens_ms(window: &Window, date: Date, zone: &TimeZone) -> Option<i64> {
    let minute = window.start_minute % (24 * 60);
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    let opens = date.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(opens.timestamp().as_millisecond())
}

fn unix_ms(start_unix_ms: i64, at: SimTime) -> Option<i64> {
    start_unix_ms.checked_add(i64::try_from(at.as_millis()).ok()?)
}

/// An instant that is not before the start, as it was reached from one that is not.
fn sim_time(start_unix_ms: i64, at_ms: i64) -> SimTime {
    let millis = at_ms.saturating_sub(start_unix_ms);
    SimTime::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;
    use expect_test::{Expect, expect};

    const MON: usize = 0;
    const SAT: usize = 5;
    const SUN: usize = 6;

    fn window(days: &[usize], start: &str, duration: &str, zone: &str) -> Window {
        let (hour, minute) = start.split_once(':').expect("a time of day");
        let number = |text: &str| text.parse::<u16>().expect("a number");
        let (hour, minute) = (number(hour), number(minute));
        Window {
            days: std::array::from_fn(|day| days.is_empty() || days.contains(&day)),
            start_minute: hour * 60 + minute,
            duration: duration.parse().expect("a duration"),
            time_zone: zone.to_owned(),
        }
    }

    /// Shows, for an instant in UTC, when the windows are open next and when they close then.
    #[track_caller]
    fn check(windows: &[Window], at: &str, expected: &Expect) {
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let start_ms = instant("2026-01-01T00:00:00Z").as_millisecond();
        let at = sim_time(start_ms, instant(at).as_millisecond());
        let show = |time: SimTime| {
            if time == SimTime::MAX {
                return "never".to_owned();
            }
            let shown = unix_ms(start_ms, time).map(Timestamp::from_millisecond);
            shown.expect("an instant").expect("a date").to_string()
        };
        let opens = next_open(windows, start_ms, at);
        let closes = closes_at(windows, start_ms, opens);
        expected.assert_eq(&format!("{} to {}", show(opens), show(closes)));
    }

    #[test]
    fn without_windows_a_cluster_is_always_open() {
        check(
            &[],
            "2026-03-01T12:00:00Z",
            &expect!["2026-03-01T12:00:00Z to never"],
        );
    }

    #[test]
    fn an_open_window_is_used_from_the_middle() {
        let windows = [window(&[SAT], "22:00", "6h", "Europe/Berlin")];
        check(
            &windows,
            "2026-01-10T23:30:00Z",
            &expect!["2026-01-10T23:30:00Z to 2026-01-11T03:00:00Z"],
        );
    }

    #[test]
    fn a_window_that_has_just_closed_opens_a_week_later() {
        let windows = [window(&[SAT], "22:00", "6h", "Europe/Berlin")];
        check(
            &windows,
            "2026-01-11T03:00:00Z",
            &expect!["2026-01-17T21:00:00Z to 2026-01-18T03:00:00Z"],
        );
    }

    #[test]
    fn an_opening_that_the_clock_skips_moves_by_the_hour_skipped() {
        // On 29 March 2026 Berlin's clocks go from 02:00 to 03:00.
        let windows = [window(&[SUN], "02:30", "1h", "Europe/Berlin")];
        check(
            &windows,
            "2026-03-29T00:00:00Z",
            &expect!["2026-03-29T01:30:00Z to 2026-03-29T02:30:00Z"],
        );
    }

    #[test]
    fn an_opening_that_the_clock_repeats_is_the_first() {
        // On 25 October 2026 Berlin's clocks go from 03:00 back to 02:00.
        let windows = [window(&[SUN], "02:30", "1h", "Europe/Berlin")];
        check(
            &windows,
            "2026-10-25T00:00:00Z",
            &expect!["2026-10-25T00:30:00Z to 2026-10-25T01:30:00Z"],
        );
    }

    #[test]
    fn a_window_across_a_clock_change_keeps_its_length() {
        let windows = [window(&[SAT], "23:00", "6h", "America/New_York")];
        check(
            &windows,
            "2026-03-07T00:00:00Z",
            &expect!["2026-03-08T04:00:00Z to 2026-03-08T10:00:00Z"],
        );
    }

    #[test]
    fn windows_that_touch_are_one_stretch() {
        let windows = [
            window(&[MON], "01:00", "2h", "UTC"),
            window(&[MON], "03:00", "2h", "UTC"),
            window(&[MON], "04:30", "1h", "UTC"),
        ];
        check(
            &windows,
            "2026-01-05T00:00:00Z",
            &expect!["2026-01-05T01:00:00Z to 2026-01-05T05:30:00Z"],
        );
    }

    #[test]
    fn a_window_of_24_hours_every_day_never_closes() {
        let windows = [window(&[], "08:00", "24h", "Asia/Tokyo")];
        check(
            &windows,
            "2026-06-01T00:00:00Z",
            &expect!["2026-06-01T00:00:00Z to never"],
        );
    }

    #[test]
    fn a_window_of_a_week_is_open_on_its_last_day() {
        let windows = [window(&[MON], "00:00", "6d12h", "UTC")];
        check(
            &windows,
            "2026-01-11T11:00:00Z",
            &expect!["2026-01-11T11:00:00Z to 2026-01-11T12:00:00Z"],
        );
    }

    #[test]
    fn instants_beyond_the_calendar_do_not_panic() {
        let windows = [window(&[MON], "00:00", "1h", "UTC")];
        assert_eq!(next_open(&windows, 0, SimTime::MAX), SimTime::MAX);
        assert_eq!(closes_at(&windows, 0, SimTime::MAX), SimTime::MAX);
        let far = SimTime::ZERO + SimDuration::from_hours(1 << 30);
        assert_eq!(next_open(&windows, i64::MAX - 1, far), SimTime::MAX);
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn a_window_is_open_when_it_opens_and_shut_when_it_closes(
            day in 0_usize..7,
            minute in 0_u16..1_440,
            minutes_open in 1_u64..1_440,
            at_secs in 0_u64..400 * 86_400,
            zone in 0_usize..4,
        ) {
            let zones = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"];
            let windows = [Window {
                days: std::array::from_fn(|index| index == day),
                start_minute: minute,
                duration: SimDuration::from_mins(minutes_open),
                time_zone: zones[zone].to_owned(),
            }];
            let start_ms = 1_767_225_600_000;
            let at = SimTime::from_millis(at_secs * 1_000);
            let opens = next_open(&windows, start_ms, at);
            let closes = closes_at(&windows, start_ms, opens);
            assert!(at <= opens && opens < closes && closes < SimTime::MAX);
            assert_eq!(next_open(&windows, start_ms, opens), opens);
            assert!(next_open(&windows, start_ms, closes) > closes);
        }
    }
}
