//! What may have been meant by a word that is not known.

/// A clause that names the known word closest to `word`, or all of them.
pub(super) fn hint<S: AsRef<str>>(word: &str, known: &[S]) -> String {
    let closest = known
        .iter()
        .map(|known| (distance(word, known.as_ref()), known.as_ref()))
        .filter(|(distance, known)| *distance <= known.len().max(3) / 3)
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, known)) = closest {
        return format!("did you mean `{known}`?");
    }
    let known: Vec<String> = known
        .iter()
        .map(|known| format!("`{}`", known.as_ref()))
        .collect();
    if known.is_empty() {
        return "nothing is expected here".to_owned();
    }
    format!("known are {}", known.join(", "))
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
    fn distance_counts_changes() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("wave", "wave"), 0);
    }
}
