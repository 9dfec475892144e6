//! What a world leaves behind: its tables, as a trace shows them.

use super::setup::initial_level;
use super::{Ctx, End, World};
use crate::ids::EventId;
use crate::inventory;
use crate::sim::trace::{
    ClusterEnding, ClusterOutcome, ClusterTrace, Counters, Decision, InitialNode, NodeRow,
    PodLevel, PodRow,
};

impl World {
    /// What this world did.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The cluster's tables. Events are numbered within the world still.
    pub(crate) fn tables(&self, ctx: &Ctx<'_>) -> ClusterTrace {
        let end = self.end();
        ClusterTrace {
            nodes: self.node_rows(ctx),
            pods: self.pod_rows(ctx),
            refusals: self.scheduling.refusals.clone(),
            added_budgets: self.added_budgets.clone(),
            n_quarantined: self.quarantined.len() as u32,
            initial_commit_p99_micros: Some(self.control.base_commit_p99_micros),
            outcome: self.outcome(ctx),
            decided_by: end.map(|end| end.event),
            started: self.course.started,
            ended: end.filter(End::is_end).map(|end| end.at),
        }
    }

    /// How the cluster's upgrade ended.
    pub(crate) fn ending(&self, ctx: &Ctx<'_>) -> ClusterEnding {
        let end = self.end();
        ClusterEnding {
            outcome: self.outcome(ctx),
            decided_by: end.map(|end| self.decision(end.event)),
            started: self.course.started,
            ended: end.filter(End::is_end).map(|end| end.at),
        }
    }

    /// An event that decided something.
    pub(crate) fn decision(&self, event: EventId) -> Decision {
        Decision::of(self.log.get(event).expect("what decides is kept"))
    }

    fn outcome(&self, ctx: &Ctx<'_>) -> ClusterOutcome {
        match (self.end(), self.course.started) {
            (Some(end), _) => end.outcome,
            (None, Some(_)) => ClusterOutcome::Running,
            (None, None) if ctx.steps.is_empty() => ClusterOutcome::NotPlanned,
            (None, None) => ClusterOutcome::NotStarted,
        }
    }

    fn node_rows(&self, ctx: &Ctx<'_>) -> Vec<NodeRow> {
        let rows = self.nodes.iter().zip(&self.node_names).enumerate();
        rows.map(|(index, (node, name))| {
            let known = ctx.cluster.nodes.get(index);
            let model = &ctx.cluster.nodes[self.model_of(crate::ids::NodeIdx::new(index)).index()];
            NodeRow {
                name: name.clone(),
                pool: node.pool,
                zone: node.zone,
                cpu_millis: cpu_millis(model),
                initial: known.map_or(InitialNode::Absent, initial_node),
            }
        })
        .collect()
    }

    fn pod_rows(&self, ctx: &Ctx<'_>) -> Vec<PodRow> {
        let rows = self.pods.iter().enumerate();
        rows.map(|(index, pod)| PodRow {
            workload: pod.workload,
            replaces: pod.replaces.get(),
            node: pod.node.get(),
            initial: match ctx.cluster.pods.get(index) {
                Some(known) => initial_level(known),
                None if index < self.n_at_start => PodLevel::Pending,
                None => PodLevel::Absent,
            },
        })
        .collect()
    }
}

/// What pods may use of a node's CPU.
fn cpu_millis(node: &inventory::Node) -> u64 {
    node.allocatable.value().map_or(0, |size| size.cpu_millis)
}

fn initial_node(node: &inventory::Node) -> InitialNode {
    InitialNode::Present {
        ready: node.ready.value().copied().unwrap_or(true),
        cordoned: node.unschedulable,
    }
}

/// The tables of a cluster in which nothing happens.
pub(crate) fn untouched(cluster: &inventory::Cluster, outcome: ClusterOutcome) -> ClusterTrace {
    let row = |node: &inventory::Node| NodeRow {
        name: node.name.clone(),
        pool: node.pool,
        zone: node.zone,
        cpu_millis: cpu_millis(node),
        initial: initial_node(node),
    };
    ClusterTrace {
        nodes: cluster.nodes.iter().map(row).collect(),
        outcome,
        ..ClusterTrace::default()
    }
}
