//! The keys: one table that drives the handler, the `?` sheet, the palette and the README.
//!
//! Single letters work only while no field has the focus; chords with Ctrl (or ⌘) always do.

/// What a key can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The sheet of keys.
    Keys,
    /// The palette.
    Palette,
    /// The log's text filter.
    Filter,
    /// One step back.
    Back,
    /// Play or pause.
    Play,
    /// The next event of the log.
    NextEvent,
    /// The event before.
    PreviousEvent,
    /// The next wave.
    NextWave,
    /// The wave before.
    PreviousWave,
    /// The next bad event.
    NextBad,
    /// The bad event before.
    PreviousBad,
    /// The beginning.
    Begin,
    /// The end.
    End,
    /// The next row.
    RowDown,
    /// The row above.
    RowUp,
    /// Closer.
    ZoomIn,
    /// Further off.
    ZoomOut,
    /// Earlier.
    PanLeft,
    /// Later.
    PanRight,
    /// Everything.
    Fit,
    /// The selection in the middle.
    Center,
    /// One of five speeds, from 1.
    Speed(u8),
    /// Half as fast.
    Slower,
    /// Twice as fast.
    Faster,
    /// Why is this so?
    Explain,
    /// What draining the selected node would come to.
    Drain,
    /// Break something.
    Inject,
    /// The plan's knobs.
    Plan,
    /// Light, dark or the system's.
    Theme,
    /// Take back the last edit.
    Undo,
    /// Do it again.
    Redo,
    /// Open files.
    Open,
    /// Save the scenario.
    Save,
    /// Show or hide a pane, from 1.
    Pane(u8),
}

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// The browser's name of the key, lower case for letters.
    pub key: &'static str,
    /// Ctrl, or ⌘ on a Mac.
    pub ctrl: bool,
    /// Shift; not looked at for signs such as `?` that need it on some keyboards.
    pub shift: bool,
}

/// A command with its keys.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What it asks for.
    pub command: Command,
    /// Its keys; any of them.
    pub chords: &'static [Chord],
    /// What it does, in the imperative.
    pub label: &'static str,
    /// Where it stands on the sheet.
    pub group: Group,
}

/// The sheet's sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Time.
    Time,
    /// View.
    View,
    /// Find and ask.
    Ask,
    /// Change.
    Change,
}

impl Group {
    /// Every section, in order.
    pub const ALL: [Self; 4] = [Self::Time, Self::View, Self::Ask, Self::Change];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::View => "View",
            Self::Ask => "Find and ask",
            Self::Change => "Change",
        }
    }
}

const fn key(key: &'static str) -> Chord {
    Chord {
        key,
        ctrl: false,
        shift: false,
    }
}

const fn shift(key: &'static str) -> Chord {
    Chord {
        key,
        ctrl: false,
        shift: true,
    }
}

const fn ctrl(key: &'static str) -> Chord {
    Chord {
        key,
        ctrl: true,
        shift: false,
    }
}

const fn ctrl_shift(key: &'static str) -> Chord {
    Chord {
        key,
        ctrl: true,
        shift: true,
    }
}

const fn bind(
    group: Group,
    command: Command,
    chords: &'static [Chord],
    label: &'static str,
) -> Binding {
    Binding {
        command,
        chords,
        label,
        group,
    }
}

/// Every key there is.
#[rustfmt::skip]
pub const KEYS: &[Binding] = &[
    bind(Group::Time, Command::Play, &[key(" ")], "Play or pause"),
    bind(Group::Time, Command::NextEvent, &[key("ArrowRight"), key(".")], "Step to the next event"),
    bind(Group::Time, Command::PreviousEvent, &[key("ArrowLeft"), key(",")], "Step one event back"),
    bind(Group::Time, Command::NextWave, &[shift("ArrowRight")], "Jump to the next wave"),
    bind(Group::Time, Command::PreviousWave, &[shift("ArrowLeft")], "Jump to the wave before"),
    bind(Group::Time, Command::NextBad, &[key("n")], "Jump to the next bad event"),
    bind(Group::Time, Command::PreviousBad, &[shift("n")], "Jump to the bad event before"),
    bind(Group::Time, Command::Begin, &[key("Home")], "Go to the start"),
    bind(Group::Time, Command::End, &[key("End")], "Go to the end"),
    bind(Group::Time, Command::Slower, &[key("[")], "Play slower"),
    bind(Group::Time, Command::Faster, &[key("]")], "Play faster"),
    bind(Group::Time, Command::Speed(1), &[key("1")], "Play a minute each second"),
    bind(Group::Time, Command::Speed(2), &[key("2")], "Play five minutes each second"),
    bind(Group::Time, Command::Speed(3), &[key("3")], "Play twenty minutes each second"),
    bind(Group::Time, Command::Speed(4), &[key("4")], "Play an hour each second"),
    bind(Group::Time, Command::Speed(5), &[key("5")], "Play four hours each second"),
    bind(Group::View, Command::RowDown, &[key("j"), key("ArrowDown")], "Select the next row"),
    bind(Group::View, Command::RowUp, &[key("k"), key("ArrowUp")], "Select the row above"),
    bind(Group::View, Command::ZoomIn, &[key("w"), key("+"), key("=")], "Zoom in at the waterline"),
    bind(Group::View, Command::ZoomOut, &[key("s"), key("-")], "Zoom out"),
    bind(Group::View, Command::PanLeft, &[key("a")], "Pan earlier"),
    bind(Group::View, Command::PanRight, &[key("d")], "Pan later"),
    bind(Group::View, Command::Fit, &[key("0")], "Fit the whole rehearsal"),
    bind(Group::View, Command::Center, &[key("f")], "Center the selection"),
    bind(Group::View, Command::Pane(1), &[shift("1"), key("!")], "Show or hide the fleet map"),
    bind(Group::View, Command::Pane(2), &[shift("2"), key("@")], "Show or hide the service levels"),
    bind(Group::View, Command::Pane(3), &[shift("3"), key("#")], "Show or hide events and causes"),
    bind(Group::View, Command::Theme, &[key("t")], "Change between light, dark and the system's"),
    bind(Group::Ask, Command::Palette, &[ctrl("k"), key(":")], "Find a command or a cluster"),
    bind(Group::Ask, Command::Filter, &[key("/")], "Filter the events"),
    bind(Group::Ask, Command::Explain, &[key("e")], "Explain: why is this so?"),
    bind(Group::Ask, Command::Drain, &[key("r")], "Rehearse draining the selected node"),
    bind(Group::Ask, Command::Keys, &[key("?")], "Show the keys"),
    bind(Group::Ask, Command::Back, &[key("Escape")], "Go one step back"),
    bind(Group::Change, Command::Inject, &[key("i")], "Inject a fault here, now"),
    bind(Group::Change, Command::Plan, &[key("p")], "Change the plan"),
    bind(Group::Change, Command::Undo, &[ctrl("z")], "Undo the last edit"),
    bind(Group::Change, Command::Redo, &[ctrl_shift("z"), ctrl("y")], "Redo it"),
    bind(Group::Change, Command::Open, &[ctrl("o")], "Open files"),
    bind(Group::Change, Command::Save, &[ctrl("s")], "Save the scenario to a file"),
];

/// A key press as the browser tells it.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    /// The key's name.
    pub key: &'a str,
    /// Ctrl or ⌘.
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
    /// Whether a field that takes text has the focus.
    pub typing: bool,
}

/// What a key press asks for, if anything.
pub fn command_of(press: Press<'_>) -> Option<Command> {
    let pressed = normal(press.key);
    let is_sign = pressed.len() == 1 && !pressed.starts_with(|c: char| c.is_ascii_alphanumeric());
    let found = KEYS.iter().find(|binding| {
        binding.chords.iter().any(|chord| {
            chord.key == pressed
                && chord.ctrl == press.ctrl
                && (chord.shift == press.shift || (is_sign && !press.ctrl && pressed != " "))
        })
    })?;
    let works_while_typing = press.ctrl || found.command == Command::Back;
    // Undo inside a field is the field's own.
    let is_fields_own = matches!(found.command, Command::Undo | Command::Redo);
    (!press.typing || (works_while_typing && !is_fields_own)).then_some(found.command)
}

/// Letters come in lower case whatever Shift does to them.
fn normal(key: &str) -> String {
    if key.len() == 1 {
        key.to_ascii_lowercase()
    } else {
        key.to_owned()
    }
}

impl Chord {
    /// The chord as people write it.
    pub fn text(self) -> String {
        let name = match self.key {
            " " => "Space".to_owned(),
            "ArrowLeft" => "←".to_owned(),
            "ArrowRight" => "→".to_owned(),
            "ArrowUp" => "↑".to_owned(),
            "ArrowDown" => "↓".to_owned(),
            "Escape" => "Esc".to_owned(),
            letter if self.ctrl || self.shift => letter.to_ascii_uppercase(),
            other => other.to_owned(),
        };
        match (self.ctrl, self.shift) {
            (true, true) => format!("Ctrl+Shift+{name}"),
            (true, false) => format!("Ctrl+{name}"),
            (false, true) => format!("Shift+{name}"),
            (false, false) => name,
        }
    }
}

/// The first key of a command, as people write it.
pub fn text_of(command: Command) -> Option<String> {
    let binding = KEYS.iter().find(|binding| binding.command == command)?;
    binding.chords.first().map(|chord| chord.text())
}

/// The keys as a Markdown table, for the README.
pub fn markdown() -> String {
    let mut text = String::from("| Key | Does |\n|---|---|\n");
    for binding in KEYS {
        let keys: Vec<String> = binding
            .chords
            .iter()
            .map(|chord| format!("`{}`", chord.text()))
            .collect();
        text.push_str("| ");
        text.push_str(&keys.join(" "));
        text.push_str(" | ");
        text.push_str(binding.label);
        text.push_str(" |\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press<'_> {
        Press {
            key,
            ctrl: false,
            shift: false,
            typing: false,
        }
    }

    #[test]
    fn no_chord_is_bound_twice() {
        let chords: Vec<Chord> = KEYS
            .iter()
            .flat_map(|binding| binding.chords)
            .copied()
            .collect();
        for (index, chord) in chords.iter().enumerate() {
            assert!(
                !chords[index + 1..].contains(chord),
                "{} twice",
                chord.text()
            );
        }
    }

    #[test]
    fn no_command_is_listed_twice() {
        for (index, binding) in KEYS.iter().enumerate() {
            let again = KEYS[index + 1..]
                .iter()
                .any(|other| other.command == binding.command);
            assert!(!again, "{} twice", binding.label);
        }
    }

    #[test]
    fn movement_keys_only_ever_move() {
        for (pressed, expected) in [
            ("j", Command::RowDown),
            ("k", Command::RowUp),
            ("ArrowDown", Command::RowDown),
            ("ArrowUp", Command::RowUp),
            ("ArrowLeft", Command::PreviousEvent),
            ("ArrowRight", Command::NextEvent),
        ] {
            assert_eq!(command_of(press(pressed)), Some(expected));
        }
    }

    #[test]
    fn letters_are_left_to_a_field_that_has_the_focus() {
        let typing = Press {
            typing: true,
            ..press("i")
        };
        assert_eq!(command_of(typing), None);
        let escape = Press {
            key: "Escape",
            ..typing
        };
        assert_eq!(command_of(escape), Some(Command::Back));
    }

    #[test]
    fn chords_tell_shift_and_control_apart() {
        let undo = Press {
            ctrl: true,
            ..press("z")
        };
        assert_eq!(command_of(undo), Some(Command::Undo));
        let redo = Press {
            shift: true,
            key: "Z",
            ..undo
        };
        assert_eq!(command_of(redo), Some(Command::Redo));
        assert_eq!(command_of(press("z")), None);
        let bad = Press {
            shift: true,
            ..press("N")
        };
        assert_eq!(command_of(bad), Some(Command::PreviousBad));
    }

    // A question mark needs Shift on most keyboards and not on others.
    #[test]
    fn signs_work_with_and_without_shift() {
        for shift in [false, true] {
            let sign = Press {
                shift,
                ..press("?")
            };
            assert_eq!(command_of(sign), Some(Command::Keys));
        }
    }

    // `UPDATE_EXPECT=1` writes the table between its heading and the next one.
    #[test]
    fn the_readme_lists_every_key() {
        let readme = include_str!("../../README.md");
        let (before, rest) = readme.split_once("## Keys\n\n").expect("a heading");
        let (_, after) = rest.split_once("\n## ").expect("a heading after it");
        let wanted = format!("{before}## Keys\n\n{}\n## {after}", markdown());
        expect_test::expect_file!["../../README.md"].assert_eq(&wanted);
    }
}
