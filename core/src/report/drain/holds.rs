//! The proof: which pod, which budget, its numbers, and why none of them changes.

use super::HoldRow;
use super::build::View;
use crate::ids::{BudgetIdx, NodeIdx, PodIdx};
use crate::inventory::WorkloadType;
use crate::report::words::count;
use crate::sim::kubectl::command::{BudgetNumbers, BudgetWait, Hold, LeftPod, NodeDrain, NodeEnd};
use crate::sim::kubectl::filter::{Refusal, Verdict};
use crate::units::IntOrPercent;

/// Pods that keep a budget closed and are told one by one.
const N_TOLD: usize = 4;

/// One row for each thing that holds pods of a node.
pub(super) fn rows(view: &View<'_>) -> Vec<HoldRow> {
    let nodes = view.run.nodes.iter();
    nodes
        .flat_map(|node| {
            let mut rows = refusals(view, node);
            rows.extend(holds(view, node));
            rows
        })
        .collect()
}

/// Pods for which a flag is missing.
fn refusals(view: &View<'_>, node: &NodeDrain) -> Vec<HoldRow> {
    let reasons = [
        Refusal::DaemonSet,
        Refusal::LostDaemonSet,
        Refusal::EmptyDir,
        Refusal::Unmanaged,
    ];
    let row = |why: Refusal| {
        let refused = node
            .verdicts
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::Refuse(why));
        let pods: Vec<String> = refused.map(|(pod, _)| view.pod(*pod)).collect();
        (!pods.is_empty()).then(|| HoldRow {
            node: view.node(node.node).to_owned(),
            pods,
            held_by: refusal_words(why).to_owned(),
            because: vec![format!(
                "without {} kubectl evicts no pod of the node at all",
                why.flag()
            )],
            for_ever: true,
        })
    };
    reasons.into_iter().filter_map(row).collect()
}

fn refusal_words(why: Refusal) -> &'static str {
    match why {
        Refusal::DaemonSet => "a daemon set would create the pod again at once",
        Refusal::LostDaemonSet => "the daemon set is gone, so nothing would create the pod again",
        Refusal::EmptyDir => "the pod keeps data in an emptyDir, which would be lost",
        Refusal::Unmanaged => "no controller owns the pod, so nothing would create it again",
    }
}

/// Pods that did not go, like cases together.
fn holds(view: &View<'_>, node: &NodeDrain) -> Vec<HoldRow> {
    let mut rows: Vec<(&Hold, Vec<&LeftPod>)> = Vec::new();
    for left in &node.left {
        match rows.iter_mut().find(|(hold, _)| same(hold, &left.hold)) {
            Some((_, pods)) => pods.push(left),
            None => rows.push((&left.hold, vec![left])),
        }
    }
    let told = rows.into_iter().map(|(hold, pods)| {
        let (held_by, because) = tell(view, node.node, hold);
        HoldRow {
            node: view.node(node.node).to_owned(),
            pods: pods.iter().map(|left| view.pod(left.pod)).collect(),
            held_by,
            because,
            for_ever: for_ever(node, hold),
        }
    });
    told.collect()
}

/// Whether two pods are held by the same thing.
fn same(a: &Hold, b: &Hold) -> bool {
    match (a, b) {
        (Hold::Budget { budget: a, .. }, Hold::Budget { budget: b, .. }) => a == b,
        _ => a == b,
    }
}

/// Whether nothing ever lets the pod go: by its budget's numbers, or because all came to rest.
fn for_ever(node: &NodeDrain, hold: &Hold) -> bool {
    match hold {
        Hold::Overlap { .. }
        | Hold::Finalizer(_)
        | Hold::Budget {
            wait: BudgetWait::ByNumbers { .. } | BudgetWait::SyncFailed(_),
            ..
        } => true,
        Hold::Budget {
            wait: BudgetWait::Unready(_),
            ..
        }
        | Hold::Stopping { .. } => node.end == Some(NodeEnd::Never),
    }
}

/// What holds a pod, and why that does not change.
fn tell(view: &View<'_>, node: NodeIdx, hold: &Hold) -> (String, Vec<String>) {
    let names = view.names();
    match hold {
        Hold::Stopping { .. } if view.cluster().nodes[node.index()].silent => (
            "it was asked to go, and nobody tells that it has stopped".to_owned(),
            vec![
                "its node is Unknown: only the kubelet removes a stopping pod's object, and \
                 nothing is heard of it"
                    .to_owned(),
            ],
        ),
        Hold::Stopping { grace } => (
            "it was asked to go and is not gone".to_owned(),
            vec![format!(
                "it may take all of its grace period of {} to stop",
                grace.rounded()
            )],
        ),
        Hold::Finalizer(finalizer) => (
            format!("finalizer {} keeps its object", names.finalizer(*finalizer)),
            vec![
                "it has stopped, and its object stays until whoever put the finalizer there \
                 removes it, who is not in the snapshot"
                    .to_owned(),
            ],
        ),
        Hold::Overlap { first, second } => (
            format!(
                "PDB {} and PDB {} both select it",
                names.budget(*first),
                names.budget(*second)
            ),
            vec![
                "the API answers an eviction with 500 as soon as two budgets select the pod, \
                 whatever they allow"
                    .to_owned(),
            ],
        ),
        Hold::Budget {
            budget,
            numbers,
            wait,
        } => (
            format!("PDB {} allows no disruption", names.budget(*budget)),
            because(view, node, *budget, *numbers, wait),
        ),
    }
}

/// Why a budget allows nothing and will not.
fn because(
    view: &View<'_>,
    node: NodeIdx,
    budget: BudgetIdx,
    numbers: BudgetNumbers,
    wait: &BudgetWait,
) -> Vec<String> {
    let mut steps = Vec::new();
    if !matches!(wait, BudgetWait::SyncFailed(_)) {
        steps.push(arithmetic(view, budget, numbers));
    }
    match wait {
        BudgetWait::ByNumbers { .. } if numbers.expected == 0 => {
            steps.push("where no pod is expected none is allowed to go".to_owned());
        }
        BudgetWait::ByNumbers { most_healthy } => steps.push(match most_healthy {
            1 => "with its only pod healthy it would allow none either".to_owned(),
            n => format!("with all of its {n} pods healthy it would allow none either"),
        }),
        BudgetWait::SyncFailed(pods) => {
            for pod in pods.iter().take(N_TOLD) {
                steps.push(without_scale(view, *pod));
            }
            if pods.len() > N_TOLD {
                let more = (pods.len() - N_TOLD) as u32;
                steps.push(format!("and {} more", count(more, "pod")));
            }
            steps.push(format!(
                "where one pod cannot be counted none is: DisruptionAllowed is False with reason \
                 SyncFailed, nothing is allowed, and the status stays at {} healthy of {} desired",
                numbers.healthy, numbers.desired
            ));
        }
        BudgetWait::Unready(pods) => {
            for pod in pods.iter().take(N_TOLD) {
                steps.push(unready(view, node, *pod));
            }
            if pods.len() > N_TOLD {
                let more = (pods.len() - N_TOLD) as u32;
                steps.push(format!("and {} more", count(more, "pod")));
            }
        }
    }
    steps
}

/// What the budget's specification makes of its pods.
fn arithmetic(view: &View<'_>, budget: BudgetIdx, numbers: BudgetNumbers) -> String {
    let limit = |limit: IntOrPercent| match limit {
        IntOrPercent::Int(count) => count.to_string(),
        IntOrPercent::Percent(share) => format!("{share} %"),
    };
    let spec = view.cluster().budgets.get(budget.index());
    let spec = match spec.map(|spec| (spec.min_available, spec.max_unavailable)) {
        Some((Some(min), _)) => format!("minAvailable {}", limit(min)),
        Some((None, Some(max))) => format!("maxUnavailable {}", limit(max)),
        Some((None, None)) | None => "neither minAvailable nor maxUnavailable".to_owned(),
    };
    format!(
        "{spec} of {} expected asks for {} healthy; {} so, and it allows {}",
        count(numbers.expected, "pod"),
        numbers.desired,
        match numbers.healthy {
            1 => "1 is".to_owned(),
            healthy => format!("{healthy} are"),
        },
        numbers.allowed
    )
}

/// Which pod the controller cannot count, and why.
fn without_scale(view: &View<'_>, pod: PodIdx) -> String {
    let row = &view.run.trace.clusters[0].pods[pod.index()];
    let owner = &view.cluster().workloads[row.workload.index()];
    format!(
        "it selects pod {}, and {} {}/{} has no scale",
        view.pod(pod),
        owner_words(owner.kind),
        owner.namespace,
        owner.name
    )
}

fn owner_words(kind: WorkloadType) -> &'static str {
    match kind {
        WorkloadType::Job => "job",
        WorkloadType::DaemonSet => "daemon set",
        WorkloadType::Static => "static pod",
        WorkloadType::Deployment => "deployment",
        WorkloadType::StatefulSet => "stateful set",
        WorkloadType::Bare | WorkloadType::Other => "owner",
    }
}

/// Why a pod is not healthy.
fn unready(view: &View<'_>, node: NodeIdx, pod: PodIdx) -> String {
    let here = view.run.trace.clusters[0].pods[pod.index()].node == Some(node);
    let place = if here { " (on this node itself)" } else { "" };
    let why = view.last_of(pod);
    why.unwrap_or_else(|| format!("pod {} is not ready", view.pod(pod))) + place
}
