//! The order in which nodes are looked at: zones take turns, and each search begins where the last
//! one ended (k8s-truth §5.1). It decides something only where not all nodes are looked at.

use std::collections::BTreeMap;

use super::sampling;
use super::view::NodeView;
use crate::ids::{NodeIdx, ZoneIdx};

/// The nodes that are there, in the order of the search.
#[derive(Debug, Default)]
pub(crate) struct NodeOrder {
    nodes: Vec<NodeIdx>,
    /// Whether nodes came or went since.
    is_stale: bool,
    /// Where the next search begins.
    next: usize,
}

impl NodeOrder {
    /// Nodes came or went.
    pub(crate) fn forget(&mut self) {
        self.is_stale = true;
    }

    /// Takes up nodes that came and leaves out those that went.
    pub(crate) fn refresh(&mut self, nodes: &[NodeView]) {
        if !std::mem::take(&mut self.is_stale) {
            return;
        }
        let mut turns: BTreeMap<Option<ZoneIdx>, u32> = BTreeMap::new();
        let present = nodes.iter().filter(|node| node.is_present());
        let mut placed: Vec<(u32, Option<ZoneIdx>, NodeIdx)> = present
            .map(|node| {
                let turn = turns.entry(node.zone).or_default();
                *turn += 1;
                (*turn, node.zone, node.idx)
            })
            .collect();
        placed.sort_unstable();
        self.nodes.clear();
        self.nodes.extend(placed.into_iter().map(|(.., node)| node));
        self.next = self.next.checked_rem(self.nodes.len()).unwrap_or(0);
    }

    /// After how many nodes that take a pod a search ends.
    pub(crate) fn wanted(&self) -> usize {
        sampling::nodes_to_find(self.nodes.len() as u32, 0) as usize
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node that a search looks at in its `step`, from zero.
    #[inline]
    pub(crate) fn at(&self, step: usize) -> NodeIdx {
        let position = self.next + step;
        let wrapped = position.checked_sub(self.nodes.len());
        self.nodes[wrapped.unwrap_or(position)]
    }

    /// A search ended after so many nodes.
    pub(crate) fn advance(&mut self, n_looked_at: usize) {
        if !self.nodes.is_empty() {
            self.next = (self.next + n_looked_at) % self.nodes.len();
        }
    }

    /// Bytes reserved for nodes.
    pub(crate) fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<NodeIdx>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LookIdx;
    use crate::inventory::{Pressures, Resources};
    use crate::sim::scheduler::view::Health;

    fn node(index: usize, zone: u32, health: Health) -> NodeView {
        NodeView {
            idx: NodeIdx::new(index),
            free: Resources::default(),
            look: LookIdx(0),
            zone: Some(ZoneIdx(zone)),
            health,
            cordoned: false,
            pressures: Pressures::default(),
            open: health == Health::Ready,
            allocatable: Resources::default(),
            scored: Resources::default(),
        }
    }

    fn refreshed(order: &mut NodeOrder, nodes: &[NodeView]) -> Vec<u32> {
        order.forget();
        order.refresh(nodes);
        (0..order.len()).map(|step| order.at(step).0).collect()
    }

    #[test]
    fn zones_take_turns_and_a_search_begins_where_the_last_one_ended() {
        let zones = [0, 0, 0, 1, 2].into_iter().enumerate();
        let nodes: Vec<_> = zones
            .map(|(index, zone)| node(index, zone, Health::Ready))
            .collect();
        let mut order = NodeOrder::default();
        assert_eq!(refreshed(&mut order, &nodes), [0, 3, 4, 1, 2]);
        order.advance(7);
        assert_eq!(refreshed(&mut order, &nodes), [4, 1, 2, 0, 3]);
    }

    #[test]
    fn a_search_still_begins_at_a_node_when_many_have_gone() {
        let mut nodes: Vec<_> = (0..6).map(|index| node(index, 0, Health::Ready)).collect();
        let mut order = NodeOrder::default();
        refreshed(&mut order, &nodes);
        order.advance(5);
        for gone in &mut nodes[2..5] {
            gone.health = Health::Absent;
        }
        assert_eq!(refreshed(&mut order, &nodes), [5, 0, 1]);
    }
}
