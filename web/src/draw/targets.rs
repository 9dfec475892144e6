//! The list of target versions: what would upgrade something, in words.

use wavetank_core::report::FleetReport;
use wavetank_core::units::KubeVersion;

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is chosen with it; empty for what is taken when nothing is set.
    pub value: String,
    /// What it says.
    pub words: String,
    /// Whether it is the one in force.
    pub is_chosen: bool,
}

/// The list for a fleet. A target that came with a link or a scenario is in it, whatever it is:
/// what is rehearsed must be what is shown.
pub fn choices(fleet: Option<&FleetReport>, chosen: Option<KubeVersion>) -> Vec<Choice> {
    let rows = fleet.map_or(&[][..], |fleet| &fleet.targets);
    let n_clusters = fleet.map_or(0, |fleet| fleet.clusters.len());
    let chosen = chosen.map(|version| version.to_string());
    let default = rows.iter().find(|row| row.is_default);
    let auto = default.map_or_else(
        || "newest + 1".to_owned(),
        |row| format!("{} (newest + 1)", row.version),
    );
    let mut list = vec![Choice {
        value: String::new(),
        words: auto,
        is_chosen: chosen.is_none(),
    }];
    for row in rows {
        let is_chosen = chosen.as_ref() == Some(&row.version);
        if row.is_default && !is_chosen {
            continue;
        }
        let words = if row.clusters as usize == n_clusters {
            row.version.clone()
        } else {
            format!(
                "{} ({} of {n_clusters} clusters)",
                row.version, row.clusters
            )
        };
        list.push(Choice {
            value: row.version.clone(),
            words,
            is_chosen,
        });
    }
    if let Some(version) = chosen.filter(|_| list.iter().all(|choice| !choice.is_chosen)) {
        list.push(Choice {
            value: version.clone(),
            words: version,
            is_chosen: true,
        });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use wavetank_core::report::{ClusterCard, TargetRow};

    #[track_caller]
    fn check(chosen: Option<&str>, expected: &str) {
        let row = |version: &str, clusters, is_default| TargetRow {
            version: version.to_owned(),
            clusters,
            is_default,
        };
        let fleet = FleetReport {
            clusters: vec![ClusterCard::default(); 3],
            targets: vec![
                row("1.33", 1, false),
                row("1.34", 3, true),
                row("1.35", 3, false),
            ],
            ..FleetReport::default()
        };
        let chosen = chosen.map(|text| text.parse().expect("a version"));
        let list = choices(Some(&fleet), chosen);
        let told: Vec<String> = list
            .iter()
            .map(|choice| {
                let mark = if choice.is_chosen { "*" } else { "" };
                format!("{mark}{}", choice.words)
            })
            .collect();
        assert_eq!(told.join(", "), expected);
    }

    #[test]
    fn only_targets_that_upgrade_something_are_offered() {
        check(None, "*1.34 (newest + 1), 1.33 (1 of 3 clusters), 1.35");
    }

    #[test]
    fn a_target_from_a_link_is_shown_whatever_it_is() {
        check(
            Some("1.31.4"),
            "1.34 (newest + 1), 1.33 (1 of 3 clusters), 1.35, *1.31.4",
        );
        check(
            Some("1.34"),
            "1.34 (newest + 1), 1.33 (1 of 3 clusters), *1.34, 1.35",
        );
    }

    #[test]
    fn a_page_without_a_fleet_shows_the_target_it_was_opened_with() {
        let list = choices(None, Some(KubeVersion::minor(1, 35)));
        assert_eq!(list.len(), 2);
        assert!(list[1].is_chosen);
    }
}
