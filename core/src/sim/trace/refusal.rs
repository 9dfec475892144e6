//! What the scheduler says of a pod without a node: how many nodes, and what is wrong with each.
//!
//! The words are the scheduler's own, so that a reader can look them up and compare them with
//! what `kubectl describe pod` says.

use std::fmt::Write as _;

use crate::ids::{ResourceIdx, TaintIdx};
use crate::inventory::{Cluster, TaintName};
use crate::sim::scheduler::fit::Insufficient;
use crate::snapshot::NodePressure;

/// Why one node does not take one pod: the first filter that rejects it, in the scheduler's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is cordoned.
    Unschedulable,
    /// It is not Ready, which is a taint.
    NotReady,
    /// Its kubelet was not heard of in time, which is a taint.
    Unreachable,
    /// A passing condition of it is told by a taint that the pod does not tolerate.
    Pressure(NodePressure),
    /// It has a taint of its own that the pod does not tolerate.
    Tainted(TaintIdx),
    /// Node selector or node affinity excludes it.
    NodeAffinity,
    /// The pod is a daemon's of another node, so the node is not even looked at.
    OtherNode,
    /// It has too little of something; each that is missing is counted.
    Insufficient(Insufficient),
    /// It has too little of another resource that the pod requests.
    Lacks(ResourceIdx),
    /// A pod is there that holds a port of the node that the pod wants.
    HostPort,
    /// A volume of the pod cannot be used there.
    Volume,
    /// It lacks the label of a spread constraint.
    SpreadLabelMissing,
    /// The pod would make a spread constraint's skew too great.
    Spread,
    /// No pod that the pod must be near is there.
    Affinity,
    /// A pod is there that the pod keeps away from.
    AntiAffinity,
    /// A pod is there that keeps away from the pod.
    ExistingAntiAffinity,
}

impl Reason {
    /// Whether removing pods from the node may help: `Unschedulable` rather than
    /// `UnschedulableAndUnresolvable`. Of a resource this says nothing of the node's own size.
    pub fn is_resolvable(self) -> bool {
        match self {
            Self::Insufficient(_)
            | Self::Lacks(_)
            | Self::HostPort
            | Self::Spread
            | Self::AntiAffinity
            | Self::ExistingAntiAffinity => true,
            Self::Unschedulable
            | Self::NotReady
            | Self::Unreachable
            | Self::Pressure(_)
            | Self::Tainted(_)
            | Self::NodeAffinity
            | Self::OtherNode
            | Self::Volume
            | Self::SpreadLabelMissing
            | Self::Affinity => false,
        }
    }

    /// The scheduler's words.
    fn text(self, cluster: &Names<'_>) -> String {
        let untolerated =
            |key: &str, value: &str| format!("node(s) had untolerated taint {{{key}: {value}}}");
        let words = match self {
            Self::NotReady => return untolerated("node.kubernetes.io/not-ready", ""),
            Self::Unreachable => return untolerated("node.kubernetes.io/unreachable", ""),
            Self::Pressure(pressure) => return untolerated(pressure.taint(), ""),
            Self::Tainted(taint) => {
                let name = &cluster.taints[taint.index()];
                return untolerated(&name.key, &name.value);
            }
            Self::Lacks(resource) => {
                return format!("Insufficient {}", cluster.extended[resource.index()]);
            }
            Self::Unschedulable => "node(s) were unschedulable",
            Self::NodeAffinity => "node(s) didn't match Pod's node affinity/selector",
            Self::OtherNode => "node(s) didn't satisfy plugin(s) [NodeAffinity]",
            Self::Insufficient(Insufficient::Pods) => "Too many pods",
            Self::Insufficient(Insufficient::Cpu) => "Insufficient cpu",
            Self::Insufficient(Insufficient::Memory) => "Insufficient memory",
            Self::HostPort => "node(s) didn't have free ports for the requested pod ports",
            Self::Volume => "node(s) had volume node affinity conflict",
            Self::SpreadLabelMissing => {
                "node(s) didn't match pod topology spread constraints (missing required label)"
            }
            Self::Spread => "node(s) didn't match pod topology spread constraints",
            Self::Affinity => "node(s) didn't match pod affinity rules",
            Self::AntiAffinity => "node(s) didn't match pod anti-affinity rules",
            Self::ExistingAntiAffinity => {
                "node(s) didn't satisfy existing pods anti-affinity rules"
            }
        };
        words.to_owned()
    }

    /// A number for the digest.
    pub(super) fn word(self) -> u64 {
        match self {
            Self::Unschedulable => 0,
            Self::NotReady => 1,
            Self::Unreachable => 2,
            Self::NodeAffinity => 3,
            Self::OtherNode => 4,
            Self::Insufficient(resource) => 5 + resource as u64,
            Self::Volume => 8,
            Self::SpreadLabelMissing => 9,
            Self::Spread => 10,
            Self::Affinity => 11,
            Self::AntiAffinity => 12,
            Self::ExistingAntiAffinity => 13,
            Self::HostPort => 14,
            Self::Tainted(taint) => 15 + u64::from(taint.0),
            Self::Pressure(pressure) => 2 << 32 | pressure as u64,
            Self::Lacks(resource) => 1 << 32 | u64::from(resource.0),
        }
    }
}

/// The names that reasons are told with.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The cluster's taints.
    pub taints: &'a [TaintName],
    /// Its resources besides CPU and memory.
    pub extended: &'a [String],
}

impl<'a> From<&'a Cluster> for Names<'a> {
    fn from(cluster: &'a Cluster) -> Self {
        Self {
            taints: &cluster.taints,
            extended: &cluster.extended,
        }
    }
}

/// What was wrong with the nodes of a cluster for one pod at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Nodes that were there.
    pub nodes: u32,
    /// How many of them had which reason, reasons in order. A node that lacks several resources
    /// is counted for each.
    pub counts: Vec<(Reason, u32)>,
}

impl Refusal {
    /// Counts a reason of one node.
    pub(crate) fn count(&mut self, reason: Reason) {
        match self
            .counts
            .binary_search_by_key(&reason, |(known, _)| *known)
        {
            Ok(position) => self.counts[position].1 += 1,
            Err(position) => self.counts.insert(position, (reason, 1)),
        }
    }

    /// As the scheduler words it, without the full stop: reasons are sorted as text, their
    /// numbers included.
    pub fn message(&self, cluster: &Names<'_>) -> String {
        if self.nodes == 0 {
            return "no nodes available to schedule pods".to_owned();
        }
        let told = self.counts.iter();
        let mut reasons: Vec<String> = told
            .map(|(reason, count)| format!("{count} {}", reason.text(cluster)))
            .collect();
        reasons.sort_unstable();
        let mut message = format!("0/{} nodes are available", self.nodes);
        write!(message, ": {}", reasons.join(", ")).expect("a string takes everything");
        message
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(nodes: u32, reasons: &[(Reason, u32)], expected: &Expect) {
        let mut refusal = Refusal {
            nodes,
            ..Refusal::default()
        };
        for (reason, count) in reasons {
            (0..*count).for_each(|_| refusal.count(*reason));
        }
        let taints = [TaintName {
            key: "gpu".to_owned(),
            value: "a100".to_owned(),
        }];
        // A line for each reason.
        let message = refusal.message(&Names {
            taints: &taints,
            extended: &["nvidia.com/gpu".to_owned()],
        });
        let lines = message.replacen(": ", ":\n", 1).replace(", ", ",\n");
        expected.assert_eq(&format!("{lines}\n"));
    }

    #[test]
    fn reasons_are_sorted_as_text_with_their_numbers() {
        check(
            12,
            &[
                (Reason::Insufficient(Insufficient::Cpu), 7),
                (Reason::Unschedulable, 5),
            ],
            &expect![[r#"
                0/12 nodes are available:
                5 node(s) were unschedulable,
                7 Insufficient cpu
            "#]],
        );
        check(
            13,
            &[
                (Reason::Insufficient(Insufficient::Cpu), 3),
                (Reason::Unschedulable, 10),
            ],
            &expect![[r#"
                0/13 nodes are available:
                10 node(s) were unschedulable,
                3 Insufficient cpu
            "#]],
        );
    }

    #[test]
    fn other_resources_are_told_like_cpu_and_memory() {
        check(
            4,
            &[(Reason::Lacks(ResourceIdx(0)), 4)],
            &expect![[r#"
                0/4 nodes are available:
                4 Insufficient nvidia.com/gpu
            "#]],
        );
    }

    #[test]
    fn taints_are_named_with_key_and_value() {
        check(
            2,
            &[(Reason::NotReady, 1), (Reason::Tainted(TaintIdx(0)), 1)],
            &expect![[r#"
                0/2 nodes are available:
                1 node(s) had untolerated taint {gpu: a100},
                1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }
            "#]],
        );
    }

    #[test]
    fn a_cluster_without_nodes_has_words_of_its_own() {
        check(
            0,
            &[],
            &expect![[r#"
            no nodes available to schedule pods
        "#]],
        );
    }

    #[test]
    fn every_reason_has_a_number_of_its_own() {
        let reasons = [
            Reason::Unschedulable,
            Reason::NotReady,
            Reason::Unreachable,
            Reason::NodeAffinity,
            Reason::OtherNode,
            Reason::Insufficient(Insufficient::Cpu),
            Reason::Insufficient(Insufficient::Memory),
            Reason::Insufficient(Insufficient::Pods),
            Reason::Lacks(ResourceIdx(0)),
            Reason::Lacks(ResourceIdx(1)),
            Reason::Pressure(NodePressure::Memory),
            Reason::Pressure(NodePressure::Disk),
            Reason::HostPort,
            Reason::Volume,
            Reason::SpreadLabelMissing,
            Reason::Spread,
            Reason::Affinity,
            Reason::AntiAffinity,
            Reason::ExistingAntiAffinity,
            Reason::Tainted(TaintIdx(0)),
            Reason::Tainted(TaintIdx(1)),
        ];
        let words: std::collections::BTreeSet<u64> =
            reasons.iter().map(|reason| reason.word()).collect();
        assert_eq!(words.len(), reasons.len());
    }
}
