//! From keys to actions.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent};

use super::Send;
use super::kit::browser;
use crate::keys::{self, Command, Press};
use crate::state::{Action, Direction, Overlay};

/// The file field's id.
pub(crate) const FILE_FIELD: &str = "file-field";
/// The log's text field's id.
pub(crate) const LOG_FIELD: &str = "log-field";

/// Hears a key; what the table knows is done and goes no further.
pub(crate) fn hear(event: &KeyboardEvent, send: &Send) {
    if event.default_prevented() || event.alt_key() {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let tag = target
        .as_ref()
        .map(|target| target.tag_name().to_ascii_lowercase());
    let tag = tag.as_deref().unwrap_or_default();
    let key = event.key();
    // Space presses the button that shows the focus; one that was merely clicked last does not
    // keep it from playing.
    let shows_focus = target
        .as_ref()
        .is_some_and(|target| target.matches(":focus-visible").unwrap_or(true));
    if key == " " && shows_focus && matches!(tag, "button" | "summary" | "a") {
        return;
    }
    let press = Press {
        key: &key,
        ctrl: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        typing: matches!(tag, "input" | "textarea" | "select"),
    };
    // An open dialog hears Escape itself, and nothing behind it should move.
    let in_dialog = target.is_some_and(|target| target.closest("dialog").ok().flatten().is_some());
    let Some(command) = keys::command_of(press) else {
        return;
    };
    if in_dialog && !press.ctrl {
        return;
    }
    event.prevent_default();
    perform(command, send);
}

/// Does what a command asks for.
pub(crate) fn perform(command: Command, send: &Send) {
    let action = match command {
        Command::Keys => Action::Show(Overlay::Keys),
        Command::Palette => Action::Show(Overlay::Palette),
        Command::Filter => return browser::focus(LOG_FIELD),
        Command::Back => Action::Back,
        Command::Play => Action::TogglePlay,
        Command::NextEvent => Action::StepEvent(Direction::Forward),
        Command::PreviousEvent => Action::StepEvent(Direction::Back),
        Command::NextWave => Action::StepWave(Direction::Forward),
        Command::PreviousWave => Action::StepWave(Direction::Back),
        Command::NextBad => Action::StepBad(Direction::Forward),
        Command::PreviousBad => Action::StepBad(Direction::Back),
        Command::Begin => Action::MoveTo(0),
        Command::End => Action::MoveTo(u64::MAX),
        Command::RowDown => Action::StepRow(Direction::Forward),
        Command::RowUp => Action::StepRow(Direction::Back),
        Command::ZoomIn => Action::Zoom(667),
        Command::ZoomOut => Action::Zoom(1_500),
        Command::PanLeft => Action::Pan(-1),
        Command::PanRight => Action::Pan(1),
        Command::Fit => Action::Fit,
        Command::Center => Action::Center,
        Command::Speed(speed) => Action::Speed(speed),
        Command::Slower => Action::ChangeSpeed(Direction::Back),
        Command::Faster => Action::ChangeSpeed(Direction::Forward),
        Command::Explain => Action::ExplainHere,
        Command::Drain => Action::AskDrain,
        Command::Inject => Action::Show(Overlay::Inject),
        Command::Plan => Action::Show(Overlay::Plan),
        Command::Theme => Action::NextTheme,
        Command::Undo => Action::Undo,
        Command::Redo => Action::Redo,
        Command::Open => return browser::click(FILE_FIELD),
        Command::Save => Action::Save,
        Command::Pane(pane) => Action::TogglePane(usize::from(pane).saturating_sub(1)),
    };
    send.dispatch(action);
}
