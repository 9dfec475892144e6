//! Cluster API: a drained machine waits until its volumes are detached (k8s-truth §9.4).
//!
//! After a drain that was done nothing holds a volume there any more. After one that ran out of
//! time the pods that are left hold theirs, and without a limit the machine waits for ever.

use super::{RollStage, Slot, Stage};
use crate::ids::{EventId, NodeIdx, PodIdx};
use crate::plan::{ClusterApi, PoolStrategy};
use crate::sim::trace::{EventKind, PodLevel};
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
        if self.nodes[node.index()].lease_lapsed {
            // Nobody there could unmount them.
            return false;
        }
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

    /// Whether whoever drains does not wait for the end of a deleted pod: Cluster API on a node
    /// that is Unknown, whose kubelet will not tell of it.
    pub(in crate::sim::world) fn takes_for_gone(&self, node: NodeIdx) -> bool {
        self.nodes[node.index()].lease_lapsed && self.cluster_api().is_some()
    }

    /// A node is Unknown: Cluster API goes on without the pods that are deleted there already.
    pub(in crate::sim::world) fn skip_deleted(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if !self.takes_for_gone(node) {
            return;
        }
        for pod in self.nodes[node.index()].pods.clone() {
            if self.pods[pod.index()].level == PodLevel::Terminating {
                self.skip_wait_for(ctx, pod, node);
            }
        }
    }

    /// A drain waits for a deleted pod no more, whose object stays.
    pub(in crate::sim::world) fn skip_wait_for(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        node: NodeIdx,
    ) {
        let state = &mut self.pods[pod.index()];
        if let Some(event) = state
            .last
            .get()
            .filter(|_| std::mem::take(&mut state.in_drain))
        {
            self.drained_pod_gone(ctx, pod, node, event);
        }
    }

    /// The settings of a `MachineDeployment`, where one rolls the pool.
    pub(in crate::sim::world) fn cluster_api(&self) -> Option<ClusterApi> {
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
            | PoolStrategy::Kops(_)
            | PoolStrategy::Karpenter(_) => None,
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
