//! What the scheduler says of a pod without a node, and the event behind it.

use super::scheduler::pod_view;
use super::{Ctx, World};
use crate::ids::{EventId, PodIdx, RefusalIdx};
use crate::inventory::Pressures;
use crate::sim::scheduler::fit;
use crate::sim::scheduler::view::{Health, NodeView, PodView};
use crate::sim::trace::{ApiComponent, EventKind, Reason, Refusal, Unschedulable};

/// Why a pod has no node.
struct Finding {
    refusal: Refusal,
    why: Unschedulable,
    /// The event behind it, where the scheduler's own words lead to one: a node that would take
    /// the pod and is not Ready.
    cause: Option<EventId>,
}

impl World {
    /// Tells that no node takes a pod, and what is wrong with each.
    pub(super) fn tell_unschedulable(&mut self, ctx: &Ctx<'_>, pod: PodIdx) {
        let finding = self.look_at_nodes(ctx, pod);
        let cause = finding.cause.or(self.pods[pod.index()].last.get());
        self.tell_finding(pod, finding, cause);
    }

    /// Tells anew of pods that still wait where the reasons are not those that were told.
    pub(super) fn retell_unschedulable(&mut self, ctx: &Ctx<'_>) {
        if !self.control.works(ApiComponent::Scheduler) {
            return;
        }
        for pod in self.parked.clone() {
            let Some(before) = self.pods[pod.index()].last.get() else {
                continue;
            };
            let Some(event) = self.log.get(before).copied() else {
                continue;
            };
            let EventKind::PodUnschedulable { told, .. } = event.kind else {
                continue;
            };
            let finding = self.look_at_nodes(ctx, pod);
            if finding.refusal != self.scheduling.refusals[told.index()] {
                // What was told before does not hold, so nothing follows from it.
                let cause = finding.cause.or(event.cause);
                self.tell_finding(pod, finding, cause);
            }
        }
    }

    fn tell_finding(&mut self, pod: PodIdx, finding: Finding, cause: Option<EventId>) {
        let told = RefusalIdx::new(self.scheduling.refusals.len());
        self.scheduling.refusals.push(finding.refusal);
        let why = finding.why;
        self.emit_pod(pod, EventKind::PodUnschedulable { pod, why, told }, cause);
    }

    /// Asks every node that is there.
    fn look_at_nodes(&mut self, ctx: &Ctx<'_>, pod: PodIdx) -> Finding {
        let view = pod_view(ctx, &self.pods[pod.index()]);
        self.count_neighbors(&view);
        let mut finding = Finding {
            refusal: Refusal::default(),
            why: Unschedulable::NoPlace,
            cause: None,
        };
        for index in 0..self.rooms.len() {
            let room = self.rooms[index];
            if !room.is_present() {
                continue;
            }
            finding.refusal.nodes += 1;
            let Some(reason) = self.rejection_by(ctx, pod, &view, &room) else {
                continue;
            };
            self.count(&mut finding.refusal, reason, &room, &view);
            if self.would_have_room(ctx, pod, &view, (&room, reason)) {
                finding.why = Unschedulable::NoRoom;
            }
            let unready = matches!(reason, Reason::NotReady | Reason::Unreachable);
            if finding.cause.is_none() && unready && self.would_take(ctx, pod, &view, &room) {
                finding.cause = self.nodes[index].last;
            }
        }
        finding
    }

    /// Whether a node is a place for the pod, and what it lacks is room: its own, or that it is
    /// out of use for the time being.
    fn would_have_room(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        (room, reason): (&NodeView, Reason),
    ) -> bool {
        match reason {
            Reason::Insufficient(_) | Reason::VolumeLimit => true,
            Reason::Lacks(_) => self.has_devices(room, view),
            Reason::Unschedulable
            | Reason::NotReady
            | Reason::Unreachable
            | Reason::Pressure(_) => {
                let named = view.placement.named.as_ref();
                let pinned = view.daemon_of.is_some()
                    || view.volumes().any(|volume| volume.node.is_some())
                    || named.is_some_and(|named| named.len() == 1);
                let reason = self.rejection_by(ctx, pod, view, &in_use(room));
                !pinned
                    && matches!(
                        reason,
                        None | Some(
                            Reason::Insufficient(_) | Reason::Lacks(_) | Reason::VolumeLimit
                        )
                    )
                    && self.has_devices(room, view)
            }
            Reason::Tainted(_)
            | Reason::NodeAffinity
            | Reason::OtherNode
            | Reason::Volume
            | Reason::SpreadLabelMissing
            | Reason::Spread
            | Reason::Affinity
            | Reason::HostPort
            | Reason::AntiAffinity
            | Reason::ExistingAntiAffinity => false,
        }
    }

    /// Whether a node has enough devices for the pod, free or not. One that never had them is no
    /// place for it.
    fn has_devices(&self, room: &NodeView, view: &PodView<'_>) -> bool {
        let kept = &self.scheduling.counts.extended;
        kept.is_big_enough(room.idx, view.extended)
    }

    /// Whether a node would take the pod if it were Ready.
    fn would_take(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        room: &NodeView,
    ) -> bool {
        self.rejection_by(ctx, pod, view, &in_use(room)).is_none()
    }

    /// Counts a node's reason; of resources, each that is short.
    fn count(&self, refusal: &mut Refusal, reason: Reason, room: &NodeView, view: &PodView<'_>) {
        if !matches!(reason, Reason::Insufficient(_) | Reason::Lacks(_)) {
            refusal.count(reason);
            return;
        }
        let short = fit::insufficient(room.free, view.requests).into_iter();
        let kept = &self.scheduling.counts.extended;
        let lacking = kept.lacking(room.idx, view.extended).map(Reason::Lacks);
        let mut all = short.map(Reason::Insufficient).chain(lacking).peekable();
        if all.peek().is_none() {
            // It is short of it only beside the pods that it is kept for.
            refusal.count(reason);
        }
        all.for_each(|reason| refusal.count(reason));
    }
}

/// A node as it would be in use.
fn in_use(room: &NodeView) -> NodeView {
    NodeView {
        health: Health::Ready,
        cordoned: false,
        pressures: Pressures::default(),
        open: true,
        ..*room
    }
}
