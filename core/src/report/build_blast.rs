//! Builds the blast radius of a rehearsal, and tells what it rests on.

use std::cmp::Reverse;

use super::build::RunInputs;
use super::log::row;
use super::words::{count, tier_words};
use super::{BlastRadius, BlastRow, BlastSpell, FactState};
use crate::checked::{Checked, Issue};
use crate::inventory::{Evidence, Tier};
use crate::services::{
    self, Hit, Load, Services, TIMEOUT_SERVICE_TIMES, UNSTATED_SERVICE_TIME,
    UNSTATED_UTILIZATION_OF_TWO_PER_MILLE, UNSTATED_UTILIZATION_PER_MILLE, WHOLE_PPM,
};
use crate::units::{SimDuration, SimTime};

/// The time that an error budget is for: any four weeks hold as many weekends as any others
/// (Google, The Site Reliability Workbook, 2018, chapter 2).
const BUDGET_WINDOW: SimDuration = SimDuration::from_hours(28 * 24);

/// What the scenario says of a service and of all that it calls.
struct Stated {
    /// Demand and capacity.
    load: bool,
    /// These, service times and timeouts.
    latency: bool,
}

/// The blast radius, and what is assumed for it: sentences.
pub(super) fn blast_radius(inputs: &RunInputs<'_>) -> (BlastRadius, Vec<String>) {
    let Checked {
        value: services,
        issues,
    } = services::resolve(inputs.services, inputs.inventory, "");
    let blast = services::blast(&services, inputs.inventory, inputs.trace);
    let load_is_stated = services.with_callees(|load| load.is_stated);
    let latency_is_stated = services.with_callees(|load| {
        load.is_stated && load.service_time_is_stated && load.timeout_is_stated
    });
    let mut hits: Vec<&Hit> = blast.hits.iter().collect();
    hits.sort_by_key(|hit| {
        let tier = Reverse(tier_of(inputs, &services, hit));
        let worst = Reverse((hit.down_ms, hit.lost_ppm_ms, hit.affected_ms));
        (tier, worst, Reverse(latency_per_mille(hit)), hit.service)
    });
    let rows = hits.iter().map(|hit| {
        let index = hit.service.index();
        let stated = Stated {
            load: load_is_stated[index],
            latency: latency_is_stated[index],
        };
        blast_row(inputs, &services, hit, &stated)
    });
    let mut radius = BlastRadius {
        headline: String::new(),
        services: blast.n_judged,
        hit: hits.len() as u32,
        down: hits.iter().filter(|hit| hit.down_ms > 0).count() as u32,
        down_before: blast.n_down_before,
        longest_ms: hits.iter().map(|hit| hit.longest_ms).max().unwrap_or(0),
        calls: services.calls.n_calls() as u32,
        unusable: issues.iter().map(issue_words).collect(),
        rows: rows.collect(),
    };
    radius.headline = headline(&radius);
    (radius, assumptions(&services))
}

/// What cannot be used, where it stands in the scenario, and what would mend it.
fn issue_words(issue: &Issue) -> String {
    let place = issue.place.object.as_deref().unwrap_or("services");
    format!("{place}: {}; {}", issue.message, issue.fix)
}

/// The tier that decides how high a service stands: one that is not known counts as in the plan.
fn tier_of(inputs: &RunInputs<'_>, services: &Services, hit: &Hit) -> Tier {
    let cluster = services.list[hit.service.index()].cluster;
    let tier = &inputs.inventory.clusters[cluster.index()].tier;
    tier.value().copied().unwrap_or(Tier::Medium)
}

fn latency_per_mille(hit: &Hit) -> u64 {
    let start = hit.start.latency_micros.max(1);
    hit.peak_latency_micros.saturating_mul(1_000) / start
}

fn blast_row(inputs: &RunInputs<'_>, services: &Services, hit: &Hit, stated: &Stated) -> BlastRow {
    let service = &services.list[hit.service.index()];
    let cluster = &inputs.inventory.clusters[service.cluster.index()];
    let event = hit.worst.event;
    let told = event.and_then(|id| Some((id, inputs.trace.event(id)?)));
    let root = event.and_then(|id| inputs.trace.root(id, inputs.faults));
    let through = hit.worst.through.iter();
    let lost_ms = hit.lost_ppm_ms / u128::from(WHOLE_PPM);
    BlastRow {
        cluster: service.cluster.0,
        cluster_name: cluster.name.clone(),
        service: name(inputs, services, hit.service),
        tier: tier_words(tier_of(inputs, services, hit)).to_owned(),
        tier_state: match cluster.tier {
            Evidence::Known(_) => FactState::Known,
            Evidence::Assumed { .. } | Evidence::Unknown => FactState::Assumed,
        },
        load: if stated.load {
            FactState::Known
        } else {
            FactState::Assumed
        },
        errors_ppm: hit.worst.level.errors_ppm,
        lacking_ppm: hit.worst_lacking_ppm,
        latency_per_mille: latency_per_mille(hit),
        latency_micros: stated.latency.then_some(hit.peak_latency_micros),
        affected_ms: hit.affected_ms,
        down_ms: hit.down_ms,
        longest_ms: hit.longest_ms,
        lost_ms: lost_ms as u64,
        lost_requests: lost_requests(&service.load, hit),
        budget_spent_per_mille: service.error_budget_ppm.map(|ppm| {
            let budget = u128::from(ppm) * u128::from(BUDGET_WINDOW.as_millis());
            let spent = hit.lost_ppm_ms.saturating_mul(1_000) / budget.max(1);
            u64::try_from(spent).unwrap_or(u64::MAX)
        }),
        through: through
            .map(|service| name(inputs, services, *service))
            .collect(),
        worst_at_ms: hit.worst.at.as_millis(),
        event: event.map(|id| id.0),
        because: told
            .map(|(id, event)| row(inputs, id, event).sentence)
            .unwrap_or_default(),
        root_event: root.map(|(id, _)| id.0),
        root_cause: root.map(|(_, rule)| rule.to_owned()).unwrap_or_default(),
        spells: hit.spells.iter().map(spell).collect(),
        n_spells: hit.n_spells,
        lasts: hit.lasts,
    }
}

fn spell(spell: &services::Spell) -> BlastSpell {
    BlastSpell {
        from_ms: spell.from.as_millis(),
        to_ms: spell.to.as_millis(),
        down_ms: spell.down_ms,
        errors_ppm: spell.worst_errors_ppm,
    }
}

/// Requests lost, where it is stated how many there are.
fn lost_requests(load: &Load, hit: &Hit) -> Option<u64> {
    let per_second = u128::from(load.demand?.count());
    // Parts per million, milliseconds and thousandths of a request.
    let lost = hit.lost_ppm_ms.saturating_mul(per_second) / 1_000_000_000_000;
    Some(u64::try_from(lost).unwrap_or(u64::MAX))
}

fn name(inputs: &RunInputs<'_>, services: &Services, service: crate::ids::ServiceIdx) -> String {
    let service = &services.list[service.index()];
    let cluster = &inputs.inventory.clusters[service.cluster.index()];
    let workload = &cluster.workloads[service.workload.index()];
    format!("{}/{}", workload.namespace, workload.name)
}

/// How far it reaches, in one sentence.
fn headline(radius: &BlastRadius) -> String {
    let before = match radius.down_before {
        0 => String::new(),
        n => format!(
            " {} had no ready replica at the start, so nothing is said of {}.",
            count(n, "service"),
            if n == 1 { "it" } else { "them" }
        ),
    };
    if radius.services == 0 {
        return format!("No service is known to answer at the start.{before}");
    }
    let all = count(radius.services, "service");
    let be = if radius.hit == 1 { "is" } else { "are" };
    let Some(longest) = radius.rows.iter().max_by_key(|row| row.longest_ms) else {
        return match radius.services {
            1 => format!("The one service is not affected.{before}"),
            _ => format!("None of {all} is affected.{before}"),
        };
    };
    let down = match radius.down {
        0 => "none of them down".to_owned(),
        n => format!("{n} of them down for a time"),
    };
    let took = SimTime::from_millis(radius.longest_ms)
        .since(SimTime::ZERO)
        .rounded();
    format!(
        "{} of {all} {be} affected, {down}; the longest stretch without relief is {took}: {} in {}.\
         {before}",
        radius.hit, longest.service, longest.cluster_name
    )
}

/// What the blast radius rests on: sentences.
fn assumptions(services: &Services) -> Vec<String> {
    let n_all = services.list.len() as u32;
    let n_unstated = services.list.iter().filter(|s| !s.load.is_stated).count() as u32;
    let mut sentences = Vec::new();
    if n_all == 0 {
        return sentences;
    }
    if n_unstated > 0 {
        let per_cent = UNSTATED_UTILIZATION_PER_MILLE / 10;
        let of_two = UNSTATED_UTILIZATION_OF_TWO_PER_MILLE / 10;
        sentences.push(format!(
            "Demand and capacity of {n_unstated} of {} are not stated: each service is taken to \
             keep {per_cent} % of the replicas it wants busy, and {of_two} % of two, so that one \
             can do without the other.",
            count(n_all, "service")
        ));
    }
    if services.list.iter().any(|s| !s.load.timeout_is_stated) {
        sentences.push(format!(
            "Where no timeout is stated, a request is taken to be given up after \
             {TIMEOUT_SERVICE_TIMES} times what it takes undisturbed, with its calls."
        ));
    }
    if services.calls.n_calls() == 0 {
        sentences.push(
            "No calls between services are known, so no error is carried from one to another."
                .to_owned(),
        );
    } else if services.list.iter().any(|s| !s.load.service_time_is_stated) {
        sentences.push(format!(
            "Where neither service time nor capacity is stated, a request is taken to take \
             {UNSTATED_SERVICE_TIME} beside those that are called for it."
        ));
    }
    sentences
}
