//! The bridge between the page and its worker, and what the worker does with what crosses it.
//!
//! Four kinds of message cross it. A `Uint8Array` is a frame; an array is a frame followed by
//! files. `null` from the page asks "are you there?" and `null` from the worker answers "ready".
//! A string from the worker is its last words.

pub mod client;
pub mod desk;
pub mod host;
mod parcel;
mod read;
mod replay;
