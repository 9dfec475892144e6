//! Resolving stays close to linear, and never panics, whatever the objects say.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::{Strategy, proptest};

use crate::inventory::resolve;
use crate::inventory::tests::{labels, node, pod, workload};
use crate::snapshot::{
    BudgetObject, ClusterSnapshot, LabelSelector, PodObject, Snapshot, WorkloadKind,
};

/// One cluster with many namespaces, each with workloads, pods and a budget for each workload.
fn large(namespaces: u32, workloads: u32, pods: u32) -> Snapshot {
    let mut cluster = ClusterSnapshot {
        name: "large".to_owned(),
        nodes: (0..1_000)
            .map(|i| node(&format!("node-{i}"), &format!("agentpool=p{}", i % 10)))
            .collect(),
        ..ClusterSnapshot::default()
    };
    for namespace in 0..namespaces {
        for index in 0..workloads {
            let name = format!("ns-{namespace}/app-{index}");
            cluster
                .workloads
                .push(workload(WorkloadKind::Deployment, &name, Some(pods), ""));
            let label = format!("app=app-{index}");
            for pod_index in 0..pods {
                let owner = format!("apps/v1/ReplicaSet/app-{index}-5f");
                let text = format!("{label} pod-template-hash=5f");
                cluster.pods.push(PodObject {
                    node_name: Some(format!("node-{}", (index * pods + pod_index) % 1_000)),
                    ..pod(&format!("{name}-{pod_index}"), &owner, &text)
                });
            }
            cluster.budgets.push(BudgetObject {
                namespace: format!("ns-{namespace}"),
                name: format!("app-{index}"),
                selector: Some(LabelSelector {
                    match_labels: labels(&label),
                    ..LabelSelector::default()
                }),
                ..BudgetObject::default()
            });
        }
    }
    Snapshot {
        name: None,
        clusters: vec![cluster],
    }
}

#[test]
fn twenty_thousand_pods_find_their_workloads_and_budgets() {
    let checked = resolve(&large(5, 500, 8));
    let cluster = &checked.value.clusters[0];
    assert_eq!(checked.issues, []);
    assert_eq!(cluster.pods.len(), 20_000);
    assert_eq!(cluster.workloads.len(), 2_500);
    assert!(cluster.workloads.iter().all(|w| w.budgets.len() == 1));
    assert!(cluster.pods.iter().all(|pod| pod.node.is_some()));
}

/// A pod whose every text comes from a small pool, so that names meet by chance.
fn any_pod() -> impl Strategy<Value = PodObject> {
    let kinds = [
        "",
        "ReplicaSet/a-1",
        "apps/v1/Deployment/a",
        "Node/n1",
        "Job/",
        "/",
        "x/y/Z/a",
    ];
    let names = ["x/a", "x/", "/a", "y/a-1-n1"];
    let marks = ["", "pod-template-hash=1", "pod-template-hash=", "app=a"];
    (0..kinds.len(), 0..names.len(), 0..marks.len(), 0_u8..8).prop_map(
        move |(kind, name, mark, flags)| PodObject {
            mirror: flags & 1 > 0,
            terminating: flags & 2 > 0,
            node_name: (flags & 4 > 0).then(|| "n1".to_owned()),
            ..pod(names[name], kinds[kind], marks[mark])
        },
    )
}

proptest! {
    #[test]
    fn every_pod_has_a_workload_whatever_it_says(
        pods in proptest::collection::vec(any_pod(), 0..30),
    ) {
        let names: std::collections::BTreeSet<_> =
            pods.iter().map(|pod| (pod.namespace.clone(), pod.name.clone())).collect();
        let snapshot = Snapshot {
            name: None,
            clusters: vec![ClusterSnapshot {
                nodes: vec![node("n1", "")],
                pods,
                ..ClusterSnapshot::default()
            }],
        };
        let cluster = resolve(&snapshot).value.clusters.remove(0);
        assert_eq!(cluster.pods.len(), names.len());
        for pod in &cluster.pods {
            assert!(pod.workload.index() < cluster.workloads.len());
        }
    }
}
