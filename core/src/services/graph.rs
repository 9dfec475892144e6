//! Who calls whom, and how errors and latency travel back along calls.
//!
//! A request that makes a hard call succeeds only if its own service and every call do; one that
//! makes a soft call goes on without the answer, but waits for it. Failures are taken to be
//! independent of each other.
//!
//! Services that call each other in a circle are condensed into one component. A request that
//! enters it is taken to go from member to member by the fewest calls, as often as they say, and
//! not to go back: an endless round would lose everything at the first error, which no circle of
//! real services does. Services are looked at callees first, so each is computed once for a change.
//!
//! Calls take their part of the time in which a service must answer: see [`super::own_level`].

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::level::{Level, answered_share, lost_ppm, rounded};
use crate::ids::ServiceIdx;
use crate::math;
use crate::scenario::CallKind;

/// A call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Called {
    /// How often a request makes it.
    pub per_request: f64,
    /// What becomes of the request when it fails.
    pub kind: CallKind,
}

/// Who calls whom.
#[derive(Clone, Debug)]
pub struct CallGraph {
    graph: DiGraph<(), Called>,
    /// The component of each service, counted callees first.
    component_of: Vec<usize>,
    members: Vec<Vec<ServiceIdx>>,
    /// For each service the members of its component that errors reach it from.
    by_hard_calls: Vec<Vec<Met>>,
    /// For each service the members of its component that it waits for.
    by_all_calls: Vec<Vec<Met>>,
}

/// A service that a request meets.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Met {
    service: ServiceIdx,
    /// How often it is met for a request.
    times: f64,
}

/// Which calls are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follow {
    Hard,
    All,
}

impl CallGraph {
    /// The graph of so many services and these calls: caller, callee, call.
    pub fn new(n_services: usize, calls: &[(ServiceIdx, ServiceIdx, Called)]) -> Self {
        let mut graph = DiGraph::with_capacity(n_services, calls.len());
        for _ in 0..n_services {
            graph.add_node(());
        }
        // What is never called carries nothing, round a circle or otherwise.
        let made = calls.iter().filter(|(_, _, call)| call.per_request > 0.0);
        for (caller, callee, call) in made {
            graph.add_edge(node(*caller), node(*callee), *call);
        }
        // Kosaraju's way and not Tarjan's: it does not recurse, so a long chain of calls cannot
        // exhaust a small stack. Both give callees before callers.
        let members: Vec<Vec<ServiceIdx>> = kosaraju_scc(&graph)
            .into_iter()
            .map(|component| {
                let mut members: Vec<_> = component.into_iter().map(service).collect();
                members.sort_unstable();
                members
            })
            .collect();
        let mut component_of = vec![0; n_services];
        for (component, members) in members.iter().enumerate() {
            for member in members {
                component_of[member.index()] = component;
            }
        }
        let mut graph = Self {
            graph,
            component_of,
            members,
            by_hard_calls: Vec::new(),
            by_all_calls: Vec::new(),
        };
        let services = (0..n_services).map(ServiceIdx::new);
        let met = |follow| {
            services
                .clone()
                .map(|from| graph.met(from, follow))
                .collect()
        };
        (graph.by_hard_calls, graph.by_all_calls) = (met(Follow::Hard), met(Follow::All));
        graph
    }

    /// How many calls are known.
    pub fn n_calls(&self) -> usize {
        self.graph.edge_count()
    }

    /// The component of a service; components count callees first.
    pub fn component_of(&self, service: ServiceIdx) -> usize {
        self.component_of[service.index()]
    }

    /// How many components there are.
    pub fn n_components(&self) -> usize {
        self.members.len()
    }

    /// The services of a component.
    pub fn members(&self, component: usize) -> &[ServiceIdx] {
        &self.members[component]
    }

    /// Whom a service calls.
    pub fn callees(
        &self,
        service: ServiceIdx,
    ) -> impl Iterator<Item = (ServiceIdx, Called)> + use<'_> {
        let edges = self.graph.edges(node(service));
        edges.map(|edge| (self::service(edge.target()), *edge.weight()))
    }

    /// Who calls a service.
    pub fn callers(&self, service: ServiceIdx) -> impl Iterator<Item = ServiceIdx> + use<'_> {
        let callers = self
            .graph
            .neighbors_directed(node(service), Direction::Incoming);
        callers.map(self::service)
    }

    /// How a service answers when the services it calls are counted in.
    ///
    /// `alone` is how it answers by itself when calls take so many microseconds, `own` how each
    /// service does when they take none, `all` how those it calls outside its own circle answer,
    /// which must be up to date.
    pub fn carried(
        &self,
        service: ServiceIdx,
        alone: impl Fn(u64) -> Level,
        own: &[Level],
        all: &[Level],
    ) -> Level {
        let alone = alone(self.calls_micros(service, own, all));
        let mut answered = 1.0;
        let mut complete = 1.0;
        for met in &self.by_hard_calls[service.index()] {
            let by_itself = if met.service == service {
                alone
            } else {
                own[met.service.index()]
            };
            answered *= all_answered(answered_share(by_itself.errors_ppm), met.times);
            for (callee, call) in self.callees(met.service) {
                let inside = self.component_of(callee) == self.component_of(service);
                let level = if inside { own } else { all }[callee.index()];
                let times = met.times * call.per_request;
                let got = all_answered(answered_share(level.errors_ppm), times);
                match call.kind {
                    // A member that is called hard is among those met.
                    CallKind::Hard if inside => {}
                    CallKind::Hard => {
                        answered *= got;
                        complete *= all_answered(answered_share(level.lacking_ppm), times);
                    }
                    CallKind::Soft => complete *= got,
                }
            }
        }
        Level {
            errors_ppm: lost_ppm(answered),
            lacking_ppm: lost_ppm(complete),
            latency_micros: alone.latency_micros,
        }
    }

    /// How long all calls for a request take, those of its circle too, one after the other.
    pub(super) fn calls_micros(&self, service: ServiceIdx, own: &[Level], all: &[Level]) -> u64 {
        let component = self.component_of(service);
        let mut micros = 0_u64;
        let mut wait = |each: &Level, times: f64| {
            micros = micros.saturating_add(rounded(each.latency_micros as f64 * times));
        };
        for met in &self.by_all_calls[service.index()] {
            if met.service != service {
                wait(&own[met.service.index()], met.times);
            }
            for (callee, call) in self.callees(met.service) {
                if self.component_of(callee) != component {
                    wait(&all[callee.index()], met.times * call.per_request);
                }
            }
        }
        micros
    }

    /// The members of its component that a request to `from` meets, `from` first, and how often:
    /// along the fewest calls to each, by all ways that are as short.
    fn met(&self, from: ServiceIdx, follow: Follow) -> Vec<Met> {
        let mut met = vec![Met {
            service: from,
            times: 1.0,
        }];
        let mut seen = BTreeSet::from([from]);
        let mut ring = 0..1;
        while !ring.is_empty() {
            let mut next: BTreeMap<ServiceIdx, f64> = BTreeMap::new();
            for Met { service, times } in &met[ring.clone()] {
                for (callee, call) in self.callees(*service) {
                    let inside = self.component_of(callee) == self.component_of(from);
                    let is_followed = follow == Follow::All || call.kind == CallKind::Hard;
                    if inside && is_followed && !seen.contains(&callee) {
                        *next.entry(callee).or_default() += times * call.per_request;
                    }
                }
            }
            seen.extend(next.keys());
            ring = met.len()..met.len() + next.len();
            met.extend(
                next.into_iter()
                    .map(|(service, times)| Met { service, times }),
            );
        }
        met
    }
}

/// The share of requests whose calls all succeed, when a call does in `share` of the cases: each of
/// the whole calls must, and of a broken one as many requests make it as the fraction says.
fn all_answered(share: f64, times: f64) -> f64 {
    let whole = times.floor();
    let fraction = times - whole;
    let by_whole = if whole <= 0.0 || share >= 1.0 {
        1.0
    } else if share <= 0.0 {
        0.0
    } else {
        math::exp(whole * math::ln(share))
    };
    by_whole * (1.0 - fraction * (1.0 - share))
}

fn node(service: ServiceIdx) -> NodeIndex {
    NodeIndex::new(service.index())
}

fn service(node: NodeIndex) -> ServiceIdx {
    ServiceIdx::new(node.index())
}
