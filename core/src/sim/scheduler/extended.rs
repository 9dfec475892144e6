//! `NodeResourcesFit` of resources besides CPU, memory and pod slots (k8s-truth §5.2).
//!
//! What is left of them is kept node by node, and only where some workload of the cluster requests
//! any: a cluster without such requests has an empty table here.

use crate::ids::{NodeIdx, ResourceIdx};
use crate::inventory::{self, Cluster};
use crate::sim::scheduler::filters::Change;
use crate::sim::trace::Reason;

/// What a pod requests, and of what.
pub(crate) type Requests = [(ResourceIdx, u64)];

/// One such resource of one node.
#[derive(Clone, Copy, Debug)]
struct Stock {
    resource: ResourceIdx,
    size: u64,
    /// Requests of everything bound to the node; may be more than it has.
    used: u64,
}

/// What each node has of such resources.
#[derive(Debug, Default)]
pub(crate) struct Extended {
    /// By node; none where nothing is known of the node's size. Empty where nothing is requested.
    nodes: Vec<Option<Vec<Stock>>>,
}

impl Extended {
    /// The table of a cluster with nothing used.
    pub(crate) fn new(cluster: &Cluster) -> Self {
        let wanted = !cluster.extended.is_empty();
        let nodes = cluster.nodes.iter().filter(|_| wanted);
        Self {
            nodes: nodes.map(stocks).collect(),
        }
    }

    /// Adds a node like another one, with nothing used of it.
    pub(crate) fn add_node(&mut self, model: NodeIdx) {
        let Some(like) = self.nodes.get(model.index()) else {
            return;
        };
        let mut stocks = like.clone();
        for stock in stocks.iter_mut().flatten() {
            stock.used = 0;
        }
        self.nodes.push(stocks);
    }

    /// Counts a pod's requests on a node in or out. Sums stop at the greatest number.
    pub(crate) fn change(&mut self, node: NodeIdx, requests: &Requests, change: Change) {
        for (resource, amount) in requests {
            let stocks = self.nodes.get_mut(node.index()).and_then(Option::as_mut);
            let mut stocks = stocks.into_iter().flatten();
            if let Some(stock) = stocks.find(|stock| stock.resource == *resource) {
                stock.used = match change {
                    Change::Add => stock.used.saturating_add(*amount),
                    Change::Remove => stock.used.saturating_sub(*amount),
                };
            }
        }
    }

    /// The resources of which a node has too little left; a node has none of what it does not list.
    pub(crate) fn lacking(
        &self,
        node: NodeIdx,
        requests: &Requests,
    ) -> impl Iterator<Item = ResourceIdx> {
        let short = requests.iter().filter(move |(resource, wanted)| {
            let left = |stock: Stock| stock.size.saturating_sub(stock.used);
            self.stock(node, *resource)
                .is_some_and(|stock| left(stock) < *wanted)
        });
        short.map(|(resource, _)| *resource)
    }

    /// Why the node does not take the pod: the first resource that is short.
    #[inline]
    pub(crate) fn reject(&self, node: NodeIdx, requests: &Requests) -> Option<Reason> {
        if requests.is_empty() {
            return None;
        }
        self.lacking(node, requests).next().map(Reason::Lacks)
    }

    /// Whether the node would have enough with nothing on it.
    pub(crate) fn is_big_enough(&self, node: NodeIdx, requests: &Requests) -> bool {
        requests.iter().all(|(resource, wanted)| {
            let stock = self.stock(node, *resource);
            stock.is_none_or(|stock| stock.size >= *wanted)
        })
    }

    /// What a node of known size has of a resource.
    fn stock(&self, node: NodeIdx, resource: ResourceIdx) -> Option<Stock> {
        let stocks = self.nodes.get(node.index())?.as_ref()?;
        let listed = stocks.iter().find(|stock| stock.resource == resource);
        let nothing = Stock {
            resource,
            size: 0,
            used: 0,
        };
        Some(listed.copied().unwrap_or(nothing))
    }
}

fn stocks(node: &inventory::Node) -> Option<Vec<Stock>> {
    node.allocatable.value()?;
    let offered = node.extended.iter();
    let stock = |(resource, size): &(ResourceIdx, u64)| Stock {
        resource: *resource,
        size: *size,
        used: 0,
    };
    Some(offered.map(stock).collect())
}
