//! What must hold at every instant of every rehearsal, watched from outside: an account of its own
//! is kept of every event, and nothing of the world's own state is believed.
//!
//! A breach is an error of ours, never of the fleet's. It ends the rehearsal with a red event that
//! names the invariant; seed and scenario make it again.
//!
//! Architecture invariant: nothing here changes what happens, except by ending it.

mod budgets;
mod capacity;
mod owners;
mod quorum;
mod skew;
#[cfg(test)]
mod tests;
mod volumes;

use super::array;
use super::trace::{Event, EventKind, Invariant, PodLevel};
use crate::ids::{BudgetIdx, Maybe, NodeIdx, PodIdx, ResourceIdx, SelectionIdx, WorkloadIdx};
use crate::inventory::{Cluster, Mounts, Resources, WorkloadType};
use crate::plan::Step;
use crate::units::{SimDuration, SimTime};

/// A pod in the account.
#[derive(Clone, Copy, Debug)]
struct PodAccount {
    workload: WorkloadIdx,
    /// The budgets that select it, where they are not those of its workload.
    selection: Maybe<SelectionIdx>,
    mounts: Mounts,
    node: Maybe<NodeIdx>,
    level: PodLevel,
}

/// What of a workload the account needs.
#[derive(Clone, Debug)]
struct WorkloadAccount {
    kind: WorkloadType,
    replicas: u32,
    min_ready: SimDuration,
    requests: Resources,
    /// What a pod requests besides CPU and memory.
    extended: Vec<(ResourceIdx, u64)>,
    budgets: Vec<BudgetIdx>,
    partial_budgets: Vec<BudgetIdx>,
    /// Pods that are neither terminating nor finished.
    active: u32,
    /// The same at the start.
    active_before: u32,
    ready: u32,
    /// Replacements that wait for a controller-manager.
    owed: u32,
}

/// The account of one cluster.
#[derive(Debug)]
pub(crate) struct Audit {
    pods: Vec<PodAccount>,
    workloads: Vec<WorkloadAccount>,
    last: SimTime,
    budgets: budgets::Budgets,
    capacity: capacity::Capacity,
    quorum: quorum::Quorum,
    skew: skew::Skew,
    holders: volumes::Holders,
}

impl Audit {
    /// The account of a cluster before anything happened.
    pub(crate) fn new(cluster: &Cluster, steps: &[Step]) -> Self {
        let workload = |workload: &crate::inventory::Workload| WorkloadAccount {
            kind: workload.kind,
            replicas: workload.replicas,
            min_ready: workload.min_ready,
            requests: workload.requests,
            extended: workload.extended.clone(),
            budgets: workload.budgets.clone(),
            partial_budgets: workload.partial_budgets.clone(),
            active: 0,
            active_before: 0,
            ready: 0,
            owed: 0,
        };
        Self {
            pods: array::reserved(cluster.pods.len()),
            workloads: cluster.workloads.iter().map(workload).collect(),
            last: SimTime::ZERO,
            budgets: budgets::Budgets::new(cluster),
            capacity: capacity::Capacity::new(cluster),
            quorum: quorum::Quorum::default(),
            skew: skew::Skew::new(cluster, steps),
            holders: volumes::Holders::new(cluster),
        }
    }

    /// Bytes that the account takes by the sizes of its arrays of pods, workloads and nodes.
    pub(crate) fn bytes(&self) -> usize {
        let pods = self.pods.capacity() * size_of::<PodAccount>();
        let workloads = self.workloads.capacity() * size_of::<WorkloadAccount>();
        pods + workloads + self.capacity.bytes()
    }

    /// Notes a node; `size` is what pods may use of it.
    pub(crate) fn add_node(&mut self, size: Resources) {
        self.capacity.add_node(size);
    }

    /// Notes a node that was made like `model`.
    pub(crate) fn add_node_like(&mut self, model: NodeIdx, size: Resources) {
        self.capacity.add_node(size);
        self.capacity.add_like(model);
    }

    /// Notes a pod, as it is when it first appears, with the budgets that select it where they are
    /// not those of its workload.
    pub(crate) fn add_pod(
        &mut self,
        (workload, selection): (WorkloadIdx, Option<SelectionIdx>),
        mounts: Mounts,
        node: Option<NodeIdx>,
        level: PodLevel,
    ) {
        let is_there = !matches!(level, PodLevel::Absent | PodLevel::Finished);
        let account = PodAccount {
            workload,
            selection: selection.into(),
            mounts,
            // A finished pod holds nothing of its node.
            node: node.filter(|_| is_there).into(),
            level: PodLevel::Absent,
        };
        array::push(&mut self.pods, account);
        self.move_pod(PodIdx::new(self.pods.len() - 1), level);
        let of = &mut self.workloads[workload.index()];
        if is_there {
            of.active_before = of.active;
            if let Some(node) = node {
                self.capacity.note(node, of);
            }
        }
    }

    /// Notes what happened; the invariant that it breaks, if it does.
    pub(crate) fn watch(&mut self, event: &Event) -> Option<Invariant> {
        let backwards = event.at < self.last;
        self.last = event.at;
        if backwards {
            return Some(Invariant::TimeGoesOn);
        }
        let before = self.before(&event.kind);
        if let Some((pod, level)) = event.kind.moves_pod() {
            self.move_pod(pod, level);
        }
        before.or_else(|| self.after(&event.kind))
    }

    /// What must hold before the event's effect.
    fn before(&mut self, kind: &EventKind) -> Option<Invariant> {
        self.quorum
            .watch(kind)
            .or_else(|| self.skew.watch(kind))
            .or_else(|| self.one_budget(kind))
    }

    /// What must hold after it.
    fn after(&mut self, kind: &EventKind) -> Option<Invariant> {
        self.budget_kept(kind)
            .or_else(|| self.within_capacity(kind))
            .or_else(|| self.volume_on_one_node(kind))
            .or_else(|| self.owners_made_whole(kind))
    }

    fn move_pod(&mut self, pod: PodIdx, level: PodLevel) {
        let state = &mut self.pods[pod.index()];
        let was = std::mem::replace(&mut state.level, level);
        if level == PodLevel::Ready {
            self.holders.note(state.mounts, pod);
        }
        let of = &mut self.workloads[state.workload.index()];
        let is_active = |level| {
            matches!(
                level,
                PodLevel::Pending | PodLevel::Starting | PodLevel::Ready
            )
        };
        of.active += u32::from(is_active(level));
        of.active -= u32::from(is_active(was));
        of.ready += u32::from(level == PodLevel::Ready);
        of.ready -= u32::from(was == PodLevel::Ready);
        self.move_part(pod, was, level);
    }
}
