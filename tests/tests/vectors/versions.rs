//! Which versions go together.

use semver::Version;
use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::plan::kubeadm::{Force, Unstable, Upgrade, refusals};
use wavetank_core::plan::skew::{Component, supported};
use wavetank_core::units::KubeVersion;

use super::read;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skew {
    apiservers: Vec<KubeVersion>,
    component: String,
    version: KubeVersion,
    kubelet: Option<KubeVersion>,
}

pub(crate) fn skew(input: Value) -> Result<Value, String> {
    let input: Skew = read(input)?;
    let component = match input.component.as_str() {
        "kube-apiserver" => Component::ApiServer,
        "kube-controller-manager" => Component::ControllerManager,
        "kube-scheduler" => Component::Scheduler,
        "cloud-controller-manager" => Component::CloudControllerManager,
        "kubelet" => Component::Kubelet,
        "kube-proxy" => Component::KubeProxy,
        "kubectl" => Component::Kubectl,
        other => return Err(format!("no component is called `{other}`")),
    };
    let supported = supported(component, input.version, &input.apiservers, input.kubelet);
    Ok(json!({ "supported": supported }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Asked {
    cluster_version: String,
    kubelet_version: String,
    kubeadm_version: String,
    new_version: String,
    allow_experimental: bool,
    #[serde(rename = "allowRC")]
    allow_rc: bool,
}

fn version(text: &str) -> Result<Version, String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    Version::parse(text).map_err(|error| format!("`{text}`: {error}"))
}

pub(crate) fn kubeadm(input: Value) -> Result<Value, String> {
    let input: Asked = read(input)?;
    let upgrade = Upgrade {
        cluster: version(&input.cluster_version)?,
        kubelets: vec![version(&input.kubelet_version)?],
        kubeadm: version(&input.kubeadm_version)?,
        new: version(&input.new_version)?,
        unstable: match (input.allow_experimental, input.allow_rc) {
            (true, _) => Unstable::All,
            (false, true) => Unstable::Candidates,
            (false, false) => Unstable::Refused,
        },
    };
    let refusals = refusals(&upgrade);
    let count = |wanted| {
        refusals
            .iter()
            .filter(|(_, force)| *force == wanted)
            .count()
    };
    Ok(json!({
        "mandatoryErrors": count(Force::Mandatory),
        "skippableErrors": count(Force::Skippable),
    }))
}
