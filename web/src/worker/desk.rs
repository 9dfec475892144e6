//! The worker's desk: the trial it works on, and the answers that need no waiting.
//!
//! Architecture invariant: nothing here knows a browser, so all of it has native tests.

use wavetank_core::checked::{Checked, Issue, IssueLevel, Place};
use wavetank_core::report::{EventFilter, EventRow};
use wavetank_core::scenario::FleetSource;
use wavetank_core::snapshot::Snapshot;
use wavetank_core::synth::{self, FleetOptions};
use wavetank_core::trial::{DrainRequest, RunSettings, Trial};

use crate::protocol::{Direction, FromWorker, MOST_SERVICES, Progress, Serial, ToWorker};

/// Events at one instant that a step looks through; beyond, it goes by position.
const SAME_INSTANT: u32 = 2_000;
/// Above this, a saved scenario names the files instead of holding what was read from them.
const MOST_BYTES_HELD: u64 = 32_000_000;

/// What the worker works on.
#[derive(Debug, Default)]
pub struct Desk {
    pub(super) trial: Option<Trial>,
}

/// What became of a slice of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slice {
    /// There is more to do.
    More(Progress),
    /// It is done.
    Done,
}

/// Files as they were read.
#[derive(Debug)]
pub struct Files {
    /// Their paths.
    pub paths: Vec<String>,
    /// Their bytes together.
    pub n_bytes: u64,
}

impl Desk {
    /// Makes a synthetic fleet and answers with its report.
    pub fn generate(
        &mut self,
        serial: Serial,
        options: FleetOptions,
        settings: RunSettings,
    ) -> FromWorker {
        let snapshot = synth::generate(&options);
        let source = FleetSource::Generate(options);
        self.install(
            Trial::new(source, &snapshot, "generated", Vec::new()),
            serial,
            settings,
        )
    }

    /// Takes what was read from files; without a node in it, the fleet before stays.
    pub fn open(
        &mut self,
        serial: Serial,
        files: Files,
        loaded: Checked<Snapshot>,
        settings: RunSettings,
    ) -> FromWorker {
        let Checked { value, mut issues } = loaded;
        if value.clusters.is_empty() {
            return FromWorker::NothingLoaded { serial, issues };
        }
        if value
            .clusters
            .iter()
            .all(|cluster| cluster.nodes.is_empty())
        {
            issues.push(no_nodes(&files));
            return FromWorker::NothingLoaded { serial, issues };
        }
        let label = match files.paths.as_slice() {
            [only] => only.clone(),
            paths => format!("{} files", paths.len()),
        };
        let trial = trial_on(files, &value, &label, issues);
        self.install(trial, serial, settings)
    }

    pub(super) fn install(
        &mut self,
        trial: Trial,
        serial: Serial,
        settings: RunSettings,
    ) -> FromWorker {
        let fleet = Box::new(trial.fleet().clone());
        self.trial = Some(trial);
        FromWorker::Fleet {
            serial,
            fleet,
            settings,
        }
    }

    /// Begins a rehearsal, or answers why it cannot.
    pub fn begin(&mut self, serial: Serial, settings: RunSettings) -> Result<(), Box<FromWorker>> {
        let Some(trial) = &mut self.trial else {
            let message = "no fleet is loaded".to_owned();
            return Err(Box::new(FromWorker::NoPlan { serial, message }));
        };
        trial.start(settings).map_err(|error| {
            Box::new(FromWorker::NoPlan {
                serial,
                message: error.to_string(),
            })
        })
    }

    /// Handles up to `n_events` more events.
    pub fn advance(&mut self, n_events: u32) -> Slice {
        let progress = self
            .trial
            .as_mut()
            .and_then(|trial| trial.advance(n_events));
        match progress {
            Some(progress) if !progress.done => Slice::More(Progress::Rehearsing {
                events: progress.events,
                clusters_done: progress.clusters_done,
                now_ms: progress.now.as_millis(),
            }),
            Some(_) | None => Slice::Done,
        }
    }

    /// The rehearsal that just came to its end.
    pub fn rehearsed(&self, serial: Serial, took_ms: u32) -> Option<FromWorker> {
        let mut run = Box::new(self.trial.as_ref()?.run()?.clone());
        run.blast_radius.rows.truncate(MOST_SERVICES);
        Some(FromWorker::Rehearsed {
            serial,
            run,
            took_ms,
        })
    }

    /// Drops a rehearsal that is under way.
    pub fn cancel(&mut self) {
        if let Some(trial) = &mut self.trial {
            trial.cancel();
        }
    }

    /// Answers a question about the last rehearsal; loads and rehearsals are not questions.
    pub fn answer(&self, question: ToWorker) -> Option<FromWorker> {
        let trial = self.trial.as_ref()?;
        Some(match question {
            ToWorker::Log {
                serial,
                filter,
                offset,
                limit,
            } => FromWorker::Log {
                serial,
                page: trial.events(&filter, offset, limit),
            },
            ToWorker::Locate {
                serial,
                mut filter,
                at_ms,
            } => {
                filter.to_ms = Some(at_ms);
                let row = trial.events(&filter, 0, 0).total;
                FromWorker::Located { serial, row }
            }
            ToWorker::Step {
                serial,
                filter,
                at_ms,
                event,
                direction,
            } => FromWorker::Stepped {
                serial,
                row: step(trial, &filter, at_ms, event, direction),
            },
            ToWorker::Causes { serial, event } => FromWorker::Causes {
                serial,
                event,
                chain: trial.causes(event),
            },
            ToWorker::Drain { serial, request } => drain(trial, serial, &request),
            ToWorker::Scenario { name } => FromWorker::Scenario {
                json: serde_json::to_string_pretty(&trial.scenario(&name))
                    .expect("a scenario has string keys only"),
                name,
            },
            ToWorker::Generate { .. }
            | ToWorker::Open { .. }
            | ToWorker::Rehearse { .. }
            | ToWorker::Cancel => return None,
        })
    }
}

fn trial_on(files: Files, snapshot: &Snapshot, label: &str, issues: Vec<Issue>) -> Trial {
    let source = if files.n_bytes > MOST_BYTES_HELD {
        FleetSource::Paths(files.paths)
    } else {
        FleetSource::Snapshot(Box::new(snapshot.clone()))
    };
    Trial::new(source, snapshot, label, issues)
}

fn drain(trial: &Trial, serial: Serial, request: &DrainRequest) -> FromWorker {
    match trial.drain(request) {
        Ok(report) => FromWorker::Drained {
            serial,
            report: Box::new(report),
        },
        Err(error) => FromWorker::NoDrain {
            serial,
            message: error.to_string(),
        },
    }
}

/// The event beside the one selected, or beside the instant when none is.
fn step(
    trial: &Trial,
    filter: &EventFilter,
    at_ms: u64,
    event: Option<u32>,
    direction: Direction,
) -> Option<EventRow> {
    let n_before = match at_ms.checked_sub(1) {
        Some(to_ms) => {
            let earlier = EventFilter {
                to_ms: Some(to_ms),
                ..filter.clone()
            };
            trial.events(&earlier, 0, 0).total
        }
        None => 0,
    };
    let here = trial.events(filter, n_before, SAME_INSTANT);
    let found = here.rows.iter().take_while(|row| row.at_ms <= at_ms);
    let selected = found.zip(0_u32..).find(|(row, _)| Some(row.id) == event);
    let n_same = here
        .rows
        .iter()
        .take_while(|row| row.at_ms <= at_ms)
        .count() as u32;
    let wanted = match (selected, direction) {
        (Some((_, index)), Direction::Forward) => n_before + index + 1,
        (Some((_, index)), Direction::Back) => (n_before + index).checked_sub(1)?,
        (None, Direction::Forward) => n_before + n_same,
        (None, Direction::Back) => n_before.checked_sub(1)?,
    };
    trial.events(filter, wanted, 1).rows.pop()
}

/// Nothing can be rehearsed on clusters without nodes.
fn no_nodes(files: &Files) -> Issue {
    Issue {
        level: IssueLevel::Error,
        rule: "no-nodes".to_owned(),
        place: Place::file(files.paths.join(", ")),
        message: "there are no nodes in what was loaded, so there is nothing to upgrade".to_owned(),
        fix: "load a dump that holds them, as `kubectl get nodes,pods -A -o json` writes it, \
              together with the fleet file if there is one"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol;
    use wavetank_core::report::EventLevel;
    use wavetank_core::snapshot::ClusterSnapshot;
    use wavetank_core::units::SimDuration;

    /// A small fleet with a rehearsal that is done.
    fn desk() -> Desk {
        let mut desk = Desk::default();
        let options = FleetOptions {
            clusters: 3,
            nodes: 18,
            pods: 240,
            ..FleetOptions::default()
        };
        desk.generate(1, options, RunSettings::default());
        desk.begin(1, RunSettings::default()).expect("a plan");
        while let Slice::More(_) = desk.advance(1_000) {}
        desk
    }

    fn milestones() -> EventFilter {
        EventFilter {
            min_level: EventLevel::Info,
            ..EventFilter::default()
        }
    }

    fn beside(desk: &Desk, at_ms: u64, event: Option<u32>, direction: Direction) -> Option<u32> {
        let question = ToWorker::Step {
            serial: 1,
            filter: milestones(),
            at_ms,
            event,
            direction,
        };
        match desk.answer(question) {
            Some(FromWorker::Stepped { row, .. }) => row.map(|row| row.id),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_rehearsal_ends_with_a_report() {
        let answer = desk().rehearsed(1, 5).expect("a report");
        let FromWorker::Rehearsed { run, took_ms, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(took_ms, 5);
        assert!(!run.digest.is_empty());
        assert_eq!(run.lanes.len(), 3);
    }

    #[test]
    fn of_many_services_the_first_cross_and_all_are_counted() {
        let mut desk = Desk::default();
        let options = FleetOptions {
            clusters: 3,
            nodes: 60,
            pods: 1_800,
            ..FleetOptions::default()
        };
        desk.generate(1, options, RunSettings::default());
        desk.begin(1, RunSettings::default()).expect("a plan");
        while let Slice::More(_) = desk.advance(10_000) {}
        let answer = desk.rehearsed(1, 5).expect("a report");
        let FromWorker::Rehearsed { run, .. } = answer else {
            panic!("{answer:?}");
        };
        let radius = &run.blast_radius;
        assert_eq!(radius.rows.len(), MOST_SERVICES);
        assert!(radius.hit as usize > MOST_SERVICES, "{}", radius.headline);
    }

    // Many events share an instant; a step must visit each of them, in order, both ways.
    #[test]
    fn stepping_visits_every_event_of_the_log() {
        let desk = desk();
        let trial = desk.trial.as_ref().expect("a trial");
        let all = trial.events(&milestones(), 0, 40).rows;
        assert!(all.len() > 10, "{}", all.len());
        for pair in all.windows(2) {
            let on = beside(&desk, pair[0].at_ms, Some(pair[0].id), Direction::Forward);
            assert_eq!(on, Some(pair[1].id));
            let back = beside(&desk, pair[1].at_ms, Some(pair[1].id), Direction::Back);
            assert_eq!(back, Some(pair[0].id));
        }
        assert_eq!(beside(&desk, 0, Some(all[0].id), Direction::Back), None);
    }

    #[test]
    fn the_rehearsal_before_can_be_asked_about_until_the_next_is_done() {
        let mut desk = desk();
        let before = desk.rehearsed(1, 0);
        let settings = RunSettings {
            seed: 99,
            ..RunSettings::default()
        };
        desk.begin(2, settings).expect("a plan");
        assert_eq!(desk.rehearsed(1, 0), before);
        assert!(beside(&desk, 0, None, Direction::Forward).is_some());
        desk.cancel();
        assert_eq!(desk.rehearsed(1, 0), before);
    }

    #[test]
    fn a_drain_crosses_to_the_page_as_the_core_tells_it() {
        let desk = desk();
        let trial = desk.trial.as_ref().expect("a trial");
        let card = &trial.fleet().clusters[1];
        let request = DrainRequest {
            cluster: Some(card.name.clone()),
            nodes: vec![card.nodes[0].name.clone()],
            timeout: Some(SimDuration::from_mins(5)),
            ..DrainRequest::default()
        };
        let question = ToWorker::Drain { serial: 3, request };
        let question: ToWorker = protocol::decode(&protocol::encode(&question)).expect("ours");
        let answer = desk.answer(question.clone()).expect("a trial");
        let answer: FromWorker = protocol::decode(&protocol::encode(&answer)).expect("ours");
        let ToWorker::Drain { request, .. } = question else {
            panic!("{question:?}");
        };
        let report = Box::new(trial.drain(&request).expect("such a node"));
        assert_eq!(answer, FromWorker::Drained { serial: 3, report });
    }

    #[test]
    fn a_drain_of_no_such_node_is_refused_in_words() {
        let desk = desk();
        let name = desk.trial.as_ref().expect("a trial").fleet().clusters[0]
            .name
            .clone();
        let request = DrainRequest {
            cluster: Some(name),
            nodes: vec!["nowhere".to_owned()],
            ..DrainRequest::default()
        };
        let answer = desk.answer(ToWorker::Drain { serial: 4, request });
        let Some(FromWorker::NoDrain { serial: 4, message }) = answer else {
            panic!("{answer:?}");
        };
        assert!(message.contains("no node nowhere"), "{message}");
    }

    #[test]
    fn files_without_a_cluster_leave_the_fleet_as_it_was() {
        let mut desk = desk();
        let files = Files {
            paths: vec!["empty.json".to_owned()],
            n_bytes: 0,
        };
        let loaded = Checked::clean(Snapshot::default());
        let answer = desk.open(2, files, loaded, RunSettings::default());
        assert!(
            matches!(answer, FromWorker::NothingLoaded { .. }),
            "{answer:?}"
        );
        assert!(desk.rehearsed(2, 0).is_some());
    }

    #[test]
    fn a_fleet_file_without_its_dumps_leaves_the_fleet_as_it_was() {
        let mut desk = desk();
        let files = Files {
            paths: vec!["fleet.yaml".to_owned()],
            n_bytes: 0,
        };
        let mut snapshot = Snapshot::default();
        snapshot.clusters.push(ClusterSnapshot::default());
        let answer = desk.open(2, files, Checked::clean(snapshot), RunSettings::default());
        let FromWorker::NothingLoaded { issues, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(issues[0].rule, "no-nodes");
        assert!(desk.rehearsed(2, 0).is_some());
    }

    #[test]
    fn a_start_that_is_no_date_is_refused_in_words() {
        let mut desk = desk();
        let mut settings = RunSettings::default();
        settings.plan.start = "soon".to_owned();
        let refusal = desk.begin(2, settings).expect_err("no date");
        let FromWorker::NoPlan { message, .. } = *refusal else {
            panic!("{refusal:?}");
        };
        assert!(message.contains("`soon`"), "{message}");
    }
}
