//! `VolumeBinding`: every bound volume pins its pod to the zones, or to the node, in which it can
//! be used (k8s-truth §5.2).

use super::view::{NodeView, PodView};
use crate::inventory::Volume;
use crate::sim::trace::Reason;

/// Why the node does not take the pod.
#[inline]
pub(crate) fn reject(node: &NodeView, pod: &PodView<'_>) -> Option<Reason> {
    let usable = |volume: &Volume| {
        let right_node = volume.node.is_none_or(|only| only == node.idx);
        let in_zones = |zone| volume.zones.contains(&zone);
        let right_zone = volume.zones.is_empty() || node.zone.is_some_and(in_zones);
        right_node && right_zone
    };
    (!pod.volumes().all(usable)).then_some(Reason::Volume)
}
