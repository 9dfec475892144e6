//! Workloads: pods gathered under the controller that brings them back.
//!
//! Only a replica set is climbed, to the deployment or rollout that replaces its pods. Any other
//! controller brings its own pods back, whoever created it, so no chain of owners is followed and
//! none can be endless.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{Placement, Resources, Workload, WorkloadType};
use crate::ids::{ResourceIdx, WorkloadIdx};
use crate::inventory::issues::{IssueLog, RULE_WORKLOAD_MISSING};
use crate::inventory::nodes::{MOST, NodeTable};
use crate::inventory::tolerations::unreachable_limits;
use crate::snapshot::{
    ClusterSnapshot, ContainerResources, OwnerReference, PodObject, PodPhase, PodTemplate,
    RequestSum, WorkloadKind, WorkloadObject,
};
use crate::units::SimDuration;

/// How long a pod may take to stop when it does not say: the API server's default.
const DEFAULT_GRACE_SECS: u64 = 30;

/// The label by which a deployment tells its replica sets apart.
const HASH_LABEL: &str = "pod-template-hash";

/// What kind of thing brings pods back; keeps namesakes of different kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tag<'a> {
    Kind(WorkloadKind),
    Foreign(&'a str),
    Bare,
    Static,
}

/// Namespace, name and kind.
type Key<'a> = (&'a str, Cow<'a, str>, Tag<'a>);

/// Pods that come back together, while the cluster is being resolved.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// Their namespace.
    pub(super) namespace: &'a str,
    /// The controller's name.
    pub(super) name: Cow<'a, str>,
    /// How they come back.
    pub(super) kind: WorkloadType,
    /// The controller, when the input holds it.
    pub(super) object: Option<&'a WorkloadObject>,
    /// Its first running pod, or else its first.
    pub(super) model: Option<&'a PodObject>,
    /// Pods that have neither ended nor been asked to.
    pub(super) active: u32,
    /// What replica sets under an absent or foreign controller want in total.
    owned_replicas: Option<u32>,
}

/// The groups of a cluster, and the group of each pod.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    /// The groups, by the index of the workload they become.
    pub(super) groups: Vec<Group<'a>>,
    /// Pods in the order of the snapshot, each name once.
    pub(super) pods: Vec<(&'a PodObject, WorkloadIdx)>,
}

impl<'a> Group<'a> {
    /// What a pod asks for: a real one has had defaults filled in, so it is asked first.
    pub(super) fn pod_template(&self) -> Option<&'a PodTemplate> {
        let by_pod = self.model.map(|pod| &pod.template);
        by_pod.or_else(|| self.object.map(|object| &object.template))
    }

    /// Labels by which budgets find the pods; those of odd pods differ.
    pub(super) fn pod_labels(&self) -> Option<&'a crate::snapshot::Labels> {
        let by_pod = self.model.map(|pod| &pod.labels);
        by_pod.or_else(|| self.object.map(|object| &object.pod_labels))
    }

    /// How many pods it wants. Daemon sets and jobs do not say, so what they have is taken.
    fn replicas(&self) -> u32 {
        let counted = match self.kind {
            WorkloadType::Deployment | WorkloadType::StatefulSet | WorkloadType::Other => self
                .object
                .map(|object| object.replicas.unwrap_or(1))
                .or(self.owned_replicas),
            WorkloadType::DaemonSet
            | WorkloadType::Job
            | WorkloadType::Bare
            | WorkloadType::Static => None,
        };
        counted.unwrap_or(self.active)
    }
}

/// Gathers the pods of `cluster` under their controllers.
pub(super) fn group<'a>(
    cluster: &'a ClusterSnapshot,
    table: &NodeTable<'_>,
    log: &mut IssueLog,
) -> Groups<'a> {
    let mut grouping = Grouping::default();
    grouping.add_objects(&cluster.workloads, log);
    let repeated = repeated(&cluster.pods);
    let mut pods: Vec<(&PodObject, WorkloadIdx)> = Vec::with_capacity(cluster.pods.len());
    for (position, pod) in cluster.pods.iter().enumerate() {
        if repeated.contains(&position) {
            log.warn(
                "duplicate-pod",
                &format!("Pod {}/{}", pod.namespace, pod.name),
                "a pod of this name was read before, so this one is left out".to_owned(),
                "keep the dumps of different clusters apart",
            );
            continue;
        }
        let sibling = pods.last().filter(|(last, _)| are_siblings(last, pod));
        let index = if let Some((_, workload)) = sibling {
            workload.index()
        } else {
            let key = grouping.key_of_pod(pod, table);
            grouping.slot(key)
        };
        let group = &mut grouping.groups[index];
        let active = is_active(pod);
        if group.model.is_none() || (active && group.active == 0) {
            group.model = Some(pod);
        }
        group.active += u32::from(active);
        pods.push((pod, WorkloadIdx::new(index)));
    }
    report_missing(&grouping, log);
    Groups {
        groups: grouping.groups,
        pods,
    }
}

/// Positions of pods whose name was used before. Sorting hashes is several times faster than
/// keeping a hundred thousand names in order.
fn repeated(pods: &[PodObject]) -> BTreeSet<usize> {
    let key = |pod: &PodObject| {
        let namespace = xxh3_64(pod.namespace.as_bytes());
        xxh3_64_with_seed(pod.name.as_bytes(), namespace)
    };
    let mut hashes: Vec<(u64, usize)> = pods.iter().map(key).zip(0..).collect();
    hashes.sort_unstable();
    let mut repeated = BTreeSet::new();
    for run in hashes
        .chunk_by(|(a, _), (b, _)| a == b)
        .filter(|run| run.len() > 1)
    {
        let mut seen = BTreeSet::new();
        for (_, position) in run {
            let pod = &pods[*position];
            if !seen.insert((&pod.namespace, &pod.name)) {
                repeated.insert(*position);
            }
        }
    }
    repeated
}

/// Whether two pods are so alike that they have one workload; dumps list most of those together.
fn are_siblings(a: &PodObject, b: &PodObject) -> bool {
    a.owner
        .as_ref()
        .is_some_and(|owner| owner.kind != "Node" && b.owner.as_ref() == Some(owner))
        && a.namespace == b.namespace
        && a.mirror == b.mirror
        && !a.mirror
        && a.labels.get(HASH_LABEL) == b.labels.get(HASH_LABEL)
}

fn is_active(pod: &PodObject) -> bool {
    !pod.terminating && !matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed)
}

/// The groups while they are being made.
#[derive(Debug, Default)]
struct Grouping<'a> {
    objects: BTreeMap<(WorkloadKind, &'a str, &'a str), &'a WorkloadObject>,
    slots: BTreeMap<Key<'a>, usize>,
    groups: Vec<Group<'a>>,
}

impl<'a> Grouping<'a> {
    /// Lists every controller, with or without pods.
    fn add_objects(&mut self, objects: &'a [WorkloadObject], log: &mut IssueLog) {
        let mut kept = Vec::with_capacity(objects.len());
        for object in objects {
            let key = (object.kind, object.namespace.as_str(), object.name.as_str());
            if self.objects.contains_key(&key) {
                log.warn(
                    "duplicate-workload",
                    &format!("{:?} {}/{}", object.kind, object.namespace, object.name),
                    "one of this name was read before, so this one is left out".to_owned(),
                    "keep the dumps of different clusters apart",
                );
                continue;
            }
            self.objects.insert(key, object);
            kept.push(object);
        }
        for object in kept {
            let (name, tag) = root(object);
            let is_root = tag == Tag::Kind(object.kind);
            let index = self.slot((&object.namespace, Cow::Borrowed(name), tag));
            let group = &mut self.groups[index];
            if is_root {
                group.object = Some(object);
            } else {
                let wanted = object.replicas.unwrap_or(1);
                group.owned_replicas =
                    Some(group.owned_replicas.unwrap_or(0).saturating_add(wanted));
            }
        }
    }

    /// The position of the group of this key, which is made when there is none.
    fn slot(&mut self, key: Key<'a>) -> usize {
        if let Some(index) = self.slots.get(&key) {
            return *index;
        }
        let index = self.groups.len();
        self.groups.push(Group {
            namespace: key.0,
            name: key.1.clone(),
            kind: kind_of(key.2),
            object: None,
            model: None,
            active: 0,
            owned_replicas: None,
        });
        self.slots.insert(key, index);
        index
    }

    fn key_of_pod(&self, pod: &'a PodObject, table: &NodeTable<'_>) -> Key<'a> {
        let namespace = pod.namespace.as_str();
        let owner = pod.owner.as_ref();
        if pod.mirror || owner.is_some_and(|owner| owner.kind == "Node") {
            return (namespace, Cow::Owned(static_name(pod, table)), Tag::Static);
        }
        let Some(owner) = owner else {
            return (namespace, Cow::Borrowed(&pod.name), Tag::Bare);
        };
        let Some(kind) = known_kind(owner) else {
            return (
                namespace,
                Cow::Borrowed(&owner.name),
                Tag::Foreign(&owner.kind),
            );
        };
        if let Some(object) = self.objects.get(&(kind, namespace, owner.name.as_str())) {
            let (name, tag) = root(object);
            return (namespace, Cow::Borrowed(name), tag);
        }
        let (name, kind) = match (kind, deployment_name(pod, &owner.name)) {
            (WorkloadKind::ReplicaSet, Some(name)) => (name, WorkloadKind::Deployment),
            _ => (owner.name.as_str(), kind),
        };
        (namespace, Cow::Borrowed(name), Tag::Kind(kind))
    }
}

/// The controller that brings the pods of `object` back: itself, or what a replica set is under.
fn root(object: &WorkloadObject) -> (&str, Tag<'_>) {
    let itself = (object.name.as_str(), Tag::Kind(object.kind));
    let climbs = matches!(
        object.kind,
        WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController
    );
    let Some(owner) = object.owner.as_ref().filter(|_| climbs) else {
        return itself;
    };
    match known_kind(owner) {
        Some(WorkloadKind::Deployment) => (&owner.name, Tag::Kind(WorkloadKind::Deployment)),
        Some(_) => itself,
        None => (&owner.name, Tag::Foreign(&owner.kind)),
    }
}

/// The kind of an owner that is one of Kubernetes' own controllers; other groups borrow names.
fn known_kind(owner: &OwnerReference) -> Option<WorkloadKind> {
    let group = owner
        .api_version
        .split_once('/')
        .map_or("", |(group, _)| group);
    let apps = matches!(group, "" | "apps" | "extensions");
    match owner.kind.as_str() {
        "Deployment" if apps => Some(WorkloadKind::Deployment),
        "ReplicaSet" if apps => Some(WorkloadKind::ReplicaSet),
        "StatefulSet" if apps => Some(WorkloadKind::StatefulSet),
        "DaemonSet" if apps => Some(WorkloadKind::DaemonSet),
        "Job" if matches!(group, "" | "batch") => Some(WorkloadKind::Job),
        "ReplicationController" if group.is_empty() => Some(WorkloadKind::ReplicationController),
        _ => None,
    }
}

/// The deployment's name inside the name of its replica set.
fn deployment_name<'a>(pod: &PodObject, replica_set: &'a str) -> Option<&'a str> {
    let hash = pod.labels.get(HASH_LABEL).filter(|hash| !hash.is_empty())?;
    let name = replica_set.strip_suffix(hash.as_str())?.strip_suffix('-')?;
    (!name.is_empty()).then_some(name)
}

/// The name of a static pod without the node that the kubelet appends to it.
fn static_name(pod: &PodObject, table: &NodeTable<'_>) -> String {
    let node = pod
        .node_name
        .as_deref()
        .filter(|name| table.find(name).is_some());
    let without_node = node
        .and_then(|node| pod.name.strip_suffix(node)?.strip_suffix('-'))
        .filter(|name| !name.is_empty());
    without_node.unwrap_or(&pod.name).to_owned()
}

fn kind_of(tag: Tag<'_>) -> WorkloadType {
    match tag {
        Tag::Kind(
            WorkloadKind::Deployment
            | WorkloadKind::ReplicaSet
            | WorkloadKind::ReplicationController,
        ) => WorkloadType::Deployment,
        Tag::Kind(WorkloadKind::StatefulSet) => WorkloadType::StatefulSet,
        Tag::Kind(WorkloadKind::DaemonSet) => WorkloadType::DaemonSet,
        Tag::Kind(WorkloadKind::Job) => WorkloadType::Job,
        Tag::Foreign(_) => WorkloadType::Other,
        Tag::Bare => WorkloadType::Bare,
        Tag::Static => WorkloadType::Static,
    }
}

/// Counts the controllers that only their pods tell of.
fn report_missing(grouping: &Grouping<'_>, log: &mut IssueLog) {
    let missing = grouping
        .slots
        .iter()
        .filter(|((_, _, tag), index)| {
            matches!(tag, Tag::Kind(_)) && grouping.groups[**index].object.is_none()
        })
        .map(|(key, _)| key);
    let mut missing = missing.peekable();
    let Some((namespace, name, _)) = missing.peek() else {
        return;
    };
    let example = format!("{namespace}/{name}");
    let count = missing.count();
    log.note(
        RULE_WORKLOAD_MISSING,
        &log.cluster(),
        format!(
            "controllers of pods that are not in the input: {count}, such as {example}, \
             so they are taken to want what was seen of them"
        ),
        "add the output of `kubectl get deployments,replicasets,statefulsets,daemonsets,jobs \
         -A -o json`",
    );
}

/// Turns groups into workloads; their budgets are found later.
pub(super) fn resolve(
    groups: &[Group<'_>],
    places: Vec<Placement>,
    extended: Vec<Vec<(ResourceIdx, u64)>>,
    log: &mut IssueLog,
) -> Vec<Workload> {
    let with_object = groups.iter().filter(|group| group.object.is_some());
    let kinds: BTreeSet<WorkloadType> = with_object.map(|group| group.kind).collect();
    let workload = |(group, (placement, extended)): (&Group<'_>, (Placement, _))| {
        let fallback = PodTemplate::default();
        let template = group.pod_template().unwrap_or(&fallback);
        let grace = template.termination_grace_period_seconds;
        let delay = u64::from(template.readiness_initial_delay_seconds);
        Workload {
            namespace: group.namespace.to_owned(),
            name: group.name.clone().into_owned(),
            kind: group.kind,
            is_orphaned: group.object.is_none() && kinds.contains(&group.kind),
            replicas: group.replicas(),
            parallel: group.object.is_some_and(|object| object.parallel),
            requests: requests(group, template, log),
            extended,
            priority: priority(template),
            preemption: template.preemption_policy.unwrap_or_default(),
            grace: SimDuration::from_secs(1) * grace.unwrap_or(DEFAULT_GRACE_SECS),
            has_pre_stop: template.has_pre_stop,
            readiness_delay: template
                .has_readiness_probe
                .then(|| SimDuration::from_secs(delay)),
            has_empty_dir: template.has_empty_dir,
            unreachable_limits: unreachable_limits(group.kind, &template.tolerations),
            placement,
            budgets: Vec::new(),
            partial_budgets: Vec::new(),
        }
    };
    let extras = places.into_iter().zip(extended);
    groups.iter().zip(extras).map(workload).collect()
}

/// What the scheduler reserves: init containers run before the others, not beside them.
fn requests(group: &Group<'_>, template: &PodTemplate, log: &mut IssueLog) -> Resources {
    let sum = RequestSum {
        running: template.requests,
        init_peak: template.init_requests,
    };
    let ContainerResources {
        cpu_millis,
        memory_bytes,
    } = sum.total();
    if cpu_millis > MOST.cpu_millis || memory_bytes > MOST.memory_bytes {
        let (cores, gib) = (cpu_millis / 1_000, memory_bytes >> 30);
        log.error(
            "impossible-request",
            &format!("{:?} {}/{}", group.kind, group.namespace, group.name),
            format!(
                "a pod of it requests {cores} CPUs and {gib}Gi of memory, more than any machine \
                 has, so it is taken to request just that"
            ),
            "correct `resources.requests` of its containers",
        );
    }
    Resources {
        cpu_millis: cpu_millis.min(MOST.cpu_millis),
        memory_bytes: memory_bytes.min(MOST.memory_bytes),
        pods: 1,
    }
}

/// The priority, which admission fills in on pods and a controller's template names by class.
fn priority(template: &PodTemplate) -> i32 {
    let by_class = || match template.priority_class_name.as_deref() {
        Some("system-node-critical") => 2_000_001_000,
        Some("system-cluster-critical") => 2_000_000_000,
        _ => 0,
    };
    template.priority.unwrap_or_else(by_class)
}
