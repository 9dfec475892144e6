//! Times the probe's workloads natively; `cargo xtask bench` times the same ones as Wasm.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use wavetank_tests::probe::WORKLOADS;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    for workload in WORKLOADS {
        criterion = criterion.sample_size(workload.n_samples);
        criterion.bench_function(workload.name, |bencher| {
            bencher.iter(|| black_box((workload.work)()));
        });
    }
    criterion.final_summary();
}
