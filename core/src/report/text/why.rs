//! One event explained: what followed from what, from when to when, and by which rule.

use std::fmt::Write as _;

use super::{escape, span};
use crate::report::CauseLink;

/// The chain of causes of an event, root first, as text.
pub fn why(chain: &[CauseLink]) -> String {
    let mut text = String::new();
    let Some(last) = chain.last() else {
        return text;
    };
    let event = &last.event;
    let _ = writeln!(
        text,
        "{} (event {}, at {})",
        escape(&event.sentence),
        event.id,
        span(event.at_ms)
    );
    for (index, link) in chain.iter().enumerate() {
        let event = &link.event;
        let place = match event.cluster_name.as_str() {
            name if name.is_empty() || event.sentence.contains(name) => String::new(),
            name => format!("{}: ", escape(name)),
        };
        let root = if link.is_root { ", the root cause" } else { "" };
        let when = match (index, link.after_ms) {
            (0, _) => format!("at {}{root}", span(event.at_ms)),
            (_, 0) => format!("at {}, at once{root}", span(event.at_ms)),
            (_, after) => format!("at {}, {} later{root}", span(event.at_ms), span(after)),
        };
        let _ = writeln!(
            text,
            "\n{:>3}. {place}{} ({when})",
            index + 1,
            escape(&event.sentence)
        );
        let _ = writeln!(text, "     by the rule: {}", escape(&link.rule));
        let _ = writeln!(text, "     written in:  {}", escape(&link.source));
    }
    text
}
