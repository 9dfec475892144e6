//! Builds one cluster: nodes, then add-ons, then applications, each pod where there is room.

use std::ops::Range;

use crate::rng::{Purpose, Stream, Streams, entity_key};
use crate::snapshot::{
    ClaimObject, ClusterSnapshot, ContainerResources, LabelSelector, Labels, OwnerReference,
    PodAffinityTerm, PodObject, PodPhase, PodTemplate, Toleration, VolumeObject, WorkloadKind,
};

use super::addons::{self, Addon};
use super::apps::{Draft, Flaw};
use super::board::{Apart, Board};
use super::names;
use super::nodes::{self, DEDICATED_KEY, Nodes};
use super::objects::{self, Plan, Seat};
use super::provider;
use super::shape::Shape;

/// CPU requests people write, in millicores.
const USUAL_CPU_MILLIS: [u64; 17] = [
    5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000,
];

/// A cluster being built.
struct Site<'a> {
    shape: &'a Shape,
    nodes: Nodes,
    board: Board,
    cluster: ClusterSnapshot,
    stream: Stream,
}

/// Builds one cluster.
pub(super) fn cluster(shape: &Shape, drafts: &[Draft], streams: Streams) -> ClusterSnapshot {
    let mut stream = streams.open(entity_key(&["build", &shape.name]), Purpose::Synthesis);
    let nodes = nodes::nodes(shape, &mut stream);
    let mut site = Site {
        shape,
        board: Board::new(&nodes.objects),
        nodes,
        cluster: ClusterSnapshot {
            name: shape.name.clone(),
            facts: shape.facts.clone(),
            sources: vec![format!("generated/{}", shape.name)],
            server_version: Some(provider::version(shape.provider, shape.minor)),
            ..ClusterSnapshot::default()
        },
        stream,
    };
    for node in site.nodes.control_plane.clone() {
        site.static_pods(node);
    }
    for addon in addons::addons(shape) {
        site.addon(&addon);
    }
    let units = [
        cpu_unit(&site, drafts, Pool::General),
        cpu_unit(&site, drafts, Pool::Dedicated),
    ];
    for draft in drafts {
        let (cpu_millis, weight) = units[usize::from(draft.dedicated)];
        site.application(draft, draft.weight * cpu_millis / weight);
    }
    site.cluster.facts.control_plane_members =
        provider::runs_control_plane_nodes(shape.provider).then_some(3);
    site.cluster.nodes = site.nodes.objects;
    site.cluster
}

/// Which of a cluster's nodes are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pool {
    General,
    Dedicated,
}

/// Millicores to ask for and the weight they are for, so that a pool is as full as its shape says.
fn cpu_unit(site: &Site<'_>, drafts: &[Draft], pool: Pool) -> (u64, u64) {
    let span = match pool {
        Pool::General => &site.nodes.general,
        Pool::Dedicated => &site.nodes.dedicated,
    };
    let total: u64 = site.nodes.objects[span.clone()]
        .iter()
        .filter_map(|node| node.allocatable_cpu_millis)
        .sum();
    let left = site.board.cpu_left(span);
    let wanted = (total * site.shape.fill_per_mille / 1_000).saturating_sub(total - left);
    let weight: u64 = drafts
        .iter()
        .filter(|draft| draft.dedicated == (pool == Pool::Dedicated))
        .map(|draft| draft.weight * u64::from(draft.replicas))
        .sum();
    (wanted, weight.max(1))
}

impl Site<'_> {
    /// Adds the static pods of a control-plane node, as the kubelet mirrors them.
    fn static_pods(&mut self, node: usize) {
        let host = self.nodes.objects[node].name.clone();
        for (name, cpu_millis) in addons::STATIC_PODS {
            let requests = resources(cpu_millis, 128);
            self.board.take(node, requests);
            let labels = Labels::from([
                ("component".to_owned(), name.to_owned()),
                ("tier".to_owned(), "control-plane".to_owned()),
            ]);
            self.cluster.pods.push(PodObject {
                namespace: "kube-system".to_owned(),
                name: format!("{name}-{host}"),
                node_name: Some(host.clone()),
                phase: PodPhase::Running,
                ready: Some(true),
                owner: Some(OwnerReference {
                    api_version: "v1".to_owned(),
                    kind: "Node".to_owned(),
                    name: host.clone(),
                }),
                mirror: true,
                labels,
                template: PodTemplate {
                    requests,
                    priority: Some(2_000_001_000),
                    priority_class_name: Some("system-node-critical".to_owned()),
                    tolerations: vec![objects::tolerate_all()],
                    has_host_path: true,
                    images: vec![addons::kube_image(name, self.shape.minor)],
                    ..PodTemplate::default()
                },
                ..PodObject::default()
            });
        }
    }

    /// Adds an add-on.
    fn addon(&mut self, addon: &Addon) {
        let everywhere = addon.kind == WorkloadKind::DaemonSet;
        let requests = resources(addon.cpu_millis, addon.memory_mib);
        let (priority, class) = if everywhere {
            (2_000_001_000, "system-node-critical")
        } else {
            (2_000_000_000, "system-cluster-critical")
        };
        let template = PodTemplate {
            requests,
            priority: Some(priority),
            priority_class_name: Some(class.to_owned()),
            tolerations: everywhere.then(objects::tolerate_all).into_iter().collect(),
            has_host_path: everywhere,
            images: vec![addon.image.clone()],
            has_readiness_probe: true,
            readiness_initial_delay_seconds: 5,
            readiness_period_seconds: 10,
            termination_grace_period_seconds: Some(30),
            ..PodTemplate::default()
        };
        let mut taken = Vec::new();
        if everywhere {
            let all = 0..self.nodes.objects.len();
            taken.extend(all.filter(|node| self.board.take(*node, requests)));
        } else {
            let span = self.nodes.general.clone();
            self.place(&span, requests, addon.replicas, Apart::No, &mut taken);
        }
        let seats = taken.into_iter().map(|node| self.seat(node)).collect();
        let plan = Plan {
            namespace: addon.namespace,
            name: addon.name,
            kind: Some(addon.kind),
            template,
            budgets: addon.budget.as_slice(),
        };
        objects::add(&mut self.cluster, &plan, seats, &mut self.stream);
    }

    /// Adds an application whose pods ask for about `cpu_millis`.
    fn application(&mut self, draft: &Draft, cpu_millis: u64) {
        let span = if draft.dedicated {
            self.nodes.dedicated.clone()
        } else {
            self.nodes.general.clone()
        };
        let requests = self.requests(draft, cpu_millis);
        let mut template = draft.template.clone();
        template.requests = requests;
        if draft.dedicated {
            dedicate(&mut template);
        }
        if draft.apart == Apart::PerNode {
            template.required_anti_affinity = vec![keep_apart(&draft.name)];
        }
        let mut seats = Vec::new();
        if draft.flaw == Flaw::Unschedulable {
            template.requests.cpu_millis = self.more_than_a_node();
            seats = vec![pending(); draft.replicas as usize];
        } else {
            let mut taken = Vec::new();
            self.place(&span, requests, draft.replicas, draft.apart, &mut taken);
            for (ordinal, node) in taken.into_iter().enumerate() {
                let mut seat = self.seat(node);
                if draft.kind == Some(WorkloadKind::StatefulSet) {
                    seat.claim = Some(self.claim(draft, ordinal, node));
                }
                seats.push(seat);
            }
        }
        self.wear(draft, &mut seats);
        // A budget was chosen for the replicas wanted; where not all had room, it is left out.
        let complete = seats.len() == draft.replicas as usize;
        let plan = Plan {
            namespace: &draft.namespace,
            name: &draft.name,
            kind: draft.kind,
            template,
            budgets: if complete { &draft.budgets } else { &[] },
        };
        if !seats.is_empty() {
            objects::add(&mut self.cluster, &plan, seats, &mut self.stream);
        }
    }

    /// Makes pods look as old as they are: some jobs are over, some pods are never ready.
    fn wear(&mut self, draft: &Draft, seats: &mut [Seat]) {
        if draft.flaw == Flaw::CrashLooping
            && let Some(seat) = seats.last_mut()
        {
            seat.ready = false;
        }
        if draft.kind == Some(WorkloadKind::Job) && self.stream.happens(700) {
            for seat in seats {
                seat.phase = PodPhase::Succeeded;
                seat.ready = false;
            }
        }
    }

    /// What one pod of an application asks for: a usual number, at most a quarter of its node.
    fn requests(&self, draft: &Draft, cpu_millis: u64) -> ContainerResources {
        let [ordinary, roomy] = provider::machines(self.shape.provider);
        let machine = if draft.dedicated { roomy } else { ordinary };
        let wanted = cpu_millis.min(machine.cpu_millis / 4);
        let usual = USUAL_CPU_MILLIS
            .into_iter()
            .min_by_key(|usual| usual.abs_diff(wanted))
            .unwrap_or(wanted);
        let memory = (usual * draft.memory_mib_per_core / 1_000).clamp(16, machine.memory_mib / 4);
        resources(usual, memory.next_multiple_of(16))
    }

    /// More CPU than any node of the cluster has: half as much again as its largest.
    fn more_than_a_node(&self) -> u64 {
        let nodes = self.nodes.objects.iter();
        let largest = nodes.filter_map(|node| node.allocatable_cpu_millis).max();
        largest.unwrap_or(0) * 3 / 2
    }

    /// Puts up to `count` pods on nodes of `span`, and says where.
    fn place(
        &mut self,
        span: &Range<usize>,
        requests: ContainerResources,
        count: u32,
        apart: Apart,
        taken: &mut Vec<usize>,
    ) {
        for _ in 0..count {
            let node = self
                .board
                .place(span, requests, taken, apart, &mut self.stream);
            match node {
                Some(node) => taken.push(node),
                None => break,
            }
        }
    }

    /// The seat of a pod that does as well as its node.
    fn seat(&self, node: usize) -> Seat {
        let object = &self.nodes.objects[node];
        Seat {
            node: Some(object.name.clone()),
            phase: PodPhase::Running,
            ready: object.ready != Some(false),
            claim: None,
        }
    }

    /// Adds the claim and the volume of one pod; the claim's name is returned.
    fn claim(&mut self, draft: &Draft, ordinal: usize, node: usize) -> String {
        let (driver, class, zonal) = provider::disks(self.shape.provider);
        let volume = format!("pvc-{}", names::hex(&mut self.stream, 32));
        let zone = self.nodes.objects[node]
            .labels
            .get("topology.kubernetes.io/zone")
            .filter(|_| zonal);
        self.cluster.volumes.push(VolumeObject {
            name: volume.clone(),
            driver: Some(driver.to_owned()),
            zones: zone.cloned().into_iter().collect(),
            node_name: None,
        });
        let name = format!("data-{}-{ordinal}", draft.name);
        self.cluster.claims.push(ClaimObject {
            namespace: draft.namespace.clone(),
            name: name.clone(),
            volume_name: Some(volume),
            storage_class_name: Some(class.to_owned()),
            access_modes: vec!["ReadWriteOnce".to_owned()],
        });
        name
    }
}

/// CPU and memory.
fn resources(cpu_millis: u64, memory_mib: u64) -> ContainerResources {
    ContainerResources {
        cpu_millis,
        memory_bytes: memory_mib << 20,
    }
}

/// A pod without a node.
fn pending() -> Seat {
    Seat {
        node: None,
        phase: PodPhase::Pending,
        ready: false,
        claim: None,
    }
}

/// Sends pods to the dedicated pool.
fn dedicate(template: &mut PodTemplate) {
    template.tolerations.push(Toleration {
        key: Some(DEDICATED_KEY.to_owned()),
        operator: Some("Equal".to_owned()),
        value: Some("memory".to_owned()),
        ..Toleration::default()
    });
    let selector = (DEDICATED_KEY.to_owned(), "memory".to_owned());
    template.node_selector.extend([selector]);
}

/// Keeps pods of one application on different nodes.
fn keep_apart(name: &str) -> PodAffinityTerm {
    PodAffinityTerm {
        label_selector: LabelSelector {
            match_labels: Labels::from([("app.kubernetes.io/name".to_owned(), name.to_owned())]),
            match_expressions: Vec::new(),
        },
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    }
}
