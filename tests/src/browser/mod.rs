//! Drives a real Chromium over the built site.
//!
//! A test is a closure that gets a [`Page`]. When it returns, the page must have broken no
//! content policy and logged no error: every test is also a test of that.

mod axe;
mod devtools;
mod driver;
mod hands;
mod log;
mod measures;
mod pace;
mod page;
mod shots;

use std::env;
use std::path::PathBuf;

use xtask::workspace;

pub use self::hands::id;
pub use self::log::Request;
pub use self::measures::{Measure, record, say};
pub use self::pace::Pace;
pub use self::page::{Page, Scheme, Viewport, visit};
pub use self::shots::{SHOTS, Scene, Shot, take_all};

/// The folder of the built site: `cargo xtask test` names it, otherwise `dist`.
fn site() -> PathBuf {
    env::var_os("WAVETANK_SITE").map_or_else(|| workspace::root().join("dist"), PathBuf::from)
}
