//! The fleet as text: one line for each cluster, then what is not known, then what went wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Table, UNKNOWN, counted, escape};
use crate::checked::{Issue, IssueLevel};
use crate::report::{ClusterCard, Fact, FactState, FleetReport};

/// Clusters named where a list of them would be longer than anybody reads.
const N_NAMED: usize = 4;

/// The fleet as text.
pub fn fleet(fleet: &FleetReport) -> String {
    let mut text = String::new();
    head(&mut text, fleet);
    if !fleet.clusters.is_empty() {
        text.push('\n');
        clusters(&mut text, &fleet.clusters);
    }
    gaps(&mut text, &fleet.clusters);
    issues(&mut text, &fleet.issues);
    text
}

/// Name, sizes, and how much of what a rehearsal uses is known.
fn head(text: &mut String, fleet: &FleetReport) {
    let totals = &fleet.totals;
    let name = if fleet.name.is_empty() {
        "Fleet"
    } else {
        &fleet.name
    };
    let counts = [
        counted(totals.clusters.into(), "cluster"),
        counted(totals.nodes.into(), "node"),
        counted(totals.pods.into(), "pod"),
        counted(totals.workloads.into(), "workload"),
        counted(totals.budgets.into(), "budget"),
    ];
    let (name, source) = (escape(name), escape(&fleet.source));
    let _ = writeln!(text, "{name} ({source}): {}", counts.join(", "));
    if totals.facts > 0 {
        let percent = u64::from(totals.facts_known) * 100 / u64::from(totals.facts);
        let _ = writeln!(
            text,
            "Evidence: {percent} % of {} are stated by the input",
            counted(totals.facts.into(), "fact"),
        );
    }
}

/// One line for each cluster. An assumption is marked, because it is no knowledge.
fn clusters(text: &mut String, clusters: &[ClusterCard]) {
    let mut table = Table::new(&[
        "NAME", "PROVIDER", "TIER", "OWNER", "VERSION", "NODES", "PODS", "PDBS", "GAPS",
    ]);
    for cluster in clusters {
        table.push(&[
            cluster.name.clone(),
            told(&cluster.provider),
            told(&cluster.tier),
            told(&cluster.owner),
            told(&cluster.version),
            cluster.totals.nodes.to_string(),
            cluster.totals.pods.to_string(),
            cluster.totals.budgets.to_string(),
            cluster.gaps.len().to_string(),
        ]);
    }
    let _ = write!(text, "{table}");
    let facts = |cluster: &ClusterCard| {
        let facts = [
            &cluster.provider,
            &cluster.tier,
            &cluster.owner,
            &cluster.version,
        ];
        facts.iter().any(|fact| fact.state == FactState::Assumed)
    };
    if clusters.iter().any(facts) {
        text.push_str("(a value in brackets is an assumption)\n");
    }
}

/// A fact as a cell.
fn told(fact: &Fact) -> String {
    match fact.state {
        FactState::Known => fact.text.clone(),
        FactState::Assumed => format!("({})", fact.text),
        FactState::Unknown => UNKNOWN.to_owned(),
    }
}

/// What is missing, each with the clusters it is missing of.
fn gaps(text: &mut String, clusters: &[ClusterCard]) {
    let mut order: Vec<&str> = Vec::new();
    let mut missing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for cluster in clusters {
        for gap in &cluster.gaps {
            let names = missing.entry(gap).or_default();
            if names.is_empty() {
                order.push(gap);
            }
            names.push(&cluster.name);
        }
    }
    if order.is_empty() {
        return;
    }
    text.push_str("\nGaps\n");
    for gap in order {
        let names = &missing[gap];
        let shown = names.iter().take(N_NAMED).map(|name| escape(name));
        let mut list = shown.collect::<Vec<_>>().join(", ");
        if names.len() > N_NAMED {
            let _ = write!(list, " and {} more", names.len() - N_NAMED);
        }
        let _ = writeln!(text, "  {}\n    of {list}", escape(gap));
    }
}

/// What went wrong while loading, gravest first.
fn issues(text: &mut String, issues: &[Issue]) {
    if issues.is_empty() {
        return;
    }
    text.push_str("\nIssues\n");
    for level in [IssueLevel::Error, IssueLevel::Warning, IssueLevel::Note] {
        for issue in issues.iter().filter(|issue| issue.level == level) {
            let _ = writeln!(text, "  {}", escape(&issue.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::checked::Place;
    use crate::report::Totals;

    #[track_caller]
    fn check(input: &FleetReport, expected: &Expect) {
        expected.assert_eq(&fleet(input));
    }

    fn fact(text: &str, state: FactState) -> Fact {
        Fact {
            text: text.to_owned(),
            state,
            note: String::new(),
        }
    }

    #[test]
    fn known_assumed_and_unknown_look_different() {
        let gap = "owner is not known; add `owner` to the fleet file".to_owned();
        let card = |name: &str| ClusterCard {
            name: name.to_owned(),
            provider: fact("gke", FactState::Known),
            version: fact("1.29", FactState::Assumed),
            totals: Totals {
                nodes: 3,
                pods: 40,
                ..Totals::default()
            },
            gaps: vec![gap.clone()],
            ..ClusterCard::default()
        };
        let input = FleetReport {
            source: "dumps".to_owned(),
            totals: Totals {
                clusters: 2,
                nodes: 6,
                pods: 1_080,
                facts_known: 3,
                facts: 8,
                ..Totals::default()
            },
            clusters: vec![card("a"), card("b")],
            issues: vec![Issue {
                level: IssueLevel::Error,
                rule: "truncated-json".to_owned(),
                place: Place::file("a.json"),
                message: "the file ends inside an object".to_owned(),
                fix: "write it again".to_owned(),
            }],
            ..FleetReport::default()
        };
        check(
            &input,
            &expect![[r#"
            Fleet (dumps): 2 clusters, 6 nodes, 1,080 pods, 0 workloads, 0 budgets
            Evidence: 37 % of 8 facts are stated by the input

            NAME  PROVIDER  TIER       OWNER      VERSION  NODES  PODS  PDBS  GAPS
            a     gke       <unknown>  <unknown>  (1.29)   3      40    0     1
            b     gke       <unknown>  <unknown>  (1.29)   3      40    0     1
            (a value in brackets is an assumption)

            Gaps
              owner is not known; add `owner` to the fleet file
                of a, b

            Issues
              a.json: error[truncated-json]: the file ends inside an object; write it again
        "#]],
        );
    }

    #[test]
    fn an_empty_fleet_is_told_as_such() {
        check(
            &FleetReport::default(),
            &expect![[r#"
            Fleet (): 0 clusters, 0 nodes, 0 pods, 0 workloads, 0 budgets
        "#]],
        );
    }
}
