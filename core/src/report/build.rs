//! Builds the run report from what the stages produced.

use super::build_blast::blast_radius;
use super::lanes::lanes;
use super::sentence::Names;
use super::tracks::tracks;
use super::verdict::{reached, verdict};
use super::words::{fault_detail, fault_words, held_back_words, tier_words, unmeasured_words};
use super::{
    EventLevel, FaultRow, HeldBackRow, LaneState, Objective, RunReport, Sli, SliSeries, SliSummary,
    StepStat, WaveRow,
};
use super::{durations, pods_assumed};
use crate::durations::DurationEntry;
use crate::ids::FaultIdx;
use crate::inventory::{Cluster, Inventory};
use crate::metrics::{self, Indicator, Limit, Measurement};
use crate::plan::{Plan, PlanningReport};
use crate::scenario::{self, ServiceSpec};
use crate::sim::fault::Fault;
use crate::sim::trace::WaveOutcome;
use crate::sim::{EventKind, Severity, Trace};

/// Everything a run report is built from.
#[derive(Clone, Copy, Debug)]
pub struct RunInputs<'a> {
    /// The fleet.
    pub inventory: &'a Inventory,
    /// The plan.
    pub plan: &'a Plan,
    /// What the planner held back.
    pub planning: &'a PlanningReport,
    /// What was injected.
    pub faults: &'a [Fault],
    /// What is said of services.
    pub services: &'a [ServiceSpec],
    /// What was said of durations.
    pub durations: &'a [DurationEntry],
    /// The seed.
    pub seed: u64,
    /// What happened.
    pub trace: &'a Trace,
}

impl<'a> Names<'a> {
    /// The names behind a run's indices.
    pub(super) fn of(inputs: &RunInputs<'a>) -> Self {
        Self {
            inventory: inputs.inventory,
            plan: inputs.plan,
            faults: inputs.faults,
            clusters: &inputs.trace.clusters,
        }
    }
}

/// The most bad events a report lists; a reader steps through them one by one.
const MOST_BAD_EVENTS: usize = 2_000;

/// Reports a rehearsal.
pub fn run(inputs: &RunInputs<'_>) -> RunReport {
    let measured = metrics::measure(inputs.inventory, &inputs.plan.gates, inputs.trace);
    let (upgraded_clusters, planned_clusters) = reached(inputs);
    let (blast_radius, assumed) = blast_radius(inputs);
    let mut assumptions = assumptions(inputs);
    assumptions.extend(assumed);
    assumptions.extend(pods_assumed::watch_latency(planned(inputs)));
    RunReport {
        seed: inputs.seed,
        digest: inputs.trace.digest.to_string(),
        target: inputs.plan.target.to_string(),
        start_unix_ms: inputs.plan.start_unix_ms,
        end_ms: inputs.trace.end.as_millis(),
        verdict: verdict(inputs),
        upgraded_clusters,
        planned_clusters,
        waves: waves(inputs),
        lanes: lanes(inputs),
        tracks: tracks(inputs),
        bucket_ms: measured.buckets.length_ms,
        slis: measured.rows.iter().map(sli).collect(),
        blast_radius,
        held_back: held_back(inputs),
        faults: faults(inputs),
        assumptions,
        n_events: inputs.trace.events.len() as u32,
        n_events_by_level: by_level(inputs.trace),
        bad_events: bad_events(inputs.trace),
        steps: counters(inputs.trace),
    }
}

/// What the plan takes for granted, and how the durations are known.
fn assumptions(inputs: &RunInputs<'_>) -> Vec<String> {
    let mut sentences = inputs.planning.assumptions.clone();
    sentences.extend(pods_assumed::sentences(planned(inputs)));
    sentences.extend(durations::sentence(planned(inputs), inputs.durations));
    sentences
}

/// The clusters that are upgraded.
fn planned<'a>(inputs: &RunInputs<'a>) -> impl Iterator<Item = &'a Cluster> {
    let inventory = inputs.inventory;
    let planned = inputs.plan.waves.iter().flat_map(|wave| &wave.clusters);
    planned.map(|plan| &inventory.clusters[plan.cluster.index()])
}

fn waves(inputs: &RunInputs<'_>) -> Vec<WaveRow> {
    let rows = inputs.plan.waves.iter().zip(&inputs.trace.waves);
    rows.map(|(wave, trace)| WaveRow {
        name: wave.name.clone(),
        tier: tier_words(wave.tier).to_owned(),
        reason: wave.reason.clone(),
        start_ms: trace.started.map(crate::units::SimTime::as_millis),
        end_ms: trace.ended.map(crate::units::SimTime::as_millis),
        state: match trace.outcome {
            WaveOutcome::NotStarted => LaneState::Pending,
            WaveOutcome::Passed => LaneState::Done,
            WaveOutcome::WentOn => LaneState::WentOn,
            WaveOutcome::Held => LaneState::Failed,
            WaveOutcome::RolledBack => LaneState::RolledBack,
            WaveOutcome::Stalled => LaneState::Stalled,
            WaveOutcome::Unfinished => LaneState::Running,
        },
        clusters: wave.clusters.iter().map(|plan| plan.cluster.0).collect(),
    })
    .collect()
}

fn sli(measured: &Measurement) -> SliSeries {
    let by_mean = measured.indicator == Indicator::ApiAvailability;
    let row = SliSeries {
        cluster: measured.cluster.map(|idx| idx.0),
        sli: match measured.indicator {
            Indicator::ApiAvailability => Sli::ApiAvailability,
            Indicator::NodeReadiness => Sli::NodeReadiness,
            Indicator::DisruptedPods => Sli::DisruptedPods,
            Indicator::PendingPods => Sli::PendingPods,
            Indicator::ReadyCapacity => Sli::ReadyCapacity,
            Indicator::EtcdCommitP99 => Sli::EtcdCommitP99,
        },
        clusters_left_out: measured.n_left_out,
        ..SliSeries::default()
    };
    let series = match &measured.series {
        Ok(series) => series,
        Err(why) => {
            return SliSeries {
                unmeasured: unmeasured_words(*why).to_owned(),
                ..row
            };
        }
    };
    SliSeries {
        objective: measured.limit.map(|limit| match limit {
            Limit::AtLeast(least) => Objective::AtLeast(least),
            Limit::AtMost(most) => Objective::AtMost(most),
        }),
        values: if by_mean {
            series.mean_in.clone()
        } else {
            series.worst_in.clone()
        },
        summary: Some(SliSummary {
            worst: series.worst,
            worst_at_ms: series.worst_at.as_millis(),
            mean: series.mean,
            breach_ms: series.breach_ms,
        }),
        ..row
    }
}

fn held_back(inputs: &RunInputs<'_>) -> Vec<HeldBackRow> {
    let rows = inputs.planning.held_back.iter();
    rows.map(|(cluster, why)| {
        let (reason, fix) = held_back_words(why);
        HeldBackRow {
            cluster: cluster.0,
            reason,
            fix,
        }
    })
    .collect()
}

/// What was injected, where it struck, and the gravest of what it led to.
fn faults(inputs: &RunInputs<'_>) -> Vec<FaultRow> {
    let mut rows: Vec<_> = inputs
        .faults
        .iter()
        .map(|fault| FaultRow {
            label: fault_words(fault.kind).to_owned(),
            detail: fault_detail(&fault.trigger, &fault.scope, fault.duration),
            ..FaultRow::default()
        })
        .collect();
    for (row, fault) in rows.iter_mut().zip(inputs.faults) {
        let n_waves = inputs.plan.waves.len() as u32;
        for missing in scenario::missing_names(fault, inputs.inventory, n_waves) {
            row.detail = format!("{}; {missing}", row.detail);
        }
    }
    let mut behind: Vec<Option<FaultIdx>> = Vec::with_capacity(inputs.trace.events.len());
    for (index, event) in inputs.trace.events.iter().enumerate() {
        let started = match event.kind {
            EventKind::FaultStarted { fault } => Some(fault),
            _ => None,
        };
        let fault = started.or_else(|| event.cause.and_then(|cause| behind[cause.index()]));
        behind.push(fault);
        let Some(row) = fault.and_then(|fault| rows.get_mut(fault.index())) else {
            continue;
        };
        row.worst = row.worst.max(EventLevel::from(event.kind.severity()));
        if started.is_some() {
            strike(row, index, event);
        }
    }
    rows
}

/// Notes that a fault struck.
fn strike(row: &mut FaultRow, index: usize, event: &crate::sim::Event) {
    row.struck_at_ms.get_or_insert(event.at.as_millis());
    row.event.get_or_insert(index as u32);
    if let Some(cluster) = event.cluster
        && !row.clusters.contains(&cluster.0)
    {
        row.clusters.push(cluster.0);
    }
}

fn by_level(trace: &Trace) -> [u32; 4] {
    let mut counts = [0; 4];
    for event in &trace.events {
        counts[event.kind.severity() as usize] += 1;
    }
    counts
}

fn bad_events(trace: &Trace) -> Vec<(u32, u64, Option<u32>)> {
    let events = trace.events.iter().zip(0_u32..);
    events
        .filter(|(event, _)| event.kind.severity() == Severity::Bad)
        .map(|(event, id)| (id, event.at.as_millis(), event.cluster.map(|idx| idx.0)))
        .take(MOST_BAD_EVENTS)
        .collect()
}

fn counters(trace: &Trace) -> Vec<StepStat> {
    let counters = &trace.counters;
    [
        ("events handled", counters.handled),
        ("evictions", counters.evictions),
        ("refused evictions", counters.refusals),
        ("retries in vain", counters.retries),
        ("forced deletions", counters.forced_deletions),
        ("pods bound", counters.bindings),
        ("nodes replaced", counters.nodes_replaced),
        ("volumes moved", counters.volume_moves),
    ]
    .into_iter()
    .map(|(name, count)| StepStat {
        name: name.to_owned(),
        count,
    })
    .collect()
}
