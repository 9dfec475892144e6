//! Why a stretch of text could not be read, in words that never repeat the text itself.
//!
//! Parsers like to quote what they found, and what they found may be a password. So their
//! messages are taken apart and only words from fixed tables are passed on.

/// Why a stretch of text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The rule that is broken.
    pub(super) rule: &'static str,
    /// What was found and what was expected.
    pub(super) message: String,
    /// What to do about it.
    pub(super) fix: &'static str,
    /// Where, in bytes from the start of the stretch.
    pub(super) offset: usize,
}

/// The fix for objects that an API server would not have written.
pub(super) const FIX_SHAPE: &str = "dump the object again with kubectl, or correct the field";

/// What serde says it met, in our words.
fn found_word(text: &str) -> &'static str {
    const WORDS: [(&str, &str); 12] = [
        ("string", "text"),
        ("character", "text"),
        ("integer", "a whole number"),
        ("floating point", "a number with a fraction"),
        ("boolean", "true or false"),
        ("map", "an object"),
        ("struct", "an object"),
        ("sequence", "a list"),
        ("tuple", "a list"),
        ("null", "null"),
        ("unit", "null"),
        ("Option", "null"),
    ];
    find_word(&WORDS, text).unwrap_or("something else")
}

/// What serde says it wanted, in our words.
fn wanted_word(text: &str) -> &'static str {
    const WORDS: [(&str, &str); 14] = [
        ("a string", "text"),
        ("string", "text"),
        ("str", "text"),
        ("struct", "an object"),
        ("a map", "an object"),
        ("map", "an object"),
        ("a sequence", "a list"),
        ("sequence", "a list"),
        ("a boolean", "true or false"),
        ("bool", "true or false"),
        ("u", "a whole number of zero or more"),
        ("i", "a whole number"),
        ("a whole number", "a whole number or a percentage"),
        ("a tuple", "an object"),
    ];
    find_word(&WORDS, text).unwrap_or("something else")
}

fn find_word(words: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    words
        .iter()
        .find_map(|(prefix, word)| text.starts_with(prefix).then_some(*word))
}

/// Words for serde's message about a value of the wrong shape, without the value.
pub(super) fn shape_message(message: &str) -> String {
    if let Some((found, wanted)) = split_expected(message, "invalid type: ") {
        return format!("is {}, not {}", found_word(found), wanted_word(wanted));
    }
    if let Some((_, wanted)) = split_expected(message, "invalid value: ") {
        return format!("is out of range for {}", wanted_word(wanted));
    }
    if let Some(field) = field_name(message, "duplicate field ") {
        return format!("has two fields called {field}");
    }
    if let Some(field) = field_name(message, "missing field ") {
        return format!("has no {field}");
    }
    if message.starts_with("unknown variant") {
        return "is none of the values it can have".to_owned();
    }
    if message.starts_with("unknown field") {
        return "holds a field that is not known here".to_owned();
    }
    "has a value that does not fit".to_owned()
}

/// The name in `missing field NAME`, which is one of our own fields, never of the input.
fn field_name<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    message
        .strip_prefix(prefix)?
        .strip_prefix('`')?
        .strip_suffix('`')
}

/// Splits `invalid type: FOUND, expected WANTED`; what is expected never comes from the input.
fn split_expected<'a>(message: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    message.strip_prefix(prefix)?.rsplit_once(", expected ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(shape_message(message), expected);
    }

    #[test]
    fn messages_about_shape_never_repeat_the_value() {
        check(
            r#"invalid type: string "hunter2, expected hunter2", expected u32"#,
            "is text, not a whole number of zero or more",
        );
        check(
            "invalid type: map, expected a string",
            "is an object, not text",
        );
        check(
            "invalid value: integer `-1`, expected i32",
            "is out of range for a whole number",
        );
        check(
            "unknown variant `hunter2`, expected `a`",
            "is none of the values it can have",
        );
        check("hunter2", "has a value that does not fit");
    }
}
