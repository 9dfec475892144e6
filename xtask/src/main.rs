//! `cargo xtask`: the chores of this repository, in Rust, so that they run wherever it builds.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::run()
}
