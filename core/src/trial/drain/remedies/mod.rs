//! The fewest changes found with which a drain comes through, each of them rehearsed.
//!
//! One change at a time is made for what holds the first pod, and the drain is run again, until
//! every node is drained. Then each change is left out once: what is not missed is not needed.

mod change;
mod words;

use change::{Case, Change};

use crate::ids::{BudgetIdx, PodIdx, WorkloadIdx};
use crate::inventory::{Cluster, WorkloadType};
use crate::report::Remedy;
use crate::sim::by_hand::DrainRun;
use crate::sim::eviction::POLICY_SINCE;
use crate::sim::kubectl::command::{
    BudgetNumbers, BudgetWait, DrainCommand, Hold, NodeDrain, NodeEnd,
};
use crate::sim::kubectl::filter::{Refusal, Verdict};
use crate::sim::kubectl::retry::EvictionChoice;
use crate::sim::trace::{EventKind, PodLevel};
use crate::units::{IntOrPercent, SimDuration, SimTime};

/// Changes tried one upon the other before the search is given up.
const N_CHANGES: usize = 12;

/// What would mend a drain.
#[derive(Clone, Debug, Default)]
pub(super) struct Mended {
    pub(super) remedies: Vec<Remedy>,
    /// What they come to: a sentence.
    pub(super) summary: String,
}

/// Looks for changes with which every node of the command is drained.
pub(super) fn find(cluster: &Cluster, command: &DrainCommand, run: &DrainRun, seed: u64) -> Mended {
    if run.drains_all() {
        return Mended::default();
    }
    let case = Case {
        cluster: cluster.clone(),
        command: command.clone(),
        seed,
    };
    let mut changes: Vec<Change> = Vec::new();
    let mut last = run.clone();
    while !last.drains_all() && changes.len() < N_CHANGES {
        let changed = case.with(&changes);
        let Some(change) = next_change(&changed, &last, &changes) else {
            break;
        };
        // Of one kind and one thing the last change counts.
        changes.retain(|earlier| !replaces(&change, earlier));
        changes.push(change);
        last = case.with(&changes).run();
    }
    if !last.drains_all() {
        return give_up(&case, &last);
    }
    let changes = needed(&case, changes);
    let last = case.with(&changes).run();
    let before = case.with(&[]);
    let told = changes.iter().enumerate().map(|(index, change)| {
        let mut remedy = words::tell(&before, change, &last);
        if let Some(workload) = scaled_instead(&case, &changes, index) {
            remedy.text += &words::or_scaled(&before, workload);
        }
        remedy
    });
    let remedies: Vec<Remedy> = told.collect();
    let took = last
        .ended
        .unwrap_or_default()
        .since(SimTime::ZERO)
        .rounded();
    let summary = match remedies.len() {
        1 => format!("rehearsed: with this change every node is drained in {took}"),
        n => format!(
            "rehearsed: with these {n} changes every node is drained in {took}, and with none of \
             them left out"
        ),
    };
    Mended { remedies, summary }
}

/// Whether `change` takes the place of an earlier one.
fn replaces(change: &Change, earlier: &Change) -> bool {
    use Change::{MaxUnavailable, MinAvailable, Timeout};
    match (change, earlier) {
        (MinAvailable(a, _) | MaxUnavailable(a, _), MinAvailable(b, _) | MaxUnavailable(b, _)) => {
            a == b
        }
        (Timeout(_), Timeout(_)) => true,
        _ => false,
    }
}

/// The changes without those that nobody misses.
fn needed(case: &Case, mut changes: Vec<Change>) -> Vec<Change> {
    let mut index = 0;
    while index < changes.len() && changes.len() > 1 {
        let mut fewer = changes.clone();
        fewer.remove(index);
        if case.with(&fewer).run().drains_all() {
            changes = fewer;
        } else {
            index += 1;
        }
    }
    changes
}

/// The workload of which one replica more would do instead of a change to its budget: rehearsed,
/// with all other changes made.
fn scaled_instead(case: &Case, changes: &[Change], index: usize) -> Option<WorkloadIdx> {
    let (Change::MinAvailable(budget, _) | Change::MaxUnavailable(budget, _)) = &changes[index]
    else {
        return None;
    };
    let [workload] = case.cluster.budgets[budget.index()].workloads[..] else {
        return None;
    };
    let kind = case.cluster.workloads[workload.index()].kind;
    if !matches!(kind, WorkloadType::Deployment | WorkloadType::StatefulSet) {
        return None;
    }
    let mut scaled = changes.to_vec();
    scaled.remove(index);
    let node = case.with(&scaled).place_for(workload)?;
    scaled.push(Change::Scale(workload, node));
    case.with(&scaled).run().drains_all().then_some(workload)
}

/// No set of changes was found: what ignoring budgets would do is said instead.
fn give_up(case: &Case, last: &DrainRun) -> Mended {
    let mut forced = case.clone();
    forced.command.eviction = EvictionChoice::Disabled;
    for why in [Refusal::DaemonSet, Refusal::EmptyDir, Refusal::Unmanaged] {
        forced.make(&Change::Flag(why));
    }
    let mut run = forced.run();
    let mut without = "";
    if !run.drains_all() && forced.command.timeout.take().is_some() {
        run = forced.run();
        without = " without `--timeout`";
    }
    let summary = match run.ended.filter(|_| run.drains_all()) {
        Some(ended) => format!(
            "no changes of budgets, flags or nodes were found that let all of them go; \
             `--disable-eviction --force --ignore-daemonsets --delete-emptydir-data`{without} \
             would delete them in {}, whatever their budgets say",
            ended.since(SimTime::ZERO).rounded()
        ),
        None => match silent_node(case, last) {
            Some(name) => format!(
                "nothing lets these pods go until the kubelet of {name} is heard of again; where \
                 the machine is gone for good, delete the node's object, or taint it \
                 node.kubernetes.io/out-of-service"
            ),
            None => "no changes were found with which every node is drained".to_owned(),
        },
    };
    Mended {
        remedies: Vec::new(),
        summary,
    }
}

/// A node that holds pods because nothing is heard of its kubelet.
fn silent_node<'a>(case: &'a Case, run: &DrainRun) -> Option<&'a str> {
    let mut held = run.nodes.iter().filter(|node| !node.left.is_empty());
    let node = held.find(|node| case.cluster.nodes[node.node.index()].silent)?;
    Some(&case.cluster.nodes[node.node.index()].name)
}

/// A change for what holds the first node that is not drained.
fn next_change(case: &Case, run: &DrainRun, made: &[Change]) -> Option<Change> {
    let node = run
        .nodes
        .iter()
        .find(|node| node.end != Some(NodeEnd::Drained))?;
    let refused = node.verdicts.iter().find_map(|(_, verdict)| match verdict {
        Verdict::Refuse(why) => Some(*why),
        Verdict::Evict | Verdict::Warn(_) | Verdict::Skip(_) => None,
    });
    if let Some(why) = refused {
        return Some(Change::Flag(why));
    }
    let for_ever = node.left.iter().find_map(|left| match &left.hold {
        Hold::Overlap { second, .. } => {
            let workload = run.trace.clusters[0].pods[left.pod.index()].workload;
            Some(Change::LeaveOut(*second, workload))
        }
        Hold::Budget {
            budget,
            numbers,
            wait: BudgetWait::ByNumbers { most_healthy },
        } => Some(one_less(case, *budget, *numbers, *most_healthy)),
        Hold::Budget {
            budget,
            numbers,
            wait: BudgetWait::SyncFailed(_),
        } => Some(one_less_than_scale(case, *budget, *numbers)),
        Hold::Budget { .. } | Hold::Stopping { .. } | Hold::Finalizer(_) => None,
    });
    if for_ever.is_some() {
        return for_ever.filter(|change| !made.contains(change));
    }
    if node.end == Some(NodeEnd::TimedOut)
        && let Some(change) = enough_time(case, made)
    {
        return Some(change);
    }
    let wait = node.left.iter().find_map(|left| match &left.hold {
        Hold::Budget {
            budget,
            numbers,
            wait: BudgetWait::Unready(pods),
        } => Some((left.pod, *budget, *numbers, pods)),
        Hold::Budget { .. } | Hold::Overlap { .. } | Hold::Stopping { .. } | Hold::Finalizer(_) => {
            None
        }
    });
    let (pod, budget, numbers, unready) = wait?;
    let choices = [
        more_room(run, node, unready),
        (unready.contains(&pod) && knows_policy(case)).then_some(Change::AlwaysAllow(budget)),
        heal(run, unready),
        Some(loosened(case, budget, numbers)),
    ];
    choices
        .into_iter()
        .flatten()
        .find(|change| !made.contains(change))
}

/// The budget, bearing one pod less than all.
fn one_less(case: &Case, budget: BudgetIdx, numbers: BudgetNumbers, most_healthy: u32) -> Change {
    let spec = &case.cluster.budgets[budget.index()];
    // A share of the pods follows the scale, which a number would not.
    if !matches!(spec.min_available, Some(IntOrPercent::Int(_))) {
        // Where it selects a part of an owner's pods, the others count as unavailable.
        let others = numbers.expected.saturating_sub(most_healthy);
        let others = i32::try_from(others).unwrap_or(i32::MAX);
        return Change::MaxUnavailable(budget, others.saturating_add(1));
    }
    // Bare pods and strays are healthy and not expected.
    let most = most_healthy.max(numbers.healthy);
    Change::MinAvailable(
        budget,
        i32::try_from(most)
            .unwrap_or(i32::MAX)
            .saturating_sub(1)
            .max(0),
    )
}

/// The budget, asking for one pod less than what has a scale can have: a number needs no scale,
/// and what has none may end and not come back.
fn one_less_than_scale(case: &Case, budget: BudgetIdx, numbers: BudgetNumbers) -> Change {
    let workloads = &case.cluster.budgets[budget.index()].workloads;
    let of = workloads
        .iter()
        .map(|index| &case.cluster.workloads[index.index()]);
    let scaled = of.filter(|workload| {
        matches!(
            workload.kind,
            WorkloadType::Deployment | WorkloadType::StatefulSet | WorkloadType::Other
        )
    });
    let scale = scaled.fold(0_u32, |sum, workload| sum.saturating_add(workload.replicas));
    let least = scale.min(numbers.counted).saturating_sub(1);
    Change::MinAvailable(budget, i32::try_from(least).unwrap_or(i32::MAX))
}

/// Whether the API server knows what a budget says of unready pods.
fn knows_policy(case: &Case) -> bool {
    let version = case.cluster.version.value();
    version.is_none_or(|version| *version >= POLICY_SINCE)
}

/// The budget, bearing one pod more than are unhealthy.
fn loosened(case: &Case, budget: BudgetIdx, numbers: BudgetNumbers) -> Change {
    let spec = &case.cluster.budgets[budget.index()];
    let healthy = i32::try_from(numbers.healthy).unwrap_or(i32::MAX);
    let expected = i32::try_from(numbers.expected).unwrap_or(i32::MAX);
    if spec.max_unavailable.is_some() {
        return Change::MaxUnavailable(budget, expected.saturating_sub(healthy).max(0) + 1);
    }
    Change::MinAvailable(budget, healthy.saturating_sub(1).max(0))
}

/// One more node, where the pods that are waited for have none.
fn more_room(run: &DrainRun, node: &NodeDrain, unready: &[PodIdx]) -> Option<Change> {
    let has_none = |pod: &PodIdx| {
        let mut events = run.trace.events.iter().rev();
        let last = events.find_map(|event| {
            match event.kind {
                EventKind::PodUnschedulable { pod, .. } => Some((pod, true)),
                EventKind::PodScheduled { pod, .. } => Some((pod, false)),
                _ => None,
            }
            .filter(|(of, _)| of == pod)
        });
        last.is_some_and(|(_, waits)| waits)
    };
    // It stands in for the node that the first of them came from.
    let rows = &run.trace.clusters[0].pods;
    let came_from = |pod: &PodIdx| rows[rows[pod.index()].replaces?.index()].node;
    let like = unready.first().and_then(came_from).unwrap_or(node.node);
    (!unready.is_empty() && unready.iter().all(has_none)).then_some(Change::AddNode(like))
}

/// The pods that were unready in the snapshot already, made ready.
fn heal(run: &DrainRun, unready: &[PodIdx]) -> Option<Change> {
    let rows = &run.trace.clusters[0].pods;
    let sick = |pod: &&PodIdx| rows[pod.index()].initial == PodLevel::Starting;
    let sick: Vec<PodIdx> = unready.iter().filter(sick).copied().collect();
    (!sick.is_empty()).then_some(Change::Heal(sick))
}

/// The time that the drain needs without a limit, in whole minutes and one more.
fn enough_time(case: &Case, made: &[Change]) -> Option<Change> {
    let mut unlimited = case.clone();
    unlimited.command.timeout = None;
    let run = unlimited.run();
    let longest = run
        .nodes
        .iter()
        .filter(|node| node.end == Some(NodeEnd::Drained));
    let longest = longest.filter_map(|node| Some(node.ended?.since(node.began?)));
    let minutes = longest.max()?.as_millis().div_ceil(60_000) + 1;
    let change = Change::Timeout(SimDuration::from_mins(minutes));
    (run.drains_all() && !made.contains(&change)).then_some(change)
}
