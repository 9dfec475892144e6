//! Shows the probe to whoever runs it: a terminal natively, Node as Wasm.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use wasm_bindgen::prelude::wasm_bindgen;
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

fn main() {
    if cfg!(not(target_arch = "wasm32")) {
        print!("{}", digests());
    }
}
