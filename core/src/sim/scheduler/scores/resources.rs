//! `NodeResourcesFit` and `NodeResourcesBalancedAllocation`: what the pod would leave of the node.

use super::super::least_allocated;
use super::super::view::{NodeView, PodView};
use super::{balanced_allocation, weight};

/// Both scores, weighted.
#[inline]
pub(super) fn score(node: &NodeView, pod: &PodView<'_>) -> i64 {
    let mut scored = node.scored;
    scored.take(pod.placement.preferences.scored.unwrap_or(pod.requests));
    let least = least_allocated::score(node.allocatable, scored, least_allocated::ALIKE);
    let balanced = balanced_allocation::score(node, pod.requests);
    weight::RESOURCES_FIT * least as i64 + weight::BALANCED_ALLOCATION * balanced
}
