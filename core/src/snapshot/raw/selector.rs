//! Label selectors and the requirements of node affinity.

use serde::Deserialize;

use crate::snapshot::raw::metadata::{RawLabels, labels};
use crate::snapshot::{LabelSelector, SelectorOperator, SelectorRequirement};

/// `LabelSelector`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawSelector {
    match_labels: Option<RawLabels>,
    match_expressions: Option<Vec<RawRequirement>>,
}

/// One requirement.
#[derive(Debug, Deserialize)]
pub(super) struct RawRequirement {
    key: Option<String>,
    operator: Option<String>,
    values: Option<Vec<String>>,
}

impl RawSelector {
    /// The selector, or `None` when one of its requirements cannot be understood.
    pub(super) fn into_selector(self) -> Option<LabelSelector> {
        Some(LabelSelector {
            match_labels: labels(self.match_labels),
            match_expressions: requirements(self.match_expressions)?,
        })
    }
}

/// All requirements, or `None` when one of them cannot be understood.
pub(super) fn requirements(raw: Option<Vec<RawRequirement>>) -> Option<Vec<SelectorRequirement>> {
    raw.unwrap_or_default()
        .into_iter()
        .map(|raw| {
            Some(SelectorRequirement {
                key: raw.key?,
                operator: operator(&raw.operator?)?,
                values: raw.values.unwrap_or_default(),
            })
        })
        .collect()
}

fn operator(text: &str) -> Option<SelectorOperator> {
    Some(match text {
        "In" => SelectorOperator::In,
        "NotIn" => SelectorOperator::NotIn,
        "Exists" => SelectorOperator::Exists,
        "DoesNotExist" => SelectorOperator::DoesNotExist,
        "Gt" => SelectorOperator::Gt,
        "Lt" => SelectorOperator::Lt,
        _ => return None,
    })
}
