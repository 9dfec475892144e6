//! One YAML object's text, parsed under a budget that grows with its length.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, SeqAccess, Visitor};

use crate::snapshot::fault::Fault;
use crate::snapshot::json::{Step, from_serde, steps_to};
use crate::snapshot::text::Text;
use crate::snapshot::yaml::error::from_saphyr;
use crate::snapshot::yaml::locate::locate;
use crate::snapshot::yaml::split::key_value;
use crate::snapshot::yaml::transcode::Json;

/// Levels of nesting that an object may have.
pub(super) const MAX_DEPTH: usize = 64;

/// Nodes that an object may have; the largest real pods have some two thousand.
const MAX_NODES: usize = 50_000;

/// Nodes that an object may have beyond half its bytes, for very short ones.
const SPARE_NODES: usize = 64;

/// Aliases and anchors that an object may have; kubectl writes none.
const MAX_ALIASES: usize = 64;

/// What a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The object itself.
    Object,
    /// A list of which the object is the only item.
    OnlyItem,
}

/// The text of one object.
#[derive(Clone, Copy, Debug)]
pub(super) struct YamlText<'a> {
    text: &'a str,
    shape: Shape,
}

impl<'a> YamlText<'a> {
    /// The object in `bytes`, or a fault where they are not UTF-8.
    pub(super) fn new(bytes: &'a [u8], shape: Shape) -> Result<Self, Fault> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self { text, shape }),
            Err(error) => Err(Fault {
                rule: "invalid-utf8",
                message: "a byte here is not UTF-8".to_owned(),
                fix: "save the file as UTF-8, or dump it again",
                offset: error.valid_up_to(),
            }),
        }
    }
}

impl YamlText<'_> {
    /// Has the YAML parser read the text.
    fn parse<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_saphyr::from_str_with_options(self.text, options(self.text.len()))
            .map_err(|error| from_saphyr(self.text, &error))
    }

    /// Moves a fault from its place in the JSON to the one in the text.
    fn place(&self, json: &[u8], fault: Fault) -> Fault {
        let mut steps = steps_to(json, fault.offset);
        if self.shape == Shape::OnlyItem {
            steps.insert(0, Step::Index(0));
        }
        Fault {
            offset: locate(self.text, &steps),
            ..fault
        }
    }
}

/// What may be made of a text of this length.
fn options(length: usize) -> serde_saphyr::Options {
    let nodes = (length / 2 + SPARE_NODES).min(MAX_NODES);
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: nodes,
            max_events: nodes * 3,
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: length / 4,
        },
        with_snippet: false,
    }
}

impl Text for YamlText<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let Json(json) = self.read_by_hand()?;
        serde_json::from_slice(&json).map_err(|error| self.place(&json, from_serde(&json, &error)))
    }

    fn read_by_hand<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        match self.shape {
            Shape::Object => self.parse(),
            Shape::OnlyItem => self.parse().map(|OnlyItem(object)| object),
        }
    }

    /// Takes it as it is: what is not kept is not parsed, only split off by its lines.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }

    fn find_key(&self, key: &str) -> Option<usize> {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let text = line.trim_start_matches([' ', '-']);
            let found = key_value(text.trim_end().as_bytes());
            if found.is_some_and(|(found, _)| found == key) {
                return Some(start + line.len() - text.len());
            }
            start += line.len();
        }
        None
    }
}

/// A list with one item.
struct OnlyItem<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OnlyItem<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OnlyItemVisitor(PhantomData))
    }
}

struct OnlyItemVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyItemVisitor<T> {
    type Value = OnlyItem<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OnlyItem<T>, A::Error> {
        let item = seq.next_element()?;
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        item.map(OnlyItem)
            .ok_or_else(|| serde::de::Error::invalid_length(0, &self))
    }
}
