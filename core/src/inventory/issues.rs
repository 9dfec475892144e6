//! Collects what is wrong with one cluster, without drowning the reader.
//!
//! One missing file can spoil ten thousand pods in the same way. The first few are named, the
//! rest are counted.

use std::collections::BTreeMap;

use crate::checked::{Issue, IssueLevel, Place};
use crate::snapshot::ClusterSnapshot;

/// Issues of one rule that are named one by one: enough to see a pattern.
const NAMED_PER_RULE: u32 = 3;

/// The rule of an issue that counts workloads known only by their pods.
pub const RULE_WORKLOAD_MISSING: &str = "workload-missing";
/// The rule of an issue that counts mounted claims that the input does not hold.
pub const RULE_CLAIM_MISSING: &str = "claim-missing";
/// The rule of an issue that counts bound volumes that the input does not hold.
pub const RULE_VOLUME_MISSING: &str = "volume-missing";

/// Rules about what a fleet file says, so their issues stand in that file.
const FACT_RULES: [&str; 5] = [
    "bad-window",
    "no-usable-window",
    "bad-tier",
    "bad-control-plane-members",
    "unknown-provider",
];

/// The issues of one cluster.
#[derive(Debug)]
pub(super) struct IssueLog {
    cluster: String,
    file: String,
    declared_at: Option<Place>,
    issues: Vec<Issue>,
    counts: BTreeMap<&'static str, (u32, IssueLevel)>,
}

impl IssueLog {
    /// A log for what was read from the files of `cluster`, which is known as `name`.
    pub(super) fn new(cluster: &ClusterSnapshot, name: &str) -> Self {
        let file = match cluster.sources.as_slice() {
            [] => format!("cluster {name}"),
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        };
        Self {
            cluster: format!("Cluster {name}"),
            file,
            declared_at: cluster.declared_at.clone(),
            issues: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// The cluster as the object of an issue.
    pub(super) fn cluster(&self) -> String {
        self.cluster.clone()
    }

    /// Notes something that costs the reader nothing but attention.
    pub(super) fn note(&mut self, rule: &'static str, object: &str, message: String, fix: &str) {
        self.push(IssueLevel::Note, rule, object, message, fix);
    }

    /// Notes that something was assumed or left out.
    pub(super) fn warn(&mut self, rule: &'static str, object: &str, message: String, fix: &str) {
        self.push(IssueLevel::Warning, rule, object, message, fix);
    }

    /// Notes that an object could not be used.
    pub(super) fn error(&mut self, rule: &'static str, object: &str, message: String, fix: &str) {
        self.push(IssueLevel::Error, rule, object, message, fix);
    }

    /// The dump's file, or for a stated fact the fleet file's own line.
    fn place(&self, rule: &str, object: &str) -> Place {
        let declared = self.declared_at.as_ref();
        let declared = declared.filter(|_| FACT_RULES.contains(&rule));
        Place {
            object: Some(object.to_owned()),
            ..declared.cloned().unwrap_or_else(|| Place::file(&self.file))
        }
    }

    fn push(
        &mut self,
        level: IssueLevel,
        rule: &'static str,
        object: &str,
        message: String,
        fix: &str,
    ) {
        let (count, worst) = self.counts.entry(rule).or_insert((0, level));
        *count += 1;
        *worst = level.max(*worst);
        if *count > NAMED_PER_RULE {
            return;
        }
        self.issues.push(Issue {
            level,
            rule: rule.to_owned(),
            place: self.place(rule, object),
            message,
            fix: fix.to_owned(),
        });
    }

    /// The issues, with the number of those that were not named.
    pub(super) fn finish(mut self) -> Vec<Issue> {
        for (rule, (count, level)) in self.counts {
            let Some(more) = count.checked_sub(NAMED_PER_RULE).filter(|more| *more > 0) else {
                continue;
            };
            self.issues.push(Issue {
                level,
                rule: rule.to_owned(),
                place: Place::file(&self.file),
                message: format!("{more} more of the same kind are not listed"),
                fix: String::new(),
            });
        }
        self.issues
    }
}
