//! The version skew policy holds at every instant (k8s-truth §7).

use crate::inventory::Cluster;
use crate::plan::{Step, kubelet_allowed};
use crate::sim::trace::{EventKind, Invariant};
use crate::units::KubeVersion;

/// The versions of the cluster.
#[derive(Debug)]
pub(super) struct Skew {
    /// The newest API server, where one is known.
    newest: Option<KubeVersion>,
    /// The oldest; the same outside a control-plane step.
    oldest: Option<KubeVersion>,
    /// What each step takes the control plane to.
    targets: Vec<Option<KubeVersion>>,
    /// What the step under way takes it to.
    target: Option<KubeVersion>,
    /// The kubelet of each node, where it is known and was within the policy when it came.
    kubelets: Vec<Option<KubeVersion>>,
}

impl Skew {
    pub(super) fn new(cluster: &Cluster, steps: &[Step]) -> Self {
        let version = cluster.version.value().copied();
        let target = |step: &Step| match step {
            Step::ControlPlane { to, .. } => Some(*to),
            Step::Cni | Step::Pool { .. } | Step::Observe { .. } => None,
        };
        let kubelets = cluster.nodes.iter().map(|node| {
            let kubelet = node.kubelet.value().copied()?;
            // What the snapshot has outside the policy is told by the plan, which holds it back.
            version
                .is_some_and(|version| kubelet_allowed(kubelet, version))
                .then_some(kubelet)
        });
        Self {
            newest: version,
            oldest: version,
            targets: steps.iter().map(target).collect(),
            target: None,
            kubelets: kubelets.collect(),
        }
    }

    /// An event that takes the cluster outside the policy.
    pub(super) fn watch(&mut self, kind: &EventKind) -> Option<Invariant> {
        match *kind {
            EventKind::StepStarted { step, .. } => {
                self.target = self.targets.get(usize::from(step)).copied().flatten();
            }
            EventKind::MemberUpdated { .. } => {
                self.newest = self.target.or(self.newest);
                return self.broken();
            }
            EventKind::ControlPlaneUpgraded { to } => {
                (self.newest, self.oldest) = (Some(to), Some(to));
                return self.broken();
            }
            EventKind::NodeJoined { node, kubelet } | EventKind::KubeletBack { node, kubelet } => {
                let n_nodes = self.kubelets.len().max(node.index() + 1);
                self.kubelets.resize(n_nodes, None);
                self.kubelets[node.index()] = Some(kubelet);
                let (newest, oldest) = (self.newest?, self.oldest?);
                let kept = kubelet_allowed(kubelet, newest) && kubelet_allowed(kubelet, oldest);
                return (!kept).then_some(Invariant::VersionSkew);
            }
            EventKind::NodeRemoved { node } => {
                if let Some(kubelet) = self.kubelets.get_mut(node.index()) {
                    *kubelet = None;
                }
            }
            _ => {}
        }
        None
    }

    /// Whether the API servers or a kubelet are outside the policy.
    fn broken(&self) -> Option<Invariant> {
        let (newest, oldest) = (self.newest?, self.oldest?);
        let apart = newest.major != oldest.major || newest.minor > oldest.minor + 1;
        let mut kubelets = self.kubelets.iter().flatten();
        let left = kubelets.any(|kubelet| !kubelet_allowed(*kubelet, newest));
        (apart || left).then_some(Invariant::VersionSkew)
    }
}
