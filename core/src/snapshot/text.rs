//! One object's text, whichever format it is written in.

use serde::de::DeserializeOwned;

use crate::snapshot::fault::Fault;

/// The text of one object.
pub(super) trait Text {
    /// Reads it as a `T` of the Kubernetes API.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Fault>;

    /// Reads it as a `T` of our own that people write by hand: where text is wanted, a number is
    /// taken as it is written, zeros behind the point included.
    fn read_by_hand<T: DeserializeOwned>(&self) -> Result<T, Fault>;

    /// Checks that it is well formed, without reading it.
    fn check(&self) -> Result<(), Fault>;

    /// Where the first field of this name is, in bytes from the start of the object.
    fn find_key(&self, key: &str) -> Option<usize>;
}
