//! Node pools and nodes of a synthetic cluster.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::inventory::Provider;
use crate::rng::Stream;
use crate::snapshot::{Labels, NodeObject, Taint, TaintEffect};

use super::provider::{self, Machine};
use super::shape::Shape;

/// The taint and label that keep a dedicated pool for its own.
pub(super) const DEDICATED_KEY: &str = "dedicated";

/// Control-plane nodes of a cluster that runs its own.
const CONTROL_PLANE_NODES: u32 = 3;

/// The nodes of a cluster, and which of them are for what.
#[derive(Debug)]
pub(super) struct Nodes {
    /// All nodes: general ones first, then dedicated ones, then the control plane.
    pub(super) objects: Vec<NodeObject>,
    /// Nodes any pod may use.
    pub(super) general: Range<usize>,
    /// Nodes kept for pods that ask for them.
    pub(super) dedicated: Range<usize>,
    /// Nodes of the control plane.
    pub(super) control_plane: Range<usize>,
}

/// A pool to be made.
struct Pool {
    name: &'static str,
    nodes: u32,
    machine: Machine,
    /// Minors its kubelets are behind the control plane.
    behind: u16,
    taint: Option<Taint>,
    /// Whether it runs the control plane.
    control_plane: bool,
}

/// How many worker nodes of a cluster are kept for pods that ask for them.
///
/// Clusters that are upgraded in place have none: while one of so few is away, the others cannot
/// hold its pods.
pub(super) fn n_dedicated(shape: &Shape) -> u32 {
    if shape.nodes < 12 || shape.provider == Provider::Kubeadm {
        return 0;
    }
    (shape.nodes / 8).max(3)
}

/// Makes the nodes of a cluster.
pub(super) fn nodes(shape: &Shape, stream: &mut Stream) -> Nodes {
    let n_dedicated = n_dedicated(shape);
    let n_general = (shape.nodes - n_dedicated) as usize;
    let mut objects = Vec::with_capacity(shape.nodes as usize + 3);
    for pool in pools(shape, stream) {
        for ordinal in 0..pool.nodes {
            let at = objects.len() as u32;
            objects.push(node(shape, &pool, (ordinal, at), stream));
        }
    }
    let n_workers = shape.nodes as usize;
    flaw(shape, &mut objects[..n_general]);
    Nodes {
        general: 0..n_general,
        dedicated: n_general..n_workers,
        control_plane: n_workers..objects.len(),
        objects,
    }
}

/// The pools of a cluster, in the order of [`Nodes::objects`].
fn pools(shape: &Shape, stream: &mut Stream) -> Vec<Pool> {
    let [ordinary, roomy] = provider::machines(shape.provider);
    let n_dedicated = n_dedicated(shape);
    let n_general = shape.nodes - n_dedicated;
    let n_second = if n_general < 6 { 0 } else { n_general * 2 / 5 };
    let mut behind = || {
        let lag = [0, 0, 0, 1, 1, 2][stream.below(6) as usize];
        lag.min(max_lag(shape.minor))
    };
    let workers = [
        ("general", n_general - n_second, ordinary, None),
        ("web", n_second, ordinary, None),
        ("memory", n_dedicated, roomy, Some(dedicated_taint())),
    ];
    let mut pools: Vec<Pool> = workers
        .into_iter()
        .filter(|(_, nodes, ..)| *nodes > 0)
        .map(|(name, nodes, machine, taint)| Pool {
            name,
            nodes,
            machine,
            behind: behind(),
            taint,
            control_plane: false,
        })
        .collect();
    if provider::runs_control_plane_nodes(shape.provider) {
        pools.push(control_plane(ordinary));
    }
    pools
}

/// The pool of control-plane nodes.
fn control_plane(machine: Machine) -> Pool {
    let machine = Machine {
        name: "4c-16g",
        cpu_millis: 4_000,
        memory_mib: 15_700,
        ..machine
    };
    Pool {
        name: "control-plane",
        nodes: CONTROL_PLANE_NODES,
        machine,
        behind: 0,
        taint: Some(Taint {
            key: "node-role.kubernetes.io/control-plane".to_owned(),
            value: String::new(),
            effect: TaintEffect::NoSchedule,
        }),
        control_plane: true,
    }
}

/// The taint of the dedicated pool.
fn dedicated_taint() -> Taint {
    Taint {
        key: DEDICATED_KEY.to_owned(),
        value: "memory".to_owned(),
        effect: TaintEffect::NoSchedule,
    }
}

/// How far kubelets may be behind without breaking the skew policy one minor later.
///
/// Source: k8s-truth §7. From 1.28 on the policy allows three minors; before, two.
fn max_lag(minor: u16) -> u16 {
    if minor >= 28 { 2 } else { minor.min(1) }
}

/// Makes one node; `ordinal` counts in its pool, `at` in its cluster.
fn node(shape: &Shape, pool: &Pool, (ordinal, at): (u32, u32), stream: &mut Stream) -> NodeObject {
    let region = provider_region(shape);
    let zone = provider::zones(shape.provider, region)[ordinal as usize % 3].clone();
    let (name, provider_id) =
        provider::node_identity(shape.provider, &shape.name, pool.name, &zone, at, stream);
    let mut labels = Labels::new();
    let mut label = |key: &str, value: &str| {
        labels.insert(key.to_owned(), value.to_owned());
    };
    label("kubernetes.io/arch", "amd64");
    label("kubernetes.io/hostname", &name);
    label("kubernetes.io/os", "linux");
    label("topology.kubernetes.io/region", region);
    label("topology.kubernetes.io/zone", &zone);
    match provider::pool_label(shape.provider).filter(|_| !pool.control_plane) {
        Some(key) => label(key, pool.name),
        None => label(&format!("node-role.kubernetes.io/{}", pool.name), ""),
    }
    if shape.provider != Provider::Kubeadm {
        label("node.kubernetes.io/instance-type", pool.machine.name);
    }
    if let Some(taint) = pool.taint.as_ref().filter(|_| !pool.control_plane) {
        label(&taint.key, &taint.value);
    }
    let minor = shape.minor.saturating_sub(pool.behind);
    NodeObject {
        allocatable_extended: BTreeMap::new(),
        pressures: Vec::new(),
        name,
        labels,
        taints: pool.taint.iter().cloned().collect(),
        unschedulable: false,
        silent: false,
        provider_id,
        kubelet_version: Some(provider::version(shape.provider, minor)),
        container_runtime: Some(container_runtime(minor).to_owned()),
        os_image: Some(provider::os_image(shape.provider).to_owned()),
        architecture: Some("amd64".to_owned()),
        allocatable_cpu_millis: Some(pool.machine.cpu_millis),
        allocatable_memory_bytes: Some(pool.machine.memory_mib << 20),
        allocatable_pods: Some(pool.machine.pods),
        ready: Some(true),
    }
}

/// The region a shape states.
fn provider_region(shape: &Shape) -> &str {
    shape.facts.region.as_deref().unwrap_or_default()
}

/// The container runtime that came with a minor.
fn container_runtime(minor: u16) -> &'static str {
    if minor < 32 {
        "containerd://1.7.27"
    } else {
        "containerd://2.0.5"
    }
}

/// Large clusters of the high tier have a node that somebody cordoned and forgot, and where a
/// drain is forced in the end, one that is not Ready.
fn flaw(shape: &Shape, general: &mut [NodeObject]) {
    if shape.tier != "high" || general.len() < 10 {
        return;
    }
    general[7].unschedulable = true;
    if shape.provider == Provider::Gke {
        general[4].ready = Some(false);
    }
}
