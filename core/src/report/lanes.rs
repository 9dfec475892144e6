//! The lanes of the Gantt chart: steps, and the waits that lie over them.

use std::collections::BTreeMap;

use super::build::RunInputs;
use super::log::row;
use super::sentence::{ClusterNames, Names};
use super::words::{fault_words, step_label};
use super::{Bar, BarKind, BarState, Lane, LaneChange, LaneState, VersionChange};
use crate::ids::{ClusterIdx, EventId, NodeIdx, PodIdx};
use crate::plan::{ClusterPlan, Step};
use crate::sim::EventKind;
use crate::sim::trace::{ClusterOutcome, ClusterTrace};
use crate::units::SimTime;

/// Builds the lane of every cluster.
pub(super) fn lanes(inputs: &RunInputs<'_>) -> Vec<Lane> {
    let planned = planned(inputs);
    let mut drawing: Vec<_> = inputs
        .inventory
        .clusters
        .iter()
        .zip(&inputs.trace.clusters)
        .enumerate()
        .map(|(index, (cluster, trace))| LaneDrawing {
            names: ClusterNames {
                names: Names::of(inputs),
                cluster,
                trace,
            },
            plan: planned.get(&ClusterIdx::new(index)).map(|(_, plan)| *plan),
            bars: Vec::new(),
            states: Vec::new(),
            versions: Vec::new(),
            step: None,
            open: BTreeMap::new(),
            refused: BTreeMap::new(),
        })
        .collect();
    for (index, event) in inputs.trace.events.iter().enumerate() {
        let Some(cluster) = event.cluster else {
            continue;
        };
        let lane = &mut drawing[cluster.index()];
        lane.take(EventId::new(index), event.at, &event.kind);
        lane.states.extend(change(event.at, &event.kind));
    }
    drawing
        .into_iter()
        .enumerate()
        .map(|(index, drawing)| {
            let cluster = ClusterIdx::new(index);
            let wave = planned.get(&cluster).map(|(wave, _)| *wave);
            drawing.finish(inputs, cluster, wave)
        })
        .collect()
}

/// The wave and the steps of each planned cluster.
fn planned<'a>(inputs: &RunInputs<'a>) -> BTreeMap<ClusterIdx, (u32, &'a ClusterPlan)> {
    let waves = inputs.plan.waves.iter().zip(0_u32..);
    waves
        .flat_map(|(wave, number)| wave.clusters.iter().map(move |plan| (number, plan)))
        .map(|(number, plan)| (plan.cluster, (number, plan)))
        .collect()
}

/// What a wait is for; waits of one kind are drawn as one bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wait {
    Window,
    Api,
    RollBack,
    Fault(u32),
    Network(NodeIdx),
}

/// A lane being drawn.
struct LaneDrawing<'a> {
    names: ClusterNames<'a>,
    plan: Option<&'a ClusterPlan>,
    bars: Vec<Bar>,
    states: Vec<LaneChange>,
    versions: Vec<VersionChange>,
    step: Option<Bar>,
    open: BTreeMap<Wait, Bar>,
    /// Pods whose eviction is refused, and the bar of the present wait.
    refused: BTreeMap<PodIdx, NodeIdx>,
}

impl LaneDrawing<'_> {
    /// A step of the cluster's plan.
    fn step_of(&self, step: u16) -> Option<&Step> {
        self.plan?.steps.get(usize::from(step))
    }

    /// Notes what a finished step of the control plane has come to.
    fn note_version(&mut self, step: u16, at: SimTime) {
        if let Some(Step::ControlPlane { to, .. }) = self.step_of(step) {
            let version = to.to_string();
            self.versions.push(VersionChange {
                at_ms: at.as_millis(),
                version,
            });
        }
    }

    /// Draws what an event begins or ends.
    fn take(&mut self, id: EventId, at: SimTime, kind: &EventKind) {
        match *kind {
            EventKind::StepStarted { step, .. } => {
                let step = self.step_of(step);
                let label = step.map_or_else(String::new, |s| step_label(s, self.names.cluster));
                let kind = step.map_or(BarKind::Pool, bar_kind);
                self.step = Some(bar(kind, label, at, id));
            }
            EventKind::StepFinished { step, .. } => {
                self.note_version(step, at);
                self.end_step(at, BarState::Done, String::new());
            }
            EventKind::StepFailed { why, .. } => {
                let why = super::words::failure_words(why).to_owned();
                self.end_step(at, BarState::Failed, why);
            }
            // A step that failed has ended already; a soak ends with the checks that were not met.
            EventKind::ClusterFailed {} => {
                self.end_step(at, BarState::Failed, "a check failed".to_owned());
            }
            EventKind::WindowAwaited { .. } => {
                self.begin(
                    Wait::Window,
                    bar(BarKind::WaitWindow, "window".to_owned(), at, id),
                );
            }
            EventKind::WindowOpened {} => self.end(Wait::Window, at, BarState::Done),
            EventKind::DrainWaitsForApi { .. } => {
                self.begin(
                    Wait::Api,
                    bar(BarKind::WaitApi, "API server".to_owned(), at, id),
                );
            }
            EventKind::ApiAvailable {} | EventKind::ApiDegraded { .. } => {
                self.end(Wait::Api, at, BarState::Done);
            }
            EventKind::RollBackStarted {} => {
                self.begin(
                    Wait::RollBack,
                    bar(BarKind::RollBack, "roll back".to_owned(), at, id),
                );
            }
            EventKind::ClusterRolledBack {} => self.end(Wait::RollBack, at, BarState::Done),
            EventKind::RollBackFailed { .. } => self.end(Wait::RollBack, at, BarState::Failed),
            EventKind::FaultStarted { fault } => {
                let kind = self
                    .names
                    .names
                    .faults
                    .get(fault.index())
                    .map(|fault| fault.kind);
                let label = kind.map_or("fault", fault_words).to_owned();
                self.begin(Wait::Fault(fault.0), bar(BarKind::Fault, label, at, id));
            }
            EventKind::FaultEnded { fault } => self.end(Wait::Fault(fault.0), at, BarState::Done),
            EventKind::CniBroken { node, .. } => self.begin_network(node, at, id),
            EventKind::CniReady { node } | EventKind::NodeRemoved { node } => {
                self.end(Wait::Network(node), at, BarState::Done);
                self.free_node(node, at);
            }
            EventKind::NodeTimedOut { node } => {
                self.end(Wait::Network(node), at, BarState::Failed);
            }
            EventKind::DrainTimedOut { node, .. } | EventKind::DrainGivenUp { node, .. } => {
                self.free_node(node, at);
            }
            _ => self.take_refusals(id, at, kind),
        }
    }

    /// Draws the waits for budgets.
    fn take_refusals(&mut self, id: EventId, at: SimTime, kind: &EventKind) {
        match *kind {
            EventKind::EvictionRefused { pod, node, budget }
            | EventKind::EvictionPostponed { pod, node, budget } => {
                let what = format!("PDB {}", self.names.budget(budget));
                self.begin_refusal(pod, node, &what, at, id);
            }
            EventKind::PodEvicted { pod, .. }
            | EventKind::PodDeleted { pod, .. }
            | EventKind::PodTaintEvicted { pod, .. }
            | EventKind::PodPreempted { pod, .. }
            | EventKind::PodGone { pod }
            | EventKind::PodCollected { pod, .. }
            | EventKind::PodLost { pod, .. } => self.end_refusal(pod, at),
            _ => {}
        }
    }

    fn end_step(&mut self, at: SimTime, state: BarState, reason: String) {
        if let Some(mut bar) = self.step.take() {
            (bar.end_ms, bar.state, bar.reason) = (at.as_millis(), state, reason);
            self.bars.push(bar);
        }
    }

    fn begin(&mut self, wait: Wait, bar: Bar) {
        self.open.entry(wait).or_insert(bar);
    }

    fn end(&mut self, wait: Wait, at: SimTime, state: BarState) {
        if let Some(mut bar) = self.open.remove(&wait) {
            (bar.end_ms, bar.state) = (at.as_millis(), state);
            self.bars.push(bar);
        }
    }

    fn begin_network(&mut self, node: NodeIdx, at: SimTime, id: EventId) {
        let label = format!("network of node {}", self.names.node(node));
        self.begin(Wait::Network(node), bar(BarKind::WaitNode, label, at, id));
    }

    /// The first refusal of several at once opens the bar; the last that is freed closes it.
    fn begin_refusal(&mut self, pod: PodIdx, node: NodeIdx, what: &str, at: SimTime, id: EventId) {
        if self.refused.insert(pod, node).is_none() && self.refused.len() == 1 {
            let mut wait = bar(BarKind::WaitBudget, what.to_owned(), at, id);
            wait.reason = format!("{what} allows no disruption");
            wait.state = BarState::Open;
            self.bars.push(wait);
        }
    }

    fn end_refusal(&mut self, pod: PodIdx, at: SimTime) {
        if self.refused.remove(&pod).is_some() && self.refused.is_empty() {
            self.close_refusals(at);
        }
    }

    /// A node that is gone, or whose drain was given up, holds no pods back.
    fn free_node(&mut self, node: NodeIdx, at: SimTime) {
        let before = self.refused.len();
        self.refused.retain(|_, held| *held != node);
        if 0 < before && self.refused.is_empty() {
            self.close_refusals(at);
        }
    }

    fn close_refusals(&mut self, at: SimTime) {
        let open = |bar: &&mut Bar| bar.kind == BarKind::WaitBudget && bar.state == BarState::Open;
        if let Some(bar) = self.bars.iter_mut().rev().find(open) {
            (bar.end_ms, bar.state) = (at.as_millis(), BarState::Done);
        }
    }

    /// Ends what is still open with the rehearsal, and says what became of the cluster.
    fn finish(mut self, inputs: &RunInputs<'_>, cluster: ClusterIdx, wave: Option<u32>) -> Lane {
        let end = inputs.trace.end;
        for bar in self
            .bars
            .iter_mut()
            .filter(|bar| bar.state == BarState::Open)
        {
            bar.end_ms = end.as_millis();
        }
        let rest = std::mem::take(&mut self.open)
            .into_values()
            .chain(self.step.take());
        for mut bar in rest {
            (bar.end_ms, bar.state) = (end.as_millis(), BarState::Open);
            self.bars.push(bar);
        }
        self.bars.sort_by_key(|bar| (bar.start_ms, bar.event));
        let trace = self.names.trace;
        let first = LaneChange {
            at_ms: 0,
            state: lane_state(ClusterOutcome::NotPlanned, wave.is_some()),
        };
        Lane {
            wave,
            state: lane_state(trace.outcome, wave.is_some()),
            states: [first].into_iter().chain(self.states).collect(),
            versions: self.versions,
            sentence: sentence(inputs, cluster, trace),
            event: trace.decided_by.map(|id| id.0),
            bars: merged(self.bars, end),
        }
    }
}

/// Joins network waits that overlap, and budget waits a moment apart, so that a lane holds bars a
/// reader can tell apart.
fn merged(bars: Vec<Bar>, end: SimTime) -> Vec<Bar> {
    let gap = end.as_millis() / 500;
    let mut kept: Vec<Bar> = Vec::with_capacity(bars.len());
    for bar in bars {
        let joins = matches!(bar.kind, BarKind::WaitBudget | BarKind::WaitNode);
        let last = kept.iter_mut().rev().find(|last| last.kind == bar.kind);
        match last {
            Some(last) if joins && bar.start_ms <= last.end_ms + gap => {
                if last.end_ms <= bar.end_ms {
                    (last.end_ms, last.state) = (bar.end_ms, bar.state);
                }
            }
            _ => kept.push(bar),
        }
    }
    kept
}

/// A bar that begins now.
fn bar(kind: BarKind, label: String, at: SimTime, event: EventId) -> Bar {
    Bar {
        kind,
        label,
        start_ms: at.as_millis(),
        end_ms: at.as_millis(),
        state: BarState::Open,
        reason: String::new(),
        event: event.0,
    }
}

fn bar_kind(step: &Step) -> BarKind {
    match step {
        Step::ControlPlane { .. } => BarKind::ControlPlane,
        Step::Cni => BarKind::Cni,
        Step::Pool { .. } => BarKind::Pool,
        Step::Observe { .. } => BarKind::Observe,
    }
}

/// The state that an event brings a cluster into; while its pools go back it is under way again.
fn change(at: SimTime, kind: &EventKind) -> Option<LaneChange> {
    let state = match kind {
        EventKind::ClusterStarted {} | EventKind::RollBackStarted {} => LaneState::Running,
        EventKind::ClusterUpgraded {} => LaneState::Done,
        EventKind::ClusterFailed {} | EventKind::RollBackFailed { .. } => LaneState::Failed,
        EventKind::ClusterStalled { .. } => LaneState::Stalled,
        EventKind::ClusterRolledBack {} => LaneState::RolledBack,
        _ => return None,
    };
    let at_ms = at.as_millis();
    Some(LaneChange { at_ms, state })
}

fn lane_state(outcome: ClusterOutcome, planned: bool) -> LaneState {
    match outcome {
        ClusterOutcome::NotPlanned if !planned => LaneState::Excluded,
        ClusterOutcome::NotPlanned | ClusterOutcome::NotStarted => LaneState::Pending,
        ClusterOutcome::Running | ClusterOutcome::Unfinished => LaneState::Running,
        ClusterOutcome::Upgraded => LaneState::Done,
        ClusterOutcome::Failed | ClusterOutcome::Broken => LaneState::Failed,
        ClusterOutcome::Stalled => LaneState::Stalled,
        ClusterOutcome::RolledBack => LaneState::RolledBack,
    }
}

/// What became of a cluster, in one sentence.
fn sentence(inputs: &RunInputs<'_>, cluster: ClusterIdx, trace: &ClusterTrace) -> String {
    let took = |trace: &ClusterTrace| {
        let (started, ended) = (trace.started?, trace.ended?);
        Some(ended.since(started).rounded())
    };
    match trace.outcome {
        ClusterOutcome::NotPlanned => {
            let held = inputs
                .planning
                .held_back
                .iter()
                .find(|(idx, _)| *idx == cluster);
            let why = held.map(|(_, reason)| super::words::held_back_words(reason).0);
            why.map_or_else(
                || "not in the plan".to_owned(),
                |why| format!("held back: {why}"),
            )
        }
        ClusterOutcome::NotStarted => "never started".to_owned(),
        ClusterOutcome::Running => "still under way at the end".to_owned(),
        ClusterOutcome::Upgraded => format!(
            "reached {} in {}",
            inputs.plan.target.without_patch(),
            took(trace).unwrap_or_default()
        ),
        ClusterOutcome::Failed
        | ClusterOutcome::Stalled
        | ClusterOutcome::Unfinished
        | ClusterOutcome::RolledBack
        | ClusterOutcome::Broken => {
            let decided = trace
                .decided_by
                .and_then(|id| Some((id, inputs.trace.event(id)?)));
            decided.map_or_else(String::new, |(id, event)| row(inputs, id, event).sentence)
        }
    }
}
