//! `TaintToleration` and preferred node affinity, brought to 0 to 100.

use super::BEST;

/// The fewer taints a pod had better avoid, the better; without any all nodes have the best score.
pub(super) fn normalize_shunned(counts: &mut [i64]) {
    let most = counts.iter().copied().max().unwrap_or(0);
    for count in counts {
        *count = match most {
            0 => BEST,
            _ => BEST - *count * BEST / most,
        };
    }
}

/// The more is met, the better; where nothing is met anywhere all nodes have nothing.
pub(super) fn normalize_wanted(weights: &mut [i64]) {
    let most = weights.iter().copied().max().unwrap_or(0);
    for weight in weights {
        *weight = match most {
            0 => 0,
            _ => *weight * BEST / most,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_most_and_rounded_down() {
        let mut counts = [0, 1, 3];
        normalize_shunned(&mut counts);
        assert_eq!(counts, [100, 67, 0]);
        let mut weights = [0, 20, 60];
        normalize_wanted(&mut weights);
        assert_eq!(weights, [0, 33, 100]);
    }

    #[test]
    fn without_any_taint_all_are_best_and_without_any_wish_all_have_nothing() {
        let (mut counts, mut weights) = ([0, 0], [0, 0]);
        normalize_shunned(&mut counts);
        normalize_wanted(&mut weights);
        assert_eq!((counts, weights), ([100, 100], [0, 0]));
    }
}
