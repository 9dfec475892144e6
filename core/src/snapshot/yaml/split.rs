//! Finds documents, top-level fields and list items by their lines alone.

use std::ops::Range;

/// One line: where it begins, where its text does, and where the next line begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) text: usize,
    pub(super) next: usize,
}

impl Line {
    /// The line that begins at `start`, or `None` at `end`.
    pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<Self> {
        let rest = bytes.get(start..end).filter(|rest| !rest.is_empty())?;
        let newline = rest.iter().position(|byte| *byte == b'\n');
        let indent = rest.iter().position(|byte| *byte != b' ');
        Some(Self {
            start,
            text: start + indent.unwrap_or(rest.len()),
            next: newline.map_or(end, |newline| start + newline + 1),
        })
    }

    /// How far its text is indented.
    pub(super) fn indent(&self) -> usize {
        self.text - self.start
    }

    /// Its text without indentation and line end.
    pub(super) fn trimmed<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes
            .get(self.text..self.next)
            .unwrap_or_default()
            .trim_ascii_end()
    }

    /// Whether it says anything.
    pub(super) fn is_blank(&self, bytes: &[u8]) -> bool {
        let text = self.trimmed(bytes);
        text.is_empty() || text.starts_with(b"#")
    }

    /// Whether it begins an item of a list.
    pub(super) fn is_item(&self, bytes: &[u8]) -> bool {
        let text = self.trimmed(bytes);
        text == b"-" || text.starts_with(b"- ")
    }
}

/// The lines of a stretch of text.
pub(super) fn lines(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = Line> + '_ {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let line = Line::at(bytes, at, range.end)?;
        at = line.next;
        Some(line)
    })
}

/// The text of the next document, and where the one behind it is looked for.
pub(super) fn next_document(bytes: &[u8], at: usize) -> (Range<usize>, usize) {
    let mut start = at;
    for line in lines(bytes, at..bytes.len()) {
        let text = &bytes[line.start..line.next];
        if text.starts_with(b"%") && start == line.start {
            start = line.next;
        } else if is_marker(text, b"---") {
            if line.start > start {
                return (start..line.start, line.start);
            }
            start = line.start + 3;
        } else if is_marker(text, b"...") {
            return (start..line.start, line.next);
        }
    }
    (start..bytes.len(), bytes.len())
}

fn is_marker(line: &[u8], marker: &[u8]) -> bool {
    line.starts_with(marker) && matches!(line.get(3), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
}

/// What a document says of itself at its top level.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    pub(super) kind: Option<String>,
    pub(super) api_version: Option<String>,
    pub(super) schema_version: Option<String>,
    pub(super) name: Option<String>,
    /// Where the lines behind `items:` begin.
    pub(super) items: Option<usize>,
    /// Where the lines behind `clusters:` begin.
    pub(super) clusters: Option<usize>,
    /// Where the first line of a bare list begins.
    pub(super) bare_list: Option<usize>,
    /// Whether it may tell the server's version.
    pub(super) version: bool,
    /// Whether its items are written in brackets, which are not split.
    pub(super) flow_items: bool,
    /// Whether it says anything at all.
    pub(super) any: bool,
}

/// Reads the fields at the top level of a document, from its lines without indentation.
pub(super) fn outline(bytes: &[u8], document: Range<usize>) -> Outline {
    let mut outline = Outline::default();
    for line in lines(bytes, document) {
        if line.is_blank(bytes) {
            continue;
        }
        let first = !outline.any;
        outline.any = true;
        if line.indent() > 0 {
            continue;
        }
        if first && line.is_item(bytes) {
            outline.bare_list = Some(line.start);
            return outline;
        }
        let Some((key, value)) = key_value(line.trimmed(bytes)) else {
            continue;
        };
        match key {
            "kind" => outline.kind = Some(value),
            "apiVersion" => outline.api_version = Some(value),
            "schemaVersion" => outline.schema_version = Some(value),
            "name" => outline.name = Some(value),
            "serverVersion" | "gitVersion" => outline.version = true,
            "items" | "clusters" if value.is_empty() => {
                let place = Some(line.next);
                if key == "items" {
                    outline.items = place;
                } else {
                    outline.clusters = place;
                }
            }
            "items" => outline.flow_items = !is_empty_list(&value),
            _ => {}
        }
    }
    outline
}

fn is_empty_list(value: &str) -> bool {
    matches!(value, "null" | "~") || value.split_whitespace().collect::<String>() == "[]"
}

/// Splits `key: value # comment`; quotes around either are taken off.
pub(super) fn key_value(line: &[u8]) -> Option<(&str, String)> {
    let line = std::str::from_utf8(line).ok()?;
    let (key, value) = match line.split_once(": ") {
        Some((key, value)) => (key, value.trim()),
        None => (line.strip_suffix(':')?, ""),
    };
    let value = value.split_once(" #").map_or(value, |(value, _)| value);
    let value = if value.starts_with('#') { "" } else { value };
    Some((unquote(key.trim()), unquote(value.trim()).to_owned()))
}

fn unquote(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

/// Fields that follow a list of items; any other line left of the items is damage within one.
const BEHIND_ITEMS: [&str; 6] = [
    "kind",
    "metadata",
    "apiVersion",
    "items",
    "schemaVersion",
    "name",
];

/// The first item at or behind `at`: where it begins and how far its dash is indented.
pub(super) fn first_item(bytes: &[u8], at: usize, end: usize) -> Option<(usize, usize)> {
    let line = lines(bytes, at..end).find(|line| !line.is_blank(bytes))?;
    line.is_item(bytes).then_some((line.start, line.indent()))
}

/// How a list goes on behind an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ItemEnd {
    /// Where the item ends.
    pub(super) end: usize,
    /// Whether another one begins there.
    pub(super) more: bool,
}

/// The end of the item that begins at `start` with its dash at `indent`.
pub(super) fn item_end(bytes: &[u8], start: usize, indent: usize, end: usize) -> ItemEnd {
    for line in lines(bytes, start..end).skip(1) {
        if line.indent() > indent || line.is_blank(bytes) {
            continue;
        }
        if line.indent() == indent && line.is_item(bytes) {
            return ItemEnd {
                end: line.start,
                more: true,
            };
        }
        let key = key_value(line.trimmed(bytes));
        if line.indent() == 0 && key.is_some_and(|(key, _)| BEHIND_ITEMS.contains(&key)) {
            return ItemEnd {
                end: line.start,
                more: false,
            };
        }
    }
    ItemEnd { end, more: false }
}

/// `kind` and `apiVersion` of an item, from the lines in the column of its first field.
pub(super) fn item_outline(bytes: &[u8], item: Range<usize>, indent: usize) -> Outline {
    let mut outline = Outline::default();
    let Some(first) = Line::at(bytes, item.start, item.end) else {
        return outline;
    };
    let behind_dash = bytes.get(first.text + 1..first.next).unwrap_or_default();
    let gap = behind_dash.iter().take_while(|byte| **byte == b' ').count();
    let column = indent + 1 + gap;
    let mut note = |text: &[u8]| match key_value(text) {
        Some(("kind", value)) => outline.kind = Some(value),
        Some(("apiVersion", value)) => outline.api_version = Some(value),
        _ => {}
    };
    note(behind_dash[gap..].trim_ascii_end());
    for line in lines(bytes, first.next..item.end) {
        if line.indent() == column {
            note(line.trimmed(bytes));
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_documents(text: &str, expected: &[&str]) {
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut found = Vec::new();
        while at < bytes.len() {
            let (document, next) = next_document(bytes, at);
            found.push(&text[document]);
            assert!(next > at, "splitting moves on");
            at = next;
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn documents_are_split_at_their_markers() {
        check_documents("a: 1\n---\nb: 2\n", &["a: 1\n", "\nb: 2\n"]);
        check_documents("%YAML 1.2\n--- # x\na: 1\n...\n", &[" # x\na: 1\n"]);
        check_documents("---\na: |\n  ---\n---x: 1\n", &["\na: |\n  ---\n---x: 1\n"]);
    }

    #[test]
    fn items_are_split_at_their_dashes() {
        let text = "items:\n- a: 1\n  b:\n  - x\n# note\n- a: 2\nkind: List\n";
        let bytes = text.as_bytes();
        let (start, indent) = first_item(bytes, 7, bytes.len()).expect("an item");
        let first = item_end(bytes, start, indent, bytes.len());
        assert_eq!(&text[start..first.end], "- a: 1\n  b:\n  - x\n# note\n");
        let second = item_end(bytes, first.end, indent, bytes.len());
        assert_eq!(&text[first.end..second.end], "- a: 2\n");
        assert!(first.more && !second.more);
    }

    #[test]
    fn values_lose_quotes_and_comments() {
        assert_eq!(
            key_value(b"kind: \"Pod\" # x"),
            Some(("kind", "Pod".to_owned()))
        );
        assert_eq!(key_value(b"items:"), Some(("items", String::new())));
        assert_eq!(key_value(b"plain text"), None);
    }
}
