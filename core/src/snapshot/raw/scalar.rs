//! A number or a text, whichever was written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::snapshot::raw::{Remark, quoted};
use crate::units::Quantity;

/// A value that Kubernetes lets people write as a number or as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// A whole number.
    Int(i64),
    /// A number with a fraction, as text.
    Float(String),
    /// A text.
    Text(String),
    /// Neither number nor text: what it is instead.
    Other(&'static str),
}

impl Scalar {
    /// The resource quantity it stands for; a broken one is remarked on.
    pub(super) fn quantity(
        &self,
        key: &'static str,
        remarks: &mut Vec<Remark>,
    ) -> Option<Quantity> {
        self.quantity_of(key, key, remarks)
    }

    /// The same of a resource that the input names, in the field `key`.
    pub(super) fn quantity_of(
        &self,
        name: &str,
        key: &'static str,
        remarks: &mut Vec<Remark>,
    ) -> Option<Quantity> {
        let parsed = match self {
            Self::Int(number) => number.to_string().parse().ok(),
            Self::Float(text) | Self::Text(text) => text.parse().ok(),
            Self::Other(_) => None,
        };
        if parsed.is_none() {
            let message = format!("{name} is {self}, which is not a resource quantity");
            let fix = "write it as 250m, 2, 1.5Gi or 1e3; it is taken as not given";
            remarks.push(Remark::warning("bad-quantity", key, message, fix));
        }
        parsed
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(value).map_or_else(|_| Scalar::Text(value.to_string()), Scalar::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Other("true or false"))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("an object"))
    }
}
