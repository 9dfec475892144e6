//! How fast a zone's silent nodes are tainted: normally, slowly, or not at all (k8s-truth §6).

/// The state of a zone (`ComputeZoneState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneState {
    /// Most nodes are Ready.
    Normal,
    /// No node is Ready.
    FullDisruption,
    /// More than two nodes are not, and they are a large share.
    PartialDisruption,
}

/// The controller's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// `--large-cluster-size-threshold`: a zone must be larger to keep the secondary rate.
    pub large_zone_nodes: u32,
    /// `--unhealthy-zone-threshold`: the share of nodes at which a zone is partially disrupted.
    pub unhealthy_share: f64,
    /// `--node-eviction-rate`, per second.
    pub rate: f64,
    /// `--secondary-node-eviction-rate`, per second.
    pub secondary_rate: f64,
}

/// What the controller uses when nobody sets anything.
pub const DEFAULTS: Thresholds = Thresholds {
    large_zone_nodes: 50,
    unhealthy_share: 0.55,
    rate: 0.1,
    secondary_rate: 0.01,
};

/// Whether any zone of the cluster still has a Ready node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// At least one zone is not fully disrupted.
    SomeLive,
    /// Every zone is: the controller must be the one that is cut off.
    AllDisrupted,
}

/// The state of a zone with so many nodes Ready and not Ready.
pub fn state(ready: u32, not_ready: u32, thresholds: Thresholds) -> ZoneState {
    let all = f64::from(ready) + f64::from(not_ready);
    if ready == 0 && not_ready > 0 {
        return ZoneState::FullDisruption;
    }
    if not_ready > 2 && f64::from(not_ready) / all >= thresholds.unhealthy_share {
        return ZoneState::PartialDisruption;
    }
    ZoneState::Normal
}

/// Nodes tainted per second in a zone of `nodes` nodes. Where every zone is disrupted nothing is
/// tainted, and what was is cleared.
pub fn taint_rate(state: ZoneState, nodes: u32, others: Others, thresholds: Thresholds) -> f64 {
    if others == Others::AllDisrupted {
        return 0.0;
    }
    match state {
        ZoneState::Normal | ZoneState::FullDisruption => thresholds.rate,
        ZoneState::PartialDisruption if nodes > thresholds.large_zone_nodes => {
            thresholds.secondary_rate
        }
        ZoneState::PartialDisruption => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ready: u32, not_ready: u32, others: Others, expected: (ZoneState, f64)) {
        let state = state(ready, not_ready, DEFAULTS);
        let rate = taint_rate(state, ready + not_ready, others, DEFAULTS);
        assert_eq!(state, expected.0);
        assert!((rate - expected.1).abs() < 1e-12, "{rate}");
    }

    #[test]
    fn two_silent_nodes_are_never_a_partial_disruption() {
        check(1, 2, Others::SomeLive, (ZoneState::Normal, 0.1));
        check(2, 3, Others::SomeLive, (ZoneState::PartialDisruption, 0.0));
    }

    #[test]
    fn only_zones_of_more_than_fifty_go_on_slowly() {
        check(
            20,
            30,
            Others::SomeLive,
            (ZoneState::PartialDisruption, 0.0),
        );
        check(
            20,
            31,
            Others::SomeLive,
            (ZoneState::PartialDisruption, 0.01),
        );
    }

    #[test]
    fn a_lost_zone_goes_at_the_normal_rate_unless_all_are_lost() {
        check(0, 3, Others::SomeLive, (ZoneState::FullDisruption, 0.1));
        check(0, 3, Others::AllDisrupted, (ZoneState::FullDisruption, 0.0));
    }

    #[test]
    fn an_empty_zone_is_normal() {
        check(0, 0, Others::SomeLive, (ZoneState::Normal, 0.1));
    }
}
