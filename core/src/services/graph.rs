//! Who calls whom, and how errors and latency travel back along calls.
//!
//! A request that makes a hard call succeeds only if its own service and every call do; one that
//! makes a soft call goes on without the answer, but waits for it. Failures are taken to be
//! independent of each other.
//!
//! Services that call each other in a circle are condensed into one component. A request that
//! enters it is taken to meet each member it can reach by hard calls once, and to wait for all of
//! them: an endless round would lose everything at the first error, which no circle of real
//! services does. Services are looked at callees first, so each is computed once for a change.

use std::collections::BTreeSet;

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
    /// For each service of a circle those of its component that it reaches by hard calls, itself
    /// first; empty for all others, which reach only themselves.
    reached: Vec<Vec<ServiceIdx>>,
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
            reached: vec![Vec::new(); n_services],
        };
        for component in 0..graph.members.len() {
            if graph.members[component].len() > 1 {
                for member in graph.members[component].clone() {
                    graph.reached[member.index()] = graph.reach(member);
                }
            }
        }
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
    /// `own` is how each service answers by itself, `all` how those it calls outside its own
    /// circle answer, which must be up to date.
    pub fn carried(
        &self,
        service: ServiceIdx,
        timeout_micros: u64,
        own: &[Level],
        all: &[Level],
    ) -> Level {
        let alone = [service];
        let reached = match self.reached[service.index()].as_slice() {
            [] => alone.as_slice(),
            reached => reached,
        };
        let mut answered = 1.0;
        let mut complete = 1.0;
        for member in reached {
            answered *= answered_share(own[member.index()].errors_ppm);
            for (callee, call) in self.callees(*member) {
                let inside = self.component_of(callee) == self.component_of(service);
                let level = if inside { own } else { all }[callee.index()];
                let got = all_answered(answered_share(level.errors_ppm), call.per_request);
                match call.kind {
                    // A member that is called hard is among those reached.
                    CallKind::Hard if inside => {}
                    CallKind::Hard => {
                        answered *= got;
                        complete *=
                            all_answered(answered_share(level.lacking_ppm), call.per_request);
                    }
                    CallKind::Soft => complete *= got,
                }
            }
        }
        let latency = self.latency(service, own, all);
        Level {
            errors_ppm: lost_ppm(answered),
            lacking_ppm: lost_ppm(complete),
            latency_micros: latency.min(timeout_micros),
        }
    }

    /// How long a request waits for the service, its circle and what they call, one after the
    /// other.
    fn latency(&self, service: ServiceIdx, own: &[Level], all: &[Level]) -> u64 {
        let component = self.component_of(service);
        let mut latency = 0_u64;
        for member in self.members(component) {
            latency = latency.saturating_add(own[member.index()].latency_micros);
            for (callee, call) in self.callees(*member) {
                if self.component_of(callee) != component {
                    let each = all[callee.index()].latency_micros as f64;
                    latency = latency.saturating_add(rounded(each * call.per_request));
                }
            }
        }
        latency
    }

    /// The members of its circle that a service reaches by hard calls, itself first.
    fn reach(&self, from: ServiceIdx) -> Vec<ServiceIdx> {
        let mut seen = BTreeSet::from([from]);
        let mut reached = vec![from];
        let mut next = 0;
        while let Some(service) = reached.get(next).copied() {
            next += 1;
            for (callee, call) in self.callees(service) {
                let inside = self.component_of(callee) == self.component_of(from);
                if inside && call.kind == CallKind::Hard && seen.insert(callee) {
                    reached.push(callee);
                }
            }
        }
        reached
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
