//! The defaults, each with its source: weak priors, most of them single anecdotes (k8s-truth §10).
//!
//! `Measured` stands only where the numbers of the row lie within what the source measured. All
//! else is assumed, however well it is argued.

use super::entry::Basis::{self, Assumed, Measured};
use super::quantity::Quantity;
use crate::inventory::{Cluster, Provider};
use crate::rng::Distribution;
use crate::units::SimDuration;

/// Where a default holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everywhere.
    Everywhere,
    /// Everywhere, for each member of the control plane.
    EachMember,
    /// In clusters of this provider.
    At(Provider),
    /// Where the provider runs the control plane out of sight.
    ManagedControlPlane,
}

impl Place {
    /// How often a duration for this place passes in a cluster, one after the other. A number of
    /// members that is not known counts as the one that a rehearsal takes it for.
    pub(super) fn times_in(self, cluster: &Cluster) -> u32 {
        match self {
            Self::Everywhere | Self::At(_) | Self::ManagedControlPlane => 1,
            Self::EachMember => cluster
                .control_plane
                .members
                .value()
                .map_or(1, |n| *n.max(&1)),
        }
    }

    /// Whether a default for this place holds in a cluster.
    pub(super) fn holds_in(self, cluster: &Cluster) -> bool {
        match self {
            Self::Everywhere | Self::EachMember => true,
            Self::At(provider) => cluster.provider.value() == Some(&provider),
            Self::ManagedControlPlane => cluster.control_plane.managed,
        }
    }
}

/// How long something takes where nobody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultDuration {
    /// What takes so long.
    pub quantity: Quantity,
    /// Where.
    pub place: Place,
    /// How long.
    pub distribution: Distribution,
    /// How that is known.
    pub basis: Basis,
    /// What readers can open.
    pub source: &'static str,
}

/// How long something takes in clusters of a provider where nobody says otherwise.
///
/// # Panics
///
/// When no default holds everywhere; tests of the table see to it that one does.
pub(crate) fn default_at(quantity: Quantity, provider: Provider) -> &'static Distribution {
    let of_quantity = || DEFAULTS.iter().filter(|row| row.quantity == quantity);
    let row = of_quantity()
        .find(|row| row.place == Place::At(provider))
        .or_else(|| of_quantity().find(|row| row.place == Place::Everywhere));
    &row.expect("every quantity has a default").distribution
}

const fn secs(secs: u64) -> SimDuration {
    SimDuration::from_secs(secs)
}

const fn log_normal(median: u64, p95: u64) -> Distribution {
    Distribution::LogNormal {
        median: secs(median),
        p95: secs(p95),
    }
}

const fn uniform(min: u64, max: u64) -> Distribution {
    Distribution::Uniform {
        min: secs(min),
        max: secs(max),
    }
}

const fn row(
    basis: Basis,
    quantity: Quantity,
    place: Place,
    distribution: Distribution,
    source: &'static str,
) -> DefaultDuration {
    DefaultDuration {
        quantity,
        place,
        distribution,
        basis,
        source,
    }
}

/// The defaults. Of several rows that hold in a cluster, the last is the cluster's.
pub static DEFAULTS: [DefaultDuration; 20] = [
    row(
        Assumed,
        Quantity::ControlPlane,
        Place::EachMember,
        log_normal(4 * 60, 12 * 60),
        "no measurement found; kubeadm's documentation has restarts of a minute and more, and one \
         to two minutes of pulling",
    ),
    row(
        Measured,
        Quantity::ControlPlane,
        Place::At(Provider::Eks),
        log_normal(12 * 60, 40 * 60),
        "between, and nearer to the newest: ministryofjustice/cloud-platform#5346 (10 min, 2024), \
         terraform-aws-modules/terraform-aws-eks#326 (22 min, 2019), \
         aws/containers-roadmap#1227 (40 to 47 min, 2021), \
         eksctl-io/eksctl#3309 (30 to 60 min, 2021)",
    ),
    row(
        Assumed,
        Quantity::ControlPlane,
        Place::At(Provider::Gke),
        log_normal(15 * 60, 40 * 60),
        "shorter than the one report found, divviup/prio-server#221 (20 to 30 min, 2020)",
    ),
    row(
        Assumed,
        Quantity::ControlPlane,
        Place::At(Provider::Aks),
        log_normal(10 * 60, 30 * 60),
        "no measurement found; taken between kubeadm and EKS",
    ),
    row(
        Assumed,
        Quantity::ApiRestart,
        Place::Everywhere,
        uniform(20, 60),
        "no measurement found; kubeadm's documentation says a restart may take a minute",
    ),
    row(
        Assumed,
        Quantity::ApiRestart,
        Place::ManagedControlPlane,
        uniform(120, 300),
        "GKE's documentation of zonal clusters says minutes",
    ),
    row(
        Assumed,
        Quantity::MemberRestart,
        Place::Everywhere,
        uniform(20, 60),
        "as an API server's restart",
    ),
    row(
        Assumed,
        Quantity::NodeBoot,
        Place::Everywhere,
        log_normal(90, 300),
        "to registration, taken from measurements to Ready: \
         obaroolori.com/articles/karpenter-cluster-autoscaler-node-auto-provisioning-aks-benchmark \
         (1m18s to 5m48s)",
    ),
    row(
        Assumed,
        Quantity::NodeRebuild,
        Place::Everywhere,
        log_normal(150, 420),
        "no measurement found; OpenShift's documentation has reboots of one to two minutes in \
         clouds, and over 15 on bare metal",
    ),
    row(
        Assumed,
        Quantity::NodeReboot,
        Place::Everywhere,
        uniform(60, 120),
        "OpenShift's documentation has one to two minutes in clouds, and over 15 on bare metal",
    ),
    row(
        Assumed,
        Quantity::KubeletRestart,
        Place::Everywhere,
        log_normal(15, 60),
        "no measurement found; tens of seconds, mostly within the grace period of its lease",
    ),
    row(
        Assumed,
        Quantity::NodeDelete,
        Place::Everywhere,
        uniform(10, 40),
        "no measurement found",
    ),
    row(
        Assumed,
        Quantity::CniRestart,
        Place::Everywhere,
        uniform(10, 20),
        "no measurement found",
    ),
    row(
        Assumed,
        Quantity::SettleAfterDrain,
        Place::Everywhere,
        Distribution::Constant(SimDuration::ZERO),
        "no pause is documented",
    ),
    row(
        Assumed,
        Quantity::SettleAfterDrain,
        Place::At(Provider::Eks),
        Distribution::Constant(secs(60)),
        "documented, not measured: Amazon EKS user guide, managed-node-update-behavior",
    ),
    row(
        Assumed,
        Quantity::SettleAfterDrain,
        Place::At(Provider::Kops),
        Distribution::Constant(secs(5)),
        "from its source, not measured: kops rolling-update, --post-drain-delay",
    ),
    row(
        Assumed,
        Quantity::PodStart,
        Place::Everywhere,
        log_normal(8, 40),
        "a pull of 200 MB at 10 to 30 MB/s; pulls are 76% of a start (Harter et al. 2016), and \
         Kubernetes' own objective is 5 s without them",
    ),
    row(
        Assumed,
        Quantity::VolumeMove,
        Place::Everywhere,
        log_normal(25, 90),
        "longer than the 10 to 20 s that is reported for the best case",
    ),
    row(
        Assumed,
        Quantity::PreStop,
        Place::Everywhere,
        uniform(5, 15),
        "no measurement found; sleeps of these lengths are common",
    ),
    row(
        Assumed,
        Quantity::Shutdown,
        Place::Everywhere,
        log_normal(2, 12),
        "no measurement found; besides, 12 of 100 pods are taken to ignore TERM and to be killed \
         at the end of their grace period",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_has_a_default_everywhere_before_any_other() {
        for quantity in Quantity::ALL {
            let mut rows = DEFAULTS.iter().filter(|row| row.quantity == quantity);
            let is_wide =
                |row: &DefaultDuration| matches!(row.place, Place::Everywhere | Place::EachMember);
            assert!(rows.next().is_some_and(is_wide), "{quantity:?}");
            assert!(!rows.any(is_wide), "{quantity:?}");
        }
    }

    #[test]
    fn every_default_makes_a_distribution_and_names_its_source() {
        for row in &DEFAULTS {
            assert_eq!(row.distribution.check(), Ok(()), "{row:?}");
            assert!(row.source.len() > 10, "{row:?}");
            assert_ne!(row.basis, Basis::History);
        }
    }
}
