//! How a way to roll pools is written: by its name alone, with all its defaults, or as the one
//! entry of a mapping.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::PoolChoice;

/// The names that stand for a number of nodes, which no default gives.
const COUNTED: [&str; 2] = ["surge", "unavailable"];

impl Serialize for PoolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The derived function, which takes precedence.
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for PoolChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(Written);
        }
        Self::deserialize(deserializer)
    }
}

/// Reads what people write.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = PoolChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a way to roll pools, such as `provider`, `kops` or `{surge: 1}`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<PoolChoice, E> {
        if name == "provider" {
            return Ok(PoolChoice::Provider);
        }
        if COUNTED.contains(&name) {
            return Err(E::custom(format!(
                "`{name}` needs a number of nodes; write `{{{name}: 1}}`"
            )));
        }
        let nothing: [(&str, &str); 0] = [];
        let defaults = MapDeserializer::<_, E>::new(nothing.into_iter());
        let entry = std::iter::once((name, defaults));
        PoolChoice::deserialize(MapAccessDeserializer::new(MapDeserializer::new(entry)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PoolChoice, A::Error> {
        PoolChoice::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::plan::{Kops, PlanSettings};

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let read = serde_json::from_str::<PoolChoice>(text);
        expected.assert_eq(&match read {
            Ok(choice) => format!("{choice:?}"),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn a_name_stands_for_all_its_defaults() {
        let read: PlanSettings =
            serde_json::from_str(r#"{"poolStrategy": "kops"}"#).expect("a name");
        assert_eq!(read.pool_strategy, PoolChoice::Kops(Kops::default()));
        check(r#""provider""#, &expect!["Provider"]);
        check(r#"{"surge": 2}"#, &expect!["Surge(2)"]);
        check(
            r#"{"kops": {}}"#,
            &expect!["Kops(Kops { max_surge: Int(1), max_unavailable: Int(0) })"],
        );
    }

    #[test]
    fn what_is_no_way_to_roll_pools_is_told() {
        check(
            r#""surge""#,
            &expect!["`surge` needs a number of nodes; write `{surge: 1}` at line 1 column 7"],
        );
        for unknown in [r#""gke""#, r#"{"gke": {}}"#] {
            let told = serde_json::from_str::<PoolChoice>(unknown).expect_err("no such way");
            let told = told.to_string();
            assert!(
                told.starts_with("unknown variant `gke`, expected one of"),
                "{told}"
            );
        }
        for other in ["3", "[]"] {
            let told = serde_json::from_str::<PoolChoice>(other).expect_err("no such way");
            let told = told.to_string();
            let expected =
                "expected a way to roll pools, such as `provider`, `kops` or `{surge: 1}`";
            assert!(told.contains(expected), "{told}");
        }
    }

    #[test]
    fn every_way_is_read_as_it_is_written() {
        let choices = [
            PoolChoice::Provider,
            PoolChoice::Surge(2),
            PoolChoice::Kops(Kops::default()),
        ];
        for choice in choices {
            let text = serde_json::to_string(&choice).expect("JSON");
            let read: PoolChoice = serde_json::from_str(&text).expect("what was written");
            assert_eq!(read, choice);
        }
    }
}
