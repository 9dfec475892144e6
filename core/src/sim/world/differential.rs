//! The scheduler's filters against a second account of them, on random small clusters.
//!
//! The reference reads the sketch that the snapshot was written from, and is written from the
//! rules (k8s-truth §5.2) node by node and pod by pod; it shares no code with the inventory or the
//! filters, so a slip in resolving selectors shows as well.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{Ctx, World};
use crate::ids::{ClusterIdx, NodeIdx, PodIdx};
use crate::inventory;
use crate::rng::Streams;
use crate::sim::testing::plan;
use crate::snapshot::{
    ClusterSnapshot, ContainerResources, LabelSelector, Labels, NodeInclusion, NodeObject,
    OwnerReference, PodAffinityTerm, PodObject, PodPhase, PodTemplate, SelectorOperator,
    SelectorRequirement, Snapshot, Taint, TaintEffect, Toleration, TopologySpread,
};

const HOST: &str = "kubernetes.io/hostname";

/// The three kinds of domain that terms may name: hosts, zones and racks.
const KEYS: [&str; 3] = [HOST, "topology.kubernetes.io/zone", "rack"];

#[derive(Clone, Debug)]
struct NodeSketch {
    cordoned: bool,
    ready: bool,
    zone: Option<u8>,
    rack: Option<u8>,
    tainted: bool,
    ssd: bool,
    cpus: u64,
    slots: u32,
}

#[derive(Clone, Debug)]
struct TermSketch {
    key: usize,
    target: usize,
    elsewhere: bool,
}

#[derive(Clone, Debug)]
struct SpreadSketch {
    key: usize,
    target: usize,
    max_skew: u32,
    min_domains: u32,
    honors_affinity: bool,
    honors_taints: bool,
}

/// What pods with the label `app` of a number, in a namespace, ask for.
#[derive(Clone, Debug)]
struct AppSketch {
    in_second_namespace: bool,
    cpus: u64,
    wants_ssd: bool,
    hosts: Option<Vec<usize>>,
    tolerates: [bool; 3],
    near: Option<TermSketch>,
    apart: Option<TermSketch>,
    spread: Option<SpreadSketch>,
}

#[derive(Clone, Debug)]
struct Sketch {
    nodes: Vec<NodeSketch>,
    apps: Vec<AppSketch>,
    /// Pods that are there: app, node and whether each terminates.
    pods: Vec<(usize, usize, bool)>,
}

impl NodeSketch {
    /// The value of the label of a topology, by its position in [`KEYS`].
    fn domain(&self, key: usize, own: usize) -> Option<String> {
        match key {
            0 => Some(format!("n{own}")),
            1 => self.zone.map(|zone| format!("z{zone}")),
            _ => self.rack.map(|rack| format!("r{rack}")),
        }
    }
}

/// What the reference says of every node for one more pod of the first app.
fn feasible(sketch: &Sketch) -> Vec<bool> {
    let nodes = 0..sketch.nodes.len();
    nodes.map(|node| takes(sketch, node)).collect()
}

fn takes(sketch: &Sketch, node: usize) -> bool {
    let app = &sketch.apps[0];
    let there = sketch.pods.iter().filter(|(_, on, _)| *on == node);
    let used: u64 = there.clone().map(|(app, ..)| sketch.apps[*app].cpus).sum();
    let fits = app.cpus == 0 || used + app.cpus <= sketch.nodes[node].cpus;
    let has_slot = there.count() < sketch.nodes[node].slots as usize;
    tolerates_taints(sketch, node)
        && meets_affinity(sketch, node)
        && fits
        && has_slot
        && is_near(sketch, node)
        && keeps_apart(sketch, node)
        && keeps_spread(sketch, node)
}

fn tolerates_taints(sketch: &Sketch, node: usize) -> bool {
    let [cordon, unready, gpu] = sketch.apps[0].tolerates;
    let node = &sketch.nodes[node];
    (!node.cordoned || cordon) && (node.ready || unready) && (!node.tainted || gpu)
}

fn meets_affinity(sketch: &Sketch, node: usize) -> bool {
    let app = &sketch.apps[0];
    let named = app.hosts.as_ref().is_none_or(|hosts| hosts.contains(&node));
    named && (!app.wants_ssd || sketch.nodes[node].ssd)
}

/// Whether `term` of app `owner` is about pods of app `other`.
fn is_about(sketch: &Sketch, owner: usize, term: &TermSketch, other: usize) -> bool {
    let namespace = |app: usize| sketch.apps[app].in_second_namespace;
    let same_app = term.target % sketch.apps.len() == other;
    same_app && (term.elsewhere || namespace(owner) == namespace(other))
}

fn domain(sketch: &Sketch, key: usize, node: usize) -> Option<String> {
    sketch.nodes[node].domain(key, node)
}

fn together(sketch: &Sketch, key: usize, a: usize, b: usize) -> bool {
    let (a, b) = (domain(sketch, key, a), domain(sketch, key, b));
    a.is_some() && a == b
}

fn is_near(sketch: &Sketch, node: usize) -> bool {
    let Some(term) = &sketch.apps[0].near else {
        return true;
    };
    let counts = |(app, on, _): &&(usize, usize, bool)| {
        is_about(sketch, 0, term, *app) && domain(sketch, term.key, *on).is_some()
    };
    let others: Vec<usize> = sketch.pods.iter().filter(counts).map(|pod| pod.1).collect();
    if domain(sketch, term.key, node).is_none() {
        return false;
    }
    if others.is_empty() {
        return is_about(sketch, 0, term, 0);
    }
    let mut near = others.iter();
    near.any(|other| together(sketch, term.key, node, *other))
}

fn keeps_apart(sketch: &Sketch, node: usize) -> bool {
    sketch.pods.iter().all(|(app, on, _)| {
        let mine = sketch.apps[0].apart.as_ref();
        let theirs = sketch.apps[*app].apart.as_ref();
        let i_mind = mine.is_some_and(|term| {
            is_about(sketch, 0, term, *app) && together(sketch, term.key, node, *on)
        });
        let they_mind = theirs.is_some_and(|term| {
            is_about(sketch, *app, term, 0) && together(sketch, term.key, node, *on)
        });
        !i_mind && !they_mind
    })
}

fn keeps_spread(sketch: &Sketch, node: usize) -> bool {
    let Some(spread) = &sketch.apps[0].spread else {
        return true;
    };
    let Some(own) = domain(sketch, spread.key, node) else {
        return false;
    };
    let target = spread.target % sketch.apps.len();
    let home = sketch.apps[0].in_second_namespace;
    let same_namespace = sketch.apps[target].in_second_namespace == home;
    let counted = |node: usize| {
        (!spread.honors_affinity || meets_affinity(sketch, node))
            && (!spread.honors_taints || tolerates_taints(sketch, node))
    };
    let mut pods: BTreeMap<String, u32> = BTreeMap::new();
    for other in (0..sketch.nodes.len()).filter(|node| counted(*node)) {
        if let Some(domain) = domain(sketch, spread.key, other) {
            let here = sketch.pods.iter().filter(|(app, on, terminating)| {
                *app == target && *on == other && same_namespace && !terminating
            });
            *pods.entry(domain).or_default() += here.count() as u32;
        }
    }
    let mut fewest = pods.values().min().copied().unwrap_or(0);
    if pods.len() < spread.min_domains as usize {
        fewest = 0;
    }
    let itself = u32::from(target == 0);
    let here = pods.get(&own).copied().unwrap_or(0);
    here + itself <= fewest + spread.max_skew
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
        requests: ContainerResources {
            cpu_millis: app.cpus * 1_000,
            memory_bytes: 0,
        },
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
        unschedulable: node.cordoned,
        allocatable_cpu_millis: Some(node.cpus * 1_000),
        allocatable_memory_bytes: Some(1 << 30),
        allocatable_pods: Some(node.slots),
        ready: Some(node.ready),
        ..NodeObject::default()
    }
}

/// The snapshot of a sketch; its last pod is one of the first app and has no node.
fn snapshot(sketch: &Sketch) -> ClusterSnapshot {
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

/// What the engine says: of every node, and which one it takes.
fn engine(sketch: &Sketch) -> (Vec<bool>, Option<NodeIdx>) {
    let snapshot = Snapshot {
        name: None,
        clusters: vec![snapshot(sketch)],
    };
    let inventory = inventory::resolve(&snapshot).value;
    let ctx = Ctx {
        cluster: &inventory.clusters[0],
        idx: ClusterIdx(0),
        plan: &plan(&[], &[]),
        steps: &[],
        wave: None,
        faults: &[],
    };
    let mut world = World::new(&ctx, Streams::new(1, 0));
    let pod = PodIdx::new(sketch.pods.len());
    let nodes = (0..sketch.nodes.len()).map(NodeIdx::new);
    let each = nodes.map(|node| world.takes(&ctx, pod, node)).collect();
    (each, world.find_node(&ctx, pod))
}

fn node() -> impl Strategy<Value = NodeSketch> {
    (
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.85),
        option::weighted(0.9, 0..3_u8),
        option::weighted(0.7, 0..2_u8),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.7),
        1..6_u64,
        1..5_u32,
    )
        .prop_map(
            |(cordoned, ready, zone, rack, tainted, ssd, cpus, slots)| NodeSketch {
                cordoned,
                ready,
                zone,
                rack,
                tainted,
                ssd,
                cpus,
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
        prop::bool::weighted(0.3),
        0..3_u64,
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
            |(in_second_namespace, cpus, wants_ssd, hosts, tolerates, near, apart, spread)| {
                AppSketch {
                    in_second_namespace,
                    cpus,
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

fn sketch() -> impl Strategy<Value = Sketch> {
    (vec(node(), 1..6), vec(app(), 1..4)).prop_flat_map(|(nodes, apps)| {
        let pod = (0..apps.len(), 0..nodes.len(), prop::bool::weighted(0.2));
        let pods = vec(pod, 0..7);
        (Just(nodes), Just(apps), pods).prop_map(|(nodes, apps, pods)| Sketch { nodes, apps, pods })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn the_scheduler_finds_a_node_exactly_where_the_rules_leave_one(sketch in sketch()) {
        let expected = feasible(&sketch);
        let (each, found) = engine(&sketch);
        prop_assert_eq!(&each, &expected);
        match found {
            Some(node) => prop_assert!(expected[node.index()]),
            None => prop_assert!(!expected.contains(&true)),
        }
    }
}
