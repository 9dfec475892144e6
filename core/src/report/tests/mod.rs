//! Reports of a small trace that is written out by hand, one event at a time.

mod events;
mod losses;
mod run_report;

use expect_test::Expect;

use super::sentence::Names;
use super::{EventFilter, EventLevel, RunInputs, RunReport, causes, event_page, run};
use crate::ids::{
    BudgetIdx, ClusterIdx, EventId, LookIdx, NodeIdx, PodIdx, PoolIdx, WaveIdx, WorkloadIdx,
};
use crate::inventory::{
    Budget, Cluster, ControlPlane, Evidence, Inventory, Mounts, Node, NodePool, Placement, Pod,
    PreStop, Pressures, Provider, Resources, Tier, Workload, WorkloadType, WrittenStatus,
};
use crate::plan::{
    ClusterPlan, DrainPolicy, FailureRule, Gates, LeaseOnStop, OnDrainTimeout, Plan,
    PlanningReport, PoolStrategy, Step, Wave,
};
use crate::sim::fault::StepKind;
use crate::sim::trace::{
    ClusterOutcome, ClusterTrace, InitialNode, NodeRow, Place, PodLevel, PodRow, RunOutcome,
    StepFailure, WaveOutcome, WaveTrace,
};
use crate::sim::{Event, EventKind, Trace};
use crate::snapshot::{JobRules, PodPhase, PreemptionPolicy, UnhealthyPodEvictionPolicy};
use crate::units::{IntOrPercent, KubeVersion, SimDuration, SimTime};

const OLD: KubeVersion = KubeVersion::minor(1, 32);
const NEW: KubeVersion = KubeVersion::minor(1, 33);
const NODE: NodeIdx = NodeIdx(0);
const POD: PodIdx = PodIdx(0);

/// One cluster with one node, one pod and a budget that allows nothing.
fn inventory() -> Inventory {
    let size = Resources {
        cpu_millis: 4_000,
        memory_bytes: 1 << 34,
        pods: 110,
    };
    let node = Node {
        name: "node-a".to_owned(),
        pool: PoolIdx(0),
        zone: None,
        look: LookIdx(0),
        kubelet: Evidence::Known(OLD),
        allocatable: Evidence::Known(size),
        extended: Vec::new(),
        volume_limits: Vec::new(),
        ready: Evidence::Known(true),
        silent: false,
        unschedulable: false,
        pressures: Pressures::default(),
        excluded_from_disruption: false,
    };
    let pool = NodePool {
        name: "web".to_owned(),
        control_plane: false,
        by_karpenter: false,
        nodes: vec![NODE],
    };
    let cluster = Cluster {
        name: "eu-1".to_owned(),
        provider: Evidence::Known(Provider::Eks),
        region: Evidence::Unknown,
        environment: Evidence::Unknown,
        tier: Evidence::Known(Tier::High),
        owner: Evidence::Unknown,
        approver: Evidence::Unknown,
        windows: Evidence::Known(Vec::new()),
        version: Evidence::Known(OLD),
        control_plane: ControlPlane {
            members: Evidence::Known(3),
            managed: true,
        },
        zones: Vec::new(),
        pools: vec![pool],
        nodes: vec![node],
        workloads: vec![workload()],
        pods: vec![pod()],
        budgets: vec![budget()],
        selections: Vec::new(),
        volumes: Vec::new(),
        mounted: Vec::new(),
        taints: Vec::new(),
        extended: Vec::new(),
        finalizers: Vec::new(),
        topologies: Vec::new(),
    };
    Inventory {
        name: "test".to_owned(),
        clusters: vec![cluster],
    }
}

fn pod() -> Pod {
    Pod {
        selection: None,
        name: "api-1".to_owned(),
        workload: WorkloadIdx(0),
        node: Some(NODE),
        phase: PodPhase::Running,
        ready: true,
        terminating: false,
        gated: false,
        finalizer: None,
        daemon_of: None,
        mounts: Mounts::default(),
    }
}

fn workload() -> Workload {
    Workload {
        namespace: "pay".to_owned(),
        name: "api".to_owned(),
        kind: WorkloadType::Deployment,
        is_orphaned: false,
        replicas: 1,
        parallel: false,
        requests: Resources::default(),
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
        unreachable_limits: vec![Some(300)],
        placement: Placement::default(),
        budgets: vec![BudgetIdx(0)],
        partial_budgets: Vec::new(),
    }
}

fn budget() -> Budget {
    Budget {
        namespace: "pay".to_owned(),
        name: "api".to_owned(),
        min_available: None,
        max_unavailable: Some(IntOrPercent::Int(0)),
        unhealthy_policy: UnhealthyPodEvictionPolicy::IfHealthyBudget,
        written: WrittenStatus::default(),
        workloads: vec![WorkloadIdx(0)],
    }
}

fn plan() -> Plan {
    let drain = DrainPolicy {
        timeout: Some(SimDuration::from_mins(15)),
        on_timeout: OnDrainTimeout::Fail,
    };
    let strategy = PoolStrategy::Unavailable {
        max_unavailable: 1,
        node_timeout: None,
    };
    let step = Step::Pool {
        pool: PoolIdx(0),
        to: NEW,
        strategy,
        drain,
    };
    let wave = Wave {
        name: "high tier".to_owned(),
        tier: Tier::High,
        reason: "It is the only cluster.".to_owned(),
        clusters: vec![ClusterPlan {
            cluster: ClusterIdx(0),
            steps: vec![step],
        }],
    };
    Plan {
        target: NEW,
        start_unix_ms: 0,
        waves: vec![wave],
        max_concurrency: 1,
        wave_soak: SimDuration::ZERO,
        gates: Gates::default(),
        on_failure: FailureRule::Hold,
        respect_windows: false,
        controller_manager_lease: LeaseOnStop::Kept,
    }
}

/// An event of the story: the minute, whether in the cluster, its kind, and its cause.
type Told = (u64, bool, EventKind, Option<u32>);

/// The blocked drain, event by event.
fn story() -> Vec<Told> {
    let never = EventKind::BudgetNeverAllows {
        budget: BudgetIdx(0),
        healthy: 1,
        desired: 1,
    };
    let started = EventKind::StepStarted {
        step: 0,
        of: StepKind::Pool,
    };
    let refused = EventKind::EvictionRefused {
        pod: POD,
        node: NODE,
        budget: BudgetIdx(0),
    };
    let failed = EventKind::StepFailed {
        step: 0,
        of: StepKind::Pool,
        why: StepFailure::DrainTimeout,
    };
    let drain = EventKind::DrainStarted {
        node: NODE,
        pods: 1,
    };
    let timed_out = EventKind::DrainTimedOut {
        node: NODE,
        pods: 1,
    };
    let (wave_starts, wave_holds) = (
        EventKind::WaveStarted { wave: WaveIdx(0) },
        EventKind::WaveHeld { wave: WaveIdx(0) },
    );
    vec![
        (0, false, EventKind::RunStarted {}, None),
        (0, true, never, None),
        (0, false, wave_starts, Some(0)),
        (0, true, EventKind::ClusterStarted {}, Some(2)),
        (0, true, started, Some(3)),
        (1, true, EventKind::NodeCordoned { node: NODE }, Some(4)),
        (1, true, drain, Some(5)),
        (1, true, refused, Some(1)),
        (16, true, timed_out, Some(7)),
        (16, true, failed, Some(8)),
        (16, true, EventKind::ClusterFailed {}, Some(9)),
        (16, false, wave_holds, Some(10)),
    ]
}

/// The trace of the blocked drain.
fn blocked_drain() -> Trace {
    let event = |(minute, inside, kind, cause): Told| Event {
        at: SimTime::from_millis(minute * 60_000),
        cluster: inside.then_some(ClusterIdx(0)),
        kind,
        cause: cause.map(EventId),
    };
    Trace {
        events: story().into_iter().map(event).collect(),
        clusters: vec![cluster_trace()],
        waves: vec![WaveTrace {
            started: Some(SimTime::ZERO),
            outcome: WaveOutcome::Held,
            decided_by: Some(EventId(11)),
            ..WaveTrace::default()
        }],
        outcome: RunOutcome::Held,
        decided_by: Some(EventId(11)),
        end: SimTime::from_millis(20 * 60_000),
        ..Trace::default()
    }
}

fn cluster_trace() -> ClusterTrace {
    ClusterTrace {
        nodes: vec![NodeRow {
            name: "node-a".to_owned(),
            pool: PoolIdx(0),
            zone: None,
            cpu_millis: 4_000,
            initial: InitialNode::Present {
                ready: true,
                cordoned: false,
            },
        }],
        pods: vec![PodRow {
            workload: WorkloadIdx(0),
            replaces: None,
            node: Some(NODE),
            initial: PodLevel::Ready,
        }],
        n_quarantined: 0,
        initial_commit_p99_micros: Some(10_000),
        outcome: ClusterOutcome::Failed,
        decided_by: Some(EventId(9)),
        ..ClusterTrace::default()
    }
}

/// Hands the blocked drain to `show` and compares what it makes of it.
#[track_caller]
fn check(show: impl FnOnce(&RunInputs<'_>, &RunReport) -> String, expected: &Expect) {
    let (inventory, plan, trace) = (inventory(), plan(), blocked_drain());
    let inputs = RunInputs {
        inventory: &inventory,
        plan: &plan,
        planning: &PlanningReport::default(),
        faults: &[],
        services: &[],
        durations: &[],
        seed: 42,
        trace: &trace,
    };
    expected.assert_eq(&show(&inputs, &run(&inputs)));
}
