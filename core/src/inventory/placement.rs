//! Where a workload's pods may run: selectors, node affinity and taints, asked of every look.

use super::looks::{self, HOST_NAME, Looks, NODE_NAME, lasting_taints};
use super::tolerations::tolerates;
use super::{LookVerdict, Placement, TaintName, Tolerated, Topology, WorkloadType, neighbors};
use crate::ids::NodeIdx;
use crate::inventory::issues::IssueLog;
use crate::inventory::nodes::NodeTable;
use crate::inventory::selectors;
use crate::inventory::workloads::Group;
use crate::snapshot::{
    NodeObject, NodePressure, PodTemplate, SelectorRequirement, Taint, TaintEffect, Toleration,
};

/// Where the pods of a cluster may run, and the tables that says it in.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The placement of each group.
    pub(super) of_groups: Vec<Placement>,
    /// The taints they may not tolerate.
    pub(super) taints: Vec<TaintName>,
    /// The topologies they name.
    pub(super) topologies: Vec<Topology>,
}

/// What a selector on hosts is asked about.
#[derive(Clone, Copy, Debug)]
enum Host<'a> {
    /// This node.
    Itself,
    /// A node like this one, with a name that no selector knows yet.
    Another(&'a String),
}

/// The placement of each group.
pub(super) fn resolve(
    groups: &[Group<'_>],
    table: &mut NodeTable<'_>,
    log: &mut IssueLog,
) -> Places {
    let looks = looks::resolve(groups.iter().filter_map(placing_template), table);
    let (neighbors, topologies) = neighbors::resolve(groups, table, log);
    let mut places = Vec::with_capacity(groups.len());
    for (group, neighbors) in groups.iter().zip(neighbors) {
        let template = placing_template(group);
        let (Some(template), false) = (template, group.kind == WorkloadType::Static) else {
            places.push(Placement::default());
            continue;
        };
        let place = Placement {
            neighbors,
            ..place(group, template, table, &looks)
        };
        if group.active > 0 && !table.nodes.is_empty() && is_nowhere(&place, table) {
            log.warn(
                "workload-fits-no-pool",
                &format!("{:?} {}/{}", group.kind, group.namespace, group.name),
                "no node meets its selectors and taints, so its pods can start nowhere".to_owned(),
                "check the labels and taints of the nodes it should run on",
            );
        }
        places.push(place);
    }
    Places {
        of_groups: places,
        taints: looks.taints,
        topologies,
    }
}

/// The template that says where pods may go. A daemon set's pods are each tied to their node, so
/// its own template is asked first.
pub(super) fn placing_template<'a>(group: &Group<'a>) -> Option<&'a PodTemplate> {
    let by_object = group.object.map(|object| &object.template);
    match group.kind {
        WorkloadType::DaemonSet => by_object.or_else(|| group.pod_template()),
        _ => group.pod_template(),
    }
}

fn place(
    group: &Group<'_>,
    template: &PodTemplate,
    table: &NodeTable<'_>,
    looks: &Looks,
) -> Placement {
    let terms = terms(group.kind, template);
    let nobody = String::new();
    let verdict = |node: &NodeIdx| {
        let object = table.objects[node.index()];
        let untolerated = lasting_taints(object).find(|taint| !is_tolerated(template, taint));
        LookVerdict {
            taint: untolerated.and_then(|taint| looks.find(taint)),
            selected: selected(object, Host::Another(&nobody), template, &terms),
        }
    };
    let mut verdicts: Vec<LookVerdict> = looks.examples.iter().map(verdict).collect();
    if verdicts.iter().all(|verdict| verdict.accepts()) {
        verdicts.clear();
    }
    let names_hosts = template.node_selector.contains_key(HOST_NAME)
        || terms.iter().flatten().any(|r| names_host(r));
    let named = names_hosts.then(|| {
        let all = table.objects.iter().enumerate();
        let met = all.filter(|(_, node)| selected(node, Host::Itself, template, &terms));
        met.map(|(index, _)| NodeIdx::new(index)).collect()
    });
    Placement {
        looks: verdicts,
        named,
        tolerated: tolerated(group, template),
        ..Placement::default()
    }
}

/// Whether no node of the cluster takes such a pod, whatever else is on it.
fn is_nowhere(place: &Placement, table: &NodeTable<'_>) -> bool {
    let untainted = |node: &NodeIdx| {
        let look = table.nodes[node.index()].look;
        place.verdict(look).taint.is_none()
    };
    match &place.named {
        Some(named) => !named.iter().any(untainted),
        None => !place.looks.is_empty() && !place.looks.iter().any(|look| look.accepts()),
    }
}

/// The terms of required node affinity that say something of the workload as a whole. Into those
/// of a daemon set's pods its controller has written the name of each pod's node.
fn terms(kind: WorkloadType, template: &PodTemplate) -> Vec<Vec<&SelectorRequirement>> {
    let terms = template.required_node_affinity.iter();
    if kind != WorkloadType::DaemonSet {
        return terms.map(|term| term.iter().collect()).collect();
    }
    let about_all = |requirement: &&SelectorRequirement| requirement.key != NODE_NAME;
    terms
        .map(|term| term.iter().filter(about_all).collect())
        .filter(|term: &Vec<_>| !term.is_empty())
        .collect()
}

fn names_host(requirement: &SelectorRequirement) -> bool {
    requirement.key == HOST_NAME || requirement.key == NODE_NAME
}

/// Whether a node meets node selector and required node affinity.
fn selected(
    node: &NodeObject,
    host: Host<'_>,
    template: &PodTemplate,
    terms: &[Vec<&SelectorRequirement>],
) -> bool {
    let label = |key: &str| match (key, host) {
        (NODE_NAME | HOST_NAME, Host::Another(name)) => Some(name),
        (NODE_NAME, Host::Itself) => Some(&node.name),
        (HOST_NAME, Host::Itself) => node.labels.get(key).or(Some(&node.name)),
        _ => node.labels.get(key),
    };
    // A term without requirements selects no node.
    let meets = |term: &Vec<&SelectorRequirement>| {
        !term.is_empty() && term.iter().all(|r| selectors::meets(r, label(&r.key)))
    };
    template
        .node_selector
        .iter()
        .all(|(key, value)| label(key) == Some(value))
        && (terms.is_empty() || terms.iter().any(meets))
}

fn is_tolerated(template: &PodTemplate, taint: &Taint) -> bool {
    let mut tolerations = template.tolerations.iter();
    tolerations.any(|toleration: &Toleration| tolerates(toleration, taint))
}

/// The passing taints that pods tolerate. A daemon set's controller lets its pods tolerate all but
/// a missing network; that one only pods on the network of their node.
fn tolerated(group: &Group<'_>, template: &PodTemplate) -> Tolerated {
    let by_pod = group.pod_template();
    let is_daemon = group.kind == WorkloadType::DaemonSet;
    let by_template = |key: String| {
        let taint = Taint {
            key,
            value: String::new(),
            effect: TaintEffect::NoSchedule,
        };
        is_tolerated(template, &taint) || by_pod.is_some_and(|pod| is_tolerated(pod, &taint))
    };
    let tolerates =
        |condition: &str| is_daemon || by_template(format!("node.kubernetes.io/{condition}"));
    let pressures = NodePressure::ALL.into_iter().filter(|pressure| {
        let by_controller = is_daemon && *pressure != NodePressure::Network;
        by_controller || by_template(pressure.taint().to_owned())
    });
    Tolerated {
        unschedulable: tolerates("unschedulable"),
        not_ready: tolerates("not-ready"),
        unreachable: tolerates("unreachable"),
        pressures: pressures.collect(),
    }
}
