//! Which taints a pod tolerates (k8s-truth §5.2, `ToleratesTaint`), and for how long (§6).

use super::WorkloadType;
use crate::snapshot::{Taint, TaintEffect, Toleration};

/// The taint of a node that is not heard of.
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// What admission lets a pod tolerate of such a node that says nothing of it
/// (`DefaultTolerationSeconds`).
const DEFAULT_SECS: i64 = 300;

/// Whether a pod with `toleration` may be where `taint` is: an empty effect or key stands for any,
/// no operator for `Equal`, and `Exists` takes every value. Comparisons of numbers are behind a
/// gate that is off, so they tolerate nothing.
pub fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    if toleration
        .effect
        .is_some_and(|effect| effect != taint.effect)
    {
        return false;
    }
    let key = toleration.key.as_deref().unwrap_or_default();
    if !key.is_empty() && key != taint.key {
        return false;
    }
    match toleration.operator.as_deref().unwrap_or_default() {
        "Exists" => true,
        "" | "Equal" => toleration.value.as_deref().unwrap_or_default() == taint.value,
        _ => false,
    }
}

/// How long each toleration of an unreachable node's `NoExecute` taint lasts, in seconds; none is
/// for ever. Admission adds one to a pod that names neither the taint nor any; the controller of
/// daemon sets and the kubelet give theirs one without end.
pub(super) fn unreachable_limits(
    kind: WorkloadType,
    tolerations: &[Toleration],
) -> Vec<Option<i64>> {
    let taint = Taint {
        key: UNREACHABLE.to_owned(),
        value: String::new(),
        effect: TaintEffect::NoExecute,
    };
    let met = tolerations.iter().filter(|t| tolerates(t, &taint));
    let mut limits: Vec<_> = met
        .map(|toleration| toleration.toleration_seconds)
        .collect();
    if matches!(kind, WorkloadType::DaemonSet | WorkloadType::Static) {
        limits.push(None);
        return limits;
    }
    let speaks_of_it = tolerations.iter().any(|toleration| {
        let key = toleration.key.as_deref().unwrap_or_default();
        let effect = toleration.effect;
        (key.is_empty() || key == UNREACHABLE)
            && effect.is_none_or(|effect| effect == TaintEffect::NoExecute)
    });
    if !speaks_of_it {
        limits.push(Some(DEFAULT_SECS));
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_limits(kind: WorkloadType, tolerations: &[(&str, Option<i64>)], expected: &[i64]) {
        let toleration = |(key, seconds): &(&str, Option<i64>)| Toleration {
            key: (!key.is_empty()).then(|| (*key).to_owned()),
            operator: Some("Exists".to_owned()),
            value: None,
            effect: Some(TaintEffect::NoExecute),
            toleration_seconds: *seconds,
        };
        let tolerations: Vec<_> = tolerations.iter().map(toleration).collect();
        let limits = unreachable_limits(kind, &tolerations);
        let limits: Vec<_> = limits.iter().map(|limit| limit.unwrap_or(-1)).collect();
        assert_eq!(limits, expected);
    }

    #[test]
    fn admission_gives_five_minutes_to_pods_that_say_nothing() {
        check_limits(WorkloadType::Deployment, &[], &[300]);
        check_limits(WorkloadType::Deployment, &[("gpu", None)], &[300]);
        check_limits(WorkloadType::Deployment, &[(UNREACHABLE, Some(20))], &[20]);
        check_limits(WorkloadType::Deployment, &[("", None)], &[-1]);
    }

    #[test]
    fn daemons_stay_unless_they_say_otherwise() {
        check_limits(WorkloadType::DaemonSet, &[], &[-1]);
        check_limits(
            WorkloadType::DaemonSet,
            &[(UNREACHABLE, Some(60))],
            &[60, -1],
        );
        check_limits(WorkloadType::Static, &[], &[-1]);
    }

    /// Asks a toleration `key operator value effect` about the taint `gpu=a100:NoSchedule`.
    #[track_caller]
    fn check(toleration: &str, expected: bool) {
        let parts: Vec<_> = toleration
            .split(' ')
            .map(|part| part.trim_matches('-'))
            .collect();
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let toleration = Toleration {
            key: given(parts[0]),
            operator: given(parts[1]),
            value: given(parts[2]),
            effect: match parts[3] {
                "NoSchedule" => Some(TaintEffect::NoSchedule),
                "NoExecute" => Some(TaintEffect::NoExecute),
                _ => None,
            },
            toleration_seconds: None,
        };
        let taint = Taint {
            key: "gpu".to_owned(),
            value: "a100".to_owned(),
            effect: TaintEffect::NoSchedule,
        };
        assert_eq!(tolerates(&toleration, &taint), expected);
    }

    #[test]
    fn no_operator_means_equal() {
        check("gpu - a100 NoSchedule", true);
        check("gpu Equal h100 NoSchedule", false);
    }

    #[test]
    fn exists_ignores_the_value_and_needs_no_key() {
        check("gpu Exists - NoSchedule", true);
        check("- Exists - -", true);
        check("tpu Exists - -", false);
    }

    #[test]
    fn an_effect_must_be_the_same_or_left_out() {
        check("gpu Exists - NoExecute", false);
        check("gpu Exists - -", true);
    }

    #[test]
    fn comparing_numbers_tolerates_nothing() {
        check("gpu Gt 1 -", false);
    }
}
