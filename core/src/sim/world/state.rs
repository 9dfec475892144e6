//! What a world is made of: nodes, pods, workloads and budgets, in arrays indexed by small
//! integers.

use super::contact::Contact;
use super::pace::Pace;
use crate::ids::{
    BudgetIdx, EventId, FinalizerIdx, LookIdx, Maybe, NodeIdx, PodIdx, PoolIdx, SelectionIdx,
    WorkloadIdx, ZoneIdx,
};
use crate::inventory::{Mounts, Pressures, Resources, Workload};
use crate::plan::DrainPolicy;
use crate::sim::budget::BudgetSpec;
use crate::sim::trace::PodLevel;
use crate::snapshot::UnhealthyPodEvictionPolicy;
use crate::units::{KubeVersion, SimTime};

/// A node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) pool: PoolIdx,
    pub(super) zone: Option<ZoneIdx>,
    pub(super) look: LookIdx,
    pub(super) allocatable: Resources,
    /// Requests of everything bound to it, terminating pods included (§4.1).
    pub(super) used: Resources,
    /// The same as scores count it: a container without requests counts a little.
    pub(super) scored: Resources,
    /// Whether its object exists.
    pub(super) present: bool,
    pub(super) ready: bool,
    /// When it became Ready last; what was so at the start counts from there.
    pub(super) ready_since: SimTime,
    pub(super) cordoned: bool,
    /// Passing conditions of the snapshot; they end when its machine boots.
    pub(super) pressures: Pressures,
    /// Why it has no working network, if it has none.
    pub(super) network: Network,
    /// Whether it counts as Unknown because its lease lapsed.
    pub(super) lease_lapsed: bool,
    /// How its kubelet and the control plane stand with each other.
    pub(super) contact: Contact,
    pub(super) kubelet: Option<KubeVersion>,
    /// Counts its boots; an entry of an earlier one is stale.
    pub(super) boots: u32,
    /// What names its luck.
    pub(super) key: u64,
    /// The event that last changed what it is.
    pub(super) last: Option<EventId>,
    pub(super) drain: Option<Drain>,
    /// Whether it is drained and about to be deleted.
    pub(super) retiring: bool,
    /// Whether its machine was deleted, or its order cancelled.
    pub(super) deleted: bool,
    /// Everything bound to it.
    pub(super) pods: Vec<PodIdx>,
    /// The node it takes the place of.
    pub(super) made_from: Option<NodeIdx>,
    /// Nodes that were made from it.
    pub(super) n_made: u32,
}

impl Node {
    /// Counts a pod of a workload in.
    pub(super) fn take(&mut self, workload: &Workload) {
        self.used.take(workload.requests);
        self.scored.take(scored(workload));
    }

    /// Counts a pod of a workload out.
    pub(super) fn release(&mut self, workload: &Workload) {
        self.used.release(workload.requests);
        self.scored.release(scored(workload));
    }
}

fn scored(workload: &Workload) -> Resources {
    let preferences = &workload.placement.preferences;
    preferences.scored.unwrap_or(workload.requests)
}

/// A node's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    Working,
    /// The CNI's pod has not come up yet.
    Starting,
    /// The CNI's pod does not come up.
    Broken,
}

/// A drain under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drain {
    /// Tells this drain's entries from those of earlier ones.
    pub(super) number: u32,
    /// How it is limited.
    pub(super) policy: DrainPolicy,
    /// The event that began it, or the one that makes it wait for the API.
    pub(super) started: EventId,
    /// When that was.
    pub(super) began: SimTime,
    /// Pods that are not gone yet.
    pub(super) remaining: u32,
    /// Pods whose eviction can never be allowed.
    pub(super) impossible: u32,
    /// The event that says so.
    pub(super) impossible_event: Option<EventId>,
}

/// A pod.
#[derive(Clone, Debug)]
pub(super) struct Pod {
    pub(super) workload: WorkloadIdx,
    pub(super) node: Maybe<NodeIdx>,
    pub(super) mounts: Mounts,
    /// The budgets that select it, where they are not those of its workload.
    pub(super) selection: Maybe<SelectionIdx>,
    /// A finalizer that keeps its object once it has stopped.
    pub(super) finalizer: Maybe<FinalizerIdx>,
    /// Whether it has stopped, and a finalizer alone keeps its object.
    pub(super) stopped: bool,
    /// Whether it has scheduling gates.
    pub(super) gated: bool,
    /// Whether somebody deleted it without an eviction, so that no condition tells of a disruption.
    pub(super) deleted: bool,
    /// The node for which its daemon set made it.
    pub(super) daemon_of: Maybe<NodeIdx>,
    pub(super) replaces: Maybe<PodIdx>,
    pub(super) level: PodLevel,
    /// When its containers run; before that its phase is Pending.
    pub(super) running_at: SimTime,
    /// Since when it counts as available, while it is ready (§4.4).
    pub(super) available_at: SimTime,
    /// How often it displaced others.
    pub(super) displacements: u8,
    /// Counts its starts; an entry of an earlier one is stale.
    pub(super) epoch: u32,
    /// What names its luck.
    pub(super) key: u64,
    /// The event that last changed what it is.
    pub(super) last: Maybe<EventId>,
    /// The budget that its eviction waits for.
    pub(super) waits_for: Maybe<BudgetIdx>,
    /// Whether a drain waits for its end.
    pub(super) in_drain: bool,
    /// Whether it never became ready before the rehearsal; then its replacements do not either.
    pub(super) sick: bool,
    /// Its position in a stateful set.
    pub(super) ordinal: u32,
}

/// A workload.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkloadState {
    /// Every pod whose object exists.
    pub(super) pods: Vec<PodIdx>,
    /// Pods that are neither terminating nor finished.
    pub(super) active: u32,
    pub(super) ready: u32,
    pub(super) initial_ready: u32,
    /// Pods of a stateful set that are gone and not yet created again.
    pub(super) missing: Vec<PodIdx>,
    /// Those of them of which it was told that no controller creates them again.
    pub(super) told_missing: Vec<PodIdx>,
    /// The budgets that select each of its pods.
    pub(super) budgets: Vec<BudgetIdx>,
    /// The budgets that select some of its pods and others not.
    pub(super) parts: Vec<Part>,
    /// Pods that have succeeded or failed and whose objects are still there: a budget that selects
    /// them counts their owner in.
    pub(super) finished: u32,
    /// Pods of a job that have failed, those before the rehearsal included.
    pub(super) failures: u32,
    /// The event that tells that the job has failed for good.
    pub(super) job_failed: Option<EventId>,
    /// The event that shows more than one budget.
    pub(super) overlap: Option<EventId>,
}

impl WorkloadState {
    /// The budgets that select any of its pods.
    pub(super) fn selecting(&self) -> impl Iterator<Item = BudgetIdx> {
        let parts = self.parts.iter().map(|part| part.budget);
        self.budgets.iter().copied().chain(parts)
    }

    /// What a budget selects of it, where that is not all.
    pub(super) fn part(&self, budget: BudgetIdx) -> Option<&Part> {
        self.parts.iter().find(|part| part.budget == budget)
    }
}

/// A budget that selects some pods of a workload and others not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) budget: BudgetIdx,
    /// How many it selects: all whose objects exist, finished ones included.
    pub(super) pods: u32,
}

/// A budget.
#[derive(Clone, Debug)]
pub(super) struct BudgetState {
    pub(super) spec: BudgetSpec,
    pub(super) policy: UnhealthyPodEvictionPolicy,
    pub(super) workloads: Vec<WorkloadIdx>,
    /// Pods that are healthy, seen by the controller or not.
    pub(super) healthy: u32,
    /// The status, as the controller last wrote it and evictions spent it.
    pub(super) allowed: i64,
    pub(super) current_healthy: u32,
    pub(super) desired_healthy: i64,
    /// Whether the controller has work to do on it that it could not do yet.
    pub(super) unsynced: bool,
    /// Whether its spec was edited since the controller last saw it.
    pub(super) edited_unseen: bool,
    /// The event that tells that it can never allow anything, by the snapshot's own numbers.
    pub(super) never_allows: Option<EventId>,
    /// How many faults tighten it.
    pub(super) tightened: u32,
    /// Why it is closed: the event that last spent or shrank it.
    pub(super) closed_by: Option<EventId>,
    /// What last opened it.
    pub(super) opened_by: Option<EventId>,
    /// Evictions that wait for it, longest first.
    pub(super) waiting: Vec<WaitingEviction>,
}

/// An eviction that was refused and is asked for again.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaitingEviction {
    pub(super) pod: PodIdx,
    /// When it was refused first at this pace.
    pub(super) since: SimTime,
    /// How often it is asked for again.
    pub(super) pace: Pace,
    pub(super) refused: EventId,
    /// Whether its next try is scheduled, because it may succeed.
    pub(super) scheduled: bool,
}

impl WaitingEviction {
    /// The first try after `now`.
    pub(super) fn next_try(&self, now: SimTime) -> SimTime {
        self.pace.next_try(self.since, now)
    }
}

/// A volume that one node may mount at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct VolumeState {
    /// The pods that have it mounted, all on one node.
    pub(super) holders: Vec<PodIdx>,
    /// Where it was mounted last.
    pub(super) node: Option<NodeIdx>,
    /// When it is there: attaching takes a while.
    pub(super) attached_at: SimTime,
    /// The pods that wait for it on other nodes, first come first.
    pub(super) wanted_by: Vec<PodIdx>,
    /// When it is detached by force from a node that cannot tell that it is unmounted.
    pub(super) forced_at: Option<SimTime>,
}
