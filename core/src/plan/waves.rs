//! Waves: which clusters are upgraded under one gate, and in which order.
//!
//! What matters least goes first, so that what matters most meets an upgrade that has been seen.

use crate::inventory::{Inventory, Tier};
use crate::plan::{ClusterPlan, Wave};

/// The tier of a cluster that has none: not the first to be risked, not the last to be upgraded.
pub(super) const TIER_ASSUMED: Tier = Tier::Medium;

/// Sorts clusters into waves: low, medium and high tier, smallest cluster first.
pub(super) fn sort(inventory: &Inventory, clusters: Vec<ClusterPlan>) -> Vec<Wave> {
    let mut waves: Vec<Wave> = [Tier::Low, Tier::Medium, Tier::High]
        .map(|tier| Wave {
            name: format!("{} tier", name(tier)),
            tier,
            reason: String::new(),
            clusters: Vec::new(),
        })
        .into();
    for plan in clusters {
        let tier = inventory.clusters[plan.cluster.index()].tier.value();
        let tier = tier.copied().unwrap_or(TIER_ASSUMED);
        let wave = waves.iter_mut().find(|wave| wave.tier == tier);
        wave.expect("there is a wave for every tier")
            .clusters
            .push(plan);
    }
    waves.retain(|wave| !wave.clusters.is_empty());
    for wave in &mut waves {
        wave.clusters.sort_by_key(|plan| {
            let cluster = &inventory.clusters[plan.cluster.index()];
            (cluster.nodes.len(), cluster.pods.len(), &cluster.name)
        });
        wave.reason = reason(wave, "The only", "The");
    }
    waves
}

/// Sends the first cluster ahead in a wave of its own.
pub(super) fn send_canary(inventory: &Inventory, waves: &mut Vec<Wave>) {
    let Some(first) = waves.first_mut() else {
        return;
    };
    let canary = first.clusters.remove(0);
    let tier = first.tier;
    if first.clusters.is_empty() {
        waves.remove(0);
    } else {
        first.reason = reason(first, "The other", "The other");
    }
    let cluster = &inventory.clusters[canary.cluster.index()];
    let nodes = match cluster.nodes.len() {
        1 => "1 node".to_owned(),
        n => format!("{n} nodes"),
    };
    let wave = Wave {
        name: "canary".to_owned(),
        tier,
        reason: format!(
            "`{}` goes alone and first: with {nodes} it is the smallest cluster of the {} tier.",
            cluster.name,
            name(tier)
        ),
        clusters: vec![canary],
    };
    waves.insert(0, wave);
}

/// A sentence on what the clusters of `wave` have in common, begun with `one` or `many`.
fn reason(wave: &Wave, one: &str, many: &str) -> String {
    let tier = name(wave.tier);
    match wave.clusters.len() {
        1 => format!("{one} cluster of the {tier} tier."),
        n => format!("{many} {n} clusters of the {tier} tier, smallest first."),
    }
}

fn name(tier: Tier) -> &'static str {
    match tier {
        Tier::Low => "low",
        Tier::Medium => "medium",
        Tier::High => "high",
    }
}
