//! How each provider rolls a pool and limits a drain, unless it is told otherwise.
//!
//! Source: k8s-truth §9, which gives the page of each provider's documents.

use crate::inventory::Provider;
use crate::plan::strategy::{
    AksSurge, Batches, BlueGreen, ClusterApi, EksManaged, GkeSurge, Karpenter, Kops, Kubeadm,
    Kured, Undrainable,
};
use crate::plan::{DrainChoice, DrainPolicy, OnDrainTimeout, PlanError, PoolChoice, PoolStrategy};
use crate::units::{IntOrPercent, SimDuration};

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

/// A drain without a limit.
const WAIT: DrainPolicy = DrainPolicy {
    timeout: None,
    on_timeout: OnDrainTimeout::Fail,
};

/// The drain of GKE's surge upgrades: pods that are left after an hour are removed.
const GKE_DRAIN: DrainPolicy = limited(SimDuration::from_hours(1), OnDrainTimeout::Force);

/// The drain of kOps, which also gives the validation of a new node a quarter of an hour.
const KOPS_DRAIN: DrainPolicy = limited(SimDuration::from_mins(15), OnDrainTimeout::Fail);

/// GKE: pods that are left after an hour are removed, and the upgrade goes on.
const GKE: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Gke(GkeSurge::DEFAULT),
    drain: GKE_DRAIN,
    source: "GKE: Node pool upgrade strategies",
};

/// EKS: nodes are added up front for every zone, and one at a time is drained.
const EKS: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Eks(EksManaged::DEFAULT),
    drain: eks_drain(EksManaged::DEFAULT),
    source: "EKS: Managed node update behavior",
};

/// AKS: its documents disagree on what follows the timeout; failing is the one that costs more.
const AKS: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Aks(AksSurge::DEFAULT),
    drain: aks_drain(AksSurge::DEFAULT),
    source: "AKS: Rolling upgrades of node pools",
};

/// Cluster API: `nodeDrainTimeout` 0 means no limit.
const CLUSTER_API: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::ClusterApi(ClusterApi::DEFAULT),
    drain: cluster_api_drain(ClusterApi::DEFAULT),
    source: "Cluster API: MachineDeployment, nodeDrainTimeout",
};

/// kubeadm: nodes are upgraded in place, and `kubectl drain` waits for ever.
const KUBEADM: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Kubeadm(Kubeadm::DEFAULT),
    drain: WAIT,
    source: "kubectl drain: kubernetes/kubectl pkg/drain/drain.go",
};

/// kOps: a new node must pass validation within a quarter of an hour, and so must a drain.
const KOPS: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Kops(Kops::DEFAULT),
    drain: KOPS_DRAIN,
    source: "kOps: rolling-update",
};

/// Karpenter: no limit without a `terminationGracePeriod`, which no node tells.
pub(super) const KARPENTER: ProviderDefaults = ProviderDefaults {
    strategy: PoolStrategy::Karpenter(Karpenter::DEFAULT),
    drain: WAIT,
    source: "Karpenter: Disruption, drift",
};

const fn limited(timeout: SimDuration, on_timeout: OnDrainTimeout) -> DrainPolicy {
    DrainPolicy {
        timeout: Some(timeout),
        on_timeout,
    }
}

/// A limit of which zero means none.
const fn unless_zero(timeout: SimDuration, on_timeout: OnDrainTimeout) -> DrainPolicy {
    DrainPolicy {
        timeout: if timeout.as_millis() == 0 {
            None
        } else {
            Some(timeout)
        },
        on_timeout,
    }
}

/// EKS: `PodEvictionFailure` after a quarter of an hour, unless the update is forced (§9.2).
const fn eks_drain(eks: EksManaged) -> DrainPolicy {
    let on_timeout = if eks.force {
        OnDrainTimeout::Force
    } else {
        OnDrainTimeout::Fail
    };
    limited(SimDuration::from_mins(15), on_timeout)
}

/// AKS: half an hour, then what `undrainableNodeBehavior` says (§9.3).
const fn aks_drain(aks: AksSurge) -> DrainPolicy {
    let max_blocked = match aks.max_blocked_nodes {
        Some(most) => most,
        None => aks.max_surge,
    };
    let on_timeout = match aks.undrainable {
        Undrainable::Fail => OnDrainTimeout::Fail,
        Undrainable::Cordon => OnDrainTimeout::Quarantine { max_blocked },
        Undrainable::Schedule => OnDrainTimeout::Replace,
    };
    limited(SimDuration::from_mins(30), on_timeout)
}

/// Cluster API goes on to delete the machine once a drain is out of time (§9.4).
const fn cluster_api_drain(settings: ClusterApi) -> DrainPolicy {
    unless_zero(settings.node_drain_timeout, OnDrainTimeout::GoOn)
}

/// kured uncordons a node that it could not drain, and lets the lock go (§9.4).
const fn kured_drain(kured: Kured) -> DrainPolicy {
    let retry_after = kured.period;
    unless_zero(kured.drain_timeout, OnDrainTimeout::Release { retry_after })
}

/// A second pool, of which a drain that is out of time is left as it is.
const fn blue_green(settings: BlueGreen, drain_for: SimDuration) -> (PoolStrategy, DrainPolicy) {
    let drain = limited(drain_for, OnDrainTimeout::GoOn);
    (PoolStrategy::BlueGreen(settings), drain)
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

/// How pools are rolled under `choice`, and how their drains are limited as long as nothing else
/// is chosen for them: a provider's way brings its own limit, whoever runs the cluster. GKE's
/// documents give no limit for the drains of a blue-green upgrade; it is taken to be that of a
/// surge.
pub(super) fn strategy(
    choice: PoolChoice,
    defaults: &ProviderDefaults,
) -> (PoolStrategy, DrainPolicy) {
    let node_timeout = defaults.strategy.node_timeout();
    match choice {
        PoolChoice::Provider => (defaults.strategy, defaults.drain),
        PoolChoice::Surge(max_surge) => {
            let surge = PoolStrategy::Surge {
                max_surge,
                node_timeout,
            };
            (surge, defaults.drain)
        }
        PoolChoice::Unavailable(max_unavailable) => {
            let unavailable = PoolStrategy::Unavailable {
                max_unavailable,
                node_timeout,
            };
            (unavailable, defaults.drain)
        }
        PoolChoice::GkeSurge(gke) => (PoolStrategy::Gke(gke), GKE_DRAIN),
        PoolChoice::GkeBlueGreen(gke) => blue_green(
            BlueGreen {
                batches: Batches::Gke,
                batch: gke.batch,
                batch_soak: gke.batch_soak,
                pool_soak: gke.pool_soak,
            },
            SimDuration::from_hours(1),
        ),
        PoolChoice::EksManaged(eks) => (PoolStrategy::Eks(eks), eks_drain(eks)),
        PoolChoice::AksSurge(aks) => (PoolStrategy::Aks(aks), aks_drain(aks)),
        PoolChoice::AksBlueGreen(aks) => blue_green(
            BlueGreen {
                batches: Batches::Aks,
                batch: aks.batch,
                batch_soak: aks.batch_soak,
                pool_soak: aks.pool_soak,
            },
            SimDuration::from_mins(30),
        ),
        PoolChoice::ClusterApi(settings) => (
            PoolStrategy::ClusterApi(settings),
            cluster_api_drain(settings),
        ),
        PoolChoice::Kured(kured) => (PoolStrategy::Kured(kured), kured_drain(kured)),
        PoolChoice::Kubeadm(kubeadm) => (PoolStrategy::Kubeadm(kubeadm), WAIT),
        PoolChoice::Kops(kops) => (PoolStrategy::Kops(kops), KOPS_DRAIN),
    }
}

/// The limit of drains under `choice`, where a pool's way would have it `of_pool`.
pub(super) fn drain(choice: DrainChoice, of_pool: DrainPolicy) -> DrainPolicy {
    match choice {
        DrainChoice::Provider => of_pool,
        DrainChoice::Wait => WAIT,
        DrainChoice::Fail(timeout) => limited(timeout, OnDrainTimeout::Fail),
        DrainChoice::Force(timeout) => limited(timeout, OnDrainTimeout::Force),
    }
}

/// What of a chosen way to roll pools does not hold because drains are limited by `choice`: a
/// sentence, with what to write instead. A provider's way that nobody spelled out has nothing to
/// lose: to overrule it is what the limit is for.
pub(super) fn overruled(pools: PoolChoice, choice: DrainChoice) -> Option<&'static str> {
    let (_, own) = strategy(pools, &KUBEADM);
    if drain(choice, own) == own {
        return None;
    }
    match pools {
        PoolChoice::AksSurge(aks) if aks.undrainable != Undrainable::Fail => Some(
            "`plan.drain` overrules `undrainable` and the half hour of `aks-surge`; take `drain` \
             out to keep them",
        ),
        PoolChoice::GkeBlueGreen(_) | PoolChoice::AksBlueGreen(_) => Some(
            "`plan.drain` overrules that a blue-green upgrade goes on where a drain is out of \
             time; take `drain` out to keep that",
        ),
        PoolChoice::Kured(_) => Some(
            "`plan.drain` overrules `drainTimeout` of `kured`, and that a node that cannot be \
             drained lets the lock go; set `drainTimeout` instead",
        ),
        PoolChoice::ClusterApi(_) => Some(
            "`plan.drain` overrules `nodeDrainTimeout` of `cluster-api`, and that a machine is \
             deleted all the same then; set `nodeDrainTimeout` instead",
        ),
        PoolChoice::EksManaged(eks) if eks.force => Some(
            "`plan.drain` overrules `force` and the quarter of an hour of `eks-managed`; take \
             `drain` out to keep them",
        ),
        PoolChoice::Provider
        | PoolChoice::Surge(_)
        | PoolChoice::Unavailable(_)
        | PoolChoice::GkeSurge(_)
        | PoolChoice::EksManaged(_)
        | PoolChoice::AksSurge(_)
        | PoolChoice::Kubeadm(_)
        | PoolChoice::Kops(_) => None,
    }
}

/// Refuses strategies under which nothing could ever be done, or that no provider accepts.
pub(super) fn check(choice: PoolChoice) -> Result<(), PlanError> {
    match choice {
        PoolChoice::Provider | PoolChoice::Kubeadm(_) => Ok(()),
        PoolChoice::Surge(count) => some_nodes(&[int(count)], "`surge` is 0"),
        PoolChoice::Unavailable(count) => some_nodes(&[int(count)], "`unavailable` is 0"),
        PoolChoice::GkeSurge(gke) => {
            some_nodes(&[int(gke.max_surge), int(gke.max_unavailable)], BOTH_ZERO)
        }
        PoolChoice::GkeBlueGreen(gke) => batches(gke.batch, gke.batch_soak, gke.pool_soak),
        PoolChoice::EksManaged(eks) => {
            count("maxUnavailable", eks.max_unavailable)?;
            match eks.max_unavailable {
                IntOrPercent::Int(101..) => {
                    Err(limit("maxUnavailable", &eks.max_unavailable, "at most 100"))
                }
                IntOrPercent::Int(_) | IntOrPercent::Percent(_) => {
                    some_nodes(&[eks.max_unavailable], "`maxUnavailable` is 0")
                }
            }
        }
        PoolChoice::AksSurge(aks) => {
            count("maxBlockedNodes", aks.max_blocked_nodes.unwrap_or(int(0)))?;
            at_most(
                "nodeSoak",
                aks.node_soak,
                SimDuration::from_mins(30),
                "at most 30m",
            )?;
            both(aks.max_surge, aks.max_unavailable)
        }
        PoolChoice::AksBlueGreen(aks) => batches(aks.batch, aks.batch_soak, aks.pool_soak),
        PoolChoice::ClusterApi(settings) => {
            let longest = SimDuration::from_hours(30 * 24);
            let volumes = settings.node_volume_detach_timeout;
            at_most(
                "nodeDrainTimeout",
                settings.node_drain_timeout,
                longest,
                "at most 30d",
            )?;
            at_most("nodeVolumeDetachTimeout", volumes, longest, "at most 30d")?;
            both(settings.max_surge, settings.max_unavailable)
        }
        PoolChoice::Kured(kured) => {
            let longest = SimDuration::from_hours(30 * 24);
            at_most("drainTimeout", kured.drain_timeout, longest, "at most 30d")?;
            at_most("period", kured.period, longest, "at most 30d")?;
            if kured.period < SimDuration::from_mins(1) {
                return Err(limit("period", &kured.period, "at least 1m"));
            }
            some_nodes(&[int(kured.concurrency)], "`concurrency` is 0")
        }
        PoolChoice::Kops(kops) => both(kops.max_surge, kops.max_unavailable),
    }
}

const fn int(count: u32) -> IntOrPercent {
    IntOrPercent::Int(if count == 0 { 0 } else { 1 })
}

/// Checks the batches and the soaks of a blue-green upgrade.
fn batches(batch: IntOrPercent, soak: SimDuration, pool: SimDuration) -> Result<(), PlanError> {
    count("batch", batch)?;
    let week = SimDuration::from_hours(7 * 24);
    at_most("poolSoak", soak + pool, week, "at most 7d")
}

/// Checks the two limits that most strategies have.
fn both(max_surge: IntOrPercent, max_unavailable: IntOrPercent) -> Result<(), PlanError> {
    count("maxSurge", max_surge)?;
    count("maxUnavailable", max_unavailable)?;
    some_nodes(&[max_surge, max_unavailable], BOTH_ZERO)
}

/// Two limits that leave nothing to do together.
const BOTH_ZERO: &str = "`maxSurge` and `maxUnavailable` are both 0";

/// Refuses limits that are all zero, of which `zero` tells.
fn some_nodes(limits: &[IntOrPercent], zero: &'static str) -> Result<(), PlanError> {
    let none =
        |limit: &IntOrPercent| matches!(limit, IntOrPercent::Int(0) | IntOrPercent::Percent(0));
    if limits.iter().all(none) {
        return Err(PlanError::NoNodesAtATime { zero });
    }
    Ok(())
}

fn count(field: &'static str, value: IntOrPercent) -> Result<(), PlanError> {
    match value {
        IntOrPercent::Int(..0) => Err(limit(field, &value, "a count from 0, or a share")),
        IntOrPercent::Int(_) | IntOrPercent::Percent(_) => Ok(()),
    }
}

fn at_most(
    field: &'static str,
    value: SimDuration,
    longest: SimDuration,
    accepted: &'static str,
) -> Result<(), PlanError> {
    if value > longest {
        return Err(limit(field, &value, accepted));
    }
    Ok(())
}

fn limit(field: &'static str, value: &dyn ToString, accepted: &'static str) -> PlanError {
    PlanError::StrategyLimit {
        field,
        value: value.to_string(),
        accepted,
    }
}
