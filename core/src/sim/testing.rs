//! Small hand-built fleets and their plans, for tests.

use crate::ids::{
    BudgetIdx, ClusterIdx, LookIdx, NodeIdx, PoolIdx, TopologyIdx, VolumeIdx, WorkloadIdx, ZoneIdx,
};
use crate::inventory::{
    Budget, Cluster, ControlPlane, Domains, Evidence, Inventory, LookVerdict, Mounts, Node,
    NodePool, Placement, Pod, PodTerm, PreStop, Preferences, Pressures, Provider, Resources,
    Sharing, SpreadRule, SpreadWish, Tier, Tolerated, Topology, Volume, Workload, WorkloadType,
    WrittenStatus,
};
use crate::plan::{
    ClusterPlan, DrainPolicy, FailureRule, Gates, LeaseOnStop, OnDrainTimeout, Plan, PoolStrategy,
    Step, Wave,
};
use crate::sim::fault::{Fault, FaultKind, Scope, Trigger};
use crate::sim::trace::{Event, EventKind, Severity, Trace};
use crate::sim::{Rehearsal, Replication};
use crate::snapshot::{
    JobRules, NodeInclusion, NodePressure, PodPhase, PreemptionPolicy, UnhealthyPodEvictionPolicy,
};
use crate::units::{IntOrPercent, KubeVersion, SimDuration};

/// The version everything starts at.
pub(crate) const OLD: KubeVersion = KubeVersion::minor(1, 31);
/// The version everything goes to.
pub(crate) const NEW: KubeVersion = KubeVersion::minor(1, 32);

/// The topology in which each node is a domain.
pub(crate) const BY_NODE: TopologyIdx = TopologyIdx(0);
/// The topology in which each zone is.
pub(crate) const BY_ZONE: TopologyIdx = TopologyIdx(1);

/// A drain that waits for ever.
pub(crate) const WAIT: DrainPolicy = DrainPolicy {
    timeout: None,
    on_timeout: OnDrainTimeout::Fail,
};
/// One node added at a time.
pub(crate) const SURGE: PoolStrategy = PoolStrategy::Surge {
    max_surge: 1,
    node_timeout: None,
};

/// A cluster of one pool with so many nodes of 4 CPUs and 16 GiB, in three zones.
pub(crate) fn cluster(name: &str, n_nodes: usize) -> Cluster {
    let node = |index: usize| Node {
        name: format!("node-{index}"),
        pool: PoolIdx(0),
        zone: Some(ZoneIdx(index as u32 % 3)),
        look: LookIdx(0),
        kubelet: Evidence::Known(OLD),
        allocatable: Evidence::Known(Resources {
            cpu_millis: 4_000,
            memory_bytes: 16 << 30,
            pods: 110,
        }),
        extended: Vec::new(),
        volume_limits: Vec::new(),
        ready: Evidence::Known(true),
        silent: false,
        unschedulable: false,
        pressures: Pressures::default(),
        excluded_from_disruption: false,
    };
    Cluster {
        name: name.to_owned(),
        provider: Evidence::Known(Provider::Eks),
        region: Evidence::Unknown,
        environment: Evidence::Unknown,
        tier: Evidence::Unknown,
        owner: Evidence::Unknown,
        approver: Evidence::Unknown,
        windows: Evidence::Known(Vec::new()),
        version: Evidence::Known(NEW),
        control_plane: ControlPlane {
            members: Evidence::Known(3),
            managed: true,
        },
        zones: ["a", "b", "c"].map(str::to_owned).to_vec(),
        pools: vec![NodePool {
            name: "web".to_owned(),
            control_plane: false,
            by_karpenter: false,
            nodes: (0..n_nodes).map(NodeIdx::new).collect(),
        }],
        nodes: (0..n_nodes).map(node).collect(),
        workloads: Vec::new(),
        pods: Vec::new(),
        budgets: Vec::new(),
        selections: Vec::new(),
        volumes: Vec::new(),
        mounted: Vec::new(),
        taints: Vec::new(),
        extended: Vec::new(),
        finalizers: Vec::new(),
        topologies: topologies(n_nodes),
    }
}

/// [`BY_NODE`] and [`BY_ZONE`] of a cluster of so many nodes.
fn topologies(n_nodes: usize) -> Vec<Topology> {
    let topology = |key: &str, domains| Topology {
        key: key.to_owned(),
        domains,
    };
    let zones = Domains::Label {
        of_node: (0..n_nodes).map(|index| Some(index as u32 % 3)).collect(),
        count: 3,
    };
    vec![
        topology("kubernetes.io/hostname", Domains::Host),
        topology("topology.kubernetes.io/zone", zones),
    ]
}

/// The system's own constraints, which pods of replica sets and stateful sets have.
fn default_spread(kind: WorkloadType, own: WorkloadIdx) -> SpreadWish {
    if !matches!(kind, WorkloadType::Deployment | WorkloadType::StatefulSet) {
        return SpreadWish::default();
    }
    let rules = [(BY_NODE, 3), (BY_ZONE, 5)].map(|(topology, max_skew)| SpreadRule {
        topology,
        workloads: vec![own],
        counts_itself: true,
        max_skew,
        min_domains: 1,
        node_affinity: NodeInclusion::Honor,
        node_taints: NodeInclusion::Ignore,
    });
    SpreadWish::Default(rules.to_vec())
}

/// Adds a workload of 500 millicores a pod, its pods spread over the nodes in turn.
pub(crate) fn add_workload(
    cluster: &mut Cluster,
    name: &str,
    kind: WorkloadType,
    replicas: u32,
) -> WorkloadIdx {
    let workload = WorkloadIdx::new(cluster.workloads.len());
    cluster.workloads.push(Workload {
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        kind,
        is_orphaned: false,
        replicas,
        parallel: false,
        requests: Resources {
            cpu_millis: 500,
            memory_bytes: 1 << 30,
            pods: 1,
        },
        extended: Vec::new(),
        priority: 0,
        preemption: PreemptionPolicy::default(),
        grace: SimDuration::from_secs(30),
        pre_stop: PreStop::None,
        sidecars: 0,
        readiness: None,
        has_readiness_gates: false,
        min_ready: SimDuration::ZERO,
        job: JobRules::default(),
        has_empty_dir: false,
        unreachable_limits: match kind {
            WorkloadType::DaemonSet | WorkloadType::Static => vec![None],
            _ => vec![Some(300)],
        },
        placement: Placement {
            tolerated: tolerated(kind),
            preferences: Preferences {
                spread: default_spread(kind, workload),
                ..Preferences::default()
            },
            ..Placement::default()
        },
        budgets: Vec::new(),
        partial_budgets: Vec::new(),
    });
    for index in 0..replicas {
        cluster.pods.push(Pod {
            name: format!("{name}-{index}"),
            workload,
            node: Some(NodeIdx(index % cluster.nodes.len() as u32)),
            phase: PodPhase::Running,
            ready: true,
            terminating: false,
            gated: false,
            finalizer: None,
            daemon_of: (kind == WorkloadType::DaemonSet)
                .then(|| NodeIdx(index % cluster.nodes.len() as u32)),
            mounts: Mounts::default(),
            selection: None,
        });
    }
    workload
}

/// What the pods of a kind tolerate by themselves.
fn tolerated(kind: WorkloadType) -> Tolerated {
    let by_daemons = kind == WorkloadType::DaemonSet;
    Tolerated {
        unschedulable: by_daemons,
        not_ready: by_daemons,
        unreachable: by_daemons,
        pressures: NodePressure::ALL
            .into_iter()
            .filter(|_| by_daemons)
            .collect(),
    }
}

/// Keeps the pods of a workload in domains of their own.
pub(crate) fn keep_apart(cluster: &mut Cluster, workload: WorkloadIdx, topology: TopologyIdx) {
    let neighbors = &mut cluster.workloads[workload.index()].placement.neighbors;
    let term = PodTerm {
        topology,
        workloads: vec![workload],
    };
    neighbors.apart = vec![term.clone()];
    neighbors.avoided_by = vec![term];
}

/// Binds the pods of a workload to one node by its name.
pub(crate) fn pin(cluster: &mut Cluster, workload: WorkloadIdx, node: NodeIdx) {
    let placement = &mut cluster.workloads[workload.index()].placement;
    placement.named = Some(vec![node]);
    placement.looks = vec![LookVerdict {
        taint: None,
        selected: false,
    }];
}

/// Adds a budget with this `maxUnavailable` for a workload.
pub(crate) fn add_budget(cluster: &mut Cluster, workload: WorkloadIdx, max_unavailable: i32) {
    let budget = BudgetIdx::new(cluster.budgets.len());
    cluster.workloads[workload.index()].budgets.push(budget);
    cluster.budgets.push(Budget {
        namespace: "shop".to_owned(),
        name: format!("budget-{}", budget.0),
        min_available: None,
        max_unavailable: Some(IntOrPercent::Int(max_unavailable)),
        unhealthy_policy: UnhealthyPodEvictionPolicy::IfHealthyBudget,
        written: WrittenStatus::default(),
        workloads: vec![workload],
    });
}

/// Gives every pod of a workload a volume in the zone of its node.
pub(crate) fn add_volumes(cluster: &mut Cluster, workload: WorkloadIdx) {
    for index in 0..cluster.pods.len() {
        let pod = &cluster.pods[index];
        if pod.workload == workload {
            let zone = pod.node.and_then(|node| cluster.nodes[node.index()].zone);
            let volume = VolumeIdx::new(cluster.volumes.len());
            cluster.volumes.push(Volume {
                name: format!("data-{}", pod.name),
                sharing: Sharing::OneNode,
                driver: None,
                zones: zone.into_iter().collect(),
                node: None,
            });
            cluster.pods[index].mounts = Mounts::add(&mut cluster.mounted, [volume]);
        }
    }
}

/// A fleet of these clusters.
pub(crate) fn fleet(clusters: Vec<Cluster>) -> Inventory {
    Inventory {
        name: "test".to_owned(),
        clusters,
    }
}

/// All four steps for a cluster of one pool.
pub(crate) fn steps(strategy: PoolStrategy, drain: DrainPolicy) -> Vec<Step> {
    vec![
        Step::ControlPlane { from: OLD, to: NEW },
        Step::Cni,
        Step::Pool {
            pool: PoolIdx(0),
            to: NEW,
            strategy,
            drain,
        },
        Step::Observe {
            soak: SimDuration::from_mins(15),
        },
    ]
}

/// The pool and the soak alone.
pub(crate) fn pool_steps(strategy: PoolStrategy, drain: DrainPolicy) -> Vec<Step> {
    steps(strategy, drain).split_off(2)
}

/// A plan that takes clusters in waves of these sizes, one cluster at a time.
pub(crate) fn plan(waves: &[usize], steps: &[Step]) -> Plan {
    let mut next = 0;
    let waves = waves.iter().map(|size| {
        let clusters = (next..next + size).map(|index| ClusterPlan {
            cluster: ClusterIdx::new(index),
            steps: steps.to_vec(),
        });
        next += size;
        Wave {
            name: "wave".to_owned(),
            tier: Tier::Low,
            reason: String::new(),
            clusters: clusters.collect(),
        }
    });
    Plan {
        target: NEW,
        start_unix_ms: 0,
        waves: waves.collect(),
        max_concurrency: 1,
        wave_soak: SimDuration::from_hours(1),
        gates: Gates::default(),
        on_failure: FailureRule::Hold,
        respect_windows: false,
        controller_manager_lease: LeaseOnStop::Kept,
    }
}

/// A fault in every cluster, for good.
pub(crate) fn fault(kind: FaultKind, trigger: Trigger, severity_per_mille: u32) -> Fault {
    Fault {
        kind,
        trigger,
        scope: Scope::default(),
        duration: None,
        severity_per_mille,
    }
}

/// Rehearses to the end, which no broken invariant may be, and which is the same without a trace.
pub(crate) fn rehearse(inventory: &Inventory, plan: &Plan, faults: &[Fault], seed: u64) -> Trace {
    let mut rehearsal = Rehearsal::new(inventory, plan, faults, seed);
    while !rehearsal.advance(inventory, plan, 1_000).done {}
    let trace = rehearsal.into_trace();
    let breach = trace.events.iter().find(|event| {
        let kind = event.kind;
        matches!(kind, EventKind::InvariantBroken { .. })
    });
    assert_eq!(breach, None, "an invariant is broken");
    let mut replication = Replication::new(inventory, plan, faults, seed);
    while !replication.advance(inventory, plan, 1_000).done {}
    assert_eq!(replication.into_ending(), Some(trace.ending()));
    trace
}

/// The events of at least this severity whose reason is `shown`, one a line, indices instead of
/// names.
pub(crate) fn transcript(
    trace: &Trace,
    severity: Severity,
    shown: impl Fn(&str) -> bool,
) -> String {
    let told = |event: &&Event| event.kind.severity() >= severity && shown(event.kind.reason());
    let shown = trace.events.iter().filter(told);
    let lines = shown.map(|event| {
        let mut kind = format!("{:?}", event.kind);
        for index in [
            "Node",
            "Pod",
            "Budget",
            "Wave",
            "Fault",
            "Pool",
            "Workload",
            "Volume",
            "Zone",
            "Refusal",
            "Finalizer",
        ] {
            while let Some(start) = kind.find(&format!("{index}Idx(")) {
                let end = start + kind[start..].find(')').expect("an index is closed");
                let number = kind[start + index.len() + 4..end].to_owned();
                kind.replace_range(start..=end, &number);
            }
        }
        kind = kind.replace("KubeVersion { major: 1, minor: ", "1.");
        kind = kind.replace(", patch: None }", "");
        let cluster = event
            .cluster
            .map_or_else(String::new, |cluster| format!(" c{}", cluster.0));
        format!(
            "{}{cluster} {}\n",
            event.at,
            kind.replace(['{', '}'], "").trim_end()
        )
    });
    let mut text: String = lines.collect();
    let outcome = format!("{:?}", trace.outcome);
    text.push_str(&outcome);
    text.push('\n');
    text
}

/// The chain of causes of the event that decided the first planned cluster's fate.
pub(crate) fn why(trace: &Trace, faults: &[Fault]) -> String {
    let Some(decided) = trace.clusters.iter().find_map(|cluster| cluster.decided_by) else {
        return String::new();
    };
    let reasons: Vec<_> = trace
        .chain(decided)
        .into_iter()
        .filter_map(|id| trace.event(id))
        .map(|event| event.kind.reason())
        .collect();
    let root = trace.root(decided, faults).map_or("none", |(_, name)| name);
    // Four to a line.
    let lines: Vec<_> = reasons.chunks(4).map(|line| line.join(" > ")).collect();
    let last = lines.last().map_or(0, String::len);
    let gap = if last > 72 { "\n  " } else { " " };
    format!("{}{gap}[{root}]\n", lines.join("\n  > "))
}

/// No request is granted while the API answers none.
pub(crate) fn check_requests(trace: &Trace) {
    let mut answers = vec![true; trace.clusters.len()];
    for event in &trace.events {
        let Some(cluster) = event.cluster else {
            continue;
        };
        let answers = &mut answers[cluster.index()];
        match event.kind {
            EventKind::ApiUnavailable {} => *answers = false,
            EventKind::ApiAvailable {} | EventKind::ApiDegraded { .. } => *answers = true,
            EventKind::NodeCordoned { .. }
            | EventKind::NodeUncordoned { .. }
            | EventKind::DrainStarted { .. }
            | EventKind::PodEvicted { .. }
            | EventKind::PodDeleted { .. }
            | EventKind::PodTaintEvicted { .. }
            | EventKind::PodCollected { .. }
            | EventKind::NodeTainted { .. }
            | EventKind::NodeReconnected { .. }
            | EventKind::PodPreempted { .. }
            | EventKind::PodCreated { .. }
            | EventKind::PodScheduled { .. }
            | EventKind::CniRestarting { .. } => {
                assert!(*answers, "{:?} at {} without an API", event.kind, event.at);
            }
            _ => {}
        }
    }
}
