//! Simulated time as whole milliseconds.
//!
//! Integers, because a sum of floats depends on the order of its terms and the simulation must
//! not. A length of time is written in one form everywhere, as files take it: `1h30m`. Readers who
//! want no more than its size get it [`SimDuration::rounded`].

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant, in milliseconds since the start of the rehearsal.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SimTime(u64);

/// A length of simulated time, in milliseconds; written as `1h30m` in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of the rehearsal.
    pub const ZERO: Self = Self(0);
    /// Later than any event.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `millis` after the start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The first beat after this instant of a clock that beats every `period` from `start` on.
    pub const fn tick_after(self, start: Self, period: SimDuration) -> Self {
        let beats = self.since(start).0 / period.0 + 1;
        Self(start.0.saturating_add(period.0.saturating_mul(beats)))
    }

    /// The time since `earlier`, or zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A length of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// A length of `secs` seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000))
    }

    /// A length of `mins` minutes.
    pub const fn from_mins(mins: u64) -> Self {
        Self(mins.saturating_mul(60_000))
    }

    /// A length of `hours` hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self(hours.saturating_mul(3_600_000))
    }

    /// The length in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The length in whole seconds, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000
    }

    /// The same, rounded down to the two parts that say how long it is: `3d4h`, `12m30s`, `45s`.
    /// Milliseconds are kept only where there is nothing larger.
    pub const fn rounded(self) -> Self {
        let part = match self.0 {
            0..1_000 => 1,
            1_000..3_600_000 => 1_000,
            3_600_000..86_400_000 => 60_000,
            _ => 3_600_000,
        };
        Self(self.0 - self.0 % part)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;

    fn add(self, rhs: SimDuration) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, rhs: SimDuration) {
        *self = *self + rhs;
    }
}

impl Add for SimDuration {
    type Output = Self;

    fn add(self, rhs: Self) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Sub for SimDuration {
    type Output = Self;

    fn sub(self, rhs: Self) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}

impl Mul<u64> for SimDuration {
    type Output = Self;

    fn mul(self, rhs: u64) -> Self {
        Self(self.0.saturating_mul(rhs))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0 / 1_000;
        let (days, secs) = (secs / 86_400, secs % 86_400);
        if days > 0 {
            write!(f, "{days}d ")?;
        }
        write!(
            f,
            "{:02}:{:02}:{:02}",
            secs / 3_600,
            secs / 60 % 60,
            secs % 60
        )
    }
}

/// The parts of a written duration, largest first, in milliseconds.
const PARTS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, millis) in PARTS {
            let count = rest / millis;
            rest %= millis;
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a duration; write whole numbers with units, such as `90s`, `1h30m`, `2d`")]
pub struct DurationError {
    text: String,
}

impl FromStr for SimDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        parse_duration(text).ok_or_else(|| DurationError {
            text: text.to_owned(),
        })
    }
}

/// Reads `1h30m`; every part has a unit and units come at most once each.
fn parse_duration(text: &str) -> Option<SimDuration> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (_, millis) = PARTS.into_iter().find(|(unit, _)| *unit == &rest[..end])?;
        total = total.checked_add(count.checked_mul(millis)?)?;
        rest = &rest[end..];
    }
    Some(SimDuration(total))
}

impl Serialize for SimDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SimDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for SimDuration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^([0-9]+(d|h|ms|m|s))+$",
            "description": "Whole numbers with units, such as 90s, 1h30m or 2d.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(text: &str, millis: u64) {
        let duration: SimDuration = text.parse().expect("a valid duration");
        assert_eq!(duration.as_millis(), millis);
        assert_eq!(duration.to_string(), text);
    }

    #[test]
    fn durations_are_read_as_they_are_written() {
        check_round_trip("0s", 0);
        check_round_trip("1h30m", 5_400_000);
        check_round_trip("2d3h4m5s6ms", 183_845_006);
    }

    #[test]
    fn a_duration_needs_units_and_fits() {
        for text in ["", "5", "m", "1x", "1h 30m", "-1s", "99999999999999999999d"] {
            assert!(
                text.parse::<SimDuration>().is_err(),
                "{text} was taken for a duration"
            );
        }
    }

    #[test]
    fn a_rounded_duration_has_its_two_largest_parts() {
        for (millis, expected) in [
            (0, "0s"),
            (350, "350ms"),
            (59_999, "59s"),
            (750_000, "12m30s"),
            (5_640_999, "1h34m"),
            (86_400_000, "1d"),
            (277_199_999, "3d4h"),
        ] {
            let rounded = SimDuration::from_millis(millis).rounded();
            assert_eq!(rounded.to_string(), expected);
        }
    }

    #[test]
    fn instants_read_as_a_clock() {
        assert_eq!(SimTime::from_millis(3_723_000).to_string(), "01:02:03");
        assert_eq!(SimTime::from_millis(90_000_000).to_string(), "1d 01:00:00");
    }
}
