//! What is computed both natively and as Wasm: to be compared, or to be timed.
//!
//! `cargo xtask test` prints [`digests`] from both and accepts no difference; `cargo xtask bench`
//! times [`WORKLOADS`] in both. A new subject is one row in a table.

use std::fmt::Write as _;

use wavetank_core::rng::{Distribution, Purpose, Streams, child_key};
use wavetank_core::units::SimDuration;

/// Computes something under a seed and hashes all of it.
pub type Digest = fn(u64) -> u64;

/// Does a piece of work; the result depends on all of it, so that none is optimised away.
pub type Workload = fn() -> u64;

/// What is compared, by name.
pub const DIGESTS: &[(&str, Digest)] = &[("chance", digest_of_chance)];

/// What is timed, by name.
pub const WORKLOADS: &[(&str, Workload)] = &[("chance", || digest_of_chance(1))];

/// How many seeds each digest is taken under.
pub const N_SEEDS: u64 = 64;

/// How many numbers are drawn for one digest of chance: enough that platform logarithms, which
/// differ in 7 % of draws, could not agree by luck.
const N_DRAWS: u32 = 2_000;

/// One line for each subject and seed.
pub fn digests() -> String {
    let mut lines = String::new();
    for (name, digest) in DIGESTS {
        for seed in 1..=N_SEEDS {
            writeln!(lines, "{name} seed {seed}: {:016x}", digest(seed))
                .expect("a string takes everything");
        }
    }
    lines
}

/// The durations that the simulation is made of, in the order drawn.
fn digest_of_chance(seed: u64) -> u64 {
    let mut stream = Streams::new(seed, 0).open(1, Purpose::Startup);
    let startup = Distribution::LogNormal {
        median: SimDuration::from_millis(30_000),
        p95: SimDuration::from_millis(240_000),
    };
    (0..N_DRAWS).fold(seed, |digest, _| {
        child_key(digest, stream.duration(startup).as_millis())
    })
}
