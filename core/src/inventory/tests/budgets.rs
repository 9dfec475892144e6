//! Which workloads a budget selects.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::inventory::tests::{labels, one_node, pod, resolve_one, workload};
use crate::snapshot::{
    BudgetObject, ClusterSnapshot, LabelSelector, SelectorOperator, SelectorRequirement,
    WorkloadKind,
};
use crate::units::IntOrPercent;

fn budget(path: &str, selector: Option<LabelSelector>) -> BudgetObject {
    let (namespace, name) = crate::inventory::tests::split(path);
    BudgetObject {
        namespace,
        name,
        api_version: "policy/v1".to_owned(),
        selector,
        min_available: Some(IntOrPercent::Int(1)),
        ..BudgetObject::default()
    }
}

fn by_labels(text: &str) -> LabelSelector {
    LabelSelector {
        match_labels: labels(text),
        ..LabelSelector::default()
    }
}

/// Shows what each budget selects among a few workloads of two namespaces.
#[track_caller]
fn check(budgets: Vec<BudgetObject>, expected: &Expect) {
    let mut empty = workload(WorkloadKind::Deployment, "shop/empty", Some(0), "");
    empty.pod_labels = labels("app=web tier=cold");
    let cluster = ClusterSnapshot {
        workloads: vec![empty],
        pods: vec![
            pod("shop/web", "", "app=web tier=front"),
            pod("shop/api", "", "app=api tier=front"),
            pod("bank/web", "", "app=web"),
        ],
        budgets,
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    let mut text = String::new();
    for (index, budget) in cluster.budgets.iter().enumerate() {
        let selected: Vec<String> = budget
            .workloads
            .iter()
            .map(|workload| {
                let workload = &cluster.workloads[workload.index()];
                assert!(workload.budgets.iter().any(|b| b.index() == index));
                format!("{}/{}", workload.namespace, workload.name)
            })
            .collect();
        let selected = selected.join(" ");
        writeln!(text, "{}: {selected}", budget.name).expect("a string takes any text");
    }
    expected.assert_eq(&(text + &issues));
}

#[test]
fn labels_select_within_the_namespace() {
    check(
        vec![
            budget("shop/by-app", Some(by_labels("app=web"))),
            budget("shop/by-both", Some(by_labels("app=web tier=front"))),
            budget("bank/by-app", Some(by_labels("app=web"))),
            budget("empty/by-app", Some(by_labels("app=web"))),
            budget("shop/by-nothing-there", Some(by_labels("app=none"))),
        ],
        &expect![[r#"
            by-app: shop/empty shop/web
            by-both: shop/web
            by-app: bank/web
            by-app: 
            by-nothing-there: 
        "#]],
    );
}

#[test]
fn the_empty_selector_depends_on_the_api_version() {
    let beta = BudgetObject {
        api_version: "policy/v1beta1".to_owned(),
        ..budget("shop/beta-empty", Some(by_labels("")))
    };
    check(
        vec![
            budget("shop/v1-empty", Some(by_labels(""))),
            budget("shop/v1-none", None),
            beta,
        ],
        &expect![[r#"
            v1-empty: shop/empty shop/web shop/api
            v1-none: 
            beta-empty: 
        "#]],
    );
}

#[test]
fn expressions_select_without_any_label() {
    let expression = |operator, values: &[&str]| {
        Some(LabelSelector {
            match_expressions: vec![SelectorRequirement {
                key: "tier".to_owned(),
                operator,
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            }],
            ..LabelSelector::default()
        })
    };
    check(
        vec![
            budget("shop/in", expression(SelectorOperator::In, &["front"])),
            budget(
                "shop/not-in",
                expression(SelectorOperator::NotIn, &["front"]),
            ),
            budget(
                "bank/absent",
                expression(SelectorOperator::DoesNotExist, &[]),
            ),
        ],
        &expect![[r#"
            in: shop/web shop/api
            not-in: shop/empty
            absent: bank/web
        "#]],
    );
}

#[test]
fn odd_budgets_are_named() {
    let two_limits = BudgetObject {
        max_unavailable: Some(IntOrPercent::Percent(50)),
        ..budget("shop/two", Some(by_labels("app=web")))
    };
    let again = budget("shop/two", Some(by_labels("app=api")));
    check(
        vec![two_limits, again],
        &expect![[r#"
        two: shop/empty shop/web
        c.json (PodDisruptionBudget shop/two): warning[budget-with-two-limits]: it has both
            minAvailable and maxUnavailable, which the API server refuses; keep one of the
            two
        c.json (PodDisruptionBudget shop/two): warning[duplicate-budget]: a budget of this
            name was read before, so this one is left out; keep the dumps of different
            clusters apart
    "#]],
    );
}
