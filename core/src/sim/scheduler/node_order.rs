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
