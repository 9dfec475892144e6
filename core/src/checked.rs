//! A value together with everything that was wrong on the way to it.
//!
//! Bad input is data: one broken object must never hide the other nine hundred, so parsing and
//! resolving do not stop at the first fault. They return what is good and list the rest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value and the issues met while making it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "issues that nobody reads help nobody"]
pub struct Checked<T> {
    /// What could be made of the input.
    pub value: T,
    /// What could not, in the order of the input.
    pub issues: Vec<Issue>,
}

impl<T> Checked<T> {
    /// A value that met no issue.
    pub fn clean(value: T) -> Self {
        Self {
            value,
            issues: Vec::new(),
        }
    }
}

/// How much an issue costs the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IssueLevel {
    /// Nothing is lost; the reader may want to know.
    Note,
    /// Something was assumed or left out.
    Warning,
    /// An object or a file could not be used.
    Error,
}

/// One thing wrong with the input: where, what rule it breaks, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// How much it costs.
    pub level: IssueLevel,
    /// A stable kebab-case name of the rule, such as `truncated-json`.
    pub rule: String,
    /// Where in the input.
    pub place: Place,
    /// What was found and what was expected: lower case, no full stop.
    pub message: String,
    /// What the reader can do: an imperative sentence without its full stop.
    pub fix: String,
}

/// A place in the input, as exact as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file as the user named it, or `-` for standard input.
    pub file: String,
    /// One-based line.
    pub line: Option<u32>,
    /// One-based column, in bytes.
    pub column: Option<u32>,
    /// The object, as `Kind namespace/name` or `items[500]`.
    pub object: Option<String>,
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            ..Self::default()
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        if let Some(object) = &self.object {
            write!(f, " ({object})")?;
        }
        Ok(())
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            IssueLevel::Note => "note",
            IssueLevel::Warning => "warning",
            IssueLevel::Error => "error",
        };
        write!(
            f,
            "{}: {level}[{}]: {}",
            self.place, self.rule, self.message
        )?;
        if self.fix.is_empty() {
            return Ok(());
        }
        write!(f, "; {}", self.fix)
    }
}
