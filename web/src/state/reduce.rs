//! From one state and an action to the next state.

use std::rc::Rc;

use wavetank_core::synth::FleetOptions;

use super::log::Follow;
use super::{
    Action, Direction, Jump, Overlay, PhoneTab, Playback, Selection, SideTab, State, View, Work,
};
use crate::draw::gantt;
use crate::protocol::ToWorker;

/// Simulated milliseconds for each millisecond of the reader's, by speed.
pub const SPEEDS: [f64; 5] = [60.0, 300.0, 1_200.0, 3_600.0, 14_400.0];

impl yew::Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(action);
        Rc::new(next)
    }
}

impl State {
    /// Applies an action.
    pub fn apply(&mut self, action: Action) {
        match action {
            Action::Heard(answer) => self.hear(*answer),
            Action::Died(words) => {
                self.work = Work::Dead(Rc::from(words));
                self.playback = Playback::Paused;
                self.leave_drain();
            }
            Action::Revived | Action::Generate(_) | Action::Open(_) => self.apply_load(action),
            Action::Edit(settings) => self.edit(*settings),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Cancel => self.cancel(),
            Action::Save => self.save(),
            Action::MoveTo(at_ms) => {
                self.playback = Playback::Paused;
                self.move_to(at_ms);
            }
            Action::Tick(elapsed_ms) => self.tick(elapsed_ms),
            Action::TogglePlay => self.toggle_play(),
            Action::Speed(speed) => self.speed = speed.clamp(1, SPEEDS.len() as u8),
            Action::ChangeSpeed(Direction::Back) => self.speed = (self.speed - 1).max(1),
            Action::ChangeSpeed(Direction::Forward) => {
                self.speed = (self.speed + 1).min(SPEEDS.len() as u8);
            }
            Action::StepEvent(direction) => self.step_event(direction),
            Action::StepWave(direction) => self.step_wave(direction),
            Action::StepBad(direction) => self.step_bad(direction),
            Action::StepRow(direction) => self.step_row(direction),
            Action::Zoom(_)
            | Action::ZoomAt(..)
            | Action::Pan(_)
            | Action::Fit
            | Action::Center => {
                self.apply_span(&action);
            }
            Action::SelectCluster(cluster) => self.select_cluster(cluster),
            Action::SelectNode(cluster, node) => self.select_node(cluster, node),
            Action::SelectEvent(event, at_ms, cluster) => {
                self.playback = Playback::Paused;
                self.select_event(event, at_ms, cluster);
            }
            Action::Explain(event, jump) => {
                self.playback = Playback::Paused;
                self.explain(event, jump);
            }
            Action::ExplainHere => self.explain_here(),
            Action::AskDrain => self.ask_drain(),
            Action::ChangeDrain(request) => self.change_drain(*request),
            Action::FilterLevel(_)
            | Action::FilterText(_)
            | Action::ToggleFilterCluster
            | Action::ToggleFollow
            | Action::LogSeen(..) => self.apply_log(action),
            other => self.apply_view(other),
        }
    }

    fn apply_load(&mut self, action: Action) {
        match action {
            Action::Generate(options) => {
                let settings = self.settings_elsewhere();
                self.generate(options, settings);
            }
            Action::Open(paths) => self.open(paths),
            // The fleet died with the worker; the page asks for the one it can make by itself.
            _ => self.generate(FleetOptions::default(), (*self.settings).clone()),
        }
        self.view.overlay = Overlay::None;
    }

    fn apply_span(&mut self, action: &Action) {
        let whole = self.whole();
        self.span = match action {
            Action::Zoom(per_mille) => self.span.zoomed(*per_mille, self.cursor_ms, whole),
            Action::ZoomAt(per_mille, at_ms) => self.span.zoomed(*per_mille, *at_ms, whole),
            Action::Pan(quarters) => self.span.panned(*quarters, whole),
            Action::Center => self.span.centered(self.cursor_ms, whole),
            _ => whole,
        };
    }

    fn apply_log(&mut self, action: Action) {
        match action {
            Action::FilterLevel(level) => self.log.filter.min_level = level,
            Action::FilterText(text) => self.log.filter.text = Rc::from(text),
            Action::ToggleFilterCluster => {
                self.log.filter.only_selected = !self.log.filter.only_selected;
            }
            Action::ToggleFollow => {
                self.log.follow = match self.log.follow {
                    Follow::Cursor => Follow::Nothing,
                    Follow::Nothing => Follow::Cursor,
                };
                return;
            }
            Action::LogSeen(first, last) => return self.want_rows(first, last),
            _ => {}
        }
        self.reload_log();
    }

    fn apply_view(&mut self, action: Action) {
        let view = self.view;
        self.view = match action {
            Action::Show(overlay) => View { overlay, ..view },
            Action::Side(side) => View { side, ..view },
            Action::Phone(phone) => View { phone, ..view },
            Action::NextTheme => View {
                theme: view.theme.next(),
                ..view
            },
            Action::TogglePane(pane) => {
                let mut hidden = view.hidden;
                if let Some(hidden) = hidden.get_mut(pane) {
                    *hidden = !*hidden;
                }
                View { hidden, ..view }
            }
            _ => view,
        };
        match action {
            Action::DismissRefused => self.refused = None,
            Action::Say(text) => self.notice = Rc::from(text),
            Action::Back => self.back(),
            _ => {}
        }
    }

    /// Closes what lies on top, then lets go of what is selected, the smallest first.
    fn back(&mut self) {
        if self.view.overlay != Overlay::None {
            self.view.overlay = Overlay::None;
        } else if self.playback == Playback::Playing {
            self.playback = Playback::Paused;
        } else if self.selection.node.is_some() {
            self.selection.node = None;
        } else if self.selection.cluster.is_some() {
            self.select_cluster(None);
        } else if !self.log.filter.text.is_empty() {
            self.apply_log(Action::FilterText(String::new()));
        }
    }

    fn explain_here(&mut self) {
        let verdict = self.run.as_ref().and_then(|run| run.verdict.event);
        if let Some(event) = self.selection.event.or(verdict) {
            let jump = if Some(event) == verdict {
                Jump::ToTurn
            } else {
                Jump::ToEvent
            };
            self.playback = Playback::Paused;
            self.explain(event, jump);
            self.view.phone = PhoneTab::Causes;
            self.view.hidden[2] = false;
        }
    }

    fn save(&mut self) {
        let name = self.fleet.as_ref().map_or("wavetank", |fleet| &fleet.name);
        let request = ToWorker::Scenario {
            name: name.to_owned(),
        };
        self.send(request);
    }

    fn toggle_play(&mut self) {
        let end_ms = self.run.as_ref().map_or(0, |run| run.end_ms);
        self.playback = match self.playback {
            Playback::Playing => Playback::Paused,
            Playback::Paused if end_ms == 0 => Playback::Paused,
            Playback::Paused => {
                if self.cursor_ms >= end_ms {
                    self.move_to(0);
                }
                Playback::Playing
            }
        };
    }

    fn tick(&mut self, elapsed_ms: f64) {
        if self.playback != Playback::Playing {
            return;
        }
        // A tab that was in the background comes back where it was, not hours later.
        let elapsed_ms = elapsed_ms.clamp(0.0, 100.0);
        let factor = SPEEDS[usize::from(self.speed) - 1];
        let end_ms = self.run.as_ref().map_or(0, |run| run.end_ms);
        self.move_to(self.cursor_ms + (elapsed_ms * factor) as u64);
        if self.cursor_ms >= end_ms {
            self.playback = Playback::Paused;
        }
    }

    fn step_event(&mut self, direction: Direction) {
        if self.run.is_none() {
            return;
        }
        self.playback = Playback::Paused;
        let request = ToWorker::Step {
            serial: self.log.serial,
            filter: self.event_filter(),
            at_ms: self.cursor_ms,
            event: self.selection.event,
            direction,
        };
        self.send(request);
    }

    fn step_wave(&mut self, direction: Direction) {
        let Some(run) = &self.run else { return };
        let starts = gantt::wave_starts(run);
        let found = match direction {
            Direction::Forward => starts.into_iter().find(|start| *start > self.cursor_ms),
            Direction::Back => starts.into_iter().rfind(|start| *start < self.cursor_ms),
        };
        let edge = match direction {
            Direction::Forward => run.end_ms,
            Direction::Back => 0,
        };
        self.playback = Playback::Paused;
        self.move_to(found.unwrap_or(edge));
    }

    fn step_bad(&mut self, direction: Direction) {
        let Some(run) = &self.run else { return };
        let here = (self.cursor_ms, self.selection.event);
        let key = |bad: &&(u32, u64, Option<u32>)| (bad.1, Some(bad.0));
        // Without a selected event, one at this very instant counts as the next.
        let found = match direction {
            Direction::Forward => run.bad_events.iter().find(|bad| key(bad) > here),
            Direction::Back => run.bad_events.iter().rfind(|bad| key(bad) < here),
        };
        let Some((event, at_ms, cluster)) = found.copied() else {
            self.notice = Rc::from("No further bad event");
            return;
        };
        self.playback = Playback::Paused;
        self.select_event(event, at_ms, cluster);
    }

    /// The cluster below or above the selected one in the Gantt chart.
    fn step_row(&mut self, direction: Direction) {
        let Some(run) = &self.run else { return };
        let clusters = gantt::clusters(&gantt::rows(run));
        let Some(last) = clusters.len().checked_sub(1) else {
            return;
        };
        let selected = self.selection.cluster;
        let now = clusters
            .iter()
            .position(|cluster| Some(*cluster) == selected);
        let next = match (now, direction) {
            (None, Direction::Forward) => 0,
            (None, Direction::Back) => last,
            (Some(row), Direction::Forward) => (row + 1).min(last),
            (Some(row), Direction::Back) => row.saturating_sub(1),
        };
        self.select_cluster(Some(clusters[next]));
    }

    fn select_cluster(&mut self, cluster: Option<u32>) {
        if self.selection.cluster == cluster {
            return;
        }
        self.selection = Selection {
            cluster,
            node: None,
            event: self.selection.event,
        };
        if self.log.filter.only_selected {
            self.reload_log();
        }
    }

    fn select_node(&mut self, cluster: u32, node: u32) {
        self.select_cluster(Some(cluster));
        self.selection.node = Some(node);
        self.view.side = SideTab::Object;
    }
}
