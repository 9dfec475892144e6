//! `NodePorts`: two pods cannot have one port of a node (k8s-truth §5.1).
//!
//! Every pod that is bound counts, a terminating one included: it still holds its ports.

use super::domains::{DomainTable, Tally};
use super::filters::Change;
use crate::ids::{NodeIdx, WorkloadIdx};
use crate::inventory::PodTerm;
use crate::sim::trace::Reason;

/// How many pods on each node hold a port that the pod in question wants.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    holders: Tally,
}

impl Counts {
    /// Counts anew, by the nodes on which the pods of each workload are.
    pub(crate) fn recount<I: Iterator<Item = NodeIdx>>(
        &mut self,
        rivals: Option<&PodTerm>,
        table: &DomainTable,
        nodes_of: impl Fn(WorkloadIdx) -> I,
    ) {
        self.holders.clear();
        if let Some(rivals) = rivals {
            for workload in &rivals.workloads {
                for node in nodes_of(*workload) {
                    if let Some(host) = table.of(rivals.topology, node) {
                        self.holders.add(host);
                    }
                }
            }
        }
    }

    /// Counts a pod of a workload on a node in or out.
    pub(crate) fn change(
        &mut self,
        rivals: Option<&PodTerm>,
        table: &DomainTable,
        change: Change,
        (workload, node): (WorkloadIdx, NodeIdx),
    ) {
        let concerns = |rivals: &&PodTerm| rivals.workloads.binary_search(&workload).is_ok();
        let Some(rivals) = rivals.filter(concerns) else {
            return;
        };
        if let Some(host) = table.of(rivals.topology, node) {
            match change {
                Change::Add => self.holders.add(host),
                Change::Remove => self.holders.remove(host),
            }
        }
    }

    /// Why the node does not take the pod.
    pub(crate) fn reject(
        &self,
        rivals: Option<&PodTerm>,
        table: &DomainTable,
        node: NodeIdx,
    ) -> Option<Reason> {
        let host = table.of(rivals?.topology, node)?;
        (self.holders.get(host) > 0).then_some(Reason::HostPort)
    }
}
