//! What takes time: every length that a rehearsal draws and no rule of Kubernetes decides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that takes time.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// The whole control plane, all its members, one minor.
    ControlPlane,
    /// How long the only API server is away while it restarts.
    ApiRestart,
    /// How long one of several control-plane members is away while it restarts.
    MemberRestart,
    /// A new machine, from its order to its registration.
    NodeBoot,
    /// A machine rebuilt in place: a reimage or an update of its packages, and a reboot.
    NodeRebuild,
    /// A machine's deletion.
    NodeDelete,
    /// A CNI pod's restart on a node, image already there.
    CniRestart,
    /// What is waited between the end of a drain and the machine's deletion.
    SettleAfterDrain,
    /// A pod's start on a cold node: sandbox, image pull, containers.
    PodStart,
    /// Detach and attach of a volume on the clean path.
    VolumeMove,
    /// A `preStop` hook, most often a sleep that lets load balancers catch up.
    PreStop,
    /// What an application takes to stop when it heeds TERM.
    Shutdown,
}

/// The finest thing that a quantity can differ by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is the cluster's.
    Cluster,
    /// It is a node's, and nodes of a pool are alike.
    Pool,
    /// It is a pod's, by its workload and by the pool of its node.
    Workload,
}

impl Quantity {
    /// Every quantity, in the order of the table.
    pub const ALL: [Self; 12] = [
        Self::ControlPlane,
        Self::ApiRestart,
        Self::MemberRestart,
        Self::NodeBoot,
        Self::NodeRebuild,
        Self::NodeDelete,
        Self::CniRestart,
        Self::SettleAfterDrain,
        Self::PodStart,
        Self::VolumeMove,
        Self::PreStop,
        Self::Shutdown,
    ];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ControlPlane => "control-plane",
            Self::ApiRestart => "api-restart",
            Self::MemberRestart => "member-restart",
            Self::NodeBoot => "node-boot",
            Self::NodeRebuild => "node-rebuild",
            Self::NodeDelete => "node-delete",
            Self::CniRestart => "cni-restart",
            Self::SettleAfterDrain => "settle-after-drain",
            Self::PodStart => "pod-start",
            Self::VolumeMove => "volume-move",
            Self::PreStop => "pre-stop",
            Self::Shutdown => "shutdown",
        }
    }

    /// The quantity of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The finest thing it can differ by.
    pub const fn level(self) -> Level {
        match self {
            Self::ControlPlane | Self::ApiRestart | Self::MemberRestart => Level::Cluster,
            Self::NodeBoot
            | Self::NodeRebuild
            | Self::NodeDelete
            | Self::CniRestart
            | Self::SettleAfterDrain => Level::Pool,
            Self::PodStart | Self::VolumeMove | Self::PreStop | Self::Shutdown => Level::Workload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_code_know_a_quantity_by_the_same_name() {
        for quantity in Quantity::ALL {
            let written = serde_json::to_string(&quantity).expect("a quantity is JSON");
            assert_eq!(written, format!("\"{}\"", quantity.name()));
            assert_eq!(Quantity::named(quantity.name()), Some(quantity));
        }
        assert_eq!(Quantity::named("nodeBoot"), None);
    }

    // The table is indexed by position, so every quantity stands where its number says.
    #[test]
    fn every_quantity_stands_at_its_own_number() {
        for (position, quantity) in Quantity::ALL.into_iter().enumerate() {
            assert_eq!(quantity as usize, position);
        }
    }
}
