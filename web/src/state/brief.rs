//! A rehearsal in short, and what the next one changes: a plain sentence for each difference.

use wavetank_core::report::{Outcome, RunReport};

use crate::design::states;
use crate::draw::format;

/// A rehearsal in short, to compare the next one with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub end_ms: u64,
    /// The hash of its trace.
    pub digest: String,
    /// Clusters that reached the target.
    pub upgraded_clusters: u32,
    /// Clusters the plan covered.
    pub planned_clusters: u32,
    /// The rule at the root and the clause that names it, when something went wrong.
    pub root: Option<(String, String)>,
}

impl Brief {
    /// Of a rehearsal.
    pub fn of(run: &RunReport) -> Self {
        let verdict = &run.verdict;
        let rule = verdict.root_cause.clone();
        Self {
            outcome: verdict.outcome,
            end_ms: run.end_ms,
            digest: run.digest.clone(),
            upgraded_clusters: run.upgraded_clusters,
            planned_clusters: run.planned_clusters,
            root: rule.map(|rule| (rule, verdict.root_words.clone())),
        }
    }

    fn reach(&self) -> String {
        let (upgraded, planned) = (self.upgraded_clusters, self.planned_clusters);
        format!(
            "{upgraded} of {}",
            format::counted(planned.into(), "cluster")
        )
    }
}

/// What is different from the rehearsal before: outcome, finish and root cause, a sentence each.
pub fn changes(before: &Brief, now: &Brief) -> Vec<String> {
    if before.digest == now.digest {
        return vec!["Nothing changed: the same events as in the run before.".to_owned()];
    }
    let found = [outcome(before, now), finish(before, now), root(before, now)];
    let found: Vec<String> = found.into_iter().flatten().collect();
    if found.is_empty() {
        let same = "Other events than in the run before lead to the same outcome, finish and \
                    root cause.";
        return vec![same.to_owned()];
    }
    found
}

fn outcome(before: &Brief, now: &Brief) -> Option<String> {
    let same_reach = before.reach() == now.reach();
    if before.outcome == now.outcome && same_reach {
        return None;
    }
    Some(format!(
        "It {} with {} upgraded; before, it {} with {}.",
        states::outcome(now.outcome).word,
        now.reach(),
        past(before.outcome),
        before.reach()
    ))
}

fn finish(before: &Brief, now: &Brief) -> Option<String> {
    let apart = format::duration(before.end_ms.abs_diff(now.end_ms));
    match now.end_ms.cmp(&before.end_ms) {
        std::cmp::Ordering::Less => Some(format!("It ends {apart} earlier than before.")),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(format!("It ends {apart} later than before.")),
    }
}

fn root(before: &Brief, now: &Brief) -> Option<String> {
    match (&before.root, &now.root) {
        (None, None) => None,
        (Some(before), Some(now)) if before == now => None,
        (Some((_, words)), Some(_)) => Some(format!(
            "The root cause is another; before, it was this: {words}."
        )),
        (None, Some(_)) => Some("Before, nothing went wrong: there was no root cause.".to_owned()),
        (Some((_, words)), None) => Some(format!("The root cause of before is gone: {words}.")),
    }
}

/// What an outcome was, as a verb.
const fn past(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "finished",
        Outcome::Held => "held",
        Outcome::Stalled => "stalled",
        Outcome::Unfinished => "was not finished",
        Outcome::RolledBack => "rolled back",
        Outcome::FinishedWithFailures => "finished with failures",
        Outcome::NothingToDo => "had nothing to do",
        Outcome::Broken => "was broken",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(outcome: Outcome, hours: u64, upgraded: u32, root: Option<(&str, &str)>) -> Brief {
        Brief {
            outcome,
            end_ms: hours * 3_600_000,
            digest: format!("{outcome:?}{hours}{upgraded}{root:?}"),
            upgraded_clusters: upgraded,
            planned_clusters: 12,
            root: root.map(|(rule, words)| (rule.to_owned(), words.to_owned())),
        }
    }

    const BUDGET: Option<(&str, &str)> = Some(("budget.zero", "PDB pay/api never allows one"));
    const CNI: Option<(&str, &str)> = Some(("fault.cniBreak", "eu-1 is struck by a fault"));

    #[track_caller]
    fn check(before: &Brief, now: &Brief, expected: &[&str]) {
        assert_eq!(changes(before, now), expected);
    }

    #[test]
    fn outcome_finish_and_root_cause_have_a_sentence_each() {
        check(
            &brief(Outcome::Finished, 30, 12, None),
            &brief(Outcome::Stalled, 33, 8, CNI),
            &[
                "It stalls with 8 of 12 clusters upgraded; before, it finished with 12 of 12 \
                 clusters.",
                "It ends 3h later than before.",
                "Before, nothing went wrong: there was no root cause.",
            ],
        );
    }

    // The outcome and even the finish may stay while something else is at the root.
    #[test]
    fn another_root_cause_is_told_though_nothing_else_changed() {
        check(
            &brief(Outcome::Stalled, 30, 8, BUDGET),
            &brief(Outcome::Stalled, 30, 8, CNI),
            &["The root cause is another; before, it was this: PDB pay/api never allows one."],
        );
    }

    #[test]
    fn a_root_cause_that_is_gone_is_named() {
        check(
            &brief(Outcome::Held, 30, 8, BUDGET),
            &brief(Outcome::Finished, 30, 12, None),
            &[
                "It finishes with 12 of 12 clusters upgraded; before, it held with 8 of 12 \
                 clusters.",
                "The root cause of before is gone: PDB pay/api never allows one.",
            ],
        );
    }

    #[test]
    fn what_did_not_change_is_said_as_well() {
        let one = brief(Outcome::Finished, 30, 12, None);
        check(
            &one,
            &one,
            &["Nothing changed: the same events as in the run before."],
        );
        let other = Brief {
            digest: "other".to_owned(),
            ..one.clone()
        };
        check(
            &one,
            &other,
            &[
                "Other events than in the run before lead to the same outcome, finish and root \
               cause.",
            ],
        );
    }
}
