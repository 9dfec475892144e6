//! Makes text of unknown origin harmless to a terminal.

use std::borrow::Cow;

/// The text with control characters and marks of direction written out, as `\u{1b}`.
///
/// C0 and C1 can move the cursor, colour the screen or retitle the window; marks of direction can
/// show a name as another. Line ends and tabs count as well: an object's name has none.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_harmful(letter) {
            safe.extend(letter.escape_unicode());
        } else {
            safe.push(letter);
        }
    }
    Cow::Owned(safe)
}

/// Whether a terminal might do more with it than show it.
fn is_harmful(letter: char) -> bool {
    let is_direction = matches!(
        letter,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let is_line_end = matches!(letter, '\u{2028}' | '\u{2029}');
    letter.is_control() || is_direction || is_line_end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_written_out() {
        assert_eq!(escape("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(escape("a\nb\u{9b}2J\u{7f}"), "a\\u{a}b\\u{9b}2J\\u{7f}");
        assert_eq!(escape("gpj\u{202e}exe"), "gpj\\u{202e}exe");
    }

    #[test]
    fn other_letters_stay() {
        assert!(matches!(escape("café-東京 🙂"), Cow::Borrowed(_)));
    }
}
