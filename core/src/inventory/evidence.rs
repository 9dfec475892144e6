//! What is known of a cluster as a whole, and what may be taken for what is not.

use std::collections::BTreeMap;

use super::{ControlPlane, Evidence, Provider, Tier};
use crate::inventory::issues::IssueLog;
use crate::inventory::nodes::NodeTable;
use crate::snapshot::ClusterSnapshot;
use crate::units::KubeVersion;

/// Members of a control plane that the provider runs out of sight.
const MANAGED_MEMBERS: u32 = 3;

/// More members than this are a slip of the pen; etcd itself advises seven at most.
pub const MOST_MEMBERS: u32 = 99;

/// Labels that hold a node's region, current name first.
const REGION_LABELS: [&str; 2] = [
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/region",
];

/// A text of the fleet file; blank means unknown.
pub(super) fn text(value: Option<&String>) -> Evidence<String> {
    value
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .into()
}

/// The criticality tier the fleet file gives.
pub(super) fn tier(cluster: &ClusterSnapshot, log: &mut IssueLog) -> Evidence<Tier> {
    let Evidence::Known(text) = text(cluster.facts.tier.as_ref()) else {
        return Evidence::Unknown;
    };
    match text.to_ascii_lowercase().as_str() {
        "low" => Evidence::Known(Tier::Low),
        "medium" => Evidence::Known(Tier::Medium),
        "high" => Evidence::Known(Tier::High),
        _ => {
            log.warn(
                "bad-tier",
                &log.cluster(),
                format!("tier is `{text}`, so it counts as unknown"),
                "write the tier as `low`, `medium` or `high`",
            );
            Evidence::Unknown
        }
    }
}

/// The region: the fleet file's, else the one that most nodes are labelled with.
pub(super) fn region(cluster: &ClusterSnapshot, table: &NodeTable<'_>) -> Evidence<String> {
    if let Evidence::Known(region) = text(cluster.facts.region.as_ref()) {
        return Evidence::Known(region);
    }
    let mut counts: BTreeMap<&String, u32> = BTreeMap::new();
    for node in &table.objects {
        let label = REGION_LABELS.iter().find_map(|key| node.labels.get(*key));
        if let Some(region) = label.filter(|region| !region.is_empty()) {
            *counts.entry(region).or_default() += 1;
        }
    }
    let largest = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    largest.map(|(region, _)| region.clone()).into()
}

/// The API server's version: what it says, what its owners say, or what its kubelets imply.
pub(super) fn version(
    cluster: &ClusterSnapshot,
    table: &NodeTable<'_>,
    log: &mut IssueLog,
) -> Evidence<KubeVersion> {
    let server = parse_version(
        cluster.server_version.as_ref(),
        "the dump's API server version",
        log,
    );
    let stated = parse_version(
        cluster.facts.version.as_ref(),
        "the fleet file's version",
        log,
    );
    if let (Some(server), Some(stated)) = (server, stated)
        && server.without_patch() != stated.without_patch()
    {
        log.warn(
            "version-conflict",
            &log.cluster(),
            format!("version is {stated}, but the API server says {server}, which is used"),
            "correct the version, or check that the dump is of this cluster",
        );
    }
    if let Some(version) = server.or(stated) {
        return Evidence::Known(version);
    }
    let kubelets = table.nodes.iter().filter_map(|node| node.kubelet.value());
    match kubelets.max() {
        Some(newest) => Evidence::Assumed {
            value: *newest,
            reason: format!(
                "an API server is never older than its kubelets, and the newest is at {newest}"
            ),
        },
        None => Evidence::Unknown,
    }
}

fn parse_version(text: Option<&String>, what: &str, log: &mut IssueLog) -> Option<KubeVersion> {
    match text?.parse() {
        Ok(version) => Some(version),
        Err(error) => {
            log.warn(
                "bad-version",
                &log.cluster(),
                format!("{what}: {error}"),
                "correct it, or add the output of `kubectl version -o json`",
            );
            None
        }
    }
}

/// The control plane: counted, stated, or taken for what providers run.
pub(super) fn control_plane(
    cluster: &ClusterSnapshot,
    table: &NodeTable<'_>,
    provider: &Evidence<Provider>,
    log: &mut IssueLog,
) -> ControlPlane {
    let seen = table
        .pools
        .iter()
        .filter(|pool| pool.control_plane)
        .map(|pool| pool.nodes.len())
        .sum::<usize>();
    let by_provider = matches!(
        provider.value(),
        Some(Provider::Gke | Provider::Eks | Provider::Aks)
    );
    let managed = seen == 0 && by_provider;
    let stated = cluster.facts.control_plane_members;
    let usable = stated.filter(|members| (1..=MOST_MEMBERS).contains(members));
    if let (Some(stated), None) = (stated, usable) {
        log.warn(
            "bad-control-plane-members",
            &log.cluster(),
            format!("controlPlaneMembers is {stated}, so it is left out"),
            "write how many control-plane members there are, from 1 to 99",
        );
    }
    let members = if seen > 0 {
        Evidence::Known(u32::try_from(seen).unwrap_or(u32::MAX))
    } else if let Some(stated) = usable {
        Evidence::Known(stated)
    } else if managed {
        Evidence::Assumed {
            value: MANAGED_MEMBERS,
            reason: "the provider runs it out of sight, usually in three zones".to_owned(),
        }
    } else {
        Evidence::Unknown
    };
    ControlPlane { members, managed }
}
