//! `PersistentVolumeClaim` and `PersistentVolume`.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::affinity::{RawNodeSelector, node_terms};
use crate::snapshot::raw::metadata::RawMetadata;
use crate::snapshot::{ClaimObject, Labels, SelectorOperator, SelectorRequirement, VolumeObject};

/// Zone labels of volumes, the current one first.
const ZONE_LABELS: [&str; 2] = [
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
];

/// `PersistentVolumeClaim`.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawClaim {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawClaimSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawClaimSpec {
    volume_name: Option<String>,
    storage_class_name: Option<String>,
    access_modes: Option<Vec<String>>,
}

impl RawClaim {
    /// What is kept of it.
    pub(in crate::snapshot) fn into_claim(self) -> ClaimObject {
        let identity = self.metadata.into_identity();
        let spec = self.spec.unwrap_or_default();
        ClaimObject {
            namespace: identity.namespace,
            name: identity.name,
            volume_name: spec.volume_name.filter(|name| !name.is_empty()),
            storage_class_name: spec.storage_class_name,
            access_modes: spec.access_modes.unwrap_or_default(),
        }
    }
}

/// `PersistentVolume`.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawVolume {
    #[serde(default)]
    metadata: RawMetadata,
    spec: Option<RawVolumeSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVolumeSpec {
    node_affinity: Option<RawVolumeAffinity>,
    csi: Option<RawCsi>,
    aws_elastic_block_store: Option<IgnoredAny>,
    gce_persistent_disk: Option<IgnoredAny>,
    azure_disk: Option<IgnoredAny>,
    azure_file: Option<IgnoredAny>,
    cinder: Option<IgnoredAny>,
    vsphere_volume: Option<IgnoredAny>,
    local: Option<IgnoredAny>,
    host_path: Option<IgnoredAny>,
    nfs: Option<IgnoredAny>,
    rbd: Option<IgnoredAny>,
    cephfs: Option<IgnoredAny>,
    iscsi: Option<IgnoredAny>,
    fc: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct RawCsi {
    driver: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawVolumeAffinity {
    required: Option<RawNodeSelector>,
}

impl RawVolume {
    /// What is kept of it.
    pub(in crate::snapshot) fn into_volume(self, remarks: &mut Vec<Remark>) -> VolumeObject {
        let identity = self.metadata.into_identity();
        let mut spec = self.spec.unwrap_or_default();
        let affinity = spec.node_affinity.take();
        let terms = node_terms(affinity.and_then(|rules| rules.required), remarks);
        VolumeObject {
            name: identity.name,
            driver: driver(spec),
            zones: zones(&identity.labels, &terms),
            node_name: node_name(&terms),
        }
    }
}

/// The CSI driver, or the name of the in-tree plug-in.
fn driver(spec: RawVolumeSpec) -> Option<String> {
    if let Some(csi) = spec.csi {
        return csi.driver;
    }
    let plugins = [
        (spec.aws_elastic_block_store, "kubernetes.io/aws-ebs"),
        (spec.gce_persistent_disk, "kubernetes.io/gce-pd"),
        (spec.azure_disk, "kubernetes.io/azure-disk"),
        (spec.azure_file, "kubernetes.io/azure-file"),
        (spec.cinder, "kubernetes.io/cinder"),
        (spec.vsphere_volume, "kubernetes.io/vsphere-volume"),
        (spec.local, "kubernetes.io/local-volume"),
        (spec.host_path, "kubernetes.io/host-path"),
        (spec.nfs, "kubernetes.io/nfs"),
        (spec.rbd, "kubernetes.io/rbd"),
        (spec.cephfs, "kubernetes.io/cephfs"),
        (spec.iscsi, "kubernetes.io/iscsi"),
        (spec.fc, "kubernetes.io/fc"),
    ];
    plugins
        .into_iter()
        .find_map(|(found, name)| found.map(|IgnoredAny| name.to_owned()))
}

/// Zones from the affinity, or from the labels that older provisioners wrote.
fn zones(labels: &Labels, terms: &[Vec<SelectorRequirement>]) -> Vec<String> {
    let mut zones: Vec<String> = terms
        .iter()
        .flatten()
        .filter(|rule| rule.operator == SelectorOperator::In && rule.key.ends_with("/zone"))
        .flat_map(|rule| rule.values.iter().cloned())
        .collect();
    if zones.is_empty() {
        let label = ZONE_LABELS.iter().find_map(|key| labels.get(*key));
        zones.extend(
            label
                .into_iter()
                .flat_map(|zones| zones.split("__"))
                .filter(|zone| !zone.is_empty())
                .map(ToOwned::to_owned),
        );
    }
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// The node of a volume that can be used on one node only.
fn node_name(terms: &[Vec<SelectorRequirement>]) -> Option<String> {
    let [term] = terms else {
        return None;
    };
    let rule = term.iter().find(|rule| {
        matches!(
            rule.key.as_str(),
            "kubernetes.io/hostname" | "metadata.name"
        ) && rule.operator == SelectorOperator::In
    })?;
    let [node] = rule.values.as_slice() else {
        return None;
    };
    Some(node.clone())
}
