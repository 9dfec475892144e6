//! A small random cluster, and the snapshot that shows it.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::snapshot::{
    ClusterSnapshot, ContainerResources, LabelSelector, Labels, NodeInclusion, NodeObject,
    OwnerReference, PodAffinityTerm, PodObject, PodPhase, PodTemplate, SelectorOperator,
    SelectorRequirement, Taint, TaintEffect, Toleration, TopologySpread,
};

const HOST: &str = "kubernetes.io/hostname";
const GPU: &str = "nvidia.com/gpu";

/// The three kinds of domain that terms may name: hosts, zones and racks.
pub(super) const KEYS: [&str; 3] = [HOST, "topology.kubernetes.io/zone", "rack"];

#[derive(Clone, Debug)]
pub(super) struct NodeSketch {
    pub(super) cordoned: bool,
    pub(super) ready: bool,
    pub(super) zone: Option<u8>,
    pub(super) rack: Option<u8>,
    pub(super) tainted: bool,
    pub(super) ssd: bool,
    pub(super) cpus: u64,
    pub(super) gpus: u64,
    pub(super) slots: u32,
}

#[derive(Clone, Debug)]
pub(super) struct TermSketch {
    pub(super) key: usize,
    pub(super) target: usize,
    pub(super) elsewhere: bool,
}

#[derive(Clone, Debug)]
pub(super) struct SpreadSketch {
    pub(super) key: usize,
    pub(super) target: usize,
    pub(super) max_skew: u32,
    pub(super) min_domains: u32,
    pub(super) honors_affinity: bool,
    pub(super) honors_taints: bool,
}

/// What pods with the label `app` of a number, in a namespace, ask for.
#[derive(Clone, Debug)]
pub(super) struct AppSketch {
    pub(super) in_second_namespace: bool,
    pub(super) priority: i32,
    pub(super) cpus: u64,
    pub(super) gpus: u64,
    pub(super) wants_ssd: bool,
    pub(super) hosts: Option<Vec<usize>>,
    pub(super) tolerates: [bool; 3],
    pub(super) near: Option<TermSketch>,
    pub(super) apart: Option<TermSketch>,
    pub(super) spread: Option<SpreadSketch>,
}

#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) nodes: Vec<NodeSketch>,
    pub(super) apps: Vec<AppSketch>,
    /// Pods that are there: app, node and whether each terminates.
    pub(super) pods: Vec<(usize, usize, bool)>,
}

impl NodeSketch {
    /// The value of the label of a topology, by its position in [`KEYS`].
    pub(super) fn domain(&self, key: usize, own: usize) -> Option<String> {
        match key {
            0 => Some(format!("n{own}")),
            1 => self.zone.map(|zone| format!("z{zone}")),
            _ => self.rack.map(|rack| format!("r{rack}")),
        }
    }
}

fn namespace(app: &AppSketch) -> String {
    let name = if app.in_second_namespace {
        "two"
    } else {
        "one"
    };
    name.to_owned()
}

fn app_label(app: usize) -> Labels {
    Labels::from([("app".to_owned(), format!("a{app}"))])
}

fn toleration(key: &str) -> Toleration {
    Toleration {
        key: Some(key.to_owned()),
        operator: Some("Exists".to_owned()),
        ..Toleration::default()
    }
}

fn selector(apps: usize, target: usize) -> LabelSelector {
    LabelSelector {
        match_labels: app_label(target % apps),
        ..LabelSelector::default()
    }
}

fn pod_term(apps: usize, term: &TermSketch) -> PodAffinityTerm {
    let anywhere = LabelSelector::default();
    PodAffinityTerm {
        label_selector: selector(apps, term.target),
        topology_key: KEYS[term.key].to_owned(),
        namespaces: Vec::new(),
        namespace_selector: term.elsewhere.then_some(anywhere),
    }
}

fn inclusion(honors: bool) -> NodeInclusion {
    if honors {
        NodeInclusion::Honor
    } else {
        NodeInclusion::Ignore
    }
}

fn template(apps: usize, app: &AppSketch) -> PodTemplate {
    let keys = [
        "node.kubernetes.io/unschedulable",
        "node.kubernetes.io/not-ready",
        "gpu",
    ];
    let tolerated = keys.into_iter().zip(app.tolerates);
    let tolerations = tolerated.filter(|(_, tolerates)| *tolerates);
    let hosts = app.hosts.iter().map(|hosts| {
        vec![SelectorRequirement {
            key: HOST.to_owned(),
            operator: SelectorOperator::In,
            values: hosts.iter().map(|host| format!("n{host}")).collect(),
        }]
    });
    let disk = ("disk".to_owned(), "ssd".to_owned());
    let spread = app.spread.iter().map(|spread| TopologySpread {
        max_skew: spread.max_skew,
        topology_key: KEYS[spread.key].to_owned(),
        label_selector: Some(selector(apps, spread.target)),
        min_domains: spread.min_domains,
        node_affinity_policy: inclusion(spread.honors_affinity),
        node_taints_policy: inclusion(spread.honors_taints),
        match_label_keys: Vec::new(),
    });
    PodTemplate {
        priority: Some(app.priority),
        requests: ContainerResources {
            cpu_millis: app.cpus * 1_000,
            memory_bytes: 0,
        },
        extended_requests: [(GPU.to_owned(), app.gpus)].into(),
        tolerations: tolerations.map(|(key, _)| toleration(key)).collect(),
        node_selector: app.wants_ssd.then_some(disk).into_iter().collect(),
        required_node_affinity: hosts.collect(),
        required_affinity: app.near.iter().map(|term| pod_term(apps, term)).collect(),
        required_anti_affinity: app.apart.iter().map(|term| pod_term(apps, term)).collect(),
        topology_spread: spread.collect(),
        ..PodTemplate::default()
    }
}

fn node_object(index: usize, node: &NodeSketch) -> NodeObject {
    let mut labels = Labels::from([(HOST.to_owned(), format!("n{index}"))]);
    for (key, name) in KEYS.into_iter().enumerate().skip(1) {
        let value = node.domain(key, index);
        labels.extend(value.map(|value| (name.to_owned(), value)));
    }
    if node.ssd {
        labels.insert("disk".to_owned(), "ssd".to_owned());
    }
    let taint = Taint {
        key: "gpu".to_owned(),
        value: String::new(),
        effect: TaintEffect::NoExecute,
    };
    NodeObject {
        name: format!("n{index}"),
        labels,
        taints: node.tainted.then_some(taint).into_iter().collect(),
        silent: false,
        unschedulable: node.cordoned,
        allocatable_cpu_millis: Some(node.cpus * 1_000),
        allocatable_memory_bytes: Some(1 << 30),
        allocatable_pods: Some(node.slots),
        allocatable_extended: [(GPU.to_owned(), node.gpus)].into(),
        ready: Some(node.ready),
        ..NodeObject::default()
    }
}

/// The snapshot of a sketch; its last pod is one of the first app and has no node.
pub(super) fn snapshot(sketch: &Sketch) -> ClusterSnapshot {
    let apps = sketch.apps.len();
    let placed = sketch.pods.iter();
    let placed = placed.map(|(app, node, terminating)| (*app, Some(*node), *terminating));
    let pods = placed.chain([(0, None, false)]).enumerate();
    let pod = |(number, (app, node, terminating)): (usize, (usize, Option<usize>, bool))| {
        let sketch = &sketch.apps[app];
        PodObject {
            namespace: namespace(sketch),
            name: format!("p{number}"),
            node_name: node.map(|node| format!("n{node}")),
            phase: PodPhase::Running,
            terminating,
            owner: Some(OwnerReference {
                api_version: "apps/v1".to_owned(),
                kind: "StatefulSet".to_owned(),
                name: format!("a{app}"),
            }),
            labels: app_label(app),
            template: template(apps, sketch),
            ..PodObject::default()
        }
    };
    let nodes = sketch.nodes.iter().enumerate();
    ClusterSnapshot {
        name: "eu-1".to_owned(),
        nodes: nodes
            .map(|(index, node)| node_object(index, node))
            .collect(),
        pods: pods.map(pod).collect(),
        ..ClusterSnapshot::default()
    }
}

fn node() -> impl Strategy<Value = NodeSketch> {
    (
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.85),
        option::weighted(0.9, 0..3_u8),
        option::weighted(0.7, 0..2_u8),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.7),
        (1..6_u64, 0..4_u64),
        1..5_u32,
    )
        .prop_map(
            |(cordoned, ready, zone, rack, tainted, ssd, (cpus, gpus), slots)| NodeSketch {
                cordoned,
                ready,
                zone,
                rack,
                tainted,
                ssd,
                cpus,
                gpus,
                slots,
            },
        )
}

fn term() -> impl Strategy<Value = TermSketch> {
    (0..3_usize, 0..3_usize, any::<bool>()).prop_map(|(key, target, elsewhere)| TermSketch {
        key,
        target,
        elsewhere,
    })
}

fn spread() -> impl Strategy<Value = SpreadSketch> {
    let policies = (any::<bool>(), any::<bool>());
    (0..3_usize, 0..3_usize, 1..3_u32, 1..4_u32, policies).prop_map(
        |(key, target, max_skew, min_domains, (honors_affinity, honors_taints))| SpreadSketch {
            key,
            target,
            max_skew,
            min_domains,
            honors_affinity,
            honors_taints,
        },
    )
}

fn app() -> impl Strategy<Value = AppSketch> {
    let hosts: BTreeSet<usize> = (0..5).collect();
    let hosts: Vec<usize> = hosts.into_iter().collect();
    (
        (prop::bool::weighted(0.3), 0..3_i32),
        (0..3_u64, option::weighted(0.4, 0..3_u64)),
        prop::bool::weighted(0.3),
        option::weighted(0.2, prop::sample::subsequence(hosts, 1..4)),
        [
            prop::bool::weighted(0.3),
            prop::bool::weighted(0.3),
            prop::bool::weighted(0.3),
        ],
        option::weighted(0.3, term()),
        option::weighted(0.4, term()),
        option::weighted(0.4, spread()),
    )
        .prop_map(
            |(
                (in_second_namespace, priority),
                (cpus, gpus),
                wants_ssd,
                hosts,
                tolerates,
                near,
                apart,
                spread,
            )| {
                AppSketch {
                    in_second_namespace,
                    priority,
                    cpus,
                    gpus: gpus.unwrap_or(0),
                    wants_ssd,
                    hosts,
                    tolerates,
                    near,
                    apart,
                    spread,
                }
            },
        )
}

pub(super) fn sketch() -> impl Strategy<Value = Sketch> {
    (vec(node(), 1..6), vec(app(), 1..4)).prop_flat_map(|(nodes, apps)| {
        let pod = (0..apps.len(), 0..nodes.len(), prop::bool::weighted(0.2));
        let pods = vec(pod, 0..7);
        (Just(nodes), Just(apps), pods).prop_map(|(nodes, apps, pods)| Sketch { nodes, apps, pods })
    })
}
