//! Which dumps belong to one cluster, where no fleet file says so.
//!
//! Folders that hold nodes are clusters of their own. Files beside each other are one cluster
//! unless they hold different nodes that nothing connects: a pod list connects the node lists
//! that its pods run on.

use std::collections::{BTreeMap, BTreeSet};

use crate::checked::IssueLevel;
use crate::snapshot::content::FileContent;
use crate::snapshot::issues::IssueLog;
use crate::snapshot::kinds;
use crate::snapshot::paths;

/// What a file shows of the cluster it belongs to.
#[derive(Debug)]
pub(super) struct FileFacts<'a> {
    path: &'a str,
    /// Names of the nodes it holds.
    nodes: BTreeSet<&'a str>,
    /// Nodes that its pods run on.
    runs_on: BTreeSet<&'a str>,
    /// Whether it holds anything that is kept.
    matters: bool,
}

/// Files that are one cluster.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The cluster's name.
    pub(super) name: String,
    /// Positions of its files.
    pub(super) files: Vec<usize>,
    /// Where it comes from, to finish the sentence "this cluster comes from …".
    pub(super) why: &'static str,
}

/// File names that say nothing about a cluster.
const PLAIN_NAMES: [&str; 13] = [
    "all",
    "backup",
    "cluster",
    "cluster-info-dump",
    "cluster-resources",
    "cluster-scoped-resources",
    "dump",
    "everything",
    "list",
    "namespaces",
    "output",
    "resources",
    "state",
];

impl<'a> FileFacts<'a> {
    /// What `file` shows.
    pub(super) fn of(file: &'a FileContent) -> Self {
        Self {
            path: &file.path,
            nodes: file
                .nodes
                .iter()
                .map(|node| node.value.name.as_str())
                .collect(),
            runs_on: file
                .pods
                .iter()
                .filter_map(|pod| pod.value.node_name.as_deref())
                .collect(),
            matters: file.has_objects(),
        }
    }
}

/// Divides files into clusters.
pub(super) fn groups(files: &[FileFacts<'_>], log: &mut IssueLog) -> Vec<Group> {
    let mut groups = Vec::new();
    let common = paths::common_folder(files.iter().filter(|f| f.matters).map(|f| f.path));
    let mut by_folder: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        let top = top_folder(file.path, &common);
        by_folder.entry(top).or_default().push(index);
    }
    let has_nodes = |members: &[usize]| members.iter().any(|file| !files[*file].nodes.is_empty());
    let with_nodes = by_folder
        .iter()
        .filter(|(folder, members)| !folder.is_empty() && has_nodes(members));
    if with_nodes.count() < 2 {
        flat(files, (0..files.len()).collect(), log, &mut groups);
        return groups;
    }
    note_inferred(
        files,
        &by_folder.values().flatten().copied().collect::<Vec<_>>(),
        log,
    );
    for (folder, members) in by_folder {
        if folder.is_empty() {
            flat(files, members, log, &mut groups);
        } else {
            groups.push(Group {
                name: folder.to_owned(),
                files: members,
                why: "a folder of dumps alone",
            });
        }
    }
    groups
}

/// Says that the division into clusters is a guess.
fn note_inferred(files: &[FileFacts<'_>], members: &[usize], log: &mut IssueLog) {
    let first = members.iter().find(|file| files[**file].matters);
    let Some(first) = first else {
        return;
    };
    log.push_file(
        IssueLevel::Note,
        "clusters-inferred",
        files[*first].path,
        "no fleet file says which files are one cluster; folders and node names were taken for it",
        "write a fleet file if a cluster below is two, or two are one",
    );
}

/// The first folder of `path` below `common`; empty for a file directly in it.
fn top_folder<'a>(path: &'a str, common: &str) -> &'a str {
    let below = path
        .strip_prefix(common)
        .map_or(path, |rest| rest.trim_start_matches('/'));
    below.split_once('/').map_or("", |(top, _)| top)
}

/// Divides files that folders do not divide.
fn flat(files: &[FileFacts<'_>], members: Vec<usize>, log: &mut IssueLog, groups: &mut Vec<Group>) {
    let mut seeds = connect(files, &members);
    if seeds.len() <= 1 {
        if !members.is_empty() {
            groups.push(named(files, members));
        }
        return;
    }
    note_inferred(files, &members, log);
    let seeded: BTreeSet<usize> = seeds.iter().flatten().copied().collect();
    for file in members.into_iter().filter(|file| !seeded.contains(file)) {
        match similar(files, &seeds, file) {
            Some(seed) => seeds[seed].push(file),
            None if files[file].matters => {
                let message = format!(
                    "the loaded files hold {} clusters, and nothing shows which of them this \
                     file belongs to; it is left out",
                    seeds.len()
                );
                let fix = "put each cluster's files into a folder, or write a fleet file";
                let path = files[file].path;
                log.push_file(IssueLevel::Error, "cluster-unclear", path, message, fix);
            }
            None => {}
        }
    }
    groups.extend(seeds.into_iter().map(|seed| named(files, seed)));
}

/// Connects files by their nodes: those that hold the same nodes, that hold one node each in one
/// folder, or whose pods run on the other's nodes.
fn connect(files: &[FileFacts<'_>], members: &[usize]) -> Vec<Vec<usize>> {
    let mut clusters: Vec<(BTreeSet<String>, Vec<usize>)> = Vec::new();
    let mut ordered: Vec<usize> = members.to_vec();
    ordered.sort_by_key(|file| files[*file].nodes.is_empty());
    for file in ordered {
        let facts = &files[file];
        let mut keys: BTreeSet<String> =
            facts.nodes.iter().map(|node| format!("n{node}")).collect();
        if facts.nodes.len() == 1 && facts.runs_on.is_empty() {
            keys.insert(format!("d{}", paths::folder(facts.path)));
        }
        let runs_on = facts.runs_on.iter().map(|node| format!("n{node}"));
        let touched: BTreeSet<String> = keys.iter().cloned().chain(runs_on).collect();
        let (joined, apart): (Vec<_>, Vec<_>) = std::mem::take(&mut clusters)
            .into_iter()
            .partition(|(known, _)| !known.is_disjoint(&touched));
        clusters = apart;
        if joined.is_empty() && facts.nodes.is_empty() {
            continue;
        }
        let mut cluster = (keys, Vec::new());
        for (known, found) in joined {
            cluster.0.extend(known);
            cluster.1.extend(found);
        }
        cluster.1.push(file);
        clusters.push(cluster);
    }
    let mut found: Vec<Vec<usize>> = clusters.into_iter().map(|(_, found)| found).collect();
    for cluster in &mut found {
        cluster.sort_unstable();
    }
    found.sort();
    found
}

/// The cluster whose files' names share the longest beginning with this file's.
fn similar(files: &[FileFacts<'_>], seeds: &[Vec<usize>], file: usize) -> Option<usize> {
    let shared = |seed: &Vec<usize>| {
        seed.iter()
            .map(|other| shared_words(files[*other].path, files[file].path))
            .max()
            .unwrap_or_default()
    };
    let lengths: Vec<usize> = seeds.iter().map(shared).collect();
    let longest = *lengths.iter().max()?;
    let mut best = (0..seeds.len()).filter(|seed| lengths[*seed] == longest);
    let seed = best.next()?;
    (longest > 0 && best.next().is_none()).then_some(seed)
}

/// The length of the whole words that two file names both begin with.
fn shared_words(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let is_break = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (0..=same)
        .rev()
        .find(|at| is_break(a.as_bytes().get(*at)) && is_break(b.as_bytes().get(*at)))
        .unwrap_or_default()
}

/// A group of files, named after its only file, its folder, or what its file names share.
fn named(files: &[FileFacts<'_>], members: Vec<usize>) -> Group {
    let paths_of: Vec<&str> = members
        .iter()
        .filter(|file| files[**file].matters)
        .map(|file| files[*file].path)
        .collect();
    let folder = paths::common_folder(paths_of.iter().copied());
    let folder = folder
        .rsplit('/')
        .find(|name| !matches!(*name, "" | "." | "..") && !is_plain(name));
    let name = match paths_of.as_slice() {
        [path] if !is_plain(paths::stem(path)) => Some(paths::stem(path)),
        [path] => folder.or(Some(paths::stem(path))),
        _ => common_stem(&paths_of).or(folder),
    };
    let why = if paths_of.len() == 1 {
        "a dump alone"
    } else {
        "dumps alone"
    };
    Group {
        name: name
            .filter(|name| !matches!(*name, "" | "-"))
            .unwrap_or("cluster")
            .to_owned(),
        files: members,
        why,
    }
}

fn is_plain(stem: &str) -> bool {
    PLAIN_NAMES.contains(&stem.to_ascii_lowercase().as_str())
        || kinds::from_file_name(stem).is_some()
}

/// The words that the names of files in one folder begin with: `prod` of `prod-nodes`.
fn common_stem<'a>(paths_of: &[&'a str]) -> Option<&'a str> {
    let first = paths_of.first()?;
    let same_folder = |path: &&str| paths::folder(path) == paths::folder(first);
    if !paths_of.iter().all(same_folder) {
        return None;
    }
    let stem = paths::stem(first);
    let shared = paths_of
        .iter()
        .map(|path| shared_words(stem, paths::stem(path)))
        .min()?;
    let name = stem[..shared].trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    (!name.is_empty() && !is_plain(name)).then_some(name)
}
