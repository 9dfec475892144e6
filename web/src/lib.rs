//! Wavetank in the browser: the page and its worker.
//!
//! Architecture invariant: no domain quantity is computed here. A number on screen is a field of
//! the core's report; this crate shows, asks and carries bytes.
//!
//! The features `page` and `worker` each hold one program: neither is compiled with what only the
//! other needs. Tests find things by `data-testid`; see [`page::run`].

#[cfg(feature = "page")]
pub mod design;
#[cfg(feature = "page")]
pub mod draw;
#[cfg(feature = "page")]
pub mod keys;
#[cfg(feature = "page")]
pub mod page;
pub mod protocol;
#[cfg(feature = "page")]
pub mod state;
pub mod worker;
