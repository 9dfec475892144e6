//! Budgets whose controller cannot count what it expects: their status keeps its numbers
//! (k8s-truth §2.3).

use expect_test::expect;

use super::{check, drain, fleet, node_0, web, with_budget};
use crate::ids::BudgetIdx;
use crate::inventory::{Cluster, WorkloadType, WrittenStatus};
use crate::report::DrainReport;
use crate::sim::testing::add_workload;
use crate::units::SimDuration;

/// A budget over three pods of `web`, that of the drained node unready, and one pod of a job.
fn over_a_job(written: WrittenStatus) -> Cluster {
    let mut cluster = with_budget(web(), 1);
    cluster.pods[0].ready = false;
    let job = add_workload(&mut cluster, "report", WorkloadType::Job, 1);
    cluster.pods[3].node = cluster.pods[1].node;
    cluster.workloads[job.index()].budgets.push(BudgetIdx(0));
    cluster.budgets[0].workloads.push(job);
    cluster.budgets[0].written = written;
    cluster
}

// By its own count of two healthy of two desired it would let the unready pod pass; nobody wrote
// that count, though.
#[test]
fn a_status_that_was_never_written_lets_no_unready_pod_pass() {
    check(
        over_a_job(WrittenStatus::default()),
        &node_0(),
        &expect![[r#"
            NEVER ENDS: node-0 waits for ever, with 1 pod left; 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/web-0
            0s 2> error when evicting pods/"web-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            5s    (the same two lines of shop/web-0 again every 5s, for ever)

            NODE    STATE           BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  waits for ever  0s     never  1     1     0

            Held for ever
            - node node-0: shop/web-0
              PDB shop/budget-0 allows no disruption
              because it selects pod shop/report-0, and job shop/report has no scale
              because where one pod cannot be counted none is: DisruptionAllowed is False with reason SyncFailed, nothing is allowed, and the status stays at 0 healthy of 0 desired

            What would mend it
            1. set minAvailable of PDB shop/budget-0 to 2
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"minAvailable":2,"maxUnavailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_status_written_before_the_job_came_still_lets_unready_pods_pass() {
    let written = WrittenStatus {
        current_healthy: 2,
        desired_healthy: 2,
        stale: false,
    };
    check(
        over_a_job(written),
        &node_0(),
        &expect![[r#"
            DRAINED: 1 pod gone from 1 node in 2s

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/web-0
            2s    pod/web-0 evicted
            2s    node/node-0 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     2s     1     0     0

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_status_behind_its_specification_stays_behind_and_clients_ask_by_themselves() {
    let written = WrittenStatus {
        stale: true,
        ..WrittenStatus::default()
    };
    check(
        over_a_job(written),
        &node_0(),
        &expect![[r#"
            NEVER ENDS: node-0 waits for ever, with 1 pod left; 0 of 1 node drained

            $ kubectl drain node-0
               0s    node/node-0 cordoned
               0s    evicting pod shop/web-0
            1m40s 2> error when evicting pods/"web-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            3m25s    (the same two lines of shop/web-0 again every 1m45s, for ever)

            NODE    STATE           BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  waits for ever  0s     never  1     1     0

            Held for ever
            - node node-0: shop/web-0
              PDB shop/budget-0 allows no disruption
              because it selects pod shop/report-0, and job shop/report has no scale
              because where one pod cannot be counted none is: DisruptionAllowed is False with reason SyncFailed, nothing is allowed, and the status stays at 0 healthy of 0 desired

            What would mend it
            1. set minAvailable of PDB shop/budget-0 to 2
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"minAvailable":2,"maxUnavailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_limit_of_time_ends_what_clients_ask_by_themselves() {
    let written = WrittenStatus {
        stale: true,
        ..WrittenStatus::default()
    };
    let mut request = node_0();
    request.timeout = Some(crate::units::SimDuration::from_secs(150));
    check(
        over_a_job(written),
        &request,
        &expect![[r#"
            FAILS: an error after 3m30s, with 0 of 1 node drained

            $ kubectl drain node-0 --timeout=2m30s
               0s    node/node-0 cordoned
               0s    evicting pod shop/web-0
            1m40s 2> error when evicting pods/"web-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            3m25s    (the same two lines of shop/web-0 again)
            3m30s    evicting pod shop/web-0
            3m30s 2> There are pending pods in node "node-0" when an error occurred: error when evicting pods/"web-0" -n "shop": global timeout reached: 2m30s
            3m30s 2> pod/web-0
            3m30s 2> error: unable to drain node "node-0" due to error: error when evicting pods/"web-0" -n "shop": global timeout reached: 2m30s, continuing command...
            3m30s 2> There are pending nodes to be drained:
            3m30s 2>  node-0
            3m30s 2> error when evicting pods/"web-0" -n "shop": global timeout reached: 2m30s

            NODE    STATE      BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  timed out  0s     3m30s  1     1     0

            Held for ever
            - node node-0: shop/web-0
              PDB shop/budget-0 allows no disruption
              because it selects pod shop/report-0, and job shop/report has no scale
              because where one pod cannot be counted none is: DisruptionAllowed is False with reason SyncFailed, nothing is allowed, and the status stays at 0 healthy of 0 desired

            What would mend it
            1. set minAvailable of PDB shop/budget-0 to 2
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"minAvailable":2,"maxUnavailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

// A time limit ends the wait and mends nothing: what mends it without the limit is found with it.
#[test]
fn a_limit_of_time_does_not_hide_what_would_mend_the_wait() {
    let mut cluster = with_budget(web(), 1);
    cluster.pods[2].ready = false;
    let mut request = node_0();
    let untimed = drain(&fleet(vec![cluster.clone()]), &request).expect("the node exists");
    request.timeout = Some(SimDuration::from_mins(1));
    let timed = drain(&fleet(vec![cluster]), &request).expect("the node exists");
    let commands = |report: &DrainReport| {
        let remedies = report.remedies.iter();
        remedies
            .map(|remedy| remedy.text.clone())
            .collect::<Vec<_>>()
    };
    assert!(!commands(&untimed).is_empty());
    assert_eq!(commands(&timed), commands(&untimed));
}
