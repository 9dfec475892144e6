//! What the flags of the command do, and what it says of names that mean nothing.

use expect_test::expect;

use super::{check, node_0, web, with_budget};
use crate::ids::{FinalizerIdx, PodIdx};
use crate::inventory::{PreStop, WorkloadType};
use crate::sim::testing::{add_workload, cluster, fleet};
use crate::trial::drain::{DrainRequest, SelectedPods, drain};
use crate::units::{IntOrPercent, SimDuration};

#[test]
fn a_time_limit_ends_the_wait_at_the_next_try() {
    let request = DrainRequest {
        timeout: Some(SimDuration::from_secs(12)),
        ..node_0()
    };
    check(
        with_budget(web(), 0),
        &request,
        &expect![[r#"
            FAILS: an error after 15s, with 0 of 1 node drained

            $ kubectl drain node-0 --timeout=12s
             0s    node/node-0 cordoned
             0s    evicting pod shop/web-0
             0s 2> error when evicting pods/"web-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
             5s    (the same two lines of shop/web-0 again every 5s, 2 times)
            15s    evicting pod shop/web-0
            15s 2> There are pending pods in node "node-0" when an error occurred: error when evicting pods/"web-0" -n "shop": global timeout reached: 12s
            15s 2> pod/web-0
            15s 2> error: unable to drain node "node-0" due to error: error when evicting pods/"web-0" -n "shop": global timeout reached: 12s, continuing command...
            15s 2> There are pending nodes to be drained:
            15s 2>  node-0
            15s 2> error when evicting pods/"web-0" -n "shop": global timeout reached: 12s

            NODE    STATE      BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  timed out  0s     15s    1     1     0

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
fn a_missing_flag_keeps_every_pod_where_it_is() {
    let mut cluster = web();
    add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 3);
    let data = add_workload(&mut cluster, "cache", WorkloadType::Deployment, 3);
    cluster.workloads[data.index()].has_empty_dir = true;
    add_workload(&mut cluster, "debug", WorkloadType::Bare, 1);
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            FAILS: an error after 0s, with 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s 2> error: unable to drain node "node-0" due to error: [cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): shop/agent-0, cannot delete Pods that declare no controller (use --force to override): shop/debug-0, cannot delete Pods with local storage (use --delete-emptydir-data to override): shop/cache-0], continuing command...
            0s 2> There are pending nodes to be drained:
            0s 2>  node-0
            0s 2> cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): shop/agent-0
            0s 2> cannot delete Pods that declare no controller (use --force to override): shop/debug-0
            0s 2> cannot delete Pods with local storage (use --delete-emptydir-data to override): shop/cache-0

            NODE    STATE         BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  flag missing  0s     0s     4     4     0

            Refused
            - node node-0: shop/agent-0
              a daemon set would create the pod again at once
              because without --ignore-daemonsets kubectl evicts no pod of the node at all
            - node node-0: shop/cache-0
              the pod keeps data in an emptyDir, which would be lost
              because without --delete-emptydir-data kubectl evicts no pod of the node at all
            - node node-0: shop/debug-0
              no controller owns the pod, so nothing would create it again
              because without --force kubectl evicts no pod of the node at all

            What would mend it
            1. add --ignore-daemonsets
            2. add --delete-emptydir-data
               but what these pods keep in an emptyDir is lost
            3. add --force
               but nothing creates these pods again
            => rehearsed: with these 3 changes every node is drained in 6s, and with none of them left out

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn deleting_asks_no_budget() {
    let request = DrainRequest {
        disable_eviction: true,
        grace_period: Some(SimDuration::ZERO),
        ..node_0()
    };
    check(
        with_budget(web(), 0),
        &request,
        &expect![[r#"
            DRAINED: 1 pod gone from 1 node in 1s

            $ kubectl drain node-0 --disable-eviction --grace-period=0
            0s    node/node-0 cordoned
            1s    pod/web-0 deleted
            1s    node/node-0 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     1s     1     0     0

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn nodes_are_cordoned_together_and_drained_one_after_the_other() {
    let mut cluster = with_budget(web(), 1);
    cluster.nodes[1].unschedulable = true;
    let request = DrainRequest {
        nodes: vec!["node-0".to_owned(), "node-1".to_owned()],
        ..DrainRequest::default()
    };
    check(
        cluster,
        &request,
        &expect![[r#"
            DRAINED: 2 pods gone from 2 nodes in 1m15s

            $ kubectl drain node-0 node-1
               0s    node/node-0 cordoned
               0s    node/node-1 already cordoned
               0s    evicting pod shop/web-0
               2s    pod/web-0 evicted
               2s    node/node-0 drained
               2s    evicting pod shop/web-1
               2s 2> error when evicting pods/"web-1" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
               7s    (the same two lines of shop/web-1 again every 5s, 13 times)
            1m12s    evicting pod shop/web-1
            1m15s    pod/web-1 evicted
            1m15s    node/node-1 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     2s     1     0     0
            node-1  drained  2s     1m15s  1     0     0

            To take it back
            $ kubectl uncordon node-0 node-1
        "#]],
    );
}

#[test]
fn only_selected_pods_are_taken() {
    let mut cluster = web();
    add_workload(&mut cluster, "cart", WorkloadType::Deployment, 3);
    let pods = [["eu-1", "shop", "cart-0"].map(str::to_owned).into()];
    let request = DrainRequest {
        pods: Some(SelectedPods {
            selector: "app=cart".to_owned(),
            pods: pods.into(),
        }),
        ..node_0()
    };
    check(
        cluster,
        &request,
        &expect![[r#"
            DRAINED: 1 pod gone from 1 node in 1s

            $ kubectl drain node-0 --pod-selector='app=cart'
            0s    node/node-0 cordoned
            0s    evicting pod shop/cart-0
            1s    pod/cart-0 evicted
            1s    node/node-0 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     1s     1     0     0

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn names_that_mean_nothing_are_told_with_those_there_are() {
    let inventory = fleet(vec![cluster("eu-1", 2), cluster("eu-2", 2)]);
    let error = |cluster: Option<&str>, node: &str| {
        let request = DrainRequest {
            cluster: cluster.map(str::to_owned),
            nodes: vec![node.to_owned()],
            ..DrainRequest::default()
        };
        drain(&inventory, &request)
            .expect_err("it is refused")
            .to_string()
    };
    let told = [
        error(None, "node-9"),
        error(None, "node-0"),
        error(Some("eu-3"), "node-0"),
        error(Some("eu-1"), "node-9"),
    ];
    expect![[r#"
        no cluster has a node node-9; `wavetank drain INPUT --all` tells of every node there is
        eu-1 and eu-2 have a node node-0; say which with --cluster
        there is no cluster eu-3; there are eu-1, eu-2
        eu-1 has no node node-9; there are node-0, node-1
    "#]]
    .assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn a_hook_that_sleeps_is_part_of_the_time_that_a_pod_takes_to_stop() {
    let mut cluster = web();
    let workload = &mut cluster.workloads[0];
    workload.grace = SimDuration::from_secs(300);
    workload.pre_stop = PreStop::Sleeps(SimDuration::from_secs(120));
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            DRAINED: 1 pod gone from 1 node in 2m2s

            $ kubectl drain node-0
              0s    node/node-0 cordoned
              0s    evicting pod shop/web-0
            2m2s    pod/web-0 evicted
            2m2s    node/node-0 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     2m2s   1     0     0

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

#[test]
fn a_hook_that_outlasts_the_grace_period_ends_two_seconds_after_it() {
    let mut cluster = web();
    let workload = &mut cluster.workloads[0];
    workload.grace = SimDuration::from_secs(60);
    workload.pre_stop = PreStop::Sleeps(SimDuration::from_secs(120));
    let request = DrainRequest {
        timeout: Some(SimDuration::from_secs(40)),
        ..node_0()
    };
    check(
        cluster.clone(),
        &node_0(),
        &expect![[r#"
            DRAINED: 1 pod gone from 1 node in 1m3s

            $ kubectl drain node-0
              0s    node/node-0 cordoned
              0s    evicting pod shop/web-0
            1m3s    pod/web-0 evicted
            1m3s    node/node-0 drained

            NODE    STATE    BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  drained  0s     1m3s   1     0     0

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
    check(
        cluster,
        &request,
        &expect![[r#"
            FAILS: an error after 40s, with 0 of 1 node drained

            $ kubectl drain node-0 --timeout=40s
             0s    node/node-0 cordoned
             0s    evicting pod shop/web-0
            40s 2> There are pending pods in node "node-0" when an error occurred: error when waiting for pod "web-0" in namespace "shop" to terminate: global timeout reached: 40s
            40s 2> pod/web-0
            40s 2> error: unable to drain node "node-0" due to error: error when waiting for pod "web-0" in namespace "shop" to terminate: global timeout reached: 40s, continuing command...
            40s 2> There are pending nodes to be drained:
            40s 2>  node-0
            40s 2> error when waiting for pod "web-0" in namespace "shop" to terminate: global timeout reached: 40s

            NODE    STATE      BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  timed out  0s     40s    1     1     0

            Held for too long
            - node node-0: shop/web-0
              it was asked to go and is not gone
              because it may take all of its grace period of 1m to stop

            What would mend it
            1. give it --timeout=3m
            => rehearsed: with this change every node is drained in 1m3s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

// A pod that the command finds terminating is waited for like any other.
#[test]
fn the_command_waits_for_pods_that_were_going_already() {
    let mut cluster = web();
    cluster.pods[PodIdx(0).index()].terminating = true;
    cluster.workloads[0].replicas -= 1;
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
fn a_daemon_set_that_is_gone_is_told_in_the_words_of_the_api() {
    let mut cluster = web();
    let agent = add_workload(&mut cluster, "agent", WorkloadType::DaemonSet, 3);
    cluster.workloads[agent.index()].is_orphaned = true;
    check(
        cluster,
        &node_0(),
        &expect![[r#"
            FAILS: an error after 0s, with 0 of 1 node drained

            $ kubectl drain node-0
            0s    node/node-0 cordoned
            0s 2> error: unable to drain node "node-0" due to error: cannot delete daemonsets.apps "agent" not found: shop/agent-0, continuing command...
            0s 2> There are pending nodes to be drained:
            0s 2>  node-0
            0s 2> cannot delete daemonsets.apps "agent" not found: shop/agent-0

            NODE    STATE         BEGAN  ENDED  PODS  LEFT  SKIPPED
            node-0  flag missing  0s     0s     2     2     0

            Refused
            - node node-0: shop/agent-0
              the daemon set is gone, so nothing would create the pod again
              because without --force kubectl evicts no pod of the node at all

            What would mend it
            1. add --force
               but nothing creates these pods again
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

// Three of three must stay; of four one may go.
#[test]
fn one_replica_more_may_open_a_budget_as_well() {
    let mut cluster = with_budget(web(), 0);
    cluster.budgets[0].max_unavailable = None;
    cluster.budgets[0].min_available = Some(IntOrPercent::Int(3));
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
              because minAvailable 3 of 3 pods expected asks for 3 healthy; 3 are so, and it allows 0
              because with all of its 3 pods healthy it would allow none either

            What would mend it
            1. set minAvailable of PDB shop/budget-0 to 2, or keep it and run one replica more of shop/web (kubectl scale --replicas=4)
               $ kubectl patch pdb budget-0 -n shop --type merge -p '{"spec":{"minAvailable":2,"maxUnavailable":null}}'
            => rehearsed: with this change every node is drained in 2s

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}

// Its replacement is ready elsewhere, and still the command waits for the object.
#[test]
fn a_finalizer_keeps_the_object_that_the_command_waits_for() {
    let mut cluster = web();
    cluster.finalizers = vec!["example.com/cleanup".to_owned()];
    cluster.pods[0].finalizer = Some(FinalizerIdx(0));
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
              finalizer example.com/cleanup keeps its object
              because it has stopped, and its object stays until whoever put the finalizer there removes it, who is not in the snapshot

            What would mend it
            => no changes were found with which every node is drained

            To take it back
            $ kubectl uncordon node-0
        "#]],
    );
}
