//! A YAML value as JSON, which is how Kubernetes reads YAML too.
//!
//! Every kind of object is then read by one parser: a number where the API wants text is as wrong
//! here as it is to kubectl, and the Wasm holds each reader once.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::Serialize;

/// The JSON of one value.
pub(super) struct Json(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut out = Vec::new();
        Transcoder {
            out: &mut out,
            place: Place::Value,
        }
        .deserialize(deserializer)?;
        Ok(Self(out))
    }
}

/// Where a value stands; JSON has only texts as keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Key,
    Value,
}

/// Writes a value behind what is there.
struct Transcoder<'a> {
    out: &'a mut Vec<u8>,
    place: Place,
}

impl Transcoder<'_> {
    fn write<E: Error>(self, value: &(impl Serialize + ToString + ?Sized)) -> Result<(), E> {
        let written = match self.place {
            Place::Key => serde_json::to_writer(self.out, &value.to_string()),
            Place::Value => serde_json::to_writer(self.out, value),
        };
        written.map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Transcoder<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcoder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.write(value)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        match self.place {
            Place::Key => self.write("null"),
            Place::Value => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let out = self.out;
        out.push(b'[');
        let empty = out.len();
        loop {
            let end = out.len();
            if end > empty {
                out.push(b',');
            }
            let item = Transcoder {
                out: &mut *out,
                place: Place::Value,
            };
            if seq.next_element_seed(item)?.is_none() {
                out.truncate(end);
                break;
            }
        }
        out.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let out = self.out;
        out.push(b'{');
        let empty = out.len();
        loop {
            let end = out.len();
            if end > empty {
                out.push(b',');
            }
            let key = Transcoder {
                out: &mut *out,
                place: Place::Key,
            };
            if map.next_key_seed(key)?.is_none() {
                out.truncate(end);
                break;
            }
            out.push(b':');
            map.next_value_seed(Transcoder {
                out: &mut *out,
                place: Place::Value,
            })?;
        }
        out.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(yaml: &str, expected: &str) {
        let Json(json) = serde_saphyr::from_str(yaml).expect("YAML");
        assert_eq!(String::from_utf8(json).expect("JSON is UTF-8"), expected);
    }

    #[test]
    fn values_keep_their_types_and_texts_their_quotes() {
        check(
            "a: 1\nb: \"1\"\nc: -2\nd: 0.5\ne: true\nf: ~\ng: \"x: y\"\n",
            r#"{"a":1,"b":"1","c":-2,"d":0.5,"e":true,"f":null,"g":"x: y"}"#,
        );
    }

    #[test]
    fn lists_and_maps_nest_and_may_be_empty() {
        check(
            "a:\n- b: []\n  c: {}\n- - x\n  - \"y\\n\"\n",
            r#"{"a":[{"b":[],"c":{}},["x","y\n"]]}"#,
        );
    }

    #[test]
    fn keys_are_texts() {
        check("1: a\ntrue: b\n", r#"{"1":"a","true":"b"}"#);
    }
}
