//! A chromedriver process of our own, ended when it is dropped, browsers included.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Where a browser is looked for when `CHROMIUM` does not name one.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "chrome"];

/// How long the driver may take to end its browser.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running chromedriver.
#[derive(Debug)]
pub(super) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts chromedriver on a port that it chooses.
    pub(super) fn start() -> Result<Self> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver could not be started; `cargo xtask test` can install it")?;
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let port = loop {
            let line = lines
                .next()
                .context("chromedriver ended before it was ready")??;
            if let Some((_, rest)) = line.split_once("started successfully on port ") {
                break rest
                    .trim_end_matches('.')
                    .parse()
                    .context("chromedriver's port")?;
            }
        };
        // A full pipe would stop the driver.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, port })
    }

    /// Where the driver listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A test that panicked has not closed its browser; the driver does, if it is asked to end.
        if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
            let _ = write!(stream, "GET /shutdown HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is asked of the browser: headless, silent on the network, every log kept.
pub(super) fn capabilities() -> Result<serde_json::Map<String, Value>> {
    let browser = browser().context("no Chromium on the PATH; set CHROMIUM to name one")?;
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        // No smaller than any screen that tests ask for: what changes outside the window is never
        // presented, and an interaction would wait for whatever is painted inside it next.
        "--window-size=1600,1100",
        "--force-prefers-reduced-motion",
        "--hide-scrollbars",
    ];
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": browser, "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    let Value::Object(capabilities) = capabilities else {
        unreachable!("it is an object")
    };
    Ok(capabilities)
}

fn browser() -> Option<String> {
    if let Ok(named) = env::var("CHROMIUM") {
        return Some(named);
    }
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
        .map(|found| found.to_string_lossy().into_owned())
}
