//! Changes that can be made to a cluster or to a command, and the case they are made to.

use crate::ids::{BudgetIdx, NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::{Cluster, Domains, Evidence, Mounts, Pod};
use crate::sim::by_hand::{self, DrainRun};
use crate::sim::kubectl::command::DrainCommand;
use crate::sim::kubectl::filter::Refusal;
use crate::sim::kubectl::retry::EvictionChoice;
use crate::sim::trace::EventKind;
use crate::snapshot::{PodPhase, UnhealthyPodEvictionPolicy};
use crate::units::{IntOrPercent, SimDuration};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A flag that the filters ask for.
    Flag(Refusal),
    /// More time.
    Timeout(SimDuration),
    /// The budget lets unready pods go.
    AlwaysAllow(BudgetIdx),
    /// The budget asks for so many healthy pods at least.
    MinAvailable(BudgetIdx, i32),
    /// The budget bears so many unavailable pods.
    MaxUnavailable(BudgetIdx, i32),
    /// The budget does not select the workload, which another selects too.
    LeaveOut(BudgetIdx, WorkloadIdx),
    /// These pods, unready since the snapshot, are ready.
    Heal(Vec<PodIdx>),
    /// One more node like this one.
    AddNode(NodeIdx),
    /// One more replica of the workload, Ready on this node.
    Scale(WorkloadIdx, NodeIdx),
}

/// What is drained, and how.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) cluster: Cluster,
    pub(super) command: DrainCommand,
    pub(super) seed: u64,
}

impl Case {
    /// The same case with these changes made.
    pub(super) fn with(&self, changes: &[Change]) -> Self {
        let mut case = self.clone();
        for change in changes {
            case.make(change);
        }
        case
    }

    pub(super) fn run(&self) -> DrainRun {
        by_hand::drain(&self.cluster, &self.command, self.seed)
    }

    pub(super) fn make(&mut self, change: &Change) {
        let flags = &mut self.command.flags;
        match change {
            Change::Flag(Refusal::DaemonSet) => flags.ignore_daemonsets = true,
            Change::Flag(Refusal::EmptyDir) => flags.delete_emptydir_data = true,
            Change::Flag(Refusal::LostDaemonSet | Refusal::Unmanaged) => flags.force = true,
            Change::Timeout(timeout) => self.command.timeout = Some(*timeout),
            Change::AlwaysAllow(budget) => {
                let budget = &mut self.cluster.budgets[budget.index()];
                budget.unhealthy_policy = UnhealthyPodEvictionPolicy::AlwaysAllow;
            }
            Change::MinAvailable(budget, count) => {
                let budget = &mut self.cluster.budgets[budget.index()];
                budget.min_available = Some(IntOrPercent::Int(*count));
                budget.max_unavailable = None;
            }
            Change::MaxUnavailable(budget, count) => {
                let budget = &mut self.cluster.budgets[budget.index()];
                budget.max_unavailable = Some(IntOrPercent::Int(*count));
                budget.min_available = None;
            }
            Change::LeaveOut(budget, workload) => {
                self.cluster.leave_out(*budget, *workload);
            }
            Change::Heal(pods) => {
                for pod in pods {
                    self.cluster.pods[pod.index()].ready = true;
                }
            }
            Change::AddNode(like) => self.add_node(*like),
            Change::Scale(workload, node) => {
                self.add_replica(*workload, *node);
            }
        }
    }

    /// The node that the scheduler gives one replica more: that of the replacement, where one
    /// stands on a drained node and is deleted there.
    pub(super) fn place_for(&self, workload: WorkloadIdx) -> Option<NodeIdx> {
        let mut case = self.clone();
        let from = *case.command.nodes.first()?;
        let added = case.add_replica(workload, from)?;
        case.command.selected = Some([added].into());
        case.command.eviction = EvictionChoice::Disabled;
        case.command.timeout = None;
        for why in [Refusal::DaemonSet, Refusal::EmptyDir, Refusal::Unmanaged] {
            case.make(&Change::Flag(why));
        }
        let run = case.run();
        let rows = &run.trace.clusters[0].pods;
        let replaces = |pod: PodIdx| rows[pod.index()].replaces == Some(added);
        let mut node = None;
        let mut is_ready = false;
        for event in &run.trace.events {
            match event.kind {
                EventKind::PodScheduled { pod, node: on } if replaces(pod) => node = Some(on),
                EventKind::PodReady { pod } if replaces(pod) => is_ready = true,
                _ => {}
            }
        }
        node.filter(|_| is_ready)
    }

    /// A pod more, Ready on a node; none where there is none like it.
    fn add_replica(&mut self, workload: WorkloadIdx, node: NodeIdx) -> Option<PodIdx> {
        let mut pods = self.cluster.pods.iter();
        let like = pods.find(|pod| pod.workload == workload)?.clone();
        let scaled = &mut self.cluster.workloads[workload.index()];
        let name = format!("{}-{}", scaled.name, scaled.replicas);
        scaled.replicas += 1;
        self.cluster.pods.push(Pod {
            name,
            node: Some(node),
            phase: PodPhase::Running,
            ready: true,
            terminating: false,
            mounts: Mounts::default(),
            ..like
        });
        Some(PodIdx::new(self.cluster.pods.len() - 1))
    }

    fn add_node(&mut self, like: NodeIdx) {
        let node = NodeIdx::new(self.cluster.nodes.len());
        let mut added = self.cluster.nodes[like.index()].clone();
        added.name = format!("{}-beside", added.name);
        added.unschedulable = false;
        added.ready = Evidence::Known(true);
        self.cluster.pools[added.pool.index()].nodes.push(node);
        self.cluster.nodes.push(added);
        for topology in &mut self.cluster.topologies {
            if let Domains::Label { of_node, .. } = &mut topology.domains {
                of_node.push(of_node[like.index()]);
            }
        }
    }
}
