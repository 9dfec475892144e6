//! What may have been meant by a word that is not known.

use std::collections::BTreeSet;

/// A clause that names the known word closest to `word`, or all of them.
pub(super) fn hint<S: AsRef<str>>(word: &str, known: &[S]) -> String {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    clause(word, &known, known.len())
}

/// As [`hint`], with at most `most` names where none is close.
pub(crate) fn hint_among(word: &str, known: &BTreeSet<String>, most: usize) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    clause(word, &known, most)
}

/// The known word that `word` is a slip of, if it is near enough to one.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let known = known.iter().map(|known| (distance(word, known), *known));
    let near = known.filter(|(distance, known)| *distance <= known.len().max(3) / 3);
    let closest = near.min_by_key(|(distance, _)| *distance);
    closest.map(|(_, known)| known)
}

fn clause(word: &str, known: &[&str], most: usize) -> String {
    if let Some(known) = nearest(word, known) {
        return format!("did you mean `{known}`?");
    }
    let told: Vec<String> = known.iter().take(most).map(|k| format!("`{k}`")).collect();
    match (told.as_slice(), known.len() - told.len()) {
        ([], _) => "nothing is expected here".to_owned(),
        (told, 0) => format!("known are {}", told.join(", ")),
        (told, more) => format!("known are {} and {more} more", told.join(", ")),
    }
}

/// How many letters must change to make one word of the other (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        assert_eq!(
            hint("faluts", &["faults", "fleet"]),
            "did you mean `faults`?"
        );
        assert_eq!(
            hint("zebra", &["faults", "fleet"]),
            "known are `faults`, `fleet`"
        );
        assert_eq!(hint::<&str>("zebra", &[]), "nothing is expected here");
    }

    #[test]
    fn of_many_names_the_first_few_are_told() {
        let names: BTreeSet<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(
            hint_among("zebra", &names, 2),
            "known are `a`, `b` and 1 more"
        );
    }

    #[test]
    fn distance_counts_changes() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("wave", "wave"), 0);
    }
}
