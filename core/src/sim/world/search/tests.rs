//! Which of several nodes a pending pod takes, from objects as `kubectl` prints them.

use expect_test::{Expect, expect};

use super::{Pods, Search, pod_view};
use crate::ids::{ClusterIdx, NodeIdx, PodIdx};
use crate::inventory;
use crate::rng::Streams;
use crate::sim::testing::plan;
use crate::sim::world::{Ctx, Keeps, World};
use crate::snapshot::Loader;

/// A node of 4 CPUs and 8 GiB.
fn node(name: &str, zone: &str, rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: \
         {{kubernetes.io/hostname: {name}, topology.kubernetes.io/zone: {zone}}}}}\nspec: \
         {{{rest}}}\nstatus: {{allocatable: {{cpu: 4, memory: 8Gi, pods: 110}}, conditions: \
         [{{type: Ready, status: 'True'}}]}}\n---\n"
    )
}

/// A pod of 1 CPU and 1 GiB with more of its specification; without a node it is pending.
fn pod(name: &str, app: &str, node: Option<&str>, rest: &str) -> String {
    let (node, phase) = match node {
        Some(node) => (format!("nodeName: {node}, "), "Running"),
        None => (String::new(), "Pending"),
    };
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: \
         {app}}}}}\nspec: {{{node}containers: [{{name: c, image: i, resources: {{requests: \
         {{cpu: 1, memory: 1Gi}}}}}}]{rest}}}\nstatus: {{phase: {phase}}}\n---\n"
    )
}

/// The scores of the nodes for the pod that is listed first, and the one it takes.
#[track_caller]
fn check(objects: &[String], expected: &Expect) {
    let mut loader = Loader::new();
    loader.add_file("dump.yaml", objects.concat().into_bytes());
    let snapshot = loader.finish().value;
    let inventory = inventory::resolve(&snapshot).value;
    let ctx = Ctx {
        cluster: &inventory.clusters[0],
        idx: ClusterIdx(0),
        plan: &plan(&[], &[]),
        steps: &[],
        wave: None,
        faults: &[],
        durations: &[],
        keeps: Keeps::Trace,
    };
    let mut world = World::new(&ctx, Streams::new(1, 0));
    let pending = ctx.cluster.pods.iter().position(|pod| pod.node.is_none());
    let pod = PodIdx::new(pending.expect("a pod is pending"));
    let name = |node: NodeIdx| ctx.cluster.nodes[node.index()].name.as_str();
    let mut scores: Vec<String> = scores(&mut world, &ctx, pod)
        .into_iter()
        .map(|(node, score)| format!("{} {score}", name(node)))
        .collect();
    scores.sort();
    let taken = world.find_node(&ctx, pod).map_or("none", name);
    expected.assert_eq(&format!("{}; takes {taken}", scores.join(", ")));
}

fn scores(world: &mut World, ctx: &Ctx<'_>, pod: PodIdx) -> Vec<(NodeIdx, i64)> {
    let view = pod_view(ctx, &world.pods[pod.index()]);
    world.count_neighbors(&view);
    world.find_candidates(ctx, pod, &view);
    let pods = Pods {
        pods: &world.pods,
        workloads: &world.workloads,
    };
    let Search {
        candidates, scores, ..
    } = &mut world.scheduling.search;
    let domains = &world.scheduling.domains;
    let scores = scores.of(&view, candidates, &world.rooms, domains, &pods);
    candidates
        .iter()
        .copied()
        .zip(scores.iter().copied())
        .collect()
}

fn nodes() -> [String; 3] {
    [
        node("a1", "a", ""),
        node("a2", "a", ""),
        node("b1", "b", ""),
    ]
}

#[test]
fn an_empty_node_is_better_than_one_in_use() {
    let [a1, a2, b1] = nodes();
    let used = pod("used", "other", Some("a1"), "");
    let wants = pod("wants", "web", None, "");
    check(
        &[a1, a2, b1, used, wants],
        &expect!["a1 149, a2 174, b1 174; takes b1"],
    );
}

#[test]
fn pods_without_requests_count_a_little() {
    let [a1, a2, _] = nodes();
    let idle = "apiVersion: v1\nkind: Pod\nmetadata: {name: idle, namespace: shop}\nspec: \
                {nodeName: a1, containers: [{name: c, image: i}]}\nstatus: {phase: Running}\n---\n";
    let wants = pod("wants", "web", None, "");
    check(
        &[a1, a2, idle.to_owned(), wants],
        &expect!["a1 171, a2 174; takes a2"],
    );
}

#[test]
fn taints_that_are_better_avoided_are() {
    let [a1, a2, _] = nodes();
    let shunned = node("c1", "a", "taints: [{key: spot, effect: PreferNoSchedule}]");
    let wants = pod("wants", "web", None, "");
    check(
        &[a1.clone(), a2.clone(), shunned.clone(), wants],
        &expect!["a1 474, a2 474, c1 174; takes a1"],
    );
    let easy = pod("wants", "web", None, ", tolerations: [{operator: Exists}]");
    check(
        &[a1, a2, shunned, easy],
        &expect!["a1 174, a2 174, c1 174; takes a1"],
    );
}

#[test]
fn preferred_nodes_are_better_by_their_weights() {
    let wants = pod(
        "wants",
        "web",
        None,
        ", affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: \
         80, preference: {matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, \
         values: [b]}]}}, {weight: 20, preference: {matchExpressions: [{key: \
         topology.kubernetes.io/zone, operator: In, values: [a]}]}}]}}",
    );
    let [a1, a2, b1] = nodes();
    check(
        &[a1, a2, b1, wants],
        &expect!["a1 524, a2 524, b1 674; takes b1"],
    );
}

#[test]
fn pods_are_drawn_to_those_they_prefer_and_kept_from_those_they_do_not() {
    let terms = |kind: &str| {
        format!(
            ", affinity: {{{kind}: {{preferredDuringSchedulingIgnoredDuringExecution: [{{weight: \
             10, podAffinityTerm: {{topologyKey: topology.kubernetes.io/zone, labelSelector: \
             {{matchLabels: {{app: db}}}}}}}}]}}}}"
        )
    };
    let db = pod("db", "db", Some("b1"), "");
    let [a1, a2, b1] = nodes();
    let near = pod("wants", "web", None, &terms("podAffinity"));
    check(
        &[a1.clone(), a2.clone(), b1.clone(), db.clone(), near],
        &expect!["a1 174, a2 174, b1 349; takes b1"],
    );
    let apart = pod("wants", "web", None, &terms("podAntiAffinity"));
    check(
        &[a1.clone(), a2.clone(), b1.clone(), db, apart],
        &expect!["a1 374, a2 374, b1 149; takes a1"],
    );
    let drawing = pod(
        "db",
        "db",
        Some("b1"),
        &terms("podAffinity").replace("app: db", "app: web"),
    );
    let drawn = pod("wants", "web", None, "");
    check(
        &[a1, a2, b1, drawing, drawn],
        &expect!["a1 174, a2 174, b1 349; takes b1"],
    );
}

#[test]
fn a_spread_that_is_only_preferred_moves_scores() {
    let spread = ", topologySpreadConstraints: [{maxSkew: 1, topologyKey: \
                  topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: \
                  {matchLabels: {app: web}}}]";
    let [a1, a2, b1] = nodes();
    let there = pod("there", "web", Some("b1"), spread);
    let wants = pod("wants", "web", None, spread);
    check(
        &[a1, a2, b1, there, wants],
        &expect!["a1 374, a2 374, b1 149; takes a1"],
    );
}
