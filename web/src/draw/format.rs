//! What numbers read as; axis, tip, table and sentence all use these.

use wavetank_core::report::{Objective, Sli};
use wavetank_core::units::SimDuration;

use super::zone::Zone;

/// A length of time as the core writes it, in its two largest parts: `3d4h`.
pub fn duration(ms: u64) -> String {
    SimDuration::from_millis(ms).rounded().to_string()
}

/// An instant counted from the start: `T+1d 04:12`.
pub fn since_start(at_ms: u64) -> String {
    let minutes = at_ms / 60_000;
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    if days > 0 {
        format!("T+{days}d {hours:02}:{minutes:02}")
    } else {
        format!("T+{hours:02}:{minutes:02}")
    }
}

/// An instant on the wall clock: `Tue 24 Nov 09:12`.
pub fn instant(zone: &Zone, start_unix_ms: i64, at_ms: u64) -> String {
    let civil = zone.civil(start_unix_ms.saturating_add_unsigned(at_ms));
    format!("{} {}", civil.date(), civil.time())
}

/// An instant as a row of the log shows it: `Tue 09:12:05`.
pub fn log_time(zone: &Zone, start_unix_ms: i64, at_ms: u64) -> String {
    let civil = zone.civil(start_unix_ms.saturating_add_unsigned(at_ms));
    let date = civil.date();
    let weekday = date.split(' ').next().unwrap_or_default();
    format!("{weekday} {}", civil.time_with_seconds())
}

/// A count with its thousands set apart.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 node`, `2 nodes`.
pub fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// A clause as it begins a sentence.
pub fn upper(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// A number of bytes.
pub fn bytes(number: u64) -> String {
    match number {
        0..1_000 => format!("{number} B"),
        1_000..1_000_000 => format!("{} kB", number / 1_000),
        _ => format!("{:.1} MB", number as f64 / 1e6),
    }
}

/// A service level in its own unit.
pub fn sli(kind: Sli, value: i64) -> String {
    match kind {
        Sli::ApiAvailability | Sli::NodeReadiness | Sli::ReadyCapacity => share(value),
        Sli::DisruptedPods | Sli::PendingPods => count(value.unsigned_abs()),
        Sli::EtcdCommitP99 => latency(value),
    }
}

/// Parts per million as per cent; no more digits than tell it from full.
pub fn share(ppm: i64) -> String {
    let per_cent = ppm as f64 / 10_000.0;
    match ppm {
        1_000_000 => "100 %".to_owned(),
        // Rounding must not turn a loss into none.
        999_990..1_000_000 => "99.99+ %".to_owned(),
        100_000..990_000 => format!("{per_cent:.1} %"),
        _ => format!("{per_cent:.2} %"),
    }
}

/// Microseconds as a latency with three digits.
pub fn latency(micros: i64) -> String {
    let value = micros as f64;
    match micros {
        ..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{:.2} ms", value / 1e3),
        10_000..100_000 => format!("{:.1} ms", value / 1e3),
        100_000..1_000_000 => format!("{:.0} ms", value / 1e3),
        _ => format!("{:.2} s", value / 1e6),
    }
}

/// An objective as a clause: `at least 99 %`.
pub fn objective(kind: Sli, objective: Objective) -> String {
    match objective {
        Objective::AtLeast(value) => format!("at least {}", sli(kind, value)),
        Objective::AtMost(value) => format!("at most {}", sli(kind, value)),
    }
}

/// An objective as a sign: `≥ 99.9 %`. Objectives are round, so no digit is added to them.
pub fn objective_sign(kind: Sli, objective: Objective) -> String {
    let (sign, value) = match objective {
        Objective::AtLeast(value) => ("≥", value),
        Objective::AtMost(value) => ("≤", value),
    };
    match kind {
        Sli::ApiAvailability | Sli::NodeReadiness | Sli::ReadyCapacity => {
            format!("{sign} {} %", value as f64 / 10_000.0)
        }
        _ => format!("{sign} {}", sli(kind, value)),
    }
}

/// What an indicator is called.
pub const fn sli_name(kind: Sli) -> &'static str {
    match kind {
        Sli::ApiAvailability => "API availability",
        Sli::NodeReadiness => "Node readiness",
        Sli::DisruptedPods => "Disrupted pods",
        Sli::PendingPods => "Pending pods",
        Sli::ReadyCapacity => "Ready capacity",
        Sli::EtcdCommitP99 => "etcd commit p99",
    }
}

/// A long name cut in its middle, where names differ least.
pub fn middle_cut(name: &str, n_chars: usize) -> String {
    let length = name.chars().count();
    if length <= n_chars || n_chars < 5 {
        return name.to_owned();
    }
    let tail = (n_chars - 1) / 2;
    let head = n_chars - 1 - tail;
    let start: String = name.chars().take(head).collect();
    let end: String = name.chars().skip(length - tail).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The same rehearsal is read on the page and in the terminal.
    #[test]
    fn a_duration_reads_as_it_does_in_files_and_in_the_terminal() {
        assert_eq!(duration(22_320_000), "6h12m");
        let typed: SimDuration = duration(22_320_000).parse().expect("a duration");
        assert_eq!(typed.as_millis(), 22_320_000);
    }

    #[test]
    fn a_loss_is_never_rounded_away() {
        for (ppm, expected) in [
            (1_000_000, "100 %"),
            (999_999, "99.99+ %"),
            (999_300, "99.93 %"),
            (875_000, "87.5 %"),
            (0, "0.00 %"),
        ] {
            assert_eq!(share(ppm), expected);
        }
    }

    #[test]
    fn objectives_are_as_round_as_they_were_set() {
        let sign = |ppm| objective_sign(Sli::ApiAvailability, Objective::AtLeast(ppm));
        assert_eq!(sign(999_000), "≥ 99.9 %");
        assert_eq!(sign(1_000_000), "≥ 100 %");
    }

    #[test]
    fn latencies_have_three_digits() {
        for (micros, expected) in [
            (850, "850 µs"),
            (2_340, "2.34 ms"),
            (12_345, "12.3 ms"),
            (412_000, "412 ms"),
            (10_000_000, "10.00 s"),
        ] {
            assert_eq!(latency(micros), expected);
        }
    }

    #[test]
    fn counts_are_set_in_threes() {
        assert_eq!(count(999), "999");
        assert_eq!(count(100_000), "100,000");
        assert_eq!(counted(1, "node"), "1 node");
        assert_eq!(counted(2_000, "pod"), "2,000 pods");
    }

    #[test]
    fn names_lose_their_middle() {
        assert_eq!(
            middle_cut("eu-payments-frankfurt-prod-3", 15),
            "eu-paym…-prod-3"
        );
        assert_eq!(middle_cut("short", 15), "short");
        assert_eq!(middle_cut("grün-überlang-eins", 9), "grün…eins");
    }

    #[test]
    fn days_are_counted_from_the_start() {
        assert_eq!(since_start(15_120_000), "T+04:12");
        assert_eq!(since_start(101_520_000), "T+1d 04:12");
    }
}
