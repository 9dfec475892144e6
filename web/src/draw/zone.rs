//! Wall-clock time in the reader's zone.
//!
//! The browser knows the zone; it is asked for its offsets once, and everything after that is
//! arithmetic. A change to or from summer time in the middle of a rehearsal is one more offset.

/// A zone's name and its offsets over a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// Such as `Europe/Paris`.
    pub name: String,
    /// Minutes ahead of UTC from each instant on (Unix milliseconds), in order of time.
    pub offsets: Vec<(i64, i32)>,
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
    /// The day of the week, Monday = 0.
    pub weekday: usize,
    /// The hour.
    pub hour: u32,
    /// The minute.
    pub minute: u32,
    /// The second.
    pub second: u32,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY_MS: i64 = 86_400_000;

impl Zone {
    /// Milliseconds ahead of UTC at an instant.
    pub fn offset_ms(&self, unix_ms: i64) -> i64 {
        let after = self.offsets.partition_point(|(from, _)| *from <= unix_ms);
        let entry = self.offsets.get(after.saturating_sub(1));
        entry.map_or(0, |(_, minutes)| i64::from(*minutes) * 60_000)
    }

    /// The date and time an instant has here.
    pub fn civil(&self, unix_ms: i64) -> Civil {
        let local = unix_ms + self.offset_ms(unix_ms);
        let days = local.div_euclid(DAY_MS);
        let seconds = (local.rem_euclid(DAY_MS) / 1_000) as u32;
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            weekday: (days + 3).rem_euclid(7) as usize,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
        }
    }

    /// The zone as a suffix: its name, or `UTC`.
    pub fn label(&self) -> &str {
        if self.name.is_empty() {
            "UTC"
        } else {
            &self.name
        }
    }
}

impl Civil {
    /// `Tue 24 Nov`.
    pub fn date(self) -> String {
        let month = MONTHS[self.month as usize - 1];
        format!("{} {} {month}", WEEKDAYS[self.weekday], self.day)
    }

    /// `09:12`.
    pub fn time(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `09:12:05`.
    pub fn time_with_seconds(self) -> String {
        format!("{}:{:02}", self.time(), self.second)
    }

    /// `2026-11-24T09:12`, as a date field of a form takes it.
    pub fn field(self) -> String {
        let (year, month, day) = (self.year, self.month, self.day);
        format!("{year:04}-{month:02}-{day:02}T{}", self.time())
    }
}

/// The date of a day counted from 1 January 1970. Years are counted from March, so that the day
/// that comes and goes is the last of the year.
fn date_of(days: i64) -> (i64, u32, u32) {
    let from_march = days + 719_468;
    let era = from_march.div_euclid(146_097);
    let day_of_era = from_march.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u32, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unix_ms: i64, minutes: i32, expected: &str) {
        let zone = Zone {
            name: String::new(),
            offsets: vec![(i64::MIN, minutes)],
        };
        let civil = zone.civil(unix_ms);
        assert_eq!(
            format!("{} {}", civil.date(), civil.time_with_seconds()),
            expected
        );
    }

    #[test]
    fn instants_read_as_dates() {
        check(0, 0, "Thu 1 Jan 00:00:00");
        check(1_795_420_800_000, 0, "Mon 23 Nov 08:00:00");
        check(1_795_420_800_000, 60, "Mon 23 Nov 09:00:00");
        check(951_782_400_000, 0, "Tue 29 Feb 00:00:00");
        check(-1, -60, "Wed 31 Dec 22:59:59");
    }

    #[test]
    fn summer_time_begins_in_the_middle() {
        let change = 1_774_746_000_000; // 29 March 2026, 01:00 UTC
        let zone = Zone {
            name: "Europe/Paris".to_owned(),
            offsets: vec![(change - DAY_MS, 60), (change, 120)],
        };
        assert_eq!(zone.civil(change - 60_000).time(), "01:59");
        assert_eq!(zone.civil(change).time(), "03:00");
    }
}
