//! What is measured of clusters of which little is known: never all of nothing, never zero.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::ids::PodIdx;
use crate::inventory::{Cluster, Evidence, Inventory, WorkloadType};
use crate::metrics::{Indicator, measure};
use crate::sim::EventKind;
use crate::sim::testing::{SURGE, WAIT, add_workload, cluster, fleet, plan, pool_steps, rehearse};
use crate::snapshot::PodPhase;

/// Rehearses the first of these clusters and shows the mean of each indicator, or why there is
/// none: of the fleet, then of each cluster.
#[track_caller]
fn check(clusters: Vec<Cluster>, expected: &Expect) {
    let inventory = fleet(clusters);
    let plan = plan(&[1], &pool_steps(SURGE, WAIT));
    let trace = rehearse(&inventory, &plan, &[], 1);
    let mut text = String::new();
    for row in measure(&inventory, &plan.gates, &trace).rows {
        let whose = row
            .cluster
            .map_or("fleet".to_owned(), |at| format!("c{}", at.0));
        let value = match row.series {
            Ok(series) => series.mean.to_string(),
            Err(why) => format!("{why:?}"),
        };
        let without = match row.n_left_out {
            0 => String::new(),
            n => format!(" without {n}"),
        };
        writeln!(text, "{whose} {:?} {value}{without}", row.indicator)
            .expect("a string takes any text");
    }
    expected.assert_eq(&text);
}

fn with_pods(name: &str, n_nodes: usize) -> Cluster {
    let mut cluster = cluster(name, n_nodes);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 2);
    cluster
}

#[test]
fn a_cluster_without_nodes_has_no_levels_and_is_left_out_of_the_fleet() {
    check(
        vec![with_pods("a", 2), cluster("b", 0)],
        &expect![[r#"
        fleet ApiAvailability 1000000 without 1
        fleet NodeReadiness 998091 without 1
        fleet DisruptedPods 0 without 1
        fleet PendingPods 0 without 1
        fleet ReadyCapacity 1000000 without 1
        fleet EtcdCommitP99 12000 without 1
        c0 ApiAvailability 1000000
        c0 NodeReadiness 998091
        c0 DisruptedPods 0
        c0 PendingPods 0
        c0 ReadyCapacity 1000000
        c0 EtcdCommitP99 12000
        c1 ApiAvailability NoNodes
        c1 NodeReadiness NoNodes
        c1 DisruptedPods NoPods
        c1 PendingPods NoPods
        c1 ReadyCapacity NoNodes
        c1 EtcdCommitP99 NoNodes
    "#]],
    );
}

#[test]
fn capacity_is_not_measured_where_a_node_does_not_tell_its_size() {
    let mut blind = with_pods("a", 2);
    blind.nodes[1].allocatable = Evidence::Unknown;
    check(
        vec![blind],
        &expect![[r#"
        fleet ApiAvailability 1000000
        fleet NodeReadiness 998091
        fleet DisruptedPods 0
        fleet PendingPods 0
        fleet ReadyCapacity CpuUnknown without 1
        fleet EtcdCommitP99 12000
        c0 ApiAvailability 1000000
        c0 NodeReadiness 998091
        c0 DisruptedPods 0
        c0 PendingPods 0
        c0 ReadyCapacity CpuUnknown
        c0 EtcdCommitP99 12000
    "#]],
    );
}

#[test]
fn capacity_has_no_share_where_nothing_was_schedulable() {
    let mut cordoned = cluster("b", 1);
    cordoned.nodes[0].unschedulable = true;
    check(
        vec![with_pods("a", 2), cordoned],
        &expect![[r#"
        fleet ApiAvailability 1000000 without 1
        fleet NodeReadiness 998569
        fleet DisruptedPods 0 without 1
        fleet PendingPods 0 without 1
        fleet ReadyCapacity 1000000 without 1
        fleet EtcdCommitP99 12000 without 1
        c0 ApiAvailability 1000000
        c0 NodeReadiness 998091
        c0 DisruptedPods 0
        c0 PendingPods 0
        c0 ReadyCapacity 1000000
        c0 EtcdCommitP99 12000
        c1 ApiAvailability NotRehearsed
        c1 NodeReadiness 1000000
        c1 DisruptedPods NoPods
        c1 PendingPods NoPods
        c1 ReadyCapacity NoReadyCpu
        c1 EtcdCommitP99 NotRehearsed
    "#]],
    );
}

// A drain evicts a job's finished pod, which served nothing and waited for nothing.
#[test]
fn a_finished_pod_that_goes_moves_no_level() {
    let mut cluster = with_pods("a", 2);
    add_workload(&mut cluster, "report", WorkloadType::Job, 1);
    cluster.workloads[1].replicas = 0;
    let pod = cluster.pods.last_mut().expect("the job's pod");
    (pod.phase, pod.ready) = (PodPhase::Succeeded, false);
    let measured = |inventory: &Inventory| {
        let plan = plan(&[1], &pool_steps(SURGE, WAIT));
        let trace = rehearse(inventory, &plan, &[], 1);
        let went = trace
            .events
            .iter()
            .any(|event| matches!(event.kind, EventKind::PodGone { pod } if pod == PodIdx(2)));
        let rows = measure(inventory, &plan.gates, &trace).rows;
        let pods = rows.into_iter().filter(|row| {
            matches!(
                row.indicator,
                Indicator::DisruptedPods | Indicator::PendingPods
            )
        });
        (
            went,
            pods.map(|row| format!("{:?}", row.series))
                .collect::<Vec<_>>(),
        )
    };
    let (went, with) = measured(&fleet(vec![cluster.clone()]));
    assert!(went);
    cluster.pods[2].node = None;
    let (stayed, without) = measured(&fleet(vec![cluster]));
    assert!(!stayed);
    assert_eq!(with, without);
}

#[test]
fn nodes_that_do_not_tell_whether_they_are_ready_are_neither() {
    let mut blind = with_pods("a", 2);
    blind.nodes[1].ready = Evidence::Unknown;
    check(
        vec![blind, with_pods("b", 2)],
        &expect![[r#"
        fleet ApiAvailability 1000000 without 1
        fleet NodeReadiness 1000000 without 1
        fleet DisruptedPods 0
        fleet PendingPods 0
        fleet ReadyCapacity 1000000 without 1
        fleet EtcdCommitP99 12000 without 1
        c0 ApiAvailability 1000000
        c0 NodeReadiness ReadyUnknown
        c0 DisruptedPods 0
        c0 PendingPods 0
        c0 ReadyCapacity ReadyUnknown
        c0 EtcdCommitP99 12000
        c1 ApiAvailability NotRehearsed
        c1 NodeReadiness 1000000
        c1 DisruptedPods 0
        c1 PendingPods 0
        c1 ReadyCapacity 1000000
        c1 EtcdCommitP99 NotRehearsed
    "#]],
    );
}
