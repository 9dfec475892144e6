//! Kubernetes objects as they are written, cut down to the fields that are kept.
//!
//! Architecture invariant: environment values, commands, arguments, annotation values and the
//! contents of config maps and secrets are declared nowhere here, so no parser can fill them in.

mod affinity;
mod amounts;
mod budget;
mod metadata;
mod node;
mod pod;
mod scalar;
mod selector;
mod volume;
mod workload;

use crate::checked::IssueLevel;

pub(super) use budget::RawBudget;
pub(super) use metadata::RawNamed;
pub(super) use node::RawNode;
pub(super) use pod::RawPod;
pub(super) use volume::{RawClaim, RawVolume};
pub(super) use workload::RawWorkload;

/// Something odd about an object that could be read.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    /// An error means that the object is not kept.
    pub(super) level: IssueLevel,
    /// The rule that is broken.
    pub(super) rule: &'static str,
    /// The field it is about.
    pub(super) key: &'static str,
    /// What was found and what was expected.
    pub(super) message: String,
    /// What to do about it.
    pub(super) fix: String,
}

impl Remark {
    /// A remark about a field that is left out.
    fn warning(rule: &'static str, key: &'static str, message: String, fix: &str) -> Self {
        Self {
            level: IssueLevel::Warning,
            rule,
            key,
            message,
            fix: fix.to_owned(),
        }
    }

    /// A remark that costs the object.
    fn error(rule: &'static str, key: &'static str, message: String, fix: &str) -> Self {
        Self {
            level: IssueLevel::Error,
            ..Self::warning(rule, key, message, fix)
        }
    }
}

/// Text of the input as a message may show it: short, and without control characters.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}
