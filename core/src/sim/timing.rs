//! How long things take where Kubernetes decides it (k8s-truth §4, §6, §8), and how long a
//! rehearsal watches. What nobody decides is a row of [`crate::durations`].

use crate::rng::{Distribution, Stream};
use crate::units::SimDuration;

const fn secs(secs: u64) -> SimDuration {
    SimDuration::from_secs(secs)
}

const fn uniform(min: SimDuration, max: SimDuration) -> Distribution {
    Distribution::Uniform { min, max }
}

/// What the fleet's controller takes to notice that a cluster or a wave has ended.
pub(crate) const FLEET_REACTION: SimDuration = SimDuration::from_secs(1);
/// What a drain waits before it asks again for an eviction that was refused.
pub(crate) use super::kubectl::retry::RETRY_DELAY as EVICTION_RETRY;
/// A rehearsal follows a cluster for so many days, then leaves it as it is.
pub(crate) const HORIZON_DAYS: u32 = 60;
/// The same, as a length of time.
pub(crate) const HORIZON: SimDuration = SimDuration::from_hours(HORIZON_DAYS as u64 * 24);

/// How long a wait that nothing can end is watched before it is called endless. Nothing can happen
/// in that time; it is there for readers, who would overlook a wait of no length.
pub(crate) const STALL_PATIENCE: SimDuration = SimDuration::from_mins(30);

/// What a crash-looping CNI pod waits before its next try, once its fault is over (§4.4).
pub(crate) const CNI_BACKOFF: Distribution = uniform(secs(10), secs(300));
/// Applications that ignore TERM and are killed at the end of their grace period, in thousandths.
const IGNORES_TERM_PER_MILLE: u32 = 120;
/// The one-off extension for a hook that still runs at the end of the grace period (§4.1).
const PRE_STOP_EXTENSION: SimDuration = SimDuration::from_secs(2);
/// A job's first retry; each failure doubles what it waits (§4.2).
pub(crate) const JOB_RETRY: SimDuration = SimDuration::from_secs(10);
/// The most that a job waits before it retries (§4.2).
pub(crate) const JOB_RETRY_MAX: SimDuration = SimDuration::from_mins(10);
/// How many pods of a job may fail when it does not say (§4.2).
pub(crate) const BACKOFF_LIMIT: u32 = 6;
/// A takeover after the lease ran out unreleased (§8).
pub(crate) const LEASE_TAKEOVER: Distribution = uniform(secs(13), secs(24));
/// A takeover after the lease was released, as the scheduler does (§8).
pub(crate) const LEASE_RELEASED: Distribution = uniform(secs(2), secs(4));
/// A takeover by a candidate that has just started: a lease that somebody seems to hold counts for
/// 15 s from when it was first seen, then one of the tries every 2 to 4.4 s gets it (§8).
pub(crate) const LEASE_FIRST_SEEN: Distribution = uniform(secs(15), secs(20));
/// How long a lease counts from the last renewal that a candidate saw (§8).
pub(crate) const LEASE_DURATION: SimDuration = secs(15);
/// How long a component tries to renew its lease before it stops (§8).
pub(crate) const RENEW_DEADLINE: SimDuration = secs(10);
/// How long etcd is without a leader when it loses one: one to two election timeouts (§8).
pub(crate) const LEADER_ELECTION: Distribution = uniform(secs(1), secs(2));
/// A kubelet renews its lease and reports every ten seconds (§6), so the last renewal before it is
/// cut off, and the first report after, fall anywhere in that time.
pub(crate) const KUBELET_PHASE: Distribution = uniform(secs(0), secs(10));
/// How often nodes that are tainted are looked for (`NodeEvictionPeriod`).
pub(crate) const TAINT_PERIOD: SimDuration = SimDuration::from_millis(100);
/// How long a node's object must be missed before its pods are collected (§4.5).
pub(crate) const ORPHAN_QUARANTINE: SimDuration = secs(40);
/// How often orphaned pods are looked for (§4.5).
pub(crate) const ORPHAN_PERIOD: SimDuration = secs(20);
/// How long a volume's unmounting is waited for before it is detached from a node that is not
/// Ready (§4.5).
pub(crate) const FORCE_DETACH: SimDuration = SimDuration::from_mins(6);

/// The first readiness probe after the initial delay falls anywhere in its period (§4.4).
pub(crate) const fn probe_phase(period: SimDuration) -> Distribution {
    uniform(SimDuration::ZERO, period)
}

/// How long a pod takes to stop: at most its grace period, all of it when it ignores TERM, and no
/// time at all without one (§3.4). `hook` is how long its `preStop` hook takes, if it has one;
/// sidecars stop one after the other once the main containers have, within the same grace period.
pub(crate) fn termination(
    hook: Option<&Distribution>,
    shutdown: &Distribution,
    (sidecars, grace): (u32, SimDuration),
    stream: &mut Stream,
) -> SimDuration {
    if grace == SimDuration::ZERO {
        return grace;
    }
    let ignores_term = stream.happens(IGNORES_TERM_PER_MILLE);
    let spent = hook.map_or(SimDuration::ZERO, |hook| stream.duration(hook));
    if hook.is_some() && spent >= grace {
        return grace + PRE_STOP_EXTENSION;
    }
    if ignores_term {
        return grace;
    }
    let stops = (0..=sidecars).map(|_| stream.duration(shutdown));
    stops.fold(spent, |spent, stop| spent + stop).min(grace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    // One second for every container, in a pod that heeds TERM.
    #[test]
    fn sidecars_stop_after_the_others_within_the_same_grace_period() {
        let second = Distribution::Constant(secs(1));
        let stops = |sidecars, grace| {
            let mut streams = (0..).map(|key| Streams::new(key, 0).open(1, Purpose::Termination));
            let heeds = |stream: &mut Stream| !stream.clone().happens(IGNORES_TERM_PER_MILLE);
            let mut stream = streams.find_map(|mut stream| heeds(&mut stream).then_some(stream));
            let stream = stream.as_mut().expect("most pods heed TERM");
            termination(None, &second, (sidecars, secs(grace)), stream)
        };
        assert_eq!(
            [stops(0, 30), stops(2, 30), stops(9, 5)],
            [1, 3, 5].map(secs)
        );
    }
}
