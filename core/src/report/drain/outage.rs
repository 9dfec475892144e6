//! Workloads that have no ready pod while nodes are drained.

use super::Outage;
use crate::ids::WorkloadIdx;
use crate::inventory::{Cluster, WorkloadType};
use crate::sim::trace::PodLevel;
use crate::sim::{EventKind, Trace};
use crate::units::SimTime;

/// Ready pods of a workload over time.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    ready: u32,
    /// When the last of them went.
    none_since: Option<SimTime>,
}

/// Every stretch in which a workload that had a ready pod has none, the longest first.
pub fn outages(cluster: &Cluster, trace: &Trace) -> Vec<Outage> {
    let rows = &trace.clusters[0].pods;
    let mut counts = vec![Count::default(); cluster.workloads.len()];
    let mut ready: Vec<bool> = rows
        .iter()
        .map(|row| row.initial == PodLevel::Ready)
        .collect();
    for (row, _) in rows.iter().zip(&ready).filter(|(_, ready)| **ready) {
        counts[row.workload.index()].ready += 1;
    }
    let serves = |workload: WorkloadIdx| match cluster.workloads[workload.index()].kind {
        WorkloadType::Deployment
        | WorkloadType::StatefulSet
        | WorkloadType::Other
        | WorkloadType::Bare => true,
        // A job serves nobody, and a node's own pods go with it.
        WorkloadType::Job | WorkloadType::DaemonSet | WorkloadType::Static => false,
    };
    let mut stretches = Vec::new();
    for event in &trace.events {
        let (pod, becomes) = match event.kind {
            EventKind::PodReady { pod } => (pod, true),
            EventKind::PodUnready { pod, .. }
            | EventKind::PodEvicted { pod, .. }
            | EventKind::PodDeleted { pod, .. }
            | EventKind::PodGone { pod }
            | EventKind::PodLost { pod, .. } => (pod, false),
            _ => continue,
        };
        if std::mem::replace(&mut ready[pod.index()], becomes) == becomes {
            continue;
        }
        let workload = rows[pod.index()].workload;
        let count = &mut counts[workload.index()];
        if becomes {
            count.ready += 1;
            if let Some(from) = count.none_since.take() {
                stretches.push((workload, from, Some(event.at)));
            }
        } else {
            count.ready -= 1;
            if count.ready == 0 {
                count.none_since = Some(event.at);
            }
        }
    }
    let still = counts.iter().enumerate().filter_map(|(index, count)| {
        let from = count.none_since?;
        Some((WorkloadIdx::new(index), from, None))
    });
    stretches.extend(still);
    stretches.retain(|(workload, ..)| serves(*workload));
    let length = |(_, from, until): &(_, SimTime, Option<SimTime>)| {
        until.map_or(u64::MAX, |until| until.since(*from).as_millis())
    };
    stretches.sort_by_key(|stretch| std::cmp::Reverse(length(stretch)));
    let named = stretches.into_iter().map(|(workload, from, until)| {
        let spec = &cluster.workloads[workload.index()];
        Outage {
            workload: format!("{}/{}", spec.namespace, spec.name),
            from_ms: from.as_millis(),
            until_ms: until.map(SimTime::as_millis),
        }
    });
    named.collect()
}
