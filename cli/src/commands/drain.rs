//! `wavetank drain`: what `kubectl drain` would print and do, what blocks it, what would mend it.

use std::collections::BTreeSet;

use wavetank_core::checked::Issue;
use wavetank_core::inventory::LabelQuery;
use wavetank_core::report::{DrainOutcome, DrainReport, text};
use wavetank_core::snapshot::{NODE_IN_TWO_FILES, Snapshot};
use wavetank_core::trial::{DrainRequest, SelectedPods, Trial};

use super::rehearsal;
use crate::args::{Drain, Format};
use crate::error::{Ending, Failure};
use crate::input;
use crate::output::{self, Output};

/// Rehearses and prints what came of it; whether every node is drained.
pub(super) fn run(arguments: &Drain, output: &mut Output) -> Result<bool, Ending> {
    let inputs = [&arguments.inputs[..], &arguments.more.filename[..]].concat();
    let (trial, snapshot) = rehearsal::load_fleet(&inputs)?;
    refuse_merged(&trial)?;
    let request = request(arguments, &snapshot)?;
    if arguments.all {
        return every_node(arguments, &trial, &request, output);
    }
    let report = trial.drain(&request).map_err(Failure::Drain)?;
    match arguments.format.chosen() {
        Format::Text => output.headed(&text::drain(&report))?,
        Format::Json => output.json(&report)?,
    }
    Ok(report.outcome == DrainOutcome::Drained)
}

/// Refuses clusters that may have been taken for one: a drain of one would be told with the pods
/// of both.
fn refuse_merged(trial: &Trial) -> Result<(), Failure> {
    let is_merged = |issue: &&Issue| issue.rule == NODE_IN_TWO_FILES;
    match trial.fleet().issues.iter().find(is_merged) {
        Some(issue) => Err(Failure::MergedClusters(Box::new(issue.clone()))),
        None => Ok(()),
    }
}

/// The request that the flags make.
fn request(arguments: &Drain, snapshot: &Snapshot) -> Result<DrainRequest, Failure> {
    let pods = arguments.pod_selector.as_ref().map(|selector| {
        let query: LabelQuery = selector.parse().map_err(Failure::Selector)?;
        let pods = selected(snapshot, &query);
        if pods.is_empty() {
            output::complain(&format!(
                "--pod-selector `{selector}` selects none of the pods that were loaded, so no pod \
                 leaves; `kubectl get pods -A --show-labels` lists their labels"
            ));
        }
        Ok(SelectedPods {
            selector: selector.clone(),
            pods,
        })
    });
    Ok(DrainRequest {
        cluster: arguments.cluster.clone(),
        nodes: arguments.nodes(),
        ignore_daemonsets: arguments.ignore_daemonsets,
        delete_emptydir_data: arguments.delete_emptydir_data,
        force: arguments.force,
        disable_eviction: arguments.disable_eviction,
        grace_period: arguments.grace_period(),
        timeout: arguments.timeout(),
        pods: pods.transpose()?,
        seed: arguments.seed,
    })
}

/// Cluster, namespace and name of every pod that a selector selects.
fn selected(snapshot: &Snapshot, query: &LabelQuery) -> BTreeSet<(String, String, String)> {
    let mut names = BTreeSet::new();
    for cluster in &snapshot.clusters {
        let selected = cluster.pods.iter().filter(|pod| query.selects(&pod.labels));
        names.extend(selected.map(|pod| {
            let (namespace, name) = (pod.namespace.clone(), pod.name.clone());
            (cluster.name.clone(), namespace, name)
        }));
    }
    names
}

/// Drains every node by itself, each from the snapshot as it is.
fn every_node(
    arguments: &Drain,
    trial: &Trial,
    request: &DrainRequest,
    output: &mut Output,
) -> Result<bool, Ending> {
    let drains = trial.drain_each(request).map_err(Failure::Drain)?;
    let bar = input::progress(drains.len() as u64, "{bar:20} {pos} of {len} nodes");
    let reports: Vec<DrainReport> = drains.inspect(|_| bar.inc(1)).collect();
    bar.finish_and_clear();
    match arguments.format.chosen() {
        Format::Text => output.headed(&text::drains(&reports))?,
        Format::Json => output.json(&reports)?,
    }
    let drained = |report: &DrainReport| report.outcome == DrainOutcome::Drained;
    Ok(reports.iter().all(drained))
}
