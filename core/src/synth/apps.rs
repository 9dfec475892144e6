//! Which applications a synthetic cluster runs, before they are guarded and placed.

use crate::rng::{Purpose, Stream, Streams, entity_key};
use crate::snapshot::{ContainerResources, PodTemplate, WorkloadKind};
use crate::units::IntOrPercent;

use super::addons;
use super::board::Apart;
use super::names::{APPLICATIONS, STATEFUL, VARIANTS};
use super::nodes;
use super::shape::Shape;

/// An application to be made.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Its namespace.
    pub(super) namespace: String,
    /// Its name.
    pub(super) name: String,
    /// Its kind; a bare pod has none.
    pub(super) kind: Option<WorkloadKind>,
    /// How many pods it wants.
    pub(super) replicas: u32,
    /// How much CPU one pod asks for, against the others of the cluster.
    pub(super) weight: u64,
    /// Mebibytes of memory for each core it asks for.
    pub(super) memory_mib_per_core: u64,
    /// Whether it runs on the dedicated pool.
    pub(super) dedicated: bool,
    /// Whether its pods keep apart.
    pub(super) apart: Apart,
    /// What its pods ask for, requests and placement aside.
    pub(super) template: PodTemplate,
    /// What guards it.
    pub(super) budgets: Vec<Guard>,
    /// What is wrong with it.
    pub(super) flaw: Flaw,
}

/// A budget to be made: its name's ending and one of its two limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guard {
    /// What follows the workload's name in the budget's.
    pub(super) ending: &'static str,
    /// The limit.
    pub(super) limit: Limit,
}

/// The limit of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// `minAvailable`.
    MinAvailable(IntOrPercent),
    /// `maxUnavailable`.
    MaxUnavailable(IntOrPercent),
}

/// What is wrong with a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Nothing.
    None,
    /// One pod runs and is never ready.
    CrashLooping,
    /// Its pods stay pending: each asks for more CPU than any node has.
    Unschedulable,
}

/// Drafts the applications of a cluster: as many as its share of pods asks for.
pub(super) fn drafts(shape: &Shape, streams: Streams) -> Vec<Draft> {
    let mut stream = streams.open(entity_key(&["apps", &shape.name]), Purpose::Synthesis);
    let mut wanted = shape.pods.saturating_sub(addons::n_pods(shape));
    let n_names: usize = APPLICATIONS.iter().map(|(_, names)| names.len()).sum();
    let home = home(shape.domain);
    let mut drafts = Vec::new();
    while wanted > 0 {
        let (round, at) = (drafts.len() / n_names, drafts.len() % n_names);
        let mut draft = draft(shape, home, at, round, &mut stream);
        draft.replicas = draft.replicas.min(wanted);
        if draft.replicas == 1 {
            draft.apart = Apart::No;
        }
        wanted -= draft.replicas;
        drafts.push(draft);
    }
    drafts
}

/// Where in the list of applications a cluster's own domain is; its names come first.
fn home(domain: &str) -> usize {
    APPLICATIONS
        .iter()
        .position(|(namespace, _)| *namespace == domain)
        .unwrap_or(APPLICATIONS.len() - 4)
}

/// Drafts one application: name number `at`, used for the time number `round`.
fn draft(shape: &Shape, home: usize, at: usize, round: usize, stream: &mut Stream) -> Draft {
    let width = APPLICATIONS[0].1.len();
    let (namespace, names) = APPLICATIONS[(home + at / width) % APPLICATIONS.len()];
    let base = names[at % width];
    let variant = VARIANTS[round % VARIANTS.len()];
    let cycle = round / VARIANTS.len();
    let name = if cycle == 0 {
        format!("{base}{variant}")
    } else {
        format!("{base}{variant}-{}", cycle + 1)
    };
    let stateful = STATEFUL.contains(&base) && round == 0;
    let last = at % width == width - 1;
    let (kind, name) = match stream.below(100) {
        0..24 if last => (Some(WorkloadKind::Job), format!("{name}-backfill")),
        24..40 if last && tolerates_bare_pods(shape) => (None, format!("{name}-shell")),
        _ if stateful => (Some(WorkloadKind::StatefulSet), name),
        _ => (Some(WorkloadKind::Deployment), name),
    };
    let replicas = n_replicas(kind, stream);
    let apart = apart(shape, kind, replicas, stream);
    let n_dedicated = nodes::n_dedicated(shape);
    Draft {
        namespace: namespace.to_owned(),
        name,
        kind,
        replicas,
        weight: [1, 1, 2, 2, 4, 4, 8, 16][stream.below(8) as usize],
        memory_mib_per_core: [1_024, 2_048, 2_048, 3_072, 4_096][stream.below(5) as usize],
        dedicated: apart == Apart::No
            && stream.below(u64::from(shape.nodes.max(1))) * 5 < u64::from(n_dedicated) * 4,
        apart,
        template: template(namespace, base, kind, stream),
        budgets: Vec::new(),
        flaw: Flaw::None,
    }
}

/// Whether somebody may have left pods without a controller there. A drain deletes them for good,
/// so they are kept to the tier that is upgraded last.
fn tolerates_bare_pods(shape: &Shape) -> bool {
    shape.tier == "high"
}

/// How many pods a workload wants.
fn n_replicas(kind: Option<WorkloadKind>, stream: &mut Stream) -> u32 {
    let usual = match stream.below(100) {
        0..22 => 1,
        22..47 => 2,
        47..72 => 3,
        72..90 => 4 + stream.below(3) as u32,
        _ => 7 + stream.below(6) as u32,
    };
    match kind {
        Some(WorkloadKind::StatefulSet) => [1, 3, 3, 3, 5, 6][stream.below(6) as usize],
        Some(WorkloadKind::Job) => 1 + stream.below(2) as u32,
        None => 1,
        Some(_) => usual,
    }
}

/// Whether pods must be apart; only where a node may be missing and there are still enough.
fn apart(shape: &Shape, kind: Option<WorkloadKind>, replicas: u32, stream: &mut Stream) -> Apart {
    let n_general = shape.nodes - nodes::n_dedicated(shape);
    let wanted = match kind {
        Some(WorkloadKind::StatefulSet) => stream.happens(600),
        Some(WorkloadKind::Deployment) => stream.happens(150),
        _ => false,
    };
    if wanted && replicas > 1 && replicas * 2 <= n_general {
        Apart::PerNode
    } else {
        Apart::No
    }
}

/// What the pods of an application ask for, requests and placement aside.
fn template(
    namespace: &str,
    base: &str,
    kind: Option<WorkloadKind>,
    stream: &mut Stream,
) -> PodTemplate {
    let stateful = kind == Some(WorkloadKind::StatefulSet);
    let grace = match stream.below(100) {
        0..66 => 30,
        66..82 => 60,
        82..91 => 120,
        91..97 => 300,
        _ => 600,
    };
    let (priority, class) = match stream.below(10) {
        0..6 => (0, None),
        6..9 => (100_000, Some("business-critical")),
        _ => (-100, Some("best-effort")),
    };
    let tag = format!(
        "{}.{}.{}",
        1 + stream.below(5),
        stream.below(40),
        stream.below(10)
    );
    let probed = kind.is_some_and(|kind| kind != WorkloadKind::Job) && stream.happens(880);
    PodTemplate {
        requests: ContainerResources::default(),
        priority: Some(priority),
        priority_class_name: class.map(str::to_owned),
        termination_grace_period_seconds: Some(grace),
        has_empty_dir: !stateful && stream.happens(300),
        images: vec![format!("registry.example.com/{namespace}/{base}:{tag}")],
        has_readiness_probe: probed,
        readiness_initial_delay_seconds: if probed {
            readiness_delay(stateful, stream)
        } else {
            0
        },
        readiness_period_seconds: if probed { 10 } else { 0 },
        has_pre_stop: stream.happens(200),
        ..PodTemplate::default()
    }
}

/// How long an application says it takes to start.
fn readiness_delay(stateful: bool, stream: &mut Stream) -> u32 {
    let choices: [u32; 4] = if stateful {
        [10, 20, 30, 60]
    } else {
        [0, 5, 10, 20]
    };
    choices[stream.below(4) as usize]
}
