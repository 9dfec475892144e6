//! `PodDisruptionBudget`.

use serde::Deserialize;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::metadata::RawMetadata;
use crate::snapshot::raw::scalar::Scalar;
use crate::snapshot::raw::selector::RawSelector;
use crate::snapshot::{BudgetObject, BudgetStatus, UnhealthyPodEvictionPolicy};
use crate::units::IntOrPercent;

/// `PodDisruptionBudget`.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawBudget {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawSpec>,
    status: Option<RawStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSpec {
    selector: Option<RawSelector>,
    min_available: Option<Scalar>,
    max_unavailable: Option<Scalar>,
    unhealthy_pod_eviction_policy: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatus {
    disruptions_allowed: Option<i32>,
    current_healthy: Option<i32>,
    desired_healthy: Option<i32>,
    expected_pods: Option<i32>,
    observed_generation: Option<i64>,
}

impl RawBudget {
    /// What is kept of it, or `None` with a remark when the API server would have refused it.
    pub(in crate::snapshot) fn into_budget(
        self,
        api_version: &str,
        remarks: &mut Vec<Remark>,
    ) -> Option<BudgetObject> {
        let identity = self.metadata.into_identity();
        let spec = self.spec.unwrap_or_default();
        let had = remarks.len();
        if spec.min_available.is_some() && spec.max_unavailable.is_some() {
            remarks.push(Remark::error(
                "bad-budget",
                "maxUnavailable",
                "both minAvailable and maxUnavailable are given, which exclude each other"
                    .to_owned(),
                "keep one of the two",
            ));
        }
        let min_available = amount("minAvailable", spec.min_available, remarks);
        let max_unavailable = amount("maxUnavailable", spec.max_unavailable, remarks);
        let selector = spec.selector.map(RawSelector::into_selector);
        if selector == Some(None) {
            remarks.push(Remark::error(
                "bad-selector",
                "selector",
                "a requirement in the selector lacks its key or has an unknown operator".to_owned(),
                "use In, NotIn, Exists or DoesNotExist",
            ));
        }
        if remarks.len() > had {
            return None;
        }
        Some(BudgetObject {
            namespace: identity.namespace,
            name: identity.name,
            api_version: api_version.to_owned(),
            selector: selector.flatten(),
            min_available,
            max_unavailable,
            unhealthy_pod_eviction_policy: match spec.unhealthy_pod_eviction_policy.as_deref() {
                Some("AlwaysAllow") => UnhealthyPodEvictionPolicy::AlwaysAllow,
                _ => UnhealthyPodEvictionPolicy::IfHealthyBudget,
            },
            generation: identity.generation,
            status: self.status.map(RawStatus::into_status),
        })
    }
}

impl RawStatus {
    fn into_status(self) -> BudgetStatus {
        BudgetStatus {
            disruptions_allowed: self.disruptions_allowed.unwrap_or_default(),
            current_healthy: self.current_healthy.unwrap_or_default(),
            desired_healthy: self.desired_healthy.unwrap_or_default(),
            expected_pods: self.expected_pods.unwrap_or_default(),
            observed_generation: self.observed_generation.unwrap_or_default(),
        }
    }
}

/// Reads `2` or `"25%"`, and remarks on anything else.
fn amount(
    key: &'static str,
    raw: Option<Scalar>,
    remarks: &mut Vec<Remark>,
) -> Option<IntOrPercent> {
    let raw = raw?;
    let read = match &raw {
        Scalar::Int(number) => i32::try_from(*number)
            .ok()
            .filter(|number| *number >= 0)
            .map(IntOrPercent::Int),
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Float(_) | Scalar::Other(_) => None,
    };
    if read.is_none() {
        let fix = match &raw {
            Scalar::Text(text) if text.parse::<u32>().is_ok() => {
                format!("write {text} without quotes, or \"{text}%\"")
            }
            _ => "write a whole number such as 2, or a percentage such as \"25%\"".to_owned(),
        };
        let message = format!("{key} is {raw}, which is neither a whole number nor a percentage");
        remarks.push(Remark::error("bad-budget", key, message, &fix));
    }
    read
}
