//! `Node`.

use serde::Deserialize;

use crate::snapshot::raw::amounts::{RawAmounts, others};
use crate::snapshot::raw::metadata::RawMetadata;
use crate::snapshot::raw::scalar::Scalar;
use crate::snapshot::raw::{Remark, quoted};
use crate::snapshot::{NodeObject, NodePressure, Taint, TaintEffect};

/// `Node`.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawNode {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawSpec>,
    status: Option<RawStatus>,
}

#[derive(Debug, Default, Deserialize)]
struct RawSpec {
    taints: Option<Vec<RawTaint>>,
    unschedulable: Option<bool>,
    #[serde(rename = "providerID")]
    provider_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawTaint {
    key: Option<String>,
    value: Option<String>,
    effect: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatus {
    node_info: Option<RawNodeInfo>,
    allocatable: Option<RawAmounts>,
    conditions: Option<Vec<RawCondition>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeInfo {
    kubelet_version: Option<String>,
    container_runtime_version: Option<String>,
    os_image: Option<String>,
    architecture: Option<String>,
}

/// `status.conditions[]`.
#[derive(Debug, Deserialize)]
pub(super) struct RawCondition {
    #[serde(rename = "type")]
    condition: Option<String>,
    status: Option<String>,
}

/// Whether the `Ready` condition is `True`; `None` without that condition.
pub(super) fn is_ready(conditions: Option<&[RawCondition]>) -> Option<bool> {
    conditions?
        .iter()
        .find(|found| found.condition.as_deref() == Some("Ready"))
        .map(|ready| ready.status.as_deref() == Some("True"))
}

/// Whether the `Ready` condition is `Unknown`: nothing was heard of the kubelet for too long.
fn is_silent(conditions: Option<&[RawCondition]>) -> bool {
    let ready = |found: &&RawCondition| found.condition.as_deref() == Some("Ready");
    let ready = conditions.and_then(|conditions| conditions.iter().find(ready));
    ready.is_some_and(|ready| ready.status.as_deref() == Some("Unknown"))
}

/// Passing conditions that keep pods off the node. The taint follows the condition after a moment,
/// so either will do.
fn pressures(conditions: Option<&[RawCondition]>, taints: &[Taint]) -> Vec<NodePressure> {
    let is_true = |pressure: NodePressure, found: &RawCondition| {
        let same = found.condition.as_deref() == Some(pressure.condition());
        same && found.status.as_deref() == Some("True")
    };
    let holds = |pressure: &NodePressure| {
        let mut conditions = conditions.into_iter().flatten();
        conditions.any(|found| is_true(*pressure, found))
            || taints.iter().any(|taint| taint.key == pressure.taint())
    };
    NodePressure::ALL.into_iter().filter(holds).collect()
}

/// A taint's effect.
pub(super) fn taint_effect(text: &str) -> Option<TaintEffect> {
    Some(match text {
        "NoSchedule" => TaintEffect::NoSchedule,
        "PreferNoSchedule" => TaintEffect::PreferNoSchedule,
        "NoExecute" => TaintEffect::NoExecute,
        _ => return None,
    })
}

impl RawNode {
    /// What is kept of it.
    pub(in crate::snapshot) fn into_node(self, remarks: &mut Vec<Remark>) -> NodeObject {
        let identity = self.metadata.into_identity();
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let info = status.node_info.unwrap_or_default();
        let allocatable = status.allocatable.unwrap_or_default();
        let mut quantity = |raw: Option<Scalar>, key| raw?.quantity(key, remarks);
        let cpu = quantity(allocatable.cpu, "cpu");
        let memory = quantity(allocatable.memory, "memory");
        let pods = quantity(allocatable.pods, "pods");
        let mut extended = others(&allocatable.others, "allocatable", remarks);
        // Of what a node does not list it has none.
        extended.retain(|_, amount| *amount > 0);
        let taints = taints(spec.taints, remarks);
        NodeObject {
            pressures: pressures(status.conditions.as_deref(), &taints),
            name: identity.name,
            labels: identity.labels,
            taints,
            unschedulable: spec.unschedulable.unwrap_or_default(),
            provider_id: spec.provider_id,
            kubelet_version: info.kubelet_version,
            container_runtime: info.container_runtime_version,
            os_image: info.os_image,
            architecture: info.architecture,
            allocatable_cpu_millis: cpu.map(crate::units::Quantity::millis),
            allocatable_memory_bytes: memory.map(crate::units::Quantity::units),
            allocatable_pods: pods.and_then(|pods| u32::try_from(pods.units()).ok()),
            allocatable_extended: extended,
            ready: is_ready(status.conditions.as_deref()),
            silent: is_silent(status.conditions.as_deref()),
        }
    }
}

fn taints(raw: Option<Vec<RawTaint>>, remarks: &mut Vec<Remark>) -> Vec<Taint> {
    let mut kept = Vec::new();
    for raw in raw.unwrap_or_default() {
        let effect = raw.effect.unwrap_or_default();
        match (raw.key, taint_effect(&effect)) {
            (Some(key), Some(effect)) => kept.push(Taint {
                key,
                value: raw.value.unwrap_or_default(),
                effect,
            }),
            _ => remarks.push(Remark::warning(
                "bad-taint",
                "taints",
                format!("a taint without a key or of effect {}", quoted(&effect)),
                "use NoSchedule, PreferNoSchedule or NoExecute; the taint is left out",
            )),
        }
    }
    kept
}
