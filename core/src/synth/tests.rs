//! Tests of synthetic fleets as a whole.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect;
#[cfg(not(target_arch = "wasm32"))]
use proptest::prelude::*;

use super::*;
use crate::snapshot::{ClusterSnapshot, PodPhase, WorkloadKind};

/// One line for each cluster.
fn summary(fleet: &Snapshot) -> String {
    let mut text = String::new();
    for cluster in &fleet.clusters {
        let facts = &cluster.facts;
        let (asked, offered) = cpu(cluster);
        let version = cluster.server_version.as_deref().unwrap_or("?");
        let line = format!(
            "{:<21} {:<10} {:<6} {:<8} {:>2} nodes {:>4} pods {:>3} PDBs {:>2}%\n",
            cluster.name,
            facts.provider.as_deref().unwrap_or("?"),
            facts.tier.as_deref().unwrap_or("?"),
            version.split('-').next().unwrap_or_default(),
            cluster.nodes.len(),
            cluster.pods.len(),
            cluster.budgets.len(),
            asked * 100 / offered.max(1),
        );
        text.push_str(&line);
    }
    text
}

/// Millicores asked for and offered, over all nodes.
fn cpu(cluster: &ClusterSnapshot) -> (u64, u64) {
    let live = cluster
        .pods
        .iter()
        .filter(|pod| pod.node_name.is_some() && pod.phase == PodPhase::Running);
    let asked = live.map(|pod| pod.template.requests.cpu_millis).sum();
    let offered = cluster
        .nodes
        .iter()
        .filter_map(|node| node.allocatable_cpu_millis);
    (asked, offered.sum())
}

fn n_pods(fleet: &Snapshot) -> usize {
    fleet
        .clusters
        .iter()
        .map(|cluster| cluster.pods.len())
        .sum()
}

// A demo that begins with complaints about itself teaches readers to pass over them.
#[test]
fn the_demo_fleet_is_read_without_a_complaint() {
    let resolved = crate::inventory::resolve(&generate(&FleetOptions::default()));
    let told: Vec<String> = resolved.issues.iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new());
    let pods = resolved
        .value
        .clusters
        .iter()
        .flat_map(|cluster| &cluster.pods);
    let n_waiting = pods.filter(|pod| pod.node.is_none() && pod.phase == PodPhase::Pending);
    assert!(
        n_waiting.count() > 0,
        "no pod of the demo asks for too much"
    );
}

#[test]
fn the_demo_fleet_is_this() {
    expect![[r#"
        eu-platform-dev-1     gke        low    v1.33.4  12 nodes  349 pods  51 PDBs 67%
        us-checkout-staging-1 eks        low    v1.32.8  16 nodes  465 pods  62 PDBs 68%
        eu-search-staging-1   aks        low    v1.33.4  17 nodes  495 pods  73 PDBs 67%
        us-data-dev-1         kubeadm    low    v1.31.12 17 nodes  407 pods  61 PDBs 58%
        ap-media-staging-1    gke        low    v1.32.8  20 nodes  582 pods  95 PDBs 81%
        eu-media-prod-1       eks        medium v1.32.8  31 nodes  902 pods 125 PDBs 57%
        us-search-prod-1      aks        medium v1.31.12 35 nodes 1018 pods 143 PDBs 77%
        eu-orders-prod-1      clusterApi medium v1.32.8  27 nodes  698 pods  95 PDBs 58%
        ap-data-prod-1        gke        medium v1.33.4  32 nodes  931 pods 141 PDBs 61%
        eu-payments-prod-1    gke        high   v1.31.12 44 nodes 1280 pods 170 PDBs 55%
        us-checkout-prod-1    eks        high   v1.30.14 47 nodes 1367 pods 201 PDBs 74%
        us-payments-prod-1    aks        high   v1.32.8  38 nodes 1106 pods 154 PDBs 85%
    "#]]
    .assert_eq(&summary(&generate(&FleetOptions::default())));
}

#[test]
fn the_demo_fleet_is_large_enough_and_mixed() {
    let fleet = generate(&FleetOptions::default());
    let facts = |pick: fn(&ClusterSnapshot) -> Option<&String>| -> BTreeSet<&str> {
        let values = fleet.clusters.iter().filter_map(pick);
        values.map(String::as_str).collect()
    };
    assert_eq!(facts(|cluster| cluster.facts.tier.as_ref()).len(), 3);
    assert!(facts(|cluster| cluster.facts.provider.as_ref()).len() >= 4);
    let nodes: usize = fleet
        .clusters
        .iter()
        .map(|cluster| cluster.nodes.len())
        .sum();
    assert!(nodes >= 330, "{nodes} nodes");
    assert!(
        (9_120..10_080).contains(&n_pods(&fleet)),
        "{} pods",
        n_pods(&fleet)
    );
}

#[test]
fn the_seed_decides_everything() {
    let json = |seed| {
        let options = FleetOptions {
            seed,
            clusters: 4,
            nodes: 40,
            pods: 900,
            ..FleetOptions::default()
        };
        serde_json::to_string(&generate(&options)).expect("a snapshot is JSON")
    };
    assert_eq!(json(3), json(3));
    assert_ne!(json(3), json(4));
}

/// Everything that must hold of any synthetic cluster.
#[track_caller]
fn check_cluster(cluster: &ClusterSnapshot) {
    check_rooms(cluster);
    check_references(cluster);
    let mut names = BTreeSet::new();
    for pod in &cluster.pods {
        let name = (&pod.namespace, &pod.name);
        assert!(names.insert(name), "two pods {name:?} in {}", cluster.name);
    }
    let nodes: BTreeSet<_> = cluster.nodes.iter().map(|node| &node.name).collect();
    assert_eq!(
        nodes.len(),
        cluster.nodes.len(),
        "node names of {}",
        cluster.name
    );
}

/// No node holds more than it has room for.
#[track_caller]
fn check_rooms(cluster: &ClusterSnapshot) {
    let mut asked: BTreeMap<&str, (u64, u64, u32)> = BTreeMap::new();
    for pod in &cluster.pods {
        if let Some(node) = &pod.node_name {
            let sums = asked.entry(node).or_default();
            sums.0 += pod.template.requests.cpu_millis;
            sums.1 += pod.template.requests.memory_bytes;
            sums.2 += 1;
        }
    }
    for node in &cluster.nodes {
        let (cpu, memory, pods) = asked.remove(node.name.as_str()).unwrap_or_default();
        assert!(
            Some(cpu) <= node.allocatable_cpu_millis,
            "CPU of {}",
            node.name
        );
        assert!(
            Some(memory) <= node.allocatable_memory_bytes,
            "memory of {}",
            node.name
        );
        assert!(Some(pods) <= node.allocatable_pods, "pods of {}", node.name);
    }
    assert!(
        asked.is_empty(),
        "pods on nodes there are none of: {asked:?}"
    );
}

/// Owners, claims, volumes and budgets name what is there.
#[track_caller]
fn check_references(cluster: &ClusterSnapshot) {
    let workloads: BTreeSet<(&str, &str, String)> = cluster
        .workloads
        .iter()
        .map(|w| {
            (
                w.namespace.as_str(),
                w.name.as_str(),
                format!("{:?}", w.kind),
            )
        })
        .collect();
    assert_eq!(
        workloads.len(),
        cluster.workloads.len(),
        "names of {}",
        cluster.name
    );
    let claims: BTreeMap<_, _> = cluster
        .claims
        .iter()
        .map(|claim| ((&claim.namespace, &claim.name), &claim.volume_name))
        .collect();
    let volumes: BTreeSet<_> = cluster.volumes.iter().map(|volume| &volume.name).collect();
    for pod in &cluster.pods {
        if let Some(owner) = pod.owner.as_ref().filter(|_| !pod.mirror) {
            let key = (
                pod.namespace.as_str(),
                owner.name.as_str(),
                owner.kind.clone(),
            );
            assert!(workloads.contains(&key), "the owner of {}", pod.name);
        }
        for claim in &pod.template.claims {
            let volume = claims
                .get(&(&pod.namespace, claim))
                .expect("the pod's claim");
            let volume = volume.as_ref().expect("the claim's volume");
            assert!(volumes.contains(volume), "the volume of {claim}");
        }
    }
    let selectable: BTreeSet<(&str, &str)> = cluster
        .pods
        .iter()
        .flat_map(|pod| {
            pod.labels
                .values()
                .map(|name| (pod.namespace.as_str(), name.as_str()))
        })
        .collect();
    for budget in &cluster.budgets {
        let selector = budget.selector.as_ref().expect("a selector");
        let name = &selector.match_labels["app.kubernetes.io/name"];
        let key = (budget.namespace.as_str(), name.as_str());
        assert!(
            selectable.contains(&key),
            "budget {} selects nothing",
            budget.name
        );
    }
}

#[test]
fn the_demo_fleet_is_sound() {
    let fleet = generate(&FleetOptions::default());
    assert!(!fleet.clusters.is_empty());
    for cluster in &fleet.clusters {
        check_cluster(cluster);
    }
}

#[cfg(not(target_arch = "wasm32"))]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_options_make_a_sound_fleet(
        seed: u64,
        clusters in 0_u32..30,
        nodes in 0_u32..90,
        pods in 0_u32..4_000,
        newest_minor in 0_u16..60,
        version_drift in 0_u16..40,
        shares in (0_u32..1_100, 0_u32..1_100, 0_u32..1_100),
    ) {
        let fleet = generate(&FleetOptions {
            seed,
            name: String::new(),
            clusters,
            nodes,
            pods,
            newest_minor,
            version_drift,
            blocking_budgets_per_mille: shares.0,
            missing_budgets_per_mille: shares.1,
            missing_owners_per_mille: shares.2,
        });
        prop_assert_eq!(fleet.clusters.len(), clusters as usize);
        let names: BTreeSet<_> = fleet.clusters.iter().map(|cluster| &cluster.name).collect();
        prop_assert_eq!(names.len(), fleet.clusters.len());
        for cluster in &fleet.clusters {
            check_cluster(cluster);
        }
    }
}

/// Services with a budget that can never be met, those of several replicas without any, and all
/// services of several replicas.
fn shares(fleet: &Snapshot) -> (usize, usize, usize, usize) {
    let (mut services, mut several, mut missing, mut blocked) = (0, 0, 0, 0);
    for cluster in &fleet.clusters {
        let budgets: BTreeMap<_, Vec<_>> = cluster.budgets.iter().fold(
            BTreeMap::new(),
            |mut map: BTreeMap<_, Vec<_>>, budget| {
                let name = &budget.selector.as_ref().expect("a selector").match_labels
                    ["app.kubernetes.io/name"];
                map.entry((&budget.namespace, name)).or_default().push(budget);
                map
            },
        );
        for workload in &cluster.workloads {
            let service = matches!(
                workload.kind,
                WorkloadKind::Deployment | WorkloadKind::StatefulSet
            );
            let image = workload.template.images.first();
            if !service || !image.is_some_and(|image| image.starts_with("registry.example")) {
                continue;
            }
            let guards = budgets.get(&(&workload.namespace, &workload.name));
            let replicas = workload.replicas.unwrap_or(1);
            services += 1;
            several += usize::from(replicas > 1);
            missing += usize::from(replicas > 1 && guards.is_none());
            let never = guards.into_iter().flatten().any(|budget| {
                let all = budget.min_available.map(|min| min.scaled_up(replicas));
                let none = budget.max_unavailable.map(|max| max.scaled_up(replicas));
                all >= Some(i64::from(replicas)) || none == Some(0)
            });
            blocked += usize::from(never);
        }
    }
    (services, several, missing, blocked)
}

#[test]
fn flaws_come_in_the_promised_shares() {
    let options = FleetOptions {
        clusters: 24,
        nodes: 700,
        pods: 20_000,
        blocking_budgets_per_mille: 60,
        missing_budgets_per_mille: 300,
        missing_owners_per_mille: 250,
        ..FleetOptions::default()
    };
    let fleet = generate(&options);
    let (services, several, missing, blocked) = shares(&fleet);
    let per_mille = |part: usize, whole: usize| part * 1_000 / whole;
    let blocked = per_mille(blocked, services);
    let missing = per_mille(missing, several);
    assert!((50..=65).contains(&blocked), "{blocked} per mille blocked");
    assert!(
        (270..=330).contains(&missing),
        "{missing} per mille without a budget"
    );
    let ownerless = fleet
        .clusters
        .iter()
        .filter(|c| c.facts.owner.is_none())
        .count();
    assert_eq!(ownerless, 6);
}

/// Budgets that allow no disruption, in clusters where drains are not forced in the end.
fn stuck(fleet: &Snapshot) -> Vec<String> {
    let waiting = fleet
        .clusters
        .iter()
        .filter(|cluster| cluster.facts.provider.as_deref() != Some("gke"));
    waiting
        .flat_map(|cluster| cluster.budgets.iter().map(move |budget| (cluster, budget)))
        .filter(|(_, budget)| {
            budget
                .status
                .is_some_and(|status| status.disruptions_allowed <= 0)
        })
        .map(|(cluster, budget)| format!("{} {}/{}", cluster.name, budget.namespace, budget.name))
        .collect()
}

// The opening story: one cluster of the middle tier cannot be drained, and everything before it
// can. Where drains are forced, a bad budget costs hours and no more.
#[test]
fn in_the_demo_one_cluster_alone_can_never_be_drained() {
    for seed in 0..12 {
        let fleet = generate(&FleetOptions {
            seed,
            ..FleetOptions::default()
        });
        expect!["eu-orders-prod-1 payments/ledger"].assert_eq(&stuck(&fleet).join("\n"));
    }
}

#[test]
fn work_grows_with_the_fleet_and_no_faster() {
    let n_objects = |factor: u32| {
        let fleet = generate(&FleetOptions {
            clusters: 5 * factor,
            nodes: 100 * factor,
            pods: 2_000 * factor,
            ..FleetOptions::default()
        });
        let objects = fleet.clusters.iter().map(|cluster| {
            let owned = cluster.workloads.len() + cluster.budgets.len();
            cluster.nodes.len() + cluster.pods.len() + cluster.claims.len() + owned
        });
        objects.sum::<usize>()
    };
    let (small, large) = (n_objects(1), n_objects(8));
    assert!(
        large > small * 7 && large < small * 9,
        "{small} objects, then {large}"
    );
}

#[test]
fn absurd_sizes_are_cut_to_the_limits() {
    let fleet = generate(&FleetOptions {
        clusters: u32::MAX,
        nodes: 1,
        pods: 0,
        ..FleetOptions::default()
    });
    assert_eq!(fleet.clusters.len(), 1_000);
}
