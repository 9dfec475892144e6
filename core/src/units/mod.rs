//! Quantities with their units in the type: time, versions, resources, shares.

mod quantity;
mod time;
mod version;

pub use quantity::{IntOrPercent, IntOrPercentError, Quantity, QuantityError};
pub use time::{DurationError, SimDuration, SimTime};
pub use version::{KubeVersion, VersionError};
