//! The page in a real Chromium. One file per subject; `cargo xtask test --only browser` runs it.

mod accessibility;
mod blast;
mod boot;
mod demo;
mod drain;
mod dumps;
mod faults;
mod keys;
mod large;
mod layout;
mod malformed;
mod measures;
mod native;
mod privacy;
