//! What the scheduler's filters read: where a workload's pods may run, and next to whom.
//!
//! Selectors are resolved here to nodes, domains and workloads, so the filters compare numbers.

use crate::ids::{LookIdx, NodeIdx, TaintIdx, TopologyIdx, WorkloadIdx};
use crate::snapshot::{NodeInclusion, NodePressure};

/// A taint as messages name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaintName {
    /// Its key.
    pub key: String,
    /// Its value; often empty.
    pub value: String,
}

/// What nodes of one look are to the pods of one workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookVerdict {
    /// The first taint that the pods do not tolerate.
    pub taint: Option<TaintIdx>,
    /// Whether node selector and node affinity are met. Where these name hosts, this is for a
    /// node of a name nobody knows yet.
    pub selected: bool,
}

impl LookVerdict {
    /// Whether pods may be there.
    pub fn accepts(self) -> bool {
        self.taint.is_none() && self.selected
    }
}

/// A set of passing conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pressures(u8);

impl Pressures {
    /// Whether there is none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first that is not among `others`.
    #[inline]
    pub fn first_besides(self, others: Self) -> Option<NodePressure> {
        let rest = self.0 & !others.0;
        let mut all = NodePressure::ALL.into_iter();
        all.find(|pressure| rest & (1 << *pressure as u8) != 0)
    }
}

impl FromIterator<NodePressure> for Pressures {
    fn from_iter<I: IntoIterator<Item = NodePressure>>(pressures: I) -> Self {
        let bits = pressures.into_iter().map(|pressure| 1 << pressure as u8);
        Self(bits.fold(0, |all, bit| all | bit))
    }
}

/// Which taints of a passing condition pods tolerate, with the effect `NoSchedule`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerated {
    /// `node.kubernetes.io/unschedulable`.
    pub unschedulable: bool,
    /// `node.kubernetes.io/not-ready`.
    pub not_ready: bool,
    /// `node.kubernetes.io/unreachable`.
    pub unreachable: bool,
    /// Those of a node under pressure.
    pub pressures: Pressures,
}

/// Where pods of a workload may run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// What each look is to its pods, by [`LookIdx`]; empty where all of them accept.
    pub looks: Vec<LookVerdict>,
    /// The nodes that meet selectors which name hosts, in order; none where none does.
    pub named: Option<Vec<NodeIdx>>,
    /// The passing taints that its pods tolerate.
    pub tolerated: Tolerated,
    /// What it asks of other pods and they of it.
    pub neighbors: Neighbors,
}

impl Placement {
    /// What nodes of a look are to its pods.
    #[inline]
    pub fn verdict(&self, look: LookIdx) -> LookVerdict {
        let all = LookVerdict {
            taint: None,
            selected: true,
        };
        self.looks.get(look.index()).copied().unwrap_or(all)
    }
}

/// What a workload's pods ask of the pods around them, and those of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbors {
    /// Required affinity; none where there is no such term.
    pub near: Option<NearRule>,
    /// Required anti-affinity, a term each.
    pub apart: Vec<PodTerm>,
    /// Required anti-affinity of others, by topology: the workloads whose pods keep these away.
    pub avoided_by: Vec<PodTerm>,
    /// The workloads whose pods hold a port of their node that these want, its own included.
    pub port_rivals: Option<PodTerm>,
    /// Spread constraints that must be met.
    pub spread: Vec<SpreadRule>,
}

impl Neighbors {
    /// Whether nothing is asked, which is so for most.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.near.is_none()
            && self.apart.is_empty()
            && self.avoided_by.is_empty()
            && self.port_rivals.is_none()
            && self.spread.is_empty()
    }
}

/// All terms of required affinity: a pod counts only if it meets every one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NearRule {
    /// The topology of each term.
    pub topologies: Vec<TopologyIdx>,
    /// The workloads whose pods meet all terms.
    pub workloads: Vec<WorkloadIdx>,
    /// Whether its own pods do; then the first of them may go anywhere.
    pub meets_itself: bool,
}

/// One term of anti-affinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodTerm {
    /// What "together" means.
    pub topology: TopologyIdx,
    /// The workloads whose pods it is about.
    pub workloads: Vec<WorkloadIdx>,
}

/// One spread constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpreadRule {
    /// What a domain is.
    pub topology: TopologyIdx,
    /// The workloads whose pods are counted.
    pub workloads: Vec<WorkloadIdx>,
    /// Whether its own pods are counted.
    pub counts_itself: bool,
    /// How many more pods a domain may have than the emptiest.
    pub max_skew: u32,
    /// With fewer domains than these, the emptiest counts as having no pod.
    pub min_domains: u32,
    /// Whether nodes count that node affinity excludes.
    pub node_affinity: NodeInclusion,
    /// Whether nodes count whose taints are not tolerated.
    pub node_taints: NodeInclusion,
}

/// A label by which nodes form domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// The label's key.
    pub key: String,
    /// Its domains.
    pub domains: Domains,
}

/// The domains of a topology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domains {
    /// Each node is one of its own.
    Host,
    /// Nodes with the same value form one.
    Label {
        /// The domain of each node of the inventory; none without the label.
        of_node: Vec<Option<u32>>,
        /// How many there are.
        count: u32,
    },
}
