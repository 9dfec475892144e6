//! The table of one cluster: every name compared once, every look-up by index.
//!
//! Few workloads have durations of their own, so workloads fall into classes: those that no entry
//! names share the first, and each of the others has one to itself. The table has a cell for each
//! quantity, class and pool, and one column more for what is on no node.

use std::collections::{BTreeMap, BTreeSet};

use super::defaults::DEFAULTS;
use super::entry::DurationEntry;
use super::quantity::{Level, Quantity};
use crate::ids::{PoolIdx, WorkloadIdx};
use crate::inventory::Cluster;
use crate::rng::Distribution;

/// Which row a duration is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The default at this position of [`DEFAULTS`].
    Default(u32),
    /// The entry at this position of those given.
    Entry(u32),
}

/// How long things take in one cluster.
#[derive(Clone, Debug)]
pub struct Durations {
    /// The distributions in effect, each with where it is from.
    rows: Vec<(Origin, Distribution)>,
    /// Positions in `rows`, by quantity, class and pool.
    cells: Vec<u32>,
    n_classes: usize,
    n_columns: usize,
    /// The class of each workload; empty where all are of the first.
    classes: Vec<u32>,
}

/// What an entry speaks of in a cluster; none stands for all.
struct Reach {
    class: Option<usize>,
    column: Option<usize>,
}

impl Durations {
    /// The table of `cluster` under `entries`.
    pub fn of(cluster: &Cluster, entries: &[DurationEntry]) -> Self {
        let held = entries.iter().filter(|entry| entry.holds_in(cluster));
        let names: BTreeSet<&str> = held.filter_map(|entry| entry.workload.as_deref()).collect();
        let (names, classes) = classes(cluster, &names);
        let mut table = Self {
            rows: Vec::with_capacity(Quantity::ALL.len()),
            cells: vec![0; Quantity::ALL.len() * (names.len() + 1) * (cluster.pools.len() + 1)],
            n_classes: names.len() + 1,
            n_columns: cluster.pools.len() + 1,
            classes,
        };
        let everywhere = Reach {
            class: None,
            column: None,
        };
        for (position, row) in DEFAULTS.iter().enumerate() {
            if row.place.holds_in(cluster) {
                let origin = Origin::Default(position as u32);
                let distribution = row.distribution.times(row.place.times_in(cluster));
                table.paint((row.quantity, &distribution), origin, &everywhere);
            }
        }
        // The sort is stable, so the later of two equals is painted over the earlier.
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|position| entries[*position].rank());
        for position in order {
            let entry = &entries[position];
            if let Some(reach) = reach(cluster, entry, &names) {
                let row = (entry.quantity, &entry.distribution);
                table.paint(row, Origin::Entry(position as u32), &reach);
            }
        }
        table
    }

    /// Lets a row hold wherever it reaches.
    fn paint(&mut self, row: (Quantity, &Distribution), origin: Origin, reach: &Reach) {
        let (quantity, distribution) = row;
        let number = self.rows.len() as u32;
        self.rows.push((origin, distribution.clone()));
        let all = |only: Option<usize>, count: usize| only.map_or(0..count, |at| at..at + 1);
        for class in all(reach.class, self.n_classes) {
            for column in all(reach.column, self.n_columns) {
                let cell = self.cell(quantity, class, column);
                self.cells[cell] = number;
            }
        }
    }

    fn cell(&self, quantity: Quantity, class: usize, column: usize) -> usize {
        (quantity as usize * self.n_classes + class) * self.n_columns + column
    }

    fn row(&self, quantity: Quantity, class: usize, column: usize) -> &(Origin, Distribution) {
        let row = self.cells[self.cell(quantity, class, column)];
        &self.rows[row as usize]
    }

    /// How long something of the whole cluster takes.
    pub fn of_cluster(&self, quantity: Quantity) -> &Distribution {
        &self.row(quantity, 0, self.n_columns - 1).1
    }

    /// How long something takes with a node of this pool.
    pub fn of_pool(&self, quantity: Quantity, pool: PoolIdx) -> &Distribution {
        &self.row(quantity, 0, pool.index()).1
    }

    /// How long something takes with a pod of this workload, on a node of this pool if on any.
    pub fn of_pod(
        &self,
        quantity: Quantity,
        workload: WorkloadIdx,
        pool: Option<PoolIdx>,
    ) -> &Distribution {
        let class = self.classes.get(workload.index());
        let class = class.map_or(0, |class| *class as usize);
        let column = pool.map_or(self.n_columns - 1, PoolIdx::index);
        &self.row(quantity, class, column).1
    }

    /// Bytes of what grows with the cluster.
    pub(crate) fn bytes(&self) -> usize {
        (self.cells.capacity() + self.classes.capacity()) * size_of::<u32>()
    }

    /// Where each duration is from that something in the cluster can meet.
    pub fn in_effect(&self) -> BTreeSet<(Quantity, Origin)> {
        let n_pools = self.n_columns - 1;
        let pools = if n_pools == 0 { 0..1 } else { 0..n_pools };
        let seen: BTreeSet<u32> = self.classes.iter().copied().collect();
        let mut met = BTreeSet::new();
        for quantity in Quantity::ALL {
            let columns = match quantity.level() {
                Level::Cluster => n_pools..n_pools + 1,
                Level::Pool | Level::Workload => pools.clone(),
            };
            for column in columns {
                match quantity.level() {
                    Level::Workload if !seen.is_empty() => {
                        let classes = seen.iter().map(|class| *class as usize);
                        met.extend(
                            classes.map(|class| (quantity, self.row(quantity, class, column).0)),
                        );
                    }
                    Level::Cluster | Level::Pool | Level::Workload => {
                        met.insert((quantity, self.row(quantity, 0, column).0));
                    }
                }
            }
        }
        met
    }
}

/// The class of each name that a workload of the cluster has, and that of each workload.
fn classes<'a>(
    cluster: &Cluster,
    names: &BTreeSet<&'a str>,
) -> (BTreeMap<&'a str, usize>, Vec<u32>) {
    let mut numbers = BTreeMap::new();
    if names.is_empty() {
        return (numbers, Vec::new());
    }
    let mut classes = vec![0; cluster.workloads.len()];
    for (class, workload) in classes.iter_mut().zip(&cluster.workloads) {
        let full = format!("{}/{}", workload.namespace, workload.name);
        if let Some(name) = names.get(full.as_str()) {
            let next = numbers.len() + 1;
            *class = *numbers.entry(*name).or_insert(next) as u32;
        }
    }
    if numbers.is_empty() {
        classes.clear();
    }
    (numbers, classes)
}

/// What an entry speaks of in a cluster; nothing where its names mean nothing there.
fn reach(cluster: &Cluster, entry: &DurationEntry, names: &BTreeMap<&str, usize>) -> Option<Reach> {
    if !entry.holds_in(cluster) {
        return None;
    }
    let class = match &entry.workload {
        Some(name) => Some(*names.get(name.as_str())?),
        None => None,
    };
    let column = match &entry.pool {
        Some(name) => Some(cluster.pools.iter().position(|pool| pool.name == *name)?),
        None => None,
    };
    Some(Reach { class, column })
}
