//! Quantities with their units in the type: time, versions, resources, shares.

mod quantity;
mod thousandths;
mod time;
mod version;

pub use quantity::{IntOrPercent, IntOrPercentError, Quantity, QuantityError};
pub use thousandths::{Thousandths, ThousandthsError};
pub use time::{DurationError, SimDuration, SimTime};
pub use version::{KubeVersion, VersionError};
