//! Proposes a plan for the whole fleet, and says what it rests on and leaves out.

use jiff::Timestamp;

use crate::ids::ClusterIdx;
use crate::inventory::{Cluster, Evidence, Inventory, Pod, Provider};
use crate::plan::hops::{self, Hop};
use crate::plan::provider::{self, provider_defaults};
use crate::plan::targets::{HOPS_MAX, default_target};
use crate::plan::waves;
use crate::plan::{
    ClusterPlan, DrainChoice, HeldBack, LeaseOnStop, Plan, PlanError, PlanSettings, PlanningReport,
    PoolChoice, Step,
};
use crate::units::{KubeVersion, SimDuration};

/// A single wait of a plan: nobody watches for longer, and a rehearsal follows no cluster for more
/// than twice as long.
const LONGEST_WAIT: SimDuration = SimDuration::from_hours(30 * 24);

/// Names spelled out in one sentence before the rest is counted.
const NAMES_MAX: usize = 4;

/// Proposes a plan for the whole fleet.
pub fn propose(
    inventory: &Inventory,
    settings: &PlanSettings,
) -> Result<(Plan, PlanningReport), PlanError> {
    check(settings)?;
    let start_unix_ms = start(&settings.start)?;
    let target = target(inventory, settings)?;
    let mut report = PlanningReport::default();
    let mut planned = Vec::new();
    for (position, cluster) in inventory.clusters.iter().enumerate() {
        let index = ClusterIdx::new(position);
        let hops = hops::lay_out(cluster, target);
        match hops.and_then(|hops| keep_to_windows(cluster, settings).map(|()| hops)) {
            Ok(hops) => planned.push(ClusterPlan {
                cluster: index,
                steps: steps(cluster, settings, &hops),
            }),
            Err(reason) => report.held_back.push((index, reason)),
        }
    }
    report.assumptions = assumptions(inventory, settings, target, &planned);
    let mut waves = waves::sort(inventory, planned);
    if settings.canary {
        waves::send_canary(inventory, &mut waves);
    }
    let plan = Plan {
        target,
        start_unix_ms,
        waves,
        max_concurrency: settings.max_concurrency,
        wave_soak: settings.wave_soak,
        gates: settings.gates.clone(),
        on_failure: settings.on_failure,
        respect_windows: settings.respect_windows,
        controller_manager_lease: settings.controller_manager_lease,
    };
    Ok((plan, report))
}

/// Holds a cluster back when the plan keeps to windows and nobody can tell when they are.
fn keep_to_windows(cluster: &Cluster, settings: &PlanSettings) -> Result<(), HeldBack> {
    match cluster.windows {
        Evidence::Unknown if settings.respect_windows => Err(HeldBack::WindowsUnreadable),
        Evidence::Known(_) | Evidence::Assumed { .. } | Evidence::Unknown => Ok(()),
    }
}

/// Refuses settings under which nothing could ever be done.
fn check(settings: &PlanSettings) -> Result<(), PlanError> {
    if settings.max_concurrency == 0 {
        return Err(PlanError::NoConcurrency);
    }
    provider::check(settings.pool_strategy)?;
    let drain = match settings.drain {
        DrainChoice::Fail(timeout) | DrainChoice::Force(timeout) => timeout,
        DrainChoice::Provider | DrainChoice::Wait => SimDuration::ZERO,
    };
    let waits = [
        ("clusterSoak", settings.cluster_soak),
        ("waveSoak", settings.wave_soak),
        ("drain", drain),
        ("gates.maxEtcdCommitP99", settings.gates.max_etcd_commit_p99),
    ];
    if let Some((field, value)) = waits.into_iter().find(|(_, wait)| *wait > LONGEST_WAIT) {
        return Err(PlanError::TooLong {
            field,
            value,
            longest: LONGEST_WAIT,
        });
    }
    let gates = &settings.gates;
    let shares = [
        ("minReadyNodesPerMille", gates.min_ready_nodes_per_mille),
        (
            "minApiAvailabilityPerMille",
            gates.min_api_availability_per_mille,
        ),
    ];
    match shares.into_iter().find(|(_, value)| *value > 1_000) {
        Some((field, value)) => Err(PlanError::GateShare { field, value }),
        None => Ok(()),
    }
}

fn start(text: &str) -> Result<i64, PlanError> {
    let start: Result<Timestamp, _> = text.trim().parse();
    start
        .map(Timestamp::as_millisecond)
        .map_err(|_| PlanError::Start {
            text: text.to_owned(),
        })
}

/// The target that is set, or one minor beyond the newest API server.
fn target(inventory: &Inventory, settings: &PlanSettings) -> Result<KubeVersion, PlanError> {
    let versions = || inventory.clusters.iter().filter_map(|c| c.version.value());
    let target = settings.target.or_else(|| default_target(inventory));
    let target = target.ok_or(PlanError::TargetMissing)?;
    let oldest = versions().min().copied();
    if let Some(oldest) = oldest.filter(|o| (o.major, o.minor) > (target.major, target.minor)) {
        return Err(PlanError::TargetTooOld { target, oldest });
    }
    for cluster in &inventory.clusters {
        let Some(version) = cluster.version.value().copied() else {
            continue;
        };
        let behind = target.minor.saturating_sub(version.minor);
        if version.major < target.major || behind > HOPS_MAX {
            return Err(PlanError::TargetTooFar {
                target,
                cluster: cluster.name.clone(),
                version,
            });
        }
    }
    Ok(target)
}

fn steps(cluster: &Cluster, settings: &PlanSettings, hops: &[Hop]) -> Vec<Step> {
    let defaults = provider_defaults(cluster.provider.value().copied());
    let (strategy, of_pool) = provider::strategy(settings.pool_strategy, defaults);
    let step = |hop: &Hop| match *hop {
        Hop::ControlPlane { from, to } => Step::ControlPlane { from, to },
        Hop::Cni => Step::Cni,
        Hop::Pool { pool, to } => {
            let by_karpenter = cluster.pools[pool.index()].by_karpenter;
            let as_provider = settings.pool_strategy == PoolChoice::Provider;
            let (strategy, of_pool) = if by_karpenter && as_provider {
                (provider::KARPENTER.strategy, provider::KARPENTER.drain)
            } else {
                (strategy, of_pool)
            };
            Step::Pool {
                pool,
                to,
                strategy,
                drain: provider::drain(settings.drain, of_pool),
            }
        }
    };
    let soak = Step::Observe {
        soak: settings.cluster_soak,
    };
    hops.iter().map(step).chain([soak]).collect()
}

/// Versions and providers that are taken for something, each with its reason.
fn taken_for(settings: &PlanSettings, target: KubeVersion, clusters: &[&Cluster]) -> Vec<String> {
    let mut sentences = Vec::new();
    if settings.target.is_none() {
        sentences.push(format!(
            "No target is set; {target} is one minor beyond the newest API server of the fleet."
        ));
    }
    for cluster in clusters {
        let name = &cluster.name;
        if let Evidence::Assumed { value, reason } = &cluster.version {
            sentences.push(format!(
                "The API server of `{name}` is taken for {value}: {reason}."
            ));
        }
        if let Evidence::Assumed { value, reason } = &cluster.provider {
            sentences.push(format!("`{name}` is taken for {value:?}: {reason}."));
        }
    }
    sentences
}

/// What the plan takes for granted, one sentence for each kind of gap.
fn assumptions(
    inventory: &Inventory,
    settings: &PlanSettings,
    target: KubeVersion,
    planned: &[ClusterPlan],
) -> Vec<String> {
    let clusters: Vec<&Cluster> = planned
        .iter()
        .map(|plan| &inventory.clusters[plan.cluster.index()])
        .collect();
    let mut sentences = taken_for(settings, target, &clusters);
    let overruled = provider::overruled(settings.pool_strategy, settings.drain);
    sentences.extend(overruled.map(|what| format!("{what}.")));
    let by_provider =
        settings.pool_strategy == PoolChoice::Provider || settings.drain == DrainChoice::Provider;
    let mut say = |applies: &dyn Fn(&Cluster) -> bool, what: &str| {
        let names: Vec<&str> = clusters
            .iter()
            .filter(|cluster| applies(cluster))
            .map(|cluster| cluster.name.as_str())
            .collect();
        if !names.is_empty() {
            sentences.push(format!("{}: {what}.", list(&names)));
        }
    };
    say(
        &|cluster| cluster.tier.value().is_none(),
        "the tier is not known and is taken for medium",
    );
    say(
        &|cluster| cluster.control_plane.members.value().is_none(),
        "how many members the control plane has is not known; it is taken for one, whose restart \
         takes the API away",
    );
    say_of_leases(&mut say, settings, inventory, planned);
    say(
        &|cluster| by_provider && cluster.provider.value().is_none(),
        "the provider is not known; nodes are taken to be drained by hand, without a limit",
    );
    say(
        &|cluster| {
            let provider = cluster.provider.value();
            let by_provider = matches!(
                settings.pool_strategy,
                PoolChoice::Provider | PoolChoice::Surge(_) | PoolChoice::Unavailable(_)
            ) && settings.drain == DrainChoice::Provider;
            by_provider && provider == Some(&Provider::Aks)
        },
        "AKS documents disagree on a drain that is out of time; it is taken to fail the pool",
    );
    say(
        &|cluster| {
            let provider = cluster.provider.value();
            settings.pool_strategy == PoolChoice::Provider && provider == Some(&Provider::Aks)
        },
        "AKS documents disagree on how many nodes surge by default; it is taken for one",
    );
    let blue_green = matches!(settings.pool_strategy, PoolChoice::GkeBlueGreen(_));
    say(
        &|_| blue_green && settings.drain == DrainChoice::Provider,
        "GKE documents give no limit for the drains of a blue-green upgrade; it is taken for the \
         hour of a surge",
    );
    say_of_nodes_and_pods(settings, &mut say);
    say(
        &|cluster| settings.respect_windows && cluster.windows.value().is_some_and(Vec::is_empty),
        "no maintenance window is named, so any time is taken to be allowed",
    );
    sentences
}

/// What is taken for granted about nodes and pods that do not say it.
fn say_of_nodes_and_pods(
    settings: &PlanSettings,
    say: &mut impl FnMut(&dyn Fn(&Cluster) -> bool, &str),
) {
    say_of_autoscalers(settings, say);
    say(
        &|cluster| {
            let mut pools = cluster.pools.iter();
            let by_hand = matches!(cluster.provider.value(), Some(Provider::Kubeadm) | None);
            !by_hand && pools.any(|pool| pool.control_plane && !pool.nodes.is_empty())
        },
        "nodes of the control plane are not drained: their kubelets are taken to be upgraded with \
         it and their pods to stay",
    );
    say(
        &|cluster| cluster.nodes.iter().any(|n| n.kubelet.value().is_none()),
        "some kubelets' versions are not known; they are taken for the API server's, \
         and their pools are upgraded in any case",
    );
    say(
        &|cluster| cluster.nodes.iter().any(|n| n.ready.value().is_none()),
        "whether some nodes are Ready is not known; they are taken to be",
    );
    say(
        &|cluster| {
            cluster
                .nodes
                .iter()
                .any(|n| n.allocatable.value().is_none())
        },
        "the size of some nodes is not known; pods are taken to fit there up to 110 of them",
    );
    say(
        &|cluster| cluster.pods.is_empty(),
        "no pod is known, so nodes are taken to be empty: what drains and budgets would do is not \
         rehearsed",
    );
    say(
        &|cluster| cluster.pods.iter().any(Pod::is_unready),
        "some pods were not ready in the snapshot; they are taken to be broken for good, so what \
         replaces them does not become ready either",
    );
}

/// What is taken for granted about leases, where a control plane goes up.
fn say_of_leases(
    say: &mut impl FnMut(&dyn Fn(&Cluster) -> bool, &str),
    settings: &PlanSettings,
    inventory: &Inventory,
    planned: &[ClusterPlan],
) {
    let climbs = |step: &Step| matches!(step, Step::ControlPlane { .. });
    let climbing: Vec<&str> = planned
        .iter()
        .filter(|plan| plan.steps.iter().any(climbs))
        .map(|plan| inventory.clusters[plan.cluster.index()].name.as_str())
        .collect();
    say(
        &|cluster| {
            let members = cluster.control_plane.members.value();
            settings.controller_manager_lease == LeaseOnStop::Kept
                && members.is_some_and(|members| *members > 1)
                && climbing.contains(&cluster.name.as_str())
        },
        "whether a kube-controller-manager that stops cleanly gives its lease back is not certain; \
         it is taken to keep it, so for some 15 s nothing is replaced",
    );
}

/// What is taken for granted about pools that grow by themselves.
fn say_of_autoscalers(
    settings: &PlanSettings,
    say: &mut impl FnMut(&dyn Fn(&Cluster) -> bool, &str),
) {
    let by_karpenter = |cluster: &Cluster| cluster.pools.iter().any(|pool| pool.by_karpenter);
    let by_autoscaler = |cluster: &Cluster| {
        let mut workloads = cluster.workloads.iter();
        workloads.any(|workload| workload.name.contains("cluster-autoscaler"))
    };
    say(
        &|cluster| by_karpenter(cluster) || by_autoscaler(cluster),
        "no pod that stays pending makes a pool grow here, as Karpenter or the cluster-autoscaler \
         would; what is told to stay pending might get a new node",
    );
    let by_itself = settings.pool_strategy == PoolChoice::Provider;
    say(
        &|cluster| by_itself && by_karpenter(cluster),
        "Karpenter's pools are taken to have its default disruption budget, a tenth of their \
         nodes, and to evict all pods of a node at once, those of daemon sets not at all",
    );
    let waits = by_itself && settings.drain == DrainChoice::Provider;
    say(
        &|cluster| waits && by_karpenter(cluster),
        "Karpenter's pools are taken to have no `terminationGracePeriod`, so that their drains \
         wait for ever",
    );
}

/// Names as text: the first few, and how many there are beside them.
fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .take(NAMES_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    let text = quoted.join(", ");
    match names.len().saturating_sub(NAMES_MAX) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}
