//! Reads scenario files: JSON or YAML, with errors that say where and what else was meant.

use serde_json::error::Category;

use super::{SCHEMA_VERSION, Scenario, places, services, suggest, wording};
use crate::checked::Place;
use crate::durations::DurationEntry;
use crate::sim::fault::{Fault, Trigger};
use crate::units::SimDuration;

/// Words that [`super::Expectations::outcome`] may hold.
const OUTCOMES: [&str; 7] = [
    "finished",
    "held",
    "stalled",
    "unfinished",
    "rolledBack",
    "finishedWithFailures",
    "nothingToDo",
];

/// Longer than any rehearsal.
pub(super) const LONGEST_SPAN: SimDuration = SimDuration::from_hours(366 * 24);

/// Why a file is no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// It is neither JSON nor YAML, or a value has the wrong form.
    #[error("{place}: {message}")]
    Form {
        /// Where.
        place: Place,
        /// What is wrong, in the parser's words.
        message: String,
    },
    /// A field or a choice is not known.
    #[error("{place}: `{word}` is not known here; {hint}")]
    UnknownWord {
        /// Where.
        place: Place,
        /// The word.
        word: String,
        /// What may have been meant.
        hint: String,
    },
    /// It was written for another version of the format.
    #[error("{place}: schemaVersion is `{found}`; this build reads `{SCHEMA_VERSION}`")]
    Version {
        /// The file.
        place: Place,
        /// What it says.
        found: String,
    },
}

/// Reads the scenario in `text`; `file` is the name errors carry.
pub fn parse(text: &str, file: &str) -> Result<Scenario, ScenarioError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let scenario: Scenario = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| json_error(&error, text, file))?
    } else {
        serde_saphyr::from_str(text).map_err(|error| yaml_error(&error, text, file))?
    };
    if scenario.schema_version != SCHEMA_VERSION {
        return Err(ScenarioError::Version {
            place: place_of(text, file, "schemaVersion"),
            found: scenario.schema_version,
        });
    }
    check_faults(&scenario.faults)
        .and_then(|()| services::check(&scenario.services))
        .and_then(|()| check_durations(&scenario.durations))
        .map_err(|(field, message)| ScenarioError::Form {
            place: place_of(text, file, &field),
            message,
        })?;
    match &scenario.expect.outcome {
        Some(outcome) if !OUTCOMES.contains(&outcome.as_str()) => Err(ScenarioError::UnknownWord {
            place: place_of(text, file, "expect.outcome"),
            word: outcome.clone(),
            hint: suggest::hint(outcome, &OUTCOMES),
        }),
        _ => Ok(scenario),
    }
}

/// Where a field of the scenario in `text` stands, or where the nearest does that it is a part of.
pub fn place_of(text: &str, file: &str, field: &str) -> Place {
    let (line, column) = places::place_of(text, field).unzip();
    Place {
        line,
        column,
        object: Some(field.to_owned()),
        ..Place::file(file)
    }
}

/// The first field beyond what its number can mean, and what is wrong with it.
fn check_faults(faults: &[Fault]) -> Result<(), (String, String)> {
    for (index, fault) in faults.iter().enumerate() {
        let wrong =
            |field: &str, message: String| Err((format!("faults[{index}].{field}"), message));
        let severity = fault.severity_per_mille;
        if severity > 1_000 {
            let message = format!("{severity} is over 1000; it is a share in thousandths");
            return wrong("severityPerMille", message);
        }
        let at = match fault.trigger {
            Trigger::At(after) => Some(after),
            _ => None,
        };
        for (field, span) in [("trigger", at), ("duration", fault.duration)] {
            if let Some(span) = span.filter(|span| *span > LONGEST_SPAN) {
                let message = format!("{span} is too long; write at most {LONGEST_SPAN}");
                return wrong(field, message);
            }
        }
    }
    Ok(())
}

/// The first entry that means nothing, and why.
fn check_durations(entries: &[DurationEntry]) -> Result<(), (String, String)> {
    for (index, entry) in entries.iter().enumerate() {
        entry.check().map_err(|error| {
            let field = format!("durations[{index}].{}", error.field());
            (field, error.to_string())
        })?;
    }
    Ok(())
}

/// What `serde_json` says, in our words. It tells unknown words only in its message.
fn json_error(error: &serde_json::Error, text: &str, file: &str) -> ScenarioError {
    let place = place(text, file, error.line() as u64, error.column() as u64);
    let source = text;
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    let message = text[..end].to_owned();
    if error.classify() == Category::Data && message.starts_with("unknown ") {
        let mut words = message.split('`').skip(1).step_by(2).map(str::to_owned);
        let word = words.next().unwrap_or_default();
        let expected: Vec<String> = words.collect();
        return unknown(place, word, &expected);
    }
    form(source, place, &message)
}

/// What `serde_saphyr` says, in our words.
fn yaml_error(error: &serde_saphyr::Error, text: &str, file: &str) -> ScenarioError {
    use serde_saphyr::Error;
    let error = error.without_snippet();
    let place = error.location().map_or_else(
        || Place::file(file),
        |location| place(text, file, location.line(), location.column()),
    );
    match error {
        Error::SerdeUnknownField {
            field: word,
            expected,
            ..
        }
        | Error::SerdeUnknownVariant {
            variant: word,
            expected,
            ..
        } => unknown(place, word.clone(), expected),
        _ => form(text, place, &plain(&error.to_string())),
    }
}

/// The parser's message in one line, without the place, which is told before it.
fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line[..end].trim_start_matches("error: ").to_owned()
}

/// A word that is none of those expected at a place.
fn unknown<S: AsRef<str>>(place: Place, word: String, expected: &[S]) -> ScenarioError {
    let known: Vec<&str> = expected.iter().map(AsRef::as_ref).collect();
    let field = place.object.as_deref().unwrap_or_default();
    let hint = match (suggest::nearest(&word, &known), wording::ways(field)) {
        (None, Some(ways)) => ways.to_owned(),
        _ => suggest::hint(&word, &known),
    };
    ScenarioError::UnknownWord { place, word, hint }
}

/// What is wrong with the value at a place, in words that say what to write there.
fn form(text: &str, mut place: Place, message: &str) -> ScenarioError {
    if let Some(missing) = message.strip_prefix("missing field ") {
        // What stands there is the first of the fields beside it, or, in JSON, the last in them.
        place.object = None;
        let message = wording::missing(missing.trim_matches('`'));
        return ScenarioError::Form { place, message };
    }
    let message = if text.trim().is_empty() {
        "the file is empty; open it with `schemaVersion` and `fleet`".to_owned()
    } else {
        wording::expected(place.object.as_deref().unwrap_or_default(), message)
    };
    ScenarioError::Form { place, message }
}

/// A place in a file, with the field that stands there; zero means unknown.
fn place(text: &str, file: &str, line: u64, column: u64) -> Place {
    let known = |number: u64| u32::try_from(number).ok().filter(|number| *number > 0);
    let (line, column) = (known(line), known(column));
    let field = line.zip(column);
    let field = field.and_then(|(line, column)| places::field_at(text, line, column));
    match field {
        // Where a value is missed, the parser is a line further already.
        Some(field) if Some(field.line) != line => Place {
            line: Some(field.line),
            column: Some(field.column),
            object: Some(field.path),
            ..Place::file(file)
        },
        field => Place {
            line,
            column,
            object: field.map(|field| field.path),
            ..Place::file(file)
        },
    }
}

#[cfg(test)]
mod tests;
