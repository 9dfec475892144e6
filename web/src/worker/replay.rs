//! Opens what "Save the scenario" wrote: its fleet, plan, faults and seed take the place of those
//! on screen.

use wavetank_core::checked::{Checked, Issue};
use wavetank_core::scenario::{FleetSource, Scenario};
use wavetank_core::snapshot::Snapshot;
use wavetank_core::synth;
use wavetank_core::trial::{RunSettings, Trial};

use super::desk::{Desk, Files};
use super::parcel::{self, Dropped};
use crate::protocol::{FromWorker, Serial};

impl Desk {
    /// Takes scenarios and what was dropped beside them; only one of them can be rehearsed.
    pub(super) fn open_scenarios(
        &mut self,
        serial: Serial,
        dropped: Vec<Dropped>,
        files: Files,
        loaded: Checked<Snapshot>,
    ) -> FromWorker {
        let mut dropped = dropped.into_iter();
        let Some(Dropped { path, scenario }) = dropped.next() else {
            return self.open(serial, files, loaded, RunSettings::default());
        };
        let mut issues: Vec<Issue> = dropped.map(|other| parcel::several(&other.path)).collect();
        match scenario {
            Ok(scenario) if issues.is_empty() => {
                let beside: Vec<String> = files
                    .paths
                    .iter()
                    .filter(|other| **other != path)
                    .cloned()
                    .collect();
                let files = Files {
                    paths: beside,
                    ..files
                };
                self.open_scenario(serial, (&path, *scenario), files, loaded)
            }
            Ok(_) => FromWorker::NothingLoaded { serial, issues },
            Err(slip) => {
                issues.insert(0, slip);
                FromWorker::NothingLoaded { serial, issues }
            }
        }
    }

    fn open_scenario(
        &mut self,
        serial: Serial,
        (path, scenario): (&str, Scenario),
        files: Files,
        loaded: Checked<Snapshot>,
    ) -> FromWorker {
        if !scenario.history.is_empty() {
            let issues = vec![parcel::history_not_read(path, &scenario.history)];
            return FromWorker::NothingLoaded { serial, issues };
        }
        let settings = RunSettings::of(&scenario, Vec::new());
        let unused = || {
            files
                .paths
                .iter()
                .map(|file| parcel::unused(file))
                .collect()
        };
        let trial = match scenario.fleet {
            FleetSource::Generate(options) => {
                let snapshot = synth::generate(&options);
                let source = FleetSource::Generate(options);
                Trial::new(source, &snapshot, "generated", unused())
            }
            FleetSource::Snapshot(snapshot) => {
                let source = FleetSource::Snapshot(snapshot.clone());
                Trial::new(source, &snapshot, path, unused())
            }
            FleetSource::Paths(paths) => {
                if files.paths.is_empty() && self.holds(&paths) {
                    return self.keep(serial, settings);
                }
                let missing = parcel::missing(&paths, &files.paths);
                if !missing.is_empty() {
                    let issues = vec![parcel::fleet_missing(path, &missing)];
                    return FromWorker::NothingLoaded { serial, issues };
                }
                return self.open(serial, files, loaded, settings);
            }
        };
        self.install(trial, serial, settings)
    }

    /// Whether the fleet on screen was read from just these files.
    fn holds(&self, paths: &[String]) -> bool {
        let source = self.trial.as_ref().map(Trial::source);
        matches!(source, Some(FleetSource::Paths(held)) if held == paths)
    }

    /// Rehearses something else on the fleet on screen.
    fn keep(&mut self, serial: Serial, settings: RunSettings) -> FromWorker {
        match self.trial.take() {
            Some(trial) => self.install(trial, serial, settings),
            None => FromWorker::NothingLoaded {
                serial,
                issues: Vec::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ToWorker;
    use crate::worker::desk::Slice;
    use wavetank_core::report::RunReport;
    use wavetank_core::scenario::ServiceSpec;
    use wavetank_core::sim::fault::{Fault, FaultKind, Scope, Trigger};
    use wavetank_core::synth::FleetOptions;
    use wavetank_core::units::{SimDuration, Thousandths};

    fn options() -> FleetOptions {
        FleetOptions {
            clusters: 2,
            nodes: 8,
            pods: 120,
            ..FleetOptions::default()
        }
    }

    fn settings() -> RunSettings {
        let mut settings = RunSettings {
            seed: 7,
            ..RunSettings::default()
        };
        settings.plan.max_concurrency = 1;
        settings.faults.push(Fault {
            kind: FaultKind::CniBreak,
            trigger: Trigger::ClusterStart,
            scope: Scope::default(),
            duration: None,
            severity_per_mille: 500,
        });
        settings.services.push(ServiceSpec {
            cluster: None,
            namespace: "checkout".to_owned(),
            name: "cart".to_owned(),
            demand: Some(Thousandths::new(12_500)),
            capacity_per_replica: None,
            service_time: Some(SimDuration::from_millis(20)),
            timeout: None,
            error_budget_ppm: Some(1_000),
            calls: Vec::new(),
        });
        settings
    }

    fn rehearse(desk: &mut Desk, settings: RunSettings) -> RunReport {
        desk.begin(1, settings).expect("a plan");
        while let Slice::More(_) = desk.advance(10_000) {}
        match desk.rehearsed(1, 0) {
            Some(FromWorker::Rehearsed { run, .. }) => *run,
            other => panic!("{other:?}"),
        }
    }

    /// What "Save the scenario" writes for the last rehearsal.
    fn saved(desk: &Desk) -> String {
        let name = "saved".to_owned();
        match desk.answer(ToWorker::Scenario { name }) {
            Some(FromWorker::Scenario { json, .. }) => json,
            other => panic!("{other:?}"),
        }
    }

    fn nothing() -> Files {
        Files {
            paths: Vec::new(),
            n_bytes: 0,
        }
    }

    fn drop_text(desk: &mut Desk, text: &str, files: Files) -> FromWorker {
        let dropped = parcel::scenario_of("saved.json", text.as_bytes()).expect("a scenario");
        desk.open_scenarios(2, vec![dropped], files, Checked::clean(Snapshot::default()))
    }

    #[track_caller]
    fn check_it_comes_back(desk: &mut Desk) {
        let before = rehearse(desk, settings());
        let text = saved(desk);
        let mut other = Desk::default();
        other.generate(
            1,
            FleetOptions {
                seed: 99,
                ..options()
            },
            RunSettings::default(),
        );
        let answer = drop_text(&mut other, &text, nothing());
        let FromWorker::Fleet {
            settings: found,
            fleet,
            ..
        } = answer
        else {
            panic!("{answer:?}");
        };
        assert_eq!(found, settings());
        assert_eq!(fleet.clusters.len(), 2);
        assert_eq!(rehearse(&mut other, found).digest, before.digest);
    }

    #[test]
    fn a_saved_scenario_of_a_generated_fleet_comes_back_to_the_digest() {
        let mut desk = Desk::default();
        desk.generate(1, options(), RunSettings::default());
        check_it_comes_back(&mut desk);
    }

    #[test]
    fn a_saved_scenario_of_loaded_files_comes_back_to_the_digest() {
        let mut desk = Desk::default();
        let files = Files {
            paths: vec!["eu.json".to_owned()],
            n_bytes: 1,
        };
        let loaded = Checked::clean(synth::generate(&options()));
        desk.open(1, files, loaded, RunSettings::default());
        check_it_comes_back(&mut desk);
    }

    /// A scenario of a fleet too large to be held in it.
    const BY_PATHS: &str = "schemaVersion: wavetank/v1\nfleet:\n  paths: [eu.json]\nseed: 7\n";

    fn large() -> Files {
        Files {
            paths: vec!["eu.json".to_owned()],
            n_bytes: 1 << 40,
        }
    }

    #[test]
    fn a_scenario_for_another_fleet_says_so_and_changes_nothing() {
        let mut desk = Desk::default();
        desk.generate(1, options(), RunSettings::default());
        let answer = drop_text(&mut desk, BY_PATHS, nothing());
        let FromWorker::NothingLoaded { issues, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(
            issues[0].to_string(),
            "saved.json: error[fleet-not-here]: this scenario is for another fleet than the one \
             on screen, and names its files instead of holding them: eu.json; drop the scenario \
             together with those files, or with the folder that holds them; nothing on screen \
             was changed"
        );
        assert!(desk.trial.is_some());
    }

    // Going by the defaults instead would be another rehearsal than the one that was saved.
    #[test]
    fn a_scenario_that_goes_by_past_runs_is_refused() {
        let mut desk = Desk::default();
        desk.generate(1, options(), RunSettings::default());
        let text = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\nhistory: [runs.csv]\n";
        let answer = drop_text(&mut desk, text, nothing());
        let FromWorker::NothingLoaded { issues, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(
            issues[0].to_string(),
            "saved.json: error[history-not-read]: this scenario goes by past runs, which the page \
             does not read: runs.csv; rehearse it with `wavetank simulate`, or take `history` out \
             to go by the defaults; nothing on screen was changed"
        );
        assert!(desk.trial.is_some());
    }

    #[test]
    fn a_scenario_for_the_fleet_on_screen_keeps_it() {
        let mut desk = Desk::default();
        let loaded = Checked::clean(synth::generate(&options()));
        desk.open(1, large(), loaded, RunSettings::default());
        let answer = drop_text(&mut desk, BY_PATHS, nothing());
        let FromWorker::Fleet {
            settings, fleet, ..
        } = answer
        else {
            panic!("{answer:?}");
        };
        assert_eq!((settings.seed, fleet.clusters.len()), (7, 2));
    }

    #[test]
    fn a_scenario_is_rehearsed_on_the_files_dropped_with_it() {
        let mut desk = Desk::default();
        let dropped = parcel::scenario_of("saved.yaml", BY_PATHS.as_bytes()).expect("one");
        let loaded = Checked::clean(synth::generate(&options()));
        let answer = desk.open_scenarios(3, vec![dropped], large(), loaded);
        let FromWorker::Fleet { settings, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(settings.seed, 7);
    }

    #[test]
    fn two_scenarios_at_once_are_refused() {
        let one = || parcel::scenario_of("a.yaml", BY_PATHS.as_bytes()).expect("one");
        let loaded = Checked::clean(Snapshot::default());
        let answer = Desk::default().open_scenarios(4, vec![one(), one()], nothing(), loaded);
        assert!(
            matches!(answer, FromWorker::NothingLoaded { .. }),
            "{answer:?}"
        );
    }
}
