//! `PodTopologySpread`, the score: constraints that are only preferred, or the system's own.

use super::super::domains::{DomainTable, clear_tallies};
use super::super::topology_spread::includes;
use super::super::view::{NodeView, PodView};
use super::{BEST, Scores, Whereabouts};
use crate::ids::NodeIdx;
use crate::inventory::{SpreadRule, SpreadWish};
use crate::math;

/// What stands for a node that lacks a label of the pod's own constraints.
const LEFT_OUT: i64 = -1;

/// Brings the pods in each candidate's domains to scores: the fewer, the better.
pub(super) fn score(
    scores: &mut Scores,
    pod: &PodView<'_>,
    candidates: &[NodeIdx],
    nodes: &[NodeView],
    table: &DomainTable,
    whereabouts: &impl Whereabouts,
) {
    let wish = &pod.placement.preferences.spread;
    let rules = wish.rules();
    let is_left_out = |node: NodeIdx| match wish {
        SpreadWish::Stated(rules) => {
            let mut rules = rules.iter();
            rules.any(|rule| table.of(rule.topology, node).is_none())
        }
        SpreadWish::Default(_) => false,
    };
    clear_tallies(&mut scores.tallies, rules.len());
    for (rule, tally) in rules.iter().zip(&mut scores.tallies) {
        let is_host = table.is_host(rule.topology);
        let found = rule.workloads.iter();
        for node in found.flat_map(|workload| whereabouts.active(*workload)) {
            let view = &nodes[node.index()];
            let counts = is_host || (!is_left_out(node) && includes(rule, view, pod));
            if let Some(domain) = table.of(rule.topology, node).filter(|_| counts) {
                tally.add(domain);
            }
        }
    }
    let weights: Vec<f64> = rules
        .iter()
        .map(|rule| {
            let size = n_domains(scores, rule, candidates, table, &is_left_out);
            math::ln(f64::from(size) + 2.0)
        })
        .collect();
    scores.raw.clear();
    for node in candidates {
        let score = if is_left_out(*node) {
            LEFT_OUT
        } else {
            let sum: f64 = rules
                .iter()
                .zip(&scores.tallies)
                .zip(&weights)
                .filter_map(|((rule, tally), weight)| {
                    let count = tally.get(table.of(rule.topology, *node)?);
                    Some(f64::from(count) * weight + (f64::from(rule.max_skew) - 1.0))
                })
                .sum();
            (sum + 0.5) as i64
        };
        scores.raw.push(score);
    }
    normalize(&mut scores.raw);
}

/// How many domains the candidates are in.
fn n_domains(
    scores: &mut Scores,
    rule: &SpreadRule,
    candidates: &[NodeIdx],
    table: &DomainTable,
    is_left_out: &impl Fn(NodeIdx) -> bool,
) -> u32 {
    let seen = &mut scores.seen;
    seen.clear();
    let mut size = 0;
    for node in candidates.iter().filter(|node| !is_left_out(**node)) {
        match table.of(rule.topology, *node) {
            Some(domain) if seen.get(domain) == 0 => {
                seen.add(domain);
                size += 1;
            }
            _ => {}
        }
    }
    size
}

/// The emptiest node comes to 100 and others fall behind it as they have more; where no node has
/// anything all have the best, and one left out has nothing.
fn normalize(sums: &mut [i64]) {
    let known = || sums.iter().copied().filter(|sum| *sum != LEFT_OUT);
    let least = known().min().unwrap_or(0);
    let most = known().max().unwrap_or(0);
    for sum in sums {
        *sum = match (*sum, most) {
            (LEFT_OUT, _) => 0,
            (_, 0) => BEST,
            (sum, most) => BEST * (most + least - sum) / most,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_emptiest_is_best_and_one_without_the_label_has_nothing() {
        let mut sums = [0, 4, 8, LEFT_OUT];
        normalize(&mut sums);
        assert_eq!(sums, [100, 50, 0, 0]);
        let mut sums = [2, 8];
        normalize(&mut sums);
        assert_eq!(sums, [100, 25]);
    }

    #[test]
    fn empty_nodes_are_all_best() {
        let mut sums = [0, 0, LEFT_OUT];
        normalize(&mut sums);
        assert_eq!(sums, [100, 100, 0]);
    }
}
