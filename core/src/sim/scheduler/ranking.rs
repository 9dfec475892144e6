//! Nodes by their score, so that a search may begin with the emptiest and end early.
//!
//! What a pod's siblings cost a node only ever lowers its score, so once the best node found is
//! better than a whole rank could be, no lower rank holds a better one.

use super::view::NodeView;
use crate::ids::NodeIdx;

/// The greatest score of a node: nothing of it is used.
const BEST: usize = 100;

/// Where a node is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    /// Its object does not exist.
    Nowhere,
    /// It is there and takes only pods that put up with what is wrong with it.
    Closed,
    /// It is open, with this score.
    Open(u16),
}

/// Every node that is there, by its score where it is open.
#[derive(Debug)]
pub(crate) struct Ranking {
    /// The open nodes of each score.
    open: Vec<Vec<NodeIdx>>,
    /// A bit for each score that any open node has.
    scores: u128,
    closed: Vec<NodeIdx>,
    /// Where each node is, and its position there.
    places: Vec<(Rank, u32)>,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            open: vec![Vec::new(); BEST + 1],
            scores: 0,
            closed: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl Ranking {
    /// Ranks a node as it is.
    pub(crate) fn place(&mut self, room: &NodeView) {
        let index = room.idx.index();
        if index >= self.places.len() {
            self.places.resize(index + 1, (Rank::Nowhere, 0));
        }
        let rank = rank(room);
        let (was, position) = self.places[index];
        if was == rank {
            return;
        }
        if let Some(list) = self.list(was) {
            list.swap_remove(position as usize);
            let moved = list.get(position as usize).copied();
            if let Some(moved) = moved {
                self.places[moved.index()].1 = position;
            }
            self.note_score(was);
        }
        let mut position = 0;
        if let Some(list) = self.list(rank) {
            position = list.len() as u32;
            list.push(room.idx);
            self.note_score(rank);
        }
        self.places[index] = (rank, position);
    }

    /// The greatest score up to `most` that any open node has.
    #[inline]
    pub(crate) fn next_score(&self, most: u32) -> Option<u32> {
        let up_to = self.scores & (u128::MAX >> (u128::BITS - 1 - most));
        up_to.checked_ilog2()
    }

    /// The greatest score that any open node has.
    #[inline]
    pub(crate) fn best_score(&self) -> Option<u32> {
        self.next_score(BEST as u32)
    }

    /// The open nodes of a score, in no order.
    #[inline]
    pub(crate) fn of_score(&self, score: u32) -> &[NodeIdx] {
        &self.open[score as usize]
    }

    /// The nodes that are there and not open, in no order.
    pub(crate) fn closed(&self) -> &[NodeIdx] {
        &self.closed
    }

    /// Bytes reserved for nodes.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.open.iter().map(Vec::capacity).sum::<usize>() + self.closed.capacity();
        lists * size_of::<NodeIdx>() + self.places.capacity() * size_of::<(Rank, u32)>()
    }

    fn list(&mut self, rank: Rank) -> Option<&mut Vec<NodeIdx>> {
        match rank {
            Rank::Nowhere => None,
            Rank::Closed => Some(&mut self.closed),
            Rank::Open(score) => Some(&mut self.open[usize::from(score)]),
        }
    }

    /// Notes whether any node has the score of a rank that has just changed.
    fn note_score(&mut self, rank: Rank) {
        if let Rank::Open(score) = rank {
            let bit = 1 << score;
            if self.open[usize::from(score)].is_empty() {
                self.scores &= !bit;
            } else {
                self.scores |= bit;
            }
        }
    }
}

fn rank(room: &NodeView) -> Rank {
    match (room.is_present(), room.open) {
        (false, _) => Rank::Nowhere,
        (true, false) => Rank::Closed,
        (true, true) => Rank::Open(room.score),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LookIdx;
    use crate::inventory::{Pressures, Resources};
    use crate::sim::scheduler::view::Health;

    fn room(node: u32, health: Health, score: u16) -> NodeView {
        NodeView {
            idx: NodeIdx(node),
            free: Resources::default(),
            look: LookIdx(0),
            zone: None,
            health,
            cordoned: false,
            pressures: Pressures::default(),
            open: health == Health::Ready,
            score,
        }
    }

    /// Every open node by falling score, those of one score by number, then the closed ones.
    fn told(ranking: &Ranking) -> String {
        let mut told = String::new();
        let mut next = ranking.best_score();
        while let Some(score) = next {
            let mut nodes: Vec<u32> = ranking.of_score(score).iter().map(|node| node.0).collect();
            nodes.sort_unstable();
            told += &format!("{score}: {nodes:?}, ");
            next = score
                .checked_sub(1)
                .and_then(|most| ranking.next_score(most));
        }
        let mut closed: Vec<u32> = ranking.closed().iter().map(|node| node.0).collect();
        closed.sort_unstable();
        told + &format!("closed: {closed:?}")
    }

    #[test]
    fn nodes_are_found_from_the_emptiest_to_the_fullest() {
        let mut ranking = Ranking::default();
        for (node, score) in [(0, 100), (1, 0), (2, 64), (3, 0), (4, 63)] {
            ranking.place(&room(node, Health::Ready, score));
        }
        assert_eq!(
            told(&ranking),
            "100: [0], 64: [2], 63: [4], 0: [1, 3], closed: []"
        );
    }

    #[test]
    fn a_node_is_found_where_it_was_ranked_last() {
        let mut ranking = Ranking::default();
        for node in 0..4 {
            ranking.place(&room(node, Health::Ready, 50));
        }
        ranking.place(&room(0, Health::Ready, 40));
        ranking.place(&room(3, Health::NotReady, 50));
        ranking.place(&room(2, Health::Absent, 50));
        assert_eq!(told(&ranking), "50: [1], 40: [0], closed: [3]");
        ranking.place(&room(3, Health::Ready, 40));
        ranking.place(&room(1, Health::Absent, 50));
        assert_eq!(told(&ranking), "40: [0, 3], closed: []");
    }
}
