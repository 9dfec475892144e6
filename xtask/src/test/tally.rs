//! Counts of what passed, and how they are read from what a test program prints.

use std::ops::AddAssign;

/// How many checks had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) skipped: u32,
}

impl Tally {
    /// One check.
    pub(super) fn one(passed: bool) -> Self {
        Self {
            passed: passed.into(),
            failed: (!passed).into(),
            skipped: 0,
        }
    }

    /// Reads the closing line of a test program; what was filtered out or ignored was skipped.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let counts = line.trim().strip_prefix("test result:")?;
        let mut tally = Self::default();
        for part in counts.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let Some(Ok(count)) = words.next().map(str::parse::<u32>) else {
                continue;
            };
            match words.next() {
                Some("passed") => tally.passed += count,
                Some("failed") => tally.failed += count,
                Some("ignored" | "filtered") => tally.skipped += count,
                _ => {}
            }
        }
        Some(tally)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_is_counted() {
        let line = "test result: FAILED. 7 passed; 2 failed; 1 ignored; 0 measured; \
                    3 filtered out; finished in 0.01s";
        let expected = Tally {
            passed: 7,
            failed: 2,
            skipped: 4,
        };
        assert_eq!(Tally::parse(line), Some(expected));
    }

    #[test]
    fn other_lines_are_not() {
        assert_eq!(Tally::parse("test a::b ... ok"), None);
    }
}
