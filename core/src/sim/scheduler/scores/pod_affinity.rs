//! `InterPodAffinity`: preferred terms of the pod and of those that are there already.

use super::super::domains::{DomainTable, Tally};
use super::{BEST, Scores, Whereabouts};
use crate::ids::NodeIdx;
use crate::inventory::WeightedTerm;

/// Sums for each candidate the weights of the pods in its domains.
pub(super) fn score(
    scores: &mut Scores,
    terms: &[WeightedTerm],
    candidates: &[NodeIdx],
    table: &DomainTable,
    whereabouts: &impl Whereabouts,
) {
    scores.raw.clear();
    scores.raw.resize(candidates.len(), 0);
    for term in terms {
        let tally: &mut Tally = &mut scores.seen;
        tally.clear();
        for workload in &term.workloads {
            for node in whereabouts.bound(*workload) {
                if let Some(domain) = table.of(term.topology, node) {
                    tally.add(domain);
                }
            }
        }
        for (sum, node) in scores.raw.iter_mut().zip(candidates) {
            if let Some(domain) = table.of(term.topology, *node) {
                *sum += term.weight * i64::from(tally.get(domain));
            }
        }
    }
    normalize(&mut scores.raw);
}

/// The least becomes 0 and the most 100; where all are alike, all have nothing.
fn normalize(sums: &mut [i64]) {
    let least = sums.iter().copied().min().unwrap_or(0);
    let most = sums.iter().copied().max().unwrap_or(0);
    for sum in sums {
        *sum = match most - least {
            0 => 0,
            range => ((*sum - least) as f64 / range as f64 * BEST as f64) as i64,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_becomes_nothing_and_the_most_the_best() {
        let mut sums = [-50, 0, 100];
        normalize(&mut sums);
        assert_eq!(sums, [0, 33, 100]);
        let mut alike = [7, 7];
        normalize(&mut alike);
        assert_eq!(alike, [0, 0]);
    }
}
