//! Who runs a cluster: what its owners say, or what its nodes give away.

use super::{Evidence, Provider};
use crate::inventory::issues::IssueLog;
use crate::snapshot::{ClusterSnapshot, NodeObject, PodObject};

/// Words for providers, without case, spaces, dashes and underscores.
const NAMES: [(&str, Provider); 12] = [
    ("gke", Provider::Gke),
    ("googlekubernetesengine", Provider::Gke),
    ("eks", Provider::Eks),
    ("amazoneks", Provider::Eks),
    ("aks", Provider::Aks),
    ("azurekubernetesservice", Provider::Aks),
    ("clusterapi", Provider::ClusterApi),
    ("capi", Provider::ClusterApi),
    ("kubeadm", Provider::Kubeadm),
    ("onprem", Provider::Kubeadm),
    ("onpremises", Provider::Kubeadm),
    ("kops", Provider::Kops),
];

/// Prefixes of node labels that only one provider sets.
///
/// kOps and Cluster API come first: they run on clouds whose own labels they may carry as well.
const LABEL_PREFIXES: [(&str, Provider); 9] = [
    ("kops.k8s.io/", Provider::Kops),
    ("cluster.x-k8s.io/", Provider::ClusterApi),
    ("node.cluster.x-k8s.io/", Provider::ClusterApi),
    ("topology.cluster.x-k8s.io/", Provider::ClusterApi),
    ("cloud.google.com/gke-", Provider::Gke),
    ("eks.amazonaws.com/", Provider::Eks),
    ("alpha.eksctl.io/", Provider::Eks),
    ("kubernetes.azure.com/", Provider::Aks),
    ("kubeadm.alpha.kubernetes.io/", Provider::Kubeadm),
];

/// The provider, from the fleet file, else from the nodes.
pub(super) fn resolve(cluster: &ClusterSnapshot, log: &mut IssueLog) -> Evidence<Provider> {
    let seen = seen(cluster);
    let Some(text) = &cluster.facts.provider else {
        return seen;
    };
    let object = log.cluster();
    let word: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_'))
        .collect::<String>()
        .to_ascii_lowercase();
    let Some((_, provider)) = NAMES.into_iter().find(|(name, _)| *name == word) else {
        let message = format!("provider is `{text}`, whose way of upgrading is not known here");
        log.warn(
            "unknown-provider",
            &object,
            message,
            "write one of `gke`, `eks`, `aks`, `clusterApi`, `kubeadm`, `kops`",
        );
        return seen;
    };
    if let Evidence::Known(other) = seen
        && other != provider
    {
        let message = format!("provider is `{text}`, but its nodes carry the marks of {other:?}");
        log.warn(
            "provider-conflict",
            &object,
            message,
            "correct the provider, or check that the dump is of this cluster",
        );
    }
    Evidence::Known(provider)
}

/// The provider that the first telling node gives away, or the one whose habits are seen.
fn seen(cluster: &ClusterSnapshot) -> Evidence<Provider> {
    if let Some(provider) = cluster.nodes.iter().find_map(from_node) {
        return Evidence::Known(provider);
    }
    let of_kubeadm = |pod: &PodObject| {
        let component = pod.labels.get("component");
        pod.mirror && component.is_some_and(|component| component == "kube-apiserver")
    };
    if cluster.pods.iter().any(of_kubeadm) {
        return Evidence::Assumed {
            value: Provider::Kubeadm,
            reason: "its API server is a static pod labelled as kubeadm does".to_owned(),
        };
    }
    Evidence::Unknown
}

fn from_node(node: &NodeObject) -> Option<Provider> {
    let by_label = LABEL_PREFIXES
        .into_iter()
        .find(|(prefix, _)| node.labels.keys().any(|key| key.starts_with(prefix)));
    if let Some((_, provider)) = by_label {
        return Some(provider);
    }
    let kubelet = node.kubelet_version.as_deref()?;
    if kubelet.contains("-gke.") {
        return Some(Provider::Gke);
    }
    kubelet.contains("-eks-").then_some(Provider::Eks)
}
