//! The CNI's roll-out, node by node, and what a broken CNI means for a node.

use super::state::Network;
use super::{Action, Ctx, World};
use crate::durations::Quantity;
use crate::ids::{EventId, FaultIdx, NodeIdx};
use crate::rng::{self, Purpose};
use crate::sim::fault::FaultKind;
use crate::sim::fenceposts;
use crate::sim::timing;
use crate::sim::trace::{ApiComponent, EventKind};
use crate::units::IntOrPercent;

/// What CNI daemon sets commonly allow to be unavailable while they roll.
const MAX_UNAVAILABLE: IntOrPercent = IntOrPercent::Percent(10);

/// The CNI's daemon set being rolled.
#[derive(Debug)]
pub(super) struct CniRoll {
    queue: Vec<NodeIdx>,
    begun: usize,
    /// Nodes whose CNI pod is not ready.
    away: Vec<NodeIdx>,
    parallel: usize,
    event: EventId,
    /// Whether it was told that no controller-manager works, since one last did.
    waits: bool,
}

impl CniRoll {
    /// The nodes it waits for.
    pub(super) fn away(&self) -> &[NodeIdx] {
        &self.away
    }
}

impl World {
    /// Starts to roll the CNI over every node.
    pub(super) fn begin_cni(&mut self, ctx: &Ctx<'_>, event: EventId) {
        let queue: Vec<_> = (0..self.nodes.len())
            .filter(|index| self.nodes[*index].present)
            .map(NodeIdx::new)
            .collect();
        let parallel =
            fenceposts::daemon_set_unavailable(MAX_UNAVAILABLE, queue.len() as u32) as usize;
        self.cni = Some(CniRoll {
            queue,
            begun: 0,
            away: Vec::new(),
            parallel,
            event,
            waits: false,
        });
        self.roll_cni(ctx);
    }

    /// Restarts the CNI on as many nodes as may be away; without any left the step is done.
    ///
    /// It is the daemon set's controller that replaces pods, so nothing is restarted while no
    /// controller-manager works.
    pub(super) fn roll_cni(&mut self, ctx: &Ctx<'_>) {
        let lost = self.nodes.iter().filter(|node| node.lease_lapsed).count();
        while let Some(roll) = &mut self.cni {
            if roll.begun == roll.queue.len() {
                if roll.away.is_empty() {
                    self.cni = None;
                    self.finish_step(ctx);
                }
                return;
            }
            let next = roll.queue[roll.begun];
            let is_lost = |node: &NodeIdx| self.nodes[node.index()].lease_lapsed;
            // A pod on a node that is lost is away as it is, so its deletion takes none away.
            let away = roll.away.iter().filter(|node| !is_lost(node)).count() + lost;
            if away >= roll.parallel && !is_lost(&next) {
                return;
            }
            if !self.control.works(ApiComponent::ControllerManager) {
                if !std::mem::replace(&mut roll.waits, true) {
                    let cause = self.control.trouble(ApiComponent::ControllerManager);
                    self.emit(EventKind::CniRollWaits {}, cause);
                }
                return;
            }
            roll.waits = false;
            let node = next;
            roll.begun += 1;
            roll.away.push(node);
            let cause = roll.event;
            self.emit(EventKind::CniRestarting { node }, Some(cause));
            let key = rng::child_key(self.nodes[node.index()].key, 4);
            let restart = self
                .streams
                .open(key, Purpose::NodeBoot)
                .duration(self.node_duration(Quantity::CniRestart, node));
            let delay = restart + self.control.write_latency();
            self.schedule(delay, Action::CniRestarted(node));
        }
    }

    /// The CNI's pod on a node has restarted: it is ready, or it breaks.
    pub(super) fn cni_restarted(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if let Some(fault) = self.cni_fault_on(ctx, node) {
            self.break_cni(node, fault);
            return;
        }
        let cause = self.cni.as_ref().map(|roll| roll.event);
        self.emit(EventKind::CniReady { node }, cause);
        self.cni_is_back(ctx, node);
    }

    fn cni_is_back(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        if let Some(roll) = &mut self.cni {
            roll.away.retain(|other| *other != node);
            self.roll_cni(ctx);
        }
    }

    /// The fault that keeps the CNI's new version from starting on a node, if one does.
    pub(super) fn cni_fault_on(&self, ctx: &Ctx<'_>, node: NodeIdx) -> Option<FaultIdx> {
        (0..ctx.faults.len()).map(FaultIdx::new).find(|fault| {
            ctx.faults[fault.index()].kind == FaultKind::CniBreak
                && self.faults[fault.index()].active.is_some()
                && self.hits_node(ctx, *fault, node)
        })
    }

    /// The CNI does not come up on a node.
    pub(super) fn break_cni(&mut self, node: NodeIdx, fault: FaultIdx) {
        self.nodes[node.index()].network = Network::Broken;
        let cause = self.faults[fault.index()].active;
        self.emit_node(node, EventKind::CniBroken { node, fault }, cause);
    }

    /// The fault is over: broken CNI pods come up with their next try.
    pub(super) fn repair_cni(&mut self) {
        for index in 0..self.nodes.len() {
            if self.nodes[index].network == Network::Broken {
                let key = rng::child_key(self.nodes[index].key, 5);
                let mut luck = self.streams.open(key, Purpose::Fault);
                let delay = luck.duration(&timing::CNI_BACKOFF);
                self.schedule(delay, Action::CniRepaired(NodeIdx::new(index)));
            }
        }
    }

    /// A crash-looping CNI pod tries once more.
    pub(super) fn cni_repaired(&mut self, ctx: &Ctx<'_>, node: NodeIdx) {
        let state = &self.nodes[node.index()];
        if state.network != Network::Broken
            || !state.present
            || self.cni_fault_on(ctx, node).is_some()
        {
            return;
        }
        let cause = self.last_fault_end();
        self.nodes[node.index()].network = Network::Working;
        let event = self.emit_node(node, EventKind::CniReady { node }, cause);
        let state = &self.nodes[node.index()];
        if state.ready {
            self.start_waiting_pods(ctx, node, event);
        } else if !state.lease_lapsed {
            self.make_node_ready(ctx, node, Some(event));
        }
        self.cni_is_back(ctx, node);
    }
}
