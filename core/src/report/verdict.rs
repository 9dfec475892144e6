//! The answer first: how the rehearsal ends, when, and why.

use super::build::RunInputs;
use super::log::row;
use super::rolling::but_for;
use super::words::count;
use super::{Outcome, Verdict};
use crate::ids::{ClusterIdx, EventId};
use crate::plan::HeldBack;
use crate::sim::trace::{ClusterOutcome, RunOutcome};
use crate::sim::{EventKind, Severity};
use crate::units::{SimDuration, SimTime};

/// How a headline begins where clusters that may need the upgrade are held back from it.
pub(super) const NOT_REHEARSED: &str = "Nothing is rehearsed";

/// Writes the verdict.
pub(super) fn verdict(inputs: &RunInputs<'_>) -> Verdict {
    let decided_by = inputs.trace.decided_by;
    let root = decided_by.and_then(|event| inputs.trace.root(event, inputs.faults));
    let root = root.filter(|_| goes_wrong(inputs.trace.outcome));
    Verdict {
        outcome: inputs.trace.outcome.into(),
        headline: headline(inputs),
        detail: root
            .map(|(event, _)| detail(inputs, event))
            .unwrap_or_default(),
        event: decided_by.map(|event| event.0),
        root_cause: root.map(|(_, name)| name.to_owned()),
        root_event: root.map(|(event, _)| event.0),
        root_words: root
            .map(|(event, _)| root_words(inputs, event))
            .unwrap_or_default(),
    }
}

impl From<RunOutcome> for Outcome {
    fn from(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::NothingToDo => Self::NothingToDo,
            RunOutcome::Finished => Self::Finished,
            RunOutcome::FinishedWithFailures => Self::FinishedWithFailures,
            RunOutcome::Held => Self::Held,
            RunOutcome::RolledBack => Self::RolledBack,
            RunOutcome::Stalled => Self::Stalled,
            RunOutcome::Unfinished => Self::Unfinished,
            RunOutcome::Broken => Self::Broken,
        }
    }
}

/// Whether something went wrong that has a cause to name.
pub(super) fn goes_wrong(outcome: RunOutcome) -> bool {
    !matches!(outcome, RunOutcome::Finished | RunOutcome::NothingToDo)
}

/// How many clusters reached the target, of how many that were planned.
pub(super) fn reached(inputs: &RunInputs<'_>) -> (u32, u32) {
    let upgraded =
        |cluster: &&crate::sim::trace::ClusterTrace| cluster.outcome == ClusterOutcome::Upgraded;
    let planned = inputs
        .plan
        .waves
        .iter()
        .map(|wave| wave.clusters.len())
        .sum::<usize>();
    (
        inputs.trace.clusters.iter().filter(upgraded).count() as u32,
        planned as u32,
    )
}

/// Clusters held back though they may need the upgrade.
fn n_unjudged(inputs: &RunInputs<'_>) -> usize {
    let reasons = inputs.planning.held_back.iter().map(|(_, why)| why);
    reasons
        .filter(|why| !matches!(why, HeldBack::AtTarget | HeldBack::AheadOfTarget(_)))
        .count()
}

/// Number, time and place.
fn headline(inputs: &RunInputs<'_>) -> String {
    let target = inputs.plan.target.without_patch();
    let (upgraded, planned) = reached(inputs);
    let took = inputs.trace.end.since(SimTime::ZERO).rounded();
    let clusters = count(planned, "cluster");
    let reach = if planned == 1 || upgraded == 1 {
        "reaches"
    } else {
        "reach"
    };
    match inputs.trace.outcome {
        RunOutcome::NothingToDo => match n_unjudged(inputs) {
            0 => format!("Nothing to do: no cluster needs {target}."),
            1 => format!("{NOT_REHEARSED}: 1 cluster is held back from {target}."),
            n => format!("{NOT_REHEARSED}: {n} clusters are held back from {target}."),
        },
        RunOutcome::Finished => {
            let all = if planned == 1 { "" } else { "all " };
            let left = inputs.trace.clusters.iter().map(|c| c.n_quarantined).sum();
            let but_for = but_for(left);
            format!("Finishes in {took}: {all}{clusters} {reach} {target}{but_for}.")
        }
        RunOutcome::FinishedWithFailures => {
            format!("Ends after {took}: {upgraded} of {clusters} {reach} {target}.")
        }
        RunOutcome::Held => format!(
            "{} holds after {}: {upgraded} of {clusters} {reach} {target}.",
            place(inputs),
            decided_after(inputs)
        ),
        RunOutcome::RolledBack => format!(
            "{} rolls back after {}: {upgraded} of {clusters} {reach} {target}.",
            place(inputs),
            decided_after(inputs)
        ),
        RunOutcome::Unfinished => format!(
            "{} is not finished within {}: {upgraded} of {clusters} {reach} {target}.",
            place(inputs),
            followed_for(inputs)
        ),
        RunOutcome::Broken => format!(
            "Not to be believed: after {} the rehearsal broke a rule that always holds.",
            decided_after(inputs)
        ),
        RunOutcome::Stalled => format!(
            "{} stalls after {}: {upgraded} of {clusters} {reach} {target}.",
            place(inputs),
            decided_after(inputs)
        ),
    }
}

/// The wave in which it was decided.
fn place(inputs: &RunInputs<'_>) -> String {
    let cluster = deciding_cluster(inputs);
    let mut waves = inputs.plan.waves.iter().enumerate();
    let wave = waves.find(|(_, wave)| {
        wave.clusters
            .iter()
            .any(|plan| Some(plan.cluster) == cluster)
    });
    wave.map_or_else(
        || "The plan".to_owned(),
        |(number, wave)| format!("Wave {} ({})", number + 1, wave.name),
    )
}

/// The cluster behind the deciding event: the nearest in its chain.
fn deciding_cluster(inputs: &RunInputs<'_>) -> Option<ClusterIdx> {
    let chain = inputs.trace.chain(inputs.trace.decided_by?);
    chain
        .into_iter()
        .rev()
        .find_map(|id| inputs.trace.event(id)?.cluster)
}

/// When the cluster behind the outcome failed or stalled; the wave may have ended later.
fn decided_after(inputs: &RunInputs<'_>) -> SimDuration {
    let decided_by = inputs.trace.decided_by;
    let chain = decided_by
        .map(|id| inputs.trace.chain(id))
        .unwrap_or_default();
    let events = || chain.iter().rev().filter_map(|id| inputs.trace.event(*id));
    let event = events()
        .find(|event| event.cluster.is_some())
        .or_else(|| events().next());
    let at = event.map_or(inputs.trace.end, |event| event.at);
    at.since(SimTime::ZERO).rounded()
}

/// How long the cluster behind the outcome was followed.
fn followed_for(inputs: &RunInputs<'_>) -> String {
    let decided_by = inputs.trace.decided_by;
    let chain = decided_by
        .map(|id| inputs.trace.chain(id))
        .unwrap_or_default();
    let mut events = chain.iter().filter_map(|id| inputs.trace.event(*id));
    let days = events.find_map(|event| match event.kind {
        EventKind::ClusterUnfinished { days, .. } => Some(days),
        _ => None,
    });
    days.map_or_else(
        || decided_after(inputs).to_string(),
        |days| count(days, "day"),
    )
}

/// What is at the root, and the first bad thing that follows from it. Everything follows from the
/// plan, so where nothing else is at the root the last bad thing is told.
fn detail(inputs: &RunInputs<'_>, root: EventId) -> String {
    let chain = inputs
        .trace
        .decided_by
        .map(|id| inputs.trace.chain(id))
        .unwrap_or_default();
    let after_root = chain.iter().skip_while(|id| **id != root).skip(1);
    let in_cluster: Vec<_> = after_root
        .filter_map(|id| Some((*id, inputs.trace.event(*id)?)))
        .filter(|(_, event)| event.cluster.is_some())
        .collect();
    let tells = |(_, event): &&(EventId, &crate::sim::Event)| {
        event.kind.severity() >= Severity::Warning && event.kind != EventKind::ClusterFailed {}
    };
    let by_plan = inputs
        .trace
        .event(root)
        .is_some_and(|event| event.kind == EventKind::RunStarted {});
    let told = if by_plan {
        in_cluster.iter().rev().find(tells)
    } else {
        in_cluster.iter().find(tells)
    };
    let symptom = told.or(in_cluster.first()).copied();
    let root = root_words(inputs, root);
    match symptom.map(|(id, event)| row(inputs, id, event).sentence) {
        Some(symptom) => format!("{root}; so {symptom}."),
        None => format!("{root}."),
    }
}

/// The sentence of the event at the root, led by its cluster where it does not name it.
fn root_words(inputs: &RunInputs<'_>, root: EventId) -> String {
    let Some(event) = inputs.trace.event(root) else {
        return String::new();
    };
    let row = row(inputs, root, event);
    if row.cluster_name.is_empty() || row.sentence.contains(&row.cluster_name) {
        return row.sentence;
    }
    format!("{}: {}", row.cluster_name, row.sentence)
}
