//! The page: one app, one state, panes that read it and send it actions.
//!
//! Architecture invariant: no pane holds data of its own beyond what a widget needs to be drawn;
//! what two panes share is in [`crate::state::State`].

mod app;
mod commands;
mod files;
mod kit;
mod outbox;
mod panes;
mod sheets;

use yew::prelude::*;

use crate::draw::zone::Zone;
use crate::state::{Shared, State};

/// How panes send actions; the same one for the life of the page.
pub(crate) type Send = UseReducerDispatcher<State>;

/// What every time on screen is written with.
#[derive(Clone, PartialEq)]
pub(crate) struct Clock {
    /// The reader's zone.
    pub(crate) zone: Shared<Zone>,
    /// The rehearsal's start, in Unix milliseconds.
    pub(crate) start_unix_ms: i64,
}

impl Clock {
    /// `Tue 24 Nov 09:12`.
    pub(crate) fn instant(&self, at_ms: u64) -> String {
        crate::draw::format::instant(&self.zone, self.start_unix_ms, at_ms)
    }

    /// `Tue 09:12:05`.
    pub(crate) fn log_time(&self, at_ms: u64) -> String {
        crate::draw::format::log_time(&self.zone, self.start_unix_ms, at_ms)
    }
}

/// Mounts the app in place of the skeleton that the page was delivered with.
pub fn run() {
    match kit::browser::element("app") {
        Some(root) => yew::Renderer::<app::App>::with_root(root).render(),
        None => yew::Renderer::<app::App>::new().render(),
    };
}
