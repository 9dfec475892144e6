//! Builds the report of a drain by hand.

use super::{DrainOutcome, DrainReport, DrainRow, DrainState, Remedy, WaitingPod};
use super::{assumed, holds, kubectl, outage};
use crate::ids::{ClusterIdx, NodeIdx, PodIdx};
use crate::inventory::{Cluster, Inventory};
use crate::plan::Plan;
use crate::report::sentence::{ClusterNames, Names};
use crate::report::words::count;
use crate::sim::by_hand::DrainRun;
use crate::sim::kubectl::command::{DrainCommand, NodeDrain, NodeEnd};
use crate::sim::kubectl::filter::Verdict;
use crate::sim::kubectl::retry::EvictionChoice;
use crate::sim::trace::PodLevel;
use crate::sim::{Event, EventKind, Trace};
use crate::units::SimDuration;

/// What a drain's report is built from.
#[derive(Clone, Copy, Debug)]
pub struct DrainInputs<'a> {
    /// A fleet of the one cluster.
    pub inventory: &'a Inventory,
    /// What was typed.
    pub command: &'a DrainCommand,
    /// `--pod-selector` as it was typed.
    pub selector: Option<&'a str>,
    /// What came of it.
    pub run: &'a DrainRun,
    /// What would mend it.
    pub remedies: &'a [Remedy],
    /// What the remedies come to.
    pub remedied: &'a str,
    /// The seed of chance.
    pub seed: u64,
}

/// The inputs, with the names of what they speak of.
pub(super) struct View<'a> {
    pub(super) command: &'a DrainCommand,
    pub(super) run: &'a DrainRun,
    names: ClusterNames<'a>,
}

impl View<'_> {
    pub(super) fn cluster(&self) -> &Cluster {
        self.names.cluster
    }

    pub(super) fn names(&self) -> &ClusterNames<'_> {
        &self.names
    }

    pub(super) fn node(&self, node: NodeIdx) -> &str {
        self.names.node(node)
    }

    /// A pod as `namespace/name`.
    pub(super) fn pod(&self, pod: PodIdx) -> String {
        self.names.pod(pod)
    }

    /// A pod's namespace and name.
    pub(super) fn pod_parts(&self, pod: PodIdx) -> (String, String) {
        let full = self.names.pod(pod);
        let (namespace, name) = full.split_once('/').unwrap_or(("", &full));
        (namespace.to_owned(), name.to_owned())
    }

    /// What the last event of a pod says.
    pub(super) fn last_of(&self, pod: PodIdx) -> Option<String> {
        let of_pod = |kind: &EventKind| match *kind {
            EventKind::PodUnschedulable { pod, .. }
            | EventKind::PodUnreadyInSnapshot { pod, .. }
            | EventKind::PodGated { pod }
            | EventKind::FinalizerHolds { pod, .. }
            | EventKind::SandboxFailed { pod, .. }
            | EventKind::VolumeMoving { pod, .. }
            | EventKind::PodUnready { pod, .. }
            | EventKind::PodScheduled { pod, .. }
            | EventKind::PodCreated { pod } => Some(pod),
            _ => None,
        };
        let mut events = self.run.trace.events.iter().rev();
        let last = events.find(|event| of_pod(&event.kind) == Some(pod))?;
        Some(self.names.names.tell(last).text)
    }
}

/// The pods of a node that its drain takes.
pub(super) fn taken(node: &NodeDrain) -> impl Iterator<Item = PodIdx> {
    let taken = |verdict: &Verdict| matches!(verdict, Verdict::Evict | Verdict::Warn(_));
    let verdicts = node.verdicts.iter();
    verdicts
        .filter(move |(_, verdict)| taken(verdict))
        .map(|(pod, _)| *pod)
}

/// Builds the report.
pub fn drain(inputs: &DrainInputs<'_>) -> DrainReport {
    let plan = Plan::empty();
    let view = View {
        command: inputs.command,
        run: inputs.run,
        names: ClusterNames {
            names: Names {
                inventory: inputs.inventory,
                plan: &plan,
                faults: &[],
                clusters: &inputs.run.trace.clusters,
            },
            cluster: &inputs.inventory.clusters[ClusterIdx(0).index()],
            trace: &inputs.run.trace.clusters[0],
        },
    };
    let rows: Vec<DrainRow> = inputs
        .run
        .nodes
        .iter()
        .map(|node| row(&view, node))
        .collect();
    let outcome = match inputs.run.ended {
        None => DrainOutcome::NeverEnds,
        Some(_) if inputs.run.drains_all() => DrainOutcome::Drained,
        Some(_) => DrainOutcome::Fails,
    };
    DrainReport {
        cluster: view.cluster().name.clone(),
        command: typed(&view, inputs.selector),
        outcome,
        headline: headline(&view, outcome, &rows),
        lines: kubectl::lines(&view),
        holds: holds::rows(&view),
        remedies: inputs.remedies.to_vec(),
        remedied: inputs.remedied.to_owned(),
        outages: outage::outages(view.cluster(), &inputs.run.trace),
        waiting: waiting(&view),
        assumptions: assumed::assumptions(view.cluster()),
        seed: inputs.seed,
        digest: inputs.run.trace.digest.to_string(),
        nodes: rows,
    }
}

fn row(view: &View<'_>, node: &NodeDrain) -> DrainRow {
    let millis = |at: Option<crate::units::SimTime>| at.map(crate::units::SimTime::as_millis);
    let state = match node.end {
        None => DrainState::NotReached,
        Some(NodeEnd::Drained) => DrainState::Drained,
        Some(NodeEnd::Refused) => DrainState::Refused,
        Some(NodeEnd::Failed) => DrainState::Failed,
        Some(NodeEnd::TimedOut) => DrainState::TimedOut,
        Some(NodeEnd::Never) => DrainState::Never,
    };
    let refused = node
        .verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Refuse(_)));
    let skipped = node
        .verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Skip(_)));
    let refused = refused.count() as u32;
    DrainRow {
        name: view.node(node.node).to_owned(),
        state,
        began_ms: millis(node.began),
        ended_ms: millis(node.ended.filter(|_| state != DrainState::Never)),
        pods: taken(node).count() as u32 + refused,
        // Where a flag is missing nothing was touched.
        left: if refused > 0 {
            taken(node).count() as u32 + refused
        } else {
            node.left.len() as u32
        },
        skipped: skipped.count() as u32,
    }
}

/// The command as kubectl takes it.
fn typed(view: &View<'_>, selector: Option<&str>) -> String {
    let command = view.command;
    let mut words = vec!["kubectl drain".to_owned()];
    words.extend(command.nodes.iter().map(|node| view.node(*node).to_owned()));
    let flags = [
        (command.flags.ignore_daemonsets, "--ignore-daemonsets"),
        (command.flags.delete_emptydir_data, "--delete-emptydir-data"),
        (command.flags.force, "--force"),
        (
            command.eviction == EvictionChoice::Disabled,
            "--disable-eviction",
        ),
    ];
    words.extend(
        flags
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, flag)| (*flag).to_owned()),
    );
    if let Some(grace) = command.grace {
        words.push(format!("--grace-period={}", grace.as_millis() / 1_000));
    }
    if let Some(timeout) = command.timeout {
        words.push(format!("--timeout={timeout}"));
    }
    if let Some(selector) = selector {
        words.push(format!("--pod-selector='{selector}'"));
    }
    words.join(" ")
}

/// What does not come back, as a clause; empty where everything does.
fn afterwards(view: &View<'_>) -> String {
    let without_node = pods_without_node(&view.run.trace).len() as u32;
    let outages = outage::outages(view.cluster(), &view.run.trace);
    let down = outages.iter().filter(|outage| outage.until_ms.is_none());
    let down = down.count() as u32;
    let mut clauses = Vec::new();
    if without_node > 0 {
        clauses.push(format!("{} without a node", count(without_node, "pod")));
    }
    if down > 0 {
        clauses.push(format!("{} without a ready pod", count(down, "workload")));
    }
    let is_failure = |event: &&Event| matches!(event.kind, EventKind::JobFailed { .. });
    let failed = view.run.trace.events.iter().filter(is_failure).count() as u32;
    if failed > 0 {
        clauses.push(format!("{} failed for good", count(failed, "job")));
    }
    if clauses.is_empty() {
        return String::new();
    }
    format!("; afterwards {}", clauses.join(" and "))
}

fn headline(view: &View<'_>, outcome: DrainOutcome, rows: &[DrainRow]) -> String {
    let n_drained = rows
        .iter()
        .filter(|row| row.state == DrainState::Drained)
        .count() as u32;
    let nodes = count(rows.len() as u32, "node");
    let length = |millis: u64| SimDuration::from_millis(millis).rounded();
    let ended = view.run.ended.map_or(0, crate::units::SimTime::as_millis);
    match outcome {
        DrainOutcome::Drained => {
            let pods = rows.iter().map(|row| row.pods).sum();
            format!(
                "{} gone from {nodes} in {}{}",
                count(pods, "pod"),
                length(ended),
                afterwards(view)
            )
        }
        DrainOutcome::Fails => format!(
            "an error after {}, with {n_drained} of {nodes} drained",
            length(ended)
        ),
        DrainOutcome::NeverEnds => {
            let waits = rows.iter().find(|row| row.state == DrainState::Never);
            let waits = waits.map_or(String::new(), |row| {
                format!(
                    "{} waits for ever, with {} left",
                    row.name,
                    count(row.left, "pod")
                )
            });
            format!("{waits}; {n_drained} of {nodes} drained")
        }
    }
}

/// Pods without a node when the command is over and a while has passed, beyond those that had none
/// before.
fn waiting(view: &View<'_>) -> Vec<WaitingPod> {
    let pods = pods_without_node(&view.run.trace).into_iter();
    let told = pods.map(|pod| WaitingPod {
        pod: view.pod(pod),
        why: view.last_of(pod).unwrap_or_default(),
    });
    told.collect()
}

/// Pods of a drain's trace that wait for a node at its end and did not at its start.
pub fn pods_without_node(trace: &Trace) -> Vec<PodIdx> {
    let rows = &trace.clusters[0].pods;
    let mut levels: Vec<PodLevel> = rows.iter().map(|row| row.initial).collect();
    for (pod, level) in trace
        .events
        .iter()
        .filter_map(|event| event.kind.moves_pod())
    {
        levels[pod.index()] = level;
    }
    let pods = rows.iter().zip(&levels).enumerate();
    let new = pods.filter(|(_, (row, level))| {
        **level == PodLevel::Pending && row.initial != PodLevel::Pending
    });
    new.map(|(index, _)| PodIdx::new(index)).collect()
}
