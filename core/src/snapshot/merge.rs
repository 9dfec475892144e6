//! Merges the files of one cluster; of objects that are there twice, the first one counts.

use std::collections::BTreeMap;

use crate::checked::{Issue, IssueLevel, Place};
use crate::snapshot::content::{FileContent, Kept};
use crate::snapshot::issues::IssueLog;
use crate::snapshot::kinds::{self, KindMatch};
use crate::snapshot::server_version::keep_oldest;
use crate::snapshot::{
    BudgetObject, ClaimObject, ClusterFacts, ClusterSnapshot, CsiNodeObject, NodeObject, PodObject,
    VolumeObject, WorkloadKind, WorkloadObject,
};

/// What makes an object unique in its cluster.
trait Named {
    /// Kind, namespace and name.
    fn key(&self) -> Key;
}

/// Kind, namespace (empty for objects of the cluster) and name.
type Key = (&'static str, String, String);

/// Where objects were first seen: the position of the file, and the line.
type Seen = BTreeMap<Key, (usize, u32)>;

/// Merges the files of one cluster.
pub(super) fn merge(
    files: Vec<FileContent>,
    name: String,
    facts: ClusterFacts,
    log: &mut IssueLog,
) -> ClusterSnapshot {
    let mut cluster = ClusterSnapshot {
        name,
        facts,
        ..ClusterSnapshot::default()
    };
    let mut seen = Seen::new();
    let mut apiserver_image = None;
    for (index, file) in files.into_iter().enumerate() {
        cluster.sources.push(file.path.clone());
        tell_when_nothing_is_used(&file, log);
        let mut origin = Origin {
            index,
            sources: &cluster.sources,
            seen: &mut seen,
            log,
        };
        cluster.nodes.extend(origin.unseen(file.nodes));
        cluster.pods.extend(origin.unseen(file.pods));
        cluster.workloads.extend(origin.unseen(file.workloads));
        cluster.budgets.extend(origin.unseen(file.budgets));
        cluster.claims.extend(origin.unseen(file.claims));
        cluster.volumes.extend(origin.unseen(file.volumes));
        cluster.csi_nodes.extend(origin.unseen(file.csi_nodes));
        for (kind, count) in file.unused_kinds {
            *cluster.unused_kinds.entry(kind).or_insert(0) += count;
        }
        cluster.server_version = cluster.server_version.or(file.server_version);
        if let Some(version) = file.apiserver_image {
            keep_oldest(&mut apiserver_image, &version);
        }
    }
    cluster.server_version = cluster.server_version.or(apiserver_image);
    cluster
}

/// Kinds named in the note about a file of which nothing is used.
const KINDS_NAMED: usize = 5;

/// Notes that a file holds objects, and none of a kind that a rehearsal needs. Dumps of whole
/// clusters have many such files of Kubernetes's own kinds, which nobody expects to matter.
fn tell_when_nothing_is_used(file: &FileContent, log: &mut IssueLog) {
    let is_told = |kind: &String| {
        kinds::is_own_unused(kind) || matches!(kinds::classify("", kind), KindMatch::Misspelled(_))
    };
    if file.has_objects() || file.unused_kinds.keys().all(is_told) {
        return;
    }
    let named = file.unused_kinds.iter().take(KINDS_NAMED);
    let named: Vec<String> = named
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let more = match file.unused_kinds.len().saturating_sub(KINDS_NAMED) {
        0 => String::new(),
        more => format!(" and {more} kinds more"),
    };
    log.push_file(
        IssueLevel::Note,
        "nothing-used",
        &file.path,
        format!(
            "no object of this file is of a kind that a rehearsal uses: {}{more}",
            named.join(", ")
        ),
        "add nodes, pods, their controllers, budgets or volumes, or leave the file out",
    );
}

/// The rule that files break that hold one node and go into one cluster: they may be of two.
pub const NODE_IN_TWO_FILES: &str = "node-in-two-files";

/// The file whose objects are being merged.
struct Origin<'a> {
    index: usize,
    sources: &'a [String],
    seen: &'a mut Seen,
    log: &'a mut IssueLog,
}

impl Origin<'_> {
    /// The objects that were not seen before; the others are reported.
    fn unseen<T: Named>(&mut self, objects: Vec<Kept<T>>) -> Vec<T> {
        let mut kept = Vec::with_capacity(objects.len());
        for Kept { value, line } in objects {
            let key = value.key();
            match self.seen.get(&key) {
                None => {
                    self.seen.insert(key, (self.index, line));
                    kept.push(value);
                }
                Some(first) => self.report(&key, line, *first),
            }
        }
        kept
    }

    fn report(&mut self, key: &Key, line: u32, (first_file, first_line): (usize, u32)) {
        let (kind, namespace, name) = key;
        let object = if namespace.is_empty() {
            format!("{kind} {name}")
        } else {
            format!("{kind} {namespace}/{name}")
        };
        // One node in two files is most often two clusters with alike names.
        let (rule, fix) = if *kind == "Node" && first_file != self.index {
            (
                NODE_IN_TWO_FILES,
                "where these are two clusters, put the files of each in a folder of its own, and \
                 say which with `--cluster`; otherwise load the node once",
            )
        } else {
            ("duplicate-object", "load it once; the first one is used")
        };
        self.log.push(Issue {
            level: IssueLevel::Warning,
            rule: rule.to_owned(),
            place: Place {
                file: self.sources[self.index].clone(),
                line: Some(line),
                column: None,
                object: Some(object),
            },
            message: format!(
                "the same object is at {}:{first_line}",
                self.sources[first_file]
            ),
            fix: fix.to_owned(),
        });
    }
}

impl Named for NodeObject {
    fn key(&self) -> Key {
        ("Node", String::new(), self.name.clone())
    }
}

impl Named for PodObject {
    fn key(&self) -> Key {
        ("Pod", self.namespace.clone(), self.name.clone())
    }
}

impl Named for WorkloadObject {
    fn key(&self) -> Key {
        let kind = match self.kind {
            WorkloadKind::Deployment => "Deployment",
            WorkloadKind::ReplicaSet => "ReplicaSet",
            WorkloadKind::StatefulSet => "StatefulSet",
            WorkloadKind::DaemonSet => "DaemonSet",
            WorkloadKind::Job => "Job",
            WorkloadKind::ReplicationController => "ReplicationController",
        };
        (kind, self.namespace.clone(), self.name.clone())
    }
}

impl Named for BudgetObject {
    fn key(&self) -> Key {
        let kind = "PodDisruptionBudget";
        (kind, self.namespace.clone(), self.name.clone())
    }
}

impl Named for ClaimObject {
    fn key(&self) -> Key {
        let kind = "PersistentVolumeClaim";
        (kind, self.namespace.clone(), self.name.clone())
    }
}

impl Named for VolumeObject {
    fn key(&self) -> Key {
        ("PersistentVolume", String::new(), self.name.clone())
    }
}

impl Named for CsiNodeObject {
    fn key(&self) -> Key {
        ("CSINode", String::new(), self.name.clone())
    }
}
