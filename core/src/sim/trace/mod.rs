//! What happened: every event, with its cause, and what is needed to read it.
//!
//! Levels over time (is this node Ready? how many pods are pending?) are folds over the events
//! from the initial levels in the tables; [`NodeRow`] and [`PodLevel`] say which event moves what.
//! API availability is 1 until `ApiUnavailable`, `ApiDegraded` or `ApiAvailable` say otherwise, and
//! etcd's latency is `initial_commit_p99_micros` until `EtcdSlow` or `EtcdNormal` do.

mod digest;
mod ending;
mod kinds;
mod refusal;
mod source;
mod tables;
mod words;

pub use digest::{CHECKPOINT_EVENTS, Digest};
pub use ending::{ClusterEnding, Decision, Ending, WaveEnding};
pub use kinds::EventKind;
pub use refusal::{Names, Reason, Refusal};
pub use source::Source;
pub use tables::{
    AddedBudget, ClusterOutcome, ClusterTrace, Counters, InitialNode, NodeRow, PodLevel, PodRow,
    WaveOutcome, WaveTrace,
};
pub use words::{
    ApiComponent, Gate, Invariant, NodeTrouble, Place, PodTrouble, RunOutcome, Severity,
    StepFailure, Unschedulable,
};

use crate::ids::{ClusterIdx, EventId, PodIdx};
use crate::inventory::{Cluster, WorkloadType};
use crate::rng;
use crate::sim::fault::{Fault, FaultKind};
use crate::units::SimTime;

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: SimTime,
    /// Where; none for the fleet itself.
    pub cluster: Option<ClusterIdx>,
    /// What.
    pub kind: EventKind,
    /// The event it follows from, always an earlier one; none for a root.
    pub cause: Option<EventId>,
}

/// Everything that happened in one rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Every event, in order of time, indexed by [`EventId`].
    pub events: Vec<Event>,
    /// One entry for each cluster of the inventory.
    pub clusters: Vec<ClusterTrace>,
    /// One entry for each wave of the plan.
    pub waves: Vec<WaveTrace>,
    /// How it all ended.
    pub outcome: RunOutcome,
    /// The event that decided the outcome.
    pub decided_by: Option<EventId>,
    /// What the simulation did.
    pub counters: Counters,
    /// The hash of the whole trace.
    pub digest: Digest,
    /// When the last event falls.
    pub end: SimTime,
}

impl Trace {
    /// The trace, complete, with its digest.
    pub(crate) fn sealed(mut self) -> Self {
        self.digest = digest::of(&self);
        self
    }

    /// An event by its number.
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.get(id.index())
    }

    /// The chain of causes that ends in `event`, root first; empty when there is no such event.
    pub fn chain(&self, event: EventId) -> Vec<EventId> {
        let mut chain = Vec::new();
        let mut next = Some(event);
        while let Some(id) = next {
            let Some(event) = self.event(id) else { break };
            chain.push(id);
            next = event.cause;
        }
        chain.reverse();
        chain
    }

    /// The event at the root of `event`, and the stable name of that root cause.
    ///
    /// Everything goes back to the plan or to the snapshot, so these are named only when nothing
    /// more particular is on the way, and the window before the plan. A budget that refuses has its
    /// own reasons, so it is named before the plan alone: what it waits for may never come. Of
    /// several particular ones the earliest leads that still held at the failure; of general ones
    /// the latest, which says most.
    pub fn root(&self, event: EventId, faults: &[Fault]) -> Option<(EventId, &'static str)> {
        let chain = self.chain(event);
        let fails = |id: &&EventId| self.event(**id).is_some_and(|event| fails(&event.kind));
        let failure = chain.iter().find(fails).copied().unwrap_or(event);
        let named = chain.into_iter().filter_map(|id| {
            let name = root_name(&self.event(id)?.kind, faults)?;
            (!self.was_over(id, failure)).then_some((id, name))
        });
        let generality = |name: &str| match name {
            "plan" => 4,
            "window" => 3,
            "budget" => 2,
            "snapshot" => 1,
            _ => 0,
        };
        named.min_by_key(|(id, name)| match generality(name) {
            0 => (0, id.0),
            general => (general, u32::MAX - id.0),
        })
    }

    /// Whether the pod that `id` says no node takes had found one, or was gone, by `failure`.
    fn was_over(&self, id: EventId, failure: EventId) -> bool {
        let Some(event) = self.event(id) else {
            return false;
        };
        let EventKind::PodUnschedulable { pod: waits, .. } = event.kind else {
            return false;
        };
        let between = self.events.get(id.index()..failure.index());
        between.into_iter().flatten().any(|later| {
            let found = match later.kind {
                EventKind::PodScheduled { pod, .. }
                | EventKind::PodDeleted { pod, .. }
                | EventKind::PodTaintEvicted { pod, .. }
                | EventKind::PodGone { pod } => pod == waits,
                _ => false,
            };
            found && later.cluster == event.cluster
        })
    }
}

/// Whether an event is the one at which a cluster's upgrade went wrong.
fn fails(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::ClusterFailed {}
            | EventKind::ClusterStalled { .. }
            | EventKind::ClusterUnfinished { .. }
    )
}

/// The stable name of the root cause that `kind` stands for, faults told apart.
pub fn root_name(kind: &EventKind, faults: &[Fault]) -> Option<&'static str> {
    let EventKind::FaultStarted { fault } = kind else {
        return kind.root_name();
    };
    Some(match faults.get(fault.index())?.kind {
        FaultKind::BlockingBudget => "fault.blockingBudget",
        FaultKind::CniBreak => "fault.cniBreak",
        FaultKind::EtcdLatency => "fault.etcdLatency",
        FaultKind::ZoneOutage => "fault.zoneOutage",
        FaultKind::NodeLoss => "fault.nodeLoss",
        FaultKind::EtcdMemberLoss => "fault.etcdMemberLoss",
        FaultKind::ControllerManagerCrash => "fault.controllerManagerCrash",
        FaultKind::ControlPlaneOutage => "fault.controlPlaneOutage",
    })
}

impl ClusterTrace {
    /// The name of a pod; replacements by a stateful set keep the name they replace, those of
    /// other owners get five characters of their own.
    pub fn pod_name(&self, cluster: &Cluster, pod: PodIdx) -> String {
        if let Some(known) = cluster.pods.get(pod.index()) {
            return known.name.clone();
        }
        let mut first = pod;
        let mut generation = 0;
        while let Some(replaced) = self.pods.get(first.index()).and_then(|row| row.replaces) {
            first = replaced;
            generation += 1;
        }
        let workload = self
            .pods
            .get(pod.index())
            .and_then(|row| cluster.workloads.get(row.workload.index()));
        let Some(original) = cluster.pods.get(first.index()) else {
            let name = workload.map_or("pod", |workload| workload.name.as_str());
            return format!("{name}-{}", suffix(rng::entity_key(&[name]), pod.0));
        };
        if workload.is_some_and(|workload| workload.kind == WorkloadType::StatefulSet) {
            return original.name.clone();
        }
        let stem = original
            .name
            .rsplit_once('-')
            .map_or(original.name.as_str(), |(stem, _)| stem);
        let key = rng::entity_key(&[&cluster.name, &original.name]);
        format!("{stem}-{}", suffix(key, generation))
    }
}

/// Five characters such as Kubernetes appends to generated names.
pub(crate) fn suffix(key: u64, index: u32) -> String {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut bits = rng::child_key(key, u64::from(index));
    let mut text = String::with_capacity(5);
    for _ in 0..5 {
        text.push(char::from(ALPHABET[(bits % 27) as usize]));
        bits /= 27;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{NodeIdx, RefusalIdx};

    // A trace of 100,000 pods holds some 600,000 of them.
    #[test]
    fn an_event_stays_small() {
        assert!(size_of::<EventKind>() <= 32, "{}", size_of::<EventKind>());
        assert!(size_of::<Event>() <= 56, "{}", size_of::<Event>());
    }

    // A pod found no node and later did; what failed in the end was another pod's wait.
    #[test]
    fn the_root_is_what_still_held_at_the_failure() {
        let (first, second) = (PodIdx(0), PodIdx(1));
        let node = NodeIdx(0);
        let kinds = [
            EventKind::RunStarted {},
            EventKind::PodUnschedulable {
                pod: first,
                why: Unschedulable::NoRoom,
                told: RefusalIdx(0),
            },
            EventKind::PodScheduled { pod: first, node },
            EventKind::PodUnschedulable {
                pod: second,
                why: Unschedulable::NoPlace,
                told: RefusalIdx(1),
            },
            EventKind::ClusterFailed {},
            EventKind::PodScheduled { pod: second, node },
            EventKind::RunEnded {
                outcome: RunOutcome::Held,
            },
        ];
        let causes = [None, Some(0), Some(1), Some(2), Some(3), Some(3), Some(4)];
        let event = |(kind, cause): (EventKind, Option<u32>)| Event {
            at: SimTime::ZERO,
            cluster: Some(ClusterIdx(0)),
            kind,
            cause: cause.map(EventId),
        };
        let trace = Trace {
            events: kinds.into_iter().zip(causes).map(event).collect(),
            ..Trace::default()
        };
        let root = trace.root(EventId(6), &[]);
        assert_eq!(root, Some((EventId(3), "placement")));
    }
}
