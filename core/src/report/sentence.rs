//! One sentence for each kind of event, with the names of what it is about.

use crate::ids::{
    BudgetIdx, FaultIdx, FinalizerIdx, NodeIdx, PodIdx, PoolIdx, RefusalIdx, VolumeIdx, WorkloadIdx,
};
use crate::inventory::{Cluster, Inventory};
use crate::plan::Plan;
use crate::report::control_plane::tell_control_plane;
use crate::report::losses::tell_lost_control;
use crate::report::rolling::{tell_kubelet, tell_rolling, tell_undrained};
use crate::report::words::{
    count, failure_words, fault_words, gate_unreadable_words, gate_words, invariant_words,
    outcome_words, step_label, step_words, trouble_words, unready_words,
};
use crate::sim::fault::{Fault, StepKind};
use crate::sim::trace::ClusterTrace;
use crate::sim::{Event, EventKind};
use crate::units::SimTime;

/// The names an event's indices stand for.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub inventory: &'a Inventory,
    pub plan: &'a Plan,
    pub faults: &'a [Fault],
    pub clusters: &'a [ClusterTrace],
}

/// What an event is about and what happened.
pub(super) struct Sentence {
    /// As `kind namespace/name`.
    pub subject: String,
    /// Without its full stop.
    pub text: String,
}

/// Writes it.
pub(super) fn sentence(subject: impl Into<String>, text: impl Into<String>) -> Sentence {
    Sentence {
        subject: subject.into(),
        text: text.into(),
    }
}

impl Names<'_> {
    /// Writes the sentence of an event.
    pub(super) fn tell(&self, event: &Event) -> Sentence {
        let Some(idx) = event.cluster else {
            return self.tell_fleet(&event.kind);
        };
        let cluster = ClusterNames {
            names: *self,
            cluster: &self.inventory.clusters[idx.index()],
            trace: &self.clusters[idx.index()],
        };
        let kind = &event.kind;
        None.or_else(|| cluster.tell_progress(kind, event.at))
            .or_else(|| tell_control_plane(kind))
            .or_else(|| tell_lost_control(kind))
            .or_else(|| cluster.tell_node(kind))
            .or_else(|| cluster.tell_pod(kind))
            .or_else(|| cluster.tell_budget(kind))
            .or_else(|| cluster.tell_loss(kind))
            .unwrap_or_else(|| sentence(&cluster.cluster.name, kind.reason()))
    }

    fn tell_fleet(&self, kind: &EventKind) -> Sentence {
        let wave = |wave: crate::ids::WaveIdx| {
            let name = self
                .plan
                .waves
                .get(wave.index())
                .map_or("", |wave| wave.name.as_str());
            format!("wave {} ({name})", wave.0 + 1)
        };
        match *kind {
            EventKind::RunStarted {} => {
                sentence("plan", format!("the plan to {} starts", self.plan.target))
            }
            EventKind::WaveStarted { wave: w } => sentence(wave(w), format!("{} starts", wave(w))),
            EventKind::WaveSoaking { wave: w } => sentence(
                wave(w),
                format!("{} is watched for {}", wave(w), self.plan.wave_soak),
            ),
            EventKind::WavePassed { wave: w } => sentence(wave(w), format!("{} passed", wave(w))),
            EventKind::WaveWentOn { wave: w, failed } => sentence(
                wave(w),
                format!(
                    "{} went on with {} failed",
                    wave(w),
                    count(failed, "cluster")
                ),
            ),
            EventKind::WaveHeld { wave: w } => sentence(
                wave(w),
                format!("{} holds: nothing further starts", wave(w)),
            ),
            EventKind::WaveStalled { wave: w } => sentence(
                wave(w),
                format!("{} stalls: a cluster of it will never end", wave(w)),
            ),
            EventKind::WaveUnfinished { wave: w } => sentence(
                wave(w),
                format!(
                    "{} is not finished: a cluster of it is still under way",
                    wave(w)
                ),
            ),
            EventKind::RunEnded { outcome } => sentence(
                "plan",
                format!("the rehearsal ends: {}", outcome_words(outcome)),
            ),
            ref other => sentence("plan", other.reason()),
        }
    }
}

/// The names of one cluster.
pub(super) struct ClusterNames<'a> {
    pub names: Names<'a>,
    pub cluster: &'a Cluster,
    pub trace: &'a ClusterTrace,
}

impl ClusterNames<'_> {
    /// A node's name.
    pub(super) fn node(&self, node: NodeIdx) -> &str {
        self.trace
            .nodes
            .get(node.index())
            .map_or("?", |row| row.name.as_str())
    }

    /// A pod's name with its namespace.
    pub(super) fn pod(&self, pod: PodIdx) -> String {
        let workload = self.trace.pods.get(pod.index()).map(|row| row.workload);
        let workload = workload.and_then(|idx| self.cluster.workloads.get(idx.index()));
        let namespace = workload.map_or("?", |workload| workload.namespace.as_str());
        format!("{namespace}/{}", self.trace.pod_name(self.cluster, pod))
    }

    pub(super) fn workload(&self, workload: WorkloadIdx) -> String {
        self.cluster
            .workloads
            .get(workload.index())
            .map_or_else(|| "?".to_owned(), |w| format!("{}/{}", w.namespace, w.name))
    }

    /// A budget's name with its namespace; one that a fault added is named after its workload.
    pub(super) fn budget(&self, budget: BudgetIdx) -> String {
        if let Some(known) = self.cluster.budgets.get(budget.index()) {
            return format!("{}/{}", known.namespace, known.name);
        }
        let added = budget.index() - self.cluster.budgets.len();
        let workload = self
            .trace
            .added_budgets
            .get(added)
            .map(|added| added.workload);
        workload.map_or_else(|| "?".to_owned(), |workload| self.workload(workload))
    }

    /// A pool's name.
    pub(super) fn pool(&self, pool: PoolIdx) -> &str {
        self.cluster
            .pools
            .get(pool.index())
            .map_or("?", |pool| pool.name.as_str())
    }

    /// What the scheduler said of a pod.
    fn refusal(&self, told: RefusalIdx) -> String {
        let refusal = self.trace.refusals.get(told.index());
        refusal.map_or_else(
            || "no node takes it".to_owned(),
            |refusal| refusal.message(&self.cluster.into()),
        )
    }

    /// A volume's claim.
    pub(super) fn volume(&self, volume: VolumeIdx) -> &str {
        self.cluster
            .volumes
            .get(volume.index())
            .map_or("?", |volume| volume.name.as_str())
    }

    /// A finalizer's name.
    pub(super) fn finalizer(&self, finalizer: FinalizerIdx) -> &str {
        let name = self.cluster.finalizers.get(finalizer.index());
        name.map_or("?", String::as_str)
    }

    fn fault(&self, fault: FaultIdx) -> &'static str {
        self.names
            .faults
            .get(fault.index())
            .map_or("a fault", |fault| fault_words(fault.kind))
    }

    /// What a step is called: the pool's own name where it is a pool.
    pub(super) fn step(&self, step: u16, of: StepKind) -> String {
        let planned = self.names.plan.waves.iter().flat_map(|wave| &wave.clusters);
        let mut planned = planned.filter(|plan| {
            self.names
                .inventory
                .clusters
                .get(plan.cluster.index())
                .map(|c| &c.name)
                == Some(&self.cluster.name)
        });
        let step = planned
            .next()
            .and_then(|plan| plan.steps.get(usize::from(step)));
        step.map_or_else(
            || step_words(of).to_owned(),
            |step| step_label(step, self.cluster),
        )
    }

    /// The cluster's way through the plan.
    fn tell_progress(&self, kind: &EventKind, at: SimTime) -> Option<Sentence> {
        let name = self.cluster.name.as_str();
        let text = match *kind {
            EventKind::SnapshotTaken {} => "is as the snapshot shows it".to_owned(),
            EventKind::DrainTyped { nodes } => {
                format!("is drained by hand: {}", count(nodes, "node"))
            }
            EventKind::WindowAwaited { opens_ms } => format!(
                "waits for its maintenance window, which opens in {}",
                SimTime::from_millis(opens_ms).since(at).rounded()
            ),
            EventKind::WindowOpened {} => "enters its maintenance window".to_owned(),
            EventKind::WindowNeverOpens {} => {
                "waits for a maintenance window that never opens".to_owned()
            }
            EventKind::ClusterStarted {} => "starts its upgrade".to_owned(),
            EventKind::StepStarted { step, of } => format!("starts {}", self.step(step, of)),
            EventKind::StepFinished { step, of } => format!("finishes {}", self.step(step, of)),
            EventKind::StepFailed { step, of, why } => {
                format!(
                    "gives up on {}: {}",
                    self.step(step, of),
                    failure_words(why)
                )
            }
            EventKind::GatesPassed {} => "passes every check".to_owned(),
            EventKind::InvariantBroken { invariant } => format!(
                "breaks a rule that always holds: {}",
                invariant_words(invariant)
            ),
            EventKind::GateFailed { gate, value, limit } => gate_words(gate, value, limit),
            EventKind::GateUnreadable { gate } => gate_unreadable_words(gate).to_owned(),
            EventKind::ClusterUpgraded {} => {
                format!("is upgraded to {}", self.names.plan.target)
            }
            EventKind::FaultStarted { fault } => {
                format!("is struck by a fault: {}", self.fault(fault))
            }
            EventKind::FaultEnded { fault } => format!("is rid of a fault: {}", self.fault(fault)),
            ref other => self.tell_ending(other).or_else(|| tell_rolling(other))?,
        };
        Some(sentence(
            format!("cluster {name}"),
            format!("{name} {text}"),
        ))
    }

    /// Nodes and their network.
    fn tell_node(&self, kind: &EventKind) -> Option<Sentence> {
        let (node, text) = match *kind {
            EventKind::NodeNotReadyInSnapshot { node } => {
                (node, "was not Ready in the snapshot".to_owned())
            }
            EventKind::CniRestarting { node } => (node, "restarts its CNI pod".to_owned()),
            EventKind::CniReady { node } => (node, "has a working network".to_owned()),
            EventKind::CniBroken { node, .. } => (
                node,
                "has no network: its CNI pod does not come up".to_owned(),
            ),
            EventKind::NodeCordoned { node } => (node, "is cordoned".to_owned()),
            EventKind::NodeUncordoned { node } => (node, "is uncordoned".to_owned()),
            EventKind::DrainStarted { node, pods } => {
                (node, format!("is drained: {} to evict", count(pods, "pod")))
            }
            EventKind::DrainWaitsForApi { node } => (
                node,
                "cannot be drained while the API does not answer".to_owned(),
            ),
            EventKind::DrainFinished { node } => (node, "is drained of its pods".to_owned()),
            EventKind::DrainTimedOut { node, pods } => (
                node,
                format!("could not be drained in time: {} left", count(pods, "pod")),
            ),
            EventKind::DrainGivenUp { node, pods } => (
                node,
                format!("is left half drained: {} left", count(pods, "pod")),
            ),
            EventKind::DrainForced { node, pods } => (
                node,
                format!(
                    "runs out of drain time: {} deleted, budgets or not",
                    count(pods, "pod")
                ),
            ),
            EventKind::DrainRefused { node, pods } => (
                node,
                format!("is not drained: {} need a flag", count(pods, "pod")),
            ),
            EventKind::DrainFailed { node, pods } => (
                node,
                format!("is not drained: {} cannot be evicted", count(pods, "pod")),
            ),
            EventKind::DrainStalled { node, pods } => (
                node,
                format!("is never drained: {} left for good", count(pods, "pod")),
            ),
            EventKind::NodeRequested { node } => (node, "is ordered".to_owned()),
            EventKind::NodeJoined { node, kubelet } => {
                (node, format!("joins with kubelet {kubelet}, not yet Ready"))
            }
            EventKind::NodeRebuilding { node, kubelet } => {
                (node, format!("is rebuilt with kubelet {kubelet}"))
            }
            EventKind::NodeReady { node } => (node, "is Ready".to_owned()),
            EventKind::NodeNotReady { node, why } => (node, trouble_words(why).to_owned()),
            EventKind::NodeTimedOut { node } => (
                node,
                "did not become Ready in its provider's time".to_owned(),
            ),
            EventKind::NodeRemoved { node } => (node, "is deleted".to_owned()),
            ref other => tell_undrained(other).or_else(|| tell_kubelet(other))?,
        };
        let name = self.node(node);
        Some(sentence(
            format!("node {name}"),
            format!("node {name} {text}"),
        ))
    }

    /// Pods.
    fn tell_pod(&self, kind: &EventKind) -> Option<Sentence> {
        let (pod, text) = match *kind {
            EventKind::PodUnreadyInSnapshot { pod, .. } => {
                (pod, "was not ready in the snapshot".to_owned())
            }
            EventKind::EvictionRefused { pod, node, budget } => (
                pod,
                format!(
                    "may not leave node {}: PDB {} allows no disruption",
                    self.node(node),
                    self.budget(budget)
                ),
            ),
            EventKind::EvictionFailed { pod, node } => (
                pod,
                format!(
                    "cannot leave node {}: two budgets select it",
                    self.node(node)
                ),
            ),
            EventKind::PodEvicted { pod, node, .. } => {
                (pod, format!("is evicted from node {}", self.node(node)))
            }
            EventKind::PodDeleted { pod, node } => (
                pod,
                format!(
                    "is deleted from node {} without asking its PDB",
                    self.node(node)
                ),
            ),
            EventKind::PodGone { pod } => (pod, "is gone".to_owned()),
            EventKind::PodLost { pod, node } => {
                (pod, format!("is lost with node {}", self.node(node)))
            }
            EventKind::PodCreated { pod } => (pod, "is created".to_owned()),
            EventKind::ReplacementWaits { pod } => (
                pod,
                "is not replaced: no controller-manager leads".to_owned(),
            ),
            EventKind::VolumeMoving { pod, volume } => (
                pod,
                format!("waits for volume {} to move", self.volume(volume)),
            ),
            EventKind::SandboxFailed { pod, node } => (
                pod,
                format!(
                    "cannot start: node {} has no working network",
                    self.node(node)
                ),
            ),
            EventKind::PodReady { pod } => (pod, "is ready".to_owned()),
            EventKind::PodUnready { pod, why } => (pod, unready_words(why).to_owned()),
            ref other => self.tell_scheduling(other)?,
        };
        let name = self.pod(pod);
        Some(sentence(
            format!("pod {name}"),
            format!("pod {name} {text}"),
        ))
    }

    /// What the scheduler does, as a pod and a clause after its name.
    fn tell_scheduling(&self, kind: &EventKind) -> Option<(PodIdx, String)> {
        Some(match *kind {
            EventKind::PodScheduled { pod, node } => {
                (pod, format!("is bound to node {}", self.node(node)))
            }
            EventKind::PodUnschedulable { pod, told, .. } => {
                (pod, format!("stays pending: {}", self.refusal(told)))
            }
            EventKind::PodGated { pod } => {
                let message = "Scheduling is blocked due to non-empty scheduling gates";
                (pod, format!("stays pending: {message}"))
            }
            EventKind::PodPreempted { pod, node, by } => (
                pod,
                format!(
                    "is preempted on node {} by pod {}",
                    self.node(node),
                    self.pod(by)
                ),
            ),
            _ => return None,
        })
    }

    /// Budgets.
    fn tell_budget(&self, kind: &EventKind) -> Option<Sentence> {
        let (budget, text) = match *kind {
            EventKind::BudgetNeverAllows {
                budget, desired: 0, ..
            } => (
                budget,
                "can never allow a disruption: it expects no pod, and then it allows none to go"
                    .to_owned(),
            ),
            EventKind::BudgetNeverAllows {
                budget,
                healthy,
                desired,
            } => (
                budget,
                format!(
                    "can never allow a disruption: it wants {desired} healthy of at most {healthy}"
                ),
            ),
            EventKind::BudgetFailsSafe { budget, pod, pods } => (
                budget,
                format!(
                    "allows no disruption (SyncFailed): it selects pod {}{}, whose owner has no \
                     scale to count by",
                    self.pod(pod),
                    match pods.saturating_sub(1) {
                        0 => String::new(),
                        more => format!(" and {more} more"),
                    }
                ),
            ),
            EventKind::BudgetsOverlap {
                workload,
                first,
                second,
            } => (
                first,
                format!(
                    "and PDB {} both select {}",
                    self.budget(second),
                    self.workload(workload)
                ),
            ),
            EventKind::BudgetTightened { budget, .. } => {
                (budget, "is tightened to allow no disruption".to_owned())
            }
            EventKind::BudgetRestored { budget, .. } => (budget, "is as it was before".to_owned()),
            _ => return None,
        };
        let name = self.budget(budget);
        Some(sentence(
            format!("pdb {name}"),
            format!("PDB {name} {text}"),
        ))
    }
}
