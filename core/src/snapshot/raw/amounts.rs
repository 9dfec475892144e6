//! Amounts of resources, by name: `requests`, `limits` and `allocatable`.
//!
//! Read by hand, because serde would copy every map of them to find the names it does not know.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::snapshot::raw::Remark;
use crate::snapshot::raw::scalar::Scalar;
use crate::units::Quantity;

/// A map of resources.
#[derive(Debug, Default)]
pub(super) struct RawAmounts {
    pub(super) cpu: Option<Scalar>,
    pub(super) memory: Option<Scalar>,
    pub(super) pods: Option<Scalar>,
    /// Everything else.
    pub(super) others: BTreeMap<String, Scalar>,
}

/// Amounts of resources besides CPU, memory and pod slots, in whole units.
pub(super) fn others(
    raw: &BTreeMap<String, Scalar>,
    key: &'static str,
    remarks: &mut Vec<Remark>,
) -> BTreeMap<String, u64> {
    let read = |(name, amount): (&String, &Scalar)| {
        let quantity = amount.quantity_of(name, key, remarks)?;
        Some((name.clone(), Quantity::units(quantity)))
    };
    raw.iter().filter_map(read).collect()
}

impl<'de> Deserialize<'de> for RawAmounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AmountsVisitor)
    }
}

struct AmountsVisitor;

impl<'de> Visitor<'de> for AmountsVisitor {
    type Value = RawAmounts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("amounts of resources by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawAmounts, A::Error> {
        let mut amounts = RawAmounts::default();
        while let Some(Name(name)) = map.next_key()? {
            let amount: Option<Scalar> = map.next_value()?;
            let (known, field) = match &*name {
                "cpu" => (&mut amounts.cpu, "cpu"),
                "memory" => (&mut amounts.memory, "memory"),
                "pods" => (&mut amounts.pods, "pods"),
                _ => {
                    if amounts.others.contains_key(&*name) {
                        return Err(A::Error::custom(format!("duplicate field `{name}`")));
                    }
                    let amount = amount.map(|amount| (name.into_owned(), amount));
                    amounts.others.extend(amount);
                    continue;
                }
            };
            if known.is_some() {
                return Err(A::Error::duplicate_field(field));
            }
            *known = amount;
        }
        Ok(amounts)
    }
}

/// A key, borrowed from the input where it can be.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor).map(Self)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
