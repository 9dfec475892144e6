//! Volumes that hold pods back: those that one node may mount at a time, and those that can be used
//! in some zones or on one node only.
//!
//! Architecture invariant: volumes that any node may mount at any time are not kept.

use std::collections::BTreeMap;

use super::{Mounts, Sharing, Volume};
use crate::ids::VolumeIdx;
use crate::inventory::issues::{IssueLog, RULE_CLAIM_MISSING, RULE_VOLUME_MISSING};
use crate::inventory::nodes::NodeTable;
use crate::inventory::workloads::Groups;
use crate::snapshot::{ClaimObject, ClusterSnapshot, VolumeObject};

/// The volumes of a cluster, and those that each pod depends on.
#[derive(Debug)]
pub(super) struct Volumes {
    /// The volumes.
    pub(super) volumes: Vec<Volume>,
    /// What pods mount, pod by pod.
    pub(super) mounted: Vec<VolumeIdx>,
    /// Each pod's stretch of that.
    pub(super) of_pod: Vec<Mounts>,
}

/// Something that pods refer to and the input does not hold.
#[derive(Debug, Default)]
struct Missing {
    count: u32,
    example: String,
}

impl Missing {
    fn add(&mut self, example: impl FnOnce() -> String) {
        if self.count == 0 {
            self.example = example();
        }
        self.count += 1;
    }
}

/// Finds the volumes that pods mount.
pub(super) fn resolve(
    cluster: &ClusterSnapshot,
    groups: &Groups<'_>,
    table: &mut NodeTable<'_>,
    log: &mut IssueLog,
) -> Volumes {
    let mut claims: BTreeMap<(&str, &str), &ClaimObject> = BTreeMap::new();
    for claim in &cluster.claims {
        claims
            .entry((&claim.namespace, &claim.name))
            .or_insert(claim);
    }
    let mut objects: BTreeMap<&str, &VolumeObject> = BTreeMap::new();
    for volume in &cluster.volumes {
        objects.entry(&volume.name).or_insert(volume);
    }
    let mut volumes: Vec<Volume> = Vec::new();
    let mut indices: BTreeMap<(&str, &str), Option<VolumeIdx>> = BTreeMap::new();
    let (mut no_claim, mut no_volume) = (Missing::default(), Missing::default());
    let (mut mounted, mut of_pod) = (Vec::new(), Vec::with_capacity(groups.pods.len()));
    for (pod, _) in &groups.pods {
        let mut tied: Vec<VolumeIdx> = Vec::new();
        for name in &pod.template.claims {
            let key = (pod.namespace.as_str(), name.as_str());
            let Some(claim) = claims.get(&key) else {
                no_claim.add(|| format!("{}/{name}", pod.namespace));
                continue;
            };
            let Some(volume_name) = claim.volume_name.as_deref().filter(|name| !name.is_empty())
            else {
                continue;
            };
            let known = indices.entry(key).or_insert_with(|| {
                let object = objects.get(volume_name).copied();
                let volume = bound(claim, object, table);
                let is_free = volume.sharing == Sharing::ManyNodes;
                if is_free && volume.zones.is_empty() && volume.node.is_none() {
                    return None;
                }
                if object.is_none() {
                    no_volume.add(|| volume_name.to_owned());
                }
                volumes.push(volume);
                Some(VolumeIdx::new(volumes.len() - 1))
            });
            tied.extend(known.filter(|volume| !tied.contains(volume)));
        }
        of_pod.push(Mounts::add(&mut mounted, tied));
    }
    report(&no_claim, &no_volume, log);
    Volumes {
        volumes,
        mounted,
        of_pod,
    }
}

/// Who may mount the claim; a volume of one pod is at least one of one node.
fn sharing(claim: &ClaimObject) -> Sharing {
    let shared = |mode: &String| mode == "ReadWriteMany" || mode == "ReadOnlyMany";
    if claim.access_modes.iter().any(shared) {
        Sharing::ManyNodes
    } else {
        Sharing::OneNode
    }
}

fn bound(claim: &ClaimObject, object: Option<&VolumeObject>, table: &mut NodeTable<'_>) -> Volume {
    let node = object
        .and_then(|volume| volume.node_name.as_deref())
        .and_then(|name| table.find_host(name));
    let zones = object.into_iter().flat_map(|volume| &volume.zones);
    let zones = zones.map(|zone| table.intern_zone(zone)).collect();
    Volume {
        name: claim.name.clone(),
        sharing: sharing(claim),
        zones,
        node,
    }
}

fn report(no_claim: &Missing, no_volume: &Missing, log: &mut IssueLog) {
    let cluster = log.cluster();
    if no_claim.count > 0 {
        let message = format!(
            "mounted claims that are not in the input: {}, such as {}, \
             so their pods count as free to move",
            no_claim.count, no_claim.example
        );
        let fix = "add the output of `kubectl get persistentvolumeclaims -A -o json`";
        log.warn(RULE_CLAIM_MISSING, &cluster, message, fix);
    }
    if no_volume.count > 0 {
        let message = format!(
            "bound volumes that are not in the input: {}, such as {}, \
             so they count as usable in every zone",
            no_volume.count, no_volume.example
        );
        let fix = "add the output of `kubectl get persistentvolumes -o json`";
        log.warn(RULE_VOLUME_MISSING, &cluster, message, fix);
    }
}
