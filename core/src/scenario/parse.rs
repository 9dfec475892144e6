//! Reads scenario files: JSON or YAML, with errors that say where and what else was meant.

use serde_json::error::Category;

use super::suggest;
use super::{SCHEMA_VERSION, Scenario, services};
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
        serde_json::from_str(text).map_err(|error| json_error(&error, file))?
    } else {
        serde_saphyr::from_str(text).map_err(|error| yaml_error(&error, file))?
    };
    if scenario.schema_version != SCHEMA_VERSION {
        return Err(ScenarioError::Version {
            place: Place::file(file),
            found: scenario.schema_version,
        });
    }
    check_faults(&scenario.faults, file)?;
    services::check(&scenario.services).map_err(|(object, message)| ScenarioError::Form {
        place: Place {
            object: Some(object),
            ..Place::file(file)
        },
        message,
    })?;
    check_durations(&scenario.durations, file)?;
    match &scenario.expect.outcome {
        Some(outcome) if !OUTCOMES.contains(&outcome.as_str()) => Err(ScenarioError::UnknownWord {
            place: Place {
                object: Some("expect.outcome".to_owned()),
                ..Place::file(file)
            },
            word: outcome.clone(),
            hint: suggest::hint(outcome, &OUTCOMES),
        }),
        _ => Ok(scenario),
    }
}

/// Refuses faults beyond what their numbers can mean.
fn check_faults(faults: &[Fault], file: &str) -> Result<(), ScenarioError> {
    for (index, fault) in faults.iter().enumerate() {
        let form = |field: &str, message: String| ScenarioError::Form {
            place: Place {
                object: Some(format!("faults[{index}].{field}")),
                ..Place::file(file)
            },
            message,
        };
        let severity = fault.severity_per_mille;
        if severity > 1_000 {
            let message = format!("{severity} is over 1000; it is a share in thousandths");
            return Err(form("severityPerMille", message));
        }
        let at = match fault.trigger {
            Trigger::At(after) => Some(after),
            _ => None,
        };
        for (field, span) in [("trigger", at), ("duration", fault.duration)] {
            if let Some(span) = span.filter(|span| *span > LONGEST_SPAN) {
                let message = format!("{span} is too long; write at most {LONGEST_SPAN}");
                return Err(form(field, message));
            }
        }
    }
    Ok(())
}

/// Refuses entries that mean nothing.
fn check_durations(entries: &[DurationEntry], file: &str) -> Result<(), ScenarioError> {
    for (index, entry) in entries.iter().enumerate() {
        entry.check().map_err(|error| ScenarioError::Form {
            place: Place {
                object: Some(format!("durations[{index}].{}", error.field())),
                ..Place::file(file)
            },
            message: error.to_string(),
        })?;
    }
    Ok(())
}

/// What `serde_json` says, in our words. It tells unknown words only in its message.
fn json_error(error: &serde_json::Error, file: &str) -> ScenarioError {
    let place = place(file, error.line() as u64, error.column() as u64);
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    let message = text[..end].to_owned();
    if error.classify() == Category::Data && message.starts_with("unknown ") {
        let mut words = message.split('`').skip(1).step_by(2).map(str::to_owned);
        let word = words.next().unwrap_or_default();
        let expected: Vec<String> = words.collect();
        let hint = suggest::hint(&word, &expected);
        return ScenarioError::UnknownWord { place, word, hint };
    }
    ScenarioError::Form { place, message }
}

/// What `serde_saphyr` says, in our words.
fn yaml_error(error: &serde_saphyr::Error, file: &str) -> ScenarioError {
    use serde_saphyr::Error;
    let error = error.without_snippet();
    let place = error.location().map_or_else(
        || Place::file(file),
        |location| place(file, location.line(), location.column()),
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
        } => ScenarioError::UnknownWord {
            place,
            word: word.clone(),
            hint: suggest::hint(word, expected),
        },
        _ => ScenarioError::Form {
            place,
            message: plain(&error.to_string()),
        },
    }
}

/// The parser's message in one line, without the place, which is told before it.
fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line[..end].trim_start_matches("error: ").to_owned()
}

/// A place in a file; zero means unknown.
fn place(file: &str, line: u64, column: u64) -> Place {
    let known = |number: u64| u32::try_from(number).ok().filter(|number| *number > 0);
    Place {
        line: known(line),
        column: known(column),
        ..Place::file(file)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::scenario::FleetSource;
    use crate::synth::FleetOptions;

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let error = parse(text, "s.yaml").expect_err("an error");
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn json_and_yaml_say_the_same() {
        let yaml = "schemaVersion: wavetank/v1\nfleet:\n  generate:\n    clusters: 3\nplan:\n  \
                    target: \"1.34\"\n  drain:\n    force: 1h\nseed: 5\n";
        let json = r#"{"schemaVersion":"wavetank/v1","fleet":{"generate":{"clusters":3}},
            "plan":{"target":"1.34","drain":{"force":"1h"}},"seed":5}"#;
        let scenario = parse(yaml, "a.yaml").expect("a scenario");
        assert_eq!(parse(json, "a.json"), Ok(scenario.clone()));
        let options = FleetOptions {
            clusters: 3,
            ..FleetOptions::default()
        };
        assert_eq!(scenario.fleet, FleetSource::Generate(options));
        let written = serde_json::to_string(&scenario).expect("a scenario is JSON");
        assert_eq!(parse(&written, "written.json"), Ok(scenario));
    }

    // `1.30` without quotes is a number in YAML, and 1.3 is another version.
    #[test]
    fn a_version_needs_no_quotes() {
        let text = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nplan:\n  target: 1.30\n";
        let scenario = parse(text, "s.yaml").expect("a scenario");
        let target = scenario.plan.target.map(|target| target.to_string());
        assert_eq!(target.as_deref(), Some("1.30"));
    }

    #[test]
    fn a_misspelt_field_is_named_with_the_one_that_was_meant() {
        check(
            "schemaVersion: wavetank/v1\nfleet:\n  paths: [a]\nfaluts: []\n",
            &expect!["s.yaml:4:1: `faluts` is not known here; did you mean `faults`?"],
        );
        check(
            "{\"schemaVersion\": \"wavetank/v1\",\n \"fleet\": {\"path\": []}}",
            &expect!["s.yaml:2:17: `path` is not known here; did you mean `paths`?"],
        );
        check(
            "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nexpect:\n  outcome: stuck\n",
            &expect![
                "s.yaml (expect.outcome): `stuck` is not known here; known are `finished`, \
                 `held`, `stalled`, `unfinished`, `rolledBack`, `finishedWithFailures`, \
                 `nothingToDo`"
            ],
        );
    }

    #[test]
    fn a_fault_beyond_all_measure_is_refused() {
        let fault = |trigger: &str, severity: u32| {
            format!(
                "schemaVersion: wavetank/v1\nfleet:\n  generate: {{}}\nfaults:\n\
                 - kind: cniBreak\n  trigger: {trigger}\n  scope: {{}}\n  \
                 severityPerMille: {severity}\n"
            )
        };
        check(
            &fault("clusterStart", 1_001),
            &expect![
                "s.yaml (faults[0].severityPerMille): 1001 is over 1000; it is a share in \
                 thousandths"
            ],
        );
        check(
            &fault("{at: 9999d}", 1_000),
            &expect!["s.yaml (faults[0].trigger): 9999d is too long; write at most 366d"],
        );
    }

    #[test]
    fn an_entry_of_a_duration_is_held_against_what_it_can_mean() {
        let entry = |text: &str| {
            let head = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\ndurations:\n";
            format!("{head}- {{ {text}, basis: measured, source: ours }}\n")
        };
        check(
            &entry("quantity: node-bot, distribution: { constant: 4m }"),
            &expect!["s.yaml:5:15: `node-bot` is not known here; did you mean `node-boot`?"],
        );
        check(
            &entry("quantity: node-boot, pol: web, distribution: { constant: 4m }"),
            &expect!["s.yaml:5:26: `pol` is not known here; did you mean `pool`?"],
        );
        check(
            &entry("quantity: node-boot, distribution: { constan: 4m }"),
            &expect!["s.yaml:5:42: `constan` is not known here; did you mean `constant`?"],
        );
        check(
            &entry("quantity: control-plane, pool: web, distribution: { constant: 4m }"),
            &expect![
                "s.yaml (durations[0].pool): control-plane does not differ by pool; take `pool` out"
            ],
        );
        check(
            &entry("quantity: shutdown, distribution: { uniform: { min: 5s, max: 1s } }"),
            &expect![
                "s.yaml (durations[0].distribution): min 5s is over max 1s; write the shortest as \
                 min"
            ],
        );
    }

    #[test]
    fn every_kind_of_distribution_can_be_written() {
        let kinds = [
            "constant: 90s",
            "uniform: { min: 1s, max: 2s }",
            "triangular: { min: 1s, mode: 2s, max: 3s }",
            "logNormal: { median: 1s, p95: 2s }",
            "weibull: { shapePerMille: 1500, scale: 2m }",
            "empirical: [5s, 1s, 3s]",
        ];
        let entries = kinds.map(|kind| {
            format!(
                "- quantity: node-boot\n  provider: clusterApi\n  distribution:\n    {kind}\n  \
                 basis: assumed\n  source: a guess\n"
            )
        });
        let head = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\ndurations:\n";
        let text = format!("{head}{}", entries.concat());
        let scenario = parse(&text, "s.yaml").expect("a scenario");
        let written = serde_json::to_string(&scenario).expect("a scenario is JSON");
        assert_eq!(parse(&written, "written.json"), Ok(scenario));
        assert!(
            written.contains(r#"{"empirical":["1s","3s","5s"]}"#),
            "{written}"
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        check("", &expect!["s.yaml:1:1: unexpected end of input"]);
        check(
            "{\"schemaVersion\": ",
            &expect!["s.yaml:1:18: EOF while parsing a value"],
        );
        check(
            "schemaVersion: [\nfleet",
            &expect!["s.yaml:1:16: expected string scalar"],
        );
        check(
            "schemaVersion: wavetank/v1\nfleet:\n  generate:\n    clusters: many\n",
            &expect!["s.yaml:4:15: invalid u32"],
        );
        check(
            "name: x\n",
            &expect!["s.yaml:1:1: missing field `schemaVersion`"],
        );
        check(
            "schemaVersion: wavetank/v9\nfleet:\n  generate: {}\n",
            &expect!["s.yaml: schemaVersion is `wavetank/v9`; this build reads `wavetank/v1`"],
        );
        check(
            "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nplan:\n  clusterSoak: soon\n",
            &expect![
                "s.yaml:5:16: `soon` is not a duration; write whole numbers with units, such \
                 as `90s`, `1h30m`, `2d`"
            ],
        );
    }
}
