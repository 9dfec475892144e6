//! Reads the clusters of a fleet file, whichever format it is written in.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::snapshot::fault::Fault;
use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::fleet_file::{FleetFileCluster, FleetPart};
use crate::snapshot::text::Text;

/// Fields that a cluster of a fleet file can have.
const FIELDS: [&str; 11] = [
    "name",
    "dumps",
    "provider",
    "region",
    "environment",
    "tier",
    "owner",
    "approver",
    "version",
    "controlPlaneMembers",
    "windows",
];

/// What the file holds as a fleet file, from here on at least an empty fleet.
pub(super) fn part_of<'a>(file: &'a mut FileContext<'_>) -> &'a mut FleetPart {
    file.content.fleet.get_or_insert_with(FleetPart::default)
}

/// Reads one cluster and adds it, or reports why it cannot be read.
pub(super) fn add_cluster<T: Text>(
    file: &mut FileContext<'_>,
    text: &T,
    offset: usize,
    label: String,
) {
    let cluster = match read_cluster(text) {
        Ok(cluster) => cluster,
        Err(fault) => {
            let rule = match fault.rule {
                "wrong-shape" => "bad-fleet-cluster",
                rule => rule,
            };
            let fix = "correct it; quote versions, such as version: \"1.30\"; every cluster \
                       needs a name";
            let complaint = Complaint::error(rule, fault.message, fix);
            return file.report(offset + fault.offset, Some(label), complaint);
        }
    };
    report_unknown_fields(file, text, offset, &cluster.name);
    let (line, _) = file.positions.at(file.bytes, offset);
    let part = part_of(file);
    if part
        .clusters
        .iter()
        .any(|(other, _)| other.name == cluster.name)
    {
        let complaint = Complaint::error(
            "duplicate-cluster",
            "another cluster of this fleet file has the same name; this one is left out",
            "give each cluster a name of its own",
        );
        return file.report(offset, Some(format!("cluster {}", cluster.name)), complaint);
    }
    part.clusters.push((cluster, line));
}

/// Reads a cluster in two goes: a version such as `1.30` keeps its zero only when it is asked for
/// as a text, which a flattened field is not.
fn read_cluster<T: Text>(text: &T) -> Result<FleetFileCluster, Fault> {
    let RawCluster { name, dumps } = text.read_by_hand()?;
    Ok(FleetFileCluster {
        name,
        dumps: dumps.unwrap_or_default(),
        facts: text.read_by_hand()?,
    })
}

#[derive(Deserialize)]
struct RawCluster {
    name: String,
    dumps: Option<Vec<String>>,
}

/// The names of an object's fields.
#[derive(Debug, Default)]
struct FieldNames(Vec<String>);

impl<'de> Deserialize<'de> for FieldNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;
        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = FieldNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldNames, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    names.push(name);
                }
                Ok(FieldNames(names))
            }
        }
        deserializer.deserialize_map(NamesVisitor)
    }
}

/// Warns of fields that mean nothing here.
fn report_unknown_fields<T: Text>(
    file: &mut FileContext<'_>,
    text: &T,
    offset: usize,
    cluster: &str,
) {
    let FieldNames(fields) = text.read_by_hand().unwrap_or_default();
    for field in fields
        .iter()
        .filter(|field| !FIELDS.contains(&field.as_str()))
    {
        let shown: String = field.chars().take(40).collect();
        let complaint = Complaint::warning(
            "unknown-field",
            format!("the field {shown:?} is not known here"),
            &format!("use one of {}", FIELDS.join(", ")),
        );
        let at = text.find_key(field).unwrap_or_default();
        file.report(offset + at, Some(format!("cluster {cluster}")), complaint);
    }
}
