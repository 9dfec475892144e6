//! `cargo xtask serve`: builds the site, then serves it on this machine.

mod headers;
mod http;
mod server;
mod site;

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use anyhow::{Context, Result};

pub use self::headers::response_headers;
pub use self::server::Server;
use crate::build::{self, Profile};
use crate::steps::Steps;
use crate::workspace;

/// Where the search for a free port begins when none is asked for.
const FIRST_PORT: u16 = 8787;
/// How many ports are tried before giving up: more than anyone runs by accident.
const PORTS_TRIED: u16 = 50;

/// How the site is served.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArguments {
    /// The port; by default the first free one from 8787 on
    #[arg(long)]
    port: Option<u16>,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
    /// Compile quickly, without optimising
    #[arg(long)]
    dev: bool,
}

/// Builds and serves until it is stopped.
pub fn run(arguments: &ServeArguments) -> Result<()> {
    let steps = Steps::begin();
    // Taken first: a port that is not free should be known before a long build, not after it.
    let listener = listen(arguments.port)?;
    let profile = if arguments.dev {
        Profile::Dev
    } else {
        Profile::Shipped
    };
    let out = workspace::root().join("dist");
    build::build_site(&steps, profile, &out)?;
    let server = Server::start(listener, &out, "/")?;
    steps.say("serving; stop with Ctrl-C");
    println!("{}", server.url());
    if arguments.open && !open(&server.url()) {
        eprintln!("no browser could be opened; visit {}", server.url());
    }
    server.join();
    Ok(())
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    if let Some(port) = port {
        return TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            format!("port {port} cannot be used; choose another or leave --port out")
        });
    }
    (FIRST_PORT..FIRST_PORT + PORTS_TRIED)
        .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .with_context(|| format!("no port from {FIRST_PORT} on is free; choose one with --port"))
}

fn open(url: &str) -> bool {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    Command::new(opener).arg(url).spawn().is_ok()
}
