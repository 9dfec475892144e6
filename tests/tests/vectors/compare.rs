//! Compares what was computed with what a case expects.

use serde_json::Value;

/// Whether every key of `expected` has its value in `got`.
pub(crate) fn compare(got: &Value, expected: &Value) -> Result<(), String> {
    let Some(expected) = expected.as_object().filter(|keys| !keys.is_empty()) else {
        return Err("`expected` names nothing to compare".to_owned());
    };
    let mut wrong = Vec::new();
    for (key, value) in expected {
        if let Err(why) = compare_key(got, key, value) {
            wrong.push(why);
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("; "))
}

fn compare_key(got: &Value, key: &str, expected: &Value) -> Result<(), String> {
    let (field, holds): (&str, fn(&Value, &Value) -> bool) = match key {
        "messageContains" => ("message", contains),
        "minElapsedSeconds" => ("elapsedSeconds", at_least),
        "maxElapsedSeconds" => ("elapsedSeconds", at_most),
        _ => (key, same),
    };
    let Some(value) = got.get(field) else {
        return Err(format!("`{key}` is not computed here"));
    };
    if holds(value, expected) {
        return Ok(());
    }
    Err(format!("`{key}` should be {expected} and is {value}"))
}

fn contains(text: &Value, part: &Value) -> bool {
    let (Some(text), Some(part)) = (text.as_str(), part.as_str()) else {
        return false;
    };
    text.contains(part)
}

fn at_least(value: &Value, bound: &Value) -> bool {
    value
        .as_f64()
        .zip(bound.as_f64())
        .is_some_and(|(value, bound)| value >= bound)
}

fn at_most(value: &Value, bound: &Value) -> bool {
    value
        .as_f64()
        .zip(bound.as_f64())
        .is_some_and(|(value, bound)| value <= bound)
}

/// Numbers are the same when they are equal as numbers: 0 and 0.0 are.
fn same(value: &Value, expected: &Value) -> bool {
    match (value.as_f64(), expected.as_f64()) {
        (Some(value), Some(expected)) => (value - expected).abs() < 1e-9,
        _ => value == expected,
    }
}
