//! An entry: what somebody says about one quantity, where it holds, and how they know.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantity::{Level, Quantity};
use crate::inventory::{Cluster, Provider};
use crate::rng::{Distribution, DistributionError};

/// How a distribution came about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// Nobody is known to have measured it, or not so that its numbers follow.
    Assumed,
    /// Its numbers lie within what the source measured.
    Measured,
    /// The user's own past runs.
    History,
}

/// Takes the place of a default. Every given field of its scope narrows where it holds.
///
/// Of several that hold somewhere, one that names a workload wins over one that names a pool, that
/// over one that names a cluster, and that over one that names a provider; where both name one, the
/// next finer decides. Of two with the same scope the later wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DurationEntry {
    /// What takes so long.
    pub quantity: Quantity,
    /// Clusters of this provider.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// This cluster.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Pools of this name; for a pod's quantities, pods on their nodes.
    #[serde(default)]
    pub pool: Option<String>,
    /// This workload, as `namespace/name`.
    #[serde(default)]
    pub workload: Option<String>,
    /// How long it takes.
    pub distribution: Distribution,
    /// How that is known.
    pub basis: Basis,
    /// Where it is from: a page, a ticket, a file.
    pub source: String,
}

/// Why an entry means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A quantity is told by something that it does not depend on.
    #[error("{} does not differ by {field}; take `{field}` out", quantity.name())]
    TooFine {
        /// The quantity.
        quantity: Quantity,
        /// What it is told by: `pool` or `workload`.
        field: &'static str,
    },
    /// Nothing tells where the numbers are from.
    #[error("source is empty; name a page, a ticket or a file, or `a guess`")]
    NoSource,
    /// Its numbers make no distribution.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
}

impl EntryError {
    /// The field that is wrong.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::TooFine { field, .. } => field,
            Self::NoSource => "source",
            Self::Distribution(_) => "distribution",
        }
    }
}

impl DurationEntry {
    /// Whether it means something.
    pub fn check(&self) -> Result<(), EntryError> {
        let quantity = self.quantity;
        let too_fine = |field| Err(EntryError::TooFine { quantity, field });
        if self.workload.is_some() && quantity.level() < Level::Workload {
            return too_fine("workload");
        }
        if self.pool.is_some() && quantity.level() < Level::Pool {
            return too_fine("pool");
        }
        if self.source.trim().is_empty() {
            return Err(EntryError::NoSource);
        }
        Ok(self.distribution.check()?)
    }

    /// How narrow its scope is: a finer field counts more than all coarser ones together.
    pub(super) fn rank(&self) -> u8 {
        let fields = [
            self.workload.is_some(),
            self.pool.is_some(),
            self.cluster.is_some(),
            self.provider.is_some(),
        ];
        fields
            .into_iter()
            .fold(0, |rank, given| rank * 2 + u8::from(given))
    }

    /// Whether it holds in a cluster, pools and workloads aside.
    pub(super) fn holds_in(&self, cluster: &Cluster) -> bool {
        let provider = cluster.provider.value();
        let named = |name: &String| *name == cluster.name;
        self.cluster.as_ref().is_none_or(named)
            && (self.provider.is_none() || self.provider.as_ref() == provider)
    }

    /// Whether the other says the same of the same, so that the later of the two wins.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.quantity == other.quantity
            && self.provider == other.provider
            && self.cluster == other.cluster
            && self.pool == other.pool
            && self.workload == other.workload
    }
}
