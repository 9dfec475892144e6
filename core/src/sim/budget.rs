//! What a `PodDisruptionBudget` allows: the disruption controller's arithmetic (k8s-truth §2).
//!
//! Pure functions of counts, so that upstream's own test cases can be put to them.

use crate::inventory::WorkloadType;
use crate::units::{IntOrPercent, SimDuration};

/// How long the controller believes in an eviction that it has not seen happen (§2.4).
pub const DELETION_TIMEOUT: SimDuration = SimDuration::from_mins(2);

/// What a budget asks for; one of the two at most. With neither it never allows anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BudgetSpec {
    /// `spec.minAvailable`.
    pub min_available: Option<IntOrPercent>,
    /// `spec.maxUnavailable`.
    pub max_unavailable: Option<IntOrPercent>,
}

/// One controller of pods that a budget selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectedController {
    /// What it is.
    pub kind: WorkloadType,
    /// How many pods it wants.
    pub scale: u32,
    /// How many pods of it the budget selects, ready or not.
    pub pods: u32,
}

/// What a budget expects: the controller's first half of the work (§2.1, §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// `status.expectedPods`.
    pub expected_pods: u32,
    /// `status.desiredHealthy`.
    pub desired_healthy: i64,
    /// A controller without a scale is among them, so nothing is allowed whatever the numbers say.
    pub fail_safe: bool,
}

impl Expectation {
    /// `status.disruptionsAllowed` while `current_healthy` pods are healthy.
    pub fn allowed(self, current_healthy: u32) -> i64 {
        if self.fail_safe || self.expected_pods == 0 {
            return 0;
        }
        (i64::from(current_healthy) - self.desired_healthy).max(0)
    }

    /// Whether no number of healthy pods up to `most_healthy` ever allows a disruption (§2.6).
    pub fn never_allows(self, most_healthy: u32) -> bool {
        self.allowed(most_healthy) == 0
    }
}

/// What `spec` expects of the pods it selects.
///
/// An integer `minAvailable` counts pods; everything else asks the controllers for their scale,
/// each once, and fails safe where a controller has none: jobs, daemon sets and static pods.
pub fn expectation(
    spec: BudgetSpec,
    controllers: impl Iterator<Item = SelectedController> + Clone,
) -> Expectation {
    if let Some(IntOrPercent::Int(count)) = spec.min_available {
        return Expectation {
            expected_pods: total(controllers.map(|controller| controller.pods)),
            desired_healthy: i64::from(count),
            fail_safe: false,
        };
    }
    if spec.max_unavailable.is_none() && spec.min_available.is_none() {
        // With neither field no pod is expected, and where none is nothing is allowed.
        return Expectation {
            expected_pods: 0,
            desired_healthy: 0,
            fail_safe: false,
        };
    }
    let with_pods = controllers.filter(|controller| controller.pods > 0);
    let fail_safe = with_pods
        .clone()
        .any(|controller| !has_scale(controller.kind));
    let counted = with_pods.filter(|controller| counts_for_scale(controller.kind));
    let expected_pods = total(counted.map(|controller| controller.scale));
    Expectation {
        expected_pods,
        desired_healthy: desired_healthy(spec, expected_pods),
        fail_safe,
    }
}

/// Why the `DisruptionAllowed` condition of a budget is what it is (§2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetReason {
    /// At least one disruption is allowed.
    SufficientPods,
    /// None is.
    InsufficientPods,
}

impl BudgetReason {
    /// The reason that goes with `status.disruptionsAllowed`.
    pub fn of(disruptions_allowed: i64) -> Self {
        if disruptions_allowed > 0 {
            Self::SufficientPods
        } else {
            Self::InsufficientPods
        }
    }

    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SufficientPods => "SufficientPods",
            Self::InsufficientPods => "InsufficientPods",
        }
    }
}

/// A sum that stops at the greatest number: controllers may want more pods than there can be.
pub(super) fn total(counts: impl Iterator<Item = u32>) -> u32 {
    counts.fold(0, u32::saturating_add)
}

/// `status.desiredHealthy` of `expected_pods`; both percentages round up (§2.1).
pub fn desired_healthy(spec: BudgetSpec, expected_pods: u32) -> i64 {
    if let Some(max_unavailable) = spec.max_unavailable {
        return (i64::from(expected_pods) - max_unavailable.scaled_up(expected_pods)).max(0);
    }
    spec.min_available
        .map_or(0, |min_available| min_available.scaled_up(expected_pods))
}

/// Whether pods with this owner can be counted by a scale; a bare pod is skipped, not an error.
pub(super) fn has_scale(kind: WorkloadType) -> bool {
    match kind {
        WorkloadType::Deployment
        | WorkloadType::StatefulSet
        | WorkloadType::Other
        | WorkloadType::Bare => true,
        WorkloadType::DaemonSet | WorkloadType::Job | WorkloadType::Static => false,
    }
}

/// Whether the owner's scale is added; bare pods count as healthy but not as expected (§2.2).
pub(super) fn counts_for_scale(kind: WorkloadType) -> bool {
    has_scale(kind) && kind != WorkloadType::Bare
}

/// A selected pod as `countHealthyPods` sees it (§2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectedPod {
    /// Its Ready condition.
    pub ready: bool,
    /// Whether it has a deletion timestamp.
    pub terminating: bool,
    /// How long ago its eviction was noted in `disruptedPods`, if it is there.
    pub disrupted_for: Option<SimDuration>,
}

impl SelectedPod {
    /// Whether its entry in `disruptedPods` stays (§2.4).
    pub fn stays_disrupted(self) -> bool {
        !self.terminating
            && self
                .disrupted_for
                .is_some_and(|age| age <= DELETION_TIMEOUT)
    }

    /// Whether it counts as healthy.
    pub fn healthy(self) -> bool {
        self.ready && !self.terminating && !self.stays_disrupted()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn max_unavailable(text: &str) -> BudgetSpec {
        BudgetSpec {
            max_unavailable: Some(int_or_percent(text)),
            ..BudgetSpec::default()
        }
    }

    fn min_available(text: &str) -> BudgetSpec {
        BudgetSpec {
            min_available: Some(int_or_percent(text)),
            ..BudgetSpec::default()
        }
    }

    fn int_or_percent(text: &str) -> IntOrPercent {
        match text.parse() {
            Ok(count) => IntOrPercent::Int(count),
            Err(_) => text.parse().expect("a count or a percentage"),
        }
    }

    fn deployment(scale: u32, pods: u32) -> SelectedController {
        let kind = WorkloadType::Deployment;
        SelectedController { kind, scale, pods }
    }

    #[track_caller]
    fn check(
        spec: BudgetSpec,
        controllers: &[SelectedController],
        healthy: u32,
        expected: (u32, i64, i64),
    ) {
        let got = expectation(spec, controllers.iter().copied());
        let numbers = (got.expected_pods, got.desired_healthy, got.allowed(healthy));
        assert_eq!(numbers, expected);
    }

    #[test]
    fn percentages_round_up_for_both_fields() {
        check(max_unavailable("50%"), &[deployment(7, 7)], 7, (7, 3, 4));
        check(max_unavailable("50%"), &[deployment(1, 1)], 1, (1, 0, 1));
        check(min_available("28%"), &[deployment(7, 7)], 7, (7, 2, 5));
    }

    #[test]
    fn pods_are_expected_by_scale_not_by_sight() {
        check(max_unavailable("2"), &[deployment(7, 1)], 1, (7, 5, 0));
    }

    #[test]
    fn an_integer_minimum_counts_pods_and_needs_no_scale() {
        let daemons = SelectedController {
            kind: WorkloadType::DaemonSet,
            scale: 0,
            pods: 3,
        };
        check(min_available("2"), &[daemons], 3, (3, 2, 1));
        let percent = expectation(min_available("50%"), [daemons].into_iter());
        assert!(percent.fail_safe, "a daemon set has no scale");
        assert_eq!(percent.allowed(3), 0);
    }

    #[test]
    fn a_budget_without_pods_allows_nothing() {
        check(max_unavailable("1"), &[], 0, (0, 0, 0));
    }

    #[test]
    fn a_budget_with_neither_limit_expects_no_pod_and_allows_nothing() {
        check(BudgetSpec::default(), &[deployment(3, 3)], 3, (0, 0, 0));
    }

    #[test]
    fn an_unmanaged_pod_is_healthy_but_not_expected() {
        let bare = SelectedController {
            kind: WorkloadType::Bare,
            scale: 1,
            pods: 1,
        };
        check(
            max_unavailable("1"),
            &[deployment(2, 2), bare],
            3,
            (2, 1, 2),
        );
    }

    #[test]
    fn an_eviction_that_never_happened_is_forgotten_after_two_minutes() {
        let pod = |secs| SelectedPod {
            ready: true,
            terminating: false,
            disrupted_for: Some(SimDuration::from_secs(secs)),
        };
        assert!(!pod(5).healthy());
        assert!(pod(121).healthy());
    }
}
