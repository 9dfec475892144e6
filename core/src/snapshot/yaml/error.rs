//! What the YAML parser complains about, as faults that repeat none of the input.

use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

use crate::snapshot::fault::{FIX_SHAPE, Fault, shape_message};
use crate::snapshot::positions::offset_of;
use crate::snapshot::yaml::text::MAX_DEPTH;

/// A fault for an error of the parser on `text`.
pub(super) fn from_saphyr(text: &str, error: &Error) -> Fault {
    let error = innermost(error);
    let location = error.location();
    let offset = location.map_or(0, |place| {
        let (line, column) = (place.line(), place.column());
        offset_of(
            text.as_bytes(),
            usize::try_from(line).unwrap_or_default(),
            usize::try_from(column).unwrap_or_default(),
        )
    });
    let (rule, message, fix) = if text.contains("{{") {
        (
            "unrendered-template",
            "this is a template, not an object".to_owned(),
            "render it first, for example with helm template",
        )
    } else {
        explain(error, text, offset)
    };
    Fault {
        rule,
        message,
        fix,
        offset,
    }
}

/// The error that others are wrapped around.
fn innermost(error: &Error) -> &Error {
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => innermost(error),
        error => error,
    }
}

/// Rule, message and fix.
fn explain(error: &Error, text: &str, offset: usize) -> (&'static str, String, &'static str) {
    let shape = |message: &str| {
        let message = format!("{} {}", subject(text, offset), shape_message(message));
        ("wrong-shape", message, FIX_SHAPE)
    };
    match error {
        Error::Message { msg, .. } => shape(msg),
        Error::SerdeInvalidType {
            unexpected,
            expected,
            ..
        } => shape(&format!("invalid type: {unexpected}, expected {expected}")),
        Error::SerdeInvalidValue {
            unexpected,
            expected,
            ..
        } => shape(&format!("invalid value: {unexpected}, expected {expected}")),
        Error::SerdeMissingField { field, .. } => shape(&format!("missing field `{field}`")),
        Error::SerdeUnknownVariant { .. } => shape("unknown variant"),
        Error::SerdeUnknownField { .. } => shape("unknown field"),
        Error::Unexpected { expected, .. } => {
            let message = format!("{} is not {}", subject(text, offset), node_word(expected));
            ("wrong-shape", message, FIX_SHAPE)
        }
        Error::InvalidScalar { .. }
        | Error::NullIntoString { .. }
        | Error::InvalidBooleanStrict { .. }
        | Error::NonFiniteFloat { .. } => shape(""),
        Error::DuplicateMappingKey { .. } => (
            "duplicate-key",
            "a field is given twice in one object".to_owned(),
            "keep one of the two",
        ),
        Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } => explain_depth(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => (
            "yaml-limit",
            "this object makes far more of its text than kubectl would".to_owned(),
            "write it without aliases and anchors, as kubectl does",
        ),
        Error::UnknownAnchor { .. } => (
            "unknown-anchor",
            "this alias means an anchor that its object does not have".to_owned(),
            "write the value out; every object is read on its own",
        ),
        _ if open_brackets(text, offset) > MAX_DEPTH => explain_depth(),
        _ => (
            "invalid-yaml",
            "this is not valid YAML".to_owned(),
            "correct indentation, colons and quotes here, or dump it again",
        ),
    }
}

fn explain_depth() -> (&'static str, String, &'static str) {
    (
        "nesting-too-deep",
        format!("more than {MAX_DEPTH} levels are nested here"),
        "remove the nested value; Kubernetes objects stay below 30 levels",
    )
}

/// Brackets that are open at `offset`, not minding those in texts.
fn open_brackets(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .fold(0, |open: usize, byte| match byte {
            b'[' | b'{' => open + 1,
            b']' | b'}' => open.saturating_sub(1),
            _ => open,
        })
}

/// What the parser wanted, in our words.
fn node_word(expected: &str) -> &'static str {
    match expected {
        text if text.contains("mapping") => "an object",
        text if text.contains("sequence") => "a list",
        text if text.contains("scalar") || text.contains("string") => "text or a number",
        _ => "what belongs here",
    }
}

/// The field whose value is at `offset`, as the subject of a sentence.
fn subject(text: &str, offset: usize) -> &str {
    let start = text.as_bytes()[..offset]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let before = text.get(start..offset).unwrap_or_default();
    let is_block = before.bytes().all(|byte| matches!(byte, b' ' | b'-'));
    let line = text.get(start..).unwrap_or_default();
    if is_block {
        // The value begins on a line of its own: its field is on one above, further left.
        let mut above = text[..start].lines().rev();
        let parent = above.find(|line| line.trim_start().len() + before.len() > line.len());
        return parent.and_then(field_of).unwrap_or("a value here");
    }
    field_of(line.lines().next().unwrap_or_default()).unwrap_or("a value here")
}

/// The name of the field on a line, if it looks like one of the API.
fn field_of(line: &str) -> Option<&str> {
    let (key, _) = line.trim_start_matches([' ', '-']).split_once(':')?;
    let is_field = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_field.then_some(key)
}
