//! What is missing from a cluster's evidence, each gap with the command that would fill it.

use crate::checked::Issue;
use crate::inventory::{
    Cluster, Evidence, RULE_CLAIM_MISSING, RULE_VOLUME_MISSING, RULE_WORKLOAD_MISSING,
};

/// Gaps that resolving has counted already, with what each keeps from being seen.
const COUNTED: [&str; 3] = [
    RULE_WORKLOAD_MISSING,
    RULE_CLAIM_MISSING,
    RULE_VOLUME_MISSING,
];

/// The gaps of `cluster`, those that hide most first.
pub(super) fn gaps(cluster: &Cluster, issues: &[Issue]) -> Vec<String> {
    let mut gaps = Vec::new();
    let mut gap = |missing: bool, what: &str| {
        if missing {
            gaps.push(what.to_owned());
        }
    };
    gap(
        cluster.nodes.is_empty(),
        "no nodes, so nothing can be upgraded: `kubectl get nodes -o json`",
    );
    gap(
        cluster.pods.is_empty(),
        "no pods, so no drain can be rehearsed: `kubectl get pods -A -o json`",
    );
    gap(
        !matches!(cluster.version, Evidence::Known(_)),
        "the API server's version is not told: `kubectl version -o json`",
    );
    gap(
        cluster.budgets.is_empty(),
        "no budgets: if there are any, `kubectl get poddisruptionbudgets -A -o json`",
    );
    gap(
        matches!(cluster.control_plane.members, Evidence::Unknown),
        "how many members the control plane has is not told: \
         `controlPlaneMembers` in the fleet file",
    );
    let nodes = |lacks: fn(&crate::inventory::Node) -> bool| {
        cluster.nodes.iter().filter(|node| lacks(node)).count()
    };
    let of_nodes = [
        (
            "kubelet's version",
            nodes(|n| n.kubelet == Evidence::Unknown),
        ),
        (
            "allocatable CPU and memory",
            nodes(|n| n.allocatable == Evidence::Unknown),
        ),
        ("Ready condition", nodes(|n| n.ready == Evidence::Unknown)),
    ];
    for (what, count) in of_nodes {
        if count > 0 {
            let of = cluster.nodes.len();
            gaps.push(format!(
                "the {what} of {count} of {of} nodes is not told: `kubectl get nodes -o json`"
            ));
        }
    }
    let place = format!("Cluster {}", cluster.name);
    let counted = issues.iter().filter(|issue| {
        let here = issue.place.object.as_ref() == Some(&place);
        here && COUNTED.contains(&issue.rule.as_str())
    });
    gaps.extend(counted.map(|issue| format!("{}: {}", issue.message, issue.fix)));
    gaps
}
