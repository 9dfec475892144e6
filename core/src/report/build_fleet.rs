//! Builds the fleet report: what was loaded, what was taken for it, and how to learn the rest.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::gaps::gaps;
use super::words::tier_words;
use super::{ClusterCard, Fact, FactState, FleetReport, NodeCard, PoolCard, TargetRow, Totals};
use crate::checked::Issue;
use crate::inventory::{Cluster, Evidence, Inventory, Provider, Window};
use crate::plan;
use crate::units::KubeVersion;

/// The most workloads a card offers for a fault to name.
const MOST_WORKLOADS: usize = 50;

/// Days of the week, Monday first.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Reports the fleet as it was loaded.
pub fn fleet(inventory: &Inventory, source: &str, issues: &[Issue]) -> FleetReport {
    let clusters: Vec<ClusterCard> = inventory
        .clusters
        .iter()
        .map(|cluster| card(cluster, issues))
        .collect();
    let mut totals = Totals::default();
    for card in &clusters {
        add(&mut totals, &card.totals);
    }
    FleetReport {
        name: inventory.name.clone(),
        source: source.to_owned(),
        totals,
        clusters,
        targets: targets(inventory),
        issues: issues.to_vec(),
    }
}

fn targets(inventory: &Inventory) -> Vec<TargetRow> {
    let default = plan::default_target(inventory);
    let choices = plan::targets(inventory).into_iter();
    choices
        .map(|choice| TargetRow {
            version: choice.version.to_string(),
            clusters: choice.n_clusters,
            is_default: default == Some(choice.version),
        })
        .collect()
}

fn add(sum: &mut Totals, more: &Totals) {
    sum.clusters += more.clusters;
    sum.nodes += more.nodes;
    sum.pods += more.pods;
    sum.workloads += more.workloads;
    sum.budgets += more.budgets;
    sum.facts_known += more.facts_known;
    sum.facts += more.facts;
}

fn card(cluster: &Cluster, issues: &[Issue]) -> ClusterCard {
    let field = |name: &str| format!("set `{name}` of the cluster in the fleet file");
    let mut card = ClusterCard {
        name: cluster.name.clone(),
        provider: fact(
            &cluster.provider,
            |p| provider_words(*p),
            &field("provider"),
        ),
        region: fact(&cluster.region, String::clone, &field("region")),
        environment: fact(&cluster.environment, String::clone, &field("environment")),
        tier: fact(&cluster.tier, |tier| tier_words(*tier), &field("tier")),
        owner: fact(&cluster.owner, String::clone, &field("owner")),
        approver: fact(&cluster.approver, String::clone, &field("approver")),
        version: fact(
            &cluster.version,
            KubeVersion::to_string,
            "add the output of `kubectl version -o json`",
        ),
        control_plane_members: fact(
            &cluster.control_plane.members,
            u32::to_string,
            &field("controlPlaneMembers"),
        ),
        windows: fact(
            &cluster.windows,
            |windows| window_lines(windows),
            "none of the windows named could be read; correct `windows` of the cluster in the \
             fleet file",
        ),
        kubelets: kubelets(cluster),
        totals: Totals::default(),
        pools: pools(cluster),
        nodes: nodes(cluster),
        workloads: workloads(cluster),
        gaps: gaps(cluster, issues),
    };
    card.totals = totals(cluster, &card);
    card
}

/// A fact with its text; for one that is not known, `how` it could be.
fn fact<T, S: Display>(evidence: &Evidence<T>, text: impl Fn(&T) -> S, how: &str) -> Fact {
    let (state, note) = match evidence {
        Evidence::Known(_) => (FactState::Known, String::new()),
        Evidence::Assumed { reason, .. } => (FactState::Assumed, reason.clone()),
        Evidence::Unknown => (FactState::Unknown, how.to_owned()),
    };
    let text = evidence.value().map(|value| text(value).to_string());
    Fact {
        text: text.unwrap_or_default(),
        state,
        note,
    }
}

fn provider_words(provider: Provider) -> &'static str {
    match provider {
        Provider::Gke => "GKE",
        Provider::Eks => "EKS",
        Provider::Aks => "AKS",
        Provider::ClusterApi => "Cluster API",
        Provider::Kubeadm => "kubeadm",
        Provider::Kops => "kOps",
    }
}

/// The windows as one line; a cluster that names none is taken to be open at any time.
fn window_lines(windows: &[Window]) -> String {
    if windows.is_empty() {
        return "any time".to_owned();
    }
    let lines: Vec<String> = windows.iter().map(window_words).collect();
    lines.join("; ")
}

/// A window such as `Sat Sun 22:00 for 4h, Europe/Berlin`.
fn window_words(window: &Window) -> String {
    let open = DAYS.iter().zip(window.days).filter(|(_, open)| *open);
    let days: Vec<&str> = open.map(|(day, _)| *day).collect();
    let days = match days.len() {
        7 => "daily".to_owned(),
        _ => days.join(" "),
    };
    let (hour, minute) = (window.start_minute / 60, window.start_minute % 60);
    let (duration, time_zone) = (window.duration, &window.time_zone);
    format!("{days} {hour:02}:{minute:02} for {duration}, {time_zone}")
}

fn kubelets(cluster: &Cluster) -> Vec<(String, u32)> {
    let mut counts: BTreeMap<KubeVersion, u32> = BTreeMap::new();
    for version in cluster.nodes.iter().filter_map(|n| n.kubelet.value()) {
        *counts.entry(*version).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|(version, n)| (version.to_string(), n))
        .collect()
}

fn pools(cluster: &Cluster) -> Vec<PoolCard> {
    let pools = cluster.pools.iter();
    pools
        .map(|pool| PoolCard {
            name: pool.name.clone(),
            control_plane: pool.control_plane,
            nodes: pool.nodes.len() as u32,
        })
        .collect()
}

fn nodes(cluster: &Cluster) -> Vec<NodeCard> {
    let mut pods = vec![0_u32; cluster.nodes.len()];
    for node in cluster.pods.iter().filter_map(|pod| pod.node) {
        pods[node.index()] += 1;
    }
    let zone = |zone: crate::ids::ZoneIdx| cluster.zones[zone.index()].clone();
    let nodes = cluster.nodes.iter().zip(pods);
    nodes
        .map(|(node, pods)| NodeCard {
            name: node.name.clone(),
            pool: node.pool.0,
            zone: node.zone.map(zone).unwrap_or_default(),
            kubelet: node
                .kubelet
                .value()
                .map(KubeVersion::to_string)
                .unwrap_or_default(),
            ready: node.ready.value().copied(),
            unschedulable: node.unschedulable,
            pods,
        })
        .collect()
}

/// The largest workloads, as faults name them.
fn workloads(cluster: &Cluster) -> Vec<String> {
    let mut largest: Vec<_> = cluster
        .workloads
        .iter()
        .filter(|w| w.replicas > 0)
        .collect();
    largest.sort_by_key(|w| (std::cmp::Reverse(w.replicas), &w.namespace, &w.name));
    let mut names: Vec<String> = Vec::new();
    for workload in largest {
        let name = format!("{}/{}", workload.namespace, workload.name);
        if names.len() < MOST_WORKLOADS && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn totals(cluster: &Cluster, card: &ClusterCard) -> Totals {
    let facts = [
        card.provider.state,
        card.tier.state,
        card.owner.state,
        card.approver.state,
        card.version.state,
        card.control_plane_members.state,
        card.windows.state,
    ];
    let known = facts.iter().filter(|state| **state == FactState::Known);
    let of_nodes = cluster.nodes.iter().map(|node| {
        u32::from(matches!(node.kubelet, Evidence::Known(_)))
            + u32::from(matches!(node.allocatable, Evidence::Known(_)))
            + u32::from(matches!(node.ready, Evidence::Known(_)))
    });
    let nodes = cluster.nodes.len() as u32;
    Totals {
        clusters: 1,
        nodes,
        pods: cluster.pods.len() as u32,
        workloads: cluster.workloads.len() as u32,
        budgets: cluster.budgets.len() as u32,
        facts_known: known.count() as u32 + of_nodes.sum::<u32>(),
        facts: facts.len() as u32 + 3 * nodes,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::checked::Checked;
    use crate::inventory::sample;

    /// Shows the facts, the counts and the gaps of one cluster.
    #[track_caller]
    fn check(resolved: &Checked<Inventory>, expected: &Expect) {
        let report = fleet(&resolved.value, "test", &resolved.issues);
        assert_eq!(report.totals, report.clusters[0].totals);
        let card = &report.clusters[0];
        let shown = [
            ("provider", &card.provider),
            ("tier", &card.tier),
            ("owner", &card.owner),
            ("version", &card.version),
            ("members", &card.control_plane_members),
            ("windows", &card.windows),
        ]
        .map(|(name, fact)| format!("{name}: {} ({:?}) {}", fact.text, fact.state, fact.note));
        let totals = &card.totals;
        let shown = format!(
            "{}kubelets {:?}\nworkloads {:?}\n{} of {} facts known\n{}",
            shown.map(|line| format!("{}\n", line.trim_end())).concat(),
            card.kubelets,
            card.workloads,
            totals.facts_known,
            totals.facts,
            card.gaps.join("\n"),
        );
        expected.assert_eq(&wrap(&shown));
    }

    /// Breaks lines that are too long for an expected text.
    fn wrap(text: &str) -> String {
        let mut wrapped = String::new();
        for line in text.lines() {
            let mut width = 0;
            for word in line.split(' ') {
                width += word.len() + 1;
                if width > 76 {
                    wrapped.push_str("\n   ");
                    width = word.len() + 4;
                }
                if !(wrapped.is_empty() || wrapped.ends_with('\n')) {
                    wrapped.push(' ');
                }
                wrapped.push_str(word);
            }
            wrapped.push('\n');
        }
        wrapped
    }

    #[test]
    fn a_dump_of_pods_alone_says_what_is_missing() {
        check(
            &sample::pods_alone(),
            &expect![[r#"
            provider:  (Unknown) set `provider` of the cluster in the fleet file
            tier:  (Unknown) set `tier` of the cluster in the fleet file
            owner:  (Unknown) set `owner` of the cluster in the fleet file
            version:  (Unknown) add the output of `kubectl version -o json`
            members:  (Unknown) set `controlPlaneMembers` of the cluster in the fleet
                file
            windows: any time (Assumed) no window is named; set `windows` of the
                cluster in the fleet file
            kubelets []
            workloads ["shop/db"]
            0 of 7 facts known
            no nodes, so nothing can be upgraded: `kubectl get nodes -o json`
            the API server's version is not told: `kubectl version -o json`
            no budgets: if there are any, `kubectl get poddisruptionbudgets -A -o json`
            how many members the control plane has is not told: `controlPlaneMembers`
                in the fleet file
            controllers of pods that are not in the input: 1, such as shop/db, so they
                are taken to want what was seen of them: add the output of `kubectl get
                deployments,replicasets,statefulsets,daemonsets,jobs -A -o json`
        "#]],
        );
    }

    #[test]
    fn a_cluster_that_is_described_has_few_gaps() {
        check(
            &sample::described(),
            &expect![[r#"
            provider: GKE (Known)
            tier: high (Known)
            owner: payments (Known)
            version: 1.30.2 (Assumed) an API server is never older than its kubelets,
                and the newest is at 1.30.2
            members: 3 (Assumed) the provider runs it out of sight, usually in three
                zones
            windows: Sat Sun 22:00 for 4h, Europe/Berlin (Known)
            kubelets [("1.30.2", 2)]
            workloads ["shop/db"]
            10 of 13 facts known
            the API server's version is not told: `kubectl version -o json`
            no budgets: if there are any, `kubectl get poddisruptionbudgets -A -o json`
            controllers of pods that are not in the input: 1, such as shop/db, so they
                are taken to want what was seen of them: add the output of `kubectl get
                deployments,replicasets,statefulsets,daemonsets,jobs -A -o json`
        "#]],
        );
    }
}
