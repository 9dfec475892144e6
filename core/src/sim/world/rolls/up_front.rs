//! Nodes that are added before the first is drained: EKS' for every zone, AKS' surge, and a whole
//! green pool (k8s-truth §9).

use std::collections::BTreeMap;

use super::{Goal, RollStage, Task};
use crate::ids::NodeIdx;
use crate::plan::{PoolStrategy, batch};
use crate::sim::trace::EventKind;
use crate::sim::world::rolls::lanes::eks_parallel;
use crate::sim::world::{Action, Ctx, World};
use crate::units::KubeVersion;

impl World {
    /// Orders the nodes that come first.
    pub(super) fn order_up_front(&mut self, ctx: &Ctx<'_>) {
        let Some(roll) = &self.roll else {
            return;
        };
        let (strategy, event, n_tasks) = (roll.strategy, roll.event, roll.n_tasks);
        let models: Vec<_> = roll.queue.iter().filter_map(as_model).collect();
        if models.is_empty() {
            return;
        }
        let ordered = match strategy {
            PoolStrategy::Eks(eks) => {
                let size = self.pool_size(models[0].0);
                let parallel = eks_parallel(eks.max_unavailable, size);
                self.spread_over_zones(ctx, &models, parallel)
            }
            PoolStrategy::Aks(aks) => {
                let count = batch::aks_surge(aks.max_surge, n_tasks) as usize;
                models.into_iter().take(count).collect()
            }
            PoolStrategy::BlueGreen(_) => models,
            PoolStrategy::Surge { .. }
            | PoolStrategy::Unavailable { .. }
            | PoolStrategy::Gke(_)
            | PoolStrategy::ClusterApi(_)
            | PoolStrategy::Kured(_)
            | PoolStrategy::Kubeadm(_)
            | PoolStrategy::Kops(_)
            | PoolStrategy::Karpenter(_) => Vec::new(),
        };
        let is_green = matches!(strategy, PoolStrategy::BlueGreen(_));
        for (old, to) in ordered {
            let new = self.await_node(ctx, old, to, event);
            if let Some(roll) = self.roll.as_mut().filter(|_| !is_green) {
                roll.extras.push(new);
            }
        }
    }

    /// EKS: the nodes after which the added ones are made, zone after zone in turn.
    fn spread_over_zones(
        &self,
        ctx: &Ctx<'_>,
        models: &[(NodeIdx, KubeVersion)],
        max_unavailable: u32,
    ) -> Vec<(NodeIdx, KubeVersion)> {
        let mut by_zone: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for model in models {
            let zone = self.zone_name(ctx, model.0);
            by_zone.entry(zone).or_default().push(*model);
        }
        let zones: Vec<_> = by_zone.into_values().collect();
        let count = batch::eks_extra_nodes(max_unavailable, zones.len() as u32) as usize;
        let pick = |index: usize| {
            let of_zone = &zones[index % zones.len()];
            of_zone[index / zones.len() % of_zone.len()]
        };
        (0..count).map(pick).collect()
    }

    /// Every node that comes first is Ready. EKS and blue-green mark all old nodes unschedulable
    /// before the first is drained.
    pub(super) fn cordon_old_nodes(&mut self, ctx: &Ctx<'_>) {
        let roll = self.roll.as_mut().expect("a roll is under way");
        let cordons = match roll.strategy {
            PoolStrategy::Eks(_) | PoolStrategy::BlueGreen(_) => !roll.queue.is_empty(),
            PoolStrategy::Surge { .. }
            | PoolStrategy::Unavailable { .. }
            | PoolStrategy::Gke(_)
            | PoolStrategy::Aks(_)
            | PoolStrategy::ClusterApi(_)
            | PoolStrategy::Kured(_)
            | PoolStrategy::Kubeadm(_)
            | PoolStrategy::Kops(_)
            | PoolStrategy::Karpenter(_) => false,
        };
        let (number, event) = (roll.number, roll.event);
        if cordons && !self.control.answers() {
            self.control.waiting.push(Action::RollGoesOn(number));
            return;
        }
        roll.stage = RollStage::Rolling;
        if cordons {
            let old: Vec<_> = roll.queue.iter().map(|task| task.node).collect();
            for node in old {
                let state = &mut self.nodes[node.index()];
                if state.present && !std::mem::replace(&mut state.cordoned, true) {
                    self.refresh_room(node);
                    self.emit_node(node, EventKind::NodeCordoned { node }, Some(event));
                }
            }
        }
        self.fill_slots(ctx);
    }
}

/// A node after which another can be made, and what that one runs.
fn as_model(task: &Task) -> Option<(NodeIdx, KubeVersion)> {
    match task.goal {
        Goal::Run(to) => Some((task.node, to)),
        Goal::Leave | Goal::Restore(_) => None,
    }
}
