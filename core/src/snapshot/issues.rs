//! Collects issues and keeps a file with one fault in every object from drowning the reader.

use std::collections::BTreeMap;

use crate::checked::{Issue, IssueLevel, Place};

/// Warnings and notes of one rule that a file may show before the rest is counted.
const REPEATS_SHOWN: u32 = 20;

/// Errors of one rule that a file may show: every lost object is named, up to where the list
/// itself would need more memory than the file.
const ERRORS_SHOWN: u32 = 10_000;

/// The issues met so far.
#[derive(Debug, Default)]
pub(super) struct IssueLog {
    issues: Vec<Issue>,
    /// By file, then by rule.
    repeats: BTreeMap<String, BTreeMap<String, Repeats>>,
    n_met: u64,
}

/// How often a rule was broken in a file.
#[derive(Debug)]
struct Repeats {
    level: IssueLevel,
    seen: u32,
}

impl Repeats {
    fn shown(&self) -> u32 {
        if self.level == IssueLevel::Error {
            ERRORS_SHOWN
        } else {
            REPEATS_SHOWN
        }
    }
}

impl IssueLog {
    /// Adds an issue, or counts it when its rule has been shown often enough in its file.
    pub(super) fn push(&mut self, issue: Issue) {
        if self.admit(issue.level, &issue.place.file, &issue.rule) {
            self.issues.push(issue);
        }
    }

    /// Adds the issue that `make` makes, which is not asked when it would not be shown.
    pub(super) fn push_with(
        &mut self,
        level: IssueLevel,
        file: &str,
        rule: &str,
        make: impl FnOnce() -> Issue,
    ) {
        if self.admit(level, file, rule) {
            self.issues.push(make());
        }
    }

    /// Counts an issue; whether it is to be shown.
    fn admit(&mut self, level: IssueLevel, file: &str, rule: &str) -> bool {
        self.n_met += 1;
        let known = self
            .repeats
            .get_mut(file)
            .and_then(|rules| rules.get_mut(rule));
        if let Some(repeats) = known {
            repeats.seen = repeats.seen.saturating_add(1);
            return repeats.seen <= repeats.shown();
        }
        let rules = self.repeats.entry(file.to_owned()).or_default();
        rules.insert(rule.to_owned(), Repeats { level, seen: 1 });
        true
    }

    /// Adds an issue about a whole file.
    pub(super) fn push_file(
        &mut self,
        level: IssueLevel,
        rule: &str,
        file: &str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(Issue {
            level,
            rule: rule.to_owned(),
            place: Place::file(file),
            message: message.into(),
            fix: fix.into(),
        });
    }

    /// How many issues were met, shown or counted.
    pub(super) fn count(&self) -> u64 {
        self.n_met
    }

    /// Every issue shown, and one more for each rule of a file that was broken more often.
    pub(super) fn finish(mut self) -> Vec<Issue> {
        let by_rule = self.repeats.into_iter().flat_map(|(file, rules)| {
            rules
                .into_iter()
                .map(move |(rule, repeats)| (file.clone(), rule, repeats))
        });
        for (file, rule, repeats) in by_rule {
            let hidden = repeats.seen.saturating_sub(repeats.shown());
            if hidden > 0 {
                self.issues.push(Issue {
                    level: repeats.level,
                    rule,
                    place: Place::file(file),
                    message: format!("and {hidden} more like this"),
                    fix: String::new(),
                });
            }
        }
        self.issues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_warnings_are_summed_up_and_errors_are_all_named() {
        let mut log = IssueLog::default();
        for _ in 0..57 {
            log.push_file(IssueLevel::Warning, "w", "a.json", "odd", "");
            log.push_file(IssueLevel::Error, "e", "a.json", "bad", "");
        }
        assert_eq!(log.count(), 114);
        let issues = log.finish();
        let shown = |rule: &str| issues.iter().filter(|issue| issue.rule == rule).count();
        assert_eq!((shown("w"), shown("e")), (21, 57));
        let last = issues.last().map(ToString::to_string);
        assert_eq!(
            last.as_deref(),
            Some("a.json: warning[w]: and 37 more like this")
        );
    }
}
