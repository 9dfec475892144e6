//! The defaults, each with its source: weak priors, most of them single anecdotes (k8s-truth §10).
//!
//! `Measured` stands only where the numbers of the row lie within what the source measured. All
//! else is assumed, however well it is argued.

use super::entry::Basis;
use super::quantity::Quantity;
use crate::inventory::{Cluster, Provider};
use crate::rng::Distribution;
use crate::units::SimDuration;

/// Where a default holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everywhere.
    Everywhere,
    /// In clusters of this provider.
    At(Provider),
    /// Where the provider runs the control plane out of sight.
    ManagedControlPlane,
}

impl Place {
    /// Whether a default for this place holds in a cluster.
    pub(super) fn holds_in(self, cluster: &Cluster) -> bool {
        match self {
            Self::Everywhere => true,
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

const fn assumed(
    quantity: Quantity,
    place: Place,
    distribution: Distribution,
    source: &'static str,
) -> DefaultDuration {
    DefaultDuration {
        quantity,
        place,
        distribution,
        basis: Basis::Assumed,
        source,
    }
}

const fn measured(
    quantity: Quantity,
    place: Place,
    distribution: Distribution,
    source: &'static str,
) -> DefaultDuration {
    DefaultDuration {
        quantity,
        place,
        distribution,
        basis: Basis::Measured,
        source,
    }
}

/// The defaults. Of several rows that hold in a cluster, the last is the cluster's.
pub static DEFAULTS: [DefaultDuration; 18] = [
    assumed(
        Quantity::ControlPlane,
        Place::Everywhere,
        log_normal(4 * 60, 12 * 60),
        "no measurement found; kubeadm's documentation has restarts of a minute and more, and one \
         to two minutes of pulling",
    ),
    measured(
        Quantity::ControlPlane,
        Place::At(Provider::Eks),
        log_normal(12 * 60, 40 * 60),
        "between, and nearer to the newest: ministryofjustice/cloud-platform#5346 (10 min, 2024), \
         terraform-aws-modules/terraform-aws-eks#326 (22 min, 2019), \
         aws/containers-roadmap#1227 (40 to 47 min, 2021), \
         eksctl-io/eksctl#3309 (30 to 60 min, 2021)",
    ),
    assumed(
        Quantity::ControlPlane,
        Place::At(Provider::Gke),
        log_normal(15 * 60, 40 * 60),
        "shorter than the one report found, divviup/prio-server#221 (20 to 30 min, 2020)",
    ),
    assumed(
        Quantity::ControlPlane,
        Place::At(Provider::Aks),
        log_normal(10 * 60, 30 * 60),
        "no measurement found; taken between kubeadm and EKS",
    ),
    assumed(
        Quantity::ApiRestart,
        Place::Everywhere,
        uniform(20, 60),
        "no measurement found; kubeadm's documentation says a restart may take a minute",
    ),
    assumed(
        Quantity::ApiRestart,
        Place::ManagedControlPlane,
        uniform(120, 300),
        "GKE's documentation of zonal clusters says minutes",
    ),
    assumed(
        Quantity::MemberRestart,
        Place::Everywhere,
        uniform(20, 60),
        "as an API server's restart",
    ),
    assumed(
        Quantity::NodeBoot,
        Place::Everywhere,
        log_normal(90, 300),
        "to registration, taken from measurements to Ready: \
         obaroolori.com/articles/karpenter-cluster-autoscaler-node-auto-provisioning-aks-benchmark \
         (1m18s to 5m48s)",
    ),
    assumed(
        Quantity::NodeRebuild,
        Place::Everywhere,
        log_normal(150, 420),
        "no measurement found; OpenShift's documentation has reboots of one to two minutes in \
         clouds, and over 15 on bare metal",
    ),
    assumed(
        Quantity::NodeDelete,
        Place::Everywhere,
        uniform(10, 40),
        "no measurement found",
    ),
    assumed(
        Quantity::CniRestart,
        Place::Everywhere,
        uniform(10, 20),
        "no measurement found",
    ),
    assumed(
        Quantity::SettleAfterDrain,
        Place::Everywhere,
        Distribution::Constant(SimDuration::ZERO),
        "no pause is documented",
    ),
    assumed(
        Quantity::SettleAfterDrain,
        Place::At(Provider::Eks),
        Distribution::Constant(secs(60)),
        "documented, not measured: Amazon EKS user guide, managed-node-update-behavior",
    ),
    assumed(
        Quantity::SettleAfterDrain,
        Place::At(Provider::Kops),
        Distribution::Constant(secs(5)),
        "from its source, not measured: kops rolling-update, --post-drain-delay",
    ),
    assumed(
        Quantity::PodStart,
        Place::Everywhere,
        log_normal(8, 40),
        "a pull of 200 MB at 10 to 30 MB/s; pulls are 76% of a start (Harter et al. 2016), and \
         Kubernetes' own objective is 5 s without them",
    ),
    assumed(
        Quantity::VolumeMove,
        Place::Everywhere,
        log_normal(25, 90),
        "longer than the 10 to 20 s that is reported for the best case",
    ),
    assumed(
        Quantity::PreStop,
        Place::Everywhere,
        uniform(5, 15),
        "no measurement found; sleeps of these lengths are common",
    ),
    assumed(
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
            let first = rows.next().map(|row| row.place);
            assert_eq!(first, Some(Place::Everywhere), "{quantity:?}");
            assert!(
                rows.all(|row| row.place != Place::Everywhere),
                "{quantity:?}"
            );
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
