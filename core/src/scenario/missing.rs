//! What a fault's scope names that the fleet or the plan does not have.
//!
//! A fault that strikes nowhere leaves a rehearsal as it was, which reads like a fleet that bears
//! the fault. So every name that means nothing is told, with the one that was meant.

use std::collections::BTreeSet;
use std::fmt;

use super::suggest;
use crate::checked::{Issue, IssueLevel, Place};
use crate::inventory::{Cluster, Inventory};
use crate::sim::fault::Fault;

/// Names told where none is close to what was written.
const NAMES_MAX: usize = 5;

/// A name in a fault's scope that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingName {
    /// The field of the scope: `cluster`, `zone`, `pool`, `node`, `workload` or `wave`.
    pub field: &'static str,
    /// What it says.
    pub name: String,
    /// What may have been meant: a clause.
    pub hint: String,
    /// Whether it is a slip of a name that exists.
    pub is_near: bool,
}

impl fmt::Display for MissingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field, name, hint, ..
        } = self;
        write!(f, "there is no {field} `{name}` there: {hint}")
    }
}

/// The names in the scope of `fault` that mean nothing, in a plan of so many waves.
///
/// Inside a cluster that does not exist nothing else is looked for.
pub fn missing_names(fault: &Fault, inventory: &Inventory, n_waves: u32) -> Vec<MissingName> {
    let scope = &fault.scope;
    let mut missing = Vec::new();
    if let Some(wave) = scope.wave.filter(|wave| *wave == 0 || n_waves < *wave) {
        missing.push(MissingName {
            field: "wave",
            name: wave.to_string(),
            hint: match n_waves {
                0 => "the plan has no wave".to_owned(),
                1 => "the plan has wave 1 alone".to_owned(),
                n => format!("the plan has waves 1 to {n}"),
            },
            is_near: false,
        });
    }
    let named = |cluster: &&Cluster| {
        let name = scope.cluster.as_ref();
        name.is_none_or(|name| *name == cluster.name)
    };
    let clusters: Vec<&Cluster> = inventory.clusters.iter().filter(named).collect();
    if let Some(name) = scope.cluster.as_ref().filter(|_| clusters.is_empty()) {
        let known = inventory.clusters.iter().map(|c| c.name.clone()).collect();
        missing.extend(unless_known("cluster", name, &known));
        return missing;
    }
    let all = |names: &dyn Fn(&Cluster) -> Vec<String>| -> BTreeSet<String> {
        clusters.iter().flat_map(|cluster| names(cluster)).collect()
    };
    if let Some(name) = &scope.zone {
        let known = all(&|c| c.zones.clone());
        missing.extend(unless_known("zone", name, &known));
    }
    if let Some(name) = &scope.pool {
        let known = all(&|c| c.pools.iter().map(|pool| pool.name.clone()).collect());
        missing.extend(unless_known("pool", name, &known));
    }
    if let Some(name) = &scope.node {
        let known = all(&|c| c.nodes.iter().map(|node| node.name.clone()).collect());
        missing.extend(unless_known("node", name, &known));
    }
    if let Some(name) = &scope.workload {
        let known = all(&|c| {
            let workloads = c.workloads.iter();
            let full = workloads.map(|w| format!("{}/{}", w.namespace, w.name));
            full.collect()
        });
        missing.extend(unless_known("workload", name, &known));
    }
    missing
}

/// The missing names of all faults as issues of the scenario in `file`.
pub fn missing_name_issues(
    faults: &[Fault],
    inventory: &Inventory,
    n_waves: u32,
    file: &str,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (index, fault) in faults.iter().enumerate() {
        for missing in missing_names(fault, inventory, n_waves) {
            let MissingName {
                field, name, hint, ..
            } = missing;
            // A rehearsal may make a node of this name, so that one is no error.
            let (level, what) = match field {
                "node" => (
                    IssueLevel::Warning,
                    "; unless the rehearsal makes one, the fault strikes nowhere",
                ),
                _ => (IssueLevel::Error, ", so the fault strikes nowhere"),
            };
            issues.push(Issue {
                level,
                rule: "fault-names-nothing".to_owned(),
                place: Place {
                    object: Some(format!("faults[{index}].scope.{field}")),
                    ..Place::file(file)
                },
                message: format!("there is no {field} `{name}`{what}"),
                fix: hint,
            });
        }
    }
    issues
}

pub(super) fn unless_known(
    field: &'static str,
    name: &str,
    known: &BTreeSet<String>,
) -> Option<MissingName> {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    (!known.contains(name)).then(|| MissingName {
        field,
        is_near: suggest::nearest(name, &names).is_some(),
        name: name.to_owned(),
        hint: match known.len() {
            0 => format!("no {field} was loaded there"),
            _ => suggest::hint_among(name, known, NAMES_MAX),
        },
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::inventory::WorkloadType;
    use crate::sim::fault::{FaultKind, Scope, Trigger};
    use crate::sim::testing::{add_workload, cluster, fault, fleet};

    /// Two clusters, the first with the workload `shop/web`, under a plan of two waves.
    #[track_caller]
    fn check(scope: Scope, expected: &Expect) {
        let mut first = cluster("eu-1", 2);
        add_workload(&mut first, "web", WorkloadType::Deployment, 2);
        let inventory = fleet(vec![first, cluster("us-1", 1)]);
        let fault = Fault {
            scope,
            ..fault(FaultKind::CniBreak, Trigger::ClusterStart, 1_000)
        };
        let issues = missing_name_issues(&[fault], &inventory, 2, "s.yaml");
        let lines = issues.iter().map(|issue| format!("{issue}\n"));
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn names_that_exist_are_no_issue() {
        let scope = Scope {
            wave: Some(2),
            cluster: Some("eu-1".to_owned()),
            zone: Some("b".to_owned()),
            pool: Some("web".to_owned()),
            node: Some("node-1".to_owned()),
            workload: Some("shop/web".to_owned()),
        };
        check(scope, &expect![""]);
    }

    #[test]
    fn a_name_that_means_nothing_is_told_with_the_one_that_was_meant() {
        let scope = Scope {
            wave: Some(3),
            cluster: Some("eu-11".to_owned()),
            ..Scope::default()
        };
        check(
            scope,
            &expect![[r#"
            s.yaml (faults[0].scope.wave): error[fault-names-nothing]: there is no wave `3`, so the fault strikes nowhere; the plan has waves 1 to 2
            s.yaml (faults[0].scope.cluster): error[fault-names-nothing]: there is no cluster `eu-11`, so the fault strikes nowhere; did you mean `eu-1`?
        "#]],
        );
        let scope = Scope {
            cluster: Some("us-1".to_owned()),
            zone: Some("d".to_owned()),
            node: Some("node-1".to_owned()),
            workload: Some("shop/web".to_owned()),
            ..Scope::default()
        };
        check(
            scope,
            &expect![[r#"
                s.yaml (faults[0].scope.zone): error[fault-names-nothing]: there is no zone `d`, so the fault strikes nowhere; did you mean `a`?
                s.yaml (faults[0].scope.node): warning[fault-names-nothing]: there is no node `node-1`; unless the rehearsal makes one, the fault strikes nowhere; did you mean `node-0`?
                s.yaml (faults[0].scope.workload): error[fault-names-nothing]: there is no workload `shop/web`, so the fault strikes nowhere; no workload was loaded there
            "#]],
        );
    }
}
