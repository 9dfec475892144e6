//! Reports as plain text, for terminals and transcripts: tables as kubectl prints them.
//!
//! Everything that comes from a cluster goes through [`escape()`], so no name of an object can
//! move the cursor or turn the line around.

use crate::units::SimDuration;

mod blast;
mod drain;
mod durations;
mod escape;
mod fleet;
mod indicators;
mod run;
mod table;
mod why;

pub use blast::blast;
pub use drain::{drain, drains};
pub use durations::durations;
pub use escape::escape;
pub use fleet::fleet;
pub use run::{RunText, run};
pub use table::Table;
pub use why::why;

/// What kubectl prints where there is nothing.
const NONE: &str = "<none>";

/// What kubectl prints where there is something, and nobody knows what.
const UNKNOWN: &str = "<unknown>";

/// A count with its thousands apart: `9,600`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 node`, `3 nodes`.
fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count))
}

/// A length of time as everything of ours writes it, in its two largest parts: `3d4h`.
fn span(millis: u64) -> String {
    SimDuration::from_millis(millis).rounded().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        let texts = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "node"), "1 node");
        assert_eq!(counted(0, "node"), "0 nodes");
    }
}
