//! `Pod`, and the pod specification that every controller carries.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::affinity::{RawAffinity, RawSpread, spreads};
use crate::snapshot::raw::amounts::{RawAmounts, others};
use crate::snapshot::raw::metadata::{RawLabels, RawMetadata, labels};
use crate::snapshot::raw::node::{RawCondition, is_ready, taint_effect};
use crate::snapshot::{
    ContainerPlace, ContainerResources, ExtendedSum, HostPort, PodObject, PodPhase, PodTemplate,
    PreemptionPolicy, RequestSum, Toleration,
};

/// `Pod`.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawPod {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawPodSpec>,
    status: Option<RawStatus>,
}

#[derive(Debug, Default, Deserialize)]
struct RawStatus {
    phase: Option<String>,
    conditions: Option<Vec<RawCondition>>,
}

/// `PodSpec`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawPodSpec {
    node_name: Option<String>,
    containers: Option<Vec<RawContainer>>,
    init_containers: Option<Vec<RawContainer>>,
    priority: Option<i32>,
    priority_class_name: Option<String>,
    preemption_policy: Option<String>,
    termination_grace_period_seconds: Option<i64>,
    tolerations: Option<Vec<RawToleration>>,
    node_selector: Option<RawLabels>,
    affinity: Option<RawAffinity>,
    topology_spread_constraints: Option<Vec<RawSpread>>,
    volumes: Option<Vec<RawPodVolume>>,
    /// Requests of the pod itself, beside or instead of those of its containers.
    resources: Option<RawResources>,
    overhead: Option<RawAmounts>,
    scheduling_gates: Option<Vec<IgnoredAny>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawContainer {
    image: Option<String>,
    resources: Option<RawResources>,
    readiness_probe: Option<RawProbe>,
    lifecycle: Option<RawLifecycle>,
    restart_policy: Option<String>,
    ports: Option<Vec<RawPort>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPort {
    host_port: Option<u16>,
    protocol: Option<String>,
    #[serde(rename = "hostIP")]
    host_ip: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct RawResources {
    requests: Option<RawAmounts>,
    limits: Option<RawAmounts>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawProbe {
    initial_delay_seconds: Option<i64>,
    period_seconds: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLifecycle {
    pre_stop: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawToleration {
    key: Option<String>,
    operator: Option<String>,
    value: Option<String>,
    effect: Option<String>,
    toleration_seconds: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPodVolume {
    empty_dir: Option<IgnoredAny>,
    host_path: Option<IgnoredAny>,
    persistent_volume_claim: Option<RawClaimSource>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawClaimSource {
    claim_name: Option<String>,
}

impl RawPod {
    /// What is kept of it.
    pub(in crate::snapshot) fn into_pod(self, remarks: &mut Vec<Remark>) -> PodObject {
        let identity = self.metadata.into_identity();
        let status = self.status.unwrap_or_default();
        let mut spec = self.spec.unwrap_or_default();
        PodObject {
            namespace: identity.namespace,
            name: identity.name,
            node_name: spec.node_name.take().filter(|name| !name.is_empty()),
            phase: phase(status.phase.as_deref()),
            ready: is_ready(status.conditions.as_deref()),
            terminating: identity.terminating,
            owner: identity.owner,
            mirror: identity.mirror,
            labels: identity.labels,
            gated: spec
                .scheduling_gates
                .take()
                .is_some_and(|gates| !gates.is_empty()),
            template: spec.into_template(remarks),
        }
    }
}

fn phase(text: Option<&str>) -> PodPhase {
    match text {
        Some("Pending") => PodPhase::Pending,
        Some("Running") => PodPhase::Running,
        Some("Succeeded") => PodPhase::Succeeded,
        Some("Failed") => PodPhase::Failed,
        _ => PodPhase::Unknown,
    }
}

fn preemption_policy(text: Option<&str>) -> Option<PreemptionPolicy> {
    match text? {
        "Never" => Some(PreemptionPolicy::Never),
        "PreemptLowerPriority" => Some(PreemptionPolicy::PreemptLowerPriority),
        _ => None,
    }
}

impl RawPodSpec {
    /// The part of it that decides where and how the pod runs.
    pub(super) fn into_template(self, remarks: &mut Vec<Remark>) -> PodTemplate {
        let affinity = self.affinity.unwrap_or_default().into_required(remarks);
        let mut template = PodTemplate {
            priority: self.priority,
            priority_class_name: self.priority_class_name.filter(|name| !name.is_empty()),
            preemption_policy: preemption_policy(self.preemption_policy.as_deref()),
            termination_grace_period_seconds: self
                .termination_grace_period_seconds
                .map(|seconds| u64::try_from(seconds).unwrap_or_default()),
            tolerations: tolerations(self.tolerations, remarks),
            node_selector: labels(self.node_selector),
            required_node_affinity: affinity.node,
            required_affinity: affinity.pods,
            required_anti_affinity: affinity.pods_apart,
            topology_spread: spreads(self.topology_spread_constraints, remarks),
            ..PodTemplate::default()
        };
        let whole = self.resources.unwrap_or_default();
        let overhead = self.overhead.unwrap_or_default();
        let mut extended = ExtendedSum::default();
        for mut container in self.init_containers.unwrap_or_default() {
            let place = container.place(ContainerPlace::Init);
            extended.add(place, container.extended(remarks));
            add_container(&mut template, container, place, remarks);
        }
        for mut container in self.containers.unwrap_or_default() {
            extended.add(ContainerPlace::Main, container.extended(remarks));
            add_container(&mut template, container, ContainerPlace::Main, remarks);
        }
        template.extended_requests = extended.total();
        replace_requests(&mut template, whole, remarks);
        add_overhead(&mut template, &overhead, remarks);
        for volume in self.volumes.unwrap_or_default() {
            template.has_empty_dir |= volume.empty_dir.is_some();
            template.has_host_path |= volume.host_path.is_some();
            let claim = volume.persistent_volume_claim;
            template
                .claims
                .extend(claim.and_then(|claim| claim.claim_name));
        }
        template
    }
}

impl RawContainer {
    /// An init container that always restarts is a sidecar.
    fn place(&self, listed: ContainerPlace) -> ContainerPlace {
        match listed {
            ContainerPlace::Init if self.restart_policy.as_deref() == Some("Always") => {
                ContainerPlace::Sidecar
            }
            ContainerPlace::Init | ContainerPlace::Sidecar | ContainerPlace::Main => listed,
        }
    }

    /// What it requests besides CPU and memory; a limit stands in for a missing request, and of
    /// extended resources the two are equal.
    fn extended(&mut self, remarks: &mut Vec<Remark>) -> BTreeMap<String, u64> {
        let Some(resources) = &mut self.resources else {
            return BTreeMap::new();
        };
        let take = |raw: &mut Option<RawAmounts>| {
            let raw = raw.as_mut();
            raw.map_or_else(BTreeMap::new, |raw| std::mem::take(&mut raw.others))
        };
        let mut amounts = take(&mut resources.limits);
        amounts.extend(take(&mut resources.requests));
        others(&amounts, "resources", remarks)
    }
}

/// Adds what a container asks for.
fn add_container(
    template: &mut PodTemplate,
    raw: RawContainer,
    place: ContainerPlace,
    remarks: &mut Vec<Remark>,
) {
    let long_running = place != ContainerPlace::Init;
    let mut sum = RequestSum {
        running: template.requests,
        init_peak: template.init_requests,
    };
    sum.add(place, requests(raw.resources.unwrap_or_default(), remarks));
    (template.requests, template.init_requests) = (sum.running, sum.init_peak);
    template.has_pre_stop |= raw.lifecycle.is_some_and(|hooks| hooks.pre_stop.is_some());
    if let Some(probe) = raw.readiness_probe.filter(|_| long_running) {
        let seconds = |raw: Option<i64>| raw.and_then(|raw| u32::try_from(raw).ok());
        let delay = seconds(probe.initial_delay_seconds).unwrap_or_default();
        let period = seconds(probe.period_seconds).unwrap_or(10);
        if !template.has_readiness_probe || delay > template.readiness_initial_delay_seconds {
            template.readiness_initial_delay_seconds = delay;
            template.readiness_period_seconds = period;
        }
        template.has_readiness_probe = true;
    }
    if long_running {
        let ports = raw.ports.unwrap_or_default();
        template
            .host_ports
            .extend(ports.into_iter().filter_map(host_port));
    }
    if let Some(image) = raw.image.filter(|image| !image.is_empty()) {
        template.images.push(without_credentials(&image).to_owned());
    }
}

/// Puts what the pod itself requests in place of what its containers do, resource by resource; its
/// limit stands in where nobody requests anything.
fn replace_requests(template: &mut PodTemplate, raw: RawResources, remarks: &mut Vec<Remark>) {
    let requests = raw.requests.unwrap_or_default();
    let limits = raw.limits.unwrap_or_default();
    let asked = RequestSum {
        running: template.requests,
        init_peak: template.init_requests,
    }
    .total();
    let cpu = requests
        .cpu
        .or(limits.cpu.filter(|_| asked.cpu_millis == 0));
    if let Some(cpu) = cpu.and_then(|cpu| cpu.quantity("cpu", remarks)) {
        template.requests.cpu_millis = cpu.millis();
        template.init_requests.cpu_millis = 0;
    }
    let memory = limits.memory.filter(|_| asked.memory_bytes == 0);
    let memory = requests.memory.or(memory);
    if let Some(memory) = memory.and_then(|memory| memory.quantity("memory", remarks)) {
        template.requests.memory_bytes = memory.units();
        template.init_requests.memory_bytes = 0;
    }
    // Of everything else, a pod as a whole can only have huge pages.
    let huge = |name: &String| name.starts_with("hugepages-");
    let mut huge_pages = others(&limits.others, "resources", remarks);
    huge_pages.retain(|name, _| huge(name) && !template.extended_requests.contains_key(name));
    let requested = others(&requests.others, "resources", remarks);
    huge_pages.extend(requested.into_iter().filter(|(name, _)| huge(name)));
    template.extended_requests.extend(huge_pages);
    template.extended_requests.retain(|_, amount| *amount > 0);
}

/// Adds what the pod's runtime class takes beside its containers.
fn add_overhead(template: &mut PodTemplate, raw: &RawAmounts, remarks: &mut Vec<Remark>) {
    let cpu = raw
        .cpu
        .as_ref()
        .and_then(|cpu| cpu.quantity("cpu", remarks));
    let memory = raw.memory.as_ref();
    let memory = memory.and_then(|memory| memory.quantity("memory", remarks));
    for sum in [&mut template.requests, &mut template.init_requests] {
        let cpu = cpu.map_or(0, crate::units::Quantity::millis);
        let memory = memory.map_or(0, crate::units::Quantity::units);
        sum.cpu_millis = sum.cpu_millis.saturating_add(cpu);
        sum.memory_bytes = sum.memory_bytes.saturating_add(memory);
    }
    for (name, amount) in others(&raw.others, "overhead", remarks) {
        let sum = template.extended_requests.entry(name).or_default();
        *sum = sum.saturating_add(amount);
    }
    template.extended_requests.retain(|_, amount| *amount > 0);
}

/// The port of the node that a container's port holds, if any.
fn host_port(raw: RawPort) -> Option<HostPort> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    Some(HostPort {
        port: raw.host_port.filter(|port| *port > 0)?,
        protocol: given(raw.protocol).unwrap_or_else(|| "TCP".to_owned()),
        address: given(raw.host_ip).unwrap_or_else(|| "0.0.0.0".to_owned()),
    })
}

/// What a container requests; as in the API server, a limit stands in for a missing request.
fn requests(raw: RawResources, remarks: &mut Vec<Remark>) -> ContainerResources {
    let requests = raw.requests.unwrap_or_default();
    let limits = raw.limits.unwrap_or_default();
    let cpu = requests.cpu.or(limits.cpu);
    let memory = requests.memory.or(limits.memory);
    ContainerResources {
        cpu_millis: cpu
            .and_then(|cpu| cpu.quantity("cpu", remarks))
            .map_or(0, crate::units::Quantity::millis),
        memory_bytes: memory
            .and_then(|memory| memory.quantity("memory", remarks))
            .map_or(0, crate::units::Quantity::units),
    }
}

/// An image reference without the user, password or query that some people put into it.
fn without_credentials(image: &str) -> &str {
    let image = image.split_once('?').map_or(image, |(image, _)| image);
    let digest = image.rfind("@sha").unwrap_or(image.len());
    let start = image[..digest].rfind('@').map_or(0, |at| at + 1);
    &image[start..]
}

fn tolerations(raw: Option<Vec<RawToleration>>, remarks: &mut Vec<Remark>) -> Vec<Toleration> {
    let mut kept = Vec::new();
    for raw in raw.unwrap_or_default() {
        let text = raw.effect.as_deref().unwrap_or_default();
        let effect = taint_effect(text);
        if effect.is_none() && !text.is_empty() {
            remarks.push(Remark::warning(
                "bad-toleration",
                "tolerations",
                "a toleration has an effect that no taint can have".to_owned(),
                "use NoSchedule, PreferNoSchedule or NoExecute; it is left out",
            ));
            continue;
        }
        kept.push(Toleration {
            key: raw.key,
            operator: raw.operator,
            value: raw.value,
            effect,
            toleration_seconds: raw.toleration_seconds,
        });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_image(image: &str, expected: &str) {
        assert_eq!(without_credentials(image), expected);
    }

    #[test]
    fn images_lose_their_credentials_but_not_their_digest() {
        check_image("nginx:1.25", "nginx:1.25");
        check_image("r.example/a/b:1", "r.example/a/b:1");
        check_image("user:pass@r.example/a/b:1", "r.example/a/b:1");
        check_image("user:pa/ss@r.example/a@sha256:0f", "r.example/a@sha256:0f");
        check_image("nginx@sha256:0f", "nginx@sha256:0f");
        check_image("r.example/a:1?token=x", "r.example/a:1");
    }
}
