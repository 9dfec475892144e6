//! The add-ons of a synthetic cluster: what runs on it before any application does.

use crate::inventory::Provider;
use crate::snapshot::WorkloadKind;
use crate::units::IntOrPercent;

use super::apps::{Guard, Limit};
use super::provider;
use super::shape::Shape;

/// An add-on to be made. Its replicas are meaningless for a daemon set.
#[derive(Clone, Debug)]
pub(super) struct Addon {
    /// Its namespace.
    pub(super) namespace: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Daemon set or deployment.
    pub(super) kind: WorkloadKind,
    /// How many pods a deployment wants.
    pub(super) replicas: u32,
    /// CPU one pod asks for, in millicores.
    pub(super) cpu_millis: u64,
    /// Memory one pod asks for, in mebibytes.
    pub(super) memory_mib: u64,
    /// Its image, with the tag.
    pub(super) image: String,
    /// What guards it.
    pub(super) budget: Option<Guard>,
}

/// Static pods of a control-plane node: name and millicores of each.
pub(super) const STATIC_PODS: [(&str, u64); 4] = [
    ("etcd", 100),
    ("kube-apiserver", 250),
    ("kube-controller-manager", 200),
    ("kube-scheduler", 100),
];

/// The image of a static pod or of kube-proxy.
pub(super) fn kube_image(name: &str, minor: u16) -> String {
    if name == "etcd" {
        return "registry.k8s.io/etcd:3.5.21-0".to_owned();
    }
    let patch = provider::latest_patch(minor);
    format!("registry.k8s.io/{name}:v1.{minor}.{patch}")
}

/// How many pods the add-ons and static pods of a cluster are.
pub(super) fn n_pods(shape: &Shape) -> u32 {
    let n_control_plane = if provider::runs_control_plane_nodes(shape.provider) {
        3
    } else {
        0
    };
    let addons: u32 = addons(shape)
        .iter()
        .map(|addon| match addon.kind {
            WorkloadKind::DaemonSet => shape.nodes + n_control_plane,
            _ => addon.replicas,
        })
        .sum();
    addons + n_control_plane * STATIC_PODS.len() as u32
}

/// The add-ons of a cluster.
pub(super) fn addons(shape: &Shape) -> Vec<Addon> {
    let (csi_name, csi_image) = csi(shape.provider);
    let dns_replicas = if shape.nodes > 1 { 2 } else { 1 };
    let dns_budget = (dns_replicas > 1).then_some(Guard {
        ending: "",
        limit: Limit::MaxUnavailable(IntOrPercent::Int(1)),
    });
    let kube_proxy = kube_image("kube-proxy", shape.minor);
    vec![
        cni(shape.provider),
        daemon_set("kube-system", "kube-proxy", (100, 64), &kube_proxy),
        daemon_set("kube-system", csi_name, (30, 80), csi_image),
        daemon_set(
            "monitoring",
            "node-exporter",
            (50, 64),
            "quay.io/prometheus/node-exporter:v1.9.1",
        ),
        daemon_set(
            "logging",
            "fluent-bit",
            (100, 128),
            "cr.fluentbit.io/fluent/fluent-bit:3.2.10",
        ),
        Addon {
            replicas: dns_replicas,
            budget: dns_budget,
            ..deployment(
                "coredns",
                (100, 70),
                "registry.k8s.io/coredns/coredns:v1.11.3",
            )
        },
        deployment(
            "metrics-server",
            (100, 200),
            "registry.k8s.io/metrics-server/metrics-server:v0.7.2",
        ),
        Addon {
            namespace: "ingress-nginx",
            replicas: dns_replicas,
            budget: dns_budget,
            ..deployment(
                "ingress-nginx-controller",
                (100, 90),
                "registry.k8s.io/ingress-nginx/controller:v1.12.1",
            )
        },
        Addon {
            namespace: "cert-manager",
            ..deployment(
                "cert-manager",
                (50, 128),
                "quay.io/jetstack/cert-manager-controller:v1.17.1",
            )
        },
    ]
}

/// The network of the provider's nodes.
fn cni(provider: Provider) -> Addon {
    let (name, image) = match provider {
        Provider::Gke | Provider::ClusterApi => ("cilium", "quay.io/cilium/cilium:v1.16.9"),
        Provider::Eks | Provider::Kops => ("aws-node", "public.ecr.aws/eks/amazon-k8s-cni:v1.19.5"),
        Provider::Aks => (
            "azure-cns",
            "mcr.microsoft.com/containernetworking/azure-cns:v1.6.23",
        ),
        Provider::Kubeadm => ("calico-node", "docker.io/calico/node:v3.29.3"),
    };
    daemon_set("kube-system", name, (100, 128), image)
}

/// The node plug-in of the provider's disks.
fn csi(provider: Provider) -> (&'static str, &'static str) {
    match provider {
        Provider::Gke => (
            "pdcsi-node",
            "registry.k8s.io/cloud-provider-gcp/gcp-compute-persistent-disk-csi-driver:v1.17.2",
        ),
        Provider::Eks | Provider::Kops => (
            "ebs-csi-node",
            "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.41.0",
        ),
        Provider::Aks => (
            "csi-azuredisk-node",
            "mcr.microsoft.com/oss/kubernetes-csi/azuredisk-csi:v1.31.7",
        ),
        Provider::ClusterApi => (
            "vsphere-csi-node",
            "registry.k8s.io/csi-vsphere/driver:v3.4.0",
        ),
        Provider::Kubeadm => ("csi-rbdplugin", "quay.io/cephcsi/cephcsi:v3.13.1"),
    }
}

fn daemon_set(
    namespace: &'static str,
    name: &'static str,
    (cpu_millis, memory_mib): (u64, u64),
    image: &str,
) -> Addon {
    Addon {
        namespace,
        name,
        kind: WorkloadKind::DaemonSet,
        replicas: 0,
        cpu_millis,
        memory_mib,
        image: image.to_owned(),
        budget: None,
    }
}

fn deployment(name: &'static str, (cpu_millis, memory_mib): (u64, u64), image: &str) -> Addon {
    Addon {
        namespace: "kube-system",
        name,
        kind: WorkloadKind::Deployment,
        replicas: 1,
        cpu_millis,
        memory_mib,
        image: image.to_owned(),
        budget: None,
    }
}
