//! Folds a trace into service levels over time.
//!
//! Everything here is counted from events and the initial levels of the trace; nothing is
//! estimated.

mod gauge;
mod levels;
#[cfg(test)]
mod tests;

use crate::ids::ClusterIdx;
use crate::inventory::Inventory;
use crate::plan::Gates;
use crate::sim::{Event, Trace};
use crate::units::SimTime;

use gauge::Gauge;
pub use gauge::{Buckets, Limit, Series, Worst};
pub use levels::Unmeasured;
use levels::{Levels, share_ppm};

/// The service-level indicators, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// Share of API requests that are answered, in parts per million.
    ApiAvailability,
    /// Share of nodes that are Ready, in parts per million.
    NodeReadiness,
    /// Pods that should be ready and are not.
    DisruptedPods,
    /// Pods without a node.
    PendingPods,
    /// Share of the initial ready CPU that Ready, uncordoned nodes offer, in parts per million.
    ReadyCapacity,
    /// etcd's commit latency, 99th percentile, in microseconds.
    EtcdCommitP99,
}

/// Every indicator.
pub const INDICATORS: [Indicator; 6] = [
    Indicator::ApiAvailability,
    Indicator::NodeReadiness,
    Indicator::DisruptedPods,
    Indicator::PendingPods,
    Indicator::ReadyCapacity,
    Indicator::EtcdCommitP99,
];

impl Indicator {
    /// Which end of it is bad.
    fn worst_end(self) -> Worst {
        match self {
            Self::ApiAvailability | Self::NodeReadiness | Self::ReadyCapacity => Worst::Least,
            Self::DisruptedPods | Self::PendingPods | Self::EtcdCommitP99 => Worst::Greatest,
        }
    }
}

/// One indicator of one cluster, or of the fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// The cluster; none for the fleet.
    pub cluster: Option<ClusterIdx>,
    /// What was measured.
    pub indicator: Indicator,
    /// What it should be.
    pub limit: Option<Limit>,
    /// What it was, or why nobody can tell.
    pub series: Result<Series, Unmeasured>,
    /// For the fleet: clusters that could not be measured and are left out of it.
    pub n_left_out: u32,
}

/// Everything that was measured in one rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurements {
    /// The buckets that all series share.
    pub buckets: Buckets,
    /// The fleet's six indicators first, then six of each cluster.
    pub rows: Vec<Measurement>,
}

/// How many buckets a series has at most: one for every few pixels of a chart.
const MOST_BUCKETS: usize = 360;

/// Measures a trace against the plan's gates.
pub fn measure(inventory: &Inventory, gates: &Gates, trace: &Trace) -> Measurements {
    let buckets = Buckets::covering(trace.end, MOST_BUCKETS);
    let levels = inventory.clusters.iter().zip(&trace.clusters);
    let levels = levels
        .map(|(cluster, trace)| Levels::at_start(cluster, trace))
        .collect();
    let mut fold = Fold::new(levels, buckets, gates);
    for event in &trace.events {
        fold.take(event);
    }
    fold.finish(trace.end)
}

/// The fold under way.
struct Fold {
    levels: Vec<Levels>,
    fleet: [Gauge; 6],
    clusters: Vec<[Gauge; 6]>,
    limits: Vec<[Option<Limit>; 6]>,
    fleet_limits: [Option<Limit>; 6],
    sums: Sums,
    buckets: Buckets,
}

/// Sums over all clusters, kept by difference.
#[derive(Clone, Copy, Default)]
struct Sums {
    n_apis: i64,
    api_ppm: i64,
    ready_nodes: i64,
    nodes: i64,
    disrupted: i64,
    pending: i64,
    ready_cpu: i64,
    initial_cpu: i64,
}

impl Sums {
    /// Adds a cluster's levels, or takes them away with `sign` -1.
    fn account(&mut self, levels: &Levels, sign: i64) {
        if levels.measures(Indicator::ApiAvailability) {
            self.n_apis += sign;
            self.api_ppm += sign * levels.api_ppm;
        }
        if levels.measures(Indicator::NodeReadiness) {
            self.ready_nodes += sign * levels.n_ready_nodes;
            self.nodes += sign * levels.n_nodes;
        }
        if levels.measures(Indicator::DisruptedPods) {
            self.disrupted += sign * levels.n_disrupted;
            self.pending += sign * levels.n_pending;
        }
        if levels.measures(Indicator::ReadyCapacity) {
            self.ready_cpu += sign * levels.ready_cpu;
            self.initial_cpu += sign * levels.initial_cpu();
        }
    }

    /// The fleet's six values; latency is that of the worst cluster.
    fn values(&self, worst_commit: i64) -> [i64; 6] {
        [
            self.api_ppm.checked_div(self.n_apis).unwrap_or_default(),
            share_ppm(self.ready_nodes, self.nodes),
            self.disrupted,
            self.pending,
            share_ppm(self.ready_cpu, self.initial_cpu),
            worst_commit,
        ]
    }
}

impl Fold {
    fn new(levels: Vec<Levels>, buckets: Buckets, gates: &Gates) -> Self {
        let mut sums = Sums::default();
        for cluster in &levels {
            sums.account(cluster, 1);
        }
        let limits: Vec<_> = levels
            .iter()
            .map(|levels| limits_of(values_of(levels), levels.n_wanted(), gates))
            .collect();
        let clusters = levels.iter().zip(&limits);
        let clusters = clusters.map(|(levels, limits)| gauges(buckets, values_of(levels), *limits));
        let clusters = clusters.collect();
        let fleet_values = sums.values(worst_commit(&levels));
        let measured = levels
            .iter()
            .filter(|levels| levels.measures(Indicator::DisruptedPods));
        let wanted = measured.map(Levels::n_wanted).sum();
        let fleet_limits = limits_of(fleet_values, wanted, gates);
        let fleet = gauges(buckets, fleet_values, fleet_limits);
        Self {
            levels,
            fleet,
            clusters,
            limits,
            fleet_limits,
            sums,
            buckets,
        }
    }

    /// Takes one event into account.
    fn take(&mut self, event: &Event) {
        let Some(cluster) = event.cluster else { return };
        let index = cluster.index();
        let commit_before = self.levels[index].commit_p99_micros;
        self.sums.account(&self.levels[index], -1);
        let changed = self.levels[index].apply(&event.kind);
        self.sums.account(&self.levels[index], 1);
        if !changed {
            return;
        }
        for (gauge, value) in self.clusters[index]
            .iter_mut()
            .zip(values_of(&self.levels[index]))
        {
            gauge.set(event.at, value);
        }
        let latency_moved = commit_before != self.levels[index].commit_p99_micros;
        let latency = if latency_moved {
            worst_commit(&self.levels)
        } else {
            self.fleet[5].value()
        };
        let values = self.sums.values(latency);
        for (gauge, value) in self.fleet.iter_mut().zip(values) {
            gauge.set(event.at, value);
        }
    }

    fn finish(self, end: SimTime) -> Measurements {
        let unmeasured: Vec<_> = self.levels.iter().map(|levels| levels.unmeasured).collect();
        let fleet = rows(
            None,
            self.fleet,
            self.fleet_limits,
            nowhere(&unmeasured),
            end,
        );
        let fleet = fleet.into_iter().zip(0..).map(|(row, at)| Measurement {
            n_left_out: unmeasured.iter().filter(|of| of[at].is_some()).count() as u32,
            ..row
        });
        let clusters = self.clusters.into_iter().zip(self.limits).zip(&unmeasured);
        let clusters = clusters
            .enumerate()
            .flat_map(|(index, ((gauges, limits), unmeasured))| {
                let cluster = Some(ClusterIdx::new(index));
                rows(cluster, gauges, limits, *unmeasured, end)
            });
        Measurements {
            buckets: self.buckets,
            rows: fleet.chain(clusters).collect(),
        }
    }
}

/// The six values of one cluster.
fn values_of(levels: &Levels) -> [i64; 6] {
    [
        levels.api_ppm,
        levels.node_readiness_ppm(),
        levels.n_disrupted,
        levels.n_pending,
        levels.ready_capacity_ppm(),
        levels.commit_p99_micros,
    ]
}

/// What the six values should be, given those at the start and the plan's gates.
///
/// Availability of 99.9 % and a disruption of at most 1 % above the baseline are the program's own
/// starting targets; pods that were disrupted or pending before the upgrade are not held against
/// it. Ready capacity has no target: how much is spare is the fleet's business.
fn limits_of(start: [i64; 6], wanted: i64, gates: &Gates) -> [Option<Limit>; 6] {
    let ready = i64::from(gates.min_ready_nodes_per_mille) * 1_000;
    let latency = gates.max_etcd_commit_p99.as_millis().saturating_mul(1_000);
    let latency = i64::try_from(latency).unwrap_or(i64::MAX);
    [
        Some(Limit::AtLeast(999_000)),
        Some(Limit::AtLeast(ready)),
        Some(Limit::AtMost(start[2] + wanted / 100)),
        Some(Limit::AtMost(
            start[3] + i64::from(gates.max_new_pending_pods),
        )),
        None,
        Some(Limit::AtMost(latency)),
    ]
}

/// Six gauges that start at `values`.
fn gauges(buckets: Buckets, values: [i64; 6], limits: [Option<Limit>; 6]) -> [Gauge; 6] {
    std::array::from_fn(|index| {
        Gauge::new(
            buckets,
            INDICATORS[index].worst_end(),
            limits[index],
            values[index],
        )
    })
}

/// What no cluster could measure, the fleet has no value for either.
fn nowhere(clusters: &[[Option<Unmeasured>; 6]]) -> [Option<Unmeasured>; 6] {
    std::array::from_fn(|indicator| {
        let mut reasons = clusters.iter().map(|of| of[indicator]);
        let Some(first) = reasons.next() else {
            return Some(Unmeasured::Nowhere);
        };
        reasons.fold(first, |all, reason| match (all?, reason?) {
            (all, reason) if all == reason => Some(all),
            _ => Some(Unmeasured::Nowhere),
        })
    })
}

/// The worst commit latency of any cluster.
fn worst_commit(levels: &[Levels]) -> i64 {
    levels
        .iter()
        .map(|levels| levels.commit_p99_micros)
        .max()
        .unwrap_or(0)
}

/// Six finished rows.
fn rows(
    cluster: Option<ClusterIdx>,
    gauges: [Gauge; 6],
    limits: [Option<Limit>; 6],
    unmeasured: [Option<Unmeasured>; 6],
    end: SimTime,
) -> Vec<Measurement> {
    gauges
        .into_iter()
        .zip(INDICATORS)
        .zip(limits)
        .zip(unmeasured)
        .map(|(((gauge, indicator), limit), unmeasured)| Measurement {
            cluster,
            indicator,
            limit,
            series: unmeasured.map_or_else(|| Ok(gauge.finish(end)), Err),
            n_left_out: 0,
        })
        .collect()
}
