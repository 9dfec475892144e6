//! The versions a fleet can be brought to: those that at least one cluster would move to.

use super::hops;
use crate::inventory::{Cluster, Inventory};
use crate::units::KubeVersion;

/// Minors beyond the newest API server that are offered: as far as anybody plans ahead.
const MINORS_AHEAD: u16 = 3;

/// Minors a cluster may be behind: more than there ever were, and few enough to lay out.
pub(super) const HOPS_MAX: u16 = 64;

/// A version and what it would mean to the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetChoice {
    /// The version.
    pub version: KubeVersion,
    /// Clusters that would be upgraded inside their windows; the others are held back.
    pub n_clusters: u32,
}

/// The target when none is set: one minor beyond the newest API server.
pub fn default_target(inventory: &Inventory) -> Option<KubeVersion> {
    let versions = inventory.clusters.iter().filter_map(|c| c.version.value());
    Some(versions.max()?.next_minor())
}

/// Every target that upgrades something, from the oldest to a few minors beyond the newest.
pub fn targets(inventory: &Inventory) -> Vec<TargetChoice> {
    let versions = || inventory.clusters.iter().filter_map(|c| c.version.value());
    let (Some(oldest), Some(newest)) = (versions().min(), versions().max()) else {
        return Vec::new();
    };
    if oldest.major != newest.major {
        return Vec::new();
    }
    let ahead = newest.minor.saturating_add(MINORS_AHEAD);
    (oldest.minor..=ahead.min(oldest.minor.saturating_add(HOPS_MAX)))
        .map(|minor| KubeVersion::minor(newest.major, minor))
        .map(|version| {
            let moves = |cluster: &&Cluster| {
                cluster.windows.value().is_some() && hops::lay_out(cluster, version).is_ok()
            };
            TargetChoice {
                version,
                n_clusters: inventory.clusters.iter().filter(moves).count() as u32,
            }
        })
        .filter(|choice| choice.n_clusters > 0)
        .collect()
}
