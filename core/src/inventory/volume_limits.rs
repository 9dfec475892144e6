//! Storage drivers that limit how many volumes a node can have.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::DriverIdx;
use crate::inventory::nodes::NodeTable;
use crate::snapshot::ClusterSnapshot;

/// Plug-ins of old, and the drivers that their volumes are migrated to.
const MIGRATED: [(&str, &str); 5] = [
    ("kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
    ("kubernetes.io/gce-pd", "pd.csi.storage.gke.io"),
    ("kubernetes.io/azure-disk", "disk.csi.azure.com"),
    ("kubernetes.io/cinder", "cinder.csi.openstack.org"),
    ("kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com"),
];

/// The drivers with a limit on some node.
#[derive(Debug, Default)]
pub(super) struct Drivers<'a> {
    indices: BTreeMap<&'a str, DriverIdx>,
}

impl Drivers<'_> {
    /// The driver of this name, or that of a plug-in of this name, if it has a limit anywhere.
    pub(super) fn find(&self, name: &str) -> Option<DriverIdx> {
        let migrated = MIGRATED.iter().find(|(plugin, _)| *plugin == name);
        let name = migrated.map_or(name, |(_, driver)| driver);
        self.indices.get(name).copied()
    }
}

/// Finds the drivers, and notes with each node what it can have of theirs.
pub(super) fn resolve<'a>(cluster: &'a ClusterSnapshot, table: &mut NodeTable<'_>) -> Drivers<'a> {
    let limits = || cluster.csi_nodes.iter().map(|node| &node.volume_limits);
    let names: BTreeSet<&str> = limits()
        .flat_map(|of| of.keys().map(String::as_str))
        .collect();
    let indices: BTreeMap<&str, DriverIdx> = names.into_iter().zip((0..).map(DriverIdx)).collect();
    for object in &cluster.csi_nodes {
        if let Some(node) = table.find(&object.name) {
            let limits = object.volume_limits.iter();
            let limits = limits.map(|(name, count)| (indices[name.as_str()], *count));
            table.nodes[node.index()].volume_limits = limits.collect();
        }
    }
    Drivers { indices }
}
