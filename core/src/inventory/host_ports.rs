//! Ports of the node that pods hold: which workloads' pods cannot share a node for that.

use std::collections::BTreeMap;

use super::neighbors::Topologies;
use super::{Neighbors, PodTerm, WorkloadType};
use crate::ids::WorkloadIdx;
use crate::inventory::looks::HOST_NAME;
use crate::inventory::nodes::NodeTable;
use crate::inventory::workloads::Group;
use crate::snapshot::{HostPort, PodTemplate};

/// The address that stands for every address of a node.
const ANY_ADDRESS: &str = "0.0.0.0";

/// Notes with each workload that wants ports of its node whose pods hold one of them.
///
/// The scheduler looks at what is bound, static pods included, which it does not bind itself.
pub(super) fn resolve(
    groups: &[Group<'_>],
    all: &mut [Neighbors],
    topologies: &mut Topologies,
    table: &NodeTable<'_>,
) {
    let mut holders: BTreeMap<(u16, &str), Vec<(WorkloadIdx, &HostPort)>> = BTreeMap::new();
    for (position, group) in groups.iter().enumerate() {
        for port in ports(group) {
            let of_port = holders.entry((port.port, &port.protocol)).or_default();
            of_port.push((WorkloadIdx::new(position), port));
        }
    }
    for (position, group) in groups.iter().enumerate() {
        if group.kind == WorkloadType::Static {
            continue;
        }
        let mut rivals = Vec::new();
        for port in ports(group) {
            let known = holders[&(port.port, &*port.protocol)].iter();
            let conflicts = known.filter(|(_, other)| meet(&port.address, &other.address));
            rivals.extend(conflicts.map(|(workload, _)| *workload));
        }
        if !rivals.is_empty() {
            rivals.sort_unstable();
            rivals.dedup();
            all[position].port_rivals = Some(PodTerm {
                topology: topologies.find(HOST_NAME, table),
                workloads: rivals,
            });
        }
    }
}

fn ports<'a>(group: &Group<'a>) -> &'a [HostPort] {
    let template: Option<&PodTemplate> = group.pod_template();
    template.map_or(&[], |template| &template.host_ports)
}

/// Whether two addresses of a node have one in common.
fn meet(one: &str, other: &str) -> bool {
    one == other || one == ANY_ADDRESS || other == ANY_ADDRESS
}
