//! What each cluster is and how large: name, provider, tier, owner, version, shares of the whole.

use crate::inventory::Provider;
use crate::rng::{Purpose, Stream, Streams, entity_key};
use crate::snapshot::{ClusterFacts, WindowSpec};

use super::FleetOptions;
use super::provider;

/// No options may ask for more: the next thing to run out is the browser's memory.
const MAX_CLUSTERS: u32 = 1_000;
const MAX_NODES: u32 = 50_000;
const MAX_PODS: u32 = 1_000_000;

/// Everything about a cluster that its workloads do not decide.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Its name, unique in the fleet.
    pub(super) name: String,
    /// Who runs it.
    pub(super) provider: Provider,
    /// What its company does with it, such as `payments`.
    pub(super) domain: &'static str,
    /// `low`, `medium` or `high`.
    pub(super) tier: &'static str,
    /// What the fleet file says.
    pub(super) facts: ClusterFacts,
    /// The control plane's minor.
    pub(super) minor: u16,
    /// Worker nodes.
    pub(super) nodes: u32,
    /// Pods it should hold.
    pub(super) pods: u32,
    /// How much of its CPU is asked for, in thousandths.
    pub(super) fill_per_mille: u64,
}

/// One kind of cluster; a fleet repeats the list with other regions and numbers.
struct Blueprint {
    area: usize,
    domain: &'static str,
    environment: &'static str,
    tier: &'static str,
    provider: Provider,
    /// Its share of nodes and pods, against the others'.
    weight: u32,
    /// Minors behind the newest, of three.
    drift: u16,
    /// Whether little room is left on its nodes.
    tight: bool,
}

const AREAS: [&str; 4] = ["eu", "us", "ap", "sa"];

/// Low tiers first: a fleet file tends to grow from the platform team's own clusters.
const BLUEPRINTS: [Blueprint; 12] = [
    blueprint(0, "platform", "dev", "low", Provider::Gke, 4, 0, false),
    blueprint(1, "checkout", "staging", "low", Provider::Eks, 6, 1, false),
    blueprint(0, "search", "staging", "low", Provider::Aks, 6, 0, false),
    blueprint(1, "data", "dev", "low", Provider::Kubeadm, 5, 2, false),
    blueprint(2, "media", "staging", "low", Provider::Gke, 7, 1, true),
    blueprint(0, "media", "prod", "medium", Provider::Eks, 11, 1, false),
    blueprint(1, "search", "prod", "medium", Provider::Aks, 12, 2, false),
    blueprint(
        0,
        "orders",
        "prod",
        "medium",
        Provider::ClusterApi,
        9,
        1,
        false,
    ),
    blueprint(2, "data", "prod", "medium", Provider::Gke, 12, 0, false),
    blueprint(0, "payments", "prod", "high", Provider::Gke, 15, 2, false),
    blueprint(1, "checkout", "prod", "high", Provider::Eks, 17, 3, false),
    blueprint(1, "payments", "prod", "high", Provider::Aks, 14, 1, true),
];

#[expect(clippy::too_many_arguments, reason = "one row of a table")]
const fn blueprint(
    area: usize,
    domain: &'static str,
    environment: &'static str,
    tier: &'static str,
    provider: Provider,
    weight: u32,
    drift: u16,
    tight: bool,
) -> Blueprint {
    Blueprint {
        area,
        domain,
        environment,
        tier,
        provider,
        weight,
        drift,
        tight,
    }
}

/// The shapes of all clusters of a fleet.
pub(super) fn shapes(options: &FleetOptions, streams: Streams) -> Vec<Shape> {
    let n_clusters = options.clusters.min(MAX_CLUSTERS) as usize;
    let mut stream = streams.open(entity_key(&["fleet"]), Purpose::Synthesis);
    let weights: Vec<u64> = (0..n_clusters)
        .map(|index| {
            let weight = BLUEPRINTS[index % BLUEPRINTS.len()].weight;
            u64::from(weight) * (900 + stream.below(201))
        })
        .collect();
    let nodes = divide(options.nodes.min(MAX_NODES), &weights, 1);
    let node_weights: Vec<u64> = nodes.iter().map(|nodes| u64::from(*nodes)).collect();
    let pods = divide(options.pods.min(MAX_PODS), &node_weights, 0);
    let ownerless = chosen(n_clusters, options.missing_owners_per_mille, &mut stream);
    (0..n_clusters)
        .map(|index| {
            let mut shape = one_shape(options, index, &mut stream);
            shape.nodes = nodes[index];
            shape.pods = pods[index];
            if ownerless[index] {
                shape.facts.owner = None;
            }
            shape
        })
        .collect()
}

/// The shape of one cluster, without its sizes.
fn one_shape(options: &FleetOptions, index: usize, stream: &mut Stream) -> Shape {
    let blueprint = &BLUEPRINTS[index % BLUEPRINTS.len()];
    let round = index / BLUEPRINTS.len();
    let area = AREAS[(blueprint.area + round) % AREAS.len()];
    let Blueprint {
        domain,
        environment,
        tier,
        provider,
        ..
    } = *blueprint;
    let drift = u32::from(blueprint.drift) * u32::from(options.version_drift) / 3;
    let fill = if blueprint.tight {
        840 + stream.below(41)
    } else {
        580 + stream.below(141)
    };
    let facts = ClusterFacts {
        provider: Some(provider::word(provider).to_owned()),
        region: Some(provider::region(provider, area).to_owned()),
        environment: Some(environment.to_owned()),
        tier: Some(tier.to_owned()),
        owner: Some(format!("team-{domain}")),
        approver: approver(domain, environment, stream),
        windows: windows(tier, area),
        ..ClusterFacts::default()
    };
    Shape {
        name: format!("{area}-{domain}-{environment}-{}", round + 1),
        provider,
        domain,
        tier,
        facts,
        minor: options.newest_minor.saturating_sub(drift as u16),
        nodes: 0,
        pods: 0,
        fill_per_mille: fill,
    }
}

/// Who approves a change: nobody has to in development, and some forget to say.
fn approver(domain: &str, environment: &str, stream: &mut Stream) -> Option<String> {
    let said = !stream.happens(100);
    (environment != "dev" && said).then(|| format!("{domain}-lead"))
}

/// Production changes at night, and the most critical only in the middle of the week.
fn windows(tier: &str, area: &str) -> Vec<WindowSpec> {
    let (days, start, duration): (&[&str], _, _) = match tier {
        "medium" => (&["mon", "tue", "wed", "thu"], "20:00", "10h"),
        "high" => (&["tue", "wed", "thu"], "22:00", "6h"),
        _ => return Vec::new(),
    };
    let time_zone = match area {
        "eu" => "Europe/Berlin",
        "us" => "America/New_York",
        "ap" => "Asia/Singapore",
        _ => "America/Sao_Paulo",
    };
    vec![WindowSpec {
        days: days.iter().map(|day| (*day).to_owned()).collect(),
        start: start.to_owned(),
        duration: duration.to_owned(),
        time_zone: time_zone.to_owned(),
    }]
}

/// Divides `total` by weight, at least `least` each; the parts add up to `total` where they can.
fn divide(total: u32, weights: &[u64], least: u32) -> Vec<u32> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let spare = u64::from(total).saturating_sub(u64::from(least) * weights.len() as u64);
    let mut before: u128 = 0;
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        let start = before * u128::from(spare) / sum.max(1);
        before += u128::from(*weight);
        let end = before * u128::from(spare) / sum.max(1);
        parts.push(least + (end - start) as u32);
    }
    parts
}

/// Marks exactly the given share of `n` entries, at random.
pub(super) fn chosen(n: usize, share_per_mille: u32, stream: &mut Stream) -> Vec<bool> {
    let share = u64::from(share_per_mille.min(1_000));
    let mut left = (n as u64 * share + 500) / 1_000;
    let mut marks = Vec::with_capacity(n);
    for index in 0..n {
        let mark = stream.below((n - index) as u64) < left;
        left -= u64::from(mark);
        marks.push(mark);
    }
    marks
}
