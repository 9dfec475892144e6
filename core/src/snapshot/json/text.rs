//! One JSON object's text.

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::snapshot::fault::Fault;
use crate::snapshot::json::error::from_serde;
use crate::snapshot::text::Text;

/// The bytes of one object.
#[derive(Clone, Copy, Debug)]
pub(in crate::snapshot) struct JsonText<'a> {
    bytes: &'a [u8],
}

impl<'a> JsonText<'a> {
    /// The object in `bytes`, or a fault where they are not UTF-8.
    pub(in crate::snapshot) fn new(bytes: &'a [u8]) -> Result<Self, Fault> {
        match std::str::from_utf8(bytes) {
            Ok(_) => Ok(Self { bytes }),
            Err(error) => Err(Fault {
                rule: "invalid-utf8",
                message: "a byte here is not UTF-8".to_owned(),
                fix: "save the file as UTF-8, or dump it again",
                offset: error.valid_up_to(),
            }),
        }
    }
}

impl Text for JsonText<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(self.bytes).map_err(|error| from_serde(self.bytes, &error))
    }

    /// JSON says itself what is text.
    fn read_by_hand<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        self.read()
    }

    fn check(&self) -> Result<(), Fault> {
        self.read().map(|IgnoredAny| ())
    }

    fn find_key(&self, key: &str) -> Option<usize> {
        let text = std::str::from_utf8(self.bytes).ok()?;
        let quoted = format!("\"{key}\"");
        text.match_indices(&quoted).find_map(|(at, found)| {
            let behind = text[at + found.len()..].trim_start();
            behind.starts_with(':').then_some(at)
        })
    }
}
