//! The words of what is lost and comes back.

use expect_test::expect;

use super::*;
use crate::ids::{FaultIdx, VolumeIdx, ZoneIdx};
use crate::sim::node_lifecycle::zone::ZoneState;

fn kinds() -> Vec<EventKind> {
    let (pod, node, budget) = (POD, NODE, BudgetIdx(0));
    let volume = VolumeIdx(9);
    let disrupted = |zone, state, per_hour| EventKind::ZoneDisrupted {
        zone,
        state,
        per_hour,
    };
    let zone = Some(ZoneIdx(0));
    vec![
        EventKind::NodeCutOff {
            node,
            fault: FaultIdx(0),
        },
        EventKind::NodeReconnected { node },
        EventKind::NodeTainted { node },
        EventKind::NodeUntainted { node },
        disrupted(zone, ZoneState::FullDisruption, 360),
        disrupted(None, ZoneState::PartialDisruption, 36),
        disrupted(None, ZoneState::PartialDisruption, 0),
        EventKind::ZoneRecovered { zone: None },
        EventKind::AllZonesDisrupted {},
        EventKind::AllZonesRecovered {},
        EventKind::PodTaintEvicted { pod, node },
        EventKind::TerminationWaits { pod, node },
        EventKind::PodCollected { pod, node },
        EventKind::EvictionPostponed { pod, node, budget },
        EventKind::VolumeForceDetached { volume, node },
        EventKind::EtcdMembersLost { lost: 1, of: 3 },
        EventKind::EtcdMembersBack { lost: 0, of: 3 },
        EventKind::EtcdMembersBack { lost: 1, of: 5 },
        EventKind::EtcdQuorumLost { left: 2, needed: 3 },
        EventKind::EtcdLeaderLost {},
        EventKind::EtcdLeaderElected {},
        EventKind::ApiServersAway { away: 2, of: 3 },
        EventKind::ApiServersBack { away: 0, of: 3 },
        EventKind::ApiServersBack { away: 1, of: 3 },
    ]
}

#[test]
fn what_is_lost_is_told_with_its_names_and_numbers() {
    let (inventory, plan, trace) = (inventory(), plan(), blocked_drain());
    let names = Names {
        inventory: &inventory,
        plan: &plan,
        faults: &[],
        clusters: &trace.clusters,
    };
    let told = |kind: EventKind| {
        let event = Event {
            at: SimTime::ZERO,
            cluster: Some(ClusterIdx(0)),
            kind,
            cause: None,
        };
        format!("{}\n", names.tell(&event).text)
    };
    let text: String = kinds().into_iter().map(told).collect();
    expect![[r#"
        node node-a is cut off: its kubelet reaches no API server
        node node-a is heard of again
        node node-a is tainted unreachable:NoExecute
        node node-a is no longer tainted unreachable
        the zone of unlabeled nodes has no Ready node: one node is tainted every 10 s
        the zone of unlabeled nodes has lost most of its nodes: one node is tainted every 100 s
        the zone of unlabeled nodes has lost most of its nodes: none of them is tainted
        the zone of unlabeled nodes is as usual again
        no zone has a Ready node: nothing is tainted or evicted
        some zone has a Ready node again
        pod pay/api-1 is deleted: it tolerates the taint of node node-a no longer
        pod pay/api-1 stays Terminating: node node-a does not tell that it has stopped
        pod pay/api-1 is removed: node node-a is gone
        pod pay/api-1 may not leave node node-a yet: the last edit of PDB pay/api is not counted
        volume ? is detached by force from node node-a
        1 etcd member of 3 lost
        all 3 etcd members are back
        etcd members are back: 1 of 5 still lost
        etcd has lost its quorum: 2 left of 3 needed
        etcd has lost its leader and elects another
        etcd has a leader again
        2 API servers of 3 away
        all 3 API servers are back
        API servers are back: 1 of 3 still away
    "#]]
    .assert_eq(&text);
}
