//! Finds the next item of a list after a damaged one.
//!
//! A list that is written over several lines gives its items a column of their own: JSON texts
//! cannot hold a newline, so a line that opens a brace in that column opens an item. In a list
//! on one line, an item is recognized by the fields that every Kubernetes object begins with.

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

/// The column of the item at `at`, when nothing but white space stands before it on its line.
pub(super) fn column_of_item(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = bytes[..at]
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let before = (at - blanks).checked_sub(1);
    before
        .is_none_or(|newline| bytes[newline] == b'\n')
        .then_some(blanks)
}

/// The next item behind the damaged one that begins at `item`.
pub(super) fn next_item(bytes: &[u8], item: usize, column: Option<usize>) -> Resync {
    match column {
        Some(column) => next_line_item(bytes, item, column),
        None => next_inline_item(bytes, item),
    }
}

/// The next line that opens an item in its column, or closes the list left of it.
fn next_line_item(bytes: &[u8], item: usize, column: usize) -> Resync {
    let mut at = item;
    while let Some(newline) = bytes[at..].iter().position(|byte| *byte == b'\n') {
        let line = at + newline + 1;
        let mut start = line;
        while start - line <= column && matches!(bytes.get(start), Some(b' ' | b'\t')) {
            start += 1;
        }
        match bytes.get(start) {
            Some(b'{') if start - line == column => return Resync::Item(start),
            Some(b']') if start - line <= column => return Resync::ListEnd(start),
            Some(b'{' | b'}' | b'=') if start == line => return Resync::Lost(start),
            _ => at = line,
        }
    }
    Resync::Lost(bytes.len())
}

/// The next brace on this line that follows a comma and opens something like an object.
fn next_inline_item(bytes: &[u8], item: usize) -> Resync {
    let mut at = item + 1;
    let stops = |byte: &u8| matches!(byte, b'{' | b'\n');
    while let Some(stop) = bytes[at..].iter().position(stops) {
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
