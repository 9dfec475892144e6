//! How well a text answers what was typed into the palette.

/// A score when every letter of `typed` occurs in `text` in order; higher is better.
///
/// Letters at the beginning of words and letters in a row count for more, long texts for less.
/// Case is that of ASCII: names are of it, and the tables of all other letters weigh 10 kB.
pub fn score(typed: &str, text: &str) -> Option<i32> {
    let mut score = 0;
    let mut at_word_start = true;
    let mut in_a_row = 0;
    let mut wanted = typed.chars().filter(|c| !c.is_whitespace()).peekable();
    for letter in text.chars() {
        let Some(next) = wanted.peek() else { break };
        if letter.eq_ignore_ascii_case(next) {
            wanted.next();
            score += 2 + in_a_row * 3 + if at_word_start { 6 } else { 0 };
            in_a_row += 1;
        } else {
            in_a_row = 0;
        }
        at_word_start = !letter.is_ascii_alphanumeric();
    }
    wanted
        .peek()
        .is_none()
        .then_some(score * 4 - text.len() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_win() {
        let best = score("ep", "eu-pay-1");
        assert!(best > score("ep", "deep-thought"));
        assert_eq!(score("xq", "eu-pay-1"), None);
    }

    #[test]
    fn nothing_typed_matches_everything() {
        assert!(score("", "anything").is_some());
    }
}
