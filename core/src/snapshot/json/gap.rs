//! What lies between two documents: container logs that `kubectl cluster-info dump` writes, the
//! output of other commands, prompts. It is skipped and never parsed.

use crate::snapshot::bytes::find_any;
use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::json::scan::skip_space;

const LOG_START: &[u8] = b"==== START logs for container ";

/// What was skipped so far.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    logs: u32,
    lines: u32,
    first_line: Option<usize>,
}

impl Gaps {
    /// The offset of the next document at or behind `at`, or of the end of the file.
    ///
    /// After damage the rest of the broken document is passed without counting it.
    pub(super) fn skip(&mut self, bytes: &[u8], at: usize, after: Before) -> usize {
        let mut at = skip_space(bytes, at);
        while at < bytes.len() {
            let begins_line = at == 0 || after == Before::Document || follows_newline(bytes, at);
            if begins_line && opens_document(bytes, at) {
                return at;
            }
            let line_end = end_of_line(bytes, at);
            if bytes[at..line_end].starts_with(LOG_START) {
                self.logs += 1;
                at = end_of_log(bytes, at, line_end);
            } else {
                if after == Before::Document && !is_closing_line(&bytes[at..line_end]) {
                    self.lines += 1;
                    self.first_line.get_or_insert(at);
                }
                at = line_end;
            }
            at = skip_space(bytes, at);
        }
        bytes.len()
    }

    /// Says what was skipped, once for the whole file.
    pub(super) fn report(&self, file: &mut FileContext<'_>) {
        if self.logs > 0 {
            let message = match self.logs {
                1 => "the log of a container was skipped unread".to_owned(),
                n => format!("the logs of {n} containers were skipped unread"),
            };
            file.report_file(Complaint::note("logs-skipped", message, ""));
        }
        if let Some(first_line) = self.first_line {
            let message = match self.lines {
                1 => "this line is not JSON and was skipped".to_owned(),
                n => {
                    format!("{n} lines, of which this is the first, are not JSON and were skipped")
                }
            };
            let fix = "check that no object is broken there";
            file.report(
                first_line,
                None,
                Complaint::warning("text-skipped", message, fix),
            );
        }
    }
}

/// What the skipped text comes after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A document that ended well, or nothing.
    Document,
    /// A document that is broken, whose rest is skipped as well.
    Damage,
}

fn follows_newline(bytes: &[u8], at: usize) -> bool {
    at > 0 && bytes[at - 1] == b'\n'
}

/// Whether a document can begin here: an object, or a list of objects.
fn opens_document(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'{' => true,
        b'[' => {
            let inside = skip_space(bytes, at + 1);
            matches!(bytes.get(inside), None | Some(b'{' | b'[' | b']'))
        }
        _ => false,
    }
}

/// The last line of `kubectl cluster-info dump`, or a separator of YAML.
fn is_closing_line(line: &[u8]) -> bool {
    matches!(
        line.trim_ascii(),
        b"Cluster info dumped to standard output" | b"---"
    )
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    let newline = find_any(&bytes[at..], b"\n");
    newline.map_or(bytes.len(), |newline| at + newline + 1)
}

/// The offset behind a log, which ends at its own marker, or else where another log begins.
///
/// A log may lack its last newline, so the end marker can stand anywhere in a line.
fn end_of_log(bytes: &[u8], start: usize, line_end: usize) -> usize {
    let title = bytes[start + LOG_START.len()..line_end].trim_ascii_end();
    let mut end_marker = b"==== END logs for container ".to_vec();
    end_marker.extend_from_slice(title);
    let mut at = line_end;
    while at < bytes.len() {
        let next = end_of_line(bytes, at);
        let line = &bytes[at..next];
        if line.trim_ascii_end().ends_with(&end_marker) {
            return next;
        }
        if line.starts_with(LOG_START) {
            return at;
        }
        at = next;
    }
    bytes.len()
}
