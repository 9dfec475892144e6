//! Puts files together into clusters: by the fleet file, by exported snapshots, and by what the
//! remaining dumps show.

use std::collections::BTreeSet;

use crate::checked::{Issue, IssueLevel, Place};
use crate::snapshot::content::FileContent;
use crate::snapshot::fleet_file::{FleetFileCluster, FleetPart};
use crate::snapshot::group::{self, Group};
use crate::snapshot::issues::IssueLog;
use crate::snapshot::merge::merge;
use crate::snapshot::paths;
use crate::snapshot::{ClusterFacts, Snapshot};

/// The snapshot that all files make together.
pub(super) fn snapshot(mut files: Vec<FileContent>, log: &mut IssueLog) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let mut claimed = BTreeSet::new();
    let fleets: Vec<(String, FleetPart)> = files
        .iter_mut()
        .filter_map(|file| Some((file.path.clone(), file.fleet.take()?)))
        .collect();
    let mut listed = Vec::new();
    for (path, fleet) in fleets {
        snapshot.name = snapshot.name.take().or(fleet.name);
        for (cluster, line) in fleet.clusters {
            let place = Place {
                line: Some(line),
                object: Some(format!("cluster {}", cluster.name)),
                ..Place::file(path.as_str())
            };
            let dumps = claim(&files, &mut claimed, &cluster, &place, log);
            listed.push((cluster, dumps, place));
        }
    }
    for (cluster, dumps, place) in listed {
        let parts = dumps
            .into_iter()
            .map(|file| std::mem::take(&mut files[file]));
        let mut merged = merge(parts.collect(), cluster.name, cluster.facts, log);
        merged.declared_at = Some(place);
        add(&mut snapshot, merged);
    }
    for (index, file) in files.iter_mut().enumerate() {
        if claimed.contains(&index) {
            continue;
        }
        let Some(exported) = file.snapshot.take() else {
            continue;
        };
        snapshot.name = snapshot.name.take().or(exported.name);
        for cluster in exported.clusters {
            add(&mut snapshot, cluster);
        }
    }
    add_dumps(&mut snapshot, files, &claimed, log);
    snapshot
}

/// Adds a cluster under a name that no other has.
fn add(snapshot: &mut Snapshot, mut cluster: crate::snapshot::ClusterSnapshot) {
    let taken = |name: &str| snapshot.clusters.iter().any(|other| other.name == name);
    if taken(&cluster.name) {
        let free = (2..=snapshot.clusters.len() + 2)
            .map(|n| format!("{}-{n}", cluster.name))
            .find(|name| !taken(name));
        cluster.name = free.expect("there are more numbers than clusters");
    }
    snapshot.clusters.push(cluster);
}

/// The files that are a cluster's dumps; dumps that are not there are reported.
fn claim(
    files: &[FileContent],
    claimed: &mut BTreeSet<usize>,
    cluster: &FleetFileCluster,
    place: &Place,
    log: &mut IssueLog,
) -> Vec<usize> {
    let mut found = Vec::new();
    for dump in &cluster.dumps {
        let wanted = paths::relative_to(paths::folder(&place.file), dump);
        let mut matches: Vec<usize> = indices(files, |path| paths::is_within(path, &wanted));
        if matches.is_empty() {
            matches = by_base_name(files, claimed, dump);
        }
        if matches.is_empty() {
            log.push(Issue {
                level: IssueLevel::Error,
                rule: "missing-dump".to_owned(),
                place: place.clone(),
                message: format!("the dump {dump:?} is not among the loaded files"),
                fix: "load it as well, or correct its path, which is relative to this file"
                    .to_owned(),
            });
        }
        for file in matches {
            if claimed.insert(file) {
                found.push(file);
            } else if !found.contains(&file) {
                log.push(Issue {
                    level: IssueLevel::Warning,
                    rule: "dump-used-twice".to_owned(),
                    place: place.clone(),
                    message: format!("{} already belongs to another cluster", files[file].path),
                    fix: "name each dump once; the first cluster keeps it".to_owned(),
                });
            }
        }
    }
    found
}

fn indices(files: &[FileContent], holds: impl Fn(&str) -> bool) -> Vec<usize> {
    files
        .iter()
        .enumerate()
        .filter(|(_, file)| holds(&paths::normalize(&file.path)))
        .map(|(index, _)| index)
        .collect()
}

/// The one unclaimed file of that name: a browser hands over files without their folders.
fn by_base_name(files: &[FileContent], claimed: &BTreeSet<usize>, dump: &str) -> Vec<usize> {
    let wanted = paths::base_name(dump);
    let mut found = indices(files, |path| path == wanted);
    found.retain(|file| !claimed.contains(file));
    if found.len() > 1 {
        found.clear();
    }
    found
}

/// Makes clusters of the files that no fleet file names.
fn add_dumps(
    snapshot: &mut Snapshot,
    files: Vec<FileContent>,
    claimed: &BTreeSet<usize>,
    log: &mut IssueLog,
) {
    let n_files = files.len();
    let first = files.first().map(|file| file.path.clone());
    let mut rest: Vec<Option<FileContent>> = files
        .into_iter()
        .enumerate()
        .filter(|(index, file)| !claimed.contains(index) && !file.refused)
        .map(|(_, file)| Some(file))
        .collect();
    let facts: Vec<group::FileFacts> = rest.iter().flatten().map(group::FileFacts::of).collect();
    let groups = group::groups(&facts, log);
    drop(facts);
    for Group { name, files, why } in groups {
        let parts: Vec<FileContent> = files
            .into_iter()
            .filter_map(|file| rest.get_mut(file).and_then(Option::take))
            .collect();
        if !parts.iter().any(FileContent::has_objects) {
            continue;
        }
        let source = parts
            .iter()
            .find(|part| part.has_objects())
            .map_or("", |part| part.path.as_str())
            .to_owned();
        let fix = "name it in a fleet file with its owner and tier";
        let message = format!(
            "cluster {name} comes from {why}, so its owner and its criticality tier are unknown"
        );
        log.push_file(IssueLevel::Note, "owner-unknown", &source, message, fix);
        add(snapshot, merge(parts, name, ClusterFacts::default(), log));
    }
    if snapshot.clusters.is_empty()
        && let Some(first) = first
    {
        let message = match n_files {
            1 => "this file holds no nodes, pods or workloads that could be read".to_owned(),
            n => format!("none of the {n} files holds nodes, pods or workloads"),
        };
        let fix = "load the output of kubectl get nodes,pods,deploy,rs,sts,ds,job,pdb,pv,pvc \
                   -A -o json";
        log.push_file(IssueLevel::Error, "nothing-loaded", &first, message, fix);
    }
}
