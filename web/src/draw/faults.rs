//! Faults in words: what breaks, when, where, and what the severity means.

use wavetank_core::sim::fault::{Fault, FaultKind, Scope, StepKind, Trigger};

use super::format;

/// What a kind is called.
pub const fn kind_name(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::BlockingBudget => "PDB blocks the drain",
        FaultKind::CniBreak => "CNI breaks after its upgrade",
        FaultKind::EtcdLatency => "etcd commits slowly",
        FaultKind::ZoneOutage => "Zone is cut off",
        FaultKind::NodeLoss => "Nodes are cut off",
        FaultKind::EtcdMemberLoss => "etcd members stop",
        FaultKind::ControllerManagerCrash => "Controller-manager dies",
        FaultKind::ControlPlaneOutage => "API servers are away",
    }
}

/// What a kind does, for those who never saw it.
pub const fn kind_story(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::BlockingBudget => {
            "PodDisruptionBudgets in scope allow no disruption, so the API refuses evictions."
        }
        FaultKind::CniBreak => {
            "The CNI's new version does not come up: pods on the nodes struck get no network."
        }
        FaultKind::EtcdLatency => {
            "The disks under etcd slow down: every write to the API server waits for them."
        }
        FaultKind::ZoneOutage => {
            "The kubelets of a zone reach no API server, and no new machine registers there."
        }
        FaultKind::NodeLoss => {
            "Kubelets reach no API server: their nodes become Unknown, their pods are evicted."
        }
        FaultKind::EtcdMemberLoss => {
            "etcd goes on while more than half of its members are left; below that, nothing writes."
        }
        FaultKind::ControllerManagerCrash => {
            "The one that leads dies with its lease: budgets freeze until another takes over."
        }
        FaultKind::ControlPlaneOutage => {
            "Nothing is scheduled, replaced or evicted until an API server is back."
        }
    }
}

/// What a severity means for a kind.
pub fn severity(kind: FaultKind, per_mille: u32) -> String {
    let per_cent = per_mille / 10;
    match kind {
        FaultKind::BlockingBudget => format!("{per_cent} % of the budgets in scope"),
        FaultKind::CniBreak => format!("{per_cent} % of the nodes, when their CNI pod restarts"),
        FaultKind::EtcdLatency => {
            format!(
                "commit p99 of {}",
                format::latency(i64::from(per_mille) * 10_000)
            )
        }
        FaultKind::ZoneOutage => format!("{per_cent} % of the zone's nodes, at least one"),
        FaultKind::NodeLoss => format!("{per_cent} % of the nodes in scope, at least one"),
        FaultKind::EtcdMemberLoss => format!("{per_cent} % of the members, at least one"),
        FaultKind::ControllerManagerCrash => {
            format!("stays down on {per_cent} % of the members, rounded down")
        }
        FaultKind::ControlPlaneOutage => format!("{per_cent} % of the servers, at least one"),
    }
}

/// When a fault begins, as a clause.
pub fn trigger(trigger: &Trigger) -> String {
    match trigger {
        Trigger::At(after) => format!("at {}", format::since_start(after.as_millis())),
        Trigger::Wave(wave) => format!("when wave {wave} starts"),
        Trigger::ClusterStart => "when each cluster starts".to_owned(),
        Trigger::AfterStep(step) => format!("after the {} step", step_name(*step)),
        Trigger::BeforeStep(step) => format!("before the {} step", step_name(*step)),
    }
}

/// What a kind of step is called.
pub const fn step_name(step: StepKind) -> &'static str {
    match step {
        StepKind::ControlPlane => "control plane",
        StepKind::Cni => "CNI",
        StepKind::Pool => "pool",
        StepKind::Observe => "soak",
    }
}

/// Where a fault strikes, as a clause.
pub fn scope(scope: &Scope) -> String {
    let mut parts = Vec::new();
    if let Some(wave) = scope.wave {
        parts.push(format!("wave {wave}"));
    }
    let named = [
        ("cluster", &scope.cluster),
        ("zone", &scope.zone),
        ("pool", &scope.pool),
        ("node", &scope.node),
        ("workload", &scope.workload),
    ];
    for (what, name) in named {
        if let Some(name) = name {
            parts.push(format!("{what} {name}"));
        }
    }
    if parts.is_empty() {
        "the whole fleet".to_owned()
    } else {
        parts.join(", ")
    }
}

/// A fault in one line.
pub fn summary(fault: &Fault) -> String {
    let lasts = fault.duration.map_or_else(String::new, |duration| {
        format!(", for {}", format::duration(duration.as_millis()))
    });
    format!(
        "{}, {}{lasts}; {}",
        scope(&fault.scope),
        trigger(&fault.trigger),
        severity(fault.kind, fault.severity_per_mille)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wavetank_core::units::SimDuration;

    #[test]
    fn a_fault_reads_as_one_line() {
        let fault = Fault {
            kind: FaultKind::CniBreak,
            trigger: Trigger::Wave(2),
            scope: Scope {
                wave: Some(2),
                pool: Some("web".to_owned()),
                ..Scope::default()
            },
            duration: Some(SimDuration::from_hours(2)),
            severity_per_mille: 400,
        };
        assert_eq!(
            summary(&fault),
            "wave 2, pool web, when wave 2 starts, for 2h; \
             40 % of the nodes, when their CNI pod restarts"
        );
    }

    #[test]
    fn etcds_severity_is_a_latency() {
        assert_eq!(
            severity(FaultKind::EtcdLatency, 1_000),
            "commit p99 of 10.00 s"
        );
        assert_eq!(severity(FaultKind::EtcdLatency, 50), "commit p99 of 500 ms");
    }
}
