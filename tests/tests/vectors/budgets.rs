//! Budgets' arithmetic, and a deployment's own limits.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::inventory::WorkloadType;
use wavetank_core::sim::budget::{
    BudgetSpec, SelectedController, SelectedPod, desired_healthy, expectation,
};
use wavetank_core::sim::fenceposts;
use wavetank_core::units::{IntOrPercent, SimDuration};

use super::read;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Scaled {
    value: Value,
    total: u32,
    round_up: bool,
}

pub(crate) fn int_or_percent(input: Value) -> Result<Value, String> {
    let input: Scaled = read(input)?;
    let Ok(value) = serde_json::from_value::<IntOrPercent>(input.value) else {
        return Ok(json!({ "error": true }));
    };
    let scaled = if input.round_up {
        value.scaled_up(input.total)
    } else {
        value.scaled_down(input.total)
    };
    Ok(json!({ "value": scaled, "error": false }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Spec {
    min_available: Option<IntOrPercent>,
    max_unavailable: Option<IntOrPercent>,
}

impl From<Spec> for BudgetSpec {
    fn from(spec: Spec) -> Self {
        Self {
            min_available: spec.min_available,
            max_unavailable: spec.max_unavailable,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Arithmetic {
    spec: Spec,
    expected_pods: u32,
    current_healthy: u32,
}

pub(crate) fn arithmetic(input: Value) -> Result<Value, String> {
    let input: Arithmetic = read(input)?;
    let spec = input.spec.into();
    // One deployment of that many pods expects that many, whichever way the budget counts.
    let deployment = SelectedController {
        kind: WorkloadType::Deployment,
        scale: input.expected_pods,
        pods: input.expected_pods,
    };
    let expectation = expectation(spec, [deployment].into_iter());
    Ok(json!({
        "desiredHealthy": desired_healthy(spec, input.expected_pods),
        "disruptionsAllowed": expectation.allowed(input.current_healthy),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Status {
    spec: Spec,
    controllers: Vec<Controller>,
    unmanaged: Unmanaged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Controller {
    kind: String,
    spec_replicas: Option<u32>,
    ready: u32,
    not_ready: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Unmanaged {
    ready: u32,
    not_ready: u32,
}

impl Controller {
    fn selected(&self) -> Result<SelectedController, String> {
        let kind = match self.kind.as_str() {
            "Deployment" | "ReplicaSet" | "ReplicationController" => WorkloadType::Deployment,
            "StatefulSet" => WorkloadType::StatefulSet,
            "DaemonSet" => WorkloadType::DaemonSet,
            "Job" => WorkloadType::Job,
            "Node" => WorkloadType::Static,
            // Any other resource counts by its scale subresource, where it has one.
            _ if self.spec_replicas.is_some() => WorkloadType::Other,
            other => return Err(format!("a controller `{other}` without a scale")),
        };
        Ok(SelectedController {
            kind,
            scale: self.spec_replicas.unwrap_or(0),
            pods: self.ready + self.not_ready,
        })
    }
}

pub(crate) fn status(input: Value) -> Result<Value, String> {
    let input: Status = read(input)?;
    let mut healthy = input.unmanaged.ready;
    let mut selected = Vec::new();
    for controller in &input.controllers {
        healthy += controller.ready;
        selected.push(controller.selected()?);
    }
    let n_bare = input.unmanaged.ready + input.unmanaged.not_ready;
    selected.extend((n_bare > 0).then_some(SelectedController {
        kind: WorkloadType::Bare,
        scale: 0,
        pods: n_bare,
    }));
    let expectation = expectation(input.spec.into(), selected.into_iter());
    Ok(json!({
        "disruptionsAllowed": expectation.allowed(healthy),
        "currentHealthy": healthy,
        "desiredHealthy": expectation.desired_healthy,
        "expectedPods": expectation.expected_pods,
        "failSafe": expectation.fail_safe,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Noted {
    spec: Spec,
    pods: Vec<NamedPod>,
    disrupted_pods_age_seconds: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPod {
    name: String,
    ready: bool,
    terminating: bool,
}

pub(crate) fn disrupted_pods(input: Value) -> Result<Value, String> {
    let input: Noted = read(input)?;
    let seen = |pod: &NamedPod| SelectedPod {
        ready: pod.ready,
        terminating: pod.terminating,
        disrupted_for: input
            .disrupted_pods_age_seconds
            .get(&pod.name)
            .map(|secs| SimDuration::from_secs(*secs)),
    };
    let healthy = input.pods.iter().filter(|pod| seen(pod).healthy()).count() as u32;
    let stay = input.pods.iter().filter(|pod| seen(pod).stays_disrupted());
    let mut names: Vec<&str> = stay.map(|pod| pod.name.as_str()).collect();
    names.sort_unstable();
    let bare = SelectedController {
        kind: WorkloadType::Bare,
        scale: 0,
        pods: input.pods.len() as u32,
    };
    let expectation = expectation(input.spec.into(), [bare].into_iter());
    Ok(json!({
        "disruptionsAllowed": expectation.allowed(healthy),
        "currentHealthy": healthy,
        "desiredHealthy": expectation.desired_healthy,
        "expectedPods": expectation.expected_pods,
        "disruptedPods": names,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Fenceposts {
    max_surge: Value,
    max_unavailable: Value,
    desired: u32,
}

pub(crate) fn fenceposts(input: Value) -> Result<Value, String> {
    let input: Fenceposts = read(input)?;
    let limit = serde_json::from_value::<Option<IntOrPercent>>;
    let (Ok(surge), Ok(unavailable)) = (limit(input.max_surge), limit(input.max_unavailable))
    else {
        return Ok(json!({ "error": true }));
    };
    let posts = fenceposts::resolve(surge, unavailable, input.desired);
    Ok(json!({
        "surge": posts.surge,
        "unavailable": posts.unavailable,
        "error": false,
    }))
}
