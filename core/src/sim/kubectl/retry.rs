//! What a drain does with each answer to an eviction, until the pod is gone (k8s-truth §3.3).
//!
//! One pod's loop; a drain runs one for every pod of the node, all at once, and ends when the
//! last one does.

use crate::units::SimDuration;

/// The pause after a refusal.
pub const RETRY_DELAY: SimDuration = SimDuration::from_secs(5);

/// How often the client asks by itself, where the server says after what time to ask again, before
/// it hands a refusal back (§1).
pub const CLIENT_RETRIES: u64 = 10;

/// How often a drain looks whether an evicted pod is gone; the first look is immediate.
pub const POLL_PERIOD: SimDuration = SimDuration::from_secs(1);

/// How a pod leaves its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// By eviction, which budgets can refuse.
    Evict,
    /// By plain deletion, which asks no budget; the grace period still counts.
    Delete,
}

/// Whether the server has the eviction subresource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvictionSupport {
    /// It has.
    Supported,
    /// It has not: an old server.
    Unsupported,
}

/// Whether the caller asked for `--disable-eviction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvictionChoice {
    /// Not asked for.
    Enabled,
    /// Asked for.
    Disabled,
}

/// How a drain takes pods away (§3.4).
pub fn verb(support: EvictionSupport, choice: EvictionChoice) -> Verb {
    match (support, choice) {
        (EvictionSupport::Supported, EvictionChoice::Enabled) => Verb::Evict,
        (EvictionSupport::Unsupported, _) | (_, EvictionChoice::Disabled) => Verb::Delete,
    }
}

/// An answer to an eviction, as far as the loop tells answers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// 2xx.
    Accepted,
    /// 404.
    NotFound,
    /// 429.
    TooManyRequests,
    /// 403 whose cause is that the namespace is being deleted.
    NamespaceTerminating,
    /// Everything else.
    Error(u16),
}

/// What the pod's object said when it was last read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenPod {
    /// It had no deletion timestamp.
    Alive,
    /// It had one.
    Deleting,
}

/// What comes after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Look every second until the pod is gone.
    WaitForDeletion,
    /// The pod is gone.
    Done,
    /// Pause for [`RETRY_DELAY`], read the pod again, and try again.
    Retry,
    /// This pod fails; the others of the node go on.
    Fail,
}

/// What the loop does after `response` about a pod last seen as `pod`.
pub fn next(response: Response, pod: SeenPod) -> Next {
    match (response, pod) {
        (Response::Accepted, _) | (Response::NamespaceTerminating, SeenPod::Deleting) => {
            Next::WaitForDeletion
        }
        (Response::TooManyRequests, _) | (Response::NamespaceTerminating, SeenPod::Alive) => {
            Next::Retry
        }
        (Response::NotFound, _) => Next::Done,
        (Response::Error(_), _) => Next::Fail,
    }
}

/// The API and the pod, played by the caller; every call takes no time.
pub trait Peer {
    /// Answers the eviction number `call`, counted from 1.
    fn evict(&mut self, call: u32) -> Reply;

    /// What the pod's object says when it is read before the eviction number `call`.
    fn read(&mut self, call: u32) -> SeenPod;

    /// How long after its eviction was accepted the pod is gone; none means never.
    fn gone_after(&self) -> Option<SimDuration>;
}

/// One answer, and whether any other will ever follow: an endless loop is told by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The answer.
    pub response: Response,
    /// Whether every later answer, and what the pod says, stays the same.
    pub for_ever: bool,
}

/// How one pod's loop ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The pod is gone.
    Gone,
    /// The drain fails for this pod.
    Failed,
    /// The drain fails for this pod because `--timeout` is over.
    TimedOut,
    /// Nothing ends it.
    Never,
}

/// A finished loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// How it ended.
    pub end: End,
    /// Evictions sent.
    pub calls: u32,
    /// How long it took; of an endless loop, how long until that could be told.
    pub elapsed: SimDuration,
}

/// Runs one pod's loop. `timeout` is tested only before each try, so a pause overruns it; waiting
/// for the deletion is interrupted by it.
pub fn run(peer: &mut impl Peer, timeout: Option<SimDuration>) -> Drained {
    let mut elapsed = SimDuration::ZERO;
    let mut calls = 0;
    let drained = |end, calls, elapsed| Drained {
        end,
        calls,
        elapsed,
    };
    loop {
        if timeout.is_some_and(|timeout| elapsed >= timeout) {
            return drained(End::TimedOut, calls, elapsed);
        }
        calls += 1;
        // The first try uses the pod as it was listed.
        let pod = peer.read(calls);
        let reply = peer.evict(calls);
        match next(reply.response, pod) {
            Next::Done => return drained(End::Gone, calls, elapsed),
            Next::Fail => return drained(End::Failed, calls, elapsed),
            Next::WaitForDeletion => {
                let (end, waited) = wait(peer.gone_after(), timeout, elapsed);
                return drained(end, calls, elapsed + waited);
            }
            Next::Retry if reply.for_ever && timeout.is_none() => {
                return drained(End::Never, calls, elapsed);
            }
            Next::Retry => elapsed = elapsed + RETRY_DELAY,
        }
    }
}

/// Waits for a pod to go, looking every second.
fn wait(
    gone_after: Option<SimDuration>,
    timeout: Option<SimDuration>,
    elapsed: SimDuration,
) -> (End, SimDuration) {
    let seen_after = gone_after.map(|gone| {
        let polls = gone.as_millis().div_ceil(POLL_PERIOD.as_millis());
        POLL_PERIOD * polls
    });
    let left = timeout.map(|timeout| {
        SimDuration::from_millis(timeout.as_millis().saturating_sub(elapsed.as_millis()))
    });
    match (seen_after, left) {
        (Some(seen), None) => (End::Gone, seen),
        (Some(seen), Some(left)) if seen <= left => (End::Gone, seen),
        (_, Some(left)) => (End::TimedOut, left),
        (None, None) => (End::Never, SimDuration::ZERO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the answers in order, then the last one for ever.
    struct Scripted<'a> {
        responses: &'a [Response],
        deleting_from: u32,
        gone_after: Option<SimDuration>,
    }

    impl Peer for Scripted<'_> {
        fn evict(&mut self, call: u32) -> Reply {
            let last = self.responses.len() - 1;
            let index = (call as usize - 1).min(last);
            Reply {
                response: self.responses[index],
                for_ever: index == last && call >= self.deleting_from,
            }
        }

        fn read(&mut self, call: u32) -> SeenPod {
            if call >= self.deleting_from {
                SeenPod::Deleting
            } else {
                SeenPod::Alive
            }
        }

        fn gone_after(&self) -> Option<SimDuration> {
            self.gone_after
        }
    }

    #[track_caller]
    fn check(responses: &[Response], gone_secs: Option<u64>, timeout: u64, expected: (End, u64)) {
        let mut peer = Scripted {
            responses,
            deleting_from: 0,
            gone_after: gone_secs.map(SimDuration::from_secs),
        };
        let timeout = (timeout > 0).then(|| SimDuration::from_secs(timeout));
        let got = run(&mut peer, timeout);
        assert_eq!((got.end, got.elapsed.as_secs()), expected);
    }

    use Response::{Accepted, Error, TooManyRequests};

    #[test]
    fn refusals_are_retried_every_five_seconds() {
        let answers = [TooManyRequests, TooManyRequests, Accepted];
        check(&answers, Some(0), 0, (End::Gone, 10));
    }

    #[test]
    fn the_pause_overruns_the_timeout_and_the_wait_does_not() {
        check(&[TooManyRequests], None, 12, (End::TimedOut, 15));
        check(&[Accepted], None, 12, (End::TimedOut, 12));
    }

    #[test]
    fn a_budget_that_never_allows_it_blocks_for_ever() {
        check(&[TooManyRequests], None, 0, (End::Never, 0));
        check(&[Accepted], None, 0, (End::Never, 0));
    }

    #[test]
    fn two_budgets_fail_the_pod_at_once() {
        check(&[Error(500)], None, 0, (End::Failed, 0));
    }

    #[test]
    fn without_eviction_pods_are_deleted() {
        let by_choice = verb(EvictionSupport::Supported, EvictionChoice::Disabled);
        let by_age = verb(EvictionSupport::Unsupported, EvictionChoice::Enabled);
        assert_eq!((by_choice, by_age), (Verb::Delete, Verb::Delete));
    }
}
