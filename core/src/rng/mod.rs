//! Named random streams: chance that does not move when something else is added.
//!
//! A stream is opened per seed, replication, entity and purpose, so every plan meets the same
//! luck (common random numbers) and one more wave does not change another node's fate.
//!
//! Architecture invariant: only `u64` values are drawn from the generator, and every derived
//! number goes through [`crate::math`]; nothing here depends on the platform.

use rand::Rng as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use crate::math;
use crate::units::SimDuration;

mod distribution;
#[cfg(test)]
mod tests;

pub use distribution::{Distribution, DistributionError, Observations};

/// What a stream is used for; each purpose of an entity has luck of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// How long a control-plane step takes.
    ControlPlane = 1,
    /// How long a node takes to boot or be replaced.
    NodeBoot = 2,
    /// How long a pod takes to stop.
    Termination = 3,
    /// How long a pod takes to start and become ready.
    Startup = 4,
    /// Which entities a fault hits.
    Fault = 5,
    /// Ties that the scheduler breaks at random.
    Scheduling = 6,
    /// How long a volume takes to move.
    Volume = 7,
    /// What a synthetic fleet looks like.
    Synthesis = 8,
    /// How long a leader takes to be elected.
    Election = 9,
}

/// Opens the streams of one replication.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    root: u64,
}

impl Streams {
    /// The streams of replication `replication` under `seed`.
    pub fn new(seed: u64, replication: u32) -> Self {
        Self {
            root: mix(mix(seed, 0x5741_5645), u64::from(replication)),
        }
    }

    /// The stream of one entity, named by [`entity_key`], for one purpose.
    pub fn open(&self, entity: u64, purpose: Purpose) -> Stream {
        let seed = mix(mix(self.root, entity), purpose as u64);
        Stream {
            generator: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }
}

/// A key for an entity that depends on its names alone, not on its position in any table.
pub fn entity_key(parts: &[&str]) -> u64 {
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |key, part| {
        mix(key, xxhash_rust::xxh3::xxh3_64(part.as_bytes()))
    })
}

/// The key of the `index`-th child of `parent`, for replacements and retries.
pub fn child_key(parent: u64, index: u64) -> u64 {
    mix(parent, index)
}

/// Folds `value` into `state` (the finaliser of `SplitMix64`, Steele et al. 2014).
fn mix(state: u64, value: u64) -> u64 {
    let mut z = state.rotate_left(23) ^ value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A sequence of draws (xoshiro256++).
#[derive(Clone, Debug)]
pub struct Stream {
    generator: Xoshiro256PlusPlus,
}

impl Stream {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A number from 0 to `bound - 1`, or 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Whether an event of the given chance, in thousandths, happens.
    pub fn happens(&mut self, chance_per_mille: u32) -> bool {
        self.below(1_000) < u64::from(chance_per_mille)
    }

    /// A duration drawn from `distribution`.
    pub fn duration(&mut self, distribution: &Distribution) -> SimDuration {
        distribution.draw(self)
    }

    /// A standard normal variate (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = math::sqrt(-2.0 * math::ln(self.unit_open()));
        radius * math::cos(std::f64::consts::TAU * self.unit_open())
    }

    /// A number in (0, 1], from the upper 53 bits.
    fn unit_open(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}
