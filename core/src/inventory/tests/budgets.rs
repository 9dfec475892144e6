//! Which workloads a budget selects.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::ids::{BudgetIdx, WorkloadIdx};
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

/// Shows which budgets select each pod of the stateful set `shop/db`, and which its workload.
#[track_caller]
fn check_parts(pods: &[&str], budgets: Vec<BudgetObject>, expected: &Expect) {
    let names = (0..).map(|ordinal| format!("shop/db-{ordinal}"));
    let cluster = ClusterSnapshot {
        workloads: vec![workload(WorkloadKind::StatefulSet, "shop/db", Some(3), "")],
        pods: names
            .zip(pods)
            .map(|(name, labels)| pod(&name, "StatefulSet/db", labels))
            .collect(),
        budgets,
        ..one_node()
    };
    let (cluster, issues) = resolve_one(cluster);
    let names = |budgets: &[BudgetIdx]| {
        let names = budgets
            .iter()
            .map(|budget| &cluster.budgets[budget.index()].name);
        names.map(|name| format!(" {name}")).collect::<String>()
    };
    let set = &cluster.workloads[0];
    let mut text = format!(
        "each:{}\nsome:{}\n",
        names(&set.budgets),
        names(&set.partial_budgets)
    );
    for pod in &cluster.pods {
        let own = pod.selection.map(|set| &cluster.selections[set.index()]);
        let selecting = names(own.unwrap_or(&set.budgets));
        writeln!(text, "{}:{selecting}", pod.name).expect("a string takes any text");
    }
    for budget in &cluster.budgets {
        assert_eq!(budget.workloads, [WorkloadIdx(0)], "{}", budget.name);
    }
    expected.assert_eq(&(text + &issues));
}

#[test]
fn a_budget_may_select_one_pod_of_a_workload() {
    let role = |value: &str| Some(by_labels(&format!("role={value}")));
    check_parts(
        &[
            "app=db role=primary",
            "app=db role=replica",
            "app=db role=replica",
        ],
        vec![
            budget("shop/all", Some(by_labels("app=db"))),
            budget("shop/primary", role("primary")),
            budget("shop/replicas", role("replica")),
        ],
        &expect![[r#"
            each: all
            some: primary replicas
            db-0: all primary
            db-1: all replicas
            db-2: all replicas
        "#]],
    );
}

#[test]
fn labels_that_no_budget_asks_for_make_no_pod_odd() {
    check_parts(
        &["app=db pod=0", "app=db pod=1", "app=db pod=2"],
        vec![budget("shop/all", Some(by_labels("app=db")))],
        &expect![[r#"
            each: all
            some:
            db-0: all
            db-1: all
            db-2: all
        "#]],
    );
}

#[test]
fn the_model_pod_may_be_the_odd_one_out() {
    check_parts(
        &["app=db", "app=db tier=1", "app=db tier=1"],
        vec![budget("shop/tiered", Some(by_labels("tier=1")))],
        &expect![[r#"
            each:
            some: tiered
            db-0:
            db-1: tiered
            db-2: tiered
        "#]],
    );
}
