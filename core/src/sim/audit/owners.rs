//! When a cluster is upgraded, every owner has its pods again, or the trace says why not
//! (k8s-truth §4.2).

use super::{Audit, WorkloadAccount};
use crate::inventory::WorkloadType;
use crate::sim::trace::{EventKind, Invariant, PodLevel};
use crate::units::SimDuration;

impl Audit {
    /// Counts replacements that wait, and takes stock when the upgrade is done.
    pub(super) fn owners_made_whole(&mut self, kind: &EventKind) -> Option<Invariant> {
        match *kind {
            EventKind::ReplacementWaits { pod } => {
                let workload = self.pods[pod.index()].workload;
                self.workloads[workload.index()].owed += 1;
                None
            }
            EventKind::PodCreated { pod } => {
                let workload = self.pods[pod.index()].workload;
                let of = &mut self.workloads[workload.index()];
                of.owed = of.owed.saturating_sub(1);
                None
            }
            EventKind::ClusterUpgraded {} => {
                let short = (0..self.workloads.len()).any(|index| self.is_short(index));
                short.then_some(Invariant::OwnersMadeWhole)
            }
            _ => None,
        }
    }

    /// Whether a workload misses pods and nothing says why.
    fn is_short(&self, index: usize) -> bool {
        let of = &self.workloads[index];
        let wanted = wanted(of);
        let told = of.owed + self.n_waiting_ordinals(index);
        of.active + told < wanted
    }

    /// Pods of a stateful set that are not created yet because one of a lower ordinal is not
    /// ready, or because the old one is not gone: the events of that one tell of it.
    fn n_waiting_ordinals(&self, index: usize) -> u32 {
        if self.workloads[index].kind != WorkloadType::StatefulSet {
            return 0;
        }
        if self.workloads[index].min_ready > SimDuration::ZERO {
            // One that is ready may not be so for long enough, which no event tells.
            return u32::MAX / 2;
        }
        let of_set = self.pods.iter().filter(|pod| pod.workload.index() == index);
        let waits = of_set.clone().any(|pod| {
            matches!(
                pod.level,
                PodLevel::Pending | PodLevel::Starting | PodLevel::Terminating
            )
        });
        if waits { u32::MAX / 2 } else { 0 }
    }
}

/// How many pods an owner keeps up: what it wants, or had if that was fewer.
fn wanted(of: &WorkloadAccount) -> u32 {
    match of.kind {
        WorkloadType::Deployment | WorkloadType::StatefulSet | WorkloadType::Other => {
            of.replicas.min(of.active_before)
        }
        // Those of daemon sets and static pods go with their nodes, a job ends, and nobody
        // replaces a bare pod.
        WorkloadType::DaemonSet | WorkloadType::Static | WorkloadType::Job | WorkloadType::Bare => {
            0
        }
    }
}
