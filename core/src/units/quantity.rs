//! Resource quantities and int-or-percent values, as Kubernetes writes them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A resource quantity in thousandths of its unit: `250m` is 250, `2` is 2,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    millis: u128,
}

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a resource quantity; write it as `250m`, `2`, `1.5Gi` or `1e3`")]
pub struct QuantityError {
    text: String,
}

/// Suffixes and the number of thousandths each stands for.
const SUFFIXES: [(&str, u128); 14] = [
    ("", 1_000),
    ("m", 1),
    ("k", 1_000_000),
    ("M", 1_000_000_000),
    ("G", 1_000_000_000_000),
    ("T", 1_000_000_000_000_000),
    ("P", 1_000_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000_000),
    ("Ki", 1_000 << 10),
    ("Mi", 1_000 << 20),
    ("Gi", 1_000 << 30),
    ("Ti", 1_000 << 40),
    ("Pi", 1_000 << 50),
    ("Ei", 1_000 << 60),
];

impl Quantity {
    /// Thousandths of the unit, rounded up as the API server does: for CPU, millicores.
    pub fn millis(self) -> u64 {
        u64::try_from(self.millis).unwrap_or(u64::MAX)
    }

    /// Whole units, rounded up: for memory, bytes.
    pub fn units(self) -> u64 {
        u64::try_from(self.millis.div_ceil(1_000)).unwrap_or(u64::MAX)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        parse_quantity(text).ok_or_else(|| QuantityError {
            text: text.to_owned(),
        })
    }
}

/// Reads a decimal number with a suffix or a decimal exponent.
fn parse_quantity(text: &str) -> Option<Quantity> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let scale = SUFFIXES
        .into_iter()
        .find_map(|(name, scale)| (name == suffix).then_some(scale))
        .or_else(|| exponent_scale(suffix))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.len() > 18 {
        return None;
    }
    let whole: u128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut millis = whole.checked_mul(scale)?;
    if !fraction.is_empty() {
        let divisor = 10_u128.checked_pow(fraction.len().try_into().ok()?)?;
        let parts: u128 = fraction.parse().ok()?;
        millis = millis.checked_add(parts.checked_mul(scale)?.div_ceil(divisor))?;
    }
    Some(Quantity { millis })
}

/// The thousandths that `e3` or `E-2` stands for.
fn exponent_scale(suffix: &str) -> Option<u128> {
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    let shifted = u32::try_from(exponent.checked_add(3)?).ok()?;
    (shifted <= 24).then(|| 10_u128.pow(shifted))
}

/// A count or a share of a total, such as `2` or `"25%"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntOrPercent {
    /// An absolute count.
    Int(i32),
    /// A share in percent.
    Percent(u32),
}

/// Why a text is neither a count nor a percentage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a percentage; write a whole number or a text such as \"25%\"")]
pub struct IntOrPercentError {
    text: String,
}

impl IntOrPercent {
    /// The count this stands for out of `total`; percentages round up when `round_up`.
    ///
    /// Source: k8s-truth §2.1, `GetScaledValueFromIntOrPercent`.
    pub fn scaled_up(self, total: u32) -> i64 {
        match self {
            Self::Int(count) => i64::from(count),
            Self::Percent(percent) => (i64::from(percent) * i64::from(total) + 99).div_euclid(100),
        }
    }

    /// As [`Self::scaled_up`], with percentages rounding down.
    pub fn scaled_down(self, total: u32) -> i64 {
        match self {
            Self::Int(count) => i64::from(count),
            Self::Percent(percent) => i64::from(percent) * i64::from(total) / 100,
        }
    }
}

impl fmt::Display for IntOrPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl FromStr for IntOrPercent {
    type Err = IntOrPercentError;

    /// Reads the text form, which Kubernetes takes only as a percentage: `"2"` is an error.
    fn from_str(text: &str) -> Result<Self, IntOrPercentError> {
        text.strip_suffix('%')
            .and_then(|number| number.parse().ok())
            .map(Self::Percent)
            .ok_or_else(|| IntOrPercentError {
                text: text.to_owned(),
            })
    }
}

impl Serialize for IntOrPercent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(count) if serializer.is_human_readable() => serializer.serialize_i32(*count),
            Self::Int(_) | Self::Percent(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for IntOrPercent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(IntOrPercentVisitor);
        }
        // A format that cannot tell a number from a text holds the text of either.
        let text = String::deserialize(deserializer)?;
        match text.parse() {
            Ok(count) => Ok(Self::Int(count)),
            Err(_) => text.parse().map_err(de::Error::custom),
        }
    }
}

impl schemars::JsonSchema for IntOrPercent {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IntOrPercent".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [
                { "type": "integer" },
                { "type": "string", "pattern": "^[0-9]+%$" },
            ],
            "description": "A count, or a share such as \"25%\".",
        })
    }
}

struct IntOrPercentVisitor;

impl de::Visitor<'_> for IntOrPercentVisitor {
    type Value = IntOrPercent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a percentage such as \"25%\"")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<IntOrPercent, E> {
        i32::try_from(value)
            .map(IntOrPercent::Int)
            .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<IntOrPercent, E> {
        i32::try_from(value)
            .map(IntOrPercent::Int)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<IntOrPercent, E> {
        value.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_millis(text: &str, expected: u64) {
        let quantity: Quantity = text.parse().expect("a quantity");
        assert_eq!(quantity.millis(), expected, "{text}");
    }

    #[test]
    fn quantities_keep_their_scale() {
        check_millis("250m", 250);
        check_millis("2", 2_000);
        check_millis("0.1", 100);
        check_millis("1e3", 1_000_000);
        check_millis("1.5Ki", 1_536_000);
        assert_eq!(
            "7910Mi".parse::<Quantity>().map(Quantity::units),
            Ok(8_294_236_160)
        );
    }

    #[test]
    fn broken_quantities_are_refused() {
        for text in [
            "",
            "m",
            "1.2.3",
            "12x",
            "-1",
            "1e99",
            "99999999999999999999999999999999999999Ei",
        ] {
            assert!(
                text.parse::<Quantity>().is_err(),
                "{text} was taken for a quantity"
            );
        }
    }

    #[test]
    fn a_quoted_number_is_no_percentage() {
        assert!("2".parse::<IntOrPercent>().is_err());
        assert!("-5%".parse::<IntOrPercent>().is_err());
        assert_eq!("50%".parse(), Ok(IntOrPercent::Percent(50)));
        assert_eq!(IntOrPercent::Percent(50).scaled_up(7), 4);
        assert_eq!(IntOrPercent::Percent(50).scaled_down(7), 3);
    }
}
