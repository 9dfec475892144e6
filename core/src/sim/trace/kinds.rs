//! Every kind of event: what it says, how much it matters, and by which rule it follows from its
//! cause.
//!
//! One table holds all of it, so a kind cannot exist without its meaning, its level, its rule and
//! where that is written. The doc comment of a kind is the sentence a report writes for it.

use super::declare::event_kinds;
use super::digest::Encoded;
use super::source::Source;
use super::words::{
    ApiComponent, Gate, Invariant, NodeTrouble, Place, PodTrouble, RunOutcome, Severity,
    StepFailure, Unschedulable, Word,
};
use crate::ids::{
    BudgetIdx, FaultIdx, FinalizerIdx, NodeIdx, PodIdx, PoolIdx, RefusalIdx, VolumeIdx, WaveIdx,
    WorkloadIdx, ZoneIdx,
};
use crate::sim::fault::StepKind;
use crate::sim::node_lifecycle::zone::ZoneState;
use crate::units::KubeVersion;

event_kinds! {
    // The fleet.
    /// The rehearsal of the plan begins.
    RunStarted {} Info Plan
        "The plan asks for it."
    /// A wave starts; its clusters may start.
    WaveStarted { wave: WaveIdx } Info Plan
        "A wave starts when the wave before it has passed and been watched."
    /// Every cluster of the wave has ended; the wave is watched before the next may start.
    WaveSoaking { wave: WaveIdx } Info Plan
        "A wave is watched for its soak after its last cluster."
    /// The wave has passed.
    WavePassed { wave: WaveIdx } Info Plan
        "A wave passes at the end of its soak."
    /// The wave has ended and the plan goes on, though so many of its clusters failed.
    WaveWentOn { wave: WaveIdx, failed: u32 } Warning Plan
        "A wave with failed clusters goes on when the plan's rule says so."
    /// The wave holds: nothing further starts, what runs may finish.
    WaveHeld { wave: WaveIdx } Bad Plan
        "A cluster that fails its checks holds its wave when the plan's rule says so."
    /// The wave waits for a cluster that will never end.
    WaveStalled { wave: WaveIdx } Bad Plan
        "A wave ends only when every cluster of it has ended."
    /// The wave waits for a cluster that is not finished when the rehearsal stops following it.
    WaveUnfinished { wave: WaveIdx } Bad Plan
        "A wave ends only when every cluster of it has ended."
    /// The rehearsal ends: nothing is left to do.
    RunEnded { outcome: RunOutcome } Info Model
        "A rehearsal ends when nothing is left that could change anything."

    /// The rehearsal broke a rule that always holds, and ends.
    InvariantBroken { invariant: Invariant } Bad Model
        "The event before is one that no cluster allows, so the rehearsal itself is wrong."

    // A cluster's way through the plan.
    /// The snapshot shows the cluster as it was.
    SnapshotTaken {} Detail Snapshot
        "The rehearsal starts from the snapshot."
    /// The snapshot shows a budget that can never allow a disruption: `healthy` pods at most,
    /// `desired` wanted.
    BudgetNeverAllows { budget: BudgetIdx, healthy: u32, desired: u32 } Warning Budgets
        "A budget whose desired healthy pods are all its pods never allows an eviction."
    /// The snapshot shows a budget that allows no disruption because it selects so many `pods`, the
    /// first of them this one, of workloads that have no scale.
    BudgetFailsSafe { budget: BudgetIdx, pod: PodIdx, pods: u32 } Warning Budgets
        "A job, a daemon set or a static pod has no scale, finished or not, so a budget that \
        selects one and needs the scale allows nothing."
    /// The snapshot shows a workload that two budgets select.
    BudgetsOverlap { workload: WorkloadIdx, first: BudgetIdx, second: BudgetIdx } Warning Eviction
        "A pod that more than one budget selects cannot be evicted: the API answers 500."
    /// The snapshot shows a node that was not Ready.
    NodeNotReadyInSnapshot { node: NodeIdx } Warning Snapshot
        "The rehearsal starts from the snapshot."
    /// The snapshot shows a pod that should have been ready and was not.
    PodUnreadyInSnapshot { pod: PodIdx, node: Option<NodeIdx> } Detail Snapshot
        "The rehearsal starts from the snapshot."
    /// The cluster waits for its maintenance window, which opens at `opens_ms` of the rehearsal.
    WindowAwaited { opens_ms: u64 } Info Plan
        "A cluster with windows starts only inside one."
    /// The maintenance window opens.
    WindowOpened {} Info Plan
        "A window opens at its hour."
    /// The cluster's maintenance windows never open.
    WindowNeverOpens {} Bad Plan
        "A cluster with windows starts only inside one."
    /// The cluster's upgrade starts.
    ClusterStarted {} Info Plan
        "Clusters of a wave start in order, so many at once as the plan allows."
    /// A step of the cluster's plan starts; `step` is its position.
    StepStarted { step: u16, of: StepKind } Info Plan
        "Steps of a cluster follow each other."
    /// A step of the cluster's plan is done.
    StepFinished { step: u16, of: StepKind } Info Plan
        "A step ends when the last of its actions does."
    /// A step of the cluster's plan fails.
    StepFailed { step: u16, of: StepKind, why: StepFailure } Bad DrainLimits
        "A step fails when its provider gives up: a drain or a node took too long, an eviction \
        can never be allowed, or the next version or a drain is refused."
    /// Every check of the plan is met.
    GatesPassed {} Info Plan
        "Checks are taken at the end of the soak."
    /// A check of the plan is not met: the value and its limit, in the check's unit.
    GateFailed { gate: Gate, value: u64, limit: u64 } Bad Plan
        "Checks are taken at the end of the soak, on the cluster as it is then."
    /// A check of the plan has nothing to be read from: the cluster has no nodes.
    GateUnreadable { gate: Gate } Bad Plan
        "What cannot be read is not taken for a pass."
    /// The cluster reached its version and passed its checks.
    ClusterUpgraded {} Info Plan
        "A cluster is upgraded when its last step is done and its checks are met."
    /// The cluster failed: a step or a check.
    ClusterFailed {} Bad Plan
        "A cluster fails with a step or a check of it."
    /// The cluster fails, and so many nodes that surge added beside old ones stay.
    SurgeNodesLeft { nodes: u32 } Warning Plan
        "A provider that gives up a surge leaves its nodes as they are; only a roll-back deletes \
        them."
    /// The cluster waits, in this place, and nothing will ever end the wait.
    ClusterStalled { place: Place } Bad Model
        "Nothing is left to happen in this cluster that could end the wait."
    /// The cluster is in this place, not finished within so many days.
    ClusterUnfinished { place: Place, days: u32 } Bad Model
        "A rehearsal follows a cluster for so long from its start, then leaves it as it is."
    /// The cluster's pools start to go back to their old version; the control plane stays.
    RollBackStarted {} Warning Plan
        "The plan's rule for a failed cluster is to roll back; managed control planes cannot."
    /// So many nodes of a pool stay as they are: the snapshot does not tell what they ran.
    NodesCannotGoBack { pool: PoolIdx, nodes: u32 } Bad Plan
        "A node goes back to the version the snapshot tells, or to none."
    /// A pool starts to go back: so many nodes to their old version, and so many that were added
    /// beside old ones away.
    PoolRollBackStarted { pool: PoolIdx, nodes: u32, surplus: u32 } Info Plan
        "Pools go back one by one, the last upgraded first."
    /// A pool's way back is done.
    PoolRollBackFinished { pool: PoolIdx } Info Plan
        "A pool is done when its last node is."
    /// Every node of the cluster's pools runs what it ran before.
    ClusterRolledBack {} Warning Plan
        "A roll-back ends with its last pool."
    /// The roll-back itself fails.
    RollBackFailed { why: StepFailure } Bad Drain
        "A roll-back drains by the same rules as the upgrade, and claims nothing it cannot know."

    // Faults.
    /// An injected fault begins in this cluster.
    FaultStarted { fault: FaultIdx } Warning Scenario
        "The scenario injects it."
    /// An injected fault ends in this cluster.
    FaultEnded { fault: FaultIdx } Info Scenario
        "The scenario gives the fault a duration."
    /// A budget is tightened to allow no disruption.
    BudgetTightened { budget: BudgetIdx, fault: FaultIdx } Bad Budgets
        "The fault sets maxUnavailable to 0."
    /// A budget is as it was before the fault.
    BudgetRestored { budget: BudgetIdx, fault: FaultIdx } Info Scenario
        "The fault's end gives budgets back what they said."

    // Control plane.
    /// A control-plane member stops, to come back at the new version; members count from 1.
    MemberUpdating { member: u16, of: u16 } Info Etcd
        "The control plane goes up member by member."
    /// A control-plane member is back at the new version.
    MemberUpdated { member: u16, of: u16 } Info Timing
        "A member restarts in the time its provider takes."
    /// The control plane is at its new version.
    ControlPlaneUpgraded { to: KubeVersion } Info VersionSkew
        "The control plane is at its version when its last member is."
    /// The API answers nothing.
    ApiUnavailable {} Bad Etcd
        "Without a working API server or an etcd leader there is no API."
    /// The API answers only a share of requests, in parts per million.
    ApiDegraded { available_ppm: u32 } Warning Etcd
        "While etcd elects a leader, no write and no consistent read is answered."
    /// The API answers every request.
    ApiAvailable {} Info Etcd
        "The API answers when a server runs and etcd has a leader."
    /// A component loses its lease and stops working.
    LeaseLost { component: ApiComponent } Warning LeaderElection
        "A component that cannot renew its lease within 10 s, or restarts, stops leading."
    /// A component leads again and works.
    LeaseAcquired { component: ApiComponent } Info LeaderElection
        "A candidate takes a lease over once it has seen no renewal for 15 s."
    /// etcd commits slowly: this 99th percentile, in microseconds.
    EtcdSlow { commit_p99_micros: u64 } Warning Etcd
        "etcd commits no faster than its disks write."
    /// etcd commits as usual: this 99th percentile, in microseconds.
    EtcdNormal { commit_p99_micros: u64 } Info Etcd
        "etcd commits as fast as its disks write."
    /// etcd loses its leader again and again, so many times an hour.
    EtcdElecting { elections_per_hour: u32 } Bad Etcd
        "A disk stall longer than the election timeout of 1 s costs the leader its place."

    // CNI.
    /// The CNI's roll-out waits for a controller-manager.
    CniRollWaits {} Warning LeaderElection
        "Without a leading controller-manager no daemon set's pod is replaced."
    /// The CNI's pod on a node restarts.
    CniRestarting { node: NodeIdx } Detail Plan
        "A daemon set rolls a tenth of its pods at a time, at least one."
    /// The CNI's pod on a node is ready: the node's network works.
    CniReady { node: NodeIdx } Detail Network
        "The node's network works when its CNI pod is ready."
    /// The CNI's pod on a node does not come up: no pod sandbox can be made there.
    CniBroken { node: NodeIdx, fault: FaultIdx } Bad Network
        "The fault keeps the CNI's new version from starting; without it no pod gets a network."

    // Nodes.
    /// A node is cordoned: it accepts no new pods.
    NodeCordoned { node: NodeIdx } Detail Drain
        "A node is cordoned before it is drained."
    /// A node accepts pods again.
    NodeUncordoned { node: NodeIdx } Detail Drain
        "A node that is back is uncordoned."
    /// A node's pods are evicted, all at once: so many of them.
    DrainStarted { node: NodeIdx, pods: u32 } Info Drain
        "A drain sends the evictions of a node all at once."
    /// A drain can do nothing while the API does not answer.
    DrainWaitsForApi { node: NodeIdx } Warning Eviction
        "A cordon and every eviction is a request to the API."
    /// A node is drained.
    DrainFinished { node: NodeIdx } Info Drain
        "A drain ends when every evicted pod is gone."
    /// A drain's time is up and its step gives up: so many pods are left.
    DrainTimedOut { node: NodeIdx, pods: u32 } Bad DrainLimits
        "The plan limits a drain; by default EKS gives it 15 minutes, kOps 15 and AKS 30, then the \
        update fails."
    /// A drain is given up with its step, not done: so many pods are left.
    DrainGivenUp { node: NodeIdx, pods: u32 } Warning DrainLimits
        "When a step fails, a provider leaves its drains where they are."
    /// A drain's time is up and what is left is deleted, budgets or not: so many pods.
    DrainForced { node: NodeIdx, pods: u32 } Bad DrainLimits
        "The plan deletes what a drain leaves when its time is up; GKE does so after an hour."
    /// Somebody runs `kubectl drain` on so many nodes.
    DrainTyped { nodes: u32 } Info Drain
        "A drain by hand begins when it is typed."
    /// `kubectl drain` touches nothing of a node: so many of its pods need a flag.
    DrainRefused { node: NodeIdx, pods: u32 } Bad Drain
        "One pod that a flag must allow keeps kubectl from evicting any pod of the node."
    /// A drain by hand fails: so many evictions were answered with an error that no retry ends.
    DrainFailed { node: NodeIdx, pods: u32 } Bad Drain
        "An eviction that is answered with anything but 429 fails at once; the drain goes on with \
        the others and fails when the last is done."
    /// A drain by hand waits for so many pods, and nothing will ever end the wait.
    DrainStalled { node: NodeIdx, pods: u32 } Bad Model
        "Nothing is left to happen in this cluster that could end the wait."
    /// A new node is ordered.
    NodeRequested { node: NodeIdx } Detail Surge
        "A node is added before one is taken away, or takes the place of one that is."
    /// A new node has registered, with this kubelet, not yet Ready.
    NodeJoined { node: NodeIdx, kubelet: KubeVersion } Detail Timing
        "A machine boots in its provider's time and registers."
    /// A node is taken away to be rebuilt with this kubelet; it is not Ready meanwhile.
    NodeRebuilding { node: NodeIdx, kubelet: KubeVersion } Info Plan
        "An unavailable node is rebuilt in place once it is drained."
    /// A node is Ready.
    NodeReady { node: NodeIdx } Info NodeLifecycle
        "A node is Ready when its kubelet reports and its network works."
    /// A node is no longer Ready.
    NodeNotReady { node: NodeIdx, why: NodeTrouble } Bad NodeLifecycle
        "A node without a renewed lease for 40 s (50 s from 1.32) is Unknown and its pods count \
        as unready."
    /// A node did not become Ready in its provider's time.
    NodeTimedOut { node: NodeIdx } Bad DrainLimits
        "A node that does not join in its provider's time fails the update: 15 minutes on EKS \
        and kOps."
    /// A node is deleted.
    NodeRemoved { node: NodeIdx } Info Surge
        "A node that another takes the place of is deleted once it is drained."

    // Pods.
    /// An eviction is refused: the budget allows no disruption. The drain asks again every 5 s.
    EvictionRefused { pod: PodIdx, node: NodeIdx, budget: BudgetIdx } Warning Eviction
        "The API refuses an eviction with 429 while the budget allows none."
    /// An eviction can never be allowed: two budgets select the pod.
    EvictionFailed { pod: PodIdx, node: NodeIdx } Bad Eviction
        "The API answers 500 when more than one budget selects a pod."
    /// A pod is evicted and stops; it is no longer ready. The budget it spent, if any.
    PodEvicted { pod: PodIdx, node: NodeIdx, budget: Option<BudgetIdx> } Detail Eviction
        "An eviction that the budget allows deletes the pod within its grace period."
    /// A pod is deleted without asking its budget; it is no longer ready.
    PodDeleted { pod: PodIdx, node: NodeIdx } Warning Eviction
        "A deletion asks no budget."
    /// A pod is gone from its node.
    PodGone { pod: PodIdx } Detail Termination
        "A pod stops within its grace period, then its object is removed."
    /// A pod is gone with its machine.
    PodLost { pod: PodIdx, node: NodeIdx } Detail Drain
        "Pods that a drain leaves die with the machine."
    /// A pod that nobody replaces is gone for good: it has no controller.
    PodNotReplaced { pod: PodIdx } Warning Owners
        "A bare pod is never replaced."
    /// A job has failed for good, after so many of its pods: what it still runs is deleted.
    JobFailed { workload: WorkloadIdx, failures: u32 } Warning Owners
        "A job fails when more of its pods fail than its backoffLimit; an evicted one counts."
    /// A pod is created in place of another; it is pending.
    PodCreated { pod: PodIdx } Detail Owners
        "Owners replace what they miss: replica sets at once, stateful sets when the old pod is \
        gone."
    /// A pod waits for its owner's controller, which does not work.
    ReplacementWaits { pod: PodIdx } Warning LeaderElection
        "Without a leading controller-manager nothing is replaced."
    /// A pod is bound to a node.
    PodScheduled { pod: PodIdx, node: NodeIdx } Detail Scheduler
        "The scheduler binds a pod to the node that fits best."
    /// No node takes a pod; it stays pending. What was wrong with each node is in the table.
    PodUnschedulable { pod: PodIdx, why: Unschedulable, told: RefusalIdx } Warning Scheduler
        "A pod without a node that passes every filter stays pending."
    /// A pod waits for its volume to come over from another node.
    VolumeMoving { pod: PodIdx, volume: VolumeIdx } Detail Volumes
        "A volume of one node is detached there before it is attached elsewhere; until then the \
        pod's events say Multi-Attach error, and its containers wait."
    /// A pod's sandbox cannot be made: its node has no working network.
    SandboxFailed { pod: PodIdx, node: NodeIdx } Warning Network
        "A pod's sandbox needs the node's CNI."
    /// A pod is ready.
    PodReady { pod: PodIdx } Detail Readiness
        "A pod is ready when it is scheduled, its image is there, it runs and its probe passes."
    /// A pod is no longer ready, without being deleted.
    PodUnready { pod: PodIdx, why: PodTrouble } Warning NodeLifecycle
        "The pods of a node that is not Ready count as unready at once."

    // Lost nodes.
    /// A fault cuts a node off: its kubelet renews nothing and reports nothing.
    NodeCutOff { node: NodeIdx, fault: FaultIdx } Warning Scenario
        "The fault keeps the node's kubelet from every API server."
    /// A node's kubelet reports again.
    NodeReconnected { node: NodeIdx } Info NodeLifecycle
        "A kubelet renews its lease and reports every 10 s."
    /// A node is tainted `unreachable:NoExecute`.
    NodeTainted { node: NodeIdx } Warning NodeLifecycle
        "Unknown nodes are tainted at the pace of their zone: one every 10 s, one every 100 s or \
        none."
    /// A node has lost its taint.
    NodeUntainted { node: NodeIdx } Info NodeLifecycle
        "A node that is back loses its taint; where every zone is disrupted all nodes do."
    /// So few nodes of a zone are Ready that it is tainted at another pace: so many an hour.
    ZoneDisrupted { zone: Option<ZoneIdx>, state: ZoneState, per_hour: u32 } Warning NodeLifecycle
        "A zone without a Ready node is tainted at the normal pace; one with 55 % of its nodes \
        away slowly, and not at all if it has at most 50."
    /// Enough nodes of a zone are Ready again for the normal pace.
    ZoneRecovered { zone: Option<ZoneIdx> } Info NodeLifecycle
        "A zone is normal with a Ready node and less than 55 % of its nodes away."
    /// No zone has a Ready node: nothing is tainted, and nothing is evicted by taint.
    AllZonesDisrupted {} Warning NodeLifecycle
        "Where no node is Ready, the controller must be the one that is cut off: it stops."
    /// Some zone has a Ready node again; every node gets a new grace period.
    AllZonesRecovered {} Info NodeLifecycle
        "The first node that is back makes the controller go on, its clocks set anew."
    /// A pod is deleted from a tainted node, budgets or not; it is no longer ready.
    PodTaintEvicted { pod: PodIdx, node: NodeIdx } Warning TaintEviction
        "A pod is deleted once the shortest toleration of its node's taint is over, 300 s by \
        default; no budget is asked."
    /// A deleted pod's object stays: its node's kubelet does not tell that it has stopped.
    TerminationWaits { pod: PodIdx, node: NodeIdx } Warning Termination
        "Only the kubelet removes a stopping pod's object; without it the pod stays Terminating."
    /// A pod's object is removed, as its node's is gone.
    PodCollected { pod: PodIdx, node: NodeIdx } Detail PodGc
        "Pods of a node that is missed for 40 s are removed in the next round, every 20 s."
    /// A volume is detached from a node that is not Ready, mounted or not.
    VolumeForceDetached { volume: VolumeIdx, node: NodeIdx } Warning Volumes
        "A volume is detached from a node that is not Ready 6 minutes after nobody needs it there."

    // Lost parts of the control plane.
    /// So many etcd members are lost, of so many.
    EtcdMembersLost { lost: u32, of: u32 } Warning Etcd
        "etcd goes on as long as more than half of its members agree."
    /// etcd members are back: so many are lost still, of so many.
    EtcdMembersBack { lost: u32, of: u32 } Info Etcd
        "A member that is back catches up with the leader."
    /// Too few etcd members are left to agree on anything.
    EtcdQuorumLost { left: u32, needed: u32 } Bad Etcd
        "Nothing is written without more than half of the members."
    /// etcd has no leader and elects one.
    EtcdLeaderLost {} Warning Etcd
        "Members that hear of no leader for 1 to 2 s elect another."
    /// etcd has a leader.
    EtcdLeaderElected {} Info Etcd
        "The first candidate that more than half of the members vote for leads."
    /// So many API servers are away, of so many.
    ApiServersAway { away: u32, of: u32 } Warning Scenario
        "The API answers as long as one server is left."
    /// API servers are back: so many are away still, of so many.
    ApiServersBack { away: u32, of: u32 } Info Scenario
        "The fault's end gives the servers back."
    /// An eviction is put off: the budget was edited and the controller has not seen it yet.
    EvictionPostponed { pod: PodIdx, node: NodeIdx, budget: BudgetIdx } Warning Eviction
        "The API answers 429 and asks for 10 s while a budget's last edit is not counted yet."
    /// A pod is deleted to make room for another of higher priority; it is no longer ready.
    PodPreempted { pod: PodIdx, node: NodeIdx, by: PodIdx } Warning Preemption
        "A pod that no node takes displaces pods of lower priority from the node where that does \
        the least harm; they get their grace period, and budgets are asked but not obeyed."

    // Providers' ways of rolling a pool.
    /// So many nodes that were added for the time of the upgrade are drained and deleted.
    ScaleDownStarted { nodes: u32 } Info Surge
        "Nodes that were added before the first was drained leave once the last is replaced."
    /// A batch of blue nodes is drained and watched before the next; batches count from 1.
    BatchSoaking { batch: u32, of: u32 } Info Surge
        "A blue-green upgrade waits after each batch."
    /// A blue pool of so many nodes is drained as far as budgets let it, and kept for a while.
    PoolSoaking { nodes: u32 } Info Surge
        "A blue-green upgrade keeps the blue pool before it deletes it, an hour by default."
    /// A blue node is deleted with its pool: so many pods are left, and no budget is asked.
    NodeEmptied { node: NodeIdx, pods: u32 } Bad Surge
        "The end of a blue-green upgrade is a deletion, no eviction: what a budget held dies."
    /// A drained machine waits for so many volumes to be detached.
    VolumesAwaited { node: NodeIdx, volumes: u32 } Warning DrainLimits
        "Cluster API deletes no machine that has volumes attached, by default for ever."
    /// A drain's time is up and what is left stays where it is, to die with its node: so many pods.
    DrainLeft { node: NodeIdx, pods: u32 } Bad DrainLimits
        "A provider that goes on without a drain leaves its pods to die with their machine."
    /// A drain's time is up; its node is quarantined, cordoned and at its old version.
    NodeQuarantined { node: NodeIdx, pods: u32 } Bad DrainLimits
        "AKS labels such a node kubernetes.azure.com/upgrade-status=Quarantined and goes on."
    /// A drain's time is up; its node is used again and lets the lock go.
    LockReleased { node: NodeIdx, pods: u32 } Warning DrainLimits
        "kured uncordons a node that it could not drain, and tries again in its next period."
    /// A pod has stopped, and a finalizer keeps its object.
    FinalizerHolds { pod: PodIdx, finalizer: FinalizerIdx } Warning Termination
        "A deleted object stays until each of its finalizers is removed by whoever put it there."
    /// A pod is not scheduled: it has scheduling gates.
    PodGated { pod: PodIdx } Detail Scheduler
        "A pod with scheduling gates is not tried until somebody removes them."
    /// A drained node's kubelet is stopped, to come back with this version; its pods run on.
    KubeletRestarting { node: NodeIdx, kubelet: KubeVersion } Info Plan
        "A kubelet's version changes with a restart, once its node is drained."
    /// A drained node reboots, to come back with this kubelet; its object and its pods' stay.
    NodeRebooting { node: NodeIdx, kubelet: KubeVersion } Info Plan
        "kured reboots a node in place, once it is drained."
    /// A node's kubelet runs again, with this version.
    KubeletBack { node: NodeIdx, kubelet: KubeVersion } Info Timing
        "A kubelet that is back within the grace period of its lease was never missed."
    /// A new node waits for its daemons' pods, and so for its network.
    DaemonsAwaited { node: NodeIdx } Warning LeaderElection
        "Without a leading controller-manager no daemon set gives a new node its pod."
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
            Self::EvictionRefused { .. } | Self::EvictionPostponed { .. } => Some("budget"),
            Self::PodUnschedulable { why, .. } => Some(match why {
                Unschedulable::NoRoom => "capacity",
                Unschedulable::NoPlace => "placement",
            }),
            Self::FinalizerHolds { .. } => Some("finalizer"),
            Self::FaultStarted { .. } => Some("fault"),
            _ => None,
        }
    }
}
