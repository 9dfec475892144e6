//! One file while it is read: its bytes, how far lines are counted, and what has come of it.

use crate::checked::{Issue, IssueLevel, Place};
use crate::snapshot::content::FileContent;
use crate::snapshot::issues::IssueLog;
use crate::snapshot::positions::Positions;

/// What a reader works on.
#[derive(Debug)]
pub(super) struct FileContext<'a> {
    pub(super) path: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) positions: &'a mut Positions,
    pub(super) log: &'a mut IssueLog,
    pub(super) content: &'a mut FileContent,
    /// Bytes that were scanned in vain, because of damage.
    pub(super) rescanned: &'a mut usize,
}

/// Bytes that may be scanned in vain, as a multiple of the file and for very short ones.
const RESCANS_MAX: (usize, usize) = (8, 1 << 20);

/// An issue without its place.
#[derive(Clone, Debug)]
pub(super) struct Complaint {
    pub(super) level: IssueLevel,
    pub(super) rule: &'static str,
    pub(super) message: String,
    pub(super) fix: String,
}

impl Complaint {
    /// Something is lost.
    pub(super) fn error(rule: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self {
            level: IssueLevel::Error,
            rule,
            message: message.into(),
            fix: fix.to_owned(),
        }
    }

    /// Something was assumed or left out.
    pub(super) fn warning(rule: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self {
            level: IssueLevel::Warning,
            ..Self::error(rule, message, fix)
        }
    }

    /// Nothing is lost.
    pub(super) fn note(rule: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self {
            level: IssueLevel::Note,
            ..Self::error(rule, message, fix)
        }
    }
}

impl FileContext<'_> {
    /// Reports a complaint about `object` at a byte offset.
    pub(super) fn report(&mut self, offset: usize, object: Option<String>, complaint: Complaint) {
        let (positions, bytes, file) = (&*self.positions, self.bytes, self.path);
        let (level, rule) = (complaint.level, complaint.rule);
        self.log.push_with(level, file, rule, || {
            let (line, column) = positions.at(bytes, offset);
            Issue {
                level,
                rule: rule.to_owned(),
                place: Place {
                    file: file.to_owned(),
                    line: Some(line),
                    column: Some(column),
                    object,
                },
                message: complaint.message,
                fix: complaint.fix,
            }
        });
    }

    /// Counts bytes that were scanned in vain; whether that is still in proportion to the file.
    ///
    /// Damage makes readers go back. Without a limit, a file made of nothing but damage would
    /// cost the square of its length.
    pub(super) fn rescan(&mut self, n_bytes: usize) -> bool {
        let (times, spare) = RESCANS_MAX;
        *self.rescanned = self.rescanned.saturating_add(n_bytes);
        *self.rescanned <= self.bytes.len().saturating_mul(times).saturating_add(spare)
    }

    /// Reports a complaint about the whole file.
    pub(super) fn report_file(&mut self, complaint: Complaint) {
        self.log.push(Issue {
            level: complaint.level,
            rule: complaint.rule.to_owned(),
            place: Place::file(self.path),
            message: complaint.message,
            fix: complaint.fix,
        });
    }
}
