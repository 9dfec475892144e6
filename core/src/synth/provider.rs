//! What differs from provider to provider: labels, zones, machines, versions, add-ons.

use crate::inventory::Provider;
use crate::rng::Stream;

use super::names;

/// A machine type and what its nodes offer to pods.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    /// The provider's name for it.
    pub(super) name: &'static str,
    /// Allocatable CPU in millicores.
    pub(super) cpu_millis: u64,
    /// Allocatable memory in mebibytes.
    pub(super) memory_mib: u64,
    /// Allocatable pods.
    pub(super) pods: u32,
}

const fn machine(name: &'static str, cpu_millis: u64, memory_mib: u64, pods: u32) -> Machine {
    Machine {
        name,
        cpu_millis,
        memory_mib,
        pods,
    }
}

/// The word a fleet file uses for the provider.
pub(super) fn word(provider: Provider) -> &'static str {
    match provider {
        Provider::Gke => "gke",
        Provider::Eks => "eks",
        Provider::Aks => "aks",
        Provider::ClusterApi => "clusterApi",
        Provider::Kubeadm => "kubeadm",
        Provider::Kops => "kops",
    }
}

/// Whether control planes run on nodes of the cluster.
pub(super) fn runs_control_plane_nodes(provider: Provider) -> bool {
    match provider {
        Provider::Gke | Provider::Eks | Provider::Aks => false,
        Provider::ClusterApi | Provider::Kubeadm | Provider::Kops => true,
    }
}

/// The label that names a node's pool; clusters made by hand have only roles.
pub(super) fn pool_label(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Gke => Some("cloud.google.com/gke-nodepool"),
        Provider::Eks => Some("eks.amazonaws.com/nodegroup"),
        Provider::Aks => Some("kubernetes.azure.com/agentpool"),
        Provider::ClusterApi => Some("topology.cluster.x-k8s.io/deployment-name"),
        Provider::Kubeadm => None,
        Provider::Kops => Some("kops.k8s.io/instancegroup"),
    }
}

/// The provider's region for a part of the world.
pub(super) fn region(provider: Provider, area: &str) -> &'static str {
    let names = match provider {
        Provider::Gke => [
            "europe-west1",
            "us-east1",
            "asia-southeast1",
            "southamerica-east1",
        ],
        Provider::Eks | Provider::Kops => {
            ["eu-central-1", "us-east-1", "ap-southeast-1", "sa-east-1"]
        }
        Provider::Aks => ["westeurope", "eastus", "southeastasia", "brazilsouth"],
        Provider::ClusterApi | Provider::Kubeadm => ["fra1", "iad1", "sin1", "gru1"],
    };
    match area {
        "eu" => names[0],
        "us" => names[1],
        "ap" => names[2],
        _ => names[3],
    }
}

/// The three zones of a region.
pub(super) fn zones(provider: Provider, region: &str) -> [String; 3] {
    match provider {
        Provider::Gke => ["b", "c", "d"].map(|zone| format!("{region}-{zone}")),
        Provider::Eks | Provider::Kops => ["a", "b", "c"].map(|zone| format!("{region}{zone}")),
        Provider::Aks => ["1", "2", "3"].map(|zone| format!("{region}-{zone}")),
        Provider::ClusterApi | Provider::Kubeadm => {
            ["r1", "r2", "r3"].map(|zone| format!("{region}-{zone}"))
        }
    }
}

/// The machine of an ordinary pool, or of one with much memory.
pub(super) fn machines(provider: Provider) -> [Machine; 2] {
    match provider {
        Provider::Gke => [
            machine("e2-standard-8", 7_910, 27_740, 110),
            machine("n2-highmem-8", 7_910, 58_200, 110),
        ],
        Provider::Eks | Provider::Kops => [
            machine("m6i.2xlarge", 7_910, 30_120, 58),
            machine("r6i.2xlarge", 7_910, 61_300, 58),
        ],
        Provider::Aks => [
            machine("Standard_D8s_v5", 7_820, 27_900, 110),
            machine("Standard_E8s_v5", 7_820, 57_300, 110),
        ],
        Provider::ClusterApi | Provider::Kubeadm => [
            machine("8c-32g", 8_000, 31_600, 110),
            machine("8c-64g", 8_000, 63_900, 110),
        ],
    }
}

/// The kubelet's or API server's version as the provider writes it.
pub(super) fn version(provider: Provider, minor: u16) -> String {
    let patch = latest_patch(minor);
    match provider {
        Provider::Gke => format!(
            "v1.{minor}.{patch}-gke.{}",
            1_000_000 + u32::from(minor) * 4_100
        ),
        Provider::Eks => format!(
            "v1.{minor}.{patch}-eks-{:07x}",
            0x3ab_0000 + u32::from(minor)
        ),
        Provider::Aks | Provider::ClusterApi | Provider::Kubeadm | Provider::Kops => {
            format!("v1.{minor}.{patch}")
        }
    }
}

/// A patch that a well-kept cluster of this minor runs.
pub(super) fn latest_patch(minor: u16) -> u16 {
    match minor {
        28 => 15,
        29 | 30 => 14,
        31 => 12,
        32 => 8,
        33 => 4,
        34 => 1,
        _ => 6,
    }
}

/// The operating system of its nodes.
pub(super) fn os_image(provider: Provider) -> &'static str {
    match provider {
        Provider::Gke => "Container-Optimized OS from Google",
        Provider::Eks | Provider::Kops => "Amazon Linux 2023.8.20250818",
        Provider::Aks => "Ubuntu 22.04.5 LTS",
        Provider::ClusterApi => "Flatcar Container Linux by Kinvolk 4230.2.2",
        Provider::Kubeadm => "Ubuntu 24.04.3 LTS",
    }
}

/// The name of a node and its provider ID.
pub(super) fn node_identity(
    provider: Provider,
    cluster: &str,
    pool: &str,
    zone: &str,
    ordinal: u32,
    stream: &mut Stream,
) -> (String, Option<String>) {
    match provider {
        Provider::Gke => {
            let name = format!("gke-{cluster}-{pool}-{}", names::hex(stream, 8));
            let id = format!("gce://{cluster}/{zone}/{name}");
            (name, Some(id))
        }
        Provider::Eks | Provider::Kops => {
            let (b, c, d) = (ordinal >> 16, (ordinal >> 8) & 255, ordinal & 255);
            let name = format!("ip-10-{}-{c}-{d}.ec2.internal", 32 + b % 200);
            (
                name,
                Some(format!("aws:///{zone}/i-{}", names::hex(stream, 17))),
            )
        }
        Provider::Aks => {
            let name = format!(
                "aks-{pool}-{}-vmss{ordinal:06}",
                stream.below(90_000_000) + 10_000_000
            );
            let id = format!("azure:///virtualMachineScaleSets/{pool}/{ordinal}");
            (name, Some(id))
        }
        Provider::ClusterApi => {
            let name = format!("{cluster}-{pool}-{}", names::suffix(stream, 5));
            let id = format!("vsphere://{}", names::hex(stream, 32));
            (format!("{name}-{ordinal}"), Some(id))
        }
        Provider::Kubeadm => (format!("{pool}-{ordinal:02}.{cluster}"), None),
    }
}

/// The CSI driver of its disks, and whether a disk belongs to a zone.
pub(super) fn disks(provider: Provider) -> (&'static str, &'static str, bool) {
    match provider {
        Provider::Gke => ("pd.csi.storage.gke.io", "premium-rwo", true),
        Provider::Eks | Provider::Kops => ("ebs.csi.aws.com", "gp3", true),
        Provider::Aks => ("disk.csi.azure.com", "managed-csi-premium", true),
        Provider::ClusterApi => ("csi.vsphere.vmware.com", "vsan-default", true),
        Provider::Kubeadm => ("rook-ceph.rbd.csi.ceph.com", "ceph-block", false),
    }
}
