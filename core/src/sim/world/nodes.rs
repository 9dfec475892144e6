//! A node's life: ordered, booted, Ready, rebuilt, deleted (k8s-truth §6, §9).

use super::contact::Contact;
use super::state::{Network, Node};
use super::{Action, Ctx, World};
use crate::durations::{self, Quantity};
use crate::ids::{EventId, NodeIdx};
use crate::inventory::{Pressures, Provider, Resources};
use crate::plan::PoolStrategy;
use crate::rng::{self, Distribution, Purpose};
use crate::sim::trace::{EventKind, PodLevel, PodTrouble, StepFailure, suffix};
use crate::units::{KubeVersion, SimDuration, SimTime};

impl World {
    /// Orders a node like `old`, in its zone, to run `kubelet`.
    pub(super) fn order_node(
        &mut self,
        ctx: &Ctx<'_>,
        old: NodeIdx,
        kubelet: KubeVersion,
        cause: EventId,
    ) -> NodeIdx {
        let node = NodeIdx::new(self.nodes.len());
        let model = &mut self.nodes[old.index()];
        model.n_made += 1;
        // The first successor has the same luck under every strategy.
        let key = match model.n_made {
            1 => rng::child_key(model.key, 1),
            more => rng::child_key(rng::child_key(model.key, 4), u64::from(more)),
        };
        let model = &self.nodes[old.index()];
        let pool = &ctx.cluster.pools[model.pool.index()];
        self.node_names
            .push(format!("{}-{}", pool.name, suffix(key, 0)));
        self.nodes.push(Node {
            pool: model.pool,
            zone: model.zone,
            look: model.look,
            allocatable: model.allocatable,
            used: Resources::default(),
            scored: Resources::default(),
            present: false,
            ready: false,
            ready_since: SimTime::ZERO,
            cordoned: false,
            pressures: Pressures::default(),
            network: Network::Starting,
            lease_lapsed: false,
            contact: Contact::default(),
            kubelet: Some(kubelet),
            boots: 0,
            key,
            last: None,
            drain: None,
            retiring: false,
            deleted: false,
            pods: Vec::with_capacity(model.pods.capacity()),
            made_from: Some(old),
            n_made: 0,
        });
        let size = self.nodes[node.index()].allocatable;
        self.audit.add_node_like(old, size);
        self.add_room(node);
        self.scheduling.domains.add_node(old);
        self.keep_node(old);
        self.emit_node(node, EventKind::NodeRequested { node }, Some(cause));
        self.cut_off_newcomer(ctx, node);
        self.boot_node(node, Quantity::NodeBoot);
        node
    }

    /// Takes a drained node away to rebuild it in place with `kubelet`.
    pub(super) fn rebuild_node(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeIdx,
        kubelet: KubeVersion,
        cause: EventId,
    ) {
        let event = self.emit_node(
            node,
            EventKind::NodeRebuilding { node, kubelet },
            Some(cause),
        );
        self.quarantined.remove(&node);
        self.forget_newcomer(node);
        let state = &mut self.nodes[node.index()];
        state.ready = false;
        state.lease_lapsed = false;
        state.contact.begin_anew();
        state.kubelet = Some(kubelet);
        state.network = Network::Starting;
        self.refresh_room(node);
        self.lose_pods(ctx, node, event);
        self.check_at_next_tick();
        self.boot_node(node, Quantity::NodeRebuild);
    }

    /// How long something takes with a node.
    pub(super) fn node_duration(&self, quantity: Quantity, node: NodeIdx) -> &Distribution {
        self.durations
            .of_pool(quantity, self.nodes[node.index()].pool)
    }

    /// Boots a machine, and starts the clock of a provider that gives up on slow ones. A boot
    /// under way is forgotten: its machine is taken away for this one.
    fn boot_node(&mut self, node: NodeIdx, quantity: Quantity) {
        let (delay, boot) = self.next_boot(node, quantity);
        self.nodes[node.index()].pressures = Pressures::default();
        self.refresh_room(node);
        self.schedule(delay, Action::NodeBooted(node, boot));
        if let Some(timeout) = self
            .roll
            .as_ref()
            .and_then(super::rolls::Roll::node_timeout)
        {
            self.schedule(timeout, Action::NodeDeadline(node, boot));
        }
    }

    /// How long a node's next boot takes, and its number, which makes entries of earlier ones
    /// stale.
    pub(super) fn next_boot(&mut self, node: NodeIdx, quantity: Quantity) -> (SimDuration, u32) {
        let state = &mut self.nodes[node.index()];
        state.boots += 1;
        let takes = self.durations.of_pool(quantity, state.pool);
        let luck = rng::child_key(state.key, u64::from(state.boots));
        let delay = self.streams.open(luck, Purpose::NodeBoot).duration(takes);
        (delay, state.boots)
    }

    /// A machine has booted: it registers, gets its daemons, and waits for its network.
    pub(super) fn node_booted(&mut self, ctx: &Ctx<'_>, node: NodeIdx, boot: u32) {
        let state = &mut self.nodes[node.index()];
        if state.boots != boot {
            return;
        }
        state.present = true;
        let kubelet = state
            .kubelet
            .expect("a node that boots was given a kubelet");
        let cause = state.last;
        let joined = self.emit_node(node, EventKind::NodeJoined { node, kubelet }, cause);
        self.refresh_room(node);
        // Pods that wait and tolerate a node that is not Ready are faster than its daemons, which
        // have to be created first.
        self.wake_parked(ctx, node);
        self.start_static_pods(ctx, node, joined);
        self.add_daemons(ctx, node);
    }

    /// A node's CNI pod starts, or breaks.
    pub(super) fn start_network(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if let Some(fault) = self.cni_fault_on(ctx, node) {
            self.break_cni(node, fault);
            return;
        }
        let state = &self.nodes[node.index()];
        let boot = state.boots;
        let luck = rng::child_key(state.key, 2);
        let mut luck = self.streams.open(luck, Purpose::NodeBoot);
        let takes = self.node_duration(Quantity::CniRestart, node);
        let network = luck.duration(takes) + self.control.write_latency();
        self.schedule(network, Action::NodeNetworkUp(node, boot));
    }

    /// A new node's network works, which is the last thing it needed to be Ready.
    pub(super) fn node_network_up(&mut self, ctx: &Ctx<'_>, node: NodeIdx, boot: u32) {
        let state = &mut self.nodes[node.index()];
        if state.boots != boot || state.network != Network::Starting || !state.present {
            return;
        }
        state.network = Network::Working;
        let cause = state.last;
        self.make_node_ready(ctx, node, cause);
    }

    /// A node becomes Ready, and everything that waited for that follows.
    pub(super) fn make_node_ready(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: Option<EventId>) {
        let event = self.emit_node(node, EventKind::NodeReady { node }, cause);
        self.nodes[node.index()].ready = true;
        self.nodes[node.index()].ready_since = self.now();
        self.refresh_room(node);
        self.check_at_next_tick();
        if self.control.lapsing_since.is_some() {
            self.plan_check();
        }
        self.start_waiting_pods(ctx, node, event);
        self.wake_parked(ctx, node);
        self.roll_node_ready(ctx, node, event);
    }

    /// Pods on a node that has come back: those that run are ready, those that could not start do.
    pub(super) fn start_waiting_pods(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        let now = self.now();
        for pod in self.nodes[node.index()].pods.clone() {
            let state = &self.pods[pod.index()];
            if state.level != PodLevel::Starting || state.sick {
                continue;
            }
            if state.running_at <= now {
                self.make_ready(ctx, pod, Some(event));
            } else if state.running_at == SimTime::MAX {
                self.start_pod(ctx, pod);
            }
        }
    }

    /// The node of the inventory that this one goes back to.
    pub(super) fn model_of(&self, node: NodeIdx) -> NodeIdx {
        let mut model = node;
        while let Some(older) = self.nodes[model.index()].made_from {
            model = older;
        }
        model
    }

    /// A provider's patience with a node is over.
    pub(super) fn node_deadline(&mut self, ctx: &Ctx<'_>, node: NodeIdx, boot: u32) {
        let state = &self.nodes[node.index()];
        let awaited = self
            .roll
            .as_ref()
            .is_some_and(|roll| roll.waits_for_node(node));
        if state.boots != boot || state.ready || !awaited {
            return;
        }
        let last = state.last;
        let unanswered = self.control.api_trouble();
        let cause = unanswered.filter(|_| !self.control.answers()).or(last);
        let event = self.emit_node(node, EventKind::NodeTimedOut { node }, cause);
        self.fail_roll(ctx, StepFailure::NodeTimeout, event);
    }

    /// Deletes a drained node's machine.
    pub(super) fn delete_node(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if !self.nodes[node.index()].present {
            return;
        }
        let cause = self.nodes[node.index()].last;
        let event = self.emit_node(node, EventKind::NodeRemoved { node }, cause);
        self.quarantined.remove(&node);
        self.forget_newcomer(node);
        let state = &mut self.nodes[node.index()];
        state.present = false;
        state.deleted = true;
        state.ready = false;
        state.lease_lapsed = false;
        self.refresh_room(node);
        self.check_at_next_tick();
        self.leave_orphans(ctx, node, event);
        let surplus = self.roll.as_ref().is_some_and(|roll| roll.is_surplus(node));
        self.counters.nodes_replaced += u64::from(!surplus);
        self.roll_node_removed(ctx, node, event);
        self.conclude_roll_back(ctx);
    }

    /// What is left on a deleted machine has stopped with it. Its objects stay until they are
    /// collected, and only then are they replaced (§4.5). The end of the node says enough of pods
    /// that belong to it.
    fn leave_orphans(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        for pod in self.nodes[node.index()].pods.clone() {
            if self.pods[pod.index()].level == PodLevel::Ready && !self.is_daemon(ctx, pod) {
                let why = PodTrouble::NodeGone;
                let event = self.emit_pod(pod, EventKind::PodUnready { pod, why }, Some(event));
                self.leave_ready(ctx, pod, event);
                self.pods[pod.index()].level = PodLevel::Starting;
            }
            // Nobody is left to tell that it is ready.
            self.pods[pod.index()].epoch += 1;
        }
        if self.has_pods(node) {
            self.orphan_pods(node);
        }
        self.forget_daemons(ctx, node, event);
        self.wake_neighbors(ctx);
    }

    /// Whether objects of pods are bound to a node, finished ones among them.
    fn has_pods(&self, node: NodeIdx) -> bool {
        let finished = self
            .finished
            .get(&node)
            .is_some_and(|pods| !pods.is_empty());
        finished || !self.nodes[node.index()].pods.is_empty()
    }

    /// Everything left on a machine that is made anew dies with it.
    fn lose_pods(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        for pod in self.nodes[node.index()].pods.clone() {
            self.lose_pod(ctx, pod, event);
        }
        self.lose_finished(ctx, node, event);
        self.forget_daemons(ctx, node, event);
        self.wake_neighbors(ctx);
    }

    /// Daemons' pods that wait for a node have nothing to wait for without it.
    fn forget_daemons(&mut self, ctx: &Ctx<'_>, node: NodeIdx, event: EventId) {
        for pod in self.parked.clone() {
            if self.pods[pod.index()].daemon_of.get() == Some(node) {
                let gone = self.emit_pod(pod, EventKind::PodGone { pod }, Some(event));
                self.workloads[self.pods[pod.index()].workload.index()].active -= 1;
                self.remove_pod(ctx, pod, gone);
            }
        }
    }

    /// Schedules the deletion of a drained node.
    pub(super) fn retire_node(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        self.nodes[node.index()].retiring = true;
        let key = rng::child_key(self.nodes[node.index()].key, 3);
        let mut luck = self.streams.open(key, Purpose::NodeBoot);
        let deletion = luck.duration(self.node_duration(Quantity::NodeDelete, node));
        let settle = luck.duration(self.settle_after_drain(ctx, node));
        self.schedule(settle + deletion, Action::NodeDelete(node));
    }

    /// What the strategy's provider waits between the end of a drain and the machine's deletion: by
    /// the table where the cluster is that provider's, and as it does by default elsewhere.
    fn settle_after_drain(&self, ctx: &Ctx<'_>, node: NodeIdx) -> &Distribution {
        let own = ctx.cluster.provider.value().copied();
        let by = match self.roll.as_ref().map(|roll| roll.strategy) {
            Some(PoolStrategy::Surge { .. } | PoolStrategy::Unavailable { .. }) | None => own,
            Some(PoolStrategy::Eks(_)) => Some(Provider::Eks),
            Some(PoolStrategy::Kops(_)) => Some(Provider::Kops),
            Some(PoolStrategy::Aks(_)) => Some(Provider::Aks),
            // Two providers do so.
            Some(PoolStrategy::BlueGreen(_)) if own == Some(Provider::Aks) => own,
            Some(PoolStrategy::BlueGreen(_) | PoolStrategy::Gke(_)) => Some(Provider::Gke),
            Some(PoolStrategy::ClusterApi(_)) => Some(Provider::ClusterApi),
            Some(
                PoolStrategy::Kured(_) | PoolStrategy::Kubeadm(_) | PoolStrategy::Karpenter(_),
            ) => Some(Provider::Kubeadm),
        };
        match by.filter(|_| by != own) {
            Some(elsewhere) => durations::default_at(Quantity::SettleAfterDrain, elsewhere),
            None => self.node_duration(Quantity::SettleAfterDrain, node),
        }
    }

    /// A machine that was ordered and has not joined is not wanted any more.
    pub(super) fn cancel_order(&mut self, node: NodeIdx, cause: EventId) {
        let state = &mut self.nodes[node.index()];
        state.boots += 1;
        state.deleted = true;
        self.emit_node(node, EventKind::NodeRemoved { node }, Some(cause));
    }
}
