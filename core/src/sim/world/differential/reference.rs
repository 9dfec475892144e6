//! The filters once more, written from the rules (k8s-truth §5.2) node by node and pod by pod.

use std::collections::BTreeMap;

use super::sketch::{AppSketch, Sketch, TermSketch};

/// What the reference says of every node for one more pod of the first app.
pub(super) fn feasible(sketch: &Sketch) -> Vec<bool> {
    let nodes = 0..sketch.nodes.len();
    nodes.map(|node| takes(sketch, node)).collect()
}

/// The nodes on which one more pod of the first app may displace others: with every pod of lower
/// priority taken off, the node would take it, and what it fails by first is not for ever.
pub(super) fn preemptible(sketch: &Sketch) -> Vec<bool> {
    let priority = |app: usize| sketch.apps[app].priority;
    let nodes = 0..sketch.nodes.len();
    let may = nodes.map(|node| {
        let mut without = sketch.clone();
        without
            .pods
            .retain(|(app, on, _)| *on != node || priority(*app) >= priority(0));
        !takes(sketch, node) && is_resolvable(sketch, node) && takes(&without, node)
    });
    may.collect()
}

/// Whether the first rule that a node breaks could be met once pods are gone.
fn is_resolvable(sketch: &Sketch, node: usize) -> bool {
    let labeled = |key: usize| domain(sketch, key, node).is_some();
    let spread = sketch.apps[0].spread.as_ref();
    if !tolerates_taints(sketch, node) || !meets_affinity(sketch, node) {
        return false;
    }
    if !fits(sketch, node) {
        let (app, node) = (&sketch.apps[0], &sketch.nodes[node]);
        return app.cpus <= node.cpus && app.gpus <= node.gpus;
    }
    if spread.is_some_and(|spread| !labeled(spread.key)) {
        return false;
    }
    !keeps_spread(sketch, node) || is_near(sketch, node)
}

fn takes(sketch: &Sketch, node: usize) -> bool {
    tolerates_taints(sketch, node)
        && meets_affinity(sketch, node)
        && fits(sketch, node)
        && is_near(sketch, node)
        && keeps_apart(sketch, node)
        && keeps_spread(sketch, node)
}

fn fits(sketch: &Sketch, node: usize) -> bool {
    let app = &sketch.apps[0];
    let there = sketch.pods.iter().filter(|(_, on, _)| *on == node);
    let used = |of: fn(&AppSketch) -> u64| -> u64 {
        there.clone().map(|(app, ..)| of(&sketch.apps[*app])).sum()
    };
    let (cpus, gpus) = (used(|app| app.cpus), used(|app| app.gpus));
    let node = &sketch.nodes[node];
    let has_slot = there.clone().count() < node.slots as usize;
    let has_cpus = app.cpus == 0 || cpus + app.cpus <= node.cpus;
    let has_gpus = app.gpus == 0 || gpus + app.gpus <= node.gpus;
    has_slot && has_cpus && has_gpus
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
