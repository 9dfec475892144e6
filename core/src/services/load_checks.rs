//! What is wrong with the load that a scenario states for a service.
//!
//! None of it makes a rehearsal impossible, and each would make its blast radius say little: a
//! service that fails before anything happens cannot be hit.

use crate::scenario::ServiceSpec;
use crate::units::Thousandths;

/// One thing wrong with a load.
pub(super) struct LoadProblem {
    pub(super) rule: &'static str,
    pub(super) field: &'static str,
    /// What is said of the service, after its name.
    pub(super) message: String,
    pub(super) fix: &'static str,
}

/// What is wrong with the load of a service of so many replicas whose callers ask so many requests
/// a second of it.
pub(super) fn load_problems(
    spec: &ServiceSpec,
    replicas: u32,
    by_callers: f64,
) -> Vec<LoadProblem> {
    let half = half_stated(spec);
    let saturated = saturated(spec, replicas, by_callers);
    half.into_iter()
        .chain(saturated)
        .chain(too_slow(spec))
        .collect()
}

/// A demand says how busy replicas are only beside a capacity.
fn half_stated(spec: &ServiceSpec) -> Option<LoadProblem> {
    let (field, message, fix) = match (spec.demand, spec.capacity_per_replica) {
        (Some(_), None) => (
            "demand",
            "has a demand and no capacity, so how busy its replicas are is assumed all the same",
            "add `capacityPerReplica`, the requests a second that one ready replica answers",
        ),
        (None, Some(_)) => (
            "capacityPerReplica",
            "has a capacity and no demand, so how busy its replicas are is assumed all the same",
            "add `demand`, the requests a second that are asked of it",
        ),
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Some(LoadProblem {
        rule: "service-load-half-stated",
        field,
        message: message.to_owned(),
        fix,
    })
}

/// More is asked than all replicas together answer, by its own demand or by its callers'.
fn saturated(spec: &ServiceSpec, replicas: u32, by_callers: f64) -> Option<LoadProblem> {
    let most = spec.capacity_per_replica?.as_f64() * f64::from(replicas);
    if spec.demand.is_some_and(|demand| most <= demand.as_f64()) {
        return Some(LoadProblem {
            rule: "service-saturated-from-the-start",
            field: "demand",
            message: "has a demand beyond what all its replicas can answer, so it is saturated \
                      before anything happens"
                .to_owned(),
            fix: "state a lower `demand` or a higher `capacityPerReplica`",
        });
    }
    (most <= by_callers).then(|| LoadProblem {
        rule: "service-saturated-by-its-callers",
        field: "capacityPerReplica",
        message: format!(
            "is asked {} requests a second by its callers, and all its replicas answer {}, so it \
             would be saturated before anything happens; only its own `demand` is gone by",
            rate(by_callers),
            rate(most)
        ),
        fix: "state a higher `capacityPerReplica`, or a lower `demand` or `perRequest` of callers",
    })
}

/// A service that answers too late even where nothing waits.
fn too_slow(spec: &ServiceSpec) -> Option<LoadProblem> {
    let (service_time, timeout) = (spec.service_time?, spec.timeout?);
    (timeout < service_time).then(|| LoadProblem {
        rule: "service-slower-than-its-timeout",
        field: "timeout",
        message: format!(
            "takes {service_time} for a request that is given up after {timeout}, so it answers \
             none at any time"
        ),
        fix: "state a `timeout` longer than `serviceTime`",
    })
}

/// Requests a second as they are written in a scenario.
fn rate(per_second: f64) -> Thousandths {
    Thousandths::new((per_second * 1e3 + 0.5) as u64)
}
