//! What is filled in to inject a fault, and the fault it makes.

use wavetank_core::report::{FleetReport, RunReport};
use wavetank_core::sim::fault::{Fault, FaultKind, Scope, StepKind, Trigger};
use wavetank_core::units::SimDuration;

use crate::state::{Selection, State};

/// Where the fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Fleet,
    Wave,
    Cluster,
    Node,
    Zone,
    Workload,
}

/// When it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Cursor,
    Wave,
    ClusterStart,
    Before(StepKind),
    After(StepKind),
}

/// The form as far as it is filled in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    pub(super) kind: FaultKind,
    pub(super) place: Where,
    pub(super) when: When,
    /// The wave, from 1.
    pub(super) wave: u32,
    pub(super) cluster: Option<u32>,
    pub(super) node: Option<u32>,
    pub(super) zone: Option<String>,
    pub(super) workload: Option<String>,
    pub(super) duration: Option<SimDuration>,
    pub(super) severity_per_mille: u32,
    pub(super) cursor_ms: u64,
}

impl Form {
    /// Filled in from what is selected and where the cursor is: here, now.
    pub(super) fn of(state: &State) -> Self {
        let Selection { cluster, node, .. } = state.selection;
        let wave = wave_of(state).unwrap_or(1);
        let place = match (cluster, node) {
            (Some(_), Some(_)) => Where::Node,
            (Some(_), None) => Where::Cluster,
            (None, _) => Where::Wave,
        };
        Self {
            kind: FaultKind::CniBreak,
            place,
            when: When::Cursor,
            wave,
            cluster,
            node,
            zone: None,
            workload: None,
            duration: None,
            severity_per_mille: 1_000,
            cursor_ms: state.cursor_ms,
        }
    }

    /// The fault that the form describes.
    pub(super) fn fault(&self, fleet: &FleetReport, run: Option<&RunReport>) -> Fault {
        Fault {
            kind: self.kind,
            trigger: match self.when {
                When::Cursor => Trigger::At(SimDuration::from_millis(self.cursor_ms)),
                When::Wave => Trigger::Wave(self.wave),
                When::ClusterStart => Trigger::ClusterStart,
                When::Before(step) => Trigger::BeforeStep(step),
                When::After(step) => Trigger::AfterStep(step),
            },
            scope: self.scope(fleet, run),
            duration: self.duration,
            severity_per_mille: self.severity_per_mille,
        }
    }

    fn scope(&self, fleet: &FleetReport, run: Option<&RunReport>) -> Scope {
        let index = self.cluster.map(|cluster| cluster as usize);
        let card = index.and_then(|index| fleet.clusters.get(index));
        let cluster = card.map(|card| card.name.clone());
        let node = || {
            let track = run?.tracks.get(index?)?;
            track.names.get(self.node? as usize).cloned()
        };
        match self.place {
            Where::Fleet => Scope::default(),
            Where::Wave => Scope {
                wave: Some(self.wave),
                ..Scope::default()
            },
            Where::Cluster => Scope {
                cluster,
                ..Scope::default()
            },
            Where::Node => Scope {
                cluster,
                node: node(),
                ..Scope::default()
            },
            Where::Zone => Scope {
                cluster,
                zone: self.zone.clone(),
                ..Scope::default()
            },
            Where::Workload => Scope {
                cluster,
                workload: self.workload.clone(),
                ..Scope::default()
            },
        }
    }
}

/// The wave of the selected cluster, or the one under way at the cursor; from 1.
fn wave_of(state: &State) -> Option<u32> {
    let run = state.run.as_ref()?;
    if let Some(cluster) = state.selection.cluster {
        let lane = run.lanes.get(cluster as usize)?;
        return lane.wave.map(|wave| wave + 1);
    }
    let has_started =
        |start_ms: Option<u64>| start_ms.is_some_and(|start_ms| start_ms <= state.cursor_ms);
    let n_started = run
        .waves
        .iter()
        .filter(|wave| has_started(wave.start_ms))
        .count();
    Some((n_started as u32).max(1))
}

#[cfg(test)]
mod tests {
    use wavetank_core::report::ClusterCard;

    use super::*;
    use crate::state::Link;

    #[test]
    fn a_zone_is_named_with_its_cluster() {
        let mut state = State::opening(Link::default());
        state.selection.cluster = Some(0);
        let card = ClusterCard {
            name: "eu-1".to_owned(),
            ..ClusterCard::default()
        };
        let fleet = FleetReport {
            clusters: vec![card],
            ..FleetReport::default()
        };
        let form = Form {
            kind: FaultKind::ZoneOutage,
            place: Where::Zone,
            zone: Some("eu-1b".to_owned()),
            ..Form::of(&state)
        };
        let scope = form.fault(&fleet, None).scope;
        let named = (scope.cluster.as_deref(), scope.zone.as_deref());
        assert_eq!(named, (Some("eu-1"), Some("eu-1b")));
    }

    #[test]
    fn the_form_opens_on_here_and_now() {
        let mut state = State::opening(Link::default());
        state.cursor_ms = 5_400_000;
        let fault = Form::of(&state).fault(&FleetReport::default(), None);
        assert_eq!(fault.trigger, Trigger::At(SimDuration::from_mins(90)));
        state.selection.cluster = Some(2);
        let form = Form::of(&state);
        assert_eq!((form.place, form.when), (Where::Cluster, When::Cursor));
    }
}
