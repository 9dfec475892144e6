//! How many nodes of a pool are under way at a time, which is next, and in which way (k8s-truth
//! §9).

use super::{Goal, Roll, RollStage, Slot, Task, Way};
use crate::ids::NodeIdx;
use crate::plan::{Batches, PoolStrategy, batch};
use crate::rng::{self, Purpose};
use crate::sim::world::{Ctx, World};
use crate::units::{IntOrPercent, SimTime};

/// Nodes that a managed node group of EKS drains at a time at most.
const EKS_PARALLEL_MAX: u32 = 100;

/// How many nodes are under way at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lanes {
    /// Nodes whose successor comes first.
    surge: u32,
    /// Nodes that are missing meanwhile.
    missing: u32,
}

/// What a roll does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next task of the queue, in this way.
    Begin(Way),
    /// Nothing, until something else happens.
    Wait,
    /// Nothing, until then.
    WaitUntil(SimTime),
    /// A batch of blue nodes is done.
    Batch,
    /// The queue is done.
    Close,
}

impl Lanes {
    /// The lanes of a strategy for so many nodes to upgrade, in a pool of so many. Those of GKE are
    /// of a zone and are taken anew for each.
    pub(super) fn new(strategy: PoolStrategy, n_tasks: u32, size: u32) -> Self {
        let (surge, missing) = match strategy {
            PoolStrategy::Surge { max_surge, .. } => (max_surge.max(1), 0),
            PoolStrategy::Unavailable {
                max_unavailable, ..
            } => (0, max_unavailable.max(1)),
            PoolStrategy::Gke(gke) => {
                let parallel = batch::gke_parallel(gke.max_surge, gke.max_unavailable, n_tasks);
                let surge = gke.max_surge.min(parallel);
                (surge, parallel - surge)
            }
            PoolStrategy::Eks(eks) => (0, eks_parallel(eks.max_unavailable, size)),
            PoolStrategy::Aks(aks) => {
                let added = batch::aks_surge(aks.max_surge, n_tasks);
                let away = batch::aks_surge(aks.max_unavailable, n_tasks);
                (0, (added + away).max(1))
            }
            PoolStrategy::BlueGreen(settings) => {
                let batch = match settings.batches {
                    Batches::Gke => batch::gke_blue_green_batch(settings.batch, n_tasks),
                    Batches::Aks => batch::aks_blue_green_batch(settings.batch, n_tasks),
                };
                (0, batch)
            }
            PoolStrategy::ClusterApi(settings) => {
                let (surge, missing) = (settings.max_surge, settings.max_unavailable);
                fenceposts(surge, missing, size)
            }
            PoolStrategy::Kured(kured) => (0, kured.concurrency),
            PoolStrategy::Kubeadm(_) => (0, 1),
            PoolStrategy::Karpenter(settings) => {
                (batch::kops_surge(settings.budget, size).max(1), 0)
            }
            PoolStrategy::Kops(kops) => {
                let surge = batch::kops_surge(kops.max_surge, size);
                let missing = batch::kops_unavailable(kops.max_unavailable, size);
                (surge, missing)
            }
        };
        // What rounds down to nothing on both sides still moves one node.
        let batches = matches!(strategy, PoolStrategy::BlueGreen(_));
        let missing = missing.max(u32::from(surge == 0 && !batches));
        Self { surge, missing }
    }

    /// Nodes of a batch of blue ones; none when they are not drained at all.
    pub(super) fn batch(self) -> u32 {
        self.missing
    }
}

/// Nodes that EKS drains at a time.
pub(super) fn eks_parallel(max_unavailable: IntOrPercent, size: u32) -> u32 {
    let count = max_unavailable.scaled_down(size).max(1);
    u32::try_from(count).map_or(1, |count| count.min(EKS_PARALLEL_MAX))
}

/// The limits of a `MachineDeployment`, which are those of a deployment.
fn fenceposts(max_surge: IntOrPercent, max_unavailable: IntOrPercent, size: u32) -> (u32, u32) {
    let posts = crate::sim::fenceposts::resolve(Some(max_surge), Some(max_unavailable), size);
    let count = |posts: i64| u32::try_from(posts).unwrap_or(0);
    (count(posts.surge), count(posts.unavailable))
}

/// How a strategy takes a node out whose successor does not come first.
fn way_without_surge(strategy: PoolStrategy) -> Way {
    match strategy {
        PoolStrategy::Unavailable { .. } | PoolStrategy::Gke(_) | PoolStrategy::Aks(_) => {
            Way::InPlace
        }
        PoolStrategy::Kubeadm(_) => Way::Restart,
        PoolStrategy::Kured(_) => Way::Reboot,
        PoolStrategy::Surge { .. }
        | PoolStrategy::Eks(_)
        | PoolStrategy::ClusterApi(_)
        | PoolStrategy::Kops(_)
        | PoolStrategy::Karpenter(_) => Way::Exchange,
        PoolStrategy::BlueGreen(_) => Way::Blue,
    }
}

impl Roll {
    /// Slots that take a lane, those in surge and the others.
    fn taken(&self) -> (u32, u32) {
        let surge = |slot: &&Slot| slot.way == Way::Surge;
        let n_surge = self.slots.iter().filter(surge).count() as u32;
        (n_surge, self.slots.len() as u32 - n_surge)
    }

    /// The way in which the next task may begin, if a lane is free for it.
    fn free_way(&self, goal: Goal) -> Option<Way> {
        let (surge, missing) = self.taken();
        if surge + missing >= self.lanes.surge + self.lanes.missing {
            return None;
        }
        if goal == Goal::Leave {
            return Some(Way::Leave);
        }
        if surge < self.lanes.surge {
            return Some(Way::Surge);
        }
        let free = missing < self.lanes.missing;
        free.then(|| way_without_surge(self.strategy))
    }

    /// Puts the first task whose time has come next; when none has, tells when the first will.
    fn bring_forward(&mut self, now: SimTime) -> Option<SimTime> {
        let waiting = &self.queue[self.begun..];
        let due = waiting.iter().position(|task| task.not_before <= now);
        match due {
            Some(position) => {
                let rest = &mut self.queue[self.begun..];
                rest[..=position].rotate_right(1);
                None
            }
            None => waiting.iter().map(|task| task.not_before).min(),
        }
    }
}

impl World {
    /// What the roll under way does next.
    pub(super) fn next_of_roll(&mut self) -> Next {
        let now = self.now();
        let Some(roll) = &mut self.roll else {
            return Next::Wait;
        };
        match roll.stage {
            RollStage::Preparing | RollStage::Soaking(_) | RollStage::PoolSoaking(_) => {
                return Next::Wait;
            }
            RollStage::Rolling | RollStage::Closing => {}
        }
        let in_batches = matches!(roll.strategy, PoolStrategy::BlueGreen(_));
        if in_batches && roll.stage == RollStage::Rolling {
            return next_of_batch(roll);
        }
        let is_idle = roll.slots.is_empty() && roll.awaited.is_empty();
        if roll.begun == roll.queue.len() {
            return if is_idle { Next::Close } else { Next::Wait };
        }
        roll.ask_again(now);
        if let Some(at) = roll.bring_forward(now) {
            return Next::WaitUntil(at);
        }
        let Task { node, goal, .. } = roll.queue[roll.begun];
        if matches!(roll.strategy, PoolStrategy::Gke(_)) && !self.is_zone_open(node) {
            return Next::Wait;
        }
        let roll = self.roll.as_ref().expect("a roll is under way");
        roll.free_way(goal).map_or(Next::Wait, Next::Begin)
    }

    /// GKE: whether a node's zone may be begun; one zone is done before the next (§9.1).
    fn is_zone_open(&mut self, node: NodeIdx) -> bool {
        let zone = self.nodes[node.index()].zone;
        let roll = self.roll.as_ref().expect("a roll is under way");
        let open = roll.in_zone.map(|of| self.nodes[of.index()].zone);
        if open == Some(zone) {
            return true;
        }
        if !roll.slots.is_empty() {
            return false;
        }
        let waiting = roll.queue[roll.begun..].iter();
        let of_zone = waiting.filter(|task| self.nodes[task.node.index()].zone == zone);
        let in_zone = of_zone.filter(|task| task.goal != Goal::Leave).count() as u32;
        let lanes = Lanes::new(roll.strategy, in_zone, in_zone);
        let roll = self.roll.as_mut().expect("a roll is under way");
        (roll.lanes, roll.in_zone) = (lanes, Some(node));
        true
    }

    /// The name of a node's zone; those without one come last.
    pub(super) fn zone_name<'a>(&self, ctx: &Ctx<'a>, node: NodeIdx) -> Option<&'a str> {
        let zone = self.nodes[node.index()].zone?;
        Some(ctx.cluster.zones[zone.index()].as_str())
    }

    /// Puts tasks in the order in which a strategy takes them.
    pub(super) fn sort_tasks(&self, ctx: &Ctx<'_>, strategy: PoolStrategy, queue: &mut [Task]) {
        match strategy {
            PoolStrategy::Gke(_) => queue.sort_by_key(|task| {
                let name = self.zone_name(ctx, task.node);
                (name.is_none(), name)
            }),
            // Nodes are taken at random, each by luck of its own; what is too many goes first.
            PoolStrategy::Eks(_) => queue.sort_by_cached_key(|task| {
                let key = rng::child_key(self.nodes[task.node.index()].key, 5);
                let luck = self.streams.open(key, Purpose::RollOrder).bits();
                (task.goal != Goal::Leave, luck)
            }),
            PoolStrategy::Surge { .. }
            | PoolStrategy::Unavailable { .. }
            | PoolStrategy::Aks(_)
            | PoolStrategy::BlueGreen(_)
            | PoolStrategy::ClusterApi(_)
            | PoolStrategy::Kured(_)
            | PoolStrategy::Kubeadm(_)
            | PoolStrategy::Kops(_)
            | PoolStrategy::Karpenter(_) => {}
        }
    }
}

/// What a blue-green roll does next: a batch is begun as one, and is done as one.
fn next_of_batch(roll: &Roll) -> Next {
    let batch = roll.lanes.batch() as usize;
    let is_last = roll.begun == roll.queue.len();
    if batch == 0 {
        return Next::Close;
    }
    let at_boundary = roll.begun.is_multiple_of(batch) || is_last;
    match (roll.slots.is_empty(), at_boundary) {
        (false, true) => Next::Wait,
        (true, true) if roll.begun > 0 && !roll.batch_soaked => Next::Batch,
        (true, true) if is_last => Next::Close,
        (true | false, _) => Next::Begin(Way::Blue),
    }
}
