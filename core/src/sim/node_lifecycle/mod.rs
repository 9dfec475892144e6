//! What becomes of a node that stops renewing its lease, and of its pods (k8s-truth §6).

pub mod taint_eviction;
pub mod zone;

use crate::units::{KubeVersion, SimDuration};

/// How often the controller looks at nodes (`--node-monitor-period`).
pub const MONITOR_PERIOD: SimDuration = SimDuration::from_secs(5);

/// How long a node may be silent before it counts as Unknown, by the control plane's minor:
/// 40 s, and 50 s from 1.32 on.
pub const fn monitor_grace_period(control_plane: KubeVersion) -> SimDuration {
    if control_plane.major > 1 || control_plane.minor >= 32 {
        return SimDuration::from_secs(50);
    }
    SimDuration::from_secs(40)
}
