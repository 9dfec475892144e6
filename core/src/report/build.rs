//! Builds the reports from what the stages produced.

use super::{CauseLink, EventFilter, EventPage, FleetReport, RunReport};
use crate::checked::Issue;
use crate::inventory::Inventory;
use crate::plan::{Plan, PlanningReport};
use crate::sim::Trace;
use crate::sim::fault::Fault;

/// Everything a run report is built from.
#[derive(Clone, Copy, Debug)]
pub struct RunInputs<'a> {
    /// The fleet.
    pub inventory: &'a Inventory,
    /// The plan.
    pub plan: &'a Plan,
    /// What the planner held back.
    pub planning: &'a PlanningReport,
    /// What was injected.
    pub faults: &'a [Fault],
    /// The seed.
    pub seed: u64,
    /// What happened.
    pub trace: &'a Trace,
}

/// Reports the fleet as it was loaded.
pub fn fleet(_inventory: &Inventory, source: &str, issues: &[Issue]) -> FleetReport {
    FleetReport {
        source: source.to_owned(),
        issues: issues.to_vec(),
        ..FleetReport::default()
    }
}

/// Reports a rehearsal.
pub fn run(inputs: &RunInputs<'_>) -> RunReport {
    RunReport {
        seed: inputs.seed,
        ..RunReport::default()
    }
}

/// The stretch of the event log from `offset` that passes `filter`, at most `limit` rows.
pub fn event_page(
    _inputs: &RunInputs<'_>,
    _filter: &EventFilter,
    offset: u32,
    _limit: u32,
) -> EventPage {
    EventPage {
        offset,
        ..EventPage::default()
    }
}

/// The chain of causes of an event, root first; empty when there is no such event.
pub fn causes(_inputs: &RunInputs<'_>, _event: u32) -> Vec<CauseLink> {
    Vec::new()
}
