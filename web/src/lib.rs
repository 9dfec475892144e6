//! Wavetank in the browser: the page and its worker.
//!
//! Architecture invariant: no domain quantity is computed here. A number on screen is a field of
//! the core's report; this crate shows, asks and carries bytes.
//!
//! Tests find things by `data-testid`; see [`page`].

pub mod design;
pub mod draw;
pub mod keys;
pub mod page;
pub mod protocol;
pub mod state;
pub mod worker;
