//! Builds, serves and tests Wavetank.
//!
//! A library as well as a program, because the browser tests serve pages with the same server
//! that `cargo xtask serve` uses: what is tested is what is shipped.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub mod bench;
pub mod bind;
pub mod build;
pub mod screenshots;
pub mod serve;
pub mod steps;
pub mod test;
pub mod workspace;

/// The chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the static site into a folder
    Build(build::BuildArguments),
    /// Build the site, then serve it on this machine
    Serve(serve::ServeArguments),
    /// Check everything: format, lints, tests native, as Wasm and in a browser
    Test(test::TestArguments),
    /// Time the core, native and as Wasm
    Bench(bench::BenchArguments),
    /// Build the site and make the README's pictures
    Screenshots,
}

/// Runs the command named on the command line.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Build(arguments) => build::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Screenshots => screenshots::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
