//! From names to indices, from selectors to objects, from gaps to stated assumptions.

use std::collections::BTreeSet;

use super::{Cluster, Inventory};
use crate::checked::{Checked, Issue, IssueLevel, Place};
use crate::inventory::issues::IssueLog;
use crate::inventory::{
    budgets, evidence, extended, nodes, placement, pods, provider, volumes, windows, workloads,
};
use crate::snapshot::{ClusterSnapshot, Snapshot};

/// The name of a fleet that has none.
const UNNAMED_FLEET: &str = "Unnamed fleet";

/// Resolves a snapshot: names to indices, selectors to objects, gaps to assumptions.
pub fn resolve(snapshot: &Snapshot) -> Checked<Inventory> {
    let mut issues = Vec::new();
    let names = unique_names(snapshot, &mut issues);
    let mut clusters = Vec::with_capacity(names.len());
    for (cluster, name) in snapshot.clusters.iter().zip(names) {
        let mut log = IssueLog::new(cluster, &name);
        clusters.push(resolve_cluster(cluster, name, &mut log));
        issues.extend(log.finish());
    }
    let name = snapshot.name.clone().unwrap_or_else(|| {
        let [only] = clusters.as_slice() else {
            return UNNAMED_FLEET.to_owned();
        };
        only.name.clone()
    });
    Checked {
        value: Inventory { name, clusters },
        issues,
    }
}

fn resolve_cluster(cluster: &ClusterSnapshot, name: String, log: &mut IssueLog) -> Cluster {
    let mut table = nodes::resolve(cluster, log);
    let provider = provider::resolve(cluster, log);
    let groups = workloads::group(cluster, &table, log);
    let places = placement::resolve(&groups.groups, &mut table, log);
    let volumes = volumes::resolve(cluster, &groups, &mut table, log);
    let mut pods = pods::resolve(&groups, &table, &volumes, log);
    let extended = extended::resolve(&groups.groups, &mut table);
    let mut workloads =
        workloads::resolve(&groups.groups, places.of_groups, extended.of_groups, log);
    let budgets = budgets::resolve(cluster, &groups, &mut workloads, &mut pods, log);
    Cluster {
        name,
        region: evidence::region(cluster, &table),
        environment: evidence::text(cluster.facts.environment.as_ref()),
        tier: evidence::tier(cluster, log),
        owner: evidence::text(cluster.facts.owner.as_ref()),
        approver: evidence::text(cluster.facts.approver.as_ref()),
        windows: windows::resolve(cluster, log),
        version: evidence::version(cluster, &table, log),
        control_plane: evidence::control_plane(cluster, &table, &provider, log),
        provider,
        zones: table.zones,
        pools: table.pools,
        nodes: table.nodes,
        workloads,
        pods,
        budgets: budgets.budgets,
        selections: budgets.selections,
        volumes: volumes.volumes,
        mounted: volumes.mounted,
        taints: places.taints,
        extended: extended.names,
        topologies: places.topologies,
    }
}

/// One name for each cluster; faults and reports could not tell namesakes apart.
fn unique_names(snapshot: &Snapshot, issues: &mut Vec<Issue>) -> Vec<String> {
    let given: BTreeSet<&str> = snapshot.clusters.iter().map(|c| c.name.trim()).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut names = Vec::with_capacity(snapshot.clusters.len());
    for (position, cluster) in snapshot.clusters.iter().enumerate() {
        let wanted = match cluster.name.trim() {
            "" => format!("cluster-{}", position + 1),
            name => name.to_owned(),
        };
        let mut name = wanted.clone();
        let mut suffix = 2_u32;
        while taken.contains(&name) || (name != wanted && given.contains(name.as_str())) {
            name = format!("{wanted}-{suffix}");
            suffix += 1;
        }
        if name != cluster.name.trim() {
            issues.push(renamed(cluster, &name));
        }
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

fn renamed(cluster: &ClusterSnapshot, name: &str) -> Issue {
    let (rule, what) = match cluster.name.trim() {
        "" => ("unnamed-cluster", "the cluster has no name"),
        _ => ("duplicate-cluster", "another cluster has this name"),
    };
    Issue {
        level: IssueLevel::Warning,
        rule: rule.to_owned(),
        place: Place {
            object: Some(format!("Cluster {}", cluster.name)),
            ..Place::file(cluster.sources.first().map_or("fleet", String::as_str))
        },
        message: format!("{what}, so it is called `{name}`"),
        fix: "give every cluster of the fleet file a name of its own".to_owned(),
    }
}
