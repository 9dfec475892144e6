//! Evictions, one request each.

use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::sim::budget::BudgetReason;
use wavetank_core::sim::eviction::subresource::{
    Conflict, Mode, Names, PodStore, Precondition, Request, create,
};
use wavetank_core::sim::eviction::{BudgetStatus, EvictedPod};
use wavetank_core::snapshot::{PodPhase, UnhealthyPodEvictionPolicy};
use wavetank_core::units::SimDuration;

use super::read;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Input {
    pod: Option<Pod>,
    pdbs: Vec<Budget>,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    name_mismatch: bool,
    #[serde(default)]
    delete_always_conflicts: bool,
    #[serde(default)]
    client_resource_version: bool,
    first_delete_conflicts_then_pod: Option<Pod>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pod {
    phase: PodPhase,
    ready: bool,
    terminating: bool,
}

impl From<Pod> for EvictedPod {
    fn from(pod: Pod) -> Self {
        Self {
            phase: pod.phase,
            ready: pod.ready,
            terminating: pod.terminating,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Budget {
    matches: bool,
    unhealthy_pod_eviction_policy: Option<UnhealthyPodEvictionPolicy>,
    disruptions_allowed: i64,
    current_healthy: i64,
    desired_healthy: i64,
    generation: i64,
    observed_generation: i64,
    disrupted_pods_count: u32,
}

impl From<&Budget> for BudgetStatus {
    fn from(budget: &Budget) -> Self {
        Self {
            unhealthy_policy: budget
                .unhealthy_pod_eviction_policy
                .unwrap_or(UnhealthyPodEvictionPolicy::IfHealthyBudget),
            disruptions_allowed: budget.disruptions_allowed,
            current_healthy: budget.current_healthy,
            desired_healthy: budget.desired_healthy,
            stale: budget.observed_generation < budget.generation,
            disrupted_pods: budget.disrupted_pods_count,
        }
    }
}

/// A pod whose deletion conflicts as often as the case says.
struct Scripted {
    pod: Option<EvictedPod>,
    conflicts: Conflicts,
}

enum Conflicts {
    None,
    Always,
    /// Once, and then the pod is this.
    Once(EvictedPod),
}

impl PodStore for Scripted {
    fn get(&mut self) -> Option<EvictedPod> {
        self.pod
    }

    fn delete(&mut self) -> Result<(), Conflict> {
        match self.conflicts {
            Conflicts::None => Ok(()),
            Conflicts::Always => Err(Conflict),
            Conflicts::Once(pod) => {
                self.pod = Some(pod);
                self.conflicts = Conflicts::None;
                Err(Conflict)
            }
        }
    }
}

pub(crate) fn answer(input: Value) -> Result<Value, String> {
    let input: Input = read(input)?;
    let request = Request {
        names: if input.name_mismatch {
            Names::Different
        } else {
            Names::Same
        },
        mode: if input.dry_run {
            Mode::DryRun
        } else {
            Mode::Real
        },
        precondition: if input.client_resource_version {
            Precondition::Client
        } else {
            Precondition::Unset
        },
    };
    let mut store = Scripted {
        pod: input.pod.map(EvictedPod::from),
        conflicts: match input.first_delete_conflicts_then_pod {
            Some(pod) => Conflicts::Once(pod.into()),
            None if input.delete_always_conflicts => Conflicts::Always,
            None => Conflicts::None,
        },
    };
    let matching = input.pdbs.iter().filter(|budget| budget.matches);
    let budgets: Vec<BudgetStatus> = matching.map(BudgetStatus::from).collect();
    let outcome = create(request, &mut store, &budgets);
    Ok(json!({
        "httpStatus": outcome.status,
        "podDeleted": outcome.pod_deleted,
        "disruptionsAllowedAfter": outcome.disruptions_allowed,
        "retryAfterSeconds": outcome.retry_after.map_or(0, SimDuration::as_secs),
        "condition": outcome.reason.map(BudgetReason::as_str),
        "message": outcome.message,
        "deleteCalls": outcome.delete_calls,
    }))
}
