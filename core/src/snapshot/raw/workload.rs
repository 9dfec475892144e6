//! Deployments, replica sets, stateful sets, daemon sets, jobs: all have this shape.

use serde::Deserialize;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::metadata::{RawLabels, RawMetadata, labels};
use crate::snapshot::raw::pod::RawPodSpec;
use crate::snapshot::{WorkloadKind, WorkloadObject};

/// A controller of pods.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawWorkload {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSpec {
    replicas: Option<u32>,
    parallelism: Option<u32>,
    template: Option<RawTemplate>,
    pod_management_policy: Option<String>,
    min_ready_seconds: Option<u32>,
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
        }
    }
}
