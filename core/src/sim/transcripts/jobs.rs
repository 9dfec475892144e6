//! Jobs that lose pods: they count failures, wait, and give up (k8s-truth §4.2).

use expect_test::expect;

use crate::ids::{BudgetIdx, WorkloadIdx};
use crate::inventory::{Evidence, Inventory, WorkloadType};
use crate::plan::{PoolStrategy, Step};
use crate::sim::testing::{
    WAIT, add_budget, add_workload, cluster, fleet, plan, pool_steps, rehearse,
};
use crate::sim::trace::{EventKind, Trace};
use crate::snapshot::{JobRules, OnDisruption, UnhealthyPodEvictionPolicy};
use crate::units::KubeVersion;

/// A pod that leaves the first node meets the second one's drain too.
const IN_PLACE: PoolStrategy = PoolStrategy::Unavailable {
    max_unavailable: 1,
    node_timeout: None,
};

/// Two nodes, and so many pods of a job on the first.
fn with_job(pods: u32, rules: JobRules) -> Inventory {
    let mut cluster = cluster("eu-1", 2);
    let job = add_workload(&mut cluster, "report", WorkloadType::Job, pods);
    for pod in &mut cluster.pods {
        pod.node = Some(crate::ids::NodeIdx(0));
    }
    cluster.workloads[job.index()].job = rules;
    fleet(vec![cluster])
}

/// What becomes of the job's pods, with the seconds since the first of it.
fn course(inventory: &Inventory) -> String {
    let version = inventory.clusters[0].version.value().copied();
    let mut steps = pool_steps(IN_PLACE, WAIT);
    for step in &mut steps {
        if let Step::Pool { to, .. } = step {
            *to = version.expect("a version");
        }
    }
    let trace: Trace = rehearse(inventory, &plan(&[1], &steps), &[], 1);
    let told = trace.events.iter().filter(|event| {
        matches!(
            event.kind,
            EventKind::PodEvicted { .. }
                | EventKind::PodDeleted { .. }
                | EventKind::PodGone { .. }
                | EventKind::PodCreated { .. }
                | EventKind::JobFailed { .. }
        )
    });
    let told: Vec<_> = told.collect();
    let first = told.first().expect("the job's pods move").at;
    let line = |event: &&crate::sim::Event| {
        let pod = match event.kind {
            EventKind::JobFailed { failures, .. } => format!("after {failures}"),
            kind => kind
                .moves_pod()
                .map_or(String::new(), |(pod, _)| pod.0.to_string()),
        };
        let millis = event.at.since(first).as_millis();
        format!(
            "{:.3}s {} {pod}\n",
            millis as f64 / 1_000.0,
            event.kind.reason()
        )
    };
    told.iter().map(line).collect()
}

#[test]
fn a_job_waits_ten_seconds_before_it_makes_another_pod_and_then_twice_as_long() {
    let job = with_job(1, JobRules::default());
    expect![[r#"
        0.000s PodEvicted 0
        10.000s PodCreated 1
        30.009s PodGone 0
        231.262s PodEvicted 1
        251.262s PodCreated 2
        261.271s PodGone 1
    "#]]
    .assert_eq(&course(&job));
}

#[test]
fn a_job_that_may_not_fail_fails_with_the_first_eviction_and_its_other_pods_are_deleted() {
    let rules = JobRules {
        backoff_limit: Some(0),
        ..JobRules::default()
    };
    expect![[r#"
        0.000s PodEvicted 0
        0.000s JobFailed after 1
        0.000s PodDeleted 1
        5.315s PodGone 1
        30.009s PodGone 0
    "#]]
    .assert_eq(&course(&with_job(2, rules)));
}

#[test]
fn failures_before_the_rehearsal_count() {
    let rules = JobRules {
        failed: 6,
        ..JobRules::default()
    };
    expect![[r#"
        0.000s PodEvicted 0
        0.000s JobFailed after 7
        30.009s PodGone 0
    "#]]
    .assert_eq(&course(&with_job(1, rules)));
}

// With a failure policy a pod is replaced when it is gone, and a disruption that it ignores never
// fails the job.
#[test]
fn a_job_that_ignores_disruptions_goes_on() {
    let rules = JobRules {
        backoff_limit: Some(0),
        has_failure_policy: true,
        on_disruption: OnDisruption::Ignore,
        ..JobRules::default()
    };
    expect![[r#"
        0.000s PodEvicted 0
        30.009s PodGone 0
        40.009s PodCreated 1
        231.262s PodEvicted 1
        261.271s PodGone 1
        271.271s PodCreated 2
    "#]]
    .assert_eq(&course(&with_job(1, rules)));
}

#[test]
fn a_job_that_replaces_what_has_failed_waits_for_the_end_of_its_pod_from_1_29_on() {
    let rules = JobRules {
        replaces_failed_only: true,
        ..JobRules::default()
    };
    let mut job = with_job(1, rules);
    let told = course(&job);
    let cluster = &mut job.clusters[0];
    cluster.version = Evidence::Known(KubeVersion::minor(1, 28));
    for node in &mut cluster.nodes {
        node.kubelet = Evidence::Known(KubeVersion::minor(1, 27));
    }
    expect![[r#"
        0.000s PodEvicted 0
        30.009s PodGone 0
        40.009s PodCreated 1
        231.262s PodEvicted 1
        261.271s PodGone 1
        281.271s PodCreated 2
        before
        0.000s PodEvicted 0
        10.000s PodCreated 1
        30.009s PodGone 0
        231.262s PodEvicted 1
        251.262s PodCreated 2
        261.271s PodGone 1
    "#]]
    .assert_eq(&format!("{told}before\n{}", course(&job)));
}

// While the job has a pod the budget cannot count what it expects; once the job has failed it can.
#[test]
fn a_budget_opens_when_the_job_that_kept_it_closed_has_failed() {
    let rules = JobRules {
        backoff_limit: Some(0),
        ..JobRules::default()
    };
    let mut job = with_job(1, rules);
    let cluster = &mut job.clusters[0];
    let web = add_workload(cluster, "web", WorkloadType::Deployment, 2);
    add_budget(cluster, web, 1);
    cluster.budgets[0].workloads.push(WorkloadIdx(0));
    cluster.budgets[0].unhealthy_policy = UnhealthyPodEvictionPolicy::AlwaysAllow;
    cluster.workloads[0].budgets.push(BudgetIdx(0));
    cluster.pods[0].ready = false;
    expect![[r#"
        0.000s PodEvicted 0
        0.000s JobFailed after 1
        30.009s PodGone 0
        35.000s PodEvicted 1
        35.000s PodCreated 3
        35.569s PodGone 1
        236.822s PodEvicted 2
        236.822s PodCreated 4
        237.779s PodGone 2
        246.822s PodEvicted 3
        246.822s PodCreated 5
        249.011s PodGone 3
    "#]]
    .assert_eq(&course(&job));
}
