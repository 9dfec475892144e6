//! Holds what came of a rehearsal against what its scenario expects.

use crate::report::{Outcome, RunReport};
use crate::scenario::Expectations;

/// The expectations that were not met: a sentence each.
pub fn unmet(expect: &Expectations, run: &RunReport) -> Vec<String> {
    let mut sentences = Vec::new();
    let outcome = word(run.verdict.outcome);
    if let Some(expected) = expect.outcome.as_deref().filter(|word| *word != outcome) {
        sentences.push(format!("outcome: expected {expected}, came to {outcome}"));
    }
    let upgraded = run.upgraded_clusters;
    if let Some(expected) = expect.upgraded_clusters.filter(|n| *n != upgraded) {
        sentences.push(format!(
            "upgradedClusters: expected {expected}, came to {upgraded}"
        ));
    }
    let cause = run.verdict.root_cause.as_deref();
    if let Some(expected) = expect
        .root_cause
        .as_deref()
        .filter(|rule| Some(*rule) != cause)
    {
        let cause = cause.unwrap_or("none");
        sentences.push(format!("rootCause: expected {expected}, came to {cause}"));
    }
    sentences
}

/// An outcome as scenario files write it.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "finished",
        Outcome::Held => "held",
        Outcome::Stalled => "stalled",
        Outcome::Unfinished => "unfinished",
        Outcome::RolledBack => "rolledBack",
        Outcome::FinishedWithFailures => "finishedWithFailures",
        Outcome::NothingToDo => "nothingToDo",
        Outcome::Broken => "broken",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_stated_is_held_against_the_run() {
        let run = RunReport::default();
        assert!(unmet(&Expectations::default(), &run).is_empty());
        let expect = Expectations {
            outcome: Some("stalled".to_owned()),
            upgraded_clusters: Some(0),
            root_cause: Some("fault.cniBreak".to_owned()),
        };
        let sentences = unmet(&expect, &run);
        assert_eq!(
            sentences,
            [
                "outcome: expected stalled, came to finished",
                "rootCause: expected fault.cniBreak, came to none",
            ]
        );
    }
}
