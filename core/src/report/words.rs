//! The words for things that are not objects: steps, faults, checks, outcomes, amounts.

use crate::inventory::{Cluster, Tier};
use crate::metrics::Unmeasured;
use crate::plan::{HeldBack, Step};
use crate::sim::fault::{FaultKind, Scope, StepKind, Trigger};
use crate::sim::trace::{
    ApiComponent, Gate, Invariant, NodeTrouble, PodTrouble, RunOutcome, StepFailure,
};
use crate::units::SimDuration;

/// `1 pod`, `2 pods`.
pub(super) fn count(n: u32, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// Parts per million as a percentage with two decimals.
pub(super) fn percent(ppm: u64) -> String {
    format!("{}.{:02} %", ppm / 10_000, ppm / 100 % 100)
}

/// Microseconds as milliseconds or seconds.
pub(super) fn latency(micros: u64) -> String {
    if micros < 1_000_000 {
        return format!("{} ms", micros / 1_000);
    }
    format!("{}.{} s", micros / 1_000_000, micros / 100_000 % 10)
}

/// How a run ends.
pub(super) fn outcome_words(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::NothingToDo => "there was nothing to do",
        RunOutcome::Finished => "everything planned is done",
        RunOutcome::FinishedWithFailures => "everything ran, but not every cluster passed",
        RunOutcome::Held => "a cluster failed and the plan holds",
        RunOutcome::RolledBack => "a cluster failed, went back, and the plan holds",
        RunOutcome::Stalled => "something waits and nothing will ever end the wait",
        RunOutcome::Unfinished => "a cluster takes longer than a rehearsal follows it",
        RunOutcome::Broken => "it broke a rule that always holds, which is an error of Wavetank's",
    }
}

/// A kind of step.
pub(super) fn step_words(of: StepKind) -> &'static str {
    match of {
        StepKind::ControlPlane => "its control plane",
        StepKind::Cni => "its CNI",
        StepKind::Pool => "a node pool",
        StepKind::Observe => "its soak",
    }
}

/// A step by its name.
pub(super) fn step_label(step: &Step, cluster: &Cluster) -> String {
    match step {
        Step::ControlPlane { from, to } => {
            format!(
                "control plane {} → {}",
                from.without_patch(),
                to.without_patch()
            )
        }
        Step::Cni => "CNI".to_owned(),
        Step::Pool { pool, to, .. } => {
            let name = cluster
                .pools
                .get(pool.index())
                .map_or("?", |pool| pool.name.as_str());
            format!("pool {name} → {}", to.without_patch())
        }
        Step::Observe { soak } => format!("soak of {soak}"),
    }
}

/// A kind of fault.
pub(super) fn fault_words(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::BlockingBudget => "PDBs that allow no disruption",
        FaultKind::CniBreak => "the CNI's new version does not come up",
        FaultKind::EtcdLatency => "slow disks under etcd",
        FaultKind::ZoneOutage => "a zone is cut off",
        FaultKind::NodeLoss => "nodes are cut off",
        FaultKind::EtcdMemberLoss => "etcd members stop",
        FaultKind::ControllerManagerCrash => "the controller-manager dies",
        FaultKind::ControlPlaneOutage => "API servers are away",
    }
}

/// When and where a fault was asked for.
pub(super) fn fault_detail(
    trigger: &Trigger,
    scope: &Scope,
    duration: Option<SimDuration>,
) -> String {
    let when = match trigger {
        Trigger::At(after) => format!("{} after the start", after.rounded()),
        Trigger::Wave(wave) => format!("when wave {wave} starts"),
        Trigger::ClusterStart => "when each cluster starts".to_owned(),
        Trigger::AfterStep(step) => format!("after each cluster's {}", noun(*step)),
        Trigger::BeforeStep(step) => format!("before each cluster's {}", noun(*step)),
    };
    let mut place = Vec::new();
    if let Some(wave) = scope.wave {
        place.push(format!("wave {wave}"));
    }
    for (what, name) in [
        ("cluster", &scope.cluster),
        ("zone", &scope.zone),
        ("pool", &scope.pool),
        ("node", &scope.node),
        ("workload", &scope.workload),
    ] {
        if let Some(name) = name {
            place.push(format!("{what} {name}"));
        }
    }
    let place = if place.is_empty() {
        "the whole fleet".to_owned()
    } else {
        place.join(", ")
    };
    let long = duration.map_or_else(|| "to the end".to_owned(), |length| format!("for {length}"));
    format!("{when}, in {place}, {long}")
}

fn noun(step: StepKind) -> &'static str {
    match step {
        StepKind::ControlPlane => "control-plane step",
        StepKind::Cni => "CNI step",
        StepKind::Pool => "first pool step",
        StepKind::Observe => "soak",
    }
}

/// Why a step fails.
pub(super) fn failure_words(why: StepFailure) -> &'static str {
    match why {
        StepFailure::DrainTimeout => "a drain took longer than allowed",
        StepFailure::NodeTimeout => "a node took too long to become Ready",
        StepFailure::EvictionImpossible => "an eviction can never be allowed",
        StepFailure::DrainRefused => "kubectl drain wants a flag that is not given",
        StepFailure::UpgradeRefused => {
            "the next version is refused: what runs is too far behind it"
        }
        StepFailure::VersionUnknown => "the snapshot does not tell what some nodes ran",
    }
}

/// A failed check, as a clause after the cluster's name.
pub(super) fn gate_words(gate: Gate, value: u64, limit: u64) -> String {
    let tenths = |per_mille: u64| format!("{}.{} %", per_mille / 10, per_mille % 10);
    match gate {
        Gate::ReadyNodes => {
            format!(
                "fails a check: {} of nodes Ready, wants {}",
                tenths(value),
                tenths(limit)
            )
        }
        Gate::NewPendingPods => {
            format!("fails a check: {value} new pending pods, at most {limit} allowed")
        }
        Gate::ApiAvailability => {
            format!(
                "fails a check: API available {}, wants {}",
                tenths(value),
                tenths(limit)
            )
        }
        Gate::WorkloadsDown => {
            format!("fails a check: {value} workloads down, at most {limit} allowed")
        }
        Gate::EtcdCommitP99 => format!(
            "fails a check: etcd commit p99 {}, at most {} allowed",
            latency(value),
            latency(limit)
        ),
    }
}

/// A check that has nothing to be read from, as a clause after the cluster's name.
pub(super) fn gate_unreadable_words(gate: Gate) -> &'static str {
    match gate {
        Gate::ReadyNodes => "cannot be checked: it has no node to be Ready",
        Gate::NewPendingPods => "cannot be checked: its pending pods are not known",
        Gate::ApiAvailability => "cannot be checked: its API's availability is not known",
        Gate::WorkloadsDown => "cannot be checked: its workloads are not known",
        Gate::EtcdCommitP99 => "cannot be checked: its etcd's latency is not known",
    }
}

/// What does not hold any more, as a clause after "breaks a rule that always holds: ".
pub(super) fn invariant_words(invariant: Invariant) -> &'static str {
    match invariant {
        Invariant::BudgetKept => "no eviction leaves fewer healthy pods than a PDB asks for",
        Invariant::TwoBudgetsHold => "a pod that two PDBs select is not evicted",
        Invariant::NodeCapacity => "no node takes more than it offers",
        Invariant::VolumeOnOneNode => "no two nodes have one volume mounted",
        Invariant::WritesNeedQuorum => "nothing is written while the API answers nothing",
        Invariant::VersionSkew => "the version skew policy holds",
        Invariant::OwnersMadeWhole => "every owner has its pods again, or it is told why not",
        Invariant::TimeGoesOn => "time never runs backwards",
    }
}

/// A component of the control plane.
pub(super) fn component_words(component: ApiComponent) -> &'static str {
    match component {
        ApiComponent::ControllerManager => "kube-controller-manager",
        ApiComponent::Scheduler => "kube-scheduler",
    }
}

/// Why a node is not Ready, as a clause after its name.
pub(super) fn trouble_words(why: NodeTrouble) -> &'static str {
    match why {
        NodeTrouble::LeaseExpired => "is not Ready: its lease was not renewed in time",
        NodeTrouble::NetworkNotReady => "is not Ready: its network does not work",
    }
}

/// Why a pod is not ready, as a clause after its name.
pub(super) fn unready_words(why: PodTrouble) -> &'static str {
    match why {
        PodTrouble::NodeNotReady => "counts as unready: its node is not Ready",
        PodTrouble::NodeRebooted => "is not ready: its node rebooted",
        PodTrouble::NodeGone => "is not ready: its node is gone",
    }
}

/// A tier.
pub(super) fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Low => "low",
        Tier::Medium => "medium",
        Tier::High => "high",
    }
}

/// Why an indicator has no value.
pub(super) fn unmeasured_words(why: Unmeasured) -> &'static str {
    match why {
        Unmeasured::NoNodes => "no nodes were loaded",
        Unmeasured::NoPods => "no pods were loaded",
        Unmeasured::ReadyUnknown => "whether some nodes are Ready is not known",
        Unmeasured::CpuUnknown => "the CPU of some nodes is not known",
        Unmeasured::NoReadyCpu => "no node was Ready and schedulable at the start",
        Unmeasured::NotRehearsed => "nothing is rehearsed here",
        Unmeasured::Nowhere => "no cluster could be measured",
    }
}

/// Why a cluster is in no wave, and what would change that.
pub(super) fn held_back_words(reason: &HeldBack) -> (String, String) {
    match reason {
        HeldBack::AtTarget => ("it is at the target already".to_owned(), String::new()),
        HeldBack::AheadOfTarget(version) => (
            format!("it runs {version}, which is beyond the target"),
            "choose a newer target".to_owned(),
        ),
        HeldBack::VersionUnknown => (
            "its version is not known".to_owned(),
            "add the output of `kubectl version -o json`, or its nodes, to the dump".to_owned(),
        ),
        HeldBack::NoNodes => (
            "no nodes of it were loaded".to_owned(),
            "add the output of `kubectl get nodes -o json` to the dump".to_owned(),
        ),
        HeldBack::SkewAlreadyBroken {
            kubelet,
            api_server,
        } => (
            format!("its kubelets at {kubelet} are too old for its API server at {api_server}"),
            "upgrade its nodes by hand first".to_owned(),
        ),
        HeldBack::WindowsUnreadable => (
            "none of its maintenance windows could be read".to_owned(),
            "correct `windows` of the cluster in the fleet file".to_owned(),
        ),
    }
}
