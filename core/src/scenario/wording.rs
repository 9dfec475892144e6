//! What a parser's complaint means to whoever wrote the file: what was expected, and how it is
//! written.

/// Fields that are written in more than one way, and these ways.
const WAYS: [(&str, &str); 2] = [
    (
        "plan.drain",
        "write `provider`, `wait`, `{fail: 30m}` or `{force: 1h}`",
    ),
    (
        "plan.poolStrategy",
        "write `provider`, a way by its name such as `kops`, or `{surge: 1}`",
    ),
];

/// How a field may be written, where that is more than one way.
pub(super) fn ways(field: &str) -> Option<&'static str> {
    let found = WAYS.iter().find(|(of, _)| *of == field);
    found.map(|(_, ways)| *ways)
}

/// What to say of a field that is not there.
pub(super) fn missing(field: &str) -> String {
    let fix = match field {
        "schemaVersion" => "open the file with `schemaVersion: wavetank/v1`",
        "fleet" => "write it as `fleet: { paths: [fleet.yaml] }`",
        _ => "add it",
    };
    format!("the field `{field}` is missing; {fix}")
}

/// What is expected in place of what `message` complains of, which stands at `field`.
pub(super) fn expected(field: &str, message: &str) -> String {
    let duplicate = ["duplicate mapping key: ", "duplicate field "];
    if let Some(rest) = duplicate
        .iter()
        .find_map(|start| message.strip_prefix(start))
    {
        let name = rest.split(',').next().unwrap_or(rest).trim_matches('`');
        return format!("`{name}` stands twice; keep one of the two");
    }
    if message.starts_with("tabs disallowed") {
        return "lines are indented by spaces, not by tabs; replace the tab".to_owned();
    }
    if message.starts_with("EOF while parsing") {
        return "the file ends too early; close every brace, bracket and quote".to_owned();
    }
    let Some(form) = form(message) else {
        return message.to_owned();
    };
    let whole = WAYS.iter().find(|(of, _)| {
        let rest = field.strip_prefix(of);
        rest.is_some_and(|rest| rest.is_empty() || VARIANT_FORMS.contains(&form))
    });
    match (whole, field.rsplit('.').next()) {
        (Some((of, ways)), _) => format!("this is no value of `{of}`; {ways}"),
        (None, None | Some("")) => format!("this must be {form}"),
        (None, Some(name)) => format!("`{name}` must be {form}"),
    }
}

/// Where one of several ways has a value too many, or lacks one.
const VARIANT_FORMS: [&str; 2] = [
    "its name alone, with nothing after it",
    "its name with a value after it",
];

/// The value that a parser expects, in words with an example, where its message tells.
fn form(message: &str) -> Option<&'static str> {
    let expected = match message.split_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid ") => expected,
        _ => message
            .strip_prefix("invalid ")
            .or_else(|| message.strip_prefix("expected "))
            .or_else(|| message.strip_prefix("unexpected value for "))?,
    };
    let is_int = expected.len() <= 5
        && expected.starts_with(['u', 'i'])
        && expected[1..].bytes().all(|byte| byte.is_ascii_digit());
    if is_int {
        return Some("a whole number from 0, such as `3`");
    }
    match expected {
        "floating point" => Some("a number, such as `20` or `1.5`"),
        "boolean" | "a boolean" => Some("`true` or `false`"),
        "mapping start" | "a map" => Some("made of fields, each written as `name: value`"),
        "sequence start" | "a sequence" => Some("a list, each entry written after `- `"),
        "string scalar" | "a string" => Some("a text, without brackets and braces"),
        "unit enum variant" | "unit variant" | "unit" => Some(VARIANT_FORMS[0]),
        "newtype variant" => Some(VARIANT_FORMS[1]),
        _ if expected.starts_with("struct ") => {
            Some("made of fields, each written as `name: value`")
        }
        _ => None,
    }
}
