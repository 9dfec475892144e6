//! How long things take and how that is known: the rows in effect, and a sentence on a rehearsal's.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::durations::{
    Basis, DEFAULTS, DefaultDuration, DurationEntry, Durations, Origin, Place, Quantity,
};
use crate::inventory::{Cluster, Inventory, Provider};
use crate::rng::Distribution;

/// The durations in effect, by quantity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DurationsReport {
    /// One row for each distribution that something can meet.
    pub rows: Vec<DurationRow>,
}

/// How long one thing takes in one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DurationRow {
    /// What takes so long.
    pub quantity: Quantity,
    /// Where, in words; a row below it that is narrower wins over it.
    pub scope: String,
    /// How long.
    pub distribution: Distribution,
    /// Half of all are shorter, in milliseconds.
    pub median_ms: u64,
    /// One in twenty is longer, in milliseconds.
    pub p95_ms: u64,
    /// How that is known.
    pub basis: Basis,
    /// Where it is from.
    pub source: String,
}

/// The rows that something in the fleet can meet.
pub fn durations_in(inventory: &Inventory, entries: &[DurationEntry]) -> DurationsReport {
    let met = met(inventory.clusters.iter(), entries);
    let rows = met.iter().map(|(_, origin)| row(*origin, entries));
    DurationsReport {
        rows: rows.collect(),
    }
}

/// Every default, and the entries given, where no fleet tells which of them it can meet.
pub fn default_durations(entries: &[DurationEntry]) -> DurationsReport {
    let defaults = DEFAULTS
        .iter()
        .zip(0..)
        .map(|(row, index)| (row.quantity, Origin::Default(index)));
    let given = entries
        .iter()
        .zip(0..)
        .map(|(row, index)| (row.quantity, Origin::Entry(index)));
    let all: BTreeSet<(Quantity, Origin)> = defaults.chain(given).collect();
    DurationsReport {
        rows: all
            .iter()
            .map(|(_, origin)| row(*origin, entries))
            .collect(),
    }
}

/// How the durations of a rehearsal in these clusters are known: a sentence, or nothing where
/// nothing is rehearsed.
pub(super) fn sentence<'a>(
    clusters: impl Iterator<Item = &'a Cluster>,
    entries: &[DurationEntry],
) -> Option<String> {
    let met = met(clusters, entries);
    if met.is_empty() {
        return None;
    }
    let of = |wanted: Basis| {
        let rows = met
            .iter()
            .filter(|(_, origin)| basis(*origin, entries) == wanted);
        let quantities: BTreeSet<&str> =
            rows.clone().map(|(quantity, _)| quantity.name()).collect();
        (rows.count(), Vec::from_iter(quantities).join(", "))
    };
    let (n_assumed, _) = of(Basis::Assumed);
    let mut parts = vec![format!("{n_assumed} assumed")];
    for (basis, word) in [
        (Basis::Measured, "measured"),
        (Basis::History, "from past runs"),
    ] {
        parts.push(match of(basis) {
            (0, _) => format!("none {word}"),
            (count, names) => format!("{count} {word} ({names})"),
        });
    }
    Some(format!(
        "Durations in effect: {}; `wavetank durations` lists each with its source.",
        parts.join(", ")
    ))
}

/// What something in these clusters can meet, by quantity.
fn met<'a>(
    clusters: impl Iterator<Item = &'a Cluster>,
    entries: &[DurationEntry],
) -> BTreeSet<(Quantity, Origin)> {
    clusters
        .flat_map(|cluster| Durations::of(cluster, entries).in_effect())
        .collect()
}

fn basis(origin: Origin, entries: &[DurationEntry]) -> Basis {
    match origin {
        Origin::Default(index) => DEFAULTS[index as usize].basis,
        Origin::Entry(index) => entries[index as usize].basis,
    }
}

fn row(origin: Origin, entries: &[DurationEntry]) -> DurationRow {
    let (quantity, scope, distribution, source) = match origin {
        Origin::Default(index) => {
            let row: &DefaultDuration = &DEFAULTS[index as usize];
            let source = row.source.to_owned();
            (
                row.quantity,
                place_words(row.place),
                &row.distribution,
                source,
            )
        }
        Origin::Entry(index) => {
            let entry = &entries[index as usize];
            let source = entry.source.clone();
            (
                entry.quantity,
                scope_words(entry),
                &entry.distribution,
                source,
            )
        }
    };
    DurationRow {
        quantity,
        scope,
        distribution: distribution.clone(),
        median_ms: distribution.quantile(500).as_millis(),
        p95_ms: distribution.quantile(950).as_millis(),
        basis: basis(origin, entries),
        source,
    }
}

fn place_words(place: Place) -> String {
    match place {
        Place::Everywhere => "everywhere".to_owned(),
        Place::EachMember => "everywhere, each member of the control plane".to_owned(),
        Place::At(provider) => format!("provider {}", provider.name()),
        Place::ManagedControlPlane => "managed control planes".to_owned(),
    }
}

fn scope_words(entry: &DurationEntry) -> String {
    let fields = [
        ("provider", entry.provider.map(Provider::name)),
        ("cluster", entry.cluster.as_deref()),
        ("pool", entry.pool.as_deref()),
        ("workload", entry.workload.as_deref()),
    ];
    let named = fields
        .into_iter()
        .filter_map(|(field, name)| Some((field, name?)));
    let words: Vec<String> = named
        .map(|(field, name)| format!("{field} {name}"))
        .collect();
    if words.is_empty() {
        return "everywhere".to_owned();
    }
    words.join(", ")
}
