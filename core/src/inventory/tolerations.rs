//! Which taints a pod tolerates (k8s-truth §5.2, `ToleratesTaint`).

use crate::snapshot::{Taint, Toleration};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::TaintEffect;

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
