//! Deals out budgets, good and bad, and a handful of flaws over a whole synthetic fleet.
//!
//! A budget that can never be met stops an upgrade for good where drains wait, and delays it
//! where they are forced. So a fleet gets one cluster that it stops; the rest of the promised
//! share goes where it delays, as far as that goes, and only then anywhere.

use crate::inventory::Provider;
use crate::rng::{Purpose, Stream, Streams, entity_key};
use crate::snapshot::WorkloadKind;
use crate::units::IntOrPercent;

use super::FleetOptions;
use super::apps::{Draft, Flaw, Guard, Limit};
use super::shape::{Shape, chosen};

/// Deals out budgets and flaws.
pub(super) fn deal(
    options: &FleetOptions,
    shapes: &[Shape],
    drafts: &mut [Vec<Draft>],
    streams: Streams,
) {
    let mut stream = streams.open(entity_key(&["flaws"]), Purpose::Synthesis);
    guard(options, drafts, &mut stream);
    block(options, shapes, drafts, &mut stream);
    for (shape, drafts) in shapes.iter().zip(drafts) {
        overlap(shape, drafts);
        break_some(shape, drafts, &mut stream);
    }
}

/// Whether a workload could have a budget.
fn is_service(draft: &Draft) -> bool {
    matches!(
        draft.kind,
        Some(WorkloadKind::Deployment | WorkloadKind::StatefulSet)
    )
}

/// Gives good budgets to all services of several replicas but the promised share.
fn guard(options: &FleetOptions, drafts: &mut [Vec<Draft>], stream: &mut Stream) {
    let services: Vec<&mut Draft> = drafts
        .iter_mut()
        .flatten()
        .filter(|draft| is_service(draft) && draft.replicas > 1)
        .collect();
    let missing = chosen(services.len(), options.missing_budgets_per_mille, stream);
    for (draft, missing) in services.into_iter().zip(missing) {
        if !missing {
            draft.budgets = vec![good(draft.replicas, stream)];
        }
    }
}

/// A budget that lets one pod go at a time, or a few.
fn good(replicas: u32, stream: &mut Stream) -> Guard {
    let limit = match stream.below(100) {
        0..50 => Limit::MaxUnavailable(IntOrPercent::Int(1)),
        50..75 => Limit::MinAvailable(IntOrPercent::Percent(50)),
        75..90 => Limit::MaxUnavailable(IntOrPercent::Percent(25)),
        _ => Limit::MinAvailable(IntOrPercent::Int(replicas.cast_signed() - 1)),
    };
    Guard { ending: "", limit }
}

/// A budget that lets no pod go, in the ways people write them.
fn blocking(replicas: u32, stream: &mut Stream) -> Guard {
    let limit = match stream.below(3) {
        0 => Limit::MaxUnavailable(IntOrPercent::Int(0)),
        1 => Limit::MinAvailable(IntOrPercent::Percent(100)),
        _ => Limit::MinAvailable(IntOrPercent::Int(replicas.cast_signed())),
    };
    Guard { ending: "", limit }
}

/// Gives the promised share of services a budget that can never be met.
fn block(options: &FleetOptions, shapes: &[Shape], drafts: &mut [Vec<Draft>], stream: &mut Stream) {
    let n_services = drafts
        .iter()
        .flatten()
        .filter(|draft| is_service(draft))
        .count();
    let share = u64::from(options.blocking_budgets_per_mille.min(1_000));
    let mut left = (n_services as u64 * share).div_ceil(1_000) as usize;
    if left == 0 {
        return;
    }
    if let Some(cluster) = stopped(shapes)
        && let Some(ledger) = ledger(&mut drafts[cluster])
    {
        ledger.budgets = vec![Guard {
            ending: "",
            limit: Limit::MinAvailable(IntOrPercent::Int(ledger.replicas.cast_signed())),
        }];
        left -= 1;
    }
    left -= delay(shapes, drafts, left, stream);
    let others = drafts.iter_mut().flatten();
    let mut free: Vec<&mut Draft> = others.filter(|draft| can_block(draft)).collect();
    let rest = left.min(free.len());
    let marks = chosen(
        free.len(),
        (rest * 1_000).div_ceil(free.len().max(1)) as u32,
        stream,
    );
    for (draft, mark) in free.iter_mut().zip(marks) {
        if mark && left > 0 {
            draft.budgets = vec![blocking(draft.replicas, stream)];
            left -= 1;
        }
    }
}

/// Blocks up to `count` workloads where drains are forced, the most critical clusters first; how
/// many were.
fn delay(shapes: &[Shape], drafts: &mut [Vec<Draft>], count: usize, stream: &mut Stream) -> usize {
    let mut order: Vec<usize> = (0..shapes.len())
        .filter(|at| forces(&shapes[*at]))
        .collect();
    order.sort_by_key(|at| {
        ["high", "medium", "low"]
            .iter()
            .position(|t| *t == shapes[*at].tier)
    });
    let mut done = 0;
    for round in 0.. {
        let before = done;
        for at in &order {
            let bears = n_delays(shapes[*at].tier, drafts[*at].len());
            if done < count && round < bears && block_one(&mut drafts[*at], stream) {
                done += 1;
            }
        }
        if done == before {
            break;
        }
    }
    done
}

/// How many such delays a cluster bears, an hour for each of their pods.
fn n_delays(tier: &str, n_workloads: usize) -> usize {
    match tier {
        "low" => 1 + n_workloads / 150,
        _ => 5 + n_workloads / 50,
    }
}

/// Whether drains are forced in the end.
fn forces(shape: &Shape) -> bool {
    shape.provider == Provider::Gke
}

/// The cluster whose upgrade a budget stops: the first of the middle tier where drains wait for
/// ever; if there is none, one where they fail.
fn stopped(shapes: &[Shape]) -> Option<usize> {
    let first = |accept: fn(&Shape) -> bool| shapes.iter().position(accept);
    first(|shape| shape.tier == "medium" && shape.provider == Provider::ClusterApi)
        .or_else(|| first(|shape| shape.tier == "medium" && !forces(shape)))
        .or_else(|| first(|shape| !forces(shape)))
}

/// The workload that is stopped for: the ledger where there is one, because it is the kind of
/// workload whose owners allow no disruption.
fn ledger(drafts: &mut [Draft]) -> Option<&mut Draft> {
    let at = drafts
        .iter()
        .position(|draft| draft.name == "ledger")
        .or_else(|| {
            drafts
                .iter()
                .position(|draft| is_service(draft) && draft.replicas > 1)
        })?;
    drafts.get_mut(at)
}

/// Whether a workload's budget may become one that can never be met.
fn can_block(draft: &Draft) -> bool {
    is_service(draft)
        && !draft
            .budgets
            .iter()
            .any(|guard| is_blocking(*guard, draft.replicas))
}

/// Whether a budget lets no pod go while all are healthy.
pub(super) fn is_blocking(guard: Guard, replicas: u32) -> bool {
    match guard.limit {
        Limit::MaxUnavailable(limit) => limit.scaled_up(replicas) == 0,
        Limit::MinAvailable(limit) => limit.scaled_up(replicas) >= i64::from(replicas),
    }
}

/// Blocks one more workload of a cluster, if it has one.
fn block_one(drafts: &mut [Draft], stream: &mut Stream) -> bool {
    let first = stream.below(drafts.len() as u64) as usize;
    let n_drafts = drafts.len();
    let found = (0..n_drafts)
        .map(|step| (first + step) % n_drafts)
        .find(|at| can_block(&drafts[*at]) && drafts[*at].replicas <= 3);
    if let Some(at) = found {
        let draft = &mut drafts[at];
        draft.budgets = vec![blocking(draft.replicas, stream)];
    }
    found.is_some()
}

/// Where drains are forced in the end, one workload has two budgets; the eviction API refuses
/// such pods outright (k8s-truth §1).
fn overlap(shape: &Shape, drafts: &mut [Draft]) {
    if !forces(shape) || shape.tier == "low" {
        return;
    }
    let guarded = drafts
        .iter_mut()
        .find(|draft| draft.replicas == 2 && draft.budgets.len() == 1 && can_block(draft));
    if let Some(draft) = guarded {
        draft.budgets.push(Guard {
            ending: "-availability",
            limit: Limit::MinAvailable(IntOrPercent::Int(1)),
        });
    }
}

/// Breaks a few workloads. A pod that is never ready uses up its budget, so only workloads without
/// one are broken, but for clusters that force drains and bear some delay.
fn break_some(shape: &Shape, drafts: &mut [Draft], stream: &mut Stream) {
    let bears = forces(shape) && shape.tier != "low";
    for draft in drafts.iter_mut().filter(|draft| is_service(draft)) {
        if draft.replicas > 2 && (bears || draft.budgets.is_empty()) && stream.happens(15) {
            draft.flaw = Flaw::CrashLooping;
        }
    }
    let spare = drafts.iter_mut().find(|draft| {
        draft.kind == Some(WorkloadKind::Deployment)
            && draft.replicas == 1
            && draft.budgets.is_empty()
    });
    if let Some(draft) = spare.filter(|_| shape.nodes >= 10 && stream.happens(400)) {
        draft.flaw = Flaw::Unschedulable;
    }
}
