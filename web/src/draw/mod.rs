//! Where things go and what numbers read as: arithmetic on reports, without a browser.
//!
//! Architecture invariant: nothing here touches a document, so everything here has native tests.

pub mod axis;
pub mod blast;
pub mod chart;
pub mod drain;
pub mod faults;
pub mod format;
pub mod gantt;
pub mod knobs;
pub mod nodes;
pub mod search;
pub mod span;
pub mod strategies;
pub mod targets;
pub mod zone;
