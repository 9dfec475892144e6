//! The way back: every node returns to the kubelet it had, by the same drains; the control plane
//! stays, since managed ones cannot go back (k8s-truth §7).
//!
//! What has joined beside a node that stays is one too many, and goes. What took the place of a
//! node that is gone is replaced in turn, and where nothing did, a node is added. What the snapshot
//! does not tell cannot be restored; such
//! nodes stay, and a roll-back that leaves any has failed.

use std::collections::BTreeMap;

use super::rolls::{Goal, RollPurpose, RollSpec, Task};
use super::{Ctx, World};
use crate::ids::{EventId, NodeIdx, PoolIdx};
use crate::plan::{DrainPolicy, PoolStrategy, Step};
use crate::sim::trace::{ClusterOutcome, EventKind, StepFailure};
use crate::units::KubeVersion;

/// What the way back asks of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayBack {
    /// It is as it was, or the control plane's own, which stays with it.
    None,
    /// It was added beside a node that stays.
    Surplus,
    /// It is to run what it ran, or what the node ran whose place it has.
    To(KubeVersion),
    /// Nothing stands for it any more; it ran this.
    Gone(KubeVersion),
    /// The snapshot does not tell what it ran.
    Unknown,
}

/// How a pool goes back. After a blue-green upgrade the old nodes are in use again, and the new
/// ones are drained one after the other like any surplus (§9.1); every other way goes back as it
/// came.
fn way_back(strategy: PoolStrategy) -> PoolStrategy {
    match strategy {
        PoolStrategy::BlueGreen(_) => PoolStrategy::Surge {
            max_surge: 1,
            node_timeout: None,
        },
        PoolStrategy::Surge { .. }
        | PoolStrategy::Unavailable { .. }
        | PoolStrategy::Gke(_)
        | PoolStrategy::Eks(_)
        | PoolStrategy::Aks(_)
        | PoolStrategy::ClusterApi(_)
        | PoolStrategy::Kured(_)
        | PoolStrategy::Kubeadm(_)
        | PoolStrategy::Kops(_)
        | PoolStrategy::Karpenter(_) => strategy,
    }
}

impl World {
    /// Starts the way back: nodes left cordoned are used again, then the pools go back, last
    /// upgraded first. The upgrade had reached the step at this position.
    pub(super) fn begin_roll_back(
        &mut self,
        ctx: &Ctx<'_>,
        reached: Option<usize>,
        cause: EventId,
    ) {
        let event = self.emit(EventKind::RollBackStarted {}, Some(cause));
        let mut way_back: Vec<PoolIdx> = Vec::new();
        let begun = reached.map_or(ctx.steps, |reached| &ctx.steps[..=reached]);
        for step in begun {
            if let Step::Pool { pool, .. } = step {
                // A pool that was upgraded twice counts from its last time.
                way_back.retain(|other| other != pool);
                way_back.push(*pool);
            }
        }
        let heirs = self.heirs();
        for pool in &way_back {
            let nodes = self.ways_back(ctx, *pool, &heirs);
            let nodes = nodes.iter().filter(|(_, way)| *way == WayBack::Unknown);
            let nodes = nodes.count() as u32;
            if nodes > 0 {
                let kind = EventKind::NodesCannotGoBack { pool: *pool, nodes };
                self.course.stays = Some(self.emit(kind, Some(event)));
            }
        }
        // Whatever is used again, or goes, is in quarantine no more.
        self.quarantined.clear();
        for index in 0..self.nodes.len() {
            let node = NodeIdx::new(index);
            let left = self.is_left_cordoned(ctx, node) && !self.nodes[index].retiring;
            let rests = matches!(
                self.way_back(ctx, node, &heirs),
                WayBack::None | WayBack::Unknown
            );
            if left && rests {
                self.uncordon(ctx, node, event);
            }
        }
        way_back.retain(|pool| !self.tasks_back(ctx, *pool).is_empty());
        self.course.way_back = way_back;
        self.next_pool_back(ctx, event);
    }

    /// For each node of the snapshot that which stands for it: itself, or the first that was made
    /// after it and is there to stay.
    fn heirs(&self) -> BTreeMap<NodeIdx, NodeIdx> {
        let mut heirs = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            if node.present && !node.retiring {
                let node = NodeIdx::new(index);
                heirs.entry(self.model_of(node)).or_insert(node);
            }
        }
        heirs
    }

    /// Whether another node stands for what this one was made after.
    fn is_beside(&self, node: NodeIdx, heirs: &BTreeMap<NodeIdx, NodeIdx>) -> bool {
        let heir = heirs.get(&self.model_of(node));
        heir.is_some_and(|heir| *heir != node)
    }

    /// What the way back asks of a node that is there to stay.
    fn way_back(
        &self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        heirs: &BTreeMap<NodeIdx, NodeIdx>,
    ) -> WayBack {
        let state = &self.nodes[node.index()];
        if self.is_beside(node, heirs) {
            return WayBack::Surplus;
        }
        if ctx.cluster.pools[state.pool.index()].control_plane {
            return WayBack::None;
        }
        let before = ctx.cluster.nodes[self.model_of(node).index()]
            .kubelet
            .value();
        match before {
            Some(before) if state.kubelet == Some(*before) => WayBack::None,
            Some(before) => WayBack::To(*before),
            None if state.kubelet.is_none() => WayBack::None,
            None => WayBack::Unknown,
        }
    }

    /// What the way back asks of each node of a pool, and of those that are gone for good.
    fn ways_back(
        &self,
        ctx: &Ctx<'_>,
        pool: PoolIdx,
        heirs: &BTreeMap<NodeIdx, NodeIdx>,
    ) -> Vec<(NodeIdx, WayBack)> {
        let nodes = self.nodes.iter().enumerate();
        let there = nodes
            .filter(|(_, node)| node.present && !node.retiring && node.pool == pool)
            .map(|(index, _)| NodeIdx::new(index))
            .map(|node| (node, self.way_back(ctx, node, heirs)));
        let before = ctx.cluster.nodes.iter().enumerate();
        let gone = before
            .filter(|(_, node)| node.pool == pool)
            .map(|(index, node)| (NodeIdx::new(index), node.kubelet.value()))
            .filter(|(node, _)| !heirs.contains_key(node))
            .map(|(node, kubelet)| {
                let way = kubelet.map_or(WayBack::Unknown, |before| WayBack::Gone(*before));
                (node, way)
            });
        there.chain(gone).collect()
    }

    /// What is to be done in a pool: what is too many goes first, which makes room in the
    /// provider's limit.
    fn tasks_back(&self, ctx: &Ctx<'_>, pool: PoolIdx) -> Vec<Task> {
        let ways = self.ways_back(ctx, pool, &self.heirs());
        let goal_of = |way: WayBack| match way {
            WayBack::Surplus => Some(Goal::Leave),
            WayBack::To(before) => Some(Goal::Run(before)),
            WayBack::Gone(before) => Some(Goal::Restore(before)),
            WayBack::None | WayBack::Unknown => None,
        };
        let tasks = ways.into_iter().filter_map(|(node, way)| {
            let goal = goal_of(way)?;
            Some(Task::new(node, goal))
        });
        let (mut tasks, rest): (Vec<_>, Vec<_>) = tasks.partition(|task| task.goal == Goal::Leave);
        tasks.extend(rest);
        tasks
    }

    fn next_pool_back(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        let Some(pool) = self.course.way_back.pop() else {
            self.course.all_back = Some(cause);
            self.conclude_roll_back(ctx);
            return;
        };
        let (strategy, drain) = policy_of(ctx.steps, pool);
        let strategy = way_back(strategy);
        let tasks = self.tasks_back(ctx, pool);
        let surplus = tasks.iter().filter(|task| task.goal == Goal::Leave).count() as u32;
        let kind = EventKind::PoolRollBackStarted {
            pool,
            nodes: tasks.len() as u32 - surplus,
            surplus,
        };
        let event = self.emit(kind, Some(cause));
        self.course.step_event = Some(event);
        self.course.going_back = Some(pool);
        let spec = RollSpec {
            purpose: RollPurpose::RollBack,
            strategy,
            drain,
        };
        self.begin_roll(ctx, spec, tasks, event);
    }

    /// Nothing is left to do in a pool.
    pub(super) fn pool_is_back(&mut self, ctx: &Ctx<'_>) {
        let pool = self
            .course
            .going_back
            .take()
            .expect("a pool was on its way back");
        let began = self.course.step_event;
        let event = self.emit(EventKind::PoolRollBackFinished { pool }, began);
        self.next_pool_back(ctx, event);
    }

    /// Ends the way back once all pools are done, the last node that the upgrade drained is
    /// deleted, and every node that was in use is again.
    pub(super) fn conclude_roll_back(&mut self, ctx: &Ctx<'_>) {
        let Some(cause) = self.course.all_back else {
            return;
        };
        let mut nodes = (0..self.nodes.len()).map(NodeIdx::new);
        if nodes.any(|node| self.is_left_cordoned(ctx, node)) || self.course.is_over() {
            return;
        }
        if let Some(stays) = self.course.stays {
            self.fail_roll_back(StepFailure::VersionUnknown, stays);
            return;
        }
        let event = self.emit(EventKind::ClusterRolledBack {}, Some(cause));
        self.end_upgrade(ClusterOutcome::RolledBack, event);
    }

    /// Whether a node is there, cordoned, and was not so in the snapshot. Every node that waits
    /// for its deletion is.
    fn is_left_cordoned(&self, ctx: &Ctx<'_>, node: NodeIdx) -> bool {
        let state = &self.nodes[node.index()];
        let before = ctx.cluster.nodes.get(node.index());
        let was_cordoned = before.is_some_and(|node| node.unschedulable);
        state.present && (state.retiring || state.cordoned && !was_cordoned)
    }

    /// The way back fails as an upgrade can.
    pub(super) fn fail_roll_back(&mut self, why: StepFailure, cause: EventId) {
        let event = self.emit(EventKind::RollBackFailed { why }, Some(cause));
        self.tell_surge_left(event);
        self.end_upgrade(ClusterOutcome::Failed, event);
    }

    /// Tells of the nodes that surge ordered or added beside old ones that stay: without a way
    /// back, or after one that failed, nobody deletes them.
    pub(super) fn tell_surge_left(&mut self, cause: EventId) {
        let heirs = self.heirs();
        let beside = |(index, node): &(usize, &super::Node)| {
            let goes = node.deleted || node.retiring;
            !goes && self.is_beside(NodeIdx::new(*index), &heirs)
        };
        let nodes = self.nodes.iter().enumerate().filter(beside).count() as u32;
        if nodes > 0 {
            self.emit(EventKind::SurgeNodesLeft { nodes }, Some(cause));
        }
    }
}

/// How a pool was rolled last, which is how it goes back.
fn policy_of(steps: &[Step], pool: PoolIdx) -> (PoolStrategy, DrainPolicy) {
    let of_pool = steps.iter().rev().find_map(|step| match step {
        Step::Pool {
            pool: of,
            strategy,
            drain,
            ..
        } => (*of == pool).then_some((*strategy, *drain)),
        Step::ControlPlane { .. } | Step::Cni | Step::Observe { .. } => None,
    });
    of_pool.expect("a pool on its way back has a step")
}
