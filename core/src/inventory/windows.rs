//! Maintenance windows: from text to days, minutes and a time zone that exists.

use jiff::tz::TimeZoneDatabase;

use super::{Evidence, Window};
use crate::inventory::issues::IssueLog;
use crate::snapshot::{ClusterSnapshot, WindowSpec};
use crate::units::SimDuration;

/// Names of the days, Monday first; longer spellings share these three letters.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A weekly window cannot be open longer than the week it repeats in.
const LONGEST: SimDuration = SimDuration::from_hours(7 * 24);

/// Why a field of a window could not be read.
#[derive(Debug)]
struct BadField {
    field: &'static str,
    text: String,
    fix: &'static str,
}

/// The windows that could be read; the others are issues.
///
/// Leaving out one of several only makes openings fewer. Where none is left, when the cluster may
/// be changed is unknown, which is not the same as at any time.
pub(super) fn resolve(cluster: &ClusterSnapshot, log: &mut IssueLog) -> Evidence<Vec<Window>> {
    let object = log.cluster();
    let specs = &cluster.facts.windows;
    if specs.is_empty() {
        return Evidence::Assumed {
            value: Vec::new(),
            reason: "no window is named; set `windows` of the cluster in the fleet file".to_owned(),
        };
    }
    let mut windows = Vec::with_capacity(specs.len());
    for (position, spec) in specs.iter().enumerate() {
        match read(spec) {
            Ok(window) => windows.push(window),
            Err(bad) => {
                let BadField { field, text, fix } = bad;
                let message = format!(
                    "windows[{position}].{field} is \"{text}\", so this window is left out"
                );
                log.error("bad-window", &object, message, fix);
            }
        }
    }
    if windows.is_empty() {
        log.error(
            "no-usable-window",
            &object,
            "none of its windows could be read, so a plan that keeps to windows holds it back"
                .to_owned(),
            "correct `windows` of the cluster in the fleet file",
        );
        return Evidence::Unknown;
    }
    Evidence::Known(windows)
}

fn read(spec: &WindowSpec) -> Result<Window, BadField> {
    Ok(Window {
        days: read_days(&spec.days)?,
        start_minute: read_start(&spec.start)?,
        duration: read_duration(&spec.duration)?,
        time_zone: read_time_zone(&spec.time_zone)?,
    })
}

fn read_days(names: &[String]) -> Result<[bool; 7], BadField> {
    if names.is_empty() {
        return Ok([true; 7]);
    }
    let mut days = [false; 7];
    for name in names {
        let lower = name.trim().to_ascii_lowercase();
        let found = DAYS
            .iter()
            .position(|day| lower.len() >= 3 && day.starts_with(&lower));
        let Some(day) = found else {
            return Err(BadField {
                field: "days",
                text: name.clone(),
                fix: "write days as `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`",
            });
        };
        days[day] = true;
    }
    Ok(days)
}

fn read_start(text: &str) -> Result<u16, BadField> {
    minute_of_day(text).ok_or_else(|| BadField {
        field: "start",
        text: text.to_owned(),
        fix: "write the start as hours and minutes from `00:00` to `23:59`",
    })
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two_digits = |part: &str| (1..=2).contains(&part.len()) && is_number(part);
    if !two_digits(hour) || minute.len() != 2 || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_duration(text: &str) -> Result<SimDuration, BadField> {
    text.parse()
        .ok()
        .filter(|duration| (SimDuration::from_mins(1)..=LONGEST).contains(duration))
        .ok_or_else(|| BadField {
            field: "duration",
            text: text.to_owned(),
            fix: "write a duration from `1m` to `7d`, such as `4h` or `1h30m`",
        })
}

fn read_time_zone(text: &str) -> Result<String, BadField> {
    let name = text.trim();
    if name.is_empty() {
        return Ok("UTC".to_owned());
    }
    let zone = TimeZoneDatabase::bundled().get(name);
    let known = zone
        .ok()
        .and_then(|zone| zone.iana_name().map(str::to_owned));
    known.ok_or_else(|| BadField {
        field: "timeZone",
        text: text.to_owned(),
        fix: "write an IANA time zone such as `Europe/Berlin`, or leave it out for UTC",
    })
}
