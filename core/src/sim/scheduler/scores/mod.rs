//! What makes the scheduler choose between nodes that all take a pod: its score plugins, each
//! brought to 0 to 100 and then weighted and summed (k8s-truth §5.1).
//!
//! `ImageLocality` is deliberately absent: the snapshot does not keep which node has which image,
//! and a node that an upgrade makes has none.

mod balanced_allocation;
mod node_preferences;
mod pod_affinity;
mod resources;
mod topology_spread;

use super::domains::{DomainTable, Tally};
use super::view::{NodeView, PodView};
use crate::ids::{NodeIdx, WorkloadIdx};

/// The best that a plugin gives.
const BEST: i64 = 100;

/// The weights of the plugins.
mod weight {
    pub(super) const TAINT_TOLERATION: i64 = 3;
    pub(super) const NODE_AFFINITY: i64 = 2;
    pub(super) const RESOURCES_FIT: i64 = 1;
    pub(super) const TOPOLOGY_SPREAD: i64 = 2;
    pub(super) const POD_AFFINITY: i64 = 2;
    pub(super) const BALANCED_ALLOCATION: i64 = 1;
}

/// Where the pods of workloads are.
pub(crate) trait Whereabouts {
    /// The nodes of the pods that are bound, terminating ones included.
    fn bound(&self, workload: WorkloadIdx) -> impl Iterator<Item = NodeIdx>;
    /// Those of the pods that do not terminate.
    fn active(&self, workload: WorkloadIdx) -> impl Iterator<Item = NodeIdx>;
}

/// What one comparison of nodes needs, kept to spare its allocation.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    /// The sum of each node, in the order of the candidates.
    totals: Vec<i64>,
    /// What one plugin says of each.
    raw: Vec<i64>,
    tallies: Vec<Tally>,
    seen: Tally,
}

impl Scores {
    /// The score of every candidate, in their order.
    pub(crate) fn of(
        &mut self,
        pod: &PodView<'_>,
        candidates: &[NodeIdx],
        nodes: &[NodeView],
        table: &DomainTable,
        whereabouts: &impl Whereabouts,
    ) -> &[i64] {
        let views = || candidates.iter().map(|node| &nodes[node.index()]);
        self.totals.clear();
        self.totals
            .extend(views().map(|node| resources::score(node, pod)));
        let preferences = &pod.placement.preferences;
        if !preferences.looks.is_empty() {
            let looks = || views().map(|node| preferences.looks[node.look.index()]);
            self.raw.clear();
            self.raw.extend(looks().map(|look| i64::from(look.shunned)));
            node_preferences::normalize_shunned(&mut self.raw);
            add(&mut self.totals, &self.raw, weight::TAINT_TOLERATION);
            self.raw.clear();
            self.raw.extend(looks().map(|look| look.wanted));
            node_preferences::normalize_wanted(&mut self.raw);
            add(&mut self.totals, &self.raw, weight::NODE_AFFINITY);
        }
        if !preferences.spread.rules().is_empty() {
            topology_spread::score(self, pod, candidates, nodes, table, whereabouts);
            add(&mut self.totals, &self.raw, weight::TOPOLOGY_SPREAD);
        }
        if !preferences.pods.is_empty() {
            pod_affinity::score(self, &preferences.pods, candidates, table, whereabouts);
            add(&mut self.totals, &self.raw, weight::POD_AFFINITY);
        }
        &self.totals
    }
}

fn add(totals: &mut [i64], scores: &[i64], weight: i64) {
    for (total, score) in totals.iter_mut().zip(scores) {
        *total += weight * score;
    }
}
