//! Shows the probe to whoever runs it: a terminal natively, Node as Wasm.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use wasm_bindgen::prelude::wasm_bindgen;
use wavetank_tests::growth::{self, Size, Timed};
use wavetank_tests::{probe, rehearsals};

/// One line for each subject and seed.
#[wasm_bindgen]
pub fn digests() -> String {
    probe::digests()
}

/// The digest of a scenario file's rehearsal, or why there is none.
#[wasm_bindgen]
pub fn digest_of_scenario(text: &str) -> String {
    rehearsals::digest_of_scenario(text).unwrap_or_else(|error| error)
}

/// What can be timed.
#[wasm_bindgen]
pub fn workloads() -> Vec<String> {
    probe::WORKLOADS
        .iter()
        .map(|workload| workload.name.to_owned())
        .collect()
}

/// How often a piece of work is to be timed.
#[wasm_bindgen]
pub fn samples_of(index: usize) -> usize {
    probe::WORKLOADS[index].n_samples
}

/// Does one piece of work; the index is that of [`workloads`].
#[wasm_bindgen]
pub fn run_workload(index: usize) -> u64 {
    (probe::WORKLOADS[index].work)()
}

/// How large a piece of work is, as [`tables`] takes it; empty where size means nothing.
#[wasm_bindgen]
pub fn size_of(index: usize) -> Vec<f64> {
    let size = probe::WORKLOADS[index].size.map(|size| size());
    size.map_or_else(Vec::new, |size| {
        let Size {
            pods,
            events,
            moves,
            state_bytes,
            trace_bytes,
        } = size;
        vec![pods, events, moves, state_bytes, trace_bytes]
    })
}

/// The tables of what was timed: for each its index, the numbers of [`size_of`], nanoseconds.
#[wasm_bindgen]
pub fn tables(numbers: &[f64]) -> String {
    let rows = numbers.chunks_exact(7).map(|row| Timed {
        name: probe::WORKLOADS[row[0] as usize].name,
        size: Size {
            pods: row[1],
            events: row[2],
            moves: row[3],
            state_bytes: row[4],
            trace_bytes: row[5],
        },
        best_ns: row[6],
    });
    growth::tables("Wasm under Node", &rows.collect::<Vec<_>>())
}

fn main() {
    if cfg!(not(target_arch = "wasm32")) {
        print!("{}", digests());
    }
}
