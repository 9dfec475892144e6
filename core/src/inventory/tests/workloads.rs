//! Which pods come back together, and how many of them are wanted.

use expect_test::expect;

use crate::inventory::Pod;
use crate::inventory::tests::{check_workloads, one_node, pod, resolve_one, workload};
use crate::snapshot::{
    ClusterSnapshot, ContainerResources, PodObject, PodPhase, PodTemplate, WorkloadKind,
};
use crate::units::SimDuration;

#[test]
fn pods_are_climbed_through_replica_sets_to_the_deployment() {
    let cluster = ClusterSnapshot {
        workloads: vec![
            workload(
                WorkloadKind::ReplicaSet,
                "shop/web-new",
                Some(3),
                "apps/v1/Deployment/web",
            ),
            workload(
                WorkloadKind::ReplicaSet,
                "shop/web-old",
                Some(0),
                "apps/v1/Deployment/web",
            ),
            workload(WorkloadKind::Deployment, "shop/web", Some(3), ""),
        ],
        pods: vec![
            pod("shop/web-new-1", "apps/v1/ReplicaSet/web-new", ""),
            pod("shop/web-old-1", "apps/v1/ReplicaSet/web-old", ""),
        ],
        ..one_node()
    };
    check_workloads(
        cluster,
        &expect![[r#"
        Deployment shop/web wants 3: web-new-1 web-old-1
    "#]],
    );
}

#[test]
fn a_deployment_is_named_by_the_hash_of_its_pods() {
    let cluster = ClusterSnapshot {
        pods: vec![
            pod("shop/web-5f-1", "ReplicaSet/web-5f", "pod-template-hash=5f"),
            pod("shop/web-5f-2", "ReplicaSet/web-5f", "pod-template-hash=5f"),
            pod("shop/api-1", "ReplicaSet/api", ""),
        ],
        ..one_node()
    };
    check_workloads(
        cluster,
        &expect![[r#"
        Deployment shop/web wants 2: web-5f-1 web-5f-2
        Deployment shop/api wants 1: api-1
        c.json (Cluster c): note[workload-missing]: controllers of pods that are not in the
            input: 2, such as shop/api, so they are taken to want what was seen of them;
            add the output of `kubectl get
            deployments,replicasets,statefulsets,daemonsets,jobs -A -o json`
    "#]],
    );
}

#[test]
fn replica_sets_tell_what_an_absent_deployment_wants() {
    let cluster = ClusterSnapshot {
        workloads: vec![
            workload(
                WorkloadKind::ReplicaSet,
                "shop/web-a",
                Some(2),
                "apps/v1/Deployment/web",
            ),
            workload(
                WorkloadKind::ReplicaSet,
                "shop/web-b",
                Some(1),
                "apps/v1/Deployment/web",
            ),
        ],
        ..one_node()
    };
    check_workloads(
        cluster,
        &expect![[r#"
        Deployment shop/web wants 3: 
        c.json (Cluster c): note[workload-missing]: controllers of pods that are not in the
            input: 1, such as shop/web, so they are taken to want what was seen of them;
            add the output of `kubectl get
            deployments,replicasets,statefulsets,daemonsets,jobs -A -o json`
    "#]],
    );
}

#[test]
fn every_kind_of_controller_is_told_apart() {
    let cluster = ClusterSnapshot {
        workloads: vec![
            workload(
                WorkloadKind::StatefulSet,
                "db/pg",
                None,
                "acid.zalan.do/v1/postgresql/pg",
            ),
            workload(WorkloadKind::DaemonSet, "kube-system/cni", None, ""),
            workload(
                WorkloadKind::Job,
                "db/backup-1",
                Some(1),
                "batch/v1/CronJob/backup",
            ),
            workload(WorkloadKind::ReplicationController, "old/rc", Some(2), ""),
        ],
        pods: vec![
            pod("db/pg-0", "apps/v1/StatefulSet/pg", ""),
            pod("kube-system/cni-x", "apps/v1/DaemonSet/cni", ""),
            PodObject {
                phase: PodPhase::Succeeded,
                ..pod("db/backup-1-x", "batch/v1/Job/backup-1", "")
            },
            pod("old/rc-1", "v1/ReplicationController/rc", ""),
            pod("old/alone", "", ""),
            pod("kube-system/kube-proxy-n1", "v1/Node/n1", ""),
            PodObject {
                mirror: true,
                ..pod("kube-system/etcd-n1", "", "")
            },
            pod("ml/train-0", "batch.volcano.sh/v1/Job/train", ""),
            pod("ml/web-1", "argoproj.io/v1/Rollout/web", ""),
        ],
        ..one_node()
    };
    check_workloads(
        cluster,
        &expect![[r#"
        StatefulSet db/pg wants 1: pg-0
        DaemonSet kube-system/cni wants 1: cni-x
        Job db/backup-1 wants 0: backup-1-x
        Deployment old/rc wants 2: rc-1
        Bare old/alone wants 1: alone
        Static kube-system/kube-proxy wants 1: kube-proxy-n1
        Static kube-system/etcd wants 1: etcd-n1
        Other ml/train wants 1: train-0
        Other ml/web wants 1: web-1
    "#]],
    );
}

#[test]
fn owners_that_own_each_other_do_not_hang() {
    let cluster = ClusterSnapshot {
        workloads: vec![
            workload(
                WorkloadKind::ReplicaSet,
                "x/a",
                Some(1),
                "apps/v1/ReplicaSet/b",
            ),
            workload(
                WorkloadKind::ReplicaSet,
                "x/b",
                Some(1),
                "apps/v1/ReplicaSet/a",
            ),
            workload(
                WorkloadKind::Deployment,
                "x/d",
                Some(1),
                "apps/v1/Deployment/d",
            ),
        ],
        pods: vec![pod("x/a-1", "apps/v1/ReplicaSet/a", "")],
        ..one_node()
    };
    check_workloads(
        cluster,
        &expect![[r#"
        Deployment x/a wants 1: a-1
        Deployment x/b wants 1: 
        Deployment x/d wants 1: 
    "#]],
    );
}

#[test]
fn names_that_come_twice_are_kept_once() {
    let cluster = ClusterSnapshot {
        workloads: vec![
            workload(WorkloadKind::Deployment, "x/d", Some(1), ""),
            workload(WorkloadKind::Deployment, "x/d", Some(9), ""),
        ],
        pods: vec![pod("x/p", "", ""), pod("x/p", "", "")],
        ..one_node()
    };
    check_workloads(
        cluster,
        &expect![[r#"
        Deployment x/d wants 1: 
        Bare x/p wants 1: p
        c.json (Deployment x/d): warning[duplicate-workload]: one of this name was read
            before, so this one is left out; keep the dumps of different clusters apart
        c.json (Pod x/p): warning[duplicate-pod]: a pod of this name was read before, so
            this one is left out; keep the dumps of different clusters apart
    "#]],
    );
}

#[test]
fn a_pod_on_an_unknown_node_counts_as_unplaced() {
    let elsewhere = |index| PodObject {
        node_name: Some("gone".to_owned()),
        ..pod(&format!("x/p{index}"), "", "")
    };
    let cluster = ClusterSnapshot {
        pods: (0..5).map(elsewhere).collect(),
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    assert!(cluster.pods.iter().all(|pod| pod.node.is_none()));
    expect![[r#"
        c.json (Pod x/p0): warning[pod-on-unknown-node]: it runs on node `gone`, which is
            not in the input, so it counts as unplaced; add the output of `kubectl get
            nodes -o json` of the same cluster
        c.json (Pod x/p1): warning[pod-on-unknown-node]: it runs on node `gone`, which is
            not in the input, so it counts as unplaced; add the output of `kubectl get
            nodes -o json` of the same cluster
        c.json (Pod x/p2): warning[pod-on-unknown-node]: it runs on node `gone`, which is
            not in the input, so it counts as unplaced; add the output of `kubectl get
            nodes -o json` of the same cluster
        c.json: warning[pod-on-unknown-node]: 2 more of the same kind are not listed
    "#]]
    .assert_eq(&issues);
}

#[test]
fn a_pod_reserves_the_larger_of_its_init_and_its_main_containers() {
    let resources = |cpu_millis, memory_bytes| ContainerResources {
        cpu_millis,
        memory_bytes,
    };
    let template = PodTemplate {
        requests: resources(100, 2_000),
        init_requests: resources(500, 1_000),
        termination_grace_period_seconds: Some(u64::MAX),
        priority_class_name: Some("system-node-critical".to_owned()),
        has_readiness_probe: true,
        readiness_initial_delay_seconds: 7,
        ..PodTemplate::default()
    };
    let cluster = ClusterSnapshot {
        pods: vec![PodObject {
            template,
            ..pod("x/p", "", "")
        }],
        ..one_node()
    };
    let (cluster, _) = resolve_one(cluster);
    let workload = &cluster.workloads[0];
    let requests = workload.requests;
    assert_eq!((requests.cpu_millis, requests.memory_bytes), (500, 2_000));
    assert_eq!(workload.grace, SimDuration::from_millis(u64::MAX));
    assert_eq!(workload.priority, 2_000_001_000);
    let probe = workload.readiness.expect("a probe");
    let secs = SimDuration::from_secs;
    assert_eq!(
        (probe.initial_delay, probe.period, probe.successes),
        (secs(7), secs(10), 1)
    );
    assert!(cluster.pods[0].ready);
}

#[test]
fn pods_share_the_names_of_their_finalizers() {
    let held = |path: &str, finalizers: &[&str]| PodObject {
        finalizers: finalizers.iter().map(|name| (*name).to_owned()).collect(),
        ..pod(path, "", "")
    };
    let cluster = ClusterSnapshot {
        pods: vec![
            held("x/a", &["z/second"]),
            held("x/b", &[]),
            held("x/c", &["a/first", "z/second"]),
            held("x/d", &["z/second"]),
        ],
        ..one_node()
    };
    let (cluster, _) = resolve_one(cluster);
    let name = |pod: &Pod| Some(cluster.finalizers[pod.finalizer?.index()].as_str());
    let names: Vec<_> = cluster.pods.iter().map(name).collect();
    let (first, second) = (Some("a/first"), Some("z/second"));
    assert_eq!(names, [second, None, first, second]);
}
