//! Where a field stands in a YAML text, by the path that leads to it.
//!
//! Kubernetes objects are written in blocks, whose indentation says what belongs to what. In
//! brackets nothing is looked for: the place is then the field that they belong to.

use crate::snapshot::json::Step;

/// A key or the dash of an item, as a line begins with it.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    offset: usize,
    indent: usize,
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Dash,
    Key(&'a str),
    Other,
}

/// The offset of what `path` leads to, or of the last step that can be followed.
pub(super) fn locate(text: &str, path: &[Step]) -> usize {
    let tokens = tokens(text);
    let mut children = &tokens[..];
    let mut offset = tokens.first().map_or(0, |token| token.offset);
    for step in path {
        let Some((at, below)) = follow(children, step) else {
            return offset;
        };
        offset = at;
        children = below;
    }
    offset
}

/// The place of one step among the tokens of a block, and the tokens of the block below it.
fn follow<'t, 'a>(block: &'t [Token<'a>], step: &Step) -> Option<(usize, &'t [Token<'a>])> {
    let indent = block.first()?.indent;
    let mut n_dashes = 0;
    for (index, token) in block.iter().enumerate() {
        if token.indent != indent {
            continue;
        }
        let found = match (step, token.kind) {
            (Step::Key(wanted), Kind::Key(key)) => wanted == key,
            (Step::Index(wanted), Kind::Dash) => {
                n_dashes += 1;
                n_dashes == wanted + 1
            }
            (Step::Key(_), Kind::Dash | Kind::Other)
            | (Step::Index(_), Kind::Key(_) | Kind::Other) => false,
        };
        if found {
            return Some((token.offset, below(&block[index..])));
        }
    }
    None
}

/// What belongs to the first of these tokens: everything further right, and for a key the items
/// whose dashes stand right below it.
fn below<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let (owner, rest) = (tokens[0], &tokens[1..]);
    let is_key = matches!(owner.kind, Kind::Key(_));
    let belongs = |token: &Token<'_>| {
        token.indent > owner.indent
            || is_key && token.indent == owner.indent && token.kind == Kind::Dash
    };
    let end = rest.iter().position(|token| !belongs(token));
    &rest[..end.unwrap_or(rest.len())]
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut rest = line.trim_end();
        let mut indent = rest.len() - rest.trim_start_matches(' ').len();
        rest = &rest[indent..];
        while let Some(behind) = rest.strip_prefix('-') {
            if !(behind.is_empty() || behind.starts_with(' ')) {
                break;
            }
            tokens.push(Token {
                offset: start + indent,
                indent,
                kind: Kind::Dash,
            });
            let trimmed = behind.trim_start_matches(' ');
            indent += rest.len() - trimmed.len();
            rest = trimmed;
        }
        if !rest.is_empty() && !rest.starts_with('#') {
            let key = rest.split_once(": ").map(|(key, _)| key);
            let key = key.or_else(|| rest.strip_suffix(':'));
            tokens.push(Token {
                offset: start + indent,
                indent,
                kind: key.map_or(Kind::Other, |key| {
                    Kind::Key(key.trim().trim_matches(['"', '\'']))
                }),
            });
        }
        start += line.len();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = "\
kind: Pod
metadata:
  labels:
    spec: decoy
spec:
  containers:
  - name: a
    ports: [1, 2]
  - env:
    - name: x
    name: b
";

    #[track_caller]
    fn check(path: &[Step], expected: &str) {
        let offset = locate(POD, path);
        let line = POD[..offset].matches('\n').count();
        let found = POD.lines().nth(line).expect("a line of the text");
        assert_eq!(found, expected);
    }

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn a_path_is_followed_by_indentation() {
        let containers = || vec![key("spec"), key("containers")];
        check(&containers(), "  containers:");
        let mut second = containers();
        second.extend([Step::Index(1), key("name")]);
        check(&second, "    name: b");
        let mut nested = containers();
        nested.extend([Step::Index(1), key("env"), Step::Index(0), key("name")]);
        check(&nested, "    - name: x");
    }

    #[test]
    fn what_cannot_be_followed_ends_at_the_last_step_that_can() {
        let path = [
            key("spec"),
            key("containers"),
            Step::Index(0),
            key("ports"),
            Step::Index(1),
        ];
        check(&path, "    ports: [1, 2]");
        check(&[key("nowhere")], "kind: Pod");
    }
}
