//! The bridge between the page and its worker: bytes both ways, nothing about their meaning.
//!
//! Three kinds of message cross it. A `Uint8Array` is a frame. `null` from the page asks "are you
//! there?" and `null` from the worker answers "ready". A string from the worker is its last words.

pub mod client;
pub mod host;
