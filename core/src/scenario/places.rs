//! Where the fields of a scenario stand in its text, and which field stands at a place.
//!
//! Parsers tell lines without fields, and checks tell fields without lines; readers want both. The
//! text is scanned by its indentation and braces alone, so what is written in ways that the scan
//! does not know, such as a list of JSON over many lines, has lines and no fields.

/// A field, and where its name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) path: String,
}

/// What a line is inside of: a field, or an entry of a list by its position.
#[derive(Clone, Debug)]
struct Outer {
    /// How far it is indented, doubled; a list may stand as far left as its field, so an entry
    /// counts one more.
    depth: usize,
    name: Name,
}

#[derive(Clone, Debug)]
enum Name {
    Field(String),
    Entry(usize),
}

/// The field whose value stands at a place of `text`, or is missed there: the last that begins
/// before it.
pub(super) fn field_at(text: &str, line: u32, column: u32) -> Option<Field> {
    let before = |field: &Field| (field.line, field.column) <= (line, column);
    fields(text).into_iter().rfind(before)
}

/// The line and the column of a field, or of the nearest that it is a part of.
pub(super) fn place_of(text: &str, path: &str) -> Option<(u32, u32)> {
    let fields = fields(text);
    let mut wanted = path;
    loop {
        let is_of = |field: &&Field| {
            let rest = field.path.strip_prefix(wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if let Some(found) = fields.iter().find(is_of) {
            return Some((found.line, found.column));
        }
        wanted = &wanted[..wanted.rfind(['.', '['])?];
    }
}

fn fields(text: &str) -> Vec<Field> {
    let mut found = Vec::new();
    let mut outer: Vec<Outer> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut at = line.len() - line.trim_start_matches([' ', '{']).len();
        while let Some(rest) = line[at..].strip_prefix("- ") {
            enter_entry(&mut outer, at * 2 + 1);
            at = line.len() - rest.trim_start().len();
        }
        let scan = Line { number, text: line };
        scan.read(at, &mut outer, &mut found);
    }
    found
}

/// Enters the next entry of the list that stands at this depth.
fn enter_entry(outer: &mut Vec<Outer>, depth: usize) {
    outer.retain(|level| level.depth <= depth);
    match outer.last_mut() {
        Some(Outer {
            depth: same,
            name: Name::Entry(index),
        }) if *same == depth => *index += 1,
        _ => outer.push(Outer {
            depth,
            name: Name::Entry(0),
        }),
    }
}

/// A line being read.
struct Line<'a> {
    number: u32,
    text: &'a str,
}

impl Line<'_> {
    /// Reads the field that begins at a byte of the line, and those in braces on the same line.
    fn read(&self, at: usize, outer: &mut Vec<Outer>, found: &mut Vec<Field>) {
        let Some((name, value)) = name_at(self.text, at) else {
            if self.text[at..].starts_with(['{', '[']) {
                self.read_braces(at, outer.clone(), found);
            }
            return;
        };
        outer.retain(|level| level.depth < at * 2);
        self.note(at, name, outer, found, at * 2);
        let value = value + self.text[value..].len() - self.text[value..].trim_start().len();
        if self.text[value..].starts_with(['{', '[']) {
            self.read_braces(value, outer.clone(), found);
        }
    }

    /// Notes a field that stands at a byte of the line, and enters it.
    fn note(
        &self,
        at: usize,
        name: &str,
        outer: &mut Vec<Outer>,
        found: &mut Vec<Field>,
        depth: usize,
    ) {
        let name = Name::Field(name.to_owned());
        outer.push(Outer { depth, name });
        found.push(Field {
            line: self.number,
            column: self.text[..at].chars().count() as u32 + 1,
            path: path(outer),
        });
    }

    /// Reads what stands in braces and brackets up to the end of the line.
    fn read_braces(&self, from: usize, mut outer: Vec<Outer>, found: &mut Vec<Field>) {
        let mut open: Vec<usize> = Vec::new();
        let deepest = usize::MAX;
        for (offset, letter) in self.text[from..].char_indices() {
            let next = from + offset + letter.len_utf8();
            match letter {
                '{' | '[' => {
                    open.push(outer.len());
                    if letter == '[' {
                        outer.push(Outer {
                            depth: deepest,
                            name: Name::Entry(0),
                        });
                    }
                }
                '}' | ']' => outer.truncate(open.pop().unwrap_or(0)),
                ',' => match outer.get_mut(open.last().copied().unwrap_or(0)) {
                    Some(Outer {
                        name: Name::Entry(index),
                        ..
                    }) => {
                        *index += 1;
                        outer.truncate(open.last().map_or(0, |len| len + 1));
                    }
                    _ => outer.truncate(open.last().copied().unwrap_or(0)),
                },
                _ => continue,
            }
            let name = next + self.text[next..].len() - self.text[next..].trim_start().len();
            if let Some((found_name, _)) = name_at(self.text, name) {
                self.note(name, found_name, &mut outer, found, deepest);
            }
        }
    }
}

/// The name of the field that begins at a byte of a line, and where its value begins.
fn name_at(line: &str, at: usize) -> Option<(&str, usize)> {
    let rest = &line[at..];
    let end = rest.find([':', '{', '[', '}', ']', ',', '#'])?;
    let after = &rest[end..].strip_prefix(':')?;
    let name = rest[..end].trim().trim_matches(['"', '\'']);
    let ends = after.is_empty() || after.starts_with(' ') || rest[..end].ends_with('"');
    (ends && !name.is_empty()).then_some((name, at + end + 1))
}

fn path(outer: &[Outer]) -> String {
    let mut path = String::new();
    for level in outer {
        match &level.name {
            Name::Field(name) if path.is_empty() => path.push_str(name),
            Name::Field(name) => path.extend([".", name]),
            Name::Entry(index) => path.extend(["[", &index.to_string(), "]"]),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let lines = fields(text).into_iter();
        let lines = lines.map(|at| format!("{}:{} {}\n", at.line, at.column, at.path));
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn fields_are_found_by_their_indentation_and_in_braces() {
        check(
            "name: x # a: b\nplan:\n  drain: { force: 1h }\n  gates:\n    a: 1\nservices:\n\
             - name: web\n  calls:\n  - to: a/b\n  - { to: c/d, kind: soft }\n- name: db\n\
             list: [{ a: 1, b: 2 }, { a: 3 }]\n",
            &expect![[r#"
                1:1 name
                2:1 plan
                3:3 plan.drain
                3:12 plan.drain.force
                4:3 plan.gates
                5:5 plan.gates.a
                6:1 services
                7:3 services[0].name
                8:3 services[0].calls
                9:5 services[0].calls[0].to
                10:7 services[0].calls[1].to
                10:16 services[0].calls[1].kind
                11:3 services[1].name
                12:1 list
                12:10 list[0].a
                12:16 list[0].b
                12:26 list[1].a
            "#]],
        );
    }

    #[test]
    fn json_has_fields_too() {
        check(
            "{\n  \"plan\": {\n    \"drain\": {\"force\":\"1h\"}\n  },\n  \"seed\": 1\n}\n",
            &expect![[r#"
                2:3 plan
                3:5 plan.drain
                3:15 plan.drain.force
                5:3 seed
            "#]],
        );
        check(
            "{\"plan\":{\"target\":\"1.34\"},\"seed\":3}",
            &expect![[r#"
            1:2 plan
            1:10 plan.target
            1:27 seed
        "#]],
        );
    }

    #[test]
    fn a_field_that_is_not_written_is_where_its_owner_is() {
        let text = "plan:\n  gates: { a: 1 }\nservices:\n- name: web\n";
        assert_eq!(place_of(text, "plan.gates.b"), Some((2, 3)));
        assert_eq!(place_of(text, "services[0].timeout"), Some((4, 3)));
        assert_eq!(place_of(text, "seed"), None);
        let at = |line, column| field_at(text, line, column).map(|field| field.path);
        assert_eq!(at(2, 15).as_deref(), Some("plan.gates.a"));
        assert_eq!(at(9, 1).as_deref(), Some("services[0].name"));
        assert_eq!(at(0, 1), None);
    }
}
