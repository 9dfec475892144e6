//! When a cluster's maintenance windows next open, in simulated time.

use crate::inventory::Cluster;
use crate::plan::{Plan, window};
use crate::units::SimTime;

/// The first instant from `now` on at which the cluster may be changed; none when there is never
/// one, or nobody can tell when.
pub(crate) fn next_open(plan: &Plan, cluster: &Cluster, now: SimTime) -> Option<SimTime> {
    if !plan.respect_windows {
        return Some(now);
    }
    let windows = cluster.windows.value()?;
    let opens = window::next_open(windows, plan.start_unix_ms, now);
    (opens != SimTime::MAX).then_some(opens)
}
