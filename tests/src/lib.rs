//! What the tests of more than one file share.

#[cfg(feature = "browser")]
pub mod browser;
pub mod drain_model;
pub mod growth;
pub mod probe;
pub mod rehearsals;
