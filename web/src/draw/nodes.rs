//! A cluster's nodes as cells: who stands where, and in which state at an instant.
//!
//! A surge gives every old node a successor of another name. Each takes the place that is free
//! when it comes, so the picture has as many cells as the cluster ever had nodes at once, and
//! none of them moves.

use wavetank_core::report::{NodeState, NodeTrack};

/// The places of a cluster's nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The place of each node.
    pub of_node: Vec<u32>,
    /// The pool of each place.
    pub pools: Vec<u32>,
}

/// What stands in a place at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupant {
    /// The node; none while the place is empty.
    pub node: Option<u32>,
    /// Its state.
    pub state: NodeState,
}

/// How many changes lie at or before an instant; two instants with the same answer look alike.
pub fn position(track: &NodeTrack, at_ms: u64) -> usize {
    track
        .changes
        .partition_point(|change| change.at_ms <= at_ms)
}

/// The state of every node after the first `position` changes.
pub fn states(track: &NodeTrack, position: usize) -> Vec<NodeState> {
    let mut states = vec![NodeState::Absent; track.names.len()];
    for change in track.changes.iter().take(position) {
        if let Some(state) = states.get_mut(change.node as usize) {
            *state = change.state;
        }
    }
    states
}

/// Gives every node its place, sorted by pool.
pub fn places(track: &NodeTrack) -> Places {
    let n_nodes = track.names.len();
    let pool_of = |node: usize| track.pools.get(node).copied().unwrap_or_default();
    let n_pools = (0..n_nodes)
        .map(pool_of)
        .max()
        .map_or(0, |pool| pool as usize + 1);
    // Per pool: which places are free, and who has which.
    let mut free: Vec<Vec<u32>> = vec![Vec::new(); n_pools];
    let mut n_places: Vec<u32> = vec![0; n_pools];
    let mut local: Vec<Option<u32>> = vec![None; n_nodes];
    for change in &track.changes {
        let node = change.node as usize;
        if node >= n_nodes {
            continue;
        }
        let pool = pool_of(node) as usize;
        match (change.state, local[node]) {
            (NodeState::Absent, Some(place)) => free[pool].push(place),
            (NodeState::Absent, None) | (_, Some(_)) => {}
            (_, None) => {
                local[node] = Some(free[pool].pop().unwrap_or_else(|| {
                    n_places[pool] += 1;
                    n_places[pool] - 1
                }));
            }
        }
    }
    let mut first = Vec::with_capacity(n_pools);
    let mut pools = Vec::new();
    for (pool, count) in n_places.iter().enumerate() {
        first.push(pools.len() as u32);
        pools.extend(std::iter::repeat_n(pool as u32, *count as usize));
    }
    let of_node = (0..n_nodes)
        .map(|node| first[pool_of(node) as usize] + local[node].unwrap_or_default())
        .collect();
    Places { of_node, pools }
}

/// Who stands in each place.
pub fn occupants(places: &Places, states: &[NodeState]) -> Vec<Occupant> {
    let mut occupants = vec![Occupant::default(); places.pools.len()];
    for (node, (place, state)) in places.of_node.iter().zip(states).enumerate() {
        if *state == NodeState::Absent {
            continue;
        }
        if let Some(occupant) = occupants.get_mut(*place as usize) {
            *occupant = Occupant {
                node: Some(node as u32),
                state: *state,
            };
        }
    }
    occupants
}

/// How many occupants are in each state, in the order of `order`; states without any are left
/// out.
pub fn tally(occupants: &[Occupant], order: &[NodeState]) -> Vec<(NodeState, u32)> {
    order
        .iter()
        .filter(|state| **state != NodeState::Absent)
        .filter_map(|state| {
            let n_nodes = occupants.iter().filter(|one| one.state == *state).count() as u32;
            (n_nodes > 0).then_some((*state, n_nodes))
        })
        .collect()
}

/// Where cells stand: a grid with a gap between pools.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// The upper left corner of each place's cell.
    pub cells: Vec<(f64, f64)>,
    /// The length of a cell's side, without the gap to the next.
    pub side: f64,
    /// The height of all cells together.
    pub height: f64,
}

/// Sides that are tried, largest first, with the gap between two cells.
const SIDES: [(f64, f64); 6] = [
    (14.0, 3.0),
    (12.0, 3.0),
    (10.0, 2.0),
    (8.0, 2.0),
    (6.0, 1.0),
    (4.0, 1.0),
];

/// Lays cells out in `width` pixels, as large as fits into about `height_wanted`.
pub fn grid(pools: &[u32], width: f64, height_wanted: f64) -> Grid {
    let mut grid = Grid::default();
    for (side, gap) in SIDES {
        grid = lay_out(pools, width, side, gap);
        if grid.height <= height_wanted {
            break;
        }
    }
    grid
}

fn lay_out(pools: &[u32], width: f64, side: f64, gap: f64) -> Grid {
    let (mut x, mut y) = (0.0, 0.0);
    let mut cells = Vec::with_capacity(pools.len());
    for (place, pool) in pools.iter().enumerate() {
        let is_new_pool = place > 0 && pools[place - 1] != *pool;
        if is_new_pool {
            x += gap * 2.0;
        }
        if x + side > width && x > 0.0 {
            x = 0.0;
            y += side + gap;
        }
        cells.push((x, y));
        x += side + gap;
    }
    let height = if cells.is_empty() { 0.0 } else { y + side };
    Grid {
        cells,
        side,
        height,
    }
}

/// The place under a point, if there is one.
pub fn place_at(grid: &Grid, x: f64, y: f64) -> Option<usize> {
    grid.cells.iter().position(|(left, top)| {
        (*left..*left + grid.side).contains(&x) && (*top..*top + grid.side).contains(&y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wavetank_core::report::NodeChange;

    fn change(at_ms: u64, node: u32, state: NodeState) -> NodeChange {
        NodeChange {
            at_ms,
            node,
            state,
            event: 0,
        }
    }

    /// Two old nodes in pool 0, one in pool 1; each of pool 0 is replaced after a surge of one.
    fn surge() -> NodeTrack {
        NodeTrack {
            names: ["a", "b", "c", "a2", "b2"].map(str::to_owned).to_vec(),
            pools: vec![0, 0, 1, 0, 0],
            changes: vec![
                change(0, 0, NodeState::Old),
                change(0, 1, NodeState::Old),
                change(0, 2, NodeState::Old),
                change(10, 3, NodeState::Booting),
                change(20, 0, NodeState::Absent),
                change(30, 4, NodeState::Booting),
                change(40, 1, NodeState::Absent),
            ],
        }
    }

    #[test]
    fn successors_take_the_places_that_are_free() {
        let places = places(&surge());
        assert_eq!(places.pools, [0, 0, 0, 1]);
        assert_eq!(places.of_node, [0, 1, 3, 2, 0]);
    }

    #[test]
    fn the_states_at_an_instant_are_those_after_its_changes() {
        let track = surge();
        let at = |at_ms| {
            let states = states(&track, position(&track, at_ms));
            tally(
                &occupants(&places(&track), &states),
                &[NodeState::Old, NodeState::Booting],
            )
        };
        assert_eq!(at(0), [(NodeState::Old, 3)]);
        assert_eq!(at(15), [(NodeState::Old, 3), (NodeState::Booting, 1)]);
        assert_eq!(at(99), [(NodeState::Old, 1), (NodeState::Booting, 2)]);
    }

    #[test]
    fn an_instant_between_changes_looks_like_the_change_before() {
        let track = surge();
        assert_eq!(position(&track, 10), position(&track, 19));
        assert_ne!(position(&track, 9), position(&track, 10));
    }

    #[test]
    fn cells_shrink_until_they_fit_and_can_be_hit() {
        let few = grid(&[0; 12], 200.0, 60.0);
        let many = grid(&[0; 400], 200.0, 60.0);
        assert!(few.side > many.side);
        let (x, y) = many.cells[123];
        assert_eq!(place_at(&many, x + 1.0, y + 1.0), Some(123));
        assert_eq!(place_at(&many, -1.0, 0.0), None);
    }
}
