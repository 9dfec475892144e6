//! What was dropped: at most one scenario, and the files that a fleet is read from.

use wavetank_core::checked::{Issue, IssueLevel, Place};
use wavetank_core::scenario::{self, Scenario, ScenarioError};

/// A scenario says that it is one near its beginning; anything else is not even decoded.
const TELLTALE: &[u8] = b"schemaVersion";
/// Files named in a message.
const MOST_NAMED: usize = 4;

/// The scenario among the files that were dropped.
#[derive(Debug)]
pub(super) struct Dropped {
    /// Its file.
    pub(super) path: String,
    /// What it says, or why it cannot be read.
    pub(super) scenario: Result<Box<Scenario>, Issue>,
}

/// Reads a file if it is a scenario.
pub(super) fn scenario_of(path: &str, bytes: &[u8]) -> Option<Dropped> {
    let head = bytes.get(..scenario::HEAD_BYTES).unwrap_or(bytes);
    if !head
        .windows(TELLTALE.len())
        .any(|window| window == TELLTALE)
    {
        return None;
    }
    let text = str::from_utf8(bytes).ok()?;
    if !scenario::is_scenario(text) {
        return None;
    }
    Some(Dropped {
        path: path.to_owned(),
        scenario: scenario::parse(text, path)
            .map(Box::new)
            .map_err(unreadable),
    })
}

fn unreadable(error: ScenarioError) -> Issue {
    let (place, message) = match error {
        ScenarioError::Form { place, message } => (place, message),
        ScenarioError::UnknownWord { place, word, hint } => {
            (place, format!("`{word}` is not known here; {hint}"))
        }
        ScenarioError::Version { place, found } => (
            place,
            format!("schemaVersion `{found}` is not of this build"),
        ),
    };
    issue(
        "unreadable-scenario",
        place,
        message,
        "correct the file there, or save the scenario again; nothing on screen was changed",
    )
}

/// The files of `wanted` that are not among `given`: a file or folder may lie anywhere in what was
/// dropped, since a browser tells paths from the folder dropped on.
pub(super) fn missing(wanted: &[String], given: &[String]) -> Vec<String> {
    let lies_in = |wanted: &str, given: &str| {
        let name = wanted.trim_end_matches('/').rsplit('/').next();
        given.split('/').any(|part| Some(part) == name)
    };
    let is_missing = |path: &&String| !given.iter().any(|file| lies_in(path, file));
    wanted.iter().filter(is_missing).cloned().collect()
}

/// The scenario names its fleet's files, which are neither on screen nor beside it.
pub(super) fn fleet_missing(path: &str, missing: &[String]) -> Issue {
    issue(
        "fleet-not-here",
        Place::file(path),
        format!(
            "this scenario is for another fleet than the one on screen, and names its files \
             instead of holding them: {}",
            named(missing)
        ),
        "drop the scenario together with those files, or with the folder that holds them; nothing \
         on screen was changed",
    )
}

/// The scenario goes by tables of past runs, which only the terminal reads.
pub(super) fn history_not_read(path: &str, tables: &[String]) -> Issue {
    issue(
        "history-not-read",
        Place::file(path),
        format!(
            "this scenario goes by past runs, which the page does not read: {}",
            named(tables)
        ),
        "rehearse it with `wavetank simulate`, or take `history` out to go by the defaults; \
         nothing on screen was changed",
    )
}

/// A file that nothing was done with, because the scenario beside it holds its own fleet.
pub(super) fn unused(path: &str) -> Issue {
    Issue {
        level: IssueLevel::Warning,
        ..issue(
            "file-beside-scenario",
            Place::file(path),
            "the scenario dropped with it holds its own fleet, so this file was not used"
                .to_owned(),
            "drop it without the scenario to rehearse on what it holds",
        )
    }
}

/// More than one scenario was dropped.
pub(super) fn several(path: &str) -> Issue {
    issue(
        "second-scenario",
        Place::file(path),
        "one scenario can be rehearsed at a time, and another was dropped with it".to_owned(),
        "drop one of them",
    )
}

fn issue(rule: &str, place: Place, message: String, fix: &str) -> Issue {
    Issue {
        level: IssueLevel::Error,
        rule: rule.to_owned(),
        place,
        message,
        fix: fix.to_owned(),
    }
}

fn named(paths: &[String]) -> String {
    let shown = paths.iter().take(MOST_NAMED).cloned();
    let text = shown.collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(MOST_NAMED) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(list: &[&str]) -> Vec<String> {
        list.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn a_scenario_is_told_from_a_dump_and_a_fleet_file() {
        let scenario = b"schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nseed: 7\n";
        let found = scenario_of("s.yaml", scenario).expect("a scenario");
        assert_eq!(found.scenario.expect("it can be read").seed, 7);
        assert!(scenario_of("d.json", b"{\"kind\": \"List\", \"items\": []}").is_none());
        assert!(scenario_of("f.yaml", b"schemaVersion: wavetank/v1\nclusters: []\n").is_none());
        assert!(scenario_of("x", &[0xFF; 64]).is_none());
    }

    #[test]
    fn a_slip_in_a_scenario_is_told_with_its_place() {
        let text = b"schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nfaluts: []\n";
        let found = scenario_of("s.yaml", text).expect("meant for a scenario");
        let issue = found.scenario.expect_err("a slip");
        assert_eq!(
            format!("{}: {}", issue.place, issue.message),
            "s.yaml:4:1 (faluts): `faluts` is not known here; did you mean `faults`?"
        );
    }

    #[test]
    fn files_are_found_wherever_the_folder_was_dropped() {
        let given = paths(&["fleet/eu.json", "fleet/dumps/us/a.json"]);
        assert!(missing(&paths(&["eu.json", "dumps/us/"]), &given).is_empty());
        assert_eq!(missing(&paths(&["asia.json"]), &given), ["asia.json"]);
    }

    #[test]
    fn long_lists_are_counted() {
        let issue = fleet_missing("s.json", &paths(&["a", "b", "c", "d", "e", "f"]));
        assert!(
            issue.message.ends_with("a, b, c, d and 2 more"),
            "{}",
            issue.message
        );
    }
}
