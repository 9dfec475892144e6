//! Where results and complaints go.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use wavetank_core::report::text;

/// Standard output, or whatever stands for it.
pub(crate) struct Output {
    writer: Box<dyn Write>,
}

impl Output {
    /// Standard output; colors are left out where they are not wanted.
    pub(crate) fn standard() -> Self {
        Self {
            writer: Box::new(BufWriter::new(anstream::stdout())),
        }
    }

    /// Prints text that is safe already, its first line bold where the terminal can.
    pub(crate) fn headed(&mut self, text: &str) -> io::Result<()> {
        let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
        write!(self.writer, "\u{1b}[1m{head}\u{1b}[0m\n{rest}")
    }

    /// Prints a line that is safe already.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.writer, "{line}")
    }

    /// Prints a value as JSON.
    pub(crate) fn json<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        writeln!(self.writer, "{}", harmless_json(&text))
    }

    /// Sees to it that all has been written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// JSON in which no letter can steer a terminal. JSON itself writes out only the first 32; the
/// others stand in texts alone, where `\u009b` means the same.
pub(crate) fn harmless_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        let mut buffer = [0; 4];
        let as_text = letter.encode_utf8(&mut buffer);
        if letter == '\n' || text::escape(as_text) == *as_text {
            safe.push(letter);
        } else {
            let code = u32::from(letter);
            safe.push_str(&format_code(code));
        }
    }
    safe
}

/// A letter as JSON writes it out; all harmful ones have four digits.
fn format_code(code: u32) -> String {
    format!("\\u{code:04x}")
}

/// Tells the user what is wrong.
pub(crate) fn complain(message: &str) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(anstream::stderr(), "wavetank: {}", escape_lines(message));
}

/// Escapes each line by itself: messages of the command line parser have several.
fn escape_lines(message: &str) -> String {
    let lines = message.lines().map(text::escape);
    lines.collect::<Vec<_>>().join("\n")
}
