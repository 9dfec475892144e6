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
use serde::{Deserialize, Serialize};

use crate::math;
use crate::units::SimDuration;

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
    /// In which order a provider takes nodes that it takes at random.
    RollOrder = 20,
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
    pub fn duration(&mut self, distribution: Distribution) -> SimDuration {
        match distribution {
            Distribution::Constant(value) => value,
            Distribution::Uniform { min, max } => {
                let width = (max - min).as_millis();
                min + SimDuration::from_millis(self.below(width.saturating_add(1)))
            }
            Distribution::LogNormal { median, p95 } => {
                let sigma = ln_ratio(p95, median) / 1.644_853_626_951_472_2;
                let factor = math::exp(sigma * self.normal());
                let millis = median.as_millis() as f64 * factor;
                SimDuration::from_millis(millis as u64)
            }
        }
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

/// The logarithm of `a / b`, or 0 when either is 0.
fn ln_ratio(a: SimDuration, b: SimDuration) -> f64 {
    if a.as_millis() == 0 || b.as_millis() == 0 {
        return 0.0;
    }
    math::ln(a.as_millis() as f64 / b.as_millis() as f64)
}

/// How a duration varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Distribution {
    /// Always the same.
    Constant(SimDuration),
    /// Any length between the two, equally likely.
    Uniform {
        /// The shortest.
        min: SimDuration,
        /// The longest.
        max: SimDuration,
    },
    /// Skewed to the right, given by the median and the 95th percentile.
    LogNormal {
        /// Half of all draws are shorter.
        median: SimDuration,
        /// One draw in twenty is longer.
        p95: SimDuration,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_nothing_but_its_name() {
        let streams = Streams::new(42, 0);
        let node = entity_key(&["eu-pay-1", "node-7"]);
        let first = streams.open(node, Purpose::NodeBoot).bits();
        let _another = streams
            .open(entity_key(&["eu-pay-1", "node-8"]), Purpose::NodeBoot)
            .bits();
        assert_eq!(streams.open(node, Purpose::NodeBoot).bits(), first);
        assert_ne!(streams.open(node, Purpose::Startup).bits(), first);
        assert_ne!(
            Streams::new(43, 0).open(node, Purpose::NodeBoot).bits(),
            first
        );
        assert_ne!(
            Streams::new(42, 1).open(node, Purpose::NodeBoot).bits(),
            first
        );
    }

    // Two names must not run together: ("ab", "c") is another entity than ("a", "bc").
    #[test]
    fn names_do_not_run_together() {
        assert_ne!(entity_key(&["ab", "c"]), entity_key(&["a", "bc"]));
    }

    #[test]
    fn half_of_the_draws_lie_below_the_median() {
        let mut stream = Streams::new(7, 0).open(1, Purpose::Startup);
        let median = SimDuration::from_secs(90);
        let shape = Distribution::LogNormal {
            median,
            p95: SimDuration::from_secs(300),
        };
        let draws: Vec<_> = (0..10_000).map(|_| stream.duration(shape)).collect();
        let below = draws.iter().filter(|draw| **draw < median).count();
        let above_p95 = draws.iter().filter(|d| d.as_secs() > 300).count();
        assert!(
            (4_800..5_200).contains(&below),
            "{below} of 10,000 below the median"
        );
        assert!(
            (400..600).contains(&above_p95),
            "{above_p95} of 10,000 above the 95th percentile"
        );
    }
}
