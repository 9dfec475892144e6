//! Every kind of event: what it says, how much it matters, and by which rule it follows from its
//! cause.
//!
//! One table holds all of it, so a kind cannot exist without its meaning, its level and its rule.
//! The doc comment of a kind is the sentence a report writes for it.

use super::words::{
    ApiComponent, Gate, NodeTrouble, Place, PodTrouble, RunOutcome, Severity, StepFailure,
    Unschedulable, Word,
};
use crate::ids::{BudgetIdx, FaultIdx, NodeIdx, PodIdx, PoolIdx, VolumeIdx, WaveIdx, WorkloadIdx};
use crate::sim::fault::StepKind;
use crate::units::KubeVersion;

/// Declares the kinds with their level and rule, and their canonical encoding.
macro_rules! event_kinds {
    ($(
        $(#[$doc:meta])*
        $kind:ident { $($field:ident: $type:ty),* } $level:ident $rule:literal
    )+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventKind {$(
            $(#[$doc])*
            $kind {$(
                #[doc = concat!("The `", stringify!($field), "` of the sentence.")]
                $field: $type,
            )*},
        )+}

        /// The position of each kind in the table, which is its number in the digest.
        #[repr(u8)]
        enum Tag { $($kind),+ }

        impl EventKind {
            /// A stable CamelCase name.
            pub fn reason(&self) -> &'static str {
                match self {$( Self::$kind { .. } => stringify!($kind), )+}
            }

            /// How much it matters to a reader.
            pub fn severity(&self) -> Severity {
                match self {$( Self::$kind { .. } => Severity::$level, )+}
            }

            /// Why it follows from its cause: a sentence with its source.
            pub fn rule(&self) -> &'static str {
                match self {$( Self::$kind { .. } => $rule, )+}
            }

            /// Appends the canonical bytes: the kind's number, then each field, little-endian.
            pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
                match *self {$(
                    Self::$kind { $($field),* } => {
                        bytes.push(Tag::$kind as u8);
                        $( bytes.extend_from_slice(&Word::word($field).to_le_bytes()); )*
                    }
                )+}
            }
        }
    };
}

event_kinds! {
    // The fleet.
    /// The rehearsal of the plan begins.
    RunStarted {} Info
        "The plan asks for it."
    /// A wave starts; its clusters may start.
    WaveStarted { wave: WaveIdx } Info
        "A wave starts when the wave before it has passed and been watched (plan)."
    /// Every cluster of the wave has ended; the wave is watched before the next may start.
    WaveSoaking { wave: WaveIdx } Info
        "A wave is watched for its soak after its last cluster (plan)."
    /// The wave has passed.
    WavePassed { wave: WaveIdx } Info
        "A wave passes at the end of its soak (plan)."
    /// The wave has ended and the plan goes on, though so many of its clusters failed.
    WaveWentOn { wave: WaveIdx, failed: u32 } Warning
        "A wave with failed clusters goes on when the plan's rule says so (plan)."
    /// The wave holds: nothing further starts, what runs may finish.
    WaveHeld { wave: WaveIdx } Bad
        "A cluster that fails its checks holds its wave when the plan's rule says so (plan)."
    /// The wave waits for a cluster that will never end.
    WaveStalled { wave: WaveIdx } Bad
        "A wave ends only when every cluster of it has ended (plan)."
    /// The wave waits for a cluster that is not finished when the rehearsal stops following it.
    WaveUnfinished { wave: WaveIdx } Bad
        "A wave ends only when every cluster of it has ended (plan)."
    /// The rehearsal ends: nothing is left to do.
    RunEnded { outcome: RunOutcome } Info
        "A rehearsal ends when nothing is left that could change anything."

    // A cluster's way through the plan.
    /// The snapshot shows the cluster as it was.
    SnapshotTaken {} Detail
        "The rehearsal starts from the snapshot."
    /// The snapshot shows a budget that can never allow a disruption: `healthy` pods at most,
    /// `desired` wanted.
    BudgetNeverAllows { budget: BudgetIdx, healthy: u32, desired: u32 } Warning
        "A budget whose desired healthy pods are all its pods never allows an eviction \
        (k8s-truth 2.6)."
    /// The snapshot shows a budget that allows no disruption because it selects pods of a workload
    /// that has no scale.
    BudgetFailsSafe { budget: BudgetIdx, workload: WorkloadIdx } Warning
        "A job, a daemon set or a static pod has no scale, finished or not, so a budget that \
        selects one and needs the scale allows nothing (k8s-truth 2.3)."
    /// The snapshot shows a workload that two budgets select.
    BudgetsOverlap { workload: WorkloadIdx, first: BudgetIdx, second: BudgetIdx } Warning
        "A pod that more than one budget selects cannot be evicted: the API answers 500 \
        (k8s-truth 1, step 6)."
    /// The snapshot shows a node that was not Ready.
    NodeNotReadyInSnapshot { node: NodeIdx } Warning
        "The rehearsal starts from the snapshot."
    /// The snapshot shows a pod that should have been ready and was not.
    PodUnreadyInSnapshot { pod: PodIdx, node: Option<NodeIdx> } Detail
        "The rehearsal starts from the snapshot."
    /// The cluster waits for its maintenance window, which opens at `opens_ms` of the rehearsal.
    WindowAwaited { opens_ms: u64 } Info
        "A cluster with windows starts only inside one (plan)."
    /// The maintenance window opens.
    WindowOpened {} Info
        "A window opens at its hour (plan)."
    /// The cluster's maintenance windows never open.
    WindowNeverOpens {} Bad
        "A cluster with windows starts only inside one (plan)."
    /// The cluster's upgrade starts.
    ClusterStarted {} Info
        "Clusters of a wave start in order, so many at once as the plan allows (plan)."
    /// A step of the cluster's plan starts; `step` is its position.
    StepStarted { step: u16, of: StepKind } Info
        "Steps of a cluster follow each other (plan)."
    /// A step of the cluster's plan is done.
    StepFinished { step: u16, of: StepKind } Info
        "A step ends when the last of its actions does (plan)."
    /// A step of the cluster's plan fails.
    StepFailed { step: u16, of: StepKind, why: StepFailure } Bad
        "A step fails when its provider gives up: a drain or a node took too long, or an \
        eviction can never be allowed (k8s-truth 9)."
    /// Every check of the plan is met.
    GatesPassed {} Info
        "Checks are taken at the end of the soak (plan)."
    /// A check of the plan is not met: the value and its limit, in the check's unit.
    GateFailed { gate: Gate, value: u64, limit: u64 } Bad
        "Checks are taken at the end of the soak, on the cluster as it is then (plan)."
    /// A check of the plan has nothing to be read from: the cluster has no nodes.
    GateUnreadable { gate: Gate } Bad
        "What cannot be read is not taken for a pass (plan)."
    /// The cluster reached its version and passed its checks.
    ClusterUpgraded {} Info
        "A cluster is upgraded when its last step is done and its checks are met (plan)."
    /// The cluster failed: a step or a check.
    ClusterFailed {} Bad
        "A cluster fails with a step or a check of it (plan)."
    /// The cluster fails, and so many nodes that surge added beside old ones stay.
    SurgeNodesLeft { nodes: u32 } Warning
        "A provider that gives up a surge leaves its nodes as they are; only a roll-back deletes \
        them (plan)."
    /// The cluster waits, in this place, and nothing will ever end the wait.
    ClusterStalled { place: Place } Bad
        "Nothing is left to happen in this cluster that could end the wait."
    /// The cluster is in this place, not finished within so many days.
    ClusterUnfinished { place: Place, days: u32 } Bad
        "A rehearsal follows a cluster for so long from its start, then leaves it as it is."
    /// The cluster's pools start to go back to their old version; the control plane stays.
    RollBackStarted {} Warning
        "The plan's rule for a failed cluster is to roll back; managed control planes cannot \
        (k8s-truth 7)."
    /// So many nodes of a pool stay as they are: the snapshot does not tell what they ran.
    NodesCannotGoBack { pool: PoolIdx, nodes: u32 } Bad
        "A node goes back to the version the snapshot tells, or to none."
    /// A pool starts to go back: so many nodes to their old version, and so many that were added
    /// beside old ones away.
    PoolRollBackStarted { pool: PoolIdx, nodes: u32, surplus: u32 } Info
        "Pools go back one by one, the last upgraded first (plan)."
    /// A pool's way back is done.
    PoolRollBackFinished { pool: PoolIdx } Info
        "A pool is done when its last node is."
    /// Every node of the cluster's pools runs what it ran before.
    ClusterRolledBack {} Warning
        "A roll-back ends with its last pool."
    /// The roll-back itself fails.
    RollBackFailed { why: StepFailure } Bad
        "A roll-back drains by the same rules as the upgrade (k8s-truth 3), and claims nothing it \
        cannot know."

    // Faults.
    /// An injected fault begins in this cluster.
    FaultStarted { fault: FaultIdx } Warning
        "The scenario injects it."
    /// An injected fault ends in this cluster.
    FaultEnded { fault: FaultIdx } Info
        "The scenario gives the fault a duration."
    /// A budget is tightened to allow no disruption.
    BudgetTightened { budget: BudgetIdx, fault: FaultIdx } Bad
        "The fault sets maxUnavailable to 0 (k8s-truth 2.6)."
    /// A budget is as it was before the fault.
    BudgetRestored { budget: BudgetIdx, fault: FaultIdx } Info
        "The fault's end gives budgets back what they said."

    // Control plane.
    /// A control-plane member stops, to come back at the new version; members count from 1.
    MemberUpdating { member: u16, of: u16 } Info
        "The control plane goes up member by member (k8s-truth 8)."
    /// A control-plane member is back at the new version.
    MemberUpdated { member: u16, of: u16 } Info
        "A member restarts in the time its provider takes (k8s-truth 10)."
    /// The control plane is at its new version.
    ControlPlaneUpgraded { to: KubeVersion } Info
        "The control plane is at its version when its last member is (k8s-truth 7)."
    /// The API answers nothing.
    ApiUnavailable {} Bad
        "Without a working API server or an etcd leader there is no API (k8s-truth 7 and 8)."
    /// The API answers only a share of requests, in parts per million.
    ApiDegraded { available_ppm: u32 } Warning
        "While etcd elects a leader, no write and no consistent read is answered (k8s-truth 8)."
    /// The API answers every request.
    ApiAvailable {} Info
        "The API answers when a server runs and etcd has a leader (k8s-truth 8)."
    /// A component loses its lease and stops working.
    LeaseLost { component: ApiComponent } Warning
        "A component that cannot renew its lease within 10 s, or restarts, stops leading \
        (k8s-truth 8)."
    /// A component leads again and works.
    LeaseAcquired { component: ApiComponent } Info
        "A candidate takes a lease over once it has seen no renewal for 15 s (k8s-truth 8)."
    /// etcd commits slowly: this 99th percentile, in microseconds.
    EtcdSlow { commit_p99_micros: u64 } Warning
        "etcd commits no faster than its disks write (k8s-truth 8)."
    /// etcd commits as usual: this 99th percentile, in microseconds.
    EtcdNormal { commit_p99_micros: u64 } Info
        "etcd commits as fast as its disks write (k8s-truth 8)."
    /// etcd loses its leader again and again, so many times an hour.
    EtcdElecting { elections_per_hour: u32 } Bad
        "A disk stall longer than the election timeout of 1 s costs the leader its place \
        (k8s-truth 8)."

    // CNI.
    /// The CNI's roll-out waits for a controller-manager.
    CniRollWaits {} Warning
        "Without a leading controller-manager no daemon set's pod is replaced (k8s-truth 8)."
    /// The CNI's pod on a node restarts.
    CniRestarting { node: NodeIdx } Detail
        "A daemon set rolls a tenth of its pods at a time, at least one (plan)."
    /// The CNI's pod on a node is ready: the node's network works.
    CniReady { node: NodeIdx } Detail
        "The node's network works when its CNI pod is ready."
    /// The CNI's pod on a node does not come up: no pod sandbox can be made there.
    CniBroken { node: NodeIdx, fault: FaultIdx } Bad
        "The fault keeps the CNI's new version from starting; without it no pod gets a \
        network (k8s-truth 4)."

    // Nodes.
    /// A node is cordoned: it accepts no new pods.
    NodeCordoned { node: NodeIdx } Detail
        "A node is cordoned before it is drained (k8s-truth 3.1)."
    /// A node accepts pods again.
    NodeUncordoned { node: NodeIdx } Detail
        "A node that is back is uncordoned (k8s-truth 9.1)."
    /// A node's pods are evicted, all at once: so many of them.
    DrainStarted { node: NodeIdx, pods: u32 } Info
        "A drain sends the evictions of a node all at once (k8s-truth 3.3)."
    /// A drain can do nothing while the API does not answer.
    DrainWaitsForApi { node: NodeIdx } Warning
        "A cordon and every eviction is a request to the API (k8s-truth 1 and 3.1)."
    /// A node is drained.
    DrainFinished { node: NodeIdx } Info
        "A drain ends when every evicted pod is gone (k8s-truth 3.3)."
    /// A drain's time is up and its step gives up: so many pods are left.
    DrainTimedOut { node: NodeIdx, pods: u32 } Bad
        "EKS gives a drain 15 minutes and AKS 30, then the update fails (k8s-truth 9)."
    /// A drain's time is up and what is left is deleted, budgets or not: so many pods.
    DrainForced { node: NodeIdx, pods: u32 } Bad
        "GKE honors budgets for an hour, then removes the pods (k8s-truth 9.1)."
    /// A new node is ordered.
    NodeRequested { node: NodeIdx } Detail
        "A surge adds a node before one is taken away (k8s-truth 9)."
    /// A new node has registered, with this kubelet, not yet Ready.
    NodeJoined { node: NodeIdx, kubelet: KubeVersion } Detail
        "A machine boots in its provider's time and registers (k8s-truth 10)."
    /// A node is taken away to be rebuilt with this kubelet; it is not Ready meanwhile.
    NodeRebuilding { node: NodeIdx, kubelet: KubeVersion } Info
        "An unavailable node is rebuilt in place once it is drained (k8s-truth 9)."
    /// A node is Ready.
    NodeReady { node: NodeIdx } Info
        "A node is Ready when its kubelet reports and its network works (k8s-truth 6)."
    /// A node is no longer Ready.
    NodeNotReady { node: NodeIdx, why: NodeTrouble } Bad
        "A node without a renewed lease for 40 s (50 s from 1.32) is Unknown and its pods \
        count as unready (k8s-truth 6)."
    /// A node did not become Ready in its provider's time.
    NodeTimedOut { node: NodeIdx } Bad
        "A node that does not join in its provider's time fails the update: 15 minutes on EKS \
        (k8s-truth 9.2)."
    /// A node is deleted.
    NodeRemoved { node: NodeIdx } Info
        "A surge deletes the old node once it is drained (k8s-truth 9)."

    // Pods.
    /// An eviction is refused: the budget allows no disruption. The drain asks again every 5 s.
    EvictionRefused { pod: PodIdx, node: NodeIdx, budget: BudgetIdx } Warning
        "The API refuses an eviction with 429 while the budget allows none (k8s-truth 1, step 9)."
    /// An eviction can never be allowed: two budgets select the pod.
    EvictionFailed { pod: PodIdx, node: NodeIdx } Bad
        "The API answers 500 when more than one budget selects a pod (k8s-truth 1, step 6)."
    /// A pod is evicted and stops; it is no longer ready. The budget it spent, if any.
    PodEvicted { pod: PodIdx, node: NodeIdx, budget: Option<BudgetIdx> } Detail
        "An eviction that the budget allows deletes the pod within its grace period \
        (k8s-truth 1 and 4)."
    /// A pod is deleted without asking its budget; it is no longer ready.
    PodDeleted { pod: PodIdx, node: NodeIdx } Warning
        "A deletion asks no budget (k8s-truth 1)."
    /// A pod is gone from its node.
    PodGone { pod: PodIdx } Detail
        "A pod stops within its grace period, then its object is removed (k8s-truth 4.1)."
    /// A pod is gone with its machine.
    PodLost { pod: PodIdx, node: NodeIdx } Detail
        "Pods that a drain leaves die with the machine (k8s-truth 3.5)."
    /// A pod that nobody replaces is gone for good: it has no controller.
    PodNotReplaced { pod: PodIdx } Warning
        "A bare pod is never replaced (k8s-truth 4.2)."
    /// A pod is created in place of another; it is pending.
    PodCreated { pod: PodIdx } Detail
        "Owners replace what they miss: replica sets at once, stateful sets when the old pod \
        is gone (k8s-truth 4.2)."
    /// A pod waits for its owner's controller, which does not work.
    ReplacementWaits { pod: PodIdx } Warning
        "Without a leading controller-manager nothing is replaced (k8s-truth 8)."
    /// A pod is bound to a node.
    PodScheduled { pod: PodIdx, node: NodeIdx } Detail
        "The scheduler binds a pod to the node that fits best (k8s-truth 5)."
    /// No node takes a pod; it stays pending.
    PodUnschedulable { pod: PodIdx, why: Unschedulable } Warning
        "A pod without a node that passes every filter stays pending (k8s-truth 5.3)."
    /// A pod waits for its volume to come over from another node.
    VolumeMoving { pod: PodIdx, volume: VolumeIdx } Detail
        "A volume of one node is detached there before it is attached elsewhere (k8s-truth 4.5)."
    /// A pod's sandbox cannot be made: its node has no working network.
    SandboxFailed { pod: PodIdx, node: NodeIdx } Warning
        "A pod's sandbox needs the node's CNI."
    /// A pod is ready.
    PodReady { pod: PodIdx } Detail
        "A pod is ready when it is scheduled, its image is there, it runs and its probe \
        passes (k8s-truth 4.4)."
    /// A pod is no longer ready, without being deleted.
    PodUnready { pod: PodIdx, why: PodTrouble } Warning
        "The pods of a node that is not Ready count as unready at once (k8s-truth 6)."
}

impl EventKind {
    /// The stable name of the root cause this kind stands for, when it is one.
    ///
    /// A chain of causes may pass several; see [`crate::sim::Trace::root`] for which one leads.
    pub fn root_name(&self) -> Option<&'static str> {
        match self {
            Self::RunStarted {} => Some("plan"),
            Self::WindowAwaited { .. } | Self::WindowNeverOpens {} => Some("window"),
            Self::SnapshotTaken {}
            | Self::NodeNotReadyInSnapshot { .. }
            | Self::PodUnreadyInSnapshot { .. } => Some("snapshot"),
            Self::BudgetNeverAllows { .. } => Some("budget.zero"),
            Self::BudgetFailsSafe { .. } => Some("budget.failSafe"),
            Self::BudgetsOverlap { .. } => Some("budget.overlap"),
            Self::PodUnschedulable { why, .. } => Some(match why {
                Unschedulable::NoRoom => "capacity",
                Unschedulable::NoPlace => "placement",
            }),
            Self::FaultStarted { .. } => Some("fault"),
            _ => None,
        }
    }
}
