//! What is kept of each kind.

use expect_test::{Expect, expect};

use super::load_texts;

#[track_caller]
fn check(text: &str, expected: &Expect) {
    let loaded = load_texts(&[("x.yaml", text)]);
    let cluster = &loaded.value.clusters[0];
    let json = serde_json::json!({
        "nodes": cluster.nodes,
        "pods": cluster.pods,
        "workloads": cluster.workloads,
        "budgets": cluster.budgets,
        "claims": cluster.claims,
        "volumes": cluster.volumes,
    });
    let lists = json.as_object().expect("an object");
    let found: Vec<_> = lists
        .values()
        .filter_map(|list| list.as_array())
        .flatten()
        .collect();
    expected.assert_eq(&serde_json::to_string_pretty(&found).expect("JSON"));
    assert_eq!(
        loaded.issues.len(),
        1,
        "only the owner is unknown: {:?}",
        loaded.issues
    );
}

#[test]
fn a_node_keeps_what_an_upgrade_depends_on() {
    check(
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n  labels: {zone: a}\nspec:\n  \
         providerID: aws:///x\n  unschedulable: true\n  taints:\n  - key: k\n    effect: \
         NoExecute\nstatus:\n  allocatable: {cpu: 3920m, memory: 7Gi, pods: 110}\n  conditions:\n  \
         - {type: MemoryPressure, status: \"False\"}\n  - {type: Ready, status: \"True\"}\n  \
         nodeInfo: {kubeletVersion: v1.29.3, architecture: arm64, osImage: Linux, \
         containerRuntimeVersion: \"containerd://1.7\"}\n",
        &expect![[r#"
            [
              {
                "allocatableCpuMillis": 3920,
                "allocatableMemoryBytes": 7516192768,
                "allocatablePods": 110,
                "architecture": "arm64",
                "containerRuntime": "containerd://1.7",
                "kubeletVersion": "v1.29.3",
                "labels": {
                  "zone": "a"
                },
                "name": "n1",
                "osImage": "Linux",
                "providerId": "aws:///x",
                "ready": true,
                "silent": false,
                "taints": [
                  {
                    "effect": "NoExecute",
                    "key": "k",
                    "value": ""
                  }
                ],
                "unschedulable": true
              }
            ]"#]],
    );
}

#[test]
fn a_pod_keeps_where_and_how_it_runs() {
    check(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\n  namespace: shop\n  \
         deletionTimestamp: \"2024-01-01T00:00:00Z\"\n  labels: {app: web}\n  ownerReferences:\n  \
         - {apiVersion: v1, kind: Other, name: x}\n  - {apiVersion: apps/v1, kind: ReplicaSet, \
         name: web, controller: true}\nspec:\n  nodeName: n1\n  priority: 100\n  \
         terminationGracePeriodSeconds: 60\n  nodeSelector: {disk: ssd}\n  affinity:\n    \
         podAntiAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n      - \
         topologyKey: kubernetes.io/hostname\n        labelSelector:\n          \
         matchExpressions:\n          - {key: app, operator: In, values: [web]}\n  \
         tolerations:\n  - {key: k, operator: Exists, effect: NoSchedule}\n  initContainers:\n  - \
         {name: i, image: i, resources: {requests: {cpu: 2, memory: 1Mi}}}\n  - {name: s, image: \
         s, restartPolicy: Always, resources: {requests: {cpu: 100m, memory: 1Mi}}}\n  \
         containers:\n  - name: a\n    image: r.example/web:1\n    readinessProbe: \
         {initialDelaySeconds: 5, periodSeconds: 3}\n    lifecycle: {preStop: {sleep: {seconds: \
         5}}}\n    resources:\n      requests: {cpu: 0.5, memory: 1Gi}\n  - {name: b, image: b, \
         resources: {limits: {cpu: 250m, memory: 1Mi}}}\n  volumes:\n  - {name: e, emptyDir: \
         {}}\n  - {name: d, persistentVolumeClaim: {claimName: data}}\nstatus:\n  phase: \
         Running\n  conditions:\n  - {type: Ready, status: \"False\"}\n",
        &expect![[r#"
            [
              {
                "labels": {
                  "app": "web"
                },
                "mirror": false,
                "name": "web-1",
                "namespace": "shop",
                "nodeName": "n1",
                "owner": {
                  "apiVersion": "apps/v1",
                  "kind": "ReplicaSet",
                  "name": "web"
                },
                "phase": "Running",
                "ready": false,
                "template": {
                  "claims": [
                    "data"
                  ],
                  "hasEmptyDir": true,
                  "hasHostPath": false,
                  "hasPreStop": true,
                  "hasReadinessProbe": true,
                  "images": [
                    "i",
                    "s",
                    "r.example/web:1",
                    "b"
                  ],
                  "initRequests": {
                    "cpuMillis": 2000,
                    "memoryBytes": 1048576
                  },
                  "nodeSelector": {
                    "disk": "ssd"
                  },
                  "preStopSeconds": 5,
                  "priority": 100,
                  "priorityClassName": null,
                  "readinessInitialDelaySeconds": 5,
                  "readinessPeriodSeconds": 3,
                  "readinessSuccessThreshold": 1,
                  "requests": {
                    "cpuMillis": 850,
                    "memoryBytes": 1075838976
                  },
                  "requiredAntiAffinity": [
                    {
                      "labelSelector": {
                        "matchExpressions": [
                          {
                            "key": "app",
                            "operator": "In",
                            "values": [
                              "web"
                            ]
                          }
                        ],
                        "matchLabels": {}
                      },
                      "topologyKey": "kubernetes.io/hostname"
                    }
                  ],
                  "requiredNodeAffinity": [],
                  "sidecars": 1,
                  "terminationGracePeriodSeconds": 60,
                  "tolerations": [
                    {
                      "effect": "NoSchedule",
                      "key": "k",
                      "operator": "Exists",
                      "tolerationSeconds": null,
                      "value": null
                    }
                  ]
                },
                "terminating": true
              }
            ]"#]],
    );
}

#[test]
fn controllers_of_old_api_versions_are_understood() {
    check(
        "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  \
         replicas: 3\n  minReadySeconds: 10\n  template:\n    metadata: {labels: {app: \
         web}}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: once, namespace: \
         shop}\nspec: {parallelism: 4}\n",
        &expect![[r#"
            [
              {
                "kind": "Deployment",
                "minReadySeconds": 10,
                "name": "web",
                "namespace": "default",
                "owner": null,
                "parallel": false,
                "podLabels": {
                  "app": "web"
                },
                "replicas": 3,
                "template": {
                  "claims": [],
                  "hasEmptyDir": false,
                  "hasHostPath": false,
                  "hasPreStop": false,
                  "hasReadinessProbe": false,
                  "images": [],
                  "initRequests": {
                    "cpuMillis": 0,
                    "memoryBytes": 0
                  },
                  "nodeSelector": {},
                  "priority": null,
                  "priorityClassName": null,
                  "readinessInitialDelaySeconds": 0,
                  "readinessPeriodSeconds": 0,
                  "requests": {
                    "cpuMillis": 0,
                    "memoryBytes": 0
                  },
                  "requiredAntiAffinity": [],
                  "requiredNodeAffinity": [],
                  "terminationGracePeriodSeconds": null,
                  "tolerations": []
                }
              },
              {
                "job": {
                  "backoffLimit": null,
                  "failed": 0,
                  "hasFailurePolicy": false,
                  "onDisruption": "count",
                  "replacesFailedOnly": false
                },
                "kind": "Job",
                "minReadySeconds": 0,
                "name": "once",
                "namespace": "shop",
                "owner": null,
                "parallel": false,
                "podLabels": {},
                "replicas": 4,
                "template": {
                  "claims": [],
                  "hasEmptyDir": false,
                  "hasHostPath": false,
                  "hasPreStop": false,
                  "hasReadinessProbe": false,
                  "images": [],
                  "initRequests": {
                    "cpuMillis": 0,
                    "memoryBytes": 0
                  },
                  "nodeSelector": {},
                  "priority": null,
                  "priorityClassName": null,
                  "readinessInitialDelaySeconds": 0,
                  "readinessPeriodSeconds": 0,
                  "requests": {
                    "cpuMillis": 0,
                    "memoryBytes": 0
                  },
                  "requiredAntiAffinity": [],
                  "requiredNodeAffinity": [],
                  "terminationGracePeriodSeconds": null,
                  "tolerations": []
                }
              }
            ]"#]],
    );
}

#[test]
fn a_budget_keeps_its_selector_and_status() {
    check(
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web, namespace: \
         shop}\nspec:\n  maxUnavailable: 25%\n  selector: {matchLabels: {app: web}}\n  \
         unhealthyPodEvictionPolicy: AlwaysAllow\nstatus: {disruptionsAllowed: 0, \
         currentHealthy: 3, desiredHealthy: 3, expectedPods: 4}\n",
        &expect![[r#"
            [
              {
                "apiVersion": "policy/v1beta1",
                "generation": 0,
                "maxUnavailable": "25%",
                "minAvailable": null,
                "name": "web",
                "namespace": "shop",
                "selector": {
                  "matchExpressions": [],
                  "matchLabels": {
                    "app": "web"
                  }
                },
                "status": {
                  "currentHealthy": 3,
                  "desiredHealthy": 3,
                  "disruptionsAllowed": 0,
                  "expectedPods": 4,
                  "observedGeneration": 0
                },
                "unhealthyPodEvictionPolicy": "AlwaysAllow"
              }
            ]"#]],
    );
}

#[test]
fn volumes_keep_where_they_can_be_used() {
    check(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: \
         shop}\nspec: {volumeName: pv1, storageClassName: fast, accessModes: \
         [ReadWriteOnce]}\n---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: \
         pv1}\nspec:\n  csi: {driver: ebs.csi.aws.com}\n  nodeAffinity:\n    required:\n      \
         nodeSelectorTerms:\n      - matchExpressions:\n        - {key: \
         topology.kubernetes.io/zone, operator: In, values: [eu-1a]}\n---\napiVersion: v1\nkind: \
         PersistentVolume\nmetadata: {name: pv2}\nspec:\n  local: {path: /x}\n  nodeAffinity:\n    \
         required:\n      nodeSelectorTerms:\n      - matchExpressions:\n        - {key: \
         kubernetes.io/hostname, operator: In, values: [n1]}\n",
        &expect![[r#"
            [
              {
                "accessModes": [
                  "ReadWriteOnce"
                ],
                "name": "data",
                "namespace": "shop",
                "storageClassName": "fast",
                "volumeName": "pv1"
              },
              {
                "driver": "ebs.csi.aws.com",
                "name": "pv1",
                "nodeName": null,
                "zones": [
                  "eu-1a"
                ]
              },
              {
                "driver": "kubernetes.io/local-volume",
                "name": "pv2",
                "nodeName": "n1",
                "zones": []
              }
            ]"#]],
    );
}
