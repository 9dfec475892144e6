//! A static server: one thread a connection, which is plenty for one person's browser.

use std::io::{BufReader, BufWriter};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use anyhow::{Context, Result};

use super::http::{read_request, respond};
use super::site::{self, Files};

/// How long a connection may say nothing before its thread is given back.
const IDLE: Duration = Duration::from_secs(30);

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    /// Begins and ends with a slash.
    mount: String,
    loaded: Mutex<Loaded>,
    stopping: AtomicBool,
}

#[derive(Clone, Debug)]
struct Loaded {
    files: Arc<Files>,
    /// When the page was written; a newer one means that the site was built again.
    written: Option<SystemTime>,
}

impl Server {
    /// Serves `folder` below the path `mount`, which begins and ends with a slash.
    pub fn start(listener: TcpListener, folder: &Path, mount: &str) -> Result<Self> {
        assert!(
            mount.starts_with('/') && mount.ends_with('/'),
            "a mount is a folder's path"
        );
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            mount: mount.to_owned(),
            loaded: Mutex::new(load(folder)?),
            stopping: AtomicBool::new(false),
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Ok(Self {
            address,
            shared,
            accepting: Some(accepting),
        })
    }

    /// Where the page is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.shared.mount)
    }

    /// Serves until the program is stopped.
    pub fn join(mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.join().expect("accepting does not panic");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection; it then sees that it should stop.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// The files as they are now: a site built again is loaded again.
    fn files(&self) -> Arc<Files> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if loaded.written != written(&self.folder)
            && let Ok(newer) = load(&self.folder)
        {
            *loaded = newer;
        }
        Arc::clone(&loaded.files)
    }
}

fn load(folder: &Path) -> Result<Loaded> {
    let written = written(folder);
    Ok(Loaded {
        files: Arc::new(site::load(folder)?),
        written,
    })
}

fn written(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder.join("index.html"))
        .ok()?
        .modified()
        .ok()
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // A browser that goes away in the middle of an answer is no fault of the server.
        thread::spawn(move || drop(converse(&stream, &shared)));
    }
}

fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = BufWriter::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        respond(&request, &shared.mount, &shared.files(), &mut writer)?;
        if !request.keeps_alive || shared.stopping.load(Ordering::SeqCst) {
            break;
        }
    }
    Ok(())
}
