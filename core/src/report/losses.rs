//! The sentences of what is lost and comes back: nodes, zones, parts of the control plane.

use crate::ids::ZoneIdx;
use crate::report::sentence::{ClusterNames, Sentence, sentence};
use crate::report::words::count;
use crate::sim::EventKind;
use crate::sim::node_lifecycle::zone::ZoneState;

impl ClusterNames<'_> {
    /// Nodes that are lost, their pods, volumes and zones.
    pub(super) fn tell_loss(&self, kind: &EventKind) -> Option<Sentence> {
        self.tell_lost_node(kind)
            .or_else(|| self.tell_lost_pod(kind))
            .or_else(|| self.tell_zone(kind))
    }

    fn tell_lost_node(&self, kind: &EventKind) -> Option<Sentence> {
        let (node, text) = match *kind {
            EventKind::NodeCutOff { node, .. } => {
                (node, "is cut off: its kubelet reaches no API server")
            }
            EventKind::NodeReconnected { node } => (node, "is heard of again"),
            EventKind::NodeTainted { node } => (node, "is tainted unreachable:NoExecute"),
            EventKind::NodeUntainted { node } => (node, "is no longer tainted unreachable"),
            _ => return None,
        };
        let name = self.node(node);
        let subject = format!("node {name}");
        Some(sentence(subject, format!("node {name} {text}")))
    }

    fn tell_lost_pod(&self, kind: &EventKind) -> Option<Sentence> {
        let (pod, text) = match *kind {
            EventKind::PodTaintEvicted { pod, node } => (
                pod,
                format!(
                    "is deleted: it tolerates the taint of node {} no longer",
                    self.node(node)
                ),
            ),
            EventKind::TerminationWaits { pod, node } => (
                pod,
                format!(
                    "stays Terminating: node {} does not tell that it has stopped",
                    self.node(node)
                ),
            ),
            EventKind::FinalizerHolds { pod, finalizer } => {
                let name = self.finalizer(finalizer);
                (
                    pod,
                    format!("has stopped, and finalizer {name} keeps its object"),
                )
            }
            EventKind::PodNotReplaced { pod } => {
                (pod, "is gone for good: it has no controller".to_owned())
            }
            EventKind::PodCollected { pod, node } => {
                (pod, format!("is removed: node {} is gone", self.node(node)))
            }
            EventKind::EvictionPostponed { pod, node, budget } => (
                pod,
                format!(
                    "may not leave node {} yet: the last edit of PDB {} is not counted",
                    self.node(node),
                    self.budget(budget)
                ),
            ),
            EventKind::JobFailed { workload, failures } => {
                let name = self.workload(workload);
                let pods = count(failures, "pod");
                let text = format!("job {name} fails for good: {pods} of it failed");
                return Some(sentence(format!("job {name}"), text));
            }
            EventKind::VolumeForceDetached { volume, node } => {
                let name = self.volume(volume);
                let text = format!(
                    "volume {name} is detached by force from node {}",
                    self.node(node)
                );
                return Some(sentence(format!("volume {name}"), text));
            }
            _ => return None,
        };
        let name = self.pod(pod);
        let subject = format!("pod {name}");
        Some(sentence(subject, format!("pod {name} {text}")))
    }

    fn tell_zone(&self, kind: &EventKind) -> Option<Sentence> {
        let (subject, text) = match *kind {
            EventKind::ZoneDisrupted {
                zone,
                state,
                per_hour,
            } => {
                let zone = self.zone(zone);
                let text = format!("{zone} {}: {}", zone_words(state), pace_words(per_hour));
                (zone, text)
            }
            EventKind::ZoneRecovered { zone } => {
                let zone = self.zone(zone);
                let text = format!("{zone} is as usual again");
                (zone, text)
            }
            EventKind::AllZonesDisrupted {} => (
                self.cluster.name.clone(),
                "no zone has a Ready node: nothing is tainted or evicted".to_owned(),
            ),
            EventKind::AllZonesRecovered {} => (
                self.cluster.name.clone(),
                "some zone has a Ready node again".to_owned(),
            ),
            _ => return None,
        };
        Some(sentence(subject, text))
    }

    fn zone(&self, zone: Option<ZoneIdx>) -> String {
        let name = zone.and_then(|zone| self.cluster.zones.get(zone.index()));
        name.map_or_else(
            || "the zone of unlabeled nodes".to_owned(),
            |name| format!("zone {name}"),
        )
    }
}

fn zone_words(state: ZoneState) -> &'static str {
    match state {
        ZoneState::Normal => "is as usual",
        ZoneState::FullDisruption => "has no Ready node",
        ZoneState::PartialDisruption => "has lost most of its nodes",
    }
}

fn pace_words(per_hour: u32) -> String {
    match 3_600_u32.checked_div(per_hour) {
        None => "none of them is tainted".to_owned(),
        Some(secs) => format!("one node is tainted every {secs} s"),
    }
}

/// Parts of the control plane that are lost.
pub(super) fn tell_lost_control(kind: &EventKind) -> Option<Sentence> {
    let text = match *kind {
        EventKind::EtcdMembersLost { lost, of } => {
            format!("{} of {of} lost", count(lost, "etcd member"))
        }
        EventKind::EtcdMembersBack { lost: 0, of } => format!("all {of} etcd members are back"),
        EventKind::EtcdMembersBack { lost, of } => {
            format!("etcd members are back: {lost} of {of} still lost")
        }
        EventKind::EtcdQuorumLost { left, needed } => {
            format!("etcd has lost its quorum: {left} left of {needed} needed")
        }
        EventKind::EtcdLeaderLost {} => "etcd has lost its leader and elects another".to_owned(),
        EventKind::EtcdLeaderElected {} => "etcd has a leader again".to_owned(),
        EventKind::ApiServersAway { away, of } => {
            format!("{} of {of} away", count(away, "API server"))
        }
        EventKind::ApiServersBack { away: 0, of } => format!("all {of} API servers are back"),
        EventKind::ApiServersBack { away, of } => {
            format!("API servers are back: {away} of {of} still away")
        }
        _ => return None,
    };
    Some(sentence("control plane", text))
}
