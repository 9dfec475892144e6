//! Where the rules of the simulation are written, so that a reader can look them up.
//!
//! Paths without a repository are of kubernetes/kubernetes. Section numbers of our own notes stay
//! in doc comments: a report cites only what its reader can open.

/// A place in which a rule is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The plan under rehearsal.
    Plan,
    /// The scenario's faults.
    Scenario,
    /// What was loaded.
    Snapshot,
    /// How Wavetank itself works.
    Model,
    /// A length of time that was not measured on this fleet (`k8s-truth` §10).
    Timing,
    /// Who may be evicted (`k8s-truth` §1).
    Eviction,
    /// What budgets allow (`k8s-truth` §2).
    Budgets,
    /// How a node is drained (`k8s-truth` §3).
    Drain,
    /// How long a drain and a new node may take (`k8s-truth` §9).
    DrainLimits,
    /// How a pod ends (`k8s-truth` §4.1).
    Termination,
    /// Who replaces a pod (`k8s-truth` §4.2).
    Owners,
    /// When a pod is ready (`k8s-truth` §4.4).
    Readiness,
    /// How volumes move (`k8s-truth` §4.5).
    Volumes,
    /// What a pod's network needs.
    Network,
    /// Where pods are placed (`k8s-truth` §5).
    Scheduler,
    /// When nodes count as gone (`k8s-truth` §6).
    NodeLifecycle,
    /// When pods leave tainted nodes (`k8s-truth` §6).
    TaintEviction,
    /// What becomes of the pods of nodes that are gone (`k8s-truth` §4.5).
    PodGc,
    /// Which versions go together (`k8s-truth` §7).
    VersionSkew,
    /// How etcd commits and elects (`k8s-truth` §8).
    Etcd,
    /// How controllers take turns (`k8s-truth` §8).
    LeaderElection,
    /// How pools surge (`k8s-truth` §9).
    Surge,
    /// Which pods give way to which (`k8s-truth` §5.3).
    Preemption,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 23] = [
        Self::Plan,
        Self::Scenario,
        Self::Snapshot,
        Self::Model,
        Self::Timing,
        Self::Eviction,
        Self::Budgets,
        Self::Drain,
        Self::DrainLimits,
        Self::Termination,
        Self::Owners,
        Self::Readiness,
        Self::Volumes,
        Self::Network,
        Self::Scheduler,
        Self::NodeLifecycle,
        Self::TaintEviction,
        Self::PodGc,
        Self::VersionSkew,
        Self::Etcd,
        Self::LeaderElection,
        Self::Surge,
        Self::Preemption,
    ];

    /// A short name, and the file or page behind it.
    pub const fn cite(self) -> &'static str {
        match self {
            Self::Plan => "this plan",
            Self::Scenario => "this scenario",
            Self::Snapshot => "the files that were loaded",
            Self::Model => "Wavetank's own rule",
            Self::Timing => "assumed: public reports of how long it takes, not your clusters",
            Self::Eviction => "Eviction API: pkg/registry/core/pod/storage/eviction.go",
            Self::Budgets => {
                "kubernetes.io: Specifying a Disruption Budget; \
                 pkg/controller/disruption/disruption.go"
            }
            Self::Drain => "kubectl drain: kubernetes/kubectl pkg/drain/drain.go",
            Self::DrainLimits => {
                "this plan; by default EKS: Managed node update behavior; \
                 AKS: Rolling upgrades of node pools; GKE: Node pool upgrade strategies; \
                 Cluster API: MachineDeployment; kured: Configuration"
            }
            Self::Termination => "kubernetes.io: Pod Lifecycle, Termination of Pods",
            Self::Owners => {
                "ReplicaSets: pkg/controller/controller_utils.go; \
                 StatefulSets: pkg/controller/statefulset/stateful_set_control.go"
            }
            Self::Readiness => "kubernetes.io: Pod Lifecycle, Container probes",
            Self::Volumes => {
                "Attach/detach controller: pkg/controller/volume/attachdetach/reconciler"
            }
            Self::Network => "kubernetes.io: Network Plugins",
            Self::Scheduler => {
                "Scheduler: pkg/scheduler/schedule_one.go; pkg/scheduler/framework/plugins"
            }
            Self::NodeLifecycle => {
                "Node lifecycle: pkg/controller/nodelifecycle/node_lifecycle_controller.go"
            }
            Self::TaintEviction => "Taint eviction: pkg/controller/tainteviction/taint_eviction.go",
            Self::PodGc => "Pod garbage collector: pkg/controller/podgc/gc_controller.go",
            Self::VersionSkew => "kubernetes.io: Version Skew Policy",
            Self::Etcd => "etcd.io: Tuning, Failure modes, FAQ",
            Self::LeaderElection => {
                "Leader election: kubernetes/client-go tools/leaderelection/leaderelection.go"
            }
            Self::Preemption => {
                "kubernetes.io: Pod Priority and Preemption; \
                 pkg/scheduler/framework/preemption/preemption.go"
            }
            Self::Surge => {
                "GKE: Node pool upgrade strategies; EKS: Managed node update behavior; \
                 AKS: Rolling upgrades of node pools"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Readers have no notes of ours; what is cited they must be able to find.
    #[test]
    fn what_is_cited_can_be_opened() {
        for source in Source::ALL {
            let text = source.cite();
            assert!(!text.contains("truth") && !text.contains('§'), "{text}");
        }
    }
}
