//! Times the probe's workloads natively; `cargo xtask bench` times the same ones as Wasm.
//!
//! Criterion takes ten samples at least. What is too long for that is timed a few times by hand,
//! and only when everything is: a filter on the command line is criterion's to read. Our tables
//! count time of the processor where the system tells it, so that other programs disturb them less.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::env;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use wavetank_tests::growth::{self, Timed};
use wavetank_tests::probe::{WORKLOADS, Workload};

/// Fewer samples criterion refuses to take.
const FEWEST_OF_CRITERION: usize = 10;

/// The kernel may account for the processor at its ticks only, some milliseconds apart: samples
/// are put together until that is a few percent.
const LONG_ENOUGH: Duration = Duration::from_millis(100);

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let everything = env::args().skip(1).all(|argument| argument == "--bench");
    let mut timed = Vec::new();
    for workload in WORKLOADS {
        let best = if workload.n_samples >= FEWEST_OF_CRITERION {
            criterion = criterion.sample_size(workload.n_samples);
            sampled(&mut criterion, workload)
        } else if everything {
            Some(timed_by_hand(workload))
        } else {
            None
        };
        if let (Some(best), Some(size)) = (best, workload.size) {
            timed.push(Timed {
                name: workload.name,
                size: size(),
                best_ns: best.as_nanos() as f64,
            });
        }
    }
    criterion.final_summary();
    print!("{}", growth::tables("native", &timed));
}

/// Lets criterion time it; the least mean of samples that are long enough together, or none where
/// a filter leaves it out.
fn sampled(criterion: &mut Criterion, workload: &Workload) -> Option<Duration> {
    let mut best: Option<Duration> = None;
    let (mut used, mut times) = (Duration::ZERO, 0);
    criterion.bench_function(workload.name, |bencher| {
        bencher.iter_custom(|n_times| {
            let spent = spent(workload, n_times);
            used += spent.processor;
            times += n_times;
            if used >= LONG_ENOUGH {
                let mean = used.div_f64(times as f64);
                best = Some(best.map_or(mean, |best| best.min(mean)));
                (used, times) = (Duration::ZERO, 0);
            }
            spent.wall
        });
    });
    best.or_else(|| (times > 0).then(|| used.div_f64(times as f64)))
}

/// The least time of a few, after a first time that loads.
fn timed_by_hand(workload: &Workload) -> Duration {
    black_box((workload.work)());
    let samples: Vec<Spent> = (0..workload.n_samples)
        .map(|_| spent(workload, 1))
        .collect();
    println!("{}: {samples:.3?}", workload.name);
    let processor = samples.into_iter().map(|spent| spent.processor).min();
    processor.expect("every workload has samples")
}

/// What some work took.
#[derive(Clone, Copy, Debug)]
struct Spent {
    wall: Duration,
    /// Of the processor; the same as on the wall where the system does not tell.
    processor: Duration,
}

fn spent(workload: &Workload, n_times: u64) -> Spent {
    let (begun, used_before) = (Instant::now(), processor_time());
    for _ in 0..n_times {
        black_box((workload.work)());
    }
    let (wall, used_after) = (begun.elapsed(), processor_time());
    let processor = used_before.zip(used_after);
    let processor = processor.and_then(|(before, after)| after.checked_sub(before));
    Spent {
        wall,
        processor: processor.unwrap_or(wall),
    }
}

/// What this thread has used of the processor: Linux tells it in nanoseconds.
fn processor_time() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}
