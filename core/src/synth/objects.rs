//! The objects of one workload: pods, controllers, budgets, claims, volumes.

use crate::rng::Stream;
use crate::snapshot::{
    BudgetObject, BudgetStatus, ClusterSnapshot, LabelSelector, Labels, OwnerReference, PodObject,
    PodPhase, PodTemplate, Toleration, WorkloadKind, WorkloadObject,
};

use super::apps::{Guard, Limit};
use super::names;

/// What is made for one workload.
pub(super) struct Plan<'a> {
    /// Its namespace.
    pub(super) namespace: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// Its kind; a bare pod has none.
    pub(super) kind: Option<WorkloadKind>,
    /// What its pods ask for.
    pub(super) template: PodTemplate,
    /// What guards it.
    pub(super) budgets: &'a [Guard],
}

/// A pod to be made: where it is and how it does.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    /// The name of its node, if it has one.
    pub(super) node: Option<String>,
    /// Its phase.
    pub(super) phase: PodPhase,
    /// Whether it is ready.
    pub(super) ready: bool,
    /// The claim it mounts, if any.
    pub(super) claim: Option<String>,
}

/// Adds a workload with its pods and budgets to a cluster.
pub(super) fn add(
    cluster: &mut ClusterSnapshot,
    plan: &Plan<'_>,
    seats: Vec<Seat>,
    stream: &mut Stream,
) {
    let mut labels = Labels::new();
    labels.insert("app.kubernetes.io/name".to_owned(), plan.name.to_owned());
    let n_pods = seats.len() as u32;
    let owner = controllers(cluster, plan, n_pods, &labels, stream);
    let mut healthy = 0;
    for (ordinal, seat) in seats.into_iter().enumerate() {
        healthy += i32::from(seat.ready);
        let mut template = plan.template.clone();
        template.claims = seat.claim.into_iter().collect();
        cluster.pods.push(PodObject {
            gated: false,
            namespace: plan.namespace.to_owned(),
            name: pod_name(plan, owner.as_ref(), ordinal, stream),
            node_name: seat.node,
            phase: seat.phase,
            ready: Some(seat.ready),
            terminating: false,
            owner: owner.clone(),
            mirror: false,
            labels: labels.clone(),
            template,
        });
    }
    for guard in plan.budgets {
        let budget = budget(plan, *guard, &labels, (n_pods, healthy));
        cluster.budgets.push(budget);
    }
}

/// Adds the controllers of a workload; the one that owns its pods is returned.
fn controllers(
    cluster: &mut ClusterSnapshot,
    plan: &Plan<'_>,
    n_pods: u32,
    labels: &Labels,
    stream: &mut Stream,
) -> Option<OwnerReference> {
    let kind = plan.kind?;
    let mut workload = WorkloadObject {
        kind,
        namespace: plan.namespace.to_owned(),
        name: plan.name.to_owned(),
        replicas: (kind != WorkloadKind::DaemonSet).then_some(n_pods),
        owner: None,
        pod_labels: labels.clone(),
        template: plan.template.clone(),
        parallel: kind == WorkloadKind::StatefulSet && stream.happens(150),
        min_ready_seconds: 0,
    };
    let (api_version, word) = match kind {
        WorkloadKind::Deployment => ("apps/v1", "Deployment"),
        WorkloadKind::ReplicaSet => ("apps/v1", "ReplicaSet"),
        WorkloadKind::StatefulSet => ("apps/v1", "StatefulSet"),
        WorkloadKind::DaemonSet => ("apps/v1", "DaemonSet"),
        WorkloadKind::Job => ("batch/v1", "Job"),
        WorkloadKind::ReplicationController => ("v1", "ReplicationController"),
    };
    let mut owner = OwnerReference {
        api_version: api_version.to_owned(),
        kind: word.to_owned(),
        name: plan.name.to_owned(),
    };
    cluster.workloads.push(workload.clone());
    if kind == WorkloadKind::Deployment {
        workload.kind = WorkloadKind::ReplicaSet;
        workload.name = format!("{}-{}", plan.name, names::suffix(stream, 10));
        workload.owner = Some(owner.clone());
        "ReplicaSet".clone_into(&mut owner.kind);
        owner.name.clone_from(&workload.name);
        cluster.workloads.push(workload);
    }
    Some(owner)
}

/// The name that a pod's controller gives it.
fn pod_name(
    plan: &Plan<'_>,
    owner: Option<&OwnerReference>,
    ordinal: usize,
    stream: &mut Stream,
) -> String {
    match (plan.kind, owner) {
        (Some(WorkloadKind::StatefulSet), _) => format!("{}-{ordinal}", plan.name),
        (Some(_), Some(owner)) => {
            // Five letters can meet twice in a large fleet; the ordinal keeps names unique.
            let suffix = names::suffix(stream, 5);
            let digit = char::from_digit(ordinal as u32 % 36, 36).unwrap_or('x');
            format!("{}-{}{digit}", owner.name, &suffix[..4])
        }
        _ => plan.name.to_owned(),
    }
}

/// A budget and the status its controller would have given it.
fn budget(
    plan: &Plan<'_>,
    guard: Guard,
    labels: &Labels,
    (expected, healthy): (u32, i32),
) -> BudgetObject {
    let (min_available, max_unavailable) = match guard.limit {
        Limit::MinAvailable(limit) => (Some(limit), None),
        Limit::MaxUnavailable(limit) => (None, Some(limit)),
    };
    let desired = match guard.limit {
        Limit::MinAvailable(limit) => limit.scaled_up(expected),
        Limit::MaxUnavailable(limit) => i64::from(expected) - limit.scaled_up(expected),
    };
    let desired = desired.max(0) as i32;
    BudgetObject {
        namespace: plan.namespace.to_owned(),
        name: format!("{}{}", plan.name, guard.ending),
        api_version: "policy/v1".to_owned(),
        selector: Some(LabelSelector {
            match_labels: labels.clone(),
            match_expressions: Vec::new(),
        }),
        min_available,
        max_unavailable,
        status: Some(BudgetStatus {
            disruptions_allowed: (healthy - desired).max(0),
            current_healthy: healthy,
            desired_healthy: desired,
            expected_pods: expected.cast_signed(),
        }),
        ..BudgetObject::default()
    }
}

/// A toleration of everything, as daemon sets of the system have.
pub(super) fn tolerate_all() -> Toleration {
    Toleration {
        operator: Some("Exists".to_owned()),
        ..Toleration::default()
    }
}
