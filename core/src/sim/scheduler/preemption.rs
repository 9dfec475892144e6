//! `DefaultPreemption`, its choices: who is more important, whose budget would be violated, and
//! which node is taken (k8s-truth §5.3, `pickOneNodeForPreemption`).

use std::cmp::{Ordering, Reverse};

use crate::ids::{BudgetIdx, NodeIdx, PodIdx};
use crate::units::SimTime;

/// Candidates that are looked for at least, and in percent of the nodes.
const LEAST_CANDIDATES: usize = 100;
const CANDIDATES_PERCENT: usize = 10;

/// What is added to priorities before they are summed, so that none is negative and a node with
/// fewer victims of one priority is preferred.
const PRIORITY_OFFSET: i64 = i32::MAX as i64 + 1;

/// A pod that may have to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Victim {
    pub(crate) pod: PodIdx,
    pub(crate) priority: i32,
    /// When it started; one that has not counts as started last.
    pub(crate) started: SimTime,
}

/// A node that takes a pod once its victims are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) node: NodeIdx,
    /// The most important first; never none.
    pub(crate) victims: Vec<Victim>,
    /// How many of them violate a budget.
    pub(crate) violations: u32,
    /// Breaks ties that upstream leaves to chance.
    pub(crate) luck: u64,
}

/// How many candidates are enough out of so many nodes.
pub(crate) fn candidates_to_find(nodes: usize) -> usize {
    (nodes * CANDIDATES_PERCENT / 100).max(LEAST_CANDIDATES)
}

/// Sorts the more important first: higher priority, then longer running.
pub(crate) fn by_importance(a: &Victim, b: &Victim) -> Ordering {
    let key = |victim: &Victim| (Reverse(victim.priority), victim.started, victim.pod);
    key(a).cmp(&key(b))
}

/// Parts the victims whose removal would violate a budget from the others, each in their order.
/// `budgets_of` lists the budgets that select a pod, and `allowed` what each allows.
pub(crate) fn part_by_budgets<'b>(
    victims: &[Victim],
    budgets_of: impl Fn(PodIdx) -> &'b [BudgetIdx],
    allowed: impl Fn(BudgetIdx) -> i64,
) -> (Vec<Victim>, Vec<Victim>) {
    let mut spent: Vec<(BudgetIdx, i64)> = Vec::new();
    victims.iter().partition(|victim| {
        let mut violates = false;
        for budget in budgets_of(victim.pod) {
            let known = spent.iter().position(|(known, _)| known == budget);
            let position = known.unwrap_or_else(|| {
                spent.push((*budget, allowed(*budget)));
                spent.len() - 1
            });
            spent[position].1 -= 1;
            violates |= spent[position].1 < 0;
        }
        violates
    })
}

/// The candidate to take: the fewest violations, then the lowest highest priority, the lowest sum
/// of priorities, the fewest victims, and the latest start of the most important ones.
pub(crate) fn pick(candidates: Vec<Candidate>) -> Option<Candidate> {
    candidates.into_iter().min_by_key(|candidate| {
        let victims = candidate.victims.iter();
        let highest = candidate.victims.first().map(|victim| victim.priority);
        let sum: i64 = victims
            .clone()
            .map(|victim| i64::from(victim.priority) + PRIORITY_OFFSET)
            .sum();
        let first = victims.filter(|victim| Some(victim.priority) == highest);
        let earliest = first.map(|victim| victim.started).min();
        (
            candidate.violations,
            highest,
            sum,
            candidate.victims.len(),
            Reverse(earliest),
            Reverse(candidate.luck),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    fn victim(pod: u32, priority: i32, started_secs: u64) -> Victim {
        Victim {
            pod: PodIdx(pod),
            priority,
            started: SimTime::ZERO + SimDuration::from_secs(started_secs),
        }
    }

    /// Picks among nodes with these violations and victims, given as priority and start.
    #[track_caller]
    fn check(candidates: &[(u32, &[(i32, u64)])], expected: u32) {
        let candidates = candidates.iter().enumerate();
        let candidates = candidates.map(|(index, (violations, victims))| Candidate {
            node: NodeIdx::new(index),
            victims: victims
                .iter()
                .map(|(priority, started)| victim(0, *priority, *started))
                .collect(),
            violations: *violations,
            luck: 0,
        });
        let picked = pick(candidates.collect()).map(|candidate| candidate.node);
        assert_eq!(picked, Some(NodeIdx(expected)));
    }

    #[test]
    fn the_fewest_violations_come_before_everything_else() {
        check(&[(1, &[(0, 0)]), (0, &[(50, 0), (50, 0)])], 1);
    }

    #[test]
    fn the_lowest_highest_priority_comes_before_the_sum() {
        check(&[(0, &[(10, 0)]), (0, &[(5, 0), (5, 0), (5, 0)])], 1);
    }

    #[test]
    fn the_sum_of_priorities_counts_victims_of_negative_priority_too() {
        check(&[(0, &[(-5, 0), (-5, 0)]), (0, &[(-5, 0)])], 1);
    }

    #[test]
    fn the_latest_start_of_the_most_important_decides_last() {
        check(&[(0, &[(5, 10), (5, 90)]), (0, &[(5, 20), (5, 30)])], 1);
    }

    #[test]
    fn the_more_important_have_higher_priority_or_run_longer() {
        let mut victims = [victim(0, 1, 5), victim(1, 2, 9), victim(2, 1, 3)];
        victims.sort_by(by_importance);
        assert_eq!(victims.map(|victim| victim.pod.0), [1, 2, 0]);
    }

    #[test]
    fn budgets_are_spent_by_the_more_important_first() {
        let victims = [victim(0, 3, 0), victim(1, 2, 0), victim(2, 1, 0)];
        let budget = [BudgetIdx(0)];
        let budgets_of = |pod: PodIdx| if pod.0 == 1 { &[][..] } else { &budget[..] };
        let (violating, others) = part_by_budgets(&victims, budgets_of, |_| 1);
        assert_eq!(violating, [victims[2]]);
        assert_eq!(others, [victims[0], victims[1]]);
    }

    #[test]
    fn candidates_are_a_tenth_of_the_nodes_and_a_hundred_at_least() {
        assert_eq!([20, 1_000, 5_000].map(candidates_to_find), [100, 100, 500]);
    }
}
