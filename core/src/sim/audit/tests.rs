//! Each invariant, broken on purpose: a check that cannot fail is none.

use super::Audit;
use crate::ids::{BudgetIdx, ClusterIdx, NodeIdx, PodIdx, WorkloadIdx};
use crate::inventory::{Cluster, Mounts, WorkloadType};
use crate::plan::Step;
use crate::sim::fault::StepKind;
use crate::sim::testing::{NEW, OLD, add_budget, add_volumes, add_workload, cluster};
use crate::sim::trace::{Event, EventKind, Invariant, PodLevel};
use crate::units::{KubeVersion, SimTime};

/// The account of a cluster with its nodes and pods.
fn audit(cluster: &Cluster, steps: &[Step]) -> Audit {
    let mut audit = Audit::new(cluster, steps);
    for node in &cluster.nodes {
        audit.add_node(*node.allocatable.value().expect("a size"));
    }
    for pod in &cluster.pods {
        audit.add_pod(
            (pod.workload, pod.selection),
            pod.mounts,
            pod.node,
            PodLevel::Ready,
        );
    }
    audit
}

/// Nothing is broken until the last of these.
#[track_caller]
fn check(audit: &mut Audit, kinds: &[EventKind], expected: Invariant) {
    let (last, before) = kinds.split_last().expect("something happens");
    let at = |kind: EventKind| Event {
        at: SimTime::ZERO,
        cluster: Some(ClusterIdx(0)),
        kind,
        cause: None,
    };
    for kind in before {
        assert_eq!(audit.watch(&at(*kind)), None, "{kind:?}");
    }
    assert_eq!(audit.watch(&at(*last)), Some(expected), "{last:?}");
}

fn web() -> Cluster {
    let mut cluster = cluster("eu-1", 3);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    cluster
}

fn evicted(pod: u32, budget: Option<u32>) -> EventKind {
    EventKind::PodEvicted {
        pod: PodIdx(pod),
        node: NodeIdx(pod),
        budget: budget.map(BudgetIdx),
    }
}

#[test]
fn one_eviction_too_many_breaks_a_budget() {
    let mut cluster = web();
    add_budget(&mut cluster, WorkloadIdx(0), 1);
    check(
        &mut audit(&cluster, &[]),
        &[evicted(0, Some(0)), evicted(1, Some(0))],
        Invariant::BudgetKept,
    );
}

#[test]
fn a_ready_pod_of_two_budgets_must_stay() {
    let mut cluster = web();
    add_budget(&mut cluster, WorkloadIdx(0), 1);
    add_budget(&mut cluster, WorkloadIdx(0), 1);
    check(
        &mut audit(&cluster, &[]),
        &[evicted(0, None)],
        Invariant::TwoBudgetsHold,
    );
}

#[test]
fn a_node_that_is_full_takes_no_more() {
    let mut cluster = web();
    cluster.workloads[0].requests.cpu_millis = 2_100;
    let mut audit = audit(&cluster, &[]);
    audit.add_pod(
        (WorkloadIdx(0), None),
        Mounts::default(),
        None,
        PodLevel::Absent,
    );
    let (pod, node) = (PodIdx(3), NodeIdx(0));
    check(
        &mut audit,
        &[
            EventKind::PodCreated { pod },
            EventKind::PodScheduled { pod, node },
        ],
        Invariant::NodeCapacity,
    );
}

#[test]
fn room_counts_again_once_a_pod_is_gone() {
    let mut cluster = web();
    cluster.workloads[0].requests.cpu_millis = 2_100;
    let mut audit = audit(&cluster, &[]);
    for pod in [3, 4] {
        audit.add_pod(
            (WorkloadIdx(0), None),
            Mounts::default(),
            None,
            PodLevel::Absent,
        );
        assert_eq!(audit.pods.len(), pod + 1);
    }
    let node = NodeIdx(0);
    check(
        &mut audit,
        &[
            evicted(0, None),
            EventKind::PodGone { pod: PodIdx(0) },
            EventKind::PodCreated { pod: PodIdx(3) },
            EventKind::PodScheduled {
                pod: PodIdx(3),
                node,
            },
            EventKind::PodCreated { pod: PodIdx(4) },
            EventKind::PodScheduled {
                pod: PodIdx(4),
                node,
            },
        ],
        Invariant::NodeCapacity,
    );
}

#[test]
fn a_volume_cannot_be_on_two_nodes() {
    let mut cluster = cluster("eu-1", 3);
    let set = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 1);
    add_volumes(&mut cluster, set);
    let mut audit = audit(&cluster, &[]);
    audit.add_pod((set, None), cluster.pods[0].mounts, None, PodLevel::Absent);
    let (pod, node) = (PodIdx(1), NodeIdx(1));
    check(
        &mut audit,
        &[
            evicted(0, None),
            EventKind::PodCreated { pod },
            EventKind::PodScheduled { pod, node },
            // The first is still stopping.
            EventKind::PodReady { pod },
        ],
        Invariant::VolumeOnOneNode,
    );
}

#[test]
fn nothing_is_written_while_the_api_is_silent() {
    check(
        &mut audit(&web(), &[]),
        &[EventKind::ApiUnavailable {}, evicted(0, None)],
        Invariant::WritesNeedQuorum,
    );
}

#[test]
fn a_kubelet_is_never_newer_than_its_api_server() {
    let joined = EventKind::NodeJoined {
        node: NodeIdx(0),
        kubelet: KubeVersion::minor(NEW.major, NEW.minor + 1),
    };
    check(&mut audit(&web(), &[]), &[joined], Invariant::VersionSkew);
}

#[test]
fn a_control_plane_does_not_leave_kubelets_four_minors_behind() {
    let target = KubeVersion::minor(OLD.major, OLD.minor + 4);
    let steps = [Step::ControlPlane {
        from: OLD,
        to: target,
    }];
    check(
        &mut audit(&web(), &steps),
        &[
            EventKind::StepStarted {
                step: 0,
                of: StepKind::ControlPlane,
            },
            EventKind::MemberUpdated { member: 1, of: 3 },
        ],
        Invariant::VersionSkew,
    );
}

#[test]
fn an_owner_that_lost_a_pod_must_have_it_again() {
    check(
        &mut audit(&web(), &[]),
        &[
            evicted(0, None),
            EventKind::PodGone { pod: PodIdx(0) },
            EventKind::ClusterUpgraded {},
        ],
        Invariant::OwnersMadeWhole,
    );
}

#[test]
fn time_goes_on() {
    let mut audit = audit(&web(), &[]);
    let at = |millis: u64| Event {
        at: SimTime::from_millis(millis),
        cluster: Some(ClusterIdx(0)),
        kind: EventKind::SnapshotTaken {},
        cause: None,
    };
    assert_eq!(audit.watch(&at(5)), None);
    assert_eq!(audit.watch(&at(5)), None);
    assert_eq!(audit.watch(&at(4)), Some(Invariant::TimeGoesOn));
}
