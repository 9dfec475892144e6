//! The page in a real Chromium. One file per subject; `cargo xtask test --only browser` runs it.

mod accessibility;
mod boot;
mod privacy;
