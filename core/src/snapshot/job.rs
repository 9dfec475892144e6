//! What a job does about pods that fail.

use serde::{Deserialize, Serialize};

/// The rules of a job, and how far it is with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobRules {
    /// `spec.backoffLimit`; none means 6.
    pub backoff_limit: Option<u32>,
    /// `status.failed`.
    pub failed: u32,
    /// `spec.podReplacementPolicy` is `Failed`.
    pub replaces_failed_only: bool,
    /// Whether there is a `spec.podFailurePolicy`.
    pub has_failure_policy: bool,
    /// What that says of pods that were disrupted.
    pub on_disruption: OnDisruption,
}

/// What becomes of a job when one of its pods was disrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnDisruption {
    /// It counts as a failure.
    #[default]
    Count,
    /// It does not count.
    Ignore,
    /// The job fails at once.
    FailJob,
}
