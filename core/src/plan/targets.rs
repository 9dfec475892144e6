//! The versions a fleet can be brought to: those that at least one cluster would move to.

use super::hops;
use crate::inventory::Inventory;
use crate::units::KubeVersion;

/// Minors beyond the newest API server that are offered: as far as anybody plans ahead.
const MINORS_AHEAD: u16 = 3;

/// A version and what it would mean to the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetChoice {
    /// The version.
    pub version: KubeVersion,
    /// Clusters that would be upgraded; the others are held back.
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
    (oldest.minor..=newest.minor.saturating_add(MINORS_AHEAD))
        .map(|minor| KubeVersion::minor(newest.major, minor))
        .map(|version| {
            let moves = |cluster: &&_| hops::lay_out(cluster, version).is_ok();
            TargetChoice {
                version,
                n_clusters: inventory.clusters.iter().filter(moves).count() as u32,
            }
        })
        .filter(|choice| choice.n_clusters > 0)
        .collect()
}
