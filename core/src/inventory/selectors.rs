//! Label selectors, exactly as Kubernetes reads them.
//!
//! An empty selector selects everything and a missing one nothing; what `policy/v1beta1` made of
//! the empty one is told apart where budgets are resolved.

use crate::snapshot::{LabelSelector, Labels, SelectorOperator, SelectorRequirement};

/// Whether `selector` selects an object with `labels`.
pub(super) fn selects(selector: &LabelSelector, labels: &Labels) -> bool {
    let equal = |(key, value): (&String, &String)| labels.get(key) == Some(value);
    selector.match_labels.iter().all(equal)
        && selector
            .match_expressions
            .iter()
            .all(|requirement| meets(requirement, labels.get(&requirement.key)))
}

/// Whether a label's value, or its absence, meets `requirement`.
pub(super) fn meets(requirement: &SelectorRequirement, value: Option<&String>) -> bool {
    let listed = value.is_some_and(|value| requirement.values.contains(value));
    match requirement.operator {
        SelectorOperator::In => listed,
        SelectorOperator::NotIn => !listed,
        SelectorOperator::Exists => value.is_some(),
        SelectorOperator::DoesNotExist => value.is_none(),
        SelectorOperator::Gt => bound(requirement, value).is_some_and(|(is, than)| is > than),
        SelectorOperator::Lt => bound(requirement, value).is_some_and(|(is, than)| is < than),
    }
}

/// The two whole numbers that `Gt` and `Lt` compare; nothing else is comparable.
fn bound(requirement: &SelectorRequirement, value: Option<&String>) -> Option<(i64, i64)> {
    let [than] = requirement.values.as_slice() else {
        return None;
    };
    Some((value?.parse().ok()?, than.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        text.split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[track_caller]
    fn check(operator: SelectorOperator, values: &[&str], object: &str, expected: bool) {
        let selector = LabelSelector {
            match_labels: Labels::new(),
            match_expressions: vec![SelectorRequirement {
                key: "tier".to_owned(),
                operator,
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            }],
        };
        assert_eq!(selects(&selector, &labels(object)), expected);
    }

    #[test]
    fn an_absent_label_meets_not_in_and_does_not_exist() {
        check(SelectorOperator::NotIn, &["a"], "app=web", true);
        check(SelectorOperator::DoesNotExist, &[], "app=web", true);
        check(SelectorOperator::In, &["a"], "app=web", false);
        check(SelectorOperator::Exists, &[], "app=web", false);
    }

    #[test]
    fn a_present_label_is_compared_with_every_value() {
        check(SelectorOperator::In, &["a", "b"], "tier=b", true);
        check(SelectorOperator::NotIn, &["a", "b"], "tier=b", false);
        check(SelectorOperator::Exists, &[], "tier=", true);
        check(SelectorOperator::DoesNotExist, &[], "tier=", false);
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_nothing_else_is() {
        check(SelectorOperator::Gt, &["9"], "tier=10", true);
        check(SelectorOperator::Lt, &["9"], "tier=10", false);
        check(SelectorOperator::Gt, &["9"], "tier=ten", false);
        check(SelectorOperator::Gt, &[], "tier=10", false);
    }

    #[test]
    fn the_empty_selector_selects_everything() {
        assert!(selects(&LabelSelector::default(), &labels("")));
    }

    #[test]
    fn every_label_and_every_expression_must_match() {
        let selector = LabelSelector {
            match_labels: labels("app=web"),
            match_expressions: vec![SelectorRequirement {
                key: "tier".to_owned(),
                operator: SelectorOperator::Exists,
                values: Vec::new(),
            }],
        };
        assert!(selects(&selector, &labels("app=web tier=1")));
        assert!(!selects(&selector, &labels("app=web")));
        assert!(!selects(&selector, &labels("app=api tier=1")));
    }
}
