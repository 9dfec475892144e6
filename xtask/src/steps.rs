//! Says what is being done and how long it has taken, so that a long build is not a silent one.

use std::time::{Duration, Instant};

/// A running account of one command.
#[derive(Debug)]
pub struct Steps {
    started: Instant,
}

impl Steps {
    /// Starts the clock.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// Announces the next step, with the time since the start.
    pub fn say(&self, what: &str) {
        eprintln!("[{:>6.1} s] {what}", self.elapsed().as_secs_f64());
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
