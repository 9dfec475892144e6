//! Edits of the settings, taking them back, and the requests that follow.

use std::rc::Rc;

use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::RunSettings;

use super::{State, Work};
use crate::protocol::ToWorker;

/// Edits that can be taken back.
const MOST_EDITS: usize = 100;
/// Requests that are kept for the sender; it takes them long before there are so many.
const MOST_REQUESTS: usize = 256;

impl State {
    /// Puts a request into the outbox.
    pub(super) fn send(&mut self, request: ToWorker) {
        let outbox = Rc::make_mut(&mut self.outbox);
        outbox.push_back(request);
        while outbox.len() > MOST_REQUESTS {
            outbox.pop_front();
            self.outbox_first += 1;
        }
    }

    /// Asks for a synthetic fleet.
    pub(super) fn generate(&mut self, options: FleetOptions, settings: RunSettings) {
        self.wanted += 1;
        self.work = Work::Loading(None);
        let request = ToWorker::Generate {
            serial: self.wanted,
            options,
            settings,
        };
        self.send(request);
    }

    /// The settings for another fleet. Faults, services and durations name objects of this one, so
    /// they stay behind.
    pub(super) fn settings_elsewhere(&self) -> RunSettings {
        let mut settings = (*self.settings).clone();
        settings.faults.clear();
        settings.services.clear();
        settings.durations.clear();
        settings.plan.target = None;
        settings
    }

    /// Asks for the fleet in the files given.
    pub(super) fn open(&mut self, paths: Vec<String>) {
        self.wanted += 1;
        self.work = Work::Loading(None);
        self.refused = None;
        let request = ToWorker::Open {
            serial: self.wanted,
            paths,
            settings: self.settings_elsewhere(),
        };
        self.send(request);
    }

    /// Asks for a rehearsal with the present settings.
    pub(super) fn rehearse(&mut self) {
        self.wanted += 1;
        self.work = Work::Rehearsing(None);
        let request = ToWorker::Rehearse {
            serial: self.wanted,
            settings: (*self.settings).clone(),
        };
        self.send(request);
    }

    pub(super) fn edit(&mut self, settings: RunSettings) {
        if *self.settings == settings {
            return;
        }
        let past = Rc::make_mut(&mut self.past);
        past.push(std::mem::replace(&mut self.settings, Rc::new(settings)));
        if past.len() > MOST_EDITS {
            past.remove(0);
        }
        self.future = Rc::default();
        self.rehearse();
    }

    pub(super) fn undo(&mut self) {
        let Some(settings) = Rc::make_mut(&mut self.past).pop() else {
            self.notice = Rc::from("Nothing to undo");
            return;
        };
        let undone = std::mem::replace(&mut self.settings, settings);
        Rc::make_mut(&mut self.future).push(undone);
        self.notice = Rc::from("Undone");
        self.rehearse();
    }

    pub(super) fn redo(&mut self) {
        let Some(settings) = Rc::make_mut(&mut self.future).pop() else {
            self.notice = Rc::from("Nothing to redo");
            return;
        };
        let before = std::mem::replace(&mut self.settings, settings);
        Rc::make_mut(&mut self.past).push(before);
        self.notice = Rc::from("Redone");
        self.rehearse();
    }

    /// Asks the worker to stop.
    pub(super) fn cancel(&mut self) {
        match self.work {
            Work::Loading(_) | Work::Rehearsing(_) => self.send(ToWorker::Cancel),
            Work::Idle | Work::NoPlan(_) | Work::Dead(_) => {}
        }
    }

    /// Settings and rehearsal shall agree again after a rehearsal was stopped: the edit that
    /// asked for it leaves the history, whichever way it went.
    pub(super) fn forget_edit(&mut self) {
        let Some(ran) = self.ran.clone() else { return };
        if self.past.last() == Some(&ran) {
            Rc::make_mut(&mut self.past).pop();
        } else if self.future.last() == Some(&ran) {
            Rc::make_mut(&mut self.future).pop();
        }
        self.settings = ran;
    }
}
