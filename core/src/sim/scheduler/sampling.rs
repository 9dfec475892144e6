//! How many feasible nodes the scheduler looks for before it scores them (k8s-truth §5.1).

/// Below this many nodes all are looked at.
const FEW_NODES: u32 = 100;

/// The least share that the default goes down to, in percent.
const LEAST_PERCENT: u32 = 5;

/// Feasible nodes after which the search ends (`numFeasibleNodesToFind`). `percentage` is
/// `percentageOfNodesToScore`, where 0 asks for the default: half, and less the larger the
/// cluster.
pub fn nodes_to_find(nodes: u32, percentage: u32) -> u32 {
    if nodes < FEW_NODES || percentage >= 100 {
        return nodes;
    }
    let percent = match percentage {
        0 => 50_u32.saturating_sub(nodes / 125).max(LEAST_PERCENT),
        _ => percentage,
    };
    let share = u64::from(nodes) * u64::from(percent) / 100;
    (share as u32).max(FEW_NODES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_clusters_are_searched_whole_and_huge_ones_by_a_twentieth() {
        let defaults = [10, 99, 100, 1_000, 6_000, 15_000].map(|nodes| nodes_to_find(nodes, 0));
        assert_eq!(defaults, [10, 99, 100, 420, 300, 750]);
    }

    #[test]
    fn a_set_share_holds_down_to_a_hundred_nodes() {
        let set = [(10, 40), (1_000, 40), (1_000, 1), (1_000, 100)];
        let found = set.map(|(nodes, percentage)| nodes_to_find(nodes, percentage));
        assert_eq!(found, [10, 400, 100, 1_000]);
    }
}
