//! How each provider rolls a pool and limits a drain, unless it is told otherwise.
//!
//! Source: k8s-truth §9, which gives the page of each provider's documents.

use crate::inventory::Provider;
use crate::plan::{DrainChoice, DrainPolicy, OnDrainTimeout, PoolChoice, PoolStrategy};
use crate::units::SimDuration;

/// What a provider does by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderDefaults {
    /// How nodes of a pool are replaced.
    pub strategy: PoolStrategy,
    /// How a drain is limited.
    pub drain: DrainPolicy,
    /// Where this is documented.
    pub source: &'static str,
}

/// One node is added at a time and may take as long as it likes.
const SURGE_ONE: PoolStrategy = PoolStrategy::Surge {
    max_surge: 1,
    node_timeout: None,
};

/// One node is added at a time and fails the pool when it is not Ready in a quarter of an hour.
const SURGE_ONE_IN_15_MINUTES: PoolStrategy = PoolStrategy::Surge {
    max_surge: 1,
    node_timeout: Some(SimDuration::from_mins(15)),
};

/// A drain without a limit.
const WAIT: DrainPolicy = DrainPolicy {
    timeout: None,
    on_timeout: OnDrainTimeout::Fail,
};

/// GKE: pods that are left after an hour are removed, and the upgrade goes on.
const GKE: ProviderDefaults = ProviderDefaults {
    strategy: SURGE_ONE,
    drain: limited(SimDuration::from_hours(1), OnDrainTimeout::Force),
    source: "GKE: Node pool upgrade strategies",
};

/// EKS: nodes are added up front for every zone, and one at a time is drained.
const EKS: ProviderDefaults = ProviderDefaults {
    strategy: SURGE_ONE_IN_15_MINUTES,
    drain: limited(SimDuration::from_mins(15), OnDrainTimeout::Fail),
    source: "EKS: Managed node update behavior",
};

/// AKS: its documents disagree on what follows the timeout; failing is the one that costs more.
const AKS: ProviderDefaults = ProviderDefaults {
    strategy: SURGE_ONE,
    drain: limited(SimDuration::from_mins(30), OnDrainTimeout::Fail),
    source: "AKS: Rolling upgrades of node pools",
};

/// Cluster API: `nodeDrainTimeout` 0 means no limit.
const CLUSTER_API: ProviderDefaults = ProviderDefaults {
    strategy: SURGE_ONE,
    drain: WAIT,
    source: "Cluster API: MachineDeployment, nodeDrainTimeout",
};

/// kubeadm: nodes are rebuilt in place, and `kubectl drain` waits for ever.
const KUBEADM: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Unavailable {
        max_unavailable: 1,
        node_timeout: None,
    },
    drain: WAIT,
    source: "kubectl drain: kubernetes/kubectl pkg/drain/drain.go",
};

/// kOps: a new node must pass validation within a quarter of an hour, and so must a drain.
const KOPS: ProviderDefaults = ProviderDefaults {
    strategy: SURGE_ONE_IN_15_MINUTES,
    drain: limited(SimDuration::from_mins(15), OnDrainTimeout::Fail),
    source: "kOps: rolling-update",
};

const fn limited(timeout: SimDuration, on_timeout: OnDrainTimeout) -> DrainPolicy {
    DrainPolicy {
        timeout: Some(timeout),
        on_timeout,
    }
}

/// The defaults of `provider`; where it is not known, those of a drain by hand.
pub const fn provider_defaults(provider: Option<Provider>) -> &'static ProviderDefaults {
    match provider {
        Some(Provider::Gke) => &GKE,
        Some(Provider::Eks) => &EKS,
        Some(Provider::Aks) => &AKS,
        Some(Provider::ClusterApi) => &CLUSTER_API,
        Some(Provider::Kubeadm) | None => &KUBEADM,
        Some(Provider::Kops) => &KOPS,
    }
}

/// The strategy for a provider's pools under `choice`; the time a node may take stays its own.
pub(super) fn strategy(choice: PoolChoice, defaults: &ProviderDefaults) -> PoolStrategy {
    let node_timeout = match defaults.strategy {
        PoolStrategy::Surge { node_timeout, .. }
        | PoolStrategy::Unavailable { node_timeout, .. } => node_timeout,
    };
    match choice {
        PoolChoice::Provider => defaults.strategy,
        PoolChoice::Surge(max_surge) => PoolStrategy::Surge {
            max_surge,
            node_timeout,
        },
        PoolChoice::Unavailable(max_unavailable) => PoolStrategy::Unavailable {
            max_unavailable,
            node_timeout,
        },
    }
}

/// The limit of a provider's drains under `choice`.
pub(super) fn drain(choice: DrainChoice, defaults: &ProviderDefaults) -> DrainPolicy {
    match choice {
        DrainChoice::Provider => defaults.drain,
        DrainChoice::Wait => WAIT,
        DrainChoice::Fail(timeout) => limited(timeout, OnDrainTimeout::Fail),
        DrainChoice::Force(timeout) => limited(timeout, OnDrainTimeout::Force),
    }
}
