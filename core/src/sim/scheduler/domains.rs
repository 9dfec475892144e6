//! Domains of topologies: which node is in which, and how many pods lie in each.

use crate::ids::{NodeIdx, TopologyIdx};
use crate::inventory::{Domains, Topology};

/// The domain of every node in every topology, nodes that a rehearsal makes included.
#[derive(Debug, Default)]
pub(crate) struct DomainTable {
    topologies: Vec<Domains>,
}

impl DomainTable {
    /// The domains of the inventory's nodes.
    pub(crate) fn new(topologies: &[Topology]) -> Self {
        let domains = topologies.iter().map(|topology| topology.domains.clone());
        Self {
            topologies: domains.collect(),
        }
    }

    /// Adds a node like `model`: it has the same labels but for its name.
    pub(crate) fn add_node(&mut self, model: NodeIdx) {
        for topology in &mut self.topologies {
            if let Domains::Label { of_node, .. } = topology {
                let domain = of_node[model.index()];
                of_node.push(domain);
            }
        }
    }

    /// The domain of a node; none where it lacks the label.
    #[inline]
    pub(crate) fn of(&self, topology: TopologyIdx, node: NodeIdx) -> Option<u32> {
        match &self.topologies[topology.index()] {
            Domains::Host => Some(node.0),
            Domains::Label { of_node, .. } => of_node[node.index()],
        }
    }

    /// Whether each node is a domain of its own.
    pub(crate) fn is_host(&self, topology: TopologyIdx) -> bool {
        matches!(self.topologies[topology.index()], Domains::Host)
    }
}

/// Counts by domain that are emptied without touching those that are zero.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<u32>,
    touched: Vec<u32>,
}

impl Tally {
    /// Adds one; a domain that was counted down to zero stays known.
    pub(crate) fn add(&mut self, domain: u32) {
        let index = domain as usize;
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += 1;
        self.touched.push(domain);
    }

    /// Takes one away.
    pub(crate) fn remove(&mut self, domain: u32) {
        let count = self.counts.get_mut(domain as usize);
        let count = count.expect("what is taken away was counted");
        *count = count
            .checked_sub(1)
            .expect("what is taken away was counted");
    }

    /// How many there are.
    #[inline]
    pub(crate) fn get(&self, domain: u32) -> u32 {
        self.counts.get(domain as usize).copied().unwrap_or(0)
    }

    /// Empties it.
    pub(crate) fn clear(&mut self) {
        for domain in self.touched.drain(..) {
            self.counts[domain as usize] = 0;
        }
    }
}

/// Empties the first `n` tallies of a list, which has at least so many afterwards.
pub(crate) fn clear_tallies(tallies: &mut Vec<Tally>, n: usize) {
    if tallies.len() < n {
        tallies.resize_with(n, Tally::default);
    }
    tallies.iter_mut().take(n).for_each(Tally::clear);
}
