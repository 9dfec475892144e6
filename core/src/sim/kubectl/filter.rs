//! Which pods of a node a drain takes, leaves, or refuses to go on for (k8s-truth §3.2).

use crate::snapshot::PodPhase;
use crate::units::SimDuration;

/// The flags that decide about pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--ignore-daemonsets`.
    pub ignore_daemonsets: bool,
    /// `--delete-emptydir-data`.
    pub delete_emptydir_data: bool,
    /// `--force`.
    pub force: bool,
    /// `--skip-wait-for-delete-timeout`; zero switches it off.
    pub skip_wait_for_delete: SimDuration,
}

/// Who controls a pod, as far as a drain asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller {
    /// Nobody.
    None,
    /// A daemon set that exists.
    DaemonSet,
    /// A daemon set that is gone.
    LostDaemonSet,
    /// Any other controller, gone or not.
    Other,
}

/// A pod as the filters see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainedPod {
    /// Who controls it.
    pub controller: Controller,
    /// `status.phase`.
    pub phase: PodPhase,
    /// Whether it mounts an `emptyDir`; a `hostPath` does not count.
    pub has_empty_dir: bool,
    /// Whether it is a static pod's mirror.
    pub is_mirror: bool,
    /// How long ago its deletion timestamp was, which includes the grace period; none without one.
    pub deleted_for: Option<SimDuration>,
}

/// What the drain does with a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is evicted, or deleted.
    Evict,
    /// It is evicted, and kubectl warns.
    Warn(Warning),
    /// It stays, and so does the node's drain go on.
    Skip(Option<Warning>),
    /// The drain of the whole node is refused.
    Refuse(Refusal),
}

/// What kubectl warns of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The pod's daemon set is gone.
    LostDaemonSet,
    /// The pod stays because of its daemon set.
    DaemonSet,
    /// Nobody will create the pod again.
    Unmanaged,
    /// What is in its `emptyDir` goes with it.
    EmptyDir,
}

/// Why a drain is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The pod's daemon set is gone: needs `--force`.
    LostDaemonSet,
    /// It would come back at once: needs `--ignore-daemonsets`.
    DaemonSet,
    /// Data would be lost: needs `--delete-emptydir-data`.
    EmptyDir,
    /// Nobody will create it again: needs `--force`.
    Unmanaged,
}

impl Refusal {
    /// The flag that overrides it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::LostDaemonSet | Self::Unmanaged => "--force",
            Self::DaemonSet => "--ignore-daemonsets",
            Self::EmptyDir => "--delete-emptydir-data",
        }
    }
}

/// What a drain with `flags` does with `pod`. Filters come in kubectl's order, and the first that
/// keeps the pod ends the matter; one that only warns lets the others speak, and is forgotten when
/// a later one has nothing to say. So kubectl warns of an `emptyDir` only where nobody owns the pod
/// either, and then of that.
pub fn verdict(pod: DrainedPod, flags: Flags) -> Verdict {
    let filters = [
        skip_deleted,
        daemon_set,
        mirror,
        local_storage,
        unreplicated,
    ];
    let mut last = Verdict::Evict;
    for filter in filters {
        let verdict = filter(pod, flags);
        match verdict {
            Verdict::Skip(_) | Verdict::Refuse(_) => return verdict,
            // The last filter's word stands, so a warning of an earlier one is dropped.
            Verdict::Warn(_) | Verdict::Evict => last = verdict,
        }
    }
    last
}

/// A pod that has been going for longer than the caller wants to wait is not waited for.
fn skip_deleted(pod: DrainedPod, flags: Flags) -> Verdict {
    let patience = flags.skip_wait_for_delete;
    let overdue = pod.deleted_for.is_some_and(|age| age > patience);
    if patience > SimDuration::ZERO && overdue {
        return Verdict::Skip(None);
    }
    Verdict::Evict
}

fn daemon_set(pod: DrainedPod, flags: Flags) -> Verdict {
    if is_finished(pod) {
        return Verdict::Evict;
    }
    match pod.controller {
        Controller::LostDaemonSet if flags.force => Verdict::Warn(Warning::LostDaemonSet),
        Controller::LostDaemonSet => Verdict::Refuse(Refusal::LostDaemonSet),
        Controller::DaemonSet if flags.ignore_daemonsets => Verdict::Skip(Some(Warning::DaemonSet)),
        Controller::DaemonSet => Verdict::Refuse(Refusal::DaemonSet),
        Controller::None | Controller::Other => Verdict::Evict,
    }
}

fn mirror(pod: DrainedPod, _flags: Flags) -> Verdict {
    if pod.is_mirror {
        return Verdict::Skip(None);
    }
    Verdict::Evict
}

fn local_storage(pod: DrainedPod, flags: Flags) -> Verdict {
    if !pod.has_empty_dir || is_finished(pod) {
        return Verdict::Evict;
    }
    if flags.delete_emptydir_data {
        return Verdict::Warn(Warning::EmptyDir);
    }
    Verdict::Refuse(Refusal::EmptyDir)
}

fn unreplicated(pod: DrainedPod, flags: Flags) -> Verdict {
    if pod.controller != Controller::None || is_finished(pod) {
        return Verdict::Evict;
    }
    if flags.force {
        return Verdict::Warn(Warning::Unmanaged);
    }
    Verdict::Refuse(Refusal::Unmanaged)
}

fn is_finished(pod: DrainedPod) -> bool {
    matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNED: DrainedPod = DrainedPod {
        controller: Controller::Other,
        phase: PodPhase::Running,
        has_empty_dir: false,
        is_mirror: false,
        deleted_for: None,
    };
    const DAEMON: DrainedPod = DrainedPod {
        controller: Controller::DaemonSet,
        ..OWNED
    };
    const BARE: DrainedPod = DrainedPod {
        controller: Controller::None,
        ..OWNED
    };
    const NONE: Flags = Flags {
        ignore_daemonsets: false,
        delete_emptydir_data: false,
        force: false,
        skip_wait_for_delete: SimDuration::ZERO,
    };
    const FORCE: Flags = Flags {
        force: true,
        ..NONE
    };

    #[track_caller]
    fn check(pod: DrainedPod, flags: Flags, expected: Verdict) {
        assert_eq!(verdict(pod, flags), expected);
    }

    #[test]
    fn force_does_not_imply_ignoring_daemon_sets() {
        check(DAEMON, FORCE, Verdict::Refuse(Refusal::DaemonSet));
        let ignore = Flags {
            ignore_daemonsets: true,
            ..NONE
        };
        check(DAEMON, ignore, Verdict::Skip(Some(Warning::DaemonSet)));
    }

    #[test]
    fn a_daemon_set_pod_with_an_empty_dir_stays_without_a_word_about_data() {
        let pod = DrainedPod {
            has_empty_dir: true,
            ..DAEMON
        };
        let ignore = Flags {
            ignore_daemonsets: true,
            ..NONE
        };
        check(pod, ignore, Verdict::Skip(Some(Warning::DaemonSet)));
    }

    #[test]
    fn a_finished_pod_goes_whoever_owned_it() {
        for pod in [DAEMON, BARE] {
            let finished = DrainedPod {
                phase: PodPhase::Succeeded,
                has_empty_dir: true,
                ..pod
            };
            check(finished, NONE, Verdict::Evict);
        }
    }

    #[test]
    fn a_bare_pod_with_data_needs_both_flags() {
        let pod = DrainedPod {
            has_empty_dir: true,
            ..BARE
        };
        check(pod, FORCE, Verdict::Refuse(Refusal::EmptyDir));
        let both = Flags {
            delete_emptydir_data: true,
            ..FORCE
        };
        check(pod, both, Verdict::Warn(Warning::Unmanaged));
    }

    #[test]
    fn a_pod_that_will_not_go_is_skipped_only_when_asked() {
        let stuck = DrainedPod {
            deleted_for: Some(SimDuration::from_secs(100)),
            ..OWNED
        };
        check(stuck, NONE, Verdict::Evict);
        let impatient = Flags {
            skip_wait_for_delete: SimDuration::from_secs(20),
            ..NONE
        };
        check(stuck, impatient, Verdict::Skip(None));
    }
}
