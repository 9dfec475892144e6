//! kured: every node asks for the lock once in a period, at an instant of its own (k8s-truth §9.4).
//! Who finds the lock taken asks again a period later.

use super::{Roll, Task};
use crate::ids::NodeIdx;
use crate::plan::PoolStrategy;
use crate::rng::{self, Distribution, Purpose};
use crate::sim::world::World;
use crate::units::{SimDuration, SimTime};

impl World {
    /// Tells each task when its node asks for the lock first.
    pub(super) fn set_phases(&self, strategy: PoolStrategy, queue: &mut [Task]) {
        if let PoolStrategy::Kured(kured) = strategy {
            let now = self.now();
            for task in queue {
                task.not_before = self.asks_at(task.node, kured.period, now);
            }
        }
    }

    /// When a node asks for the lock, at `from` or after: once in a period, and the first time
    /// anywhere in it, as its own luck has it.
    pub(super) fn asks_at(&self, node: NodeIdx, period: SimDuration, from: SimTime) -> SimTime {
        let first = Distribution::Uniform {
            min: SimDuration::ZERO,
            max: period,
        };
        let key = rng::child_key(self.nodes[node.index()].key, 5);
        let phase = self.streams.open(key, Purpose::RollOrder).duration(&first);
        next_tick(SimTime::ZERO + phase, period, from)
    }
}

impl Roll {
    /// Nodes that asked while the lock was taken ask again a period later.
    pub(super) fn ask_again(&mut self, now: SimTime) {
        if let PoolStrategy::Kured(kured) = self.strategy {
            for task in &mut self.queue[self.begun..] {
                task.not_before = next_tick(task.not_before, kured.period, now);
            }
        }
    }
}

/// The first of the instants `first`, `first + period`, … that is not before `from`.
fn next_tick(first: SimTime, period: SimDuration, from: SimTime) -> SimTime {
    if from <= first {
        return first;
    }
    let behind = from.since(first).as_millis();
    first + period * behind.div_ceil(period.as_millis().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_never_before_the_instant_asked_for_and_may_fall_on_it() {
        let at = |mins| SimTime::ZERO + SimDuration::from_mins(mins);
        let ticks =
            [0, 20, 21, 80, 81].map(|from| next_tick(at(20), SimDuration::from_mins(60), at(from)));
        assert_eq!(ticks, [20, 20, 80, 80, 140].map(at));
    }
}
