//! Label selectors as they are typed: `app=web,tier in (a,b),!canary`.
//!
//! The grammar is that of `labels.Parse` in apimachinery.

use std::fmt;
use std::str::FromStr;

use super::selectors;
use crate::snapshot::{Labels, SelectorOperator, SelectorRequirement};

/// A selector; without requirements it selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelQuery {
    requirements: Vec<SelectorRequirement>,
}

impl LabelQuery {
    /// Whether an object with these labels is selected.
    pub fn selects(&self, labels: &Labels) -> bool {
        self.requirements
            .iter()
            .all(|requirement| selectors::meets(requirement, labels.get(&requirement.key)))
    }
}

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelQueryError {
    /// The part that cannot be read.
    part: String,
    /// What it should be.
    expected: &'static str,
}

impl fmt::Display for LabelQueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, expected } = self;
        write!(
            f,
            "`{part}` is no label requirement: {expected}; write `key=value`, `key!=value`, \
             `key in (a,b)`, `key notin (a,b)`, `key` or `!key`, with commas between"
        )
    }
}

impl FromStr for LabelQuery {
    type Err = LabelQueryError;

    fn from_str(text: &str) -> Result<Self, LabelQueryError> {
        let parts = split(text)?;
        let requirements = parts
            .into_iter()
            .map(requirement)
            .collect::<Result<_, _>>()?;
        Ok(Self { requirements })
    }
}

fn error(part: &str, expected: &'static str) -> LabelQueryError {
    LabelQueryError {
        part: part.trim().to_owned(),
        expected,
    }
}

/// The requirements between commas; those inside brackets separate values.
fn split(text: &str) -> Result<Vec<&str>, LabelQueryError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let (mut start, mut inside) = (0, false);
    for (position, letter) in text.char_indices() {
        match letter {
            '(' if inside => return Err(error(text, "a bracket is opened inside another")),
            '(' => inside = true,
            ')' if !inside => return Err(error(text, "a bracket is closed that was not opened")),
            ')' => inside = false,
            ',' if !inside => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    if inside {
        return Err(error(text, "a bracket is not closed"));
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn requirement(part: &str) -> Result<SelectorRequirement, LabelQueryError> {
    let text = part.trim();
    let of = |key: &str, operator, values: Vec<&str>| -> Result<_, LabelQueryError> {
        let (key, values) = (key.trim(), values.into_iter().map(str::trim));
        let values: Vec<String> = values.map(str::to_owned).collect();
        if !is_key(key) {
            return Err(error(
                part,
                "a label's key is missing or has letters it cannot have",
            ));
        }
        if let Some(_bad) = values.iter().find(|value| !is_value(value)) {
            return Err(error(part, "a label's value has letters it cannot have"));
        }
        Ok(SelectorRequirement {
            key: key.to_owned(),
            operator,
            values,
        })
    };
    if let Some((left, values)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let values = values.split(',').collect();
        let words: Vec<_> = left.split_whitespace().collect();
        return match words[..] {
            [key, "in"] => of(key, SelectorOperator::In, values),
            [key, "notin"] => of(key, SelectorOperator::NotIn, values),
            _ => Err(error(part, "brackets follow `in` or `notin`")),
        };
    }
    if let Some((key, value)) = text.split_once("!=") {
        return of(key, SelectorOperator::NotIn, vec![value]);
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return of(key, SelectorOperator::In, vec![value]);
    }
    for (sign, operator) in [('>', SelectorOperator::Gt), ('<', SelectorOperator::Lt)] {
        if let Some((key, value)) = text.split_once(sign) {
            if value.trim().parse::<i64>().is_err() {
                return Err(error(part, "only whole numbers can be compared"));
            }
            return of(key, operator, vec![value]);
        }
    }
    match text.strip_prefix('!') {
        Some(key) => of(key, SelectorOperator::DoesNotExist, Vec::new()),
        None => of(text, SelectorOperator::Exists, Vec::new()),
    }
}

/// Whether a text can be a label's key: a name, after a domain or not.
fn is_key(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    !name.is_empty() && is_value(name) && prefix.is_none_or(|p| !p.is_empty() && is_value(p))
}

/// Whether a text can be a label's value; an empty one can.
fn is_value(value: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric();
    value
        .chars()
        .all(|letter| plain(letter) || "-_.".contains(letter))
        && value.chars().next().is_none_or(plain)
        && value.chars().next_back().is_none_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, labels: &[(&str, &str)], expected: bool) {
        let labels = labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let query: LabelQuery = query.parse().expect("a valid selector");
        assert_eq!(query.selects(&labels), expected);
    }

    #[test]
    fn a_label_is_there_equal_or_one_of_several() {
        let web = [("app", "web"), ("tier", "front")];
        check("", &web, true);
        check("app", &web, true);
        check("app=web", &web, true);
        check(" app == web , tier in (front, back) ", &web, true);
        check("app=web,tier=back", &web, false);
    }

    #[test]
    fn what_is_denied_holds_without_the_label_too() {
        check("canary!=true", &[("app", "web")], true);
        check("canary notin (true)", &[("canary", "true")], false);
        check("!canary", &[("app", "web")], true);
        check("!canary", &[("canary", "")], false);
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        check("cores>8", &[("cores", "16")], true);
        check("cores<8", &[("cores", "16")], false);
        check("cores>8", &[("app", "web")], false);
    }

    #[test]
    fn a_domain_may_come_before_a_key() {
        let labels = [("app.kubernetes.io/name", "web")];
        check("app.kubernetes.io/name=web", &labels, true);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let refused = [
            "app in web",
            "app in (web",
            "=web",
            "a b",
            "app=web)",
            "cores>many",
            ",",
        ];
        for text in refused {
            let error = text.parse::<LabelQuery>().expect_err(text).to_string();
            assert!(
                error.starts_with('`') && error.contains("key=value"),
                "{error}"
            );
        }
    }
}
