//! `metadata`, without anything that annotations say.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::snapshot::{Labels, OwnerReference};

/// The annotation that marks the API server's copy of a static pod.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// `metadata`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::snapshot) struct RawMetadata {
    name: Option<String>,
    namespace: Option<String>,
    labels: Option<RawLabels>,
    annotations: Option<RawAnnotations>,
    owner_references: Option<Vec<RawOwner>>,
    deletion_timestamp: Option<IgnoredAny>,
    finalizers: Option<Vec<String>>,
    generation: Option<i64>,
}

/// Labels; a null value is an empty one.
pub(super) type RawLabels = BTreeMap<String, Option<String>>;

/// Labels as they are kept.
pub(super) fn labels(raw: Option<RawLabels>) -> Labels {
    raw.unwrap_or_default()
        .into_iter()
        .map(|(key, value)| (key, value.unwrap_or_default()))
        .collect()
}

/// An object of which only the name is read.
#[derive(Debug, Deserialize)]
pub(in crate::snapshot) struct RawNamed {
    pub(in crate::snapshot) kind: Option<String>,
    #[serde(rename = "apiVersion")]
    pub(in crate::snapshot) api_version: Option<String>,
    pub(in crate::snapshot) metadata: Option<RawMetadata>,
}

/// What identifies an object and what hangs on it.
#[derive(Debug, Default)]
pub(super) struct Identity {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) labels: Labels,
    pub(super) owner: Option<OwnerReference>,
    pub(super) mirror: bool,
    pub(super) terminating: bool,
    pub(super) finalizers: Vec<String>,
    pub(super) generation: i64,
}

impl RawMetadata {
    /// The name, unless it is missing or empty.
    pub(in crate::snapshot) fn name(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| !name.is_empty())
    }

    /// The namespace, when it is given.
    pub(in crate::snapshot) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref().filter(|name| !name.is_empty())
    }

    /// What is kept of it; an object without a namespace goes where kubectl would put it.
    pub(super) fn into_identity(self) -> Identity {
        let owner = self
            .owner_references
            .unwrap_or_default()
            .into_iter()
            .find(|owner| owner.controller == Some(true))
            .map(|owner| OwnerReference {
                api_version: owner.api_version.unwrap_or_default(),
                kind: owner.kind.unwrap_or_default(),
                name: owner.name.unwrap_or_default(),
            });
        Identity {
            namespace: self
                .namespace
                .filter(|namespace| !namespace.is_empty())
                .unwrap_or_else(|| "default".to_owned()),
            name: self.name.unwrap_or_default(),
            labels: labels(self.labels),
            owner,
            mirror: self.annotations.is_some_and(|found| found.mirror),
            terminating: self.deletion_timestamp.is_some(),
            finalizers: self.finalizers.unwrap_or_default(),
            generation: self.generation.unwrap_or_default(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOwner {
    api_version: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    controller: Option<bool>,
}

/// The one thing that is read from annotations: whether one of them is there.
#[derive(Debug, Default)]
struct RawAnnotations {
    mirror: bool,
}

impl<'de> Deserialize<'de> for RawAnnotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnnotationVisitor)
    }
}

struct AnnotationVisitor;

impl<'de> Visitor<'de> for AnnotationVisitor {
    type Value = RawAnnotations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawAnnotations, A::Error> {
        let mut mirror = false;
        while let Some((MirrorKey(is_mirror), IgnoredAny)) = map.next_entry()? {
            mirror |= is_mirror;
        }
        Ok(RawAnnotations { mirror })
    }
}

/// Whether a key is the mirror annotation's; the key itself is not kept.
struct MirrorKey(bool);

impl<'de> Deserialize<'de> for MirrorKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = MirrorKey;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, key: &str) -> Result<MirrorKey, E> {
                Ok(MirrorKey(key == MIRROR))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
