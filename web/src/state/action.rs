//! Everything that can happen to the page.

use wavetank_core::report::EventLevel;
use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::{DrainRequest, RunSettings};

use super::{Jump, Overlay, PhoneTab, SideTab};
pub use crate::protocol::Direction;
use crate::protocol::FromWorker;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Action {
    /// The worker answered.
    Heard(Box<FromWorker>),
    /// The worker died.
    Died(String),
    /// A worker was started in its place.
    Revived,
    /// A synthetic fleet is wanted.
    Generate(FleetOptions),
    /// Files were given; the page holds them and has one path for each.
    Open(Vec<String>),
    /// The settings were edited.
    Edit(Box<RunSettings>),
    /// The last edit is taken back.
    Undo,
    /// It is done again.
    Redo,
    /// The worker shall stop.
    Cancel,
    /// The scenario shall be saved.
    Save,
    /// The cursor goes to an instant.
    MoveTo(u64),
    /// Time passed while playing, in milliseconds of the reader's own.
    Tick(f64),
    /// Play or pause.
    TogglePlay,
    /// One of five speeds.
    Speed(u8),
    /// Slower or faster.
    ChangeSpeed(Direction),
    /// To the event of the log beside the cursor.
    StepEvent(Direction),
    /// To the start of the wave beside the cursor.
    StepWave(Direction),
    /// To the bad event beside the cursor.
    StepBad(Direction),
    /// To the row beside the selected one.
    StepRow(Direction),
    /// Closer (below 1,000) or further off (above).
    Zoom(u64),
    /// The same, with this instant kept in its place.
    ZoomAt(u64, u64),
    /// Moved by quarters of what is shown.
    Pan(i64),
    /// Everything.
    Fit,
    /// The cursor in the middle.
    Center,
    /// A cluster is selected, or none.
    SelectCluster(Option<u32>),
    /// A node is selected.
    SelectNode(u32, u32),
    /// An event is selected: its number, its instant and its cluster.
    SelectEvent(u32, u64, Option<u32>),
    /// Why did this event happen?
    Explain(u32, Jump),
    /// Why did the selected event, or the one the verdict names, happen?
    ExplainHere,
    /// What would draining the selected node by hand come to?
    AskDrain,
    /// And with these flags?
    ChangeDrain(Box<DrainRequest>),
    /// The log's lowest level.
    FilterLevel(EventLevel),
    /// The log's text.
    FilterText(String),
    /// Whether the log shows the selected cluster only.
    ToggleFilterCluster,
    /// Whether the log follows the cursor.
    ToggleFollow,
    /// Rows of the log came into sight: from one to another.
    LogSeen(u32, u32),
    /// Something is laid over the page, or nothing.
    Show(Overlay),
    /// A tab of the right pane.
    Side(SideTab),
    /// A tab of the phone.
    Phone(PhoneTab),
    /// The theme after the present one: the system's, light, dark.
    NextTheme,
    /// A pane is shown or hidden.
    TogglePane(usize),
    /// The list of refused files was read.
    DismissRefused,
    /// One step back.
    Back,
    /// Something to say aloud.
    Say(String),
}
