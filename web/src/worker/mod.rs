//! The bridge between the page and its worker, and what the worker does with what crosses it.
//!
//! Four kinds of message cross it. A `Uint8Array` is a frame; an array is a frame followed by
//! files. `null` from the page asks "are you there?" and `null` from the worker answers "ready".
//! A string from the worker is its last words.

#[cfg(feature = "page")]
pub mod client;
#[cfg(feature = "worker")]
pub mod desk;
#[cfg(feature = "worker")]
pub mod host;
#[cfg(feature = "worker")]
mod parcel;
#[cfg(feature = "worker")]
mod read;
#[cfg(feature = "worker")]
mod replay;
