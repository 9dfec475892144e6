//! Tells scenarios and fleet files from dumps, without reading more than needed.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// Every file of ours says so near its beginning.
pub const HEAD_BYTES: usize = 64 << 10;

/// The fields that tell a scenario.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScenarioHead {
    #[expect(dead_code, reason = "it is enough that it is there")]
    schema_version: IgnoredAny,
    #[expect(dead_code, reason = "it is enough that it is there")]
    fleet: IgnoredAny,
}

/// The part of a fleet file that names other files.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FleetHead {
    clusters: Vec<ClusterHead>,
}

/// The part of a fleet file's cluster that names other files.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ClusterHead {
    dumps: Vec<String>,
}

/// Whether `text` is meant to be a scenario, right or wrong.
pub fn is_scenario(text: &str) -> bool {
    read::<ScenarioHead>(text).is_some() || looks_like_scenario(text)
}

/// Whether a text that cannot be read was meant for a scenario: both its tell-tale keys stand at
/// the beginning of a line, or nothing is of Kubernetes and one stands at the top or beside
/// another.
fn looks_like_scenario(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(HEAD_BYTES)];
    let has = |key: &str| {
        head.lines().any(|line| {
            let line = line.trim_start_matches(['{', ' ', '"']);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches('"').starts_with(':'))
        })
    };
    let has_more = || {
        let known = [
            "plan",
            "faults",
            "services",
            "durations",
            "generate",
            "paths",
        ];
        let alone = head.lines().any(|line| line.starts_with("fleet:"));
        !has("kind") && !has("apiVersion") && (alone || known.into_iter().any(has))
    };
    has("fleet") && (has("schemaVersion") || has_more())
}

/// The dumps that `text` names, if it is a fleet file; empty for anything else.
pub fn fleet_dumps(text: &str) -> Vec<String> {
    let clusters = read::<FleetHead>(text).unwrap_or_default().clusters;
    clusters
        .into_iter()
        .flat_map(|cluster| cluster.dumps)
        .collect()
}

/// Reads a file of ours; anything else is turned down by its head alone.
fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let end = text.floor_char_boundary(HEAD_BYTES);
    if !text[..end].contains("schemaVersion") {
        return None;
    }
    if text.trim_start().starts_with('{') {
        serde_json::from_str(text).ok()
    } else {
        serde_saphyr::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_files_are_told_from_dumps() {
        let yaml = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nfaluts: 3\n";
        assert!(is_scenario(yaml));
        assert!(is_scenario(r#"{"schemaVersion":"wavetank/v1","fleet":3}"#));
        assert!(!is_scenario(r#"{"kind":"List","items":[]}"#));
        assert!(!is_scenario("schemaVersion: wavetank/v1\nclusters: []\n"));
        assert!(is_scenario("name: x\nfleet: { path: [a.json] }\n"));
        assert!(!is_scenario("spec:\n  fleet: { path: [a.json] }\n"));
        assert!(!is_scenario("\u{0}\u{1}"));
    }

    // A slip of the pen must lead to its line, not to "this is no dump".
    #[test]
    fn a_broken_scenario_is_still_meant_for_one() {
        assert!(is_scenario(
            "schemaVersion: wavetank/v1\nfleet:\n  generate: {\n"
        ));
        assert!(is_scenario(
            "{\n  \"schemaVersion\": \"wavetank/v1\",\n  \"fleet\": {,}\n}\n"
        ));
        assert!(!is_scenario("schemaVersion: wavetank/v1\nclusters: [\n"));
        assert!(is_scenario(
            "fleet:\n  generate: {}\nplan:\n  target: '1.34'\n"
        ));
        assert!(!is_scenario("kind: Pod\nfleet: a\nplan: b\n"));
    }

    #[test]
    fn a_fleet_file_names_its_dumps() {
        let text = "schemaVersion: wavetank/v1\nclusters:\n- name: a\n  tier: low\n  \
                    dumps: [a.json, more]\n- name: b\n";
        assert_eq!(fleet_dumps(text), ["a.json", "more"]);
        assert!(fleet_dumps("kind: List\n").is_empty());
    }
}
