//! Plans drawn by lot, for what must hold under every one of them.

#![cfg(not(target_arch = "wasm32"))]

use proptest::option;
use proptest::prelude::*;

use super::testing::{plan, steps};
use crate::plan::{
    AksSurge, Batches, BlueGreen, ClusterApi, DrainPolicy, EksManaged, FailureRule, GkeSurge,
    Karpenter, Kops, Kubeadm, Kured, OnDrainTimeout, Plan, PoolStrategy, Undrainable,
};
use crate::units::{IntOrPercent, SimDuration};

fn limit() -> impl Strategy<Value = IntOrPercent> {
    prop_oneof![
        (0..4).prop_map(IntOrPercent::Int),
        (0..101_u32).prop_map(IntOrPercent::Percent),
    ]
}

fn minutes(most: u64) -> impl Strategy<Value = SimDuration> {
    (0..most).prop_map(SimDuration::from_mins)
}

/// Every strategy, with parameters of its own.
fn strategy() -> impl Strategy<Value = PoolStrategy> {
    let node_timeout = || option::of((2..20_u64).prop_map(SimDuration::from_mins));
    let batches = prop_oneof![Just(Batches::Gke), Just(Batches::Aks)];
    prop_oneof![
        3 => (1..4_u32, node_timeout()).prop_map(|(max_surge, node_timeout)| {
            PoolStrategy::Surge { max_surge, node_timeout }
        }),
        3 => (1..4_u32, node_timeout()).prop_map(|(max_unavailable, node_timeout)| {
            PoolStrategy::Unavailable { max_unavailable, node_timeout }
        }),
        2 => (0..3_u32, 0..3_u32).prop_map(|(max_surge, max_unavailable)| {
            PoolStrategy::Gke(GkeSurge { max_surge, max_unavailable })
        }),
        2 => limit().prop_map(|max_unavailable| {
            PoolStrategy::Eks(EksManaged { max_unavailable, force: false })
        }),
        2 => (limit(), limit(), minutes(30)).prop_map(|(max_surge, max_unavailable, node_soak)| {
            PoolStrategy::Aks(AksSurge {
                max_surge,
                max_unavailable,
                undrainable: Undrainable::Fail,
                max_blocked_nodes: None,
                node_soak,
            })
        }),
        2 => (batches, limit(), minutes(5), minutes(90)).prop_map(
            |(batches, batch, batch_soak, pool_soak)| {
                PoolStrategy::BlueGreen(BlueGreen { batches, batch, batch_soak, pool_soak })
            }
        ),
        2 => (limit(), limit(), minutes(20)).prop_map(|(max_surge, max_unavailable, volumes)| {
            PoolStrategy::ClusterApi(ClusterApi {
                max_surge,
                max_unavailable,
                node_volume_detach_timeout: volumes,
                ..ClusterApi::default()
            })
        }),
        // A lock that is let go is asked for again until the rehearsal ends, so seldom.
        1 => (1..3_u32).prop_map(|concurrency| {
            PoolStrategy::Kured(Kured { concurrency, ..Kured::default() })
        }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(ignore_daemonsets, force)| {
            PoolStrategy::Kubeadm(Kubeadm { ignore_daemonsets, force, ..Kubeadm::default() })
        }),
        1 => limit().prop_map(|budget| PoolStrategy::Karpenter(Karpenter { budget })),
        1 => (limit(), limit()).prop_map(|(max_surge, max_unavailable)| {
            PoolStrategy::Kops(Kops { max_surge, max_unavailable })
        }),
    ]
}

/// What may follow a drain's time-out under a strategy.
fn on_timeout(strategy: PoolStrategy) -> impl Strategy<Value = OnDrainTimeout> {
    let own = match strategy {
        PoolStrategy::Aks(_) => vec![
            OnDrainTimeout::Replace,
            OnDrainTimeout::Quarantine {
                max_blocked: IntOrPercent::Int(1),
            },
            OnDrainTimeout::Quarantine {
                max_blocked: IntOrPercent::Percent(100),
            },
        ],
        PoolStrategy::BlueGreen(_) | PoolStrategy::ClusterApi(_) => vec![OnDrainTimeout::GoOn],
        PoolStrategy::Kured(_) => vec![OnDrainTimeout::Release {
            retry_after: SimDuration::from_hours(24 * 20),
        }],
        PoolStrategy::Surge { .. }
        | PoolStrategy::Unavailable { .. }
        | PoolStrategy::Gke(_)
        | PoolStrategy::Eks(_)
        | PoolStrategy::Kubeadm(_)
        | PoolStrategy::Kops(_)
        | PoolStrategy::Karpenter(_) => Vec::new(),
    };
    let any = [OnDrainTimeout::Fail, OnDrainTimeout::Force];
    proptest::sample::select([any.to_vec(), own].concat())
}

/// A plan of one cluster, with all four steps.
pub(super) fn a_plan() -> impl Strategy<Value = Plan> {
    let timeout = option::of((1..40_u64).prop_map(SimDuration::from_mins));
    let rule = prop_oneof![
        Just(FailureRule::Hold),
        Just(FailureRule::GoOn),
        Just(FailureRule::RollBack),
    ];
    let roll = strategy().prop_flat_map(|strategy| (Just(strategy), on_timeout(strategy)));
    (roll, timeout, rule).prop_map(|((strategy, on_timeout), timeout, on_failure)| {
        let drain = DrainPolicy {
            timeout,
            on_timeout,
        };
        let mut plan = plan(&[1], &steps(strategy, drain));
        plan.on_failure = on_failure;
        plan
    })
}
