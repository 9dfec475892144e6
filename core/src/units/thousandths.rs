//! A number that is not whole, as whole thousandths: `0.5` calls for each request.
//!
//! Integers, so that equal files make equal scenarios and nothing depends on how a platform reads
//! or prints a float.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number from zero up with at most three decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thousandths(u64);

/// The greatest number that is taken: beyond it a float no longer tells thousandths apart.
const MOST: f64 = 1e12;

impl Thousandths {
    /// One.
    pub const ONE: Self = Self(1_000);

    /// A whole number.
    pub const fn whole(number: u64) -> Self {
        Self(number.saturating_mul(1_000))
    }

    /// So many thousandths.
    pub const fn new(thousandths: u64) -> Self {
        Self(thousandths)
    }

    /// How many thousandths it is.
    pub const fn count(self) -> u64 {
        self.0
    }

    /// The number for a formula.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e3
    }
}

/// Why a number is not taken.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("`{number}` is not taken here; write a number from 0 to 10^12, such as `0.5` or `120`")]
pub struct ThousandthsError {
    number: f64,
}

impl TryFrom<f64> for Thousandths {
    type Error = ThousandthsError;

    /// Rounds to the nearest thousandth.
    fn try_from(number: f64) -> Result<Self, ThousandthsError> {
        if (0.0..=MOST).contains(&number) {
            Ok(Self((number * 1e3 + 0.5) as u64))
        } else {
            Err(ThousandthsError { number })
        }
    }
}

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{rest:03}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

impl Serialize for Thousandths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() && !self.0.is_multiple_of(1_000) {
            return serializer.serialize_f64(self.as_f64());
        }
        let number = if serializer.is_human_readable() {
            self.0 / 1_000
        } else {
            self.0
        };
        serializer.serialize_u64(number)
    }
}

impl<'de> Deserialize<'de> for Thousandths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self);
        }
        let number = f64::deserialize(deserializer)?;
        Self::try_from(number).map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Thousandths {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "number",
            "minimum": 0,
            "description": "A number with at most three decimals, such as 0.5 or 120.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(json: &str, thousandths: u64) {
        let number: Thousandths = serde_json::from_str(json).expect("a number");
        assert_eq!(number.count(), thousandths);
        assert_eq!(serde_json::to_string(&number).expect("a number"), json);
        assert_eq!(number.to_string(), json);
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        check_round_trip("0", 0);
        check_round_trip("120", 120_000);
        check_round_trip("0.5", 500);
        check_round_trip("1.205", 1_205);
    }

    #[test]
    fn nothing_below_zero_or_beyond_measure_is_taken() {
        for number in [-0.001, 1e13, f64::NAN, f64::INFINITY] {
            assert!(Thousandths::try_from(number).is_err(), "{number}");
        }
    }
}
