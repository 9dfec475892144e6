//! The façade: one fleet, one plan, one rehearsal, in steps that a page or a terminal can drive.
//!
//! There are no callbacks: the terminal loops over [`Trial::advance`], the worker yields between
//! two calls, which is where progress goes out and Stop comes in.

mod drain;
mod expectations;
#[cfg(test)]
mod tests;

pub use drain::{DrainError, DrainRequest, SelectedPods};
pub use expectations::unmet;

use crate::checked::{Checked, Issue};
use crate::durations::DurationEntry;
use crate::inventory::{self, Inventory};
use crate::plan::{self, Plan, PlanError, PlanSettings, PlanningReport};
use crate::report::{
    self, CauseLink, DrainReport, DurationsReport, EventFilter, EventPage, FleetReport, Outcome,
    RunInputs, RunReport,
};
use crate::scenario::{
    self, Expectations, FleetSource, History, SCHEMA_VERSION, Scenario, ServiceSpec,
    missing_name_issues,
};
use crate::services;
use crate::sim::fault::Fault;
use crate::sim::{Progress, Rehearsal, Trace};
use crate::snapshot::Snapshot;

/// One fleet and what was rehearsed on it.
#[derive(Debug)]
pub struct Trial {
    source: FleetSource,
    inventory: Inventory,
    fleet: FleetReport,
    settings: RunSettings,
    stage: Stage,
}

/// What can be changed without loading the fleet again.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunSettings {
    /// The plan's knobs.
    pub plan: PlanSettings,
    /// What breaks.
    pub faults: Vec<Fault>,
    /// What is asked of workloads, and which of them call which.
    pub services: Vec<ServiceSpec>,
    /// The seed of chance.
    pub seed: u64,
    /// How long things take, where the defaults do not fit.
    pub durations: Vec<DurationEntry>,
}

impl RunSettings {
    /// What a scenario asks for, with what its tables of past runs came to.
    pub fn of(scenario: &Scenario, history: Vec<DurationEntry>) -> Self {
        let mut durations = history;
        durations.extend_from_slice(&scenario.durations);
        Self {
            plan: scenario.plan.clone(),
            faults: scenario.faults.clone(),
            services: scenario.services.clone(),
            seed: scenario.seed,
            durations,
        }
    }
}

/// How far the trial is.
#[derive(Debug)]
enum Stage {
    Loaded,
    Running {
        plan: Plan,
        planning: PlanningReport,
        rehearsal: Box<Rehearsal>,
        /// The rehearsal before, which can be asked about until this one is done.
        earlier: Option<Box<Finished>>,
    },
    Done(Box<Finished>),
}

/// A plan and what came of it.
#[derive(Debug)]
struct Finished {
    settings: RunSettings,
    plan: Plan,
    planning: PlanningReport,
    trace: Trace,
    report: RunReport,
}

impl Trial {
    /// A trial on a fleet that was loaded from `snapshot`.
    ///
    /// `source` is what the exported scenario names; `label` is what readers see. `issues` are
    /// those met while loading; resolving may add more.
    pub fn new(
        source: FleetSource,
        snapshot: &Snapshot,
        label: &str,
        mut issues: Vec<Issue>,
    ) -> Self {
        let Checked {
            value: inventory,
            issues: found,
        } = inventory::resolve(snapshot);
        issues.extend(found);
        let fleet = report::fleet(&inventory, label, &issues);
        let settings = RunSettings::default();
        Self {
            source,
            inventory,
            fleet,
            settings,
            stage: Stage::Loaded,
        }
    }

    /// Where the fleet comes from.
    pub fn source(&self) -> &FleetSource {
        &self.source
    }

    /// The fleet as it was loaded.
    pub fn fleet(&self) -> &FleetReport {
        &self.fleet
    }

    /// Rehearses `kubectl drain` on the fleet as it was loaded.
    pub fn drain(&self, request: &DrainRequest) -> Result<DrainReport, DrainError> {
        drain::drain(&self.inventory, request)
    }

    /// Rehearses the drain of every node of a cluster, each by itself from the snapshot as it is.
    pub fn drain_each(&self, request: &DrainRequest) -> Result<Vec<DrainReport>, DrainError> {
        drain::drain_each(&self.inventory, request)
    }

    /// Plans, and sets the stage for a rehearsal. An earlier one stays until this one is done.
    pub fn start(&mut self, settings: RunSettings) -> Result<(), PlanError> {
        let (plan, planning) = plan::propose(&self.inventory, &settings.plan)?;
        let rehearsal = Rehearsal::new(&self.inventory, &plan, &settings.faults, settings.seed)
            .with_durations(&settings.durations);
        self.settings = settings;
        let earlier = match std::mem::replace(&mut self.stage, Stage::Loaded) {
            Stage::Loaded => None,
            Stage::Running { earlier, .. } => earlier,
            Stage::Done(finished) => Some(finished),
        };
        self.stage = Stage::Running {
            plan,
            planning,
            rehearsal: Box::new(rehearsal),
            earlier,
        };
        Ok(())
    }

    /// Names in the faults and services of the rehearsal under way that mean nothing, and services
    /// that cannot be as they are stated, as issues of the scenario in `file`.
    pub fn missing_names(&self, file: &str) -> Vec<Issue> {
        let Stage::Running { plan, .. } = &self.stage else {
            return Vec::new();
        };
        let n_waves = plan.waves.len() as u32;
        let mut issues = missing_name_issues(&self.settings.faults, &self.inventory, n_waves, file);
        let stated = &self.settings.services;
        issues.extend(services::resolve(stated, &self.inventory, file).issues);
        issues
    }

    /// Names in entries of durations that mean nothing in the fleet, as issues of `file`.
    pub fn missing_duration_names(&self, entries: &[DurationEntry], file: &str) -> Vec<Issue> {
        scenario::missing_duration_names(entries, &self.inventory, file)
    }

    /// Names in past runs that mean nothing in the fleet, as issues of their lines.
    pub fn missing_history_names(&self, history: &History) -> Vec<Issue> {
        scenario::missing_history_names(history, &self.inventory)
    }

    /// How long things take in the fleet, and how that is known.
    pub fn durations(&self, entries: &[DurationEntry]) -> DurationsReport {
        report::durations_in(&self.inventory, entries)
    }

    /// Drops a rehearsal that is under way; the one before is the last one again.
    pub fn cancel(&mut self) {
        let Stage::Running { earlier, .. } = &mut self.stage else {
            return;
        };
        self.stage = match earlier.take() {
            Some(finished) => {
                self.settings = finished.settings.clone();
                Stage::Done(finished)
            }
            None => Stage::Loaded,
        };
    }

    /// Handles up to `n_events` events; `None` when no rehearsal was started.
    pub fn advance(&mut self, n_events: u32) -> Option<Progress> {
        let Stage::Running {
            plan, rehearsal, ..
        } = &mut self.stage
        else {
            return None;
        };
        let progress = rehearsal.advance(&self.inventory, plan, n_events);
        if progress.done {
            self.finish();
        }
        Some(progress)
    }

    /// Turns a rehearsal that is done into its report.
    fn finish(&mut self) {
        let stage = std::mem::replace(&mut self.stage, Stage::Loaded);
        let Stage::Running {
            plan,
            planning,
            rehearsal,
            ..
        } = stage
        else {
            return;
        };
        let trace = rehearsal.into_trace();
        let report = report::run(&RunInputs {
            inventory: &self.inventory,
            plan: &plan,
            planning: &planning,
            faults: &self.settings.faults,
            services: &self.settings.services,
            durations: &self.settings.durations,
            seed: self.settings.seed,
            trace: &trace,
        });
        self.stage = Stage::Done(Box::new(Finished {
            settings: self.settings.clone(),
            plan,
            planning,
            trace,
            report,
        }));
    }

    /// The last rehearsal, once it is done.
    pub fn run(&self) -> Option<&RunReport> {
        self.finished().map(|finished| &finished.report)
    }

    /// The last rehearsal that came to its end.
    fn finished(&self) -> Option<&Finished> {
        match &self.stage {
            Stage::Done(finished) => Some(finished),
            Stage::Running { earlier, .. } => earlier.as_deref(),
            Stage::Loaded => None,
        }
    }

    /// A stretch of the last rehearsal's event log.
    pub fn events(&self, filter: &EventFilter, offset: u32, limit: u32) -> EventPage {
        self.inputs()
            .map(|inputs| report::event_page(&inputs, filter, offset, limit))
            .unwrap_or_default()
    }

    /// Why an event happened: the chain of its causes, root first.
    pub fn causes(&self, event: u32) -> Vec<CauseLink> {
        self.inputs()
            .map(|inputs| report::causes(&inputs, event))
            .unwrap_or_default()
    }

    /// Why the worst happened: the chains behind a bad verdict and behind the first bad event of
    /// other clusters, at most `n_chains`.
    pub fn worst(&self, n_chains: usize) -> Vec<Vec<CauseLink>> {
        let Some(run) = self.run() else {
            return Vec::new();
        };
        let went_well = matches!(
            run.verdict.outcome,
            Outcome::Finished | Outcome::NothingToDo
        );
        let first = run.verdict.event.filter(|_| !went_well);
        let first = first.map(|event| self.causes(event));
        let mut chains: Vec<_> = first.into_iter().collect();
        let links = chains.iter().flatten().rev();
        let mut seen: Vec<u32> = links
            .filter_map(|link| link.event.cluster)
            .take(1)
            .collect();
        for (event, _, cluster) in &run.bad_events {
            if let Some(cluster) = cluster.filter(|cluster| !seen.contains(cluster))
                && chains.len() < n_chains
            {
                seen.push(cluster);
                chains.push(self.causes(*event));
            }
        }
        chains.truncate(n_chains);
        chains
    }

    /// What the reports of a finished rehearsal are built from.
    fn inputs(&self) -> Option<RunInputs<'_>> {
        let finished = self.finished()?;
        Some(RunInputs {
            inventory: &self.inventory,
            plan: &finished.plan,
            planning: &finished.planning,
            faults: &finished.settings.faults,
            services: &finished.settings.services,
            durations: &finished.settings.durations,
            seed: finished.settings.seed,
            trace: &finished.trace,
        })
    }

    /// The scenario that makes the last rehearsal again, anywhere.
    pub fn scenario(&self, name: &str) -> Scenario {
        Scenario {
            schema_version: SCHEMA_VERSION.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            fleet: self.source.clone(),
            plan: self.settings.plan.clone(),
            faults: self.settings.faults.clone(),
            services: self.settings.services.clone(),
            durations: unshadowed(&self.settings.durations),
            history: Vec::new(),
            seed: self.settings.seed,
            expect: Expectations::default(),
        }
    }
}

/// The entries that no later one says the same of.
fn unshadowed(entries: &[DurationEntry]) -> Vec<DurationEntry> {
    let shadowed = |index: usize| {
        let mut later = entries[index + 1..].iter();
        later.any(|later| later.is_about_the_same(&entries[index]))
    };
    let left = (0..entries.len()).filter(|index| !shadowed(*index));
    left.map(|index| entries[index].clone()).collect()
}
