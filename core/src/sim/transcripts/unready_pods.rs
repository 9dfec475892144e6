//! Unready pods under budgets, and the versions that know a policy for them.

use expect_test::expect;

use super::{check, web_with_budget};
use crate::inventory::Evidence;
use crate::plan::Step;
use crate::sim::testing::{SURGE, WAIT, plan, pool_steps};
use crate::snapshot::UnhealthyPodEvictionPolicy;
use crate::units::KubeVersion;

const OLD: KubeVersion = KubeVersion::minor(1, 26);
const NEW: KubeVersion = KubeVersion::minor(1, 27);

/// A web of three, of which the first is unready and the budget lets unready pods always go.
fn unready(version: KubeVersion) -> crate::inventory::Inventory {
    let mut fleet = web_with_budget(0);
    let cluster = &mut fleet.clusters[0];
    cluster.version = Evidence::Known(version);
    for node in &mut cluster.nodes {
        node.kubelet = Evidence::Known(KubeVersion::minor(1, 25));
    }
    cluster.pods.truncate(1);
    cluster.pods[0].ready = false;
    cluster.budgets[0].unhealthy_policy = UnhealthyPodEvictionPolicy::AlwaysAllow;
    fleet
}

fn to_new() -> Vec<Step> {
    let mut steps = pool_steps(SURGE, WAIT);
    for step in &mut steps {
        if let Step::Pool { to, .. } = step {
            *to = OLD;
        }
    }
    steps
}

#[test]
fn an_api_server_of_1_26_does_not_know_that_unready_pods_may_always_go() {
    let plan = plan(&[1], &to_new());
    check(
        &unready(OLD),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
            00:00:00 c0 StepStarted  step: 0, of: Pool
            00:01:43 c0 NodeReady  node: 3
            00:01:43 c0 DrainStarted  node: 0, pods: 1
            00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
            00:31:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
            00:31:44 WaveStalled  wave: 0
            Stalled
            SnapshotTaken > BudgetNeverAllows > EvictionRefused > ClusterStalled [budget.zero]
        "#]],
    );
}

#[test]
fn once_every_api_server_is_of_1_27_unready_pods_go() {
    let mut steps = vec![Step::ControlPlane { from: OLD, to: NEW }];
    steps.extend(to_new());
    let plan = plan(&[1], &steps);
    check(
        &unready(OLD),
        &plan,
        &[],
        &expect![[r#"
            00:00:00 c0 BudgetNeverAllows  budget: 0, healthy: 3, desired: 3
            00:00:00 c0 StepStarted  step: 0, of: ControlPlane
            00:06:40 c0 ControlPlaneUpgraded  to: 1.27
            00:06:40 c0 StepStarted  step: 1, of: Pool
            00:08:24 c0 NodeReady  node: 3
            00:08:24 c0 DrainStarted  node: 0, pods: 1
            00:10:00 c0 NodeRemoved  node: 0
            00:12:02 c0 NodeReady  node: 4
            00:12:02 c0 DrainStarted  node: 1, pods: 1
            00:13:50 c0 NodeRemoved  node: 1
            00:16:35 c0 NodeReady  node: 5
            00:16:35 c0 DrainStarted  node: 2, pods: 1
            00:18:05 c0 NodeRemoved  node: 2
            00:18:05 c0 StepStarted  step: 2, of: Observe
            00:33:05 c0 ClusterUpgraded
            01:33:06 WavePassed  wave: 0
            Finished
            RunStarted > WaveStarted > ClusterStarted > StepStarted
              > StepFinished > ClusterUpgraded [plan]
        "#]],
    );
}
