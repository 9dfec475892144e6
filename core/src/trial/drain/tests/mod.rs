//! Drains by hand, as a reader sees them.

mod budgets;
mod commands;
mod fail_safe;
mod forecast;

use expect_test::Expect;

use super::{DrainRequest, drain};
use crate::ids::WorkloadIdx;
use crate::inventory::{Cluster, WorkloadType};
use crate::report::text;
use crate::sim::testing::{add_budget, add_workload, cluster, fleet};

/// The drain of `node-0`.
fn node_0() -> DrainRequest {
    DrainRequest {
        nodes: vec!["node-0".to_owned()],
        ..DrainRequest::default()
    }
}

#[track_caller]
fn check(cluster: Cluster, request: &DrainRequest, expected: &Expect) {
    let report = drain(&fleet(vec![cluster]), request).expect("the node exists");
    let text = text::drain(&report);
    // The assumptions are the same for all, and the digest says nothing to a reader.
    let shown = text.split("\nAssumed").next().unwrap_or_default();
    expected.assert_eq(shown);
}

/// Three nodes, one pod of `web` on each.
fn web() -> Cluster {
    let mut cluster = cluster("eu-1", 3);
    add_workload(&mut cluster, "web", WorkloadType::Deployment, 3);
    cluster
}

fn with_budget(mut cluster: Cluster, max_unavailable: i32) -> Cluster {
    let web = WorkloadIdx(0);
    add_budget(&mut cluster, web, max_unavailable);
    cluster
}
