//! A change in words, with the command that makes it and what it costs.

use super::change::{Case, Change};
use crate::ids::{BudgetIdx, PodIdx, WorkloadIdx};
use crate::report::{self, Remedy};
use crate::sim::by_hand::DrainRun;
use crate::sim::kubectl::filter::Refusal;
use crate::units::SimDuration;

/// What a change is, in the case before it and the run after all of them.
pub(super) fn tell(before: &Case, change: &Change, after: &DrainRun) -> Remedy {
    match change {
        Change::Flag(why) => Remedy {
            cost: flag_cost(*why).to_owned(),
            ..said(format!("add {}", why.flag()))
        },
        Change::Timeout(timeout) => said(format!("give it --timeout={timeout}")),
        Change::AlwaysAllow(budget) => Remedy {
            command: Some(patch(
                before,
                *budget,
                "\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"",
            )),
            ..said(format!(
                "let PDB {} pass unready pods",
                pdb(before, *budget)
            ))
        },
        Change::MinAvailable(budget, count) => {
            let spec = format!("\"minAvailable\":{count},\"maxUnavailable\":null");
            Remedy {
                command: Some(patch(before, *budget, &spec)),
                cost: outage_cost(before, *budget, after),
                ..said(format!(
                    "set minAvailable of PDB {} to {count}",
                    pdb(before, *budget)
                ))
            }
        }
        Change::MaxUnavailable(budget, count) => {
            let spec = format!("\"maxUnavailable\":{count},\"minAvailable\":null");
            Remedy {
                command: Some(patch(before, *budget, &spec)),
                cost: outage_cost(before, *budget, after),
                ..said(format!(
                    "set maxUnavailable of PDB {} to {count}",
                    pdb(before, *budget)
                ))
            }
        }
        Change::LeaveOut(budget, workload) => said(format!(
            "let the selector of PDB {} leave out {}, which another PDB selects too",
            pdb(before, *budget),
            name(before, *workload)
        )),
        Change::Heal(pods) => {
            let names: Vec<String> = pods.iter().map(|pod| pod_name(before, *pod)).collect();
            said(format!("get ready first: {}", names.join(", ")))
        }
        Change::Scale(workload, _) => said(format!(
            "run one replica more of {}",
            name(before, *workload)
        )),
        Change::AddNode(like) => said(format!(
            "add a node like {} first, so that replacements have a place",
            before.cluster.nodes[like.index()].name
        )),
    }
}

/// What may be done instead of a change to a workload's budget.
pub(super) fn or_scaled(before: &Case, workload: WorkloadIdx) -> String {
    let replicas = before.cluster.workloads[workload.index()].replicas + 1;
    format!(
        ", or keep it and run one replica more of {} (kubectl scale --replicas={replicas})",
        name(before, workload)
    )
}

/// A change that no command makes and that costs nothing known.
fn said(text: String) -> Remedy {
    Remedy {
        text,
        command: None,
        cost: String::new(),
    }
}

fn pdb(case: &Case, budget: BudgetIdx) -> String {
    let spec = &case.cluster.budgets[budget.index()];
    format!("{}/{}", spec.namespace, spec.name)
}

fn name(case: &Case, workload: WorkloadIdx) -> String {
    let spec = &case.cluster.workloads[workload.index()];
    format!("{}/{}", spec.namespace, spec.name)
}

fn pod_name(case: &Case, pod: PodIdx) -> String {
    let pod = &case.cluster.pods[pod.index()];
    let namespace = &case.cluster.workloads[pod.workload.index()].namespace;
    format!("{namespace}/{}", pod.name)
}

/// The command that changes a budget.
fn patch(case: &Case, budget: BudgetIdx, spec: &str) -> String {
    let budget = &case.cluster.budgets[budget.index()];
    format!(
        "kubectl patch pdb {} -n {} --type merge -p '{{\"spec\":{{{spec}}}}}'",
        budget.name, budget.namespace
    )
}

fn flag_cost(why: Refusal) -> &'static str {
    match why {
        Refusal::DaemonSet => "",
        Refusal::EmptyDir => "what these pods keep in an emptyDir is lost",
        Refusal::LostDaemonSet | Refusal::Unmanaged => "nothing creates these pods again",
    }
}

/// Pods of a budget's workloads that wait for a node when all is over and did not before.
fn stranded(before: &Case, budget: BudgetIdx, after: &DrainRun) -> usize {
    let workloads = &before.cluster.budgets[budget.index()].workloads;
    let rows = &after.trace.clusters[0].pods;
    let waiting = report::pods_without_node(&after.trace);
    waiting
        .iter()
        .filter(|pod| workloads.contains(&rows[pod.index()].workload))
        .count()
}

/// How long workloads of a budget have no ready pod while the drain goes on.
fn outage_cost(before: &Case, budget: BudgetIdx, after: &DrainRun) -> String {
    let workloads = &before.cluster.budgets[budget.index()].workloads;
    let outages = report::outages_of(&before.cluster, &after.trace);
    let of_budget = outages.iter().find(|outage| {
        workloads
            .iter()
            .any(|workload| outage.workload == name(before, *workload))
    });
    let stranded = stranded(before, budget, after);
    if stranded > 0 {
        return format!(
            "{stranded} of its pods then have no node, and wait until one is uncordoned or added"
        );
    }
    of_budget.map_or_else(String::new, |outage| match outage.until_ms {
        Some(until) => format!(
            "{} then has no ready pod for {}",
            outage.workload,
            SimDuration::from_millis(until - outage.from_ms).rounded()
        ),
        None => format!("{} then has no ready pod any more", outage.workload),
    })
}
