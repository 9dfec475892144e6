//! Preemption: a pod without a node displaces pods of lower priority from one (k8s-truth §5.3).
//!
//! Victims get their full grace; budgets are asked and not obeyed. The node is kept for the pod,
//! which is scheduled once they are gone.

use super::scheduler::{Nomination, pod_view};
use super::{Ctx, World};
use crate::ids::{Maybe, NodeIdx, PodIdx};
use crate::inventory::WorkloadType;
use crate::rng;
use crate::sim::scheduler::filters::Change;
use crate::sim::scheduler::fit;
use crate::sim::scheduler::preemption::{
    Candidate, Victim, by_importance, candidates_to_find, part_by_budgets, pick,
};
use crate::sim::scheduler::view::{NodeView, PodView};
use crate::sim::trace::{EventKind, PodLevel};
use crate::snapshot::PreemptionPolicy;

/// How often one pod displaces others before it only waits. Upstream goes on for ever where victims
/// are replaced on the very node, because they may be there and the pod may not be beside them.
pub(super) const MOST_ATTEMPTS: u8 = 16;

impl World {
    /// Displaces what is in a parked pod's way on the best node, or on the `only` one.
    pub(super) fn preempt(&mut self, ctx: &Ctx<'_>, pod: PodIdx, only: Option<NodeIdx>) {
        let view = pod_view(ctx, &self.pods[pod.index()]);
        if ctx.workload(self, pod).preemption == PreemptionPolicy::Never
            || view.priority <= self.scheduling.lowest_priority
            || self.pods[pod.index()].displacements >= MOST_ATTEMPTS
        {
            return;
        }
        if only.is_some_and(|node| !self.has_lower(ctx, node, view.priority)) {
            return;
        }
        self.count_neighbors(&view);
        if self.waits_for_victims(ctx, pod, &view) {
            return;
        }
        let nodes = self.nodes_to_preempt(ctx, pod, &view, only);
        let wanted = candidates_to_find(nodes.len());
        let mut candidates: Vec<Candidate> = Vec::new();
        let key = self.pods[pod.index()].key;
        // Upstream starts anywhere; here the pod's own luck says where.
        let offset = key.checked_rem(nodes.len() as u64).unwrap_or(0) as usize;
        for node in nodes[offset..].iter().chain(&nodes[..offset]) {
            candidates.extend(self.try_without_victims(ctx, pod, &view, *node));
            let harmless = candidates.iter().any(|candidate| candidate.violations == 0);
            if harmless && candidates.len() >= wanted {
                break;
            }
        }
        if let Some(candidate) = pick(candidates) {
            self.displace(ctx, pod, &candidate);
        }
    }

    /// Whether victims of an earlier attempt are still stopping on the node that is kept for the
    /// pod; unless that node cannot take it any more.
    fn waits_for_victims(&mut self, ctx: &Ctx<'_>, pod: PodIdx, view: &PodView<'_>) -> bool {
        let Some(node) = self.nomination(pod) else {
            return false;
        };
        let room = self.rooms[node.index()];
        let reason = self.rejection_by(ctx, pod, view, &room);
        let hopeless = reason.is_some_and(|reason| !reason.is_resolvable());
        room.is_present()
            && !hopeless
            && self.nodes[node.index()].pods.iter().any(|other| {
                let stops = self.pods[other.index()].level == PodLevel::Terminating;
                stops && ctx.workload(self, *other).priority < view.priority
            })
    }

    /// Nodes that reject the pod for something that removing pods may change.
    fn nodes_to_preempt(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        only: Option<NodeIdx>,
    ) -> Vec<NodeIdx> {
        let asked = only.map_or(0..self.rooms.len(), |node| node.index()..node.index() + 1);
        let mut nodes = Vec::new();
        for index in asked {
            let room = self.rooms[index];
            let kept = &self.scheduling.counts.extended;
            let is_big_enough = fit::fits(self.nodes[index].allocatable, view.requests)
                && kept.is_big_enough(room.idx, view.extended);
            if !room.is_present() || !is_big_enough {
                continue;
            }
            let reason = self.rejection_by(ctx, pod, view, &room);
            if reason.is_some_and(crate::sim::trace::Reason::is_resolvable) {
                nodes.push(room.idx);
            }
        }
        nodes
    }

    /// Takes every pod of lower priority off a node in thought, and puts back as many as fit
    /// beside the pod: first those whose budget would be violated, the more important first.
    fn try_without_victims(
        &mut self,
        ctx: &Ctx<'_>,
        pod: PodIdx,
        view: &PodView<'_>,
        node: NodeIdx,
    ) -> Option<Candidate> {
        let mut potential = self.potential_victims(ctx, view, node);
        potential.sort_by(by_importance);
        if potential.is_empty() {
            return None;
        }
        let mut used = self.nodes[node.index()].used;
        for victim in &potential {
            used.release(ctx.workload(self, victim.pod).requests);
            self.change_counts(ctx, view, Change::Remove, (victim.pod, node));
        }
        let allocatable = self.nodes[node.index()].allocatable;
        let base = self.rooms[node.index()];
        let room = |used| NodeView {
            free: fit::free(allocatable, used),
            ..base
        };
        let mut victims = Vec::new();
        let mut violations = 0;
        let fits = self.rejection_by(ctx, pod, view, &room(used)).is_none();
        if fits {
            let (violating, others) = part_by_budgets(
                &potential,
                |victim| self.budgets_of(ctx, victim),
                |budget| self.budgets[budget.index()].allowed,
            );
            let n_violating = violating.len();
            for (position, victim) in violating.into_iter().chain(others).enumerate() {
                let before = used;
                used.take(ctx.workload(self, victim.pod).requests);
                self.change_counts(ctx, view, Change::Add, (victim.pod, node));
                if self.rejection_by(ctx, pod, view, &room(used)).is_some() {
                    used = before;
                    self.change_counts(ctx, view, Change::Remove, (victim.pod, node));
                    violations += u32::from(position < n_violating);
                    victims.push(victim);
                }
            }
        }
        for victim in if fits { &victims } else { &potential } {
            self.change_counts(ctx, view, Change::Add, (victim.pod, node));
        }
        victims.sort_by(by_importance);
        let luck = rng::child_key(self.pods[pod.index()].key, self.nodes[node.index()].key);
        (!victims.is_empty()).then_some(Candidate {
            node,
            victims,
            violations,
            luck,
        })
    }

    /// Whether any pod on a node is of lower priority.
    fn has_lower(&self, ctx: &Ctx<'_>, node: NodeIdx, priority: i32) -> bool {
        let mut pods = self.nodes[node.index()].pods.iter();
        pods.any(|pod| ctx.workload(self, *pod).priority < priority)
    }

    /// The pods of lower priority on a node. A mirror pod is none: its deletion stops nothing.
    fn potential_victims(&self, ctx: &Ctx<'_>, view: &PodView<'_>, node: NodeIdx) -> Vec<Victim> {
        let pods = self.nodes[node.index()].pods.iter().copied();
        pods.filter_map(|pod| {
            let workload = ctx.workload(self, pod);
            let lower = workload.priority < view.priority;
            let stopped = self.pods[pod.index()].stopped;
            (lower && !stopped && workload.kind != WorkloadType::Static).then(|| Victim {
                pod,
                priority: workload.priority,
                started: self.pods[pod.index()].running_at,
            })
        })
        .collect()
    }

    /// Keeps the node for the pod and deletes its victims.
    fn displace(&mut self, ctx: &Ctx<'_>, pod: PodIdx, candidate: &Candidate) {
        let node = candidate.node;
        self.pods[pod.index()].displacements += 1;
        let priority = ctx.workload(self, pod).priority;
        let cause = self.pods[pod.index()].last.get();
        let gives_way = |known: &Nomination| known.node == node && known.priority < priority;
        self.scheduling.n_changes += 1;
        let nominations = &mut self.scheduling.nominations;
        nominations.retain(|known| known.pod != pod);
        let homeless: Vec<PodIdx> = nominations
            .extract_if(.., |known| gives_way(known))
            .map(|known| known.pod)
            .collect();
        nominations.push(Nomination {
            pod,
            node,
            priority,
        });
        for victim in &candidate.victims {
            let victim = victim.pod;
            let state = &self.pods[victim.index()];
            // One that stops already need not be told, and one victim may take another along.
            let stays = !matches!(state.level, PodLevel::Terminating | PodLevel::Absent);
            if stays && state.node == Maybe::some(node) {
                let kind = EventKind::PodPreempted {
                    pod: victim,
                    node,
                    by: pod,
                };
                let event = self.emit_pod(victim, kind, cause);
                self.terminate(ctx, victim, event);
            }
        }
        for other in homeless {
            if self.pods[other.index()].level == PodLevel::Pending {
                self.retry(ctx, other, None);
            }
        }
    }
}
