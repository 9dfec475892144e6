//! What the page makes of the worker's answers.

use std::rc::Rc;

use wavetank_core::report::{CauseLink, EventRow, FleetReport, RunReport};
use wavetank_core::trial::RunSettings;

use super::{Brief, DrainAnswer, Jump, Playback, Selection, Shared, SideTab, State, Work};
use crate::draw::span::Span;
use crate::protocol::{FromWorker, Progress, Serial, ToWorker};

impl State {
    pub(super) fn hear(&mut self, answer: FromWorker) {
        match answer {
            FromWorker::Progress { serial, progress } => {
                if serial == self.wanted {
                    self.hear_progress(progress);
                }
            }
            FromWorker::Fleet {
                serial,
                fleet,
                settings,
            } => {
                if serial == self.wanted {
                    self.hear_fleet(*fleet, settings);
                }
            }
            FromWorker::NothingLoaded { serial, issues } => {
                if serial == self.wanted {
                    self.work = Work::Idle;
                    self.refused = Some(Shared::new(issues));
                    self.view.side = SideTab::Input;
                    self.notice = Rc::from("None of the files could be used");
                }
            }
            FromWorker::Rehearsed {
                serial,
                run,
                took_ms,
            } => {
                if serial == self.wanted {
                    self.took_ms = took_ms;
                    self.hear_run(*run);
                }
            }
            FromWorker::NoPlan { serial, message } => {
                if serial == self.wanted {
                    self.work = Work::NoPlan(Rc::from(message));
                }
            }
            FromWorker::Canceled { serial } => {
                if serial == self.wanted {
                    self.hear_canceled();
                }
            }
            FromWorker::Log { serial, page } => self.hear_rows(serial, page),
            FromWorker::Located { serial, row } => self.hear_located(serial, row),
            FromWorker::Stepped { serial, row } => self.hear_step(serial, row),
            FromWorker::Causes {
                serial,
                event: _,
                chain,
            } => {
                if serial == self.causes.serial {
                    self.hear_causes(chain);
                }
            }
            FromWorker::Drained { serial, report } => {
                self.hear_drain(serial, DrainAnswer::Report(Shared::new(*report)));
            }
            FromWorker::NoDrain { serial, message } => {
                self.hear_drain(serial, DrainAnswer::Refused(Rc::from(message)));
            }
            FromWorker::Scenario { name, json } => {
                self.download = Some(Shared::new((name, json)));
            }
        }
    }

    fn hear_step(&mut self, serial: Serial, row: Option<EventRow>) {
        if serial == self.log.serial
            && let Some(row) = row
        {
            self.select_event(row.id, row.at_ms, row.cluster);
        }
    }

    fn hear_causes(&mut self, chain: Vec<CauseLink>) {
        let asked = chain
            .last()
            .map(|link| (link.event.at_ms, link.event.cluster));
        let turn = asked.and_then(|(end_ms, cluster)| {
            let before_end = |link: &&CauseLink| link.event.at_ms < end_ms && link.event.at_ms > 0;
            let link = chain.iter().rfind(before_end)?;
            Some((link.event.at_ms, link.event.cluster.or(cluster)))
        });
        self.causes.chain = Some(Shared::new(chain));
        let target = match std::mem::take(&mut self.causes.jump) {
            Jump::Stay => None,
            Jump::ToEvent => asked,
            Jump::ToTurn => turn.or(asked),
        };
        if let Some((at_ms, cluster)) = target {
            self.move_to(at_ms);
            self.selection.cluster = cluster.or(self.selection.cluster);
        }
    }

    fn hear_progress(&mut self, progress: Progress) {
        self.work = match progress {
            Progress::Reading { .. } => Work::Loading(Some(progress)),
            Progress::Rehearsing { .. } => Work::Rehearsing(Some(progress)),
        };
    }

    fn hear_fleet(&mut self, fleet: FleetReport, settings: RunSettings) {
        // Of a fleet that somebody brought, what could not be read comes first.
        if fleet.source != "generated" && !fleet.issues.is_empty() {
            self.view.side = SideTab::Input;
        }
        let faults = match settings.faults.len() {
            0 => String::new(),
            n_faults => format!("; seed {}, faults: {n_faults}", settings.seed),
        };
        self.notice = Rc::from(format!(
            "Loaded {}: {} clusters, {} nodes, {} pods{faults}",
            fleet.name, fleet.totals.clusters, fleet.totals.nodes, fleet.totals.pods
        ));
        self.fleet = Some(Shared::new(fleet));
        self.settings = Rc::new(settings);
        self.refused = None;
        self.run = None;
        self.ran = None;
        self.before = None;
        self.past = Rc::default();
        self.future = Rc::default();
        self.selection = Selection::default();
        self.causes.chain = None;
        self.drain.forget();
        self.work = Work::Rehearsing(None);
    }

    fn hear_run(&mut self, run: RunReport) {
        let was_whole = self.span == self.whole();
        self.before = self.run.as_deref().map(Brief::of);
        let is_first = self.run.is_none();
        let verdict_event = run.verdict.event;
        self.notice = Rc::from(run.verdict.headline.as_str());
        self.work = Work::Idle;
        self.run = Some(Shared::new(run));
        self.ran = Some(Rc::clone(&self.settings));
        if was_whole || is_first {
            self.span = self.whole();
        }
        self.selection.node = None;
        self.selection.event = None;
        self.causes.chain = None;
        self.playback = Playback::Paused;
        let opening = self.opening.take();
        if is_first {
            self.place_cursor(opening.as_deref().and_then(|link| link.at_ms));
        }
        let end_ms = self.run.as_ref().map_or(0, |run| run.end_ms);
        let is_beyond = self.cursor_ms > end_ms;
        self.cursor_ms = self.cursor_ms.min(end_ms);
        let names_instant = opening.as_ref().is_some_and(|link| link.at_ms.is_some());
        if let Some(event) = verdict_event {
            let jump = if (is_first && !names_instant) || is_beyond {
                Jump::ToTurn
            } else {
                Jump::Stay
            };
            self.explain(event, jump);
        }
        if let Some(name) = opening.as_ref().and_then(|link| link.cluster.clone()) {
            self.select_named(&name);
        }
        self.reload_log();
    }

    /// Where the cursor stands when a rehearsal is first shown: where the link says, or late
    /// enough that something has happened.
    fn place_cursor(&mut self, linked: Option<u64>) {
        let end_ms = self.run.as_ref().map_or(0, |run| run.end_ms);
        self.cursor_ms = linked.unwrap_or(end_ms / 5 * 2).min(end_ms);
    }

    fn select_named(&mut self, name: &str) {
        let Some(fleet) = &self.fleet else { return };
        let found = fleet.clusters.iter().position(|card| card.name == name);
        self.selection.cluster = found.map(|index| index as u32);
    }

    /// Fleet and rehearsal are those of before; so must the settings be.
    fn hear_canceled(&mut self) {
        if matches!(self.work, Work::Rehearsing(_)) && self.run.is_some() {
            self.forget_edit();
            self.reload_log();
        }
        self.work = Work::Idle;
        self.notice = Rc::from("Stopped; nothing was changed");
    }

    /// Asks why an event happened.
    pub(super) fn explain(&mut self, event: u32, jump: Jump) {
        self.selection.event = Some(event);
        self.causes.serial += 1;
        self.causes.jump = jump;
        let request = ToWorker::Causes {
            serial: self.causes.serial,
            event,
        };
        self.send(request);
    }

    pub(super) fn select_event(&mut self, event: u32, at_ms: u64, cluster: Option<u32>) {
        self.move_to(at_ms);
        if let Some(cluster) = cluster
            && self.selection.cluster != Some(cluster)
            && !self.log.filter.only_selected
        {
            self.selection.cluster = Some(cluster);
            self.selection.node = None;
        }
        self.explain(event, Jump::Stay);
    }

    /// Moves the cursor; the stretch on screen follows when it must.
    pub(super) fn move_to(&mut self, at_ms: u64) {
        let end_ms = self.run.as_ref().map_or(0, |run| run.end_ms);
        self.cursor_ms = at_ms.min(end_ms);
        self.span = self.span.holding(self.cursor_ms, Span::whole(end_ms));
        self.locate();
    }
}
