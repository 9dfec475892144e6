//! Reports of a small trace that is written out by hand, one event at a time.

use expect_test::{Expect, expect};

use super::sentence::Names;
use super::{EventFilter, EventLevel, RunInputs, RunReport, causes, event_page, run};
use crate::ids::{BudgetIdx, ClusterIdx, EventId, NodeIdx, PodIdx, PoolIdx, WaveIdx, WorkloadIdx};
use crate::inventory::{
    Budget, Cluster, ControlPlane, Evidence, Inventory, Node, NodePool, Placement, Pod, Provider,
    Resources, Tier, Workload, WorkloadType,
};
use crate::plan::{
    ClusterPlan, DrainPolicy, FailureRule, Gates, OnDrainTimeout, Plan, PlanningReport,
    PoolStrategy, Step, Wave,
};
use crate::sim::fault::StepKind;
use crate::sim::trace::{
    ClusterOutcome, ClusterTrace, InitialNode, NodeRow, Place, PodLevel, PodRow, RunOutcome,
    StepFailure, WaveOutcome, WaveTrace,
};
use crate::sim::{Event, EventKind, Trace};
use crate::snapshot::{PodPhase, UnhealthyPodEvictionPolicy};
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
        kubelet: Evidence::Known(OLD),
        allocatable: Evidence::Known(size),
        ready: Evidence::Known(true),
        unschedulable: false,
    };
    let pool = NodePool {
        name: "web".to_owned(),
        control_plane: false,
        nodes: vec![NODE],
    };
    let pod = Pod {
        name: "api-1".to_owned(),
        workload: WorkloadIdx(0),
        node: Some(NODE),
        phase: PodPhase::Running,
        ready: true,
        terminating: false,
        volume: None,
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
        pods: vec![pod],
        budgets: vec![budget()],
        volumes: Vec::new(),
    };
    Inventory {
        name: "test".to_owned(),
        clusters: vec![cluster],
    }
}

fn workload() -> Workload {
    Workload {
        namespace: "pay".to_owned(),
        name: "api".to_owned(),
        kind: WorkloadType::Deployment,
        replicas: 1,
        parallel: false,
        requests: Resources::default(),
        priority: 0,
        grace: SimDuration::from_secs(30),
        has_pre_stop: false,
        readiness_delay: None,
        has_empty_dir: false,
        placement: Placement::default(),
        budgets: vec![BudgetIdx(0)],
    }
}

fn budget() -> Budget {
    Budget {
        namespace: "pay".to_owned(),
        name: "api".to_owned(),
        min_available: None,
        max_unavailable: Some(IntOrPercent::Int(0)),
        unhealthy_policy: UnhealthyPodEvictionPolicy::IfHealthyBudget,
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
        seed: 42,
        trace: &trace,
    };
    expected.assert_eq(&show(&inputs, &run(&inputs)));
}

#[test]
fn the_verdict_names_place_time_and_root() {
    check(
        |_, report| {
            let verdict = &report.verdict;
            format!(
                "{:?}: {}\n{}\nevent {:?}, root {:?} at {:?}",
                verdict.outcome,
                verdict.headline,
                verdict
                    .detail
                    .replace(": it", ":\nit")
                    .replace("; so", ";\nso"),
                verdict.event,
                verdict.root_cause.as_deref().unwrap_or_default(),
                verdict.root_event,
            )
        },
        &expect![[r#"
            Held: Wave 1 (high tier) holds after 16m: 0 of 1 cluster reaches 1.33.
            eu-1: PDB pay/api can never allow a disruption:
            it wants 1 healthy of at most 1;
            so pod pay/api-1 may not leave node node-a: PDB pay/api allows no disruption.
            event Some(11), root "budget.zero" at Some(1)"#]],
    );
}

#[test]
fn a_refused_eviction_lies_over_its_step_until_the_drain_is_given_up() {
    let bars = |_: &RunInputs<'_>, report: &RunReport| {
        let bars = report.lanes[0].bars.iter();
        bars.map(|bar| {
            let (from, to) = (bar.start_ms / 60_000, bar.end_ms / 60_000);
            format!(
                "{from}-{to} min {:?} {} {:?} {}\n",
                bar.kind, bar.label, bar.state, bar.reason
            )
        })
        .collect()
    };
    check(
        bars,
        &expect![[r#"
            0-16 min Pool pool web → 1.33 Failed a drain took longer than allowed
            1-16 min WaitBudget PDB pay/api Done PDB pay/api allows no disruption
        "#]],
    );
}

#[test]
fn a_node_goes_from_old_to_blocked() {
    let states = |_: &RunInputs<'_>, report: &RunReport| {
        let changes = report.tracks[0].changes.iter();
        changes
            .map(|c| format!("{} min {:?}\n", c.at_ms / 60_000, c.state))
            .collect()
    };
    check(
        states,
        &expect![[r#"
            0 min Old
            1 min Cordoned
            1 min Draining
            1 min Blocked
            16 min Cordoned
        "#]],
    );
}

#[test]
fn a_cordoned_node_offers_no_capacity() {
    let worst = |_: &RunInputs<'_>, report: &RunReport| {
        let fleet = report.slis.iter().filter(|series| series.cluster.is_none());
        fleet
            .map(|s| {
                let summary = s.summary.expect("it is measured");
                format!(
                    "{:?} worst {} mean {}\n",
                    s.sli, summary.worst, summary.mean
                )
            })
            .collect()
    };
    check(
        worst,
        &expect![[r#"
            ApiAvailability worst 1000000 mean 1000000
            NodeReadiness worst 1000000 mean 1000000
            DisruptedPods worst 0 mean 0
            PendingPods worst 0 mean 0
            ReadyCapacity worst 0 mean 50000
            EtcdCommitP99 worst 10000 mean 10000
        "#]],
    );
}

#[test]
fn causes_lead_from_the_held_wave_to_the_budget() {
    let chain = |inputs: &RunInputs<'_>, _: &RunReport| {
        let links = causes(inputs, 11);
        let lines = links
            .iter()
            .map(|link| format!("+{} min {}\n", link.after_ms / 60_000, link.event.sentence));
        lines.collect()
    };
    check(
        chain,
        &expect![[r#"
            +0 min PDB pay/api can never allow a disruption: it wants 1 healthy of at most 1
            +1 min pod pay/api-1 may not leave node node-a: PDB pay/api allows no disruption
            +15 min node node-a could not be drained in time: 1 pod left
            +0 min eu-1 gives up on pool web → 1.33: a drain took longer than allowed
            +0 min eu-1 fails its upgrade
            +0 min wave 1 (high tier) holds: nothing further starts
        "#]],
    );
}

#[test]
fn only_a_failure_has_a_root_cause() {
    let roots = |inputs: &RunInputs<'_>| {
        let links = (0..12).map(|event| causes(inputs, event));
        let roots = links.map(|chain| {
            let root = chain.iter().find(|link| link.is_root);
            root.map_or("-".to_owned(), |link| link.event.id.to_string())
        });
        roots.collect::<Vec<_>>().join(" ")
    };
    check(
        |inputs, _| {
            let passed = Trace {
                outcome: RunOutcome::Finished,
                ..inputs.trace.clone()
            };
            let well = RunInputs {
                trace: &passed,
                ..*inputs
            };
            format!("held:     {}\nfinished: {}", roots(inputs), roots(&well))
        },
        &expect![[r#"
            held:     - 1 - - - - - 1 1 1 1 1
            finished: - - - - - - - - - - - -"#]],
    );
}

#[test]
fn a_cluster_has_one_state_after_the_other() {
    let states = |_: &RunInputs<'_>, report: &RunReport| {
        let lane = &report.lanes[0];
        let states = lane.states.iter();
        let told: String = states
            .map(|c| format!("{} min {:?}\n", c.at_ms / 60_000, c.state))
            .collect();
        format!("{told}in the end {:?}", lane.state)
    };
    check(
        states,
        &expect![[r#"
        0 min Pending
        0 min Running
        16 min Failed
        in the end Failed"#]],
    );
}

#[test]
fn the_log_filters_by_level_and_text_and_counts_what_passes() {
    let page = |inputs: &RunInputs<'_>, _: &RunReport| {
        let filter = EventFilter {
            min_level: EventLevel::Warning,
            ..EventFilter::default()
        };
        let graver = event_page(inputs, &filter, 1, 2);
        let filter = EventFilter {
            text: "PDB".to_owned(),
            ..EventFilter::default()
        };
        let named = event_page(inputs, &filter, 0, 10);
        let ids = |page: &super::EventPage| page.rows.iter().map(|row| row.id).collect::<Vec<_>>();
        format!(
            "{} grave, from the second: {:?}; {} name a PDB: {:?}",
            graver.total,
            ids(&graver),
            named.total,
            ids(&named)
        )
    };
    check(
        page,
        &expect!["6 grave, from the second: [7, 8]; 2 name a PDB: [1, 7]"],
    );
}

#[test]
fn an_event_that_does_not_exist_has_no_causes() {
    check(
        |inputs, _| causes(inputs, 999).len().to_string(),
        &expect![["0"]],
    );
}

#[test]
fn what_does_not_end_well_is_told_with_its_names_and_numbers() {
    let (inventory, plan, trace) = (inventory(), plan(), blocked_drain());
    let names = Names {
        inventory: &inventory,
        plan: &plan,
        faults: &[],
        clusters: &trace.clusters,
    };
    let (pool, wave) = (PoolIdx(0), WaveIdx(0));
    let place = |pool| Place::RollBack { pool };
    let told = |(inside, kind): (bool, EventKind)| {
        let event = Event {
            at: SimTime::ZERO,
            cluster: inside.then_some(ClusterIdx(0)),
            kind,
            cause: None,
        };
        format!("{}\n", names.tell(&event).text)
    };
    let step = Place::Step {
        step: 0,
        of: StepKind::Pool,
    };
    let back = EventKind::PoolRollBackStarted {
        pool,
        nodes: 2,
        surplus: 1,
    };
    let version = EventKind::RollBackFailed {
        why: StepFailure::VersionUnknown,
    };
    let unfinished = EventKind::ClusterUnfinished {
        place: step,
        days: 60,
    };
    let stalled = |place| EventKind::ClusterStalled { place };
    let text: String = [
        (false, EventKind::WaveWentOn { wave, failed: 1 }),
        (false, EventKind::WaveUnfinished { wave }),
        (true, EventKind::SurgeNodesLeft { nodes: 2 }),
        (true, stalled(Place::Window)),
        (true, stalled(place(Some(pool)))),
        (true, stalled(place(None))),
        (true, unfinished),
        (true, EventKind::NodesCannotGoBack { pool, nodes: 1 }),
        (true, back),
        (true, version),
        (true, EventKind::CniRollWaits {}),
    ]
    .map(told)
    .concat();
    expect![[r#"
        wave 1 (high tier) went on with 1 cluster failed
        wave 1 (high tier) is not finished: a cluster of it is still under way
        eu-1 leaves 2 nodes of its surge beside the old ones, undeleted
        eu-1 stalls in its wait for a maintenance window: nothing will ever end its wait
        eu-1 stalls in the roll-back of pool web: nothing will ever end its wait
        eu-1 stalls in its roll-back: nothing will ever end its wait
        eu-1 is not finished within 60 days: it is still in pool web → 1.33
        eu-1 leaves 1 node of pool web as upgraded: the snapshot does not tell what they ran
        eu-1 rolls pool web back: 2 nodes to replace, 1 surplus to delete
        eu-1 cannot roll back: the snapshot does not tell what some nodes ran
        the CNI's roll-out waits: no controller-manager leads
    "#]]
    .assert_eq(&text);
}
