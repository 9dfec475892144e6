//! Deployments, replica sets, stateful sets, daemon sets, jobs: all have this shape.

use serde::Deserialize;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::metadata::{RawLabels, RawMetadata, labels};
use crate::snapshot::raw::pod::RawPodSpec;
use crate::snapshot::{JobRules, OnDisruption, WorkloadKind, WorkloadObject};

/// A controller of pods.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawWorkload {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawSpec>,
    status: Option<RawStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSpec {
    replicas: Option<u32>,
    parallelism: Option<u32>,
    template: Option<RawTemplate>,
    pod_management_policy: Option<String>,
    min_ready_seconds: Option<u32>,
    backoff_limit: Option<u32>,
    pod_replacement_policy: Option<String>,
    pod_failure_policy: Option<RawFailurePolicy>,
}

#[derive(Debug, Default, Deserialize)]
struct RawStatus {
    failed: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
struct RawFailurePolicy {
    rules: Option<Vec<RawFailureRule>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFailureRule {
    action: Option<String>,
    on_pod_conditions: Option<Vec<RawPodCondition>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawPodCondition {
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct RawTemplate {
    metadata: Option<RawTemplateMetadata>,
    spec: Option<RawPodSpec>,
}

#[derive(Debug, Default, Deserialize)]
struct RawTemplateMetadata {
    labels: Option<RawLabels>,
}

impl RawWorkload {
    /// What is kept of it; a job's replicas are its parallelism.
    pub(in crate::snapshot) fn into_workload(
        self,
        kind: WorkloadKind,
        remarks: &mut Vec<Remark>,
    ) -> WorkloadObject {
        let identity = self.metadata.into_identity();
        let spec = self.spec.unwrap_or_default();
        let job = (kind == WorkloadKind::Job).then(|| spec.job_rules(self.status.as_ref()));
        let template = spec.template.unwrap_or_default();
        WorkloadObject {
            kind,
            namespace: identity.namespace,
            name: identity.name,
            replicas: match kind {
                WorkloadKind::Job => spec.parallelism,
                WorkloadKind::DaemonSet => None,
                _ => spec.replicas,
            },
            owner: identity.owner,
            pod_labels: labels(template.metadata.unwrap_or_default().labels),
            template: template.spec.unwrap_or_default().into_template(remarks),
            parallel: spec.pod_management_policy.as_deref() == Some("Parallel"),
            min_ready_seconds: spec.min_ready_seconds.unwrap_or_default(),
            job,
        }
    }
}

impl RawSpec {
    /// What a job does about pods that fail.
    fn job_rules(&self, status: Option<&RawStatus>) -> JobRules {
        let rules = self.pod_failure_policy.as_ref();
        let mut rules = rules
            .into_iter()
            .flat_map(|policy| policy.rules.iter().flatten());
        // A rule for exit codes may come first, but which code a pod ends with is not known.
        let disrupted = rules.find(|rule| rule.is_of_disruption());
        JobRules {
            backoff_limit: self.backoff_limit,
            failed: status.and_then(|status| status.failed).unwrap_or_default(),
            replaces_failed_only: self.pod_replacement_policy.as_deref() == Some("Failed"),
            has_failure_policy: self.pod_failure_policy.is_some(),
            on_disruption: match disrupted.and_then(|rule| rule.action.as_deref()) {
                Some("Ignore") => OnDisruption::Ignore,
                Some("FailJob") => OnDisruption::FailJob,
                Some(_) | None => OnDisruption::Count,
            },
        }
    }
}

impl RawFailureRule {
    /// Whether it is for pods that were disrupted.
    fn is_of_disruption(&self) -> bool {
        self.on_pod_conditions.iter().flatten().any(|condition| {
            let holds = condition
                .status
                .as_deref()
                .is_none_or(|status| status == "True");
            holds && condition.kind.as_deref() == Some("DisruptionTarget")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(job: &str, expected: JobRules) {
        let raw: RawWorkload = serde_json::from_str(job).expect("a job");
        let job = raw.into_workload(WorkloadKind::Job, &mut Vec::new()).job;
        assert_eq!(job, Some(expected));
    }

    #[test]
    fn a_job_that_says_nothing_counts_every_failure() {
        check("{}", JobRules::default());
    }

    #[test]
    fn the_first_rule_for_disruptions_decides() {
        let rules = r#"{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
            {"action": "Count", "onPodConditions": [{"type": "DisruptionTarget"}]}"#;
        check(
            &format!(
                r#"{{"spec": {{"backoffLimit": 2, "podReplacementPolicy": "Failed",
                "podFailurePolicy": {{"rules": [{rules}]}}}}, "status": {{"failed": 1}}}}"#
            ),
            JobRules {
                backoff_limit: Some(2),
                failed: 1,
                replaces_failed_only: true,
                has_failure_policy: true,
                on_disruption: OnDisruption::Ignore,
            },
        );
    }
}
