//! Resources besides CPU, memory and pod slots: GPUs and other devices, huge pages, local storage.
//!
//! Most fleets request none of them, so only those that some workload requests are kept, and
//! everything about them is short lists that are empty otherwise.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::ResourceIdx;
use crate::inventory::nodes::NodeTable;
use crate::inventory::workloads::Group;

/// What is requested of such resources.
#[derive(Debug, Default)]
pub(super) struct Extended {
    /// Their names.
    pub(super) names: Vec<String>,
    /// What a pod of each group requests.
    pub(super) of_groups: Vec<Vec<(ResourceIdx, u64)>>,
}

/// Finds what groups request, and notes with each node what it offers of that.
pub(super) fn resolve(groups: &[Group<'_>], table: &mut NodeTable<'_>) -> Extended {
    let names: BTreeSet<&str> = groups
        .iter()
        .flat_map(|group| requests(group).map(|(name, _)| name.as_str()))
        .collect();
    let indices: BTreeMap<&str, ResourceIdx> =
        names.iter().copied().zip((0..).map(ResourceIdx)).collect();
    if !names.is_empty() {
        for (node, object) in table.nodes.iter_mut().zip(&table.objects) {
            let offered = object.allocatable_extended.iter();
            let known = offered.filter_map(|(name, size)| Some((*indices.get(&**name)?, *size)));
            node.extended = known.collect();
        }
    }
    let of_group = |group| {
        let amounts = requests(group);
        let known = amounts.map(|(name, amount)| (indices[name.as_str()], *amount));
        known.collect()
    };
    Extended {
        of_groups: groups.iter().map(of_group).collect(),
        names: names.into_iter().map(str::to_owned).collect(),
    }
}

fn requests<'a>(group: &Group<'a>) -> impl Iterator<Item = (&'a String, &'a u64)> {
    let template = group.pod_template().into_iter();
    let amounts = template.flat_map(|template| &template.extended_requests);
    amounts.filter(|(_, amount)| **amount > 0)
}
