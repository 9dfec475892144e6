//! What is computed both natively and as Wasm: to be compared, or to be timed.
//!
//! `cargo xtask test` prints [`digests`] from both and accepts no difference; `cargo xtask bench`
//! times [`WORKLOADS`] in both. A new subject is one row in a table.

use std::fmt::Write as _;

use wavetank_core::rng::{Distribution, Purpose, Streams, child_key};
use wavetank_core::units::SimDuration;

use crate::drain_model;
use crate::growth::{self, Size};
use crate::rehearsals;

/// Computes something under a seed and hashes all of it.
pub type Digest = fn(u64) -> u64;

/// A piece of work to be timed.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// What it is called.
    pub name: &'static str,
    /// Does it; the result depends on all of it, so that none is optimised away.
    pub work: fn() -> u64,
    /// How often it is timed: seldom where once takes seconds.
    pub n_samples: usize,
    /// How large it is, found by doing it once more; none where size means nothing.
    pub size: Option<fn() -> Size>,
}

/// What is compared under many seeds, by name.
pub const DIGESTS: &[(&str, Digest)] = &[
    ("chance", digest_of_chance),
    ("distributions", digest_of_distributions),
];

/// What is timed, the largest last: where memory ends with it, everything else has been timed.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        name: "chance",
        work: || digest_of_chance(1),
        n_samples: 100,
        size: None,
    },
    Workload {
        name: "rehearsal of 50 clusters, 5,000 nodes, 100,000 pods",
        work: rehearsals::large_when_loaded,
        n_samples: 10,
        size: None,
    },
    Workload {
        name: "the same with its fleet generated and resolved",
        work: rehearsals::large_from_nothing,
        n_samples: 10,
        size: None,
    },
    Workload {
        name: "DRAIN on the core's queue, 1,000 pods",
        work: || drain_model::drain(drain_model::SPECIFIED[0].0).makespan_micros,
        n_samples: 100,
        size: Some(|| drain_model::size(0)),
    },
    Workload {
        name: "DRAIN on the core's queue, 10,000 pods",
        work: || drain_model::drain(drain_model::SPECIFIED[1].0).makespan_micros,
        n_samples: 50,
        size: Some(|| drain_model::size(1)),
    },
    Workload {
        name: "DRAIN on the core's queue, 100,000 pods",
        work: || drain_model::drain(drain_model::SPECIFIED[2].0).makespan_micros,
        n_samples: 20,
        size: Some(|| drain_model::size(2)),
    },
    Workload {
        name: "DRAIN on the core's queue, 1,000,000 pods",
        work: || drain_model::drain(drain_model::SPECIFIED[3].0).makespan_micros,
        n_samples: 10,
        size: Some(|| drain_model::size(3)),
    },
    Workload {
        name: "the full model without a trace, 1,000 pods",
        work: || growth::replicate(1_000),
        n_samples: 100,
        size: Some(|| growth::size_without_trace(1_000)),
    },
    Workload {
        name: "the full model without a trace, 10,000 pods",
        work: || growth::replicate(10_000),
        n_samples: 20,
        size: Some(|| growth::size_without_trace(10_000)),
    },
    Workload {
        name: "the full model without a trace, 100,000 pods",
        work: || growth::replicate(100_000),
        n_samples: 10,
        size: Some(|| growth::size_without_trace(100_000)),
    },
    Workload {
        name: "the full model, 1,000 pods",
        work: || growth::rehearse(1_000),
        n_samples: 100,
        size: Some(|| growth::size(1_000)),
    },
    Workload {
        name: "the full model, 10,000 pods",
        work: || growth::rehearse(10_000),
        n_samples: 20,
        size: Some(|| growth::size(10_000)),
    },
    Workload {
        name: "the full model, 100,000 pods",
        work: || growth::rehearse(100_000),
        n_samples: 10,
        size: Some(|| growth::size(100_000)),
    },
    Workload {
        name: "the full model, 1,000,000 pods",
        work: || growth::rehearse(1_000_000),
        n_samples: 2,
        size: Some(|| growth::size(1_000_000)),
    },
];

/// How many seeds each digest is taken under.
pub const N_SEEDS: u64 = 64;

/// How many numbers are drawn for one digest of chance: enough that platform logarithms, which
/// differ in 7 % of draws, could not agree by luck.
const N_DRAWS: u32 = 2_000;

/// One line for each subject and seed, and one for each rehearsal.
pub fn digests() -> String {
    let mut lines = String::new();
    for (name, digest) in DIGESTS {
        for seed in 1..=N_SEEDS {
            writeln!(lines, "{name} seed {seed}: {:016x}", digest(seed))
                .expect("a string takes everything");
        }
    }
    lines + &rehearsals::digests()
}

/// The durations that the simulation is made of, in the order drawn.
fn digest_of_chance(seed: u64) -> u64 {
    let mut stream = Streams::new(seed, 0).open(1, Purpose::Startup);
    let startup = Distribution::LogNormal {
        median: SimDuration::from_millis(30_000),
        p95: SimDuration::from_millis(240_000),
    };
    (0..N_DRAWS).fold(seed, |digest, _| {
        child_key(digest, stream.duration(&startup).as_millis())
    })
}

/// Draws and quantiles of the distributions that go through logarithms, roots and divisions.
fn digest_of_distributions(seed: u64) -> u64 {
    let millis = SimDuration::from_millis;
    let kinds = [
        Distribution::Triangular {
            min: millis(7_000),
            mode: millis(11_000),
            max: millis(90_000 + seed),
        },
        Distribution::LogNormal {
            median: millis(30_000 + seed),
            p95: millis(240_000),
        },
        Distribution::Weibull {
            shape_per_mille: 700 + seed as u32,
            scale: millis(45_000),
        },
        Distribution::Empirical(
            (1..40)
                .map(|nth| millis(nth * nth * 97))
                .collect::<Vec<_>>()
                .into(),
        ),
    ];
    let mut stream = Streams::new(seed, 0).open(2, Purpose::Startup);
    let mut digest = seed;
    for distribution in &kinds {
        for per_mille in (0..=1_000).step_by(50) {
            digest = child_key(digest, distribution.quantile(per_mille).as_millis());
        }
        for _ in 0..N_DRAWS / 4 {
            digest = child_key(digest, stream.duration(distribution).as_millis());
        }
    }
    digest
}
