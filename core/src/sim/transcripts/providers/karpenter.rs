//! Karpenter: a node's successor first, then a drain without an end (k8s-truth §9.4).

use expect_test::expect;

use super::{PATIENT, blocked, check, web};
use crate::plan::{Karpenter, PoolStrategy};

#[test]
fn karpenter_replaces_a_node_after_its_successor_is_there_and_waits_for_ever() {
    let way = PoolStrategy::Karpenter(Karpenter::default());
    check(
        web(2, 1),
        way,
        PATIENT,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 2
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:44 c0 DrainFinished  node: 0
        00:02:19 c0 NodeRemoved  node: 0
        00:02:19 c0 NodeRequested  node: 3
        00:04:22 c0 NodeReady  node: 3
        00:04:22 c0 NodeCordoned  node: 1
        00:04:22 c0 DrainStarted  node: 1, pods: 1
        00:04:23 c0 DrainFinished  node: 1
        00:04:40 c0 NodeRemoved  node: 1
        00:04:40 c0 StepFinished  step: 0, of: Pool
        00:04:40 c0 StepStarted  step: 1, of: Observe
        00:19:40 c0 StepFinished  step: 1, of: Observe
        00:19:41 WaveSoaking  wave: 0
        Finished
    "#]],
    );
    check(
        blocked(2),
        way,
        PATIENT,
        &expect![[r#"
        00:00:00 c0 StepStarted  step: 0, of: Pool
        00:00:00 c0 NodeRequested  node: 2
        00:01:43 c0 NodeReady  node: 2
        00:01:43 c0 NodeCordoned  node: 0
        00:01:43 c0 DrainStarted  node: 0, pods: 1
        00:01:43 c0 EvictionRefused  pod: 0, node: 0, budget: 0
        00:31:43 c0 ClusterStalled  place: Step  step: 0, of: Pool
        00:31:44 WaveStalled  wave: 0
        Stalled
    "#]],
    );
}
