//! The most specific entry wins, and what nobody speaks of keeps its default.

use super::*;
use crate::ids::{PoolIdx, WorkloadIdx};
use crate::inventory::{self, Cluster, ControlPlane, Evidence, NodePool, Provider};
use crate::rng::Distribution;
use crate::synth::{self, FleetOptions};
use crate::units::SimDuration;

/// A cluster of EKS named `eu-1` with the pools `web` and `gpu` and some workloads.
fn cluster() -> Cluster {
    let options = FleetOptions {
        clusters: 1,
        nodes: 6,
        pods: 60,
        ..FleetOptions::default()
    };
    let mut fleet = inventory::resolve(&synth::generate(&options)).value;
    let mut cluster = fleet.clusters.remove(0);
    "eu-1".clone_into(&mut cluster.name);
    cluster.provider = Evidence::Known(Provider::Eks);
    let pool = |name: &str| NodePool {
        name: name.to_owned(),
        control_plane: false,
        by_karpenter: false,
        nodes: Vec::new(),
    };
    cluster.pools = vec![pool("web"), pool("gpu")];
    assert!(cluster.workloads.len() > 2);
    cluster
}

fn full_name(cluster: &Cluster, workload: WorkloadIdx) -> String {
    let workload = &cluster.workloads[workload.index()];
    format!("{}/{}", workload.namespace, workload.name)
}

/// An entry everywhere that takes so many seconds.
fn entry(quantity: Quantity, secs: u64) -> DurationEntry {
    DurationEntry {
        quantity,
        provider: None,
        cluster: None,
        pool: None,
        workload: None,
        distribution: Distribution::Constant(SimDuration::from_secs(secs)),
        basis: Basis::Measured,
        source: "a test".to_owned(),
    }
}

fn secs(distribution: &Distribution) -> u64 {
    distribution.quantile(500).as_secs()
}

#[test]
fn without_entries_the_provider_decides() {
    let mut cluster = cluster();
    cluster.control_plane.members = Evidence::Known(1);
    let minutes = |cluster: &Cluster| {
        let table = Durations::of(cluster, &[]);
        secs(table.of_cluster(Quantity::ControlPlane)) / 60
    };
    let mut told = Vec::new();
    for provider in Provider::ALL {
        cluster.provider = Evidence::Known(provider);
        told.push((provider.name(), minutes(&cluster)));
    }
    cluster.provider = Evidence::Unknown;
    told.push(("unknown", minutes(&cluster)));
    let expected = [
        ("gke", 15),
        ("eks", 12),
        ("aks", 10),
        ("clusterApi", 4),
        ("kubeadm", 4),
        ("kops", 4),
        ("unknown", 4),
    ];
    assert_eq!(told, expected);
}

// kubeadm upgrades one control-plane node after the other.
#[test]
fn members_of_a_control_plane_take_their_time_each() {
    let mut cluster = cluster();
    cluster.provider = Evidence::Known(Provider::Kubeadm);
    for (members, expected) in [(1, 4), (3, 12), (5, 20)] {
        cluster.control_plane.members = Evidence::Known(members);
        let table = Durations::of(&cluster, &[]);
        let whole = table.of_cluster(Quantity::ControlPlane);
        assert_eq!(secs(whole) / 60, expected);
        assert_eq!(whole.quantile(950).as_secs() / 60, expected * 3);
        let stated = Durations::of(&cluster, &[entry(Quantity::ControlPlane, 60)]);
        assert_eq!(secs(stated.of_cluster(Quantity::ControlPlane)), 60);
    }
}

#[test]
fn a_managed_control_plane_is_away_for_minutes() {
    let mut cluster = cluster();
    for (managed, expected) in [(true, 210), (false, 40)] {
        cluster.control_plane = ControlPlane {
            members: Evidence::Known(1),
            managed,
        };
        let table = Durations::of(&cluster, &[]);
        assert_eq!(secs(table.of_cluster(Quantity::ApiRestart)), expected);
    }
}

#[test]
fn the_most_specific_entry_wins_wherever_it_stands() {
    let cluster = cluster();
    let workload = WorkloadIdx(1);
    let of = |secs: u64, scope: fn(&mut DurationEntry)| {
        let mut entry = entry(Quantity::PodStart, secs);
        scope(&mut entry);
        entry
    };
    let mut entries = vec![
        of(40, |entry| entry.pool = Some("gpu".to_owned())),
        of(30, |entry| entry.cluster = Some("eu-1".to_owned())),
        of(20, |entry| entry.provider = Some(Provider::Eks)),
        of(10, |_| ()),
    ];
    entries.insert(
        0,
        DurationEntry {
            workload: Some(full_name(&cluster, workload)),
            ..entry(Quantity::PodStart, 50)
        },
    );
    let takes = |n_entries: usize, workload: u32, pool: Option<u32>| {
        let from = entries.len() - n_entries;
        let table = Durations::of(&cluster, &entries[from..]);
        let pool = pool.map(PoolIdx);
        secs(table.of_pod(Quantity::PodStart, WorkloadIdx(workload), pool))
    };
    assert_eq!(takes(0, 1, Some(1)), 8, "the default");
    for n_entries in 1..=5 {
        let expected = n_entries as u64 * 10;
        assert_eq!(takes(n_entries, 1, Some(1)), expected);
    }
    assert_eq!(takes(5, 1, Some(0)), 50, "the workload wherever it is");
    assert_eq!(takes(5, 0, Some(1)), 40, "another workload in that pool");
    assert_eq!(takes(5, 0, Some(0)), 30, "another workload in another pool");
    assert_eq!(takes(5, 0, None), 30, "another workload on no node");
}

#[test]
fn of_two_with_the_same_scope_the_later_wins() {
    let cluster = cluster();
    let of_gpu = |secs| DurationEntry {
        pool: Some("gpu".to_owned()),
        ..entry(Quantity::NodeBoot, secs)
    };
    let entries = [of_gpu(1), of_gpu(2), entry(Quantity::NodeBoot, 3)];
    let table = Durations::of(&cluster, &entries);
    assert_eq!(secs(table.of_pool(Quantity::NodeBoot, PoolIdx(1))), 2);
    assert_eq!(secs(table.of_pool(Quantity::NodeBoot, PoolIdx(0))), 3);
    assert!(entries[0].is_about_the_same(&entries[1]));
    assert!(!entries[0].is_about_the_same(&entries[2]));
}

#[test]
fn names_that_mean_nothing_here_change_nothing() {
    let cluster = cluster();
    let mut entries = vec![entry(Quantity::PodStart, 99); 4];
    entries[0].cluster = Some("us-1".to_owned());
    entries[1].provider = Some(Provider::Gke);
    entries[2].pool = Some("batch".to_owned());
    entries[3].workload = Some("nobody/here".to_owned());
    let table = Durations::of(&cluster, &entries);
    let all: Vec<u64> = (0..cluster.workloads.len() as u32)
        .map(|workload| {
            let pool = Some(PoolIdx(0));
            secs(table.of_pod(Quantity::PodStart, WorkloadIdx(workload), pool))
        })
        .collect();
    assert_eq!(all, vec![8; cluster.workloads.len()]);
}

#[test]
fn what_nothing_can_meet_is_not_in_effect() {
    let cluster = cluster();
    let of_pool = |name: &str, secs| DurationEntry {
        pool: Some(name.to_owned()),
        ..entry(Quantity::NodeBoot, secs)
    };
    let entries = [of_pool("web", 1), of_pool("gpu", 2), of_pool("gone", 3)];
    let met = Durations::of(&cluster, &entries).in_effect();
    let boots: Vec<Origin> = met
        .iter()
        .filter(|(quantity, _)| *quantity == Quantity::NodeBoot)
        .map(|(_, origin)| *origin)
        .collect();
    assert_eq!(boots, [Origin::Entry(0), Origin::Entry(1)]);
    // Every other quantity keeps the one default of its cluster.
    assert_eq!(met.len(), Quantity::ALL.len() + 1);
}

#[test]
fn an_entry_that_means_nothing_says_why() {
    let mut of_cluster = entry(Quantity::ControlPlane, 1);
    of_cluster.pool = Some("web".to_owned());
    let mut of_node = entry(Quantity::NodeBoot, 1);
    of_node.workload = Some("shop/web".to_owned());
    let mut unsourced = entry(Quantity::Shutdown, 1);
    unsourced.source = " ".to_owned();
    let mut empty = entry(Quantity::Shutdown, 1);
    empty.distribution = Distribution::Empirical(Vec::new().into());
    let told = [of_cluster, of_node, unsourced, empty].map(|entry| {
        let error = entry.check().expect_err("it means nothing");
        format!("{}: {error}\n", error.field())
    });
    expect_test::expect![[r#"
        pool: control-plane does not differ by pool; take `pool` out
        workload: node-boot does not differ by workload; take `workload` out
        source: source is empty; name a page, a ticket or a file, or `a guess`
        distribution: no duration is listed; write at least one, such as `[90s, 2m]`
    "#]]
    .assert_eq(&told.concat());
}
