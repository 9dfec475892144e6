//! JSON: several documents in a file, lists split at their items, and text in between skipped.

mod document;
mod error;
mod fleet;
mod gap;
mod list;
mod reader;
mod resync;
mod scan;
mod text;

pub(super) use error::{Step, from_serde, steps_to};
pub(super) use reader::JsonReader;
pub(super) use scan::skip_space as scan_space;
