//! What the page knows and shows: one state, one list of actions, one function between them.
//!
//! Requests to the worker leave through [`State::outbox`], so that the reducer stays a function
//! and is tested without a browser.
//!
//! Architecture invariant: nothing here touches the document or the worker.

mod action;
mod brief;
mod drain;
mod edit;
mod heard;
mod link;
mod log;
mod reduce;
mod shared;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::rc::Rc;

use wavetank_core::checked::Issue;
use wavetank_core::report::{CauseLink, FleetReport, RunReport};
use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::RunSettings;

pub use self::action::{Action, Direction};
pub use self::brief::{Brief, changes};
pub use self::drain::{Drain, DrainAnswer};
pub use self::link::Link;
pub use self::log::{CHUNK, Follow, Log, LogFilter};
pub use self::reduce::SPEEDS;
pub use self::shared::Shared;
use crate::draw::span::Span;
use crate::protocol::{Progress, Serial, ToWorker};

/// Everything the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The fleet.
    pub fleet: Option<Shared<FleetReport>>,
    /// The last rehearsal that is done.
    pub run: Option<Shared<RunReport>>,
    /// How long it took the worker.
    pub took_ms: u32,
    /// The rehearsal before it on the same fleet.
    pub before: Option<Brief>,
    /// What the next rehearsal is made from.
    pub settings: Rc<RunSettings>,
    /// What the last rehearsal was made from.
    pub ran: Option<Rc<RunSettings>>,
    /// Settings before the last edits, newest last.
    pub past: Rc<Vec<Rc<RunSettings>>>,
    /// Settings taken back, next to redo last.
    pub future: Rc<Vec<Rc<RunSettings>>>,
    /// What the worker does.
    pub work: Work,
    /// The last load or rehearsal asked for; answers to earlier ones are dropped.
    pub wanted: Serial,
    /// The instant that every pane shows.
    pub cursor_ms: u64,
    /// The stretch of time on screen.
    pub span: Span,
    /// Whether the cursor moves by itself.
    pub playback: Playback,
    /// How fast, from 1 to 5.
    pub speed: u8,
    /// What is selected.
    pub selection: Selection,
    /// The event log.
    pub log: Log,
    /// Why the selected event happened.
    pub causes: Causes,
    /// The node that is drained by hand.
    pub drain: Drain,
    /// Which parts of the page are open.
    pub view: View,
    /// Issues of files none of which could be used.
    pub refused: Option<Shared<Vec<Issue>>>,
    /// The last thing worth saying aloud.
    pub notice: Rc<str>,
    /// Requests, numbered from [`State::outbox_first`].
    pub outbox: Rc<VecDeque<ToWorker>>,
    /// The number of the first request in the outbox.
    pub outbox_first: u64,
    /// A scenario to be saved: its name and content, numbered.
    pub download: Option<Shared<(String, String)>>,
    /// The link the page was opened with: applied to the first rehearsal.
    pub opening: Option<Rc<Link>>,
}

/// What the worker does.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Nothing.
    Idle,
    /// It reads files or makes a fleet.
    Loading(Option<Progress>),
    /// It rehearses.
    Rehearsing(Option<Progress>),
    /// No plan can be made; the last rehearsal is still there.
    NoPlan(Rc<str>),
    /// It died; these were its last words.
    Dead(Rc<str>),
}

/// Whether the cursor moves by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    /// It rests.
    Paused,
    /// It moves.
    Playing,
}

/// What is selected; every pane shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A cluster.
    pub cluster: Option<u32>,
    /// One of its nodes, by its position in the run's track.
    pub node: Option<u32>,
    /// An event.
    pub event: Option<u32>,
}

/// The chain of causes on screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Causes {
    /// The question.
    pub serial: Serial,
    /// The chain, root first.
    pub chain: Option<Shared<Vec<CauseLink>>>,
    /// What happens when the answer comes.
    pub jump: Jump,
}

/// What the cursor does when a chain of causes arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Jump {
    /// It stays.
    #[default]
    Stay,
    /// It goes to the event.
    ToEvent,
    /// It goes to where the event's causes turned for the worse: a stall is only noticed at the
    /// end, but it began when something was refused.
    ToTurn,
}

/// Which parts of the page are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// What lies over the page.
    pub overlay: Overlay,
    /// The right pane's tab.
    pub side: SideTab,
    /// On a phone, the one pane shown.
    pub phone: PhoneTab,
    /// The theme.
    pub theme: Theme,
    /// Panes that are hidden: map, service levels, events and causes.
    pub hidden: [bool; 3],
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The sheet of keys.
    Keys,
    /// The palette.
    Palette,
    /// The plan's knobs.
    Plan,
    /// Injecting a fault.
    Inject,
    /// A node drained by hand.
    Drain,
    /// Share and export.
    Share,
    /// Which fleet.
    Fleet,
}

/// The right pane's tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SideTab {
    /// The event log.
    #[default]
    Events,
    /// The selected cluster and node.
    Object,
    /// The services that are hit.
    Blast,
    /// Injected faults.
    Faults,
    /// What was wrong with the input.
    Input,
}

/// The panes of a phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhoneTab {
    /// The fleet.
    Fleet,
    /// The Gantt chart.
    #[default]
    Gantt,
    /// The service levels.
    Levels,
    /// Events and other lists.
    Events,
    /// The chain of causes.
    Causes,
}

/// The theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The theme that the key changes to.
    pub const fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

impl State {
    /// The page as it opens: the demo fleet is asked for at once.
    pub fn opening(link: Link) -> Self {
        let settings = link.settings();
        let theme = link.theme;
        let mut state = Self {
            fleet: None,
            run: None,
            took_ms: 0,
            before: None,
            settings: Rc::new(settings.clone()),
            ran: None,
            past: Rc::default(),
            future: Rc::default(),
            work: Work::Loading(None),
            wanted: 0,
            cursor_ms: 0,
            span: Span::whole(0),
            playback: Playback::Paused,
            speed: 3,
            selection: Selection::default(),
            log: Log::default(),
            causes: Causes::default(),
            drain: Drain::default(),
            view: View {
                overlay: Overlay::None,
                side: SideTab::Events,
                phone: PhoneTab::Gantt,
                theme,
                hidden: [false; 3],
            },
            refused: None,
            notice: Rc::from(""),
            outbox: Rc::default(),
            outbox_first: 0,
            download: None,
            opening: Some(Rc::new(link)),
        };
        state.generate(FleetOptions::default(), settings);
        state
    }

    /// The whole stretch of time there is.
    pub fn whole(&self) -> Span {
        Span::whole(self.run.as_ref().map_or(0, |run| run.end_ms))
    }

    /// Whether what is shown is about to be replaced.
    pub fn is_stale(&self) -> bool {
        matches!(self.work, Work::Loading(_) | Work::Rehearsing(_)) && self.run.is_some()
    }
}
