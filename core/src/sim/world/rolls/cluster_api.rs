//! Cluster API: a drained machine waits until its volumes are detached (k8s-truth §9.4).
//!
//! After a drain that was done nothing holds a volume there any more. After one that ran out of
//! time the pods that are left hold theirs, and without a limit the machine waits for ever.

use super::{RollStage, Slot, Stage};
use crate::ids::{EventId, NodeIdx};
use crate::plan::{ClusterApi, PoolStrategy};
use crate::sim::trace::EventKind;
use crate::sim::world::pods::exclusive;
use crate::sim::world::{Ctx, World};
use crate::units::{SimDuration, SimTime};

impl World {
    /// Whether a drained node's machine has to wait for volumes; tells so when it has.
    pub(super) fn wait_for_volumes(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        event: EventId,
    ) -> bool {
        let Some(settings) = self.cluster_api() else {
            return false;
        };
        let volumes = self.volumes_held(ctx, node);
        if volumes == 0 {
            return false;
        }
        let timeout = settings.node_volume_detach_timeout;
        let until = (timeout > SimDuration::ZERO).then(|| self.now() + timeout);
        if let Some(slot) = self.roll.as_mut().and_then(|roll| roll.slot_of(node)) {
            slot.stage = Stage::AwaitsVolumes(until);
        }
        self.emit_node(
            node,
            EventKind::VolumesAwaited { node, volumes },
            Some(event),
        );
        if let Some(until) = until {
            self.wake_roll_at(until);
        }
        true
    }

    fn cluster_api(&self) -> Option<ClusterApi> {
        match self.roll.as_ref()?.strategy {
            PoolStrategy::ClusterApi(settings) => Some(settings),
            PoolStrategy::Surge { .. }
            | PoolStrategy::Unavailable { .. }
            | PoolStrategy::Gke(_)
            | PoolStrategy::Eks(_)
            | PoolStrategy::Aks(_)
            | PoolStrategy::BlueGreen(_)
            | PoolStrategy::Kured(_)
            | PoolStrategy::Kubeadm(_)
            | PoolStrategy::Kops(_) => None,
        }
    }

    /// Volumes attached to a node, but for those of pods that no drain takes away.
    fn volumes_held(&self, ctx: &Ctx<'_>, node: NodeIdx) -> u32 {
        let held = self.drained_pods(ctx, node).flat_map(|pod| {
            let volumes = exclusive(ctx.cluster, self.pods[pod.index()].mounts);
            volumes.filter(move |volume| {
                let state = &self.volumes[volume.index()];
                state.node == Some(node) && state.holders.contains(&pod)
            })
        });
        let mut held: Vec<_> = held.collect();
        held.sort_unstable();
        held.dedup();
        held.len() as u32
    }

    /// A volume was let go of: machines that waited for it alone are deleted.
    pub(in crate::sim::world) fn volume_let_go(&mut self, ctx: &Ctx<'_>) {
        if self.cluster_api().is_none() {
            return;
        }
        let waits = |slot: &&Slot| matches!(slot.stage, Stage::AwaitsVolumes(_));
        let Some(roll) = &self.roll else {
            return;
        };
        let waiting: Vec<_> = roll.slots.iter().filter(waits).map(|s| s.old).collect();
        for node in waiting {
            if self.volumes_held(ctx, node) == 0 {
                self.leave_without_volumes(ctx, node);
            }
        }
    }

    /// Machines whose time to wait for volumes is over are deleted with them.
    pub(super) fn give_up_volumes(&mut self, ctx: &Ctx<'_>, now: SimTime) {
        let Some(roll) = self.roll.as_ref().filter(|r| r.stage == RollStage::Rolling) else {
            return;
        };
        let is_over =
            |slot: &&Slot| matches!(slot.stage, Stage::AwaitsVolumes(Some(until)) if until <= now);
        let over: Vec<_> = roll.slots.iter().filter(is_over).map(|s| s.old).collect();
        for node in over {
            self.leave_without_volumes(ctx, node);
        }
    }

    fn leave_without_volumes(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if let Some(slot) = self.roll.as_mut().and_then(|roll| roll.slot_of(node)) {
            slot.stage = Stage::Leaving;
        }
        self.retire_node(ctx, node);
    }
}
