//! What `serde_json` and the scanner complain about, as faults that repeat none of the input.

use serde_json::error::Category;

use crate::snapshot::fault::{FIX_SHAPE, Fault, shape_message};
use crate::snapshot::json::scan::{
    Fields, MAX_DEPTH, ScanError, ScanFault, skip_space, skip_value,
};
use crate::snapshot::positions::offset_of;

const FIX_SYNTAX: &str = "repair the JSON at this place, or dump it again";

/// A fault for an error of `serde_json` on `text`.
pub(in crate::snapshot) fn from_serde(text: &[u8], error: &serde_json::Error) -> Fault {
    let offset = offset_of(text, error.line(), error.column());
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    match error.classify() {
        Category::Data => {
            let path = path_to(text, offset);
            let subject = if path.is_empty() { "it" } else { &path };
            Fault {
                rule: "wrong-shape",
                message: format!("{subject} {}", shape_message(message)),
                fix: FIX_SHAPE,
                offset,
            }
        }
        Category::Syntax | Category::Eof | Category::Io => Fault {
            rule: "invalid-json",
            message: message.to_owned(),
            fix: FIX_SYNTAX,
            offset,
        },
    }
}

/// A fault for an error of the scanner.
pub(in crate::snapshot) fn from_scan(error: ScanError) -> Fault {
    let (rule, message, fix) = match error.fault {
        ScanFault::End => (
            "truncated-json",
            "the text ends before this value does".to_owned(),
            "dump it again; the writing was probably cut off",
        ),
        ScanFault::TooDeep => (
            "nesting-too-deep",
            format!("more than {MAX_DEPTH} brackets are open here"),
            "remove the nested value; Kubernetes objects stay below 30 levels",
        ),
        ScanFault::Expected(what) => ("invalid-json", format!("expected {what}"), FIX_SYNTAX),
    };
    Fault {
        rule,
        message,
        fix,
        offset: error.at,
    }
}

/// A step from a value to one within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::snapshot) enum Step {
    /// To the field of this name.
    Key(String),
    /// To the item at this position.
    Index(usize),
}

/// Steps beyond this are not told: they would fill a message.
const STEPS_MAX: usize = 20;

/// The dotted path of the field that holds `offset`, such as `spec.containers[0].image`.
fn path_to(text: &[u8], offset: usize) -> String {
    let words = steps_to(text, offset).into_iter().map(|step| match step {
        Step::Key(key) => format!(".{key}"),
        Step::Index(index) => format!("[{index}]"),
    });
    words.collect::<String>().trim_start_matches('.').to_owned()
}

/// The steps to the field that holds `offset`.
pub(in crate::snapshot) fn steps_to(text: &[u8], offset: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = skip_space(text, 0);
    // The parser names the place before a value that it did not begin to read.
    while offset > at
        && steps.len() < STEPS_MAX
        && let Some((step, value)) = step_to(text, at, offset)
    {
        steps.push(step);
        at = value;
    }
    steps
}

/// The field or item of the value at `at` that holds `offset`, and where its value begins.
fn step_to(text: &[u8], at: usize, offset: usize) -> Option<(Step, usize)> {
    match text.get(at)? {
        b'{' => {
            let mut fields = Fields::new(at, 0);
            while let Ok(Some(field)) = fields.next(text) {
                let end = fields.skip(text).ok()?;
                if offset < end {
                    let key = &text[field.key.start + 1..field.key.end - 1];
                    let key = String::from_utf8_lossy(key).into_owned();
                    return Some((Step::Key(key), field.value));
                }
            }
            None
        }
        b'[' => {
            let mut item = skip_space(text, at + 1);
            for index in 0.. {
                let end = skip_value(text, item, 0).ok()?;
                if offset < end {
                    return Some((Step::Index(index), item));
                }
                item = skip_space(text, skip_space(text, end) + 1);
            }
            None
        }
        _ => None,
    }
}
