//! What holds pods, and what would let them go.

use expect_test::expect;

use super::{check, node_0, web, with_budget};
use crate::ids::BudgetIdx;
use crate::inventory::{Evidence, WorkloadType};
use crate::sim::testing::{add_budget, add_volumes, add_workload, cluster};
use crate::snapshot::UnhealthyPodEvictionPolicy;
use crate::trial::drain::DrainRequest;
use crate::units::IntOrPercent;

#[test]
fn a_node_without_obstacles_is_drained() {
    check(
        with_budget(web(), 1),
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
fn a_budget_that_allows_nothing_is_proved_and_mended() {
    check(
        with_budget(web(), 0),
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
              because maxUnavailable 0 of 3 pods expected asks for 3 healthy; 3 are so, and it allows 0
              because with all of its 3 pods healthy it would allow none either

            What would mend it
            1. set maxUnavailable of PDB shop/budget-0 to 1
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"maxUnavailable":1,"minAvailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_budget_that_names_no_limit_holds_its_pods_for_ever() {
    let mut cluster = with_budget(web(), 0);
    cluster.budgets[0].max_unavailable = None;
    check(
        cluster,
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
              because neither minAvailable nor maxUnavailable of 0 pods expected asks for 0 healthy; 3 are so, and it allows 0
              because where no pod is expected none is allowed to go

            What would mend it
            1. set maxUnavailable of PDB shop/budget-0 to 1
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"maxUnavailable":1,"minAvailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn two_budgets_fail_one_pod_and_the_others_still_go() {
    let mut cluster = with_budget(with_budget(web(), 1), 2);
    add_workload(&mut cluster, "cart", WorkloadType::Deployment, 3);
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            FAILS: an error after 1s, with 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/cart-0
            0s    evicting pod shop/web-0
            1s    pod/cart-0 evicted
            1s 2> There are pending pods in node "node-0" when an error occurred: error when evicting pods/"web-0" -n "shop": This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.
            1s 2> pod/web-0
            1s 2> error: unable to drain node "node-0" due to error: error when evicting pods/"web-0" -n "shop": This pod has more than one PodDisruptionBudget, which the eviction subresource does not support., continuing command...
            1s 2> There are pending nodes to be drained:
            1s 2>  node-0
            1s 2> error when evicting pods/"web-0" -n "shop": This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.

            NODE    STATE   BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  failed  0s     1s     2     1     0

            Held for ever
            - node node-0: shop/web-0
              PDB shop/budget-0 and PDB shop/budget-1 both select it
              because the API answers an eviction with 500 as soon as two budgets select the pod, whatever they allow

            What would mend it
            1. let the selector of PDB shop/budget-1 leave out shop/web, which another PDB selects too
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn an_unready_pod_blocks_its_healthy_sisters() {
    let mut cluster = with_budget(web(), 1);
    cluster.pods[2].ready = false;
    check(
        cluster,
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
              because maxUnavailable 1 of 3 pods expected asks for 2 healthy; 2 are so, and it allows 0
              because pod shop/web-2 was not ready in the snapshot

            What would mend it
            1. get ready first: shop/web-2
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn an_unready_pod_may_leave_under_always_allow() {
    let mut cluster = with_budget(web(), 1);
    cluster.pods[0].ready = false;
    cluster.pods[2].ready = false;
    cluster.budgets[0].unhealthy_policy = UnhealthyPodEvictionPolicy::AlwaysAllow;
    check(
        cluster,
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
fn the_last_replica_goes_and_leaves_an_outage() {
    let mut cluster = cluster("eu-1", 3);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 1);
    check(
        cluster,
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

            WITHOUT A READY POD  FROM  UNTIL  FOR
            shop/web             0s    1m9s   1m9s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_full_cluster_has_no_room_for_the_replacement() {
    let mut cluster = cluster("eu-1", 2);
    let web = add_workload(&mut cluster, "web", WorkloadType::Deployment, 4);
    cluster.workloads[web.index()].requests.cpu_millis = 2_000;
    add_budget(&mut cluster, web, 1);
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            NEVER ENDS: node-0 waits for ever, with 1 pod left; 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/web-0
            0s    evicting pod shop/web-2
            0s 2> error when evicting pods/"web-2" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            2s    pod/web-0 evicted
            5s    (the same two lines of shop/web-2 again every 5s, for ever)

            NODE    STATE           BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  waits for ever  0s     never  2     1     0

            Held for ever
            - node node-0: shop/web-2
              PDB shop/budget-0 allows no disruption
              because maxUnavailable 1 of 4 pods expected asks for 3 healthy; 3 are so, and it allows 0
              because pod shop/web-r4qn4 stays pending: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable
            A quarter of an hour later shop/web-r4qn4 still waits for a node: pod shop/web-r4qn4 stays pending: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable

            What would mend it
            1. add a node like node-0 first, so that replacements have a place
            => rehearsed: with this change every node is drained in 1m17s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_budget_over_a_job_fails_safe() {
    let mut cluster = with_budget(web(), 1);
    let job = add_workload(&mut cluster, "report", WorkloadType::Job, 1);
    cluster.budgets[0].workloads.push(job);
    cluster.workloads[job.index()].budgets.push(BudgetIdx(0));
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            NEVER ENDS: node-0 waits for ever, with 2 pods left; 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/report-0
            0s    evicting pod shop/web-0
            0s 2> error when evicting pods/"report-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            0s 2> error when evicting pods/"web-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            5s    (the same two lines of shop/report-0 again every 5s, for ever)
            5s    (the same two lines of shop/web-0 again every 5s, for ever)

            NODE    STATE           BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  waits for ever  0s     never  2     2     0

            Held for ever
            - node node-0: shop/web-0, shop/report-0
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
fn a_zonal_volume_waits_for_its_zone() {
    let mut cluster = cluster("eu-1", 3);
    let data = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 3);
    add_volumes(&mut cluster, data);
    add_budget(&mut cluster, data, 1);
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            DRAINED: 1 pod gone from 1 node in 1s; afterwards 1 pod without a node

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/db-0
            1s    pod/db-0 evicted
            1s    node/node-0 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     1s     1     0     0
            A quarter of an hour later shop/db-0 still waits for a node: pod shop/db-0 stays pending: 0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had volume node affinity conflict

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_percentage_that_rounds_to_all_pods_is_lowered_by_one() {
    let mut cluster = with_budget(web(), 1);
    cluster.budgets[0].max_unavailable = None;
    cluster.budgets[0].min_available = Some(IntOrPercent::Percent(90));
    check(
        cluster,
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
              because minAvailable 90 % of 3 pods expected asks for 3 healthy; 3 are so, and it allows 0
              because with all of its 3 pods healthy it would allow none either

            What would mend it
            1. set maxUnavailable of PDB shop/budget-0 to 1
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"maxUnavailable":1,"minAvailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn nobody_tells_that_a_pod_of_a_silent_node_has_stopped() {
    let mut cluster = with_budget(web(), 1);
    cluster.nodes[0].ready = Evidence::Known(false);
    cluster.nodes[0].silent = true;
    cluster.pods[0].ready = false;
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            NEVER ENDS: node-0 waits for ever, with 1 pod left; 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s    evicting pod shop/web-0

            NODE    STATE           BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  waits for ever  0s     never  1     1     0

            Held for ever
            - node node-0: shop/web-0
              it was asked to go, and nobody tells that it has stopped
              because its node is Unknown: only the kubelet removes a stopping pod's object, and nothing is heard of it

            What would mend it
            => nothing lets these pods go until the kubelet of node-0 is heard of again; where the machine is gone for good, delete the node's object, or taint it node.kubernetes.io/out-of-service

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn zonal_volumes_of_two_drained_nodes_want_a_node_in_the_zone_of_the_first() {
    let mut cluster = cluster("eu-1", 3);
    let data = add_workload(&mut cluster, "db", WorkloadType::StatefulSet, 3);
    add_volumes(&mut cluster, data);
    add_budget(&mut cluster, data, 1);
    let request = DrainRequest {
        nodes: vec!["node-0".to_owned(), "node-1".to_owned()],
        ..DrainRequest::default()
    };
    check(
        cluster,
        &request,
        &expect![[r#"
            NEVER ENDS: node-1 waits for ever, with 1 pod left; 1 of 2 nodes drained

            $ kubectl drain node-0 node-1
            0s    node/node-0 cordoned
            0s    node/node-1 cordoned
            0s    evicting pod shop/db-0
            1s    pod/db-0 evicted
            1s    node/node-0 drained
            1s    evicting pod shop/db-1
            1s 2> error when evicting pods/"db-1" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            6s    (the same two lines of shop/db-1 again every 5s, for ever)

            NODE    STATE           BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained         0s     1s     1     0     0
            node-1  waits for ever  1s     never  1     1     0

            Held for ever
            - node node-1: shop/db-1
              PDB shop/budget-0 allows no disruption
              because maxUnavailable 1 of 3 pods expected asks for 2 healthy; 2 are so, and it allows 0
              because pod shop/db-0 stays pending: 0/3 nodes are available: 1 node(s) had volume node affinity conflict, 2 node(s) were unschedulable
            A quarter of an hour later shop/db-0 still waits for a node: pod shop/db-0 stays pending: 0/3 nodes are available: 1 node(s) had volume node affinity conflict, 2 node(s) were unschedulable

            What would mend it
            1. add a node like node-0 first, so that replacements have a place
            => rehearsed: with this change every node is drained in 37s

            To take it back
            $ kubectl uncordon node-0 node-1
        "#]],
    );
}
