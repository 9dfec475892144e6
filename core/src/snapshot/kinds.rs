//! Which objects are kept: kinds, the API groups and versions they have lived in, and file names
//! that stand for a kind where the objects themselves do not say theirs.

use crate::snapshot::WorkloadKind;

/// A kind that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeptKind {
    /// A node.
    Node,
    /// A pod.
    Pod,
    /// A controller of pods.
    Workload(WorkloadKind),
    /// A pod disruption budget.
    Budget,
    /// A persistent volume claim.
    Claim,
    /// A persistent volume.
    Volume,
    /// What storage drivers say of a node.
    CsiNode,
}

/// A kept kind, its name, the plural used in file names, and where it is served.
struct KindRow {
    kept: KeptKind,
    name: &'static str,
    plural: &'static str,
    short: &'static str,
    /// API versions it was ever served under, the current one first.
    versions: &'static [&'static str],
}

const KINDS: [KindRow; 12] = [
    KindRow {
        kept: KeptKind::Node,
        name: "Node",
        plural: "nodes",
        short: "no",
        versions: &["v1"],
    },
    KindRow {
        kept: KeptKind::Pod,
        name: "Pod",
        plural: "pods",
        short: "po",
        versions: &["v1"],
    },
    KindRow {
        kept: KeptKind::Workload(WorkloadKind::Deployment),
        name: "Deployment",
        plural: "deployments",
        short: "deploy",
        versions: &[
            "apps/v1",
            "apps/v1beta2",
            "apps/v1beta1",
            "extensions/v1beta1",
        ],
    },
    KindRow {
        kept: KeptKind::Workload(WorkloadKind::ReplicaSet),
        name: "ReplicaSet",
        plural: "replicasets",
        short: "rs",
        versions: &["apps/v1", "apps/v1beta2", "extensions/v1beta1"],
    },
    KindRow {
        kept: KeptKind::Workload(WorkloadKind::StatefulSet),
        name: "StatefulSet",
        plural: "statefulsets",
        short: "sts",
        versions: &["apps/v1", "apps/v1beta2", "apps/v1beta1"],
    },
    KindRow {
        kept: KeptKind::Workload(WorkloadKind::DaemonSet),
        name: "DaemonSet",
        plural: "daemonsets",
        short: "ds",
        versions: &["apps/v1", "apps/v1beta2", "extensions/v1beta1"],
    },
    KindRow {
        kept: KeptKind::Workload(WorkloadKind::Job),
        name: "Job",
        plural: "jobs",
        short: "jobs",
        versions: &["batch/v1", "extensions/v1beta1"],
    },
    KindRow {
        kept: KeptKind::Workload(WorkloadKind::ReplicationController),
        name: "ReplicationController",
        plural: "replicationcontrollers",
        short: "rc",
        versions: &["v1"],
    },
    KindRow {
        kept: KeptKind::Budget,
        name: "PodDisruptionBudget",
        plural: "poddisruptionbudgets",
        short: "pdbs",
        versions: &["policy/v1", "policy/v1beta1"],
    },
    KindRow {
        kept: KeptKind::Claim,
        name: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims",
        short: "pvcs",
        versions: &["v1"],
    },
    KindRow {
        kept: KeptKind::Volume,
        name: "PersistentVolume",
        plural: "persistentvolumes",
        short: "pvs",
        versions: &["v1"],
    },
    KindRow {
        kept: KeptKind::CsiNode,
        name: "CSINode",
        plural: "csinodes",
        short: "csinodes",
        versions: &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"],
    },
];

/// Kinds of Kubernetes's own that are dropped.
const OWN_UNUSED: [&str; 35] = [
    "APIService",
    "Binding",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "ConfigMap",
    "ControllerRevision",
    "CronJob",
    "CSIDriver",
    "CustomResourceDefinition",
    "Endpoints",
    "EndpointSlice",
    "Event",
    "HorizontalPodAutoscaler",
    "Ingress",
    "IngressClass",
    "Lease",
    "LimitRange",
    "MutatingWebhookConfiguration",
    "Namespace",
    "NetworkPolicy",
    "NodeMetrics",
    "PodMetrics",
    "PodSecurityPolicy",
    "PriorityClass",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StorageClass",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

/// Whether `kind` is one of Kubernetes's own that no rehearsal uses.
pub(super) fn is_own_unused(kind: &str) -> bool {
    OWN_UNUSED.contains(&kind)
}

/// What becomes of an object of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KindMatch {
    /// It is kept.
    Kept(KeptKind),
    /// It is kept, but its API version was never served; the current one is this.
    KeptFromUnknownVersion(KeptKind, &'static str),
    /// It is counted and dropped.
    Unused,
    /// It is counted and dropped, though a kept kind of almost this name was probably meant.
    Misspelled(&'static str),
}

/// Decides what becomes of an object; an empty `api_version` is one the input does not give.
pub(super) fn classify(api_version: &str, kind: &str) -> KindMatch {
    let Some(row) = KINDS.iter().find(|row| row.name == kind) else {
        return match KINDS.iter().find(|row| nearly_equal(row.name, kind)) {
            Some(row) => KindMatch::Misspelled(row.name),
            None => KindMatch::Unused,
        };
    };
    if api_version.is_empty() || row.versions.contains(&api_version) {
        return KindMatch::Kept(row.kept);
    }
    let same_group = row
        .versions
        .iter()
        .any(|known| group(known) == group(api_version));
    if same_group {
        return KindMatch::KeptFromUnknownVersion(row.kept, row.versions[0]);
    }
    KindMatch::Unused
}

/// The API group of an API version; the core group is empty.
fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether two different kinds differ by one slip of the finger, or only in case.
fn nearly_equal(name: &str, kind: &str) -> bool {
    if kind.len() > name.len() + 1 || kind.len() + 1 < name.len() {
        return false;
    }
    if name.eq_ignore_ascii_case(kind) {
        return true;
    }
    let (name, kind) = (name.as_bytes(), kind.as_bytes());
    let same_head = name.iter().zip(kind).take_while(|(a, b)| a == b).count();
    let tail = |skip_name: usize, skip_kind: usize| {
        let rest = |text: &[u8], skip: usize| {
            text.get(same_head + skip..)
                .map(<[u8]>::to_vec)
                .unwrap_or_default()
        };
        rest(name, skip_name) == rest(kind, skip_kind)
    };
    tail(1, 1) || tail(0, 1) || tail(1, 0)
}

/// The kind that a file's name stands for: `core_v1_pods.json`, `nodes.json`, `pvcs/default.json`.
///
/// Also the API version where the name holds one, and an empty text otherwise.
pub(super) fn from_file_name(path: &str) -> Option<(&'static str, String)> {
    let mut parts = path.rsplit('/');
    let name = parts.next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    from_stem(stem).or_else(|| Some((find_plural(parts.next()?)?, String::new())))
}

fn from_stem(stem: &str) -> Option<(&'static str, String)> {
    let (head, plural) = stem.rsplit_once('_').unwrap_or(("", stem));
    let kind = find_plural(plural)?;
    let api_version = match head.rsplit_once('_') {
        Some(("core", version)) => version.to_owned(),
        Some((group, version)) => format!("{group}/{version}"),
        None => String::new(),
    };
    Some((kind, api_version))
}

fn find_plural(plural: &str) -> Option<&'static str> {
    let plural = plural.to_ascii_lowercase();
    KINDS
        .iter()
        .find(|row| row.plural == plural || row.short == plural)
        .map(|row| row.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_by_their_group() {
        assert_eq!(classify("v1", "Node"), KindMatch::Kept(KeptKind::Node));
        assert_eq!(classify("", "Node"), KindMatch::Kept(KeptKind::Node));
        assert_eq!(
            classify("config.openshift.io/v1", "Node"),
            KindMatch::Unused
        );
        assert_eq!(
            classify("metrics.k8s.io/v1beta1", "NodeMetrics"),
            KindMatch::Unused
        );
    }

    #[test]
    fn old_versions_are_known_and_future_ones_are_noticed() {
        let deployment = KeptKind::Workload(WorkloadKind::Deployment);
        assert_eq!(
            classify("extensions/v1beta1", "Deployment"),
            KindMatch::Kept(deployment)
        );
        assert_eq!(
            classify("apps/v9", "Deployment"),
            KindMatch::KeptFromUnknownVersion(deployment, "apps/v1")
        );
    }

    #[test]
    fn a_slip_of_the_finger_is_noticed() {
        for kind in ["Podd", "pod", "Pd", "Pox"] {
            assert_eq!(classify("v1", kind), KindMatch::Misspelled("Pod"), "{kind}");
        }
        for kind in ["ConfigMap", "CronJob", "Jobs2", "PodList", ""] {
            assert_eq!(classify("v1", kind), KindMatch::Unused, "{kind}");
        }
    }

    #[track_caller]
    fn check_name(path: &str, expected: Option<(&'static str, &str)>) {
        let found = from_file_name(path);
        let found = found
            .as_ref()
            .map(|(kind, version)| (*kind, version.as_str()));
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn file_names_stand_for_kinds() {
        check_name("a/core_v1_pods.json", Some(("Pod", "v1")));
        check_name(
            "a/apps_v1_deployments.json",
            Some(("Deployment", "apps/v1")),
        );
        check_name("nodes.json", Some(("Node", "")));
        check_name("pvcs/default.json", Some(("PersistentVolumeClaim", "")));
        check_name("prod.json", None);
    }
}
