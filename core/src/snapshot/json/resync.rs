//! Finds the next item of a list after a damaged one.
//!
//! A list that is written over several lines gives its items a column of their own: JSON texts
//! cannot hold a newline, so a line that opens a brace in that column opens an item. In a list
//! on one line, an item is recognized by the fields that every Kubernetes object begins with.

use crate::snapshot::bytes::find_any;
use crate::snapshot::json::scan::{skip_space, skip_value};

/// Where reading can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resync {
    /// At an item.
    Item(usize),
    /// At the bracket that closes the list.
    ListEnd(usize),
    /// Not in this list; the offset is where looking for another document may begin.
    Lost(usize),
}

/// How a list is laid out over lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The column its items begin in, when each begins a line of its own.
    pub(super) items: Option<usize>,
    /// Whether an item's first brace is alone on its line.
    pub(super) alone: bool,
    /// The column of the line that opens the list, which is also that of the line closing it.
    pub(super) list: usize,
}

impl Layout {
    /// The layout of a list whose bracket is at `open`; its items have not been seen.
    pub(super) fn of_list(bytes: &[u8], open: usize) -> Self {
        let newline = bytes[..open].iter().rposition(|byte| *byte == b'\n');
        let line = newline.map_or(0, |newline| newline + 1);
        Self {
            items: None,
            alone: false,
            list: column_of(bytes, line),
        }
    }

    /// Notes the column of the item at `at`, when nothing but blanks stands before it.
    pub(super) fn see_item(&mut self, bytes: &[u8], at: usize) {
        let blanks = bytes[..at].iter().rev();
        let blanks = blanks.take_while(|byte| is_blank(**byte)).count();
        let before = (at - blanks).checked_sub(1);
        let begins_line = before.is_none_or(|newline| bytes[newline] == b'\n');
        if begins_line && self.items.is_none() {
            self.items = Some(blanks);
            self.alone = is_alone(bytes, at);
        }
    }

    /// Where reading goes on behind the damaged item that begins at `item`.
    pub(super) fn resync(&self, bytes: &[u8], item: usize) -> Resync {
        match self.items {
            Some(column) => self.next_line_item(bytes, item, column),
            None => next_inline_item(bytes, item),
        }
    }

    /// The next line that opens an item in its column, or that closes the list.
    fn next_line_item(&self, bytes: &[u8], item: usize, column: usize) -> Resync {
        let mut line = item;
        while let Some(newline) = bytes[line..].iter().position(|byte| *byte == b'\n') {
            line += newline + 1;
            let indent = column_of(bytes, line);
            let start = line + indent;
            match bytes.get(start) {
                Some(b'{') if indent == column && (!self.alone || is_alone(bytes, start)) => {
                    return Resync::Item(start);
                }
                Some(b']') if indent == self.list && closes_list(&bytes[start..]) => {
                    return Resync::ListEnd(start);
                }
                _ if opens_document(&bytes[line..]) => return Resync::Lost(line),
                _ => {}
            }
        }
        Resync::Lost(bytes.len())
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether nothing follows the brace on its line.
fn is_alone(bytes: &[u8], brace: usize) -> bool {
    let mut rest = bytes[brace + 1..].iter();
    let next = rest.find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    next.is_none_or(|byte| *byte == b'\n')
}

/// How far the line that begins at `line` is indented.
fn column_of(bytes: &[u8], line: usize) -> usize {
    bytes[line..]
        .iter()
        .take_while(|byte| is_blank(**byte))
        .count()
}

/// Whether nothing but the bracket, and perhaps a comma or a brace, is on the line.
fn closes_list(rest: &[u8]) -> bool {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let line = rest[..end.unwrap_or(rest.len())].trim_ascii_end();
    matches!(line, b"]" | b"]," | b"]}")
}

/// Whether a line opens another document, or a log: as kubectl writes them, not as damage looks.
fn opens_document(line: &[u8]) -> bool {
    [&b"{\n"[..], b"{\r\n", b"{\"", b"==== START"]
        .iter()
        .any(|start| line.starts_with(start))
}

/// The next brace on this line that follows a comma and opens something like an object.
fn next_inline_item(bytes: &[u8], item: usize) -> Resync {
    let mut at = item + 1;
    while let Some(stop) = find_any(&bytes[at..], b"{\n") {
        at += stop;
        if bytes[at] == b'\n' {
            return Resync::Lost(at + 1);
        }
        let before = bytes[..at].trim_ascii_end();
        if before.ends_with(b",") && looks_like_object(bytes, at) {
            return Resync::Item(at);
        }
        at += 1;
    }
    Resync::Lost(bytes.len())
}

/// Whether the fields from this brace on are those of an object: perhaps `apiVersion` and `kind`,
/// then `metadata`.
fn looks_like_object(bytes: &[u8], open: usize) -> bool {
    let mut at = skip_space(bytes, open + 1);
    for _ in 0..3 {
        let rest = &bytes[at..];
        let Some(key) = [&b"\"metadata\""[..], b"\"apiVersion\"", b"\"kind\""]
            .into_iter()
            .find(|key| rest.starts_with(key))
        else {
            return false;
        };
        let colon = skip_space(bytes, at + key.len());
        let value = skip_space(bytes, colon + 1);
        if key == b"\"metadata\"" {
            return bytes.get(value) == Some(&b'{');
        }
        if bytes.get(colon) != Some(&b':') || bytes.get(value) != Some(&b'"') {
            return false;
        }
        let Ok(end) = skip_value(bytes, value, 0) else {
            return false;
        };
        let comma = skip_space(bytes, end);
        if bytes.get(comma) != Some(&b',') {
            return false;
        }
        at = skip_space(bytes, comma + 1);
    }
    false
}
